"""Crash tests: a child process that is stopped at a named step and killed there.

The child is forked from the test process, so that it starts in a fraction of a second; it
opens its own database and mailboxes.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.clock import Clock, FixedClock
from bot.services.intake import Probe
from bot.settings import BrakeSettings
from bot.vocabulary import Step
from tests.city import TUESDAY, City

UNBRAKED = BrakeSettings(mailbox_per_hour=1_000_000, everything_per_hour=1_000_000)
"""Many kills leave more receipts for one hour than a mailbox may send."""


def run_until_killed(body: Callable[[Probe], None], *, step: Step, nth: int = 1) -> bool:
    """Run `body` in a child and kill it when it reaches a step for the nth time.

    Returns:
        Whether the step was reached; if not, the child ran to its end.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(body, _stop_at(step, nth, writer))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        reached = pipe.read(1) == b"!"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return reached


def run_for(body: Callable[[Probe], None], *, seconds: float) -> None:
    """Run `body` in a child and kill it after a time, wherever it is."""
    child = os.fork()
    if child == 0:
        _child(body, lambda _step: None)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _child(body: Callable[[Probe], None], probe: Probe) -> None:
    status = 1
    try:
        body(probe)
        status = 0
    finally:
        os._exit(status)


def _stop_at(step: Step, nth: int, writer: int) -> Probe:
    hits = 0

    def probe(reached: Step) -> None:
        nonlocal hits
        if reached is not step:
            return
        hits += 1
        if hits == nth:
            os.write(writer, b"!")
            signal.pause()

    return probe


def clock_of_round(number: int) -> FixedClock:
    """Return a clock at which the claims of all earlier rounds have run out."""
    clock = FixedClock(TUESDAY)
    clock.advance(timedelta(minutes=6) * number)
    return clock


def work_off(folder: Path, database_url: str, probe: Probe, *, clock: Clock) -> None:
    """Take in all mail in small batches and perform the outbox, as a worker would."""
    city = City(folder, database_url, clock=clock, probe=probe, brakes=UNBRAKED)
    try:
        for source in city.app.sources.values():
            while city.app.intake.round(source, limit=4).more:
                city.app.dispatch.run_due()
        city.app.dispatch.run_due()
    finally:
        city.close()
