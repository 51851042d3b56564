"""A house in a process of its own that may be killed at any instant.

Processes are forked from one that has loaded the program and the city and has no threads, so
that each is there in a fraction of a second.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.clock import FixedClock
from bot.vocabulary import Status
from tests.city import TUESDAY, shipped_material
from tests.crashing import UNBRAKED
from tests.slack.office import Office
from tests.slack.slack_server import SlackServer

_CONTEXT = multiprocessing.get_context("forkserver")
APART = timedelta(minutes=15)
"""Between two lives of the house: the claims of the one before have run out."""

if multiprocessing.current_process().name != "MainProcess":
    shipped_material()


class TownTime:
    """The time of a town, in seconds since 1970; it outlives every process that moves it."""

    def __init__(self) -> None:
        self._seconds = _CONTEXT.RawValue("d", TUESDAY.timestamp())

    def now(self) -> float:
        return float(self._seconds.value)

    def go_on(self, by: timedelta) -> None:
        self.reached(self.now() + by.total_seconds())

    def reached(self, seconds: float) -> None:
        self._seconds.value = seconds


class TownClock(FixedClock):
    """The clock of a house: whoever comes after it was killed goes on from there."""

    def __init__(self, time: TownTime) -> None:
        super().__init__(datetime.fromtimestamp(time.now(), UTC))
        self._time = time

    def advance(self, by: timedelta) -> None:
        super().advance(by)
        self._time.reached(self.now().timestamp())


def open_office(folder: Path, database_url: str, slack: object, time: TownTime) -> Office:
    """Open the house as it is in one of its lives."""
    return Office(folder, database_url, slack, TownClock(time), modules=(), brakes=UNBRAKED)


class Elsewhere:
    """What a house in another process must know of Slack."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.space = self

    def add_user(self, *_who: str) -> None:
        """The workspace has these people already."""


def begin_life(folder: Path, database_url: str, slack: SlackServer, time: TownTime) -> BaseProcess:
    """Start the house in a process of its own."""
    _CONTEXT.set_forkserver_preload([__name__])
    process = _CONTEXT.Process(target=_live, args=(folder, database_url, slack.url, time))
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """End a process as a power cut would."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


def _live(folder: Path, database_url: str, url: str, time: TownTime) -> None:
    """Take in mail, let people take their cases, and tell Slack of all of it."""
    office = open_office(folder, database_url, Elsewhere(url), time)
    office.begin()
    office.take_in()
    office.tell()
    person = next(iter(office.app.knowledge.people))
    for case in office.cases():
        if case.owner is None and case.status is not Status.CLOSED:
            office.app.casework.take(case, by=person)
            office.tell()
    office.close()
