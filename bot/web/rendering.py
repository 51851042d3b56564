"""Pages from templates: escaped, in the viewer's language, with a menu of what they may open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from bot.texts import Say, mark, speaker
from bot.vocabulary import Right
from bot.web.cookies import Jar
from bot.web.notices import COOKIE, notice_of

if TYPE_CHECKING:
    from bot.web.ask import Ask

_HTML = Path(__file__).parent / "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """A line of the menu: the name of a page, and what it is called."""

    page: str
    label: str
    right: Right = Right.STAFF


MENU: Sequence[MenuItem] = (
    MenuItem(page="start", label=mark("Start")),
    MenuItem(page="inbox", label=mark("Inkorg")),
    MenuItem(page="search", label=mark("Sök")),
    MenuItem(page="phone", label=mark("Telefon")),
    MenuItem(page="chat", label=mark("Chatt")),
    MenuItem(page="knowledge", label=mark("Kunskap")),
    MenuItem(page="duty", label=mark("Schema")),
    MenuItem(page="remarks", label=mark("Synpunkter")),
    MenuItem(page="customer_log", label=mark("Kundlogg")),
    MenuItem(page="process_log", label=mark("Processlogg")),
    MenuItem(page="figures", label=mark("Siffror")),
    MenuItem(page="reports", label=mark("Rapporter"), right=Right.MANAGER),
    MenuItem(page="control", label=mark("Internkontroll")),
    MenuItem(page="edit", label=mark("Redigera"), right=Right.EDITOR),
    MenuItem(page="operations", label=mark("Drift"), right=Right.OPERATOR),
)
"""In the order in which it is shown."""


class Renderer:
    """Makes responses from the templates below ``bot/web/html``.

    Attributes:
        jar: Holds our cookies.
    """

    def __init__(self, jar: Jar, *, pages: frozenset[str]) -> None:
        self.jar = jar
        self._menu = [item for item in MENU if item.page in pages]
        self._environment = _environment()

    def page(self, ask: Ask, template: str, *, status: int, **values: object) -> HTMLResponse:
        """Return a page for somebody who is signed in; a shown notice is gone afterwards."""
        notice = None if ask.is_fragment else notice_of(ask.request, self.jar)
        zone = ask.house.zone

        def moment(instant: datetime, *, year: bool = False) -> str:
            return ask.say.moment(instant, zone, year=year)

        response = self._render(
            template,
            status,
            say=ask.say,
            ask=ask,
            viewer=ask.viewer,
            names=ask.house.names(ask.say.language),
            token=ask.token,
            url=ask.url,
            here=ask.request.url.path,
            again=_again(ask),
            menu=[item for item in self._menu if ask.viewer.may(item.right)],
            notice=notice,
            moment=moment,
            working=lambda seconds: ask.say.duration(
                timedelta(seconds=seconds), days=False, short=True
            ),
            **values,
        )
        if notice is not None:
            self.jar.drop(response, COOKIE)
        return response

    def plain(
        self, say: Say, template: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Return a page for somebody who need not be signed in."""
        return self._render(template, status, say=say, **values)

    def _render(self, template: str, status: int, **values: object) -> HTMLResponse:
        text = self._environment.get_template(template).render(**values)
        return HTMLResponse(text, status_code=status)


@cache
def _environment() -> Environment:
    """Return what compiles pages: once for a process, since a house may follow upon another."""
    return Environment(
        loader=FileSystemLoader(_HTML),
        auto_reload=False,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )


def _again(ask: Ask) -> str:
    """Return the address that shows the same page again; after a form, where it belongs to."""
    address = ask.request.url
    if ask.request.method != "GET":
        return address.path
    return address.path + (f"?{address.query}" if address.query else "")


def stranger_speaks(accept_language: str) -> Say:
    """Return the language for somebody whom we do not know: English only if it comes first."""
    return speaker("en" if accept_language.lower().startswith("en") else "sv")
