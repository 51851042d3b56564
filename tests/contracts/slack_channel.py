"""Slack as a way to staff: a notifier that speaks to a loopback Slack."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.clock import FixedClock
from bot.notifying import Alert, sentence
from bot.services.slack_outbox import Outbox
from bot.slack.blocks.alert import alert as drawn
from bot.slack.client import Endpoint, SlackClient
from bot.slack.message import SlackMessage
from bot.slack.notifier import SlackNotifier
from bot.slack.reach import Reach
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from bot.texts import speaker
from bot.vocabulary import Language
from tests.city import TUESDAY, shipped_material
from tests.kept_database import empty_file
from tests.slack.slack_server import BOT_TOKEN, Fault, SlackServer
from tests.slack.workspace import ALERTS, Workspace

_SAY = speaker(Language.SWEDISH)
_NAMES = shipped_material().knowledge.names_in(Language.SWEDISH)


class Slack:
    """A channel in Slack; waiting for a turn in it moves the clock."""

    def __init__(self, folder: Path) -> None:
        self._clock = FixedClock(TUESDAY)
        self._slack = SlackServer(Workspace(lambda: self._clock.now().timestamp()))
        file = folder / "slack.db"
        file.write_bytes(empty_file())
        self._database = Database(open_engine(f"sqlite:///{file}"))
        self.notifier = SlackNotifier(
            SlackClient(Endpoint(url=self._slack.url).web_client(BOT_TOKEN)),
            Outbox(self._database, self._clock),
            Reach(self._clock.monotonic),
            channel=lambda _alert: ALERTS,
            otherwise=ALERTS,
            render=_drawn,
            sleep=self._wait,
        )

    def _wait(self, seconds: float) -> None:
        self._clock.advance(timedelta(seconds=seconds))

    def told(self) -> list[str]:
        return [message["text"] for message in self._slack.space.said(ALERTS)]

    def break_down(self) -> None:
        self._slack.outage = Fault(status=503)

    def recover(self) -> None:
        self._slack.outage = None
        self._wait(60)

    def close(self) -> None:
        self._database.close()
        self._slack.close()


def _drawn(alert: Alert) -> SlackMessage:
    return drawn(sentence(alert, _SAY, _NAMES), _SAY)
