"""A house in a process of its own that may be killed at any instant.

Processes are forked from one that has loaded the program and the city and has no threads, so
that each is there in a fraction of a second.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from bot.clock import FixedClock
from bot.vocabulary import Status
from tests.city import TUESDAY, shipped_material
from tests.crashing import UNBRAKED
from tests.slack.office import Office
from tests.slack.slack_server import SlackServer

APART = timedelta(minutes=15)
"""Between two lives of the house: the claims of the one before have run out."""

if multiprocessing.current_process().name != "MainProcess":
    shipped_material()


def clock_of_life(number: int) -> FixedClock:
    """Return the clock at the beginning of a life."""
    clock = FixedClock(TUESDAY)
    clock.advance(APART * number)
    return clock


def open_office(folder: Path, database_url: str, slack: object, life: int) -> Office:
    """Open the house as it is in one of its lives."""
    return Office(folder, database_url, slack, clock_of_life(life), modules=(), brakes=UNBRAKED)


class Elsewhere:
    """What a house in another process must know of Slack."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.space = self

    def add_user(self, *_who: str) -> None:
        """The workspace has these people already."""


def begin_life(folder: Path, database_url: str, slack: SlackServer, life: int) -> BaseProcess:
    """Start the house in a process of its own."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_live, args=(folder, database_url, slack.url, life))
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    """End a process as a power cut would."""
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)


def _live(folder: Path, database_url: str, url: str, life: int) -> None:
    """Take in mail, let people take their cases, and tell Slack of all of it."""
    office = open_office(folder, database_url, Elsewhere(url), life)
    office.begin()
    office.take_in()
    office.tell()
    person = next(iter(office.app.knowledge.people))
    for case in office.cases():
        if case.owner is None and case.status is not Status.CLOSED:
            office.app.casework.take(case, by=person)
            office.tell()
    office.close()
