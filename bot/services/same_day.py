"""Keeping the same-day promise in sight: reminders, and what is left at closing.

Everything is decided from what is stored, so that a worker that was down for two days takes the
one step that is right now, once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

import structlog

from bot.cases import Case, PlannedAction
from bot.clock import Clock
from bot.ladder import Rung
from bot.promises import Promise, Reminders, Step, due_step, promised
from bot.services.new_case import House
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import ActionKind, EventKind, PersonKey
from bot.worktime import Calendar, next_working_moment

log = structlog.get_logger()


class SameDay:
    """Takes the steps that unkept promises lead to."""

    def __init__(
        self, database: Database, house: House, clock: Clock, *, reminders: Reminders
    ) -> None:
        self._database = database
        self._house = house
        self._clock = clock
        self._reminders = reminders

    def run_due(self) -> int:
        """Plan the reminders and alerts that are due; return how many.

        Each promise is one transaction.
        """
        now = self._clock.now()
        catch_up(self._database, self._house.calendar)
        planned = 0
        while True:
            with self._database.reading() as work:
                due = work.promises.due(now)
            if not due:
                return planned
            planned += sum(self._go_on(promise, now) for promise in due)

    def _go_on(self, promise: Promise, now: datetime) -> bool:
        step, later = due_step(promise, self._reminders, self._house.calendar, now)
        assert promise.next_at is not None
        after = replace(
            promise,
            next_at=later,
            reminders=promise.reminders + (step in (Step.REMINDER, Step.LAST_REMINDER)),
            broken_at=promise.due_at if step is Step.BROKEN else None,
        )
        with self._database.work() as work:
            if not work.promises.go_on(after, was=promise.next_at) or step is None:
                return False
            if _is_renewed(work, promise):
                return False
            self._tell(work, promise, step, now)
        if step is Step.BROKEN:
            log.warning("promise_broken", case_id=promise.case_id, promise=promise.number)
        else:
            log.info("promise_reminded", case_id=promise.case_id, promise=promise.number)
        return True

    def _tell(self, work: Work, promise: Promise, step: Step, now: datetime) -> None:
        case = work.cases.get(promise.case_id)
        drop_reminders(work, promise, now)
        if step is Step.BROKEN:
            alert = plan_broken(case, promise, self._house, now)
        else:
            to = _whom_to_remind(work, case, self._house, now)
            alert = _plan_reminder(case, promise, step, to, zone=self._house.zone, now=now)
        work.actions.plan([alert], now)


def catch_up(database: Database, calendar: Calendar) -> None:
    """Make the promises that are owed since cases were opened again; see `renew_reopened`."""
    with database.reading() as work:
        reopened = work.promises.reopened()
    if reopened:
        with database.work() as work:
            renew_reopened(work, calendar)


def renew_reopened(work: Work, calendar: Calendar) -> None:
    """Make a new promise for each phone case that was opened again since its last one.

    Whoever opened it, the promise counts from the instant at which that was done.
    """
    work.promises.insert(
        promised(case_id, number + 1, at, calendar)
        for case_id, number, at in work.promises.reopened()
    )


def plan_broken(case: Case, promise: Promise, house: House, now: datetime) -> PlannedAction:
    """Plan the alert to the unit head about a broken promise, once for each promise.

    What is found on a later day, after a pause, waits for the office to open.
    """
    calendar = house.calendar
    same_day = calendar.local_date(now) == calendar.local_date(promise.due_at)
    return PlannedAction(
        key=f"alert:promise_broken:{case.id}:{promise.number}",
        kind=ActionKind.ALERT,
        case_id=case.id,
        due_at=now if same_day else next_working_moment(now, calendar),
        data={
            "code": "promise_broken",
            "rung": Rung.HEAD.value,
            "due": f"{promise.due_at.astimezone(house.zone):%Y-%m-%d %H:%M}",
        },
    )


def drop_reminders(work: Work, promise: Promise, now: datetime) -> None:
    """Drop the reminders that did not go out yet; they would say what is no longer so."""
    for step in (Step.REMINDER, Step.LAST_REMINDER):
        work.actions.cancel(_reminder_key(promise, step), now, because="overtaken")


def _plan_reminder(
    case: Case, promise: Promise, step: Step, to: PersonKey | None, *, zone: tzinfo, now: datetime
) -> PlannedAction:
    return PlannedAction(
        key=_reminder_key(promise, step),
        kind=ActionKind.ALERT,
        case_id=case.id,
        due_at=now,
        data={
            "code": "promise_reminder",
            "by": f"{promise.due_at.astimezone(zone):%H:%M}",
            **({"rung": Rung.HEAD.value} if to is None else {"to": to}),
        },
    )


def _reminder_key(promise: Promise, step: Step) -> str:
    return f"alert:promise_{step}:{promise.case_id}:{promise.number}"


def _is_renewed(work: Work, promise: Promise) -> bool:
    """Tell whether the caller was promised the same again before this was due.

    What is to be told, the newer promise tells.
    """
    newest = work.promises.newest([promise.case_id])[promise.case_id]
    return newest.number > promise.number and newest.promised_at < promise.due_at


def _whom_to_remind(work: Work, case: Case, house: House, now: datetime) -> PersonKey | None:
    """Return the owner, else who took the call; nobody who is away."""
    day = house.calendar.local_date(now)
    took_it = next(
        (
            PersonKey(event.actor)
            for event in work.cases.events(case.id)
            if event.kind is EventKind.RECEIVED
        ),
        None,
    )
    for key in (case.owner, took_it):
        person = None if key is None else house.knowledge.people.get(key)
        if person is not None and person.is_present(day):
            return person.key
    return None
