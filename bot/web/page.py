"""A page: its address, who may open it, and the function that answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.vocabulary import Right

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.web.ask import Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One address.

    Attributes:
        path: As Starlette writes it, ``/cases/{number}``.
        name: Unique; templates make addresses from it.
        answer: Called in a thread with the request; may raise what services raise.
        right: What a viewer needs.
        method: ``GET`` reads only; ``POST`` comes from a form of ours, with its token.
        once: Its form makes something new, which it does once however often it is sent. Any other
            form is answered once where it was sent by a double click; see `bot.web.repeats`.
    """

    path: str
    name: str
    answer: Callable[[Ask], Response]
    right: Right = Right.STAFF
    method: str = "GET"
    once: bool = False
