"""Choosing the language of the page."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from bot.texts import speaker
from bot.web.ask import Ask
from bot.web.door import LANGUAGE, own_path
from bot.web.page import Page

_LASTS = timedelta(days=365)


def choose(ask: Ask) -> Response:
    """Remember the language in the browser, and show again what was there."""
    language = speaker(ask.form.get("language", "")).language
    response = ask.go_on(own_path(ask.form.get("back", "/")))
    seconds = int(_LASTS / timedelta(seconds=1))
    ask.renderer.jar.put(response, LANGUAGE, language, lasts_s=seconds, same_site="lax")
    return response


PAGES = (Page(path="/language", name="choose_language", answer=choose, method="POST"),)
