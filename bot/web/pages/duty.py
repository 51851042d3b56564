"""Schema: who answers today, this week and the next, who is away, and where nobody answers."""

from __future__ import annotations

from starlette.responses import Response

from bot.web.ask import Ask
from bot.web.page import Page


def duty(ask: Ask) -> Response:
    """Show today and two weeks; the weeks of the address, where it names one."""
    book = ask.house.duty_book
    this_week = book.this_week()
    first = book.named(ask.query("week")) or this_week
    today = book.today()
    return ask.page(
        "duty/duty.html",
        today=today,
        is_open=book.is_open(today),
        on_today=book.on(today),
        weeks=[book.week(first), book.week(book.beside(first, 1))],
        this_week=this_week,
        before=book.beside(first, -1),
        after=book.beside(first, 1),
        is_now=first == this_week,
    )


PAGES = (Page(path="/duty", name="duty", answer=duty),)
