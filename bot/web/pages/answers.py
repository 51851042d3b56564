"""Assistentens svar: which kinds of questions get answers that help, for those who edit."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.responses import Response

from bot.vocabulary import Right
from bot.web.ask import Ask
from bot.web.page import Page

_DAYS: Final = 90


def answers(ask: Ask) -> Response:
    """Show how answers were rated of late, by what was asked for."""
    since = ask.house.clock.now() - timedelta(days=_DAYS)
    return ask.page("editing/answers.html", rated=ask.house.answer_notes.rated(since), days=_DAYS)


PAGES = (Page(path="/edit/answers", name="edit_answers", answer=answers, right=Right.EDITOR),)
