"""What an urgent case asks for in the first half of 2026, worked out as a person would.

The open minutes of the centre stand one by one in a list, the days off are written down by
name, and the change to summer time is one instant. Nothing here asks the code under test: it
is slow, and plain enough to be checked with a wall calendar.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NEVER = datetime.max.replace(tzinfo=UTC)
FIRST_DAY, DAYS = date(2026, 2, 2), 220
SUMMER_TIME = datetime(2026, 3, 29, 1, tzinfo=UTC)
CLOSED = {
    date(2026, 4, 3): "Good Friday",
    date(2026, 4, 6): "Easter Monday",
    date(2026, 5, 1): "May Day",
    date(2026, 5, 14): "Ascension Day",
    date(2026, 6, 19): "Midsummer Eve",
}
HALF = {
    date(2026, 4, 2): "Maundy Thursday",
    date(2026, 4, 30): "Walpurgis Eve",
    date(2026, 5, 13): "the day before Ascension Day",
    date(2026, 6, 5): "the day before the National Day",
}


def instant(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the instant of a wall-clock time in Sweden, not in the night of the change."""
    winter = datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=1)
    return winter if winter < SUMMER_TIME else winter - timedelta(hours=1)


def local_day(at: datetime) -> date:
    """Return the date on the wall in Sweden."""
    return (at + timedelta(hours=1 if at < SUMMER_TIME else 2)).date()


def is_working_day(day: date) -> bool:
    """Tell whether the centre opens on a day."""
    return day.weekday() < 5 and day not in CLOSED


def _open_minutes() -> Iterator[datetime]:
    for day in (FIRST_DAY + DAY * n for n in range(DAYS)):
        if is_working_day(day):
            opens = instant(day, 8)
            for n in range(5 * 60 if day in HALF else 8 * 60 + 30):
                yield opens + n * MINUTE


OPEN = list(_open_minutes())
"""Every minute in which the centre is open, by its beginning."""


def is_open(at: datetime) -> bool:
    """Tell whether the minute that an instant falls into is an open one."""
    return at.replace(second=0, microsecond=0) in _OPEN


_OPEN = frozenset(OPEN)


def start_of_work(at: datetime) -> datetime:
    """Return an instant if the centre is open then, else when it next opens."""
    return at if is_open(at) else OPEN[bisect_left(OPEN, at)]


def last_open(at: datetime) -> datetime:
    """Return the last instant until which the centre was open, at the latest an instant."""
    return OPEN[bisect_left(OPEN, at) - 1] + MINUTE


def worked(start: datetime, end: datetime) -> int:
    """Count the open minutes between two whole minutes."""
    return max(0, bisect_left(OPEN, end) - bisect_left(OPEN, start))


def after(start: datetime, minutes: Fraction | int) -> datetime:
    """Return when so many open minutes have passed since a whole minute."""
    whole, rest = divmod(Fraction(minutes), 1)
    first = bisect_left(OPEN, start)
    if rest:
        return OPEN[first + whole] + timedelta(minutes=float(rest))
    return OPEN[first + whole - 1] + MINUTE


def _working_day(day: date, step: timedelta) -> date:
    """Return the next working day (or the one before, with a step back)."""
    day += step
    while not is_working_day(day):
        day += step
    return day


def closing(day: date) -> datetime:
    """Return when the centre closes on a working day."""
    return last_open(instant(day, 23))


@dataclass(frozen=True, slots=True)
class Until:
    """A deadline, since when it holds, and the last working moment before a run takes it along."""

    since: datetime
    handle_by: datetime
    safe_until: datetime | None

    @property
    def moments(self) -> tuple[datetime, datetime | None]:
        return self.handle_by, self.safe_until


def invoice_until(
    arrived: datetime, due: date | None, stage: str | None, *, since: datetime
) -> Until:
    """Return by when a case about an invoice must be handled (4.2 of the rules).

    Args:
        due, stage: As the ledger has them; None where it does not know the number.
    """
    starts = start_of_work(arrived)
    today, same_day = local_day(arrived), closing(local_day(starts))

    def ahead(moment: datetime) -> datetime:
        return moment if moment > starts else same_day

    wishes = [closing(_working_day(today, DAY))]
    if due is None or due < today:
        wishes.append(same_day)
    else:
        wishes.append(ahead(last_open(instant(due, 0))))
    run = _dunning_run(due, stage, starts)
    if run is not None:
        safe = last_open(run)
        day_before = closing(_working_day(local_day(safe), -DAY))
        wishes.append(min(safe, ahead(day_before)))
    run = _dunning_run(due, stage, arrived)
    return Until(since, min(wishes), None if run is None else last_open(run))


def _dunning_run(due: date | None, stage: str | None, after_: datetime) -> datetime | None:
    """Reminders on Tuesdays from five days after the due date, collection on Thursdays from 14."""
    waits = {None: ((5, 1), (14, 3)), "öppen": ((5, 1), (14, 3)), "påmind": ((14, 3),)}
    if due is None:
        return None
    runs = []
    for days, weekday in waits.get(stage, ()):
        day = due + days * DAY
        while day.weekday() != weekday or instant(day, 6) <= after_:
            day += DAY
        runs.append(instant(day, 6))
    return min(runs, default=None)


