"""Where somebody lands after signing in."""

from __future__ import annotations

from starlette.responses import Response

from bot.web.ask import Ask
from bot.web.moments import near
from bot.web.page import Page


def start(ask: Ask) -> Response:
    """Show what waits for the viewer, and who answers today."""
    return ask.page(
        "start/start.html",
        day=ask.house.overview.day(ask.viewer.key),
        zone=ask.house.zone,
        near=near,
    )


PAGES = (Page(path="/", name="start", answer=start),)
