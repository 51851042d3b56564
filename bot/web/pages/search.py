"""Sök: cases by numbers, customers and the words of mails; a case number leads straight there.

What is searched for comes with a form, never with an address: it may name somebody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape
from starlette.responses import Response

from bot.services.search import FoundBy, FoundCase
from bot.web.ask import Ask
from bot.web.moments import near
from bot.web.page import Page
from bot.web.seeing import sight_of

_LONGEST: Final = 400
_WHOLE_NUMBER: Final = re.compile(r"\[?#?\d{4}-\d{1,8}(-\w{2,4})?\]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A case that was found.

    Attributes:
        snippet: What the mail says around the word, which is marked; safe to show.
    """

    found: FoundCase
    customer: str
    handle_by: str
    snippet: Markup | None


def empty(ask: Ask) -> Response:
    """Show the form."""
    return ask.page("search/search.html", question="", asked=False, found=(), more=False)


def search(ask: Ask) -> Response:
    """Show what was found; a whole case number alone leads to that case."""
    question = ask.form.get("question", "").strip()[:_LONGEST]
    if not question:
        return empty(ask)
    found = ask.house.search.find(question, sight_of(ask))
    first = found.cases[0].by if found.cases else None
    if first is FoundBy.CASE_NUMBER and _WHOLE_NUMBER.fullmatch(question):
        return ask.see_other("case", number=str(found.cases[0].case.number))
    return ask.page(
        "search/search.html",
        question=question,
        asked=True,
        found=[_shown(ask, one) for one in found.cases],
        more=found.more,
    )


def _shown(ask: Ask, found: FoundCase) -> Shown:
    due = found.case.handle_by
    now, zone = ask.house.clock.now(), ask.house.zone
    return Shown(
        found=found,
        customer=ask.house.choices.customer_name(found.case.customer) or "",
        handle_by="" if due is None else near(ask.say, due, now, zone),
        snippet=_snippet(found),
    )


def _snippet(found: FoundCase) -> Markup | None:
    if found.snippet is None or found.marked is None:
        return None
    start, end = found.marked
    text = found.snippet
    return Markup("{}<mark>{}</mark>{}").format(
        escape(text[:start]), escape(text[start:end]), escape(text[end:])
    )


PAGES = (
    Page(path="/search", name="search", answer=empty),
    Page(path="/search", name="search_found", answer=search, method="POST"),
)
