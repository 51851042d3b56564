"""What the listeners may ask of the house: services, who is who, and the way to post."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from bot.slack.views import Teller

if TYPE_CHECKING:
    from bot.cases import Case
    from bot.clock import Clock
    from bot.notifying import Names
    from bot.services.access import Rights
    from bot.services.answer_notes import AnswerNotes
    from bot.services.case_page import CasePages
    from bot.services.casework import Casework
    from bot.services.choices import Choices
    from bot.services.colleagues import Colleagues
    from bot.services.escalating import Escalating
    from bot.services.moving import Moving
    from bot.services.overview import Overview
    from bot.services.phone import Phone
    from bot.services.replies import Replies
    from bot.services.reply_outline import Outlines
    from bot.services.talks import Talks, Turn
    from bot.services.telling import Telling
    from bot.slack.approvals import Approvals
    from bot.slack.charts import Chart
    from bot.slack.directory import Directory
    from bot.slack.poster import Poster
    from bot.texts import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackHouse:
    """The services that listeners call; each call is one transaction.

    Attributes:
        directory: Slack user -> colleague; None: a stranger, who hears nothing of cases.
        rights: What a colleague may do; those of groups are known on the web page only.
        find_case: The case that a text means, ``2026-000123`` or ``123``; raises NotFound.
        approvals: Tells of letters that two people must stand behind.
        poster: Posts and updates through the outbox.
        say: The language of channels; a person is spoken to in their own.
        names: Language -> what things are called.
        talks: Who answers questions, made when first asked; None: only help is given.
        chart_of: Draws what an answer counts; None: answers are words and numbers.
        web_url: Address of the web page without a slash at its end; empty: there is none.
    """

    casework: Casework
    case_pages: CasePages
    phone: Phone
    telling: Telling
    escalating: Escalating
    moving: Moving
    replies: Replies
    outlines: Outlines
    overview: Overview
    choices: Choices
    answer_notes: AnswerNotes
    colleagues: Colleagues
    directory: Directory
    rights: Rights
    find_case: Callable[[str], Case]
    approvals: Approvals
    poster: Poster
    say: Say
    names: Callable[[str], Names]
    zone: tzinfo
    clock: Clock
    web_url: str = ""
    talks: Callable[[], Talks] | None = None
    chart_of: Callable[[Turn, Say], Chart | None] | None = None

    def teller(self, language: str) -> Teller:
        """Return what makes views of cases in a language, ``sv`` or ``en``."""
        return Teller(
            names=self.names(language),
            customer=self.choices.customer_name,
            zone=self.zone,
            web_url=self.web_url,
        )
