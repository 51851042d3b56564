"""Faults of ours in one part of the worker's loop, which hold up no other part."""

from __future__ import annotations

import threading

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.services.dispatch import Dispatch
from bot.services.intake import no_probe
from bot.services.watch import Watch
from bot.store.wakeup import Wakeup
from bot.vocabulary import ActionKind
from bot.worker import Worker
from tests.letters import ORDINARY
from tests.waiting import until


@pytest.fixture
def live(build_city):
    return build_city(clock=SystemClock())


def run_with(city, dispatch, *timers, seen):
    """Let a worker run with some timers until something is seen; return how its log reads."""
    worker = Worker(
        Watch({}, city.app.intake, city.app.database, city.clock),
        dispatch,
        timers,
        Wakeup(city.app.database.engine),
        poll_s=0.1,
        monotonic=city.clock.monotonic,
    )
    with capture_logs() as logs:
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            until(seen)
        finally:
            worker.stop()
            thread.join(5)
    assert not thread.is_alive()
    return [line["event"] for line in logs]


def test_a_timer_that_fails_holds_up_no_other(live):
    # 2026-11: one that failed each time kept all behind it from ever being called.
    called = []
    logged = run_with(
        live,
        live.app.dispatch,
        lambda: 1 / 0,
        lambda: called.append(True),
        seen=lambda: called,
    )
    assert "timer_failed" in logged


class Failing:
    """Fails on every action, as a bug would."""

    def perform(self, action):
        raise ZeroDivisionError

    def gave_up(self, work, action, because):
        pass


def test_many_mails_that_fail_hold_up_no_timer(live):
    for number in range(20):
        live.post(**ORDINARY, sender=f"p{number}@kund{number}.example")
    live.app.watch.round("kundreskontra")
    performers = {ActionKind.REPLY: Failing(), ActionKind.ALERT: Failing()}
    dispatch = Dispatch(live.app.database, performers, live.clock, worker="t", probe=no_probe)
    called = []
    run_with(live, dispatch, lambda: called.append(True), seen=lambda: called)
