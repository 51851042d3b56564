"""What the listeners may ask of the house: services, who is who, and the way to post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.cases import Case
    from bot.clock import Clock
    from bot.notifying import Names
    from bot.services.casework import Casework
    from bot.services.colleagues import Colleagues
    from bot.services.phone import Phone
    from bot.slack.directory import Directory
    from bot.slack.poster import Poster
    from bot.texts import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackHouse:
    """The services that listeners call; each call is one transaction.

    Attributes:
        directory: Slack user -> colleague; None: a stranger, who hears nothing of cases.
        find_case: The case that a text means, ``2026-000123`` or ``123``; raises NotFound.
        poster: Posts and updates through the outbox.
        say: The language of channels; a person is spoken to in their own.
        names: Language -> what things are called.
        web_url: Address of the web page without a slash at its end; empty: there is none.
    """

    casework: Casework
    phone: Phone
    colleagues: Colleagues
    directory: Directory
    find_case: Callable[[str], Case]
    poster: Poster
    say: Say
    names: Callable[[str], Names]
    zone: tzinfo
    clock: Clock
    channel: str
    web_url: str = ""
