"""Synpunkter: opinions and complaints, from the first word to the answer."""

from __future__ import annotations

from starlette.responses import Response

from bot.errors import DataError
from bot.services.register_pages import Register
from bot.texts import mark
from bot.vocabulary import CaseId
from bot.web.ask import Ask
from bot.web.form import row_number
from bot.web.notices import Notice, Tone
from bot.web.page import Page
from bot.web.pages.register_book import Book, pages_of
from bot.web.seeing import seen_case

_BOOK = Book(
    register=Register.REMARKS,
    name="remarks",
    path="/remarks",
    new=mark("Registrera en synpunkt"),
    one=mark("Synpunkt {number}"),
    about=mark("Ansvarig blir enhetens chef, om du inte väljer någon annan."),
    due=mark("Svar senast"),
    suggests=True,
)


def suggested(ask: Ask) -> Response:
    """Show the cases that look like complaints and are not registered."""
    below = row_number(ask.query("below"))
    found = ask.house.register_pages.suggested(
        sees_protected=ask.viewer.sees_protected, below=None if below is None else CaseId(below)
    )
    return ask.page(
        "registers/suggested.html",
        found=found,
        below=None if found.is_first else below,
        newer=None if found.is_first else _here(ask, found.previous),
        older=None if found.next is None else _here(ask, found.next),
        name=ask.house.register_forms.name,
    )


def dismiss(ask: Ask) -> Response:
    """Note that a case is no complaint, and show the page again on which it stood."""
    here = _here(ask, row_number(ask.form.get("below", "")))
    case = seen_case(ask, ask.value("number"))
    try:
        ask.house.registers.dismiss(case, by=ask.viewer.key)
    except DataError as error:
        notice = Notice(text=ask.say.error(error), tone=Tone.WARNING)
        return ask.go_on(here, notice)
    text = ask.say("Ärende {case} är inget klagomål.", case=case.number)
    return ask.go_on(here, Notice(text=text))


def _here(ask: Ask, below: int | None) -> str:
    """Return the address of the page of suggestions that begins below a case."""
    address = ask.url("remarks_suggested")
    return address if below is None else f"{address}?below={below}"


PAGES = (
    Page(path="/remarks/suggested", name="remarks_suggested", answer=suggested),
    Page(
        path="/remarks/suggested/{number}",
        name="remarks_dismiss",
        answer=dismiss,
        method="POST",
    ),
    *pages_of(_BOOK),
)
