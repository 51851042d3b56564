"""The ladder of an urgent case: who is told next, and when, until a person acknowledges it.

It counts in working minutes, so that nobody is called at night. A case that would be lost
before the office opens is the exception: there the minutes of the wall clock count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from bot.cases import Case
from bot.worktime import (
    Calendar,
    add_working_time,
    is_open,
    next_opening,
    working_time,
)

_LAST = timedelta(hours=1)
_THIRD, _TWO_THIRDS = 1 / 3, 2 / 3


class Rung(StrEnum):
    """Whom a step of the ladder tells."""

    ON_DUTY = "on_duty"
    SUBSTITUTE = "substitute"
    HEAD = "head"


_HEIGHT = tuple(Rung)


class Cause(StrEnum):
    """Why a step of the ladder is taken; the codes of the alerts."""

    UNACKNOWLEDGED = "unacknowledged"
    HALF_TIME = "half_time"
    LAST_HOUR = "last_hour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How long the ladder waits, in working time since the case became urgent.

    Attributes:
        to_substitute, to_head: Until the substitute and the unit head are told.
        again: Between two alerts to the unit head.
    """

    to_substitute: timedelta = timedelta(minutes=30)
    to_head: timedelta = timedelta(minutes=60)
    again: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """How long an urgent case can wait.

    Attributes:
        handle_by: By when it must be handled; None where nobody knows.
        safe_until: The last working moment before a run could take the invoice or payment
            along; before the case began where that is before the next opening.
    """

    handle_by: datetime | None
    safe_until: datetime | None = None

    @classmethod
    def of(cls, case: Case) -> Until:
        """Return how long a case can wait."""
        return cls(handle_by=case.handle_by, safe_until=case.safe_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How far the ladder has come with one urgent case.

    Attributes:
        begun_at: When the case became urgent; a new urgent mail begins anew.
        step: How many rungs were told; the first alert is rung 0.
    """

    begun_at: datetime
    step: int = 1
    told_half: bool = False
    told_last_hour: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One alert that the ladder asks for."""

    at: datetime
    cause: Cause
    rung: Rung
    number: int = 0


def first_alert_at(begun_at: datetime, until: Until, calendar: Calendar) -> datetime:
    """Return when the first alert goes out: at once, or when the office next opens.

    Outside opening hours it waits, unless the case would be lost before the opening.
    """
    if is_open(begun_at, calendar) or _is_lost_before_opening(begun_at, until, calendar):
        return begun_at
    return next_opening(begun_at, calendar)


def go_on(
    watch: Watch, until: Until, ladder: Ladder, calendar: Calendar, now: datetime
) -> tuple[Step | None, Watch]:
    """Return the step that is due, or None, and how far the ladder has come with it.

    After a pause all that fell due meanwhile is one step, to the highest rung: because of
    the last hour if it has begun, else of the half time, else of the rung itself.
    """
    marks = {step.cause: step for step in _marks(watch, until, calendar) if step.at <= now}
    rung = None
    for step in _rungs(watch, until, ladder, calendar):
        if step.at > now:
            break
        rung = step
    due = marks.get(Cause.LAST_HOUR) or marks.get(Cause.HALF_TIME) or rung
    if due is not None and rung is not None:
        due = replace(due, rung=max(due.rung, rung.rung, key=_HEIGHT.index))
    come = Watch(
        begun_at=watch.begun_at,
        step=watch.step if rung is None else rung.number + 1,
        told_half=watch.told_half or Cause.HALF_TIME in marks,
        told_last_hour=watch.told_last_hour or Cause.LAST_HOUR in marks,
    )
    return due, come


def next_at(watch: Watch, until: Until, ladder: Ladder, calendar: Calendar) -> datetime:
    """Return when the ladder must be looked at again."""
    rung = next(_rungs(watch, until, ladder, calendar))
    return min([rung.at, *(step.at for step in _marks(watch, until, calendar))])


def _is_lost_before_opening(begun_at: datetime, until: Until, calendar: Calendar) -> bool:
    return (
        not is_open(begun_at, calendar)
        and until.safe_until is not None
        and until.safe_until <= begun_at
    )


def _rungs(watch: Watch, until: Until, ladder: Ladder, calendar: Calendar) -> Iterator[Step]:
    """Yield the rungs that were not told, without end: the head is told again and again."""
    lost = _is_lost_before_opening(watch.begun_at, until, calendar)
    start = first_alert_at(watch.begun_at, until, calendar)
    handle_by = until.handle_by
    left = timedelta() if handle_by is None else working_time(start, handle_by, calendar)

    def at(amount: timedelta, share: float) -> datetime:
        if lost:
            return start + amount
        return add_working_time(start, min(amount, left * share) if left else amount, calendar)

    if watch.step <= 1:
        yield Step(
            at=at(ladder.to_substitute, _THIRD),
            cause=Cause.UNACKNOWLEDGED,
            rung=Rung.SUBSTITUTE,
            number=1,
        )
    head = at(ladder.to_head, _TWO_THIRDS)
    for number in count(max(2, watch.step)):
        waited = ladder.again * (number - 2)
        moment = head + waited if lost else add_working_time(head, waited, calendar)
        yield Step(at=moment, cause=Cause.UNACKNOWLEDGED, rung=Rung.HEAD, number=number)


def _marks(watch: Watch, until: Until, calendar: Calendar) -> list[Step]:
    """Return what the deadline itself asks for, in order, as far as it was not told."""
    handle_by = until.handle_by
    if handle_by is None:
        return []
    start = first_alert_at(watch.begun_at, until, calendar)
    left = working_time(start, handle_by, calendar)
    found = []
    half = add_working_time(start, left / 2, calendar)
    if left > _LAST and not watch.told_half:
        found.append(Step(at=half, cause=Cause.HALF_TIME, rung=Rung.ON_DUTY))
    if left > _LAST and not watch.told_last_hour:
        last = add_working_time(handle_by, -_LAST, calendar)
        found.append(Step(at=max(last, half), cause=Cause.LAST_HOUR, rung=Rung.HEAD))
    return found
