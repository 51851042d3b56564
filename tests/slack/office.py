"""A working house whose staff are in Slack."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.clock import Clock, FixedClock
from bot.faces import open_slack
from bot.settings import BrakeSettings, SlackSettings, WebSettings
from bot.slack.app import Listeners
from bot.slack.face import SlackFace
from bot.slack.poster import Poster
from bot.texts import speaker
from bot.vocabulary import PersonKey, Right
from tests.city import City, shipped_material
from tests.slack.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.slack.workspace import ALERTS, CASES

_WAIT_S = 10.0
WEB = "https://samma-dag.exempelstad.example"


class Office(City):
    """A city whose alerts and cards go to Slack.

    Without `connected` nothing runs by itself: `tell` works off what is due in the test's own
    thread, and waiting for a turn in a channel moves the clock.
    """

    def __init__(
        self,
        folder: Path,
        database_url: str,
        slack: SlackServer,
        clock: Clock,
        *,
        mailboxes: tuple[str, ...] = ("kundreskontra", "info"),
        modules: Iterable[Listeners] | None = None,
        brakes: BrakeSettings | None = None,
        web: WebSettings | None = None,
        **given: Any,
    ) -> None:
        self.slack = slack
        tokens = {
            "bot_token": SecretStr(BOT_TOKEN),
            "app_token": SecretStr(APP_TOKEN),
            "signing_secret": SecretStr(SIGNING_SECRET),
        }
        settings = {"channel": CASES, "alert_channel": ALERTS, "url": slack.url, **tokens, **given}
        super().__init__(
            folder,
            database_url,
            mailboxes,
            clock=clock,
            slack=SlackSettings(**settings),
            brakes=brakes or BrakeSettings(),
            web=web,
        )
        face = open_slack(self.app, sleep=self._wait, modules=modules)
        assert face is not None
        self.face: SlackFace = face
        for key, person in self.app.knowledge.people.items():
            slack.space.add_user(slack_user(key), person.name, person.email)
        self.poster = Poster(face.outbox)
        self.say = speaker(self.app.settings.language)

    def _wait(self, seconds: float) -> None:
        assert isinstance(self.clock, FixedClock)
        self.clock.advance(timedelta(seconds=seconds))

    def begin(self) -> None:
        """Let the channel hold cards from now on, without any thread."""
        self.face.outbox.begin(CASES)

    def receive(self, **parts: Any) -> None:
        """Let a mail come in and be taken in."""
        self.post(**parts)
        self.take_in()

    def tell(self, *, seconds: float = 3600.0) -> int:
        """Tell and post all that is owed, moving the clock from turn to turn."""
        count, waited, pause = 0, 0.0, 1.0
        while waited < seconds:
            self.app.dispatch.run_due()
            done = self.face.work_off()
            count += done
            if not done and not self.face.outbox.owes() and not self._plans():
                break
            pause = 1.0 if done else min(pause * 2, 60.0)
            self._wait(pause)
            waited += pause
        return count

    def _plans(self) -> bool:
        with self.app.database.reading() as work:
            return work.actions.next_due() is not None

    @contextmanager
    def connected(self):
        """Start the face with its threads, and stop it afterwards."""
        self.face.start()
        self.slack.space.wait(
            lambda: self.slack.links and self.face.standing().connected,
            "a websocket",
            seconds=_WAIT_S,
        )
        try:
            yield self
        finally:
            self.face.stop()

    def cards(self) -> list[dict[str, Any]]:
        """Return the messages in the channel of cards, oldest first."""
        return [message for message in self.slack.space.said(CASES) if "bot_id" in message]

    def alerts_told(self) -> list[dict[str, Any]]:
        """Return the messages in the channel of alerts, oldest first."""
        return self.slack.space.said(ALERTS)


def sees_everything(*people: PersonKey | str) -> WebSettings:
    """Return settings of a web page by which some people may see protected cases."""
    known = shipped_material().knowledge.people
    emails = tuple(known[PersonKey(person)].email for person in people)
    return WebSettings(base_url=WEB, rights={Right.PROTECTED: emails})


def slack_user(person: PersonKey | str) -> str:
    """Return the Slack user of one of the staff."""
    return "U" + "".join(sign for sign in str(person).upper() if sign.isalnum())[:20].ljust(8, "0")
