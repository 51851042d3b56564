"""The watch over urgent cases: the ladder goes on until a person acknowledges.

Everything is decided from what is stored, so that a worker that was down for two days goes
on at the right step, once.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.cases import Case, Event, PlannedAction
from bot.clock import Clock
from bot.ladder import Ladder, Step, Until, go_on, next_at
from bot.plan import plan_ladder_alert
from bot.store.unit_of_work import Database, Work
from bot.store.watches import StoredWatch
from bot.vocabulary import EventKind
from bot.worktime import Calendar

log = structlog.get_logger()


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
        """Plan the alerts that are due; return how many. Each case is one transaction."""
        now = self._clock.now()
        with self._database.reading() as work:
            due = work.watches.due(now)
        return sum(self._go_on(watch, now) for watch in due)

    def _go_on(self, stored: StoredWatch, now: datetime) -> bool:
        assert stored.next_at is not None
        with self._database.work() as work:
            case = work.cases.get(stored.case_id)
            until = Until.of(case)
            step, watch = go_on(stored.watch, until, self._ladder, self._calendar, now)
            later = next_at(watch, until, self._ladder, self._calendar)
            if not work.watches.go_on(case.id, watch, later, was=stored.next_at):
                return False
            if step is None:
                return False
            self._tell(work, case, stored, step, now)
        log.info("case_escalated", case=str(case.number), cause=step.cause.value)
        return True

    def _tell(self, work: Work, case: Case, stored: StoredWatch, step: Step, now: datetime) -> None:
        alert: PlannedAction = plan_ladder_alert(
            case, step.cause, step.rung, since=stored.watch.begun_at, number=step.number, now=now
        )
        work.actions.plan([alert], now)
        event = Event.on(
            case,
            EventKind.ESCALATED,
            now,
            self._calendar,
            cause=step.cause.value,
            rung=step.rung.value,
        )
        work.cases.record([event])
