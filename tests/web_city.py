"""A house with its web page, and browsers that are signed in to it, for tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from starlette.testclient import TestClient

from bot.settings import WebSettings
from bot.vocabulary import PersonKey, Right
from bot.web.sessions import COOKIE
from bot.web.signing_in.one_time import OneTimeLink
from bot.web_serving import make_web, way_in
from tests.city import City

BASE = "https://samma-dag.exempelstad.example"
HANDLER = PersonKey("agneta-brandt")
"""In a team of kundreskontra."""


class WebCity:
    """The web page of a city of tests; `browser` signs people in to it."""

    def __init__(
        self,
        city: City,
        *,
        rights: Mapping[Right, Iterable[str]] | None = None,
        **given: object,
    ) -> None:
        """Make a page.

        Args:
            rights: Right -> e-mail addresses or groups.
            given: More of `WebSettings`. Without a way to sign in there is a link that works
                once, see `link`.
        """
        self.city = city
        settings = WebSettings.model_validate(
            {
                "base_url": BASE,
                "rights": {key: tuple(who) for key, who in (rights or {}).items()},
                **given,
            }
        )
        self.link: OneTimeLink | None = None
        has_way = settings.oidc is not None or settings.proxy is not None
        self.web = make_web(
            city.app, settings, way_in(city.app, settings) if has_way else self._one_time
        )
        self.asgi = self.web.asgi

    def _one_time(self, keeper) -> OneTimeLink:
        email = self.city.app.knowledge.people[HANDLER].email
        self.link = OneTimeLink(keeper, email=email)
        return self.link

    def stranger(self, address: str = "testclient", **headers: str) -> TestClient:
        """Return a browser that nobody has signed in with.

        Args:
            address: Where it sits.
        """
        return TestClient(
            self.asgi,
            base_url=BASE,
            follow_redirects=False,
            headers={"sec-fetch-site": "same-origin", **headers},
            client=(address, 50000),
        )

    def browser(self, person: PersonKey = HANDLER, *, at: datetime | None = None) -> Browser:
        """Return a browser with a session of one of the staff."""
        sessions = self.web.sessions
        session = sessions.begin(person, at or self.city.clock.now())
        client = self.stranger()
        client.cookies.set(self.web.jar.name(COOKIE), sessions.write(session))
        return Browser(client, sessions.token(session))


class Browser:
    """Opens pages and sends forms, as a person's browser without JavaScript does."""

    def __init__(self, client: TestClient, token: str) -> None:
        self.client = client
        self.token = token

    def get(self, path: str, **query: str):
        """Open a page."""
        return self.client.get(path, params=query)

    def post(self, path: str, **fields: object):
        """Send a form with its token; the answer is not followed."""
        return self.client.post(path, data={"token": self.token, **fields})

    def done(self, path: str, **fields: object):
        """Send a form, see that it was taken, and open the page that follows."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, text_of(answer)
        return self.client.get(answer.headers["location"])


def text_of(answer) -> str:
    """Return what a person reads of a page."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
