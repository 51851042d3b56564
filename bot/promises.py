"""The promise to a caller: feedback the same opening day, and what is done before it breaks.

It is about cases that came by phone. E-mail has a clock of its own, until the first answer of a
person, and never this promise.

Source: the centre's plan: a customer who called is told the same day that the case is ongoing
or done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from bot.vocabulary import CaseId
from bot.worktime import Calendar, end_of_working_day

SHORT_DAY: Final = timedelta(hours=2)
"""How long before closing the first reminder goes out on a day that closes too early for it."""


class Feedback(StrEnum):
    """What a caller was told by a person; both keep the promise."""

    ONGOING = "ongoing"
    DONE = "done"


class Step(StrEnum):
    """What an unkept promise leads to, in this order."""

    REMINDER = "reminder"
    LAST_REMINDER = "last_reminder"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """When the owner is reminded.

    Attributes:
        at: On the wall, in the afternoon.
        before_closing: How long before closing a second time.
    """

    at: time = time(14, 30)
    before_closing: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise about a case.

    Attributes:
        number: 1 for the first; a case that is opened again, or whose caller calls again,
            gets the next.
        next_at: When it must be looked at; None once it is kept or broken.
        reminders: How many the owner got.
        kept_at: When the first feedback was given, in time or not.
        broken_at: `due_at`, where no feedback had been given by then.
    """

    case_id: CaseId
    number: int
    promised_at: datetime
    due_at: datetime
    next_at: datetime | None
    reminders: int = 0
    kept_at: datetime | None = None
    kept_with: Feedback | None = None
    broken_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the caller still waits for feedback."""
        return self.kept_at is None


def promised(case_id: CaseId, number: int, at: datetime, calendar: Calendar) -> Promise:
    """Return the promise to a caller who called at an instant.

    It is due when the office closes that day. Somebody who calls after closing, or on a day
    off, is promised the next opening day.
    """
    return Promise(
        case_id=case_id,
        number=number,
        promised_at=at,
        due_at=end_of_working_day(at, calendar),
        next_at=at,
    )


def steps(
    promise: Promise, reminders: Reminders, calendar: Calendar
) -> tuple[tuple[datetime, Step], ...]:
    """Return when an unkept promise leads to what, in order of time; the last is `BROKEN`.

    A reminder for which the call came too late is left out, and so is the first one where
    the day leaves no room for two.
    """
    due_at = promise.due_at
    last = due_at - reminders.before_closing
    day = calendar.local_date(due_at)
    first = calendar.instant(datetime.combine(day, reminders.at, calendar.zone))
    if first >= last:
        first = due_at - SHORT_DAY
    found = [(last, Step.LAST_REMINDER), (due_at, Step.BROKEN)]
    if first < last:
        found.insert(0, (first, Step.REMINDER))
    return tuple((at, step) for at, step in found if at > promise.promised_at)


def due_step(
    promise: Promise, reminders: Reminders, calendar: Calendar, now: datetime
) -> tuple[Step | None, datetime | None]:
    """Return the step to take now, and when to look again.

    After a pause it is the last step that was reached meanwhile, once; what came before it
    is passed over.
    """
    if promise.next_at is None:
        return None, None
    ahead = [(at, step) for at, step in steps(promise, reminders, calendar) if at > now]
    reached = [
        step for at, step in steps(promise, reminders, calendar) if promise.next_at <= at <= now
    ]
    return (reached[-1] if reached else None), (ahead[0][0] if ahead else None)
