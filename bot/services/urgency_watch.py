"""The watch over urgent cases: the ladder goes on until a person acknowledges.

Everything is decided from what is stored, so that a worker that was down for two days goes
on at the right step, once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.cases import Case, Event, PlannedAction
from bot.clock import Clock
from bot.ladder import Ladder, Step, Until, first_alert_at, go_on, next_at
from bot.plan import plan_ladder_alert
from bot.store.unit_of_work import Database, Work
from bot.store.watches import StoredWatch
from bot.vocabulary import EventKind
from bot.worktime import Calendar, is_open, previous_working_moment

log = structlog.get_logger()

_PUNCTUAL: Final = timedelta(minutes=15)
"""A step that was due in opening hours may be taken so long after closing."""


class UrgencyWatch:
    """Takes the steps of the ladder that are due."""

    def __init__(
        self, database: Database, calendar: Calendar, clock: Clock, *, ladder: Ladder
    ) -> None:
        self._database = database
        self._calendar = calendar
        self._clock = clock
        self._ladder = ladder

    def run_due(self) -> int:
        """Plan the alerts that are due, many in one transaction; return how many."""
        now = self._clock.now()
        with self._database.reading() as work:
            due = work.watches.due(now)
        if not due:
            return 0
        with self._database.work() as work:
            cases = work.cases.get_many([stored.case_id for stored in due])
            taken = [
                (cases[stored.case_id], stored, step)
                for stored in due
                if (step := self._go_on(work, cases[stored.case_id], stored, now)) is not None
            ]
            work.actions.plan([_alert(*each, now=now) for each in taken], now)
            work.cases.record([self._event(case, step, now) for case, _, step in taken])
        for case, _, step in taken:
            log.info("case_escalated", case=str(case.number), cause=step.cause.value)
        return len(taken)

    def _go_on(self, work: Work, case: Case, stored: StoredWatch, now: datetime) -> Step | None:
        """Note the step that is due; None where it must wait, or somebody else was faster."""
        assert stored.next_at is not None
        until = Until.of(case)
        opening = self._quiet_until(stored.next_at, until, now)
        if opening is not None:
            work.watches.go_on(case.id, stored.watch, opening, was=stored.next_at)
            return None
        step, watch = go_on(stored.watch, until, self._ladder, self._calendar, now)
        later = next_at(watch, until, self._ladder, self._calendar)
        return step if work.watches.go_on(case.id, watch, later, was=stored.next_at) else None

    def _quiet_until(self, due: datetime, until: Until, now: datetime) -> datetime | None:
        """Return the opening until which a step waits; None where it is taken now.

        What fell due while the worker was down, or by a ledger that came in the night, calls
        nobody outside opening hours, unless the case would be lost before the office opens.
        """
        opening = first_alert_at(now, until, self._calendar)
        in_hours = previous_working_moment(due, self._calendar) == due or is_open(
            due, self._calendar
        )
        if opening == now or (in_hours and now - due <= _PUNCTUAL):
            return None
        return opening

    def _event(self, case: Case, step: Step, now: datetime) -> Event:
        return Event.on(
            case,
            EventKind.ESCALATED,
            now,
            self._calendar,
            cause=step.cause.value,
            rung=step.rung.value,
        )


def _alert(case: Case, stored: StoredWatch, step: Step, *, now: datetime) -> PlannedAction:
    return plan_ladder_alert(
        case, step.cause, step.rung, since=stored.watch.begun_at, number=step.number, now=now
    )
