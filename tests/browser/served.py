"""A house whose page is served on this machine, for a browser."""

from __future__ import annotations

from pathlib import Path

from bot.settings import WebSettings
from bot.vocabulary import PersonKey, Right
from bot.web.house import WebHouse
from bot.web.server import WebServer, listen
from bot.web.signing_in.one_time import OneTimeLink
from bot.web_face import web_house
from bot.web_serving import make_web
from tests.city import City

EVERYBODY = PersonKey("agneta-brandt")
"""Has all rights in the houses of these tests."""


class Served:
    """A house, its server, and links that sign people in."""

    def __init__(self, folder: Path, database_url: str, **options: object) -> None:
        self.city = City(
            folder / "mail",
            database_url,
            ("kundreskontra", "leverantorsreskontra", "info"),
            **options,
        )
        self._links: list[OneTimeLink] = []
        email = self.city.app.knowledge.people[EVERYBODY].email
        self._email = email
        taken = listen("127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        given = WebSettings(
            base_url=self.base, rights={right: (email,) for right in Right if right != Right.STAFF}
        )
        web = make_web(self.city.app, given, self._way)
        self._server = WebServer(web.asgi, taken)

    def _way(self, doorkeeper):
        link = OneTimeLink(doorkeeper, email=self._email)
        self._links.append(link)
        return link

    def __enter__(self) -> Served:
        self._server.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.stop()
        self.city.close()

    @property
    def house(self) -> WebHouse:
        """The services behind the pages."""
        return web_house(self.city.app)

    @property
    def link(self) -> str:
        """The link that signs somebody in, once."""
        return self.base + self._links[-1].path

    def sign_in(self, page) -> None:
        """Sign the person of these tests in."""
        page.goto(self.link)