def payment_until(arrived: datetime) -> Until:
    """Return by when a case about a supplier's payment must be handled, of unknown date."""
    in_an_hour = after(arrived, 60)
    coming, stoppable = (_payment_run(at) for at in (arrived, start_of_work(arrived)))
    return Until(arrived, min(in_an_hour, last_open(stoppable)), last_open(coming))


def _payment_run(after_: datetime) -> datetime:
    """On Tuesdays and Thursdays at 14, on the working day before where that is a day off."""
    day = local_day(after_)
    while True:
        if day.weekday() in (1, 3):
            held = day if is_working_day(day) else _working_day(day, -DAY)
            if instant(held, 14) > after_:
                return instant(held, 14)
        day += DAY


@dataclass(frozen=True, slots=True)
class Told:
    """One alert: when, why, and which rung of the ladder."""

    at: datetime
    code: str
    rung: str | None


def first_told(begun: datetime, until: Until) -> datetime:
    """Return when staff hear of a case: at once, or at the opening if it can wait until then."""
    return begun if _is_lost(begun, until) else start_of_work(begun)


def _is_lost(begun: datetime, until: Until) -> bool:
    """Tell whether a run takes it along before the centre opens."""
    return not is_open(begun) and until.safe_until is not None and until.safe_until <= begun


def ladder(
    begun: datetime,
    untils: Sequence[Until],
    acknowledged: datetime,
    *,
    down: tuple[datetime, datetime] = (NEVER, NEVER),
) -> list[Told]:
    """Return every alert about a case until a person acknowledges it, oldest first.

    Args:
        untils: Each holds from its `since` until the next one's.
        down: From when until when nothing runs; what falls due meanwhile is one step after it.
    """
    told = [Told(first_told(begun, untils[0]), "urgent", None)]
    taken: set[str] = set()
    for until, end in zip(untils, [*(later.since for later in untils[1:]), NEVER], strict=True):
        while True:
            asked = list(_asked(begun, until, taken))
            at = max(min(moment for moment, _ in asked), until.since)
            at = down[1] if down[0] < at < down[1] else at
            if not (_is_lost(at, until) or is_open(at) or last_open(at) == at):
                at = start_of_work(at)
            if at > min(end, acknowledged):
                break
            due = {name for moment, name in asked if moment <= at}
            told.append(Told(at, _code(due), _rung(due)))
            taken |= due
    return told


def _asked(begun: datetime, until: Until, taken: set[str]) -> Iterator[tuple[datetime, str]]:
    """Yield (when, what) of the steps not yet taken: half an hour, an hour, then every hour.

    Where less time than that is left, a third and two thirds of it. Beside that half of the
    time that was left, and the last hour, if there was more than an hour.
    """
    start, lost = first_told(begun, until), _is_lost(begun, until)
    left = worked(start, until.handle_by)

    def rung_at(minutes: int, share: Fraction, later: int) -> datetime:
        if lost:
            return start + (minutes + later) * MINUTE
        return after(start, (min(Fraction(minutes), left * share) if left else minutes) + later)

    if "substitute" not in taken and "head 0" not in taken:
        yield rung_at(30, Fraction(1, 3), 0), "substitute"
    heads = sum(name.startswith("head") for name in taken)
    for number in range(heads, heads + 60):
        yield rung_at(60, Fraction(2, 3), 60 * number), f"head {number}"
    if left > 60:
        half = after(start, Fraction(left, 2))
        if "half" not in taken:
            yield half, "half"
        if "last hour" not in taken:
            yield max(OPEN[bisect_left(OPEN, until.handle_by) - 60], half), "last hour"


def _code(due: set[str]) -> str:
    if "last hour" in due:
        return "last_hour"
    return "half_time" if "half" in due else "unacknowledged"


def _rung(due: set[str]) -> str:
    if "last hour" in due or any(name.startswith("head") for name in due):
        return "head"
    return "substitute" if "substitute" in due else "on_duty"


_TURNS = {"on_duty": (0, 1, 2), "substitute": (1, 2, 0), "head": (2, 1, 0)}


@dataclass(frozen=True, slots=True)
class Roster:
    """Who answers a mailbox: a row of people a week, the first in the first week of the year.

    Attributes:
        heads: The head of the unit, then who stands in.
        away: Every (person, day) of an absence.
    """

    rows: Sequence[Sequence[str]]
    heads: Sequence[str]
    away: frozenset[tuple[str, date]]

    def who(self, rung: str | None, at: datetime) -> str | None:
        """Return who is told: of the answering person, the stand-in and the head, who is there."""
        day = local_day(at)
        row = self.rows[(day.isocalendar().week - 1) % len(self.rows)]
        there = [person for person in row if (person, day) not in self.away]
        heads = [person for person in self.heads if (person, day) not in self.away]
        three = (*there[:2], *[None] * (2 - len(there[:2])), *heads[:1])
        wished = (three[n] for n in _TURNS[rung or "on_duty"] if n < len(three))
        return next((person for person in wished if person is not None), None)
