"""The calendar of an office: when it is open, and arithmetic on instants in open time.

Every answer rests on one function, the open time from the start of a year to an instant,
so that counts add up whatever the split. The openings of a year are computed when the year
is first asked for, and kept.

A wall-clock time that occurs twice when the clock is set back means the first of the two;
one that is skipped when it is set forward is read as if the clock had not been changed.

The calendar reaches from `FIRST_YEAR` to `LAST_YEAR`. Instants outside it, which only wrong
or hostile mail has, are treated as its beginning or its end; nothing here overflows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from bot.worktime.model import WEEKEND, Interval, Special, check_order

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MEAN_YEAR = timedelta(days=365.2425) // _MICROSECOND
# A day inside the years, so that the local year is one of them in every zone.
_FIRST = (datetime(FIRST_YEAR, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(LAST_YEAR, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class _Year:
    """The openings of one local year, in microseconds since 1970, in order."""

    number: int
    starts: int
    ends: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    """Open time of the year before each opening."""
    total: int
    working_days: list[int]
    """Ordinals of the days on which the office opens."""

    def open_until(self, at: int) -> int:
        """Return the open time from the start of the year to an instant in it."""
        index = bisect_right(self.opens, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.closes[index]) - self.opens[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When an office is open.

    Attributes:
        zone: The zone in which its clock on the wall stands.
        week: Monday is 0. A weekday that is absent or has no interval is a day off.
        closed: Dates on which it does not open, with the code of the reason.
        special: Dates with hours of their own; `closed` goes before it.

    Both date mappings are asked date by date and may be computed as they are asked.

    Raises:
        ValueError: No weekday is open, or the intervals of a day overlap.
    """

    zone: tzinfo
    week: Mapping[int, tuple[Interval, ...]]
    closed: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, Special] = field(default_factory=dict)
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise ValueError("the office must open on at least one day of the week")
        if not set(self.week) <= set(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")
        for intervals in self.week.values():
            check_order(intervals)

    def intervals(self, day: date) -> tuple[Interval, ...]:
        """Return the opening hours of a local date, in order; empty on a day off."""
        if day in self.closed:
            return ()
        special = self.special.get(day)
        return self.week.get(day.weekday(), ()) if special is None else special.intervals

    def note(self, day: date) -> str | None:
        """Return the code of what is out of the ordinary on a local date, None if nothing is."""
        code = self.closed.get(day)
        if code is not None:
            # A holiday on a Sunday closes nothing that was open.
            return code if self.week.get(day.weekday()) else WEEKEND
        special = self.special.get(day)
        if special is not None:
            return special.code
        return None if self.week.get(day.weekday()) else WEEKEND

    def is_working_day(self, day: date) -> bool:
        """Tell whether the office opens at all on a local date."""
        return bool(self.intervals(day))

    def instant(self, at: datetime) -> datetime:
        """Return an aware instant in UTC, within the years of the calendar."""
        return _instant(_clamped(at))

    def local_date(self, at: datetime) -> date:
        """Return the date on the wall at an instant."""
        return self.instant(at).astimezone(self.zone).date()

    def is_open(self, at: datetime) -> bool:
        """Tell whether the office is open at an instant; not at the very moment it closes."""
        at_us = _clamped(at)
        year = self._year_of(at_us)
        index = bisect_right(year.opens, at_us) - 1
        return index >= 0 and at_us < year.closes[index]

    def next_opening(self, at: datetime) -> datetime:
        """Return the first instant after `at` (and not at it) at which the office opens, in UTC."""
        at_us = _clamped(at)
        for number in range(self._year_of(at_us).number, LAST_YEAR + 1):
            opens = self._year(number).opens
            index = bisect_right(opens, at_us)
            if index < len(opens):
                return _instant(opens[index])
        return _instant(_LAST)

    def next_working_moment(self, at: datetime) -> datetime:
        """Return `at` if the office is open then, else when it next opens; in UTC."""
        return _instant(_clamped(at)) if self.is_open(at) else self.next_opening(at)

    def previous_working_moment(self, at: datetime) -> datetime:
        """Return `at` if the office is open until then, else when it last closed; in UTC.

        The moment of closing counts: a deadline may fall on it.
        """
        at_us = _clamped(at)
        for number in range(self._year_of(at_us).number, FIRST_YEAR - 1, -1):
            year = self._year(number)
            index = bisect_left(year.opens, at_us) - 1
            if index >= 0:
                return _instant(min(at_us, year.closes[index]))
        return _instant(_FIRST)

    def closing_time(self, at: datetime) -> datetime | None:
        """Return when the working day in progress ends, in UTC.

        The hours before the first opening belong to the day. None after the last closing of
        the day and on a day off.
        """
        at_us = _clamped(at)
        closes = self._day_closes(_instant(at_us).astimezone(self.zone).date())
        return None if closes is None or at_us >= closes else _instant(closes)

    def end_of_working_day(self, at: datetime, after_days: int = 0) -> datetime:
        """Return when a working day ends, in UTC.

        Args:
            at: In the hours before the last closing of a working day, that day is day 0; else
                the next working day is. A mail on a Saturday is Monday's work.
            after_days: How many working days after day 0; never negative.
        """
        if after_days < 0:
            raise ValueError(f"after_days must not be negative, got {after_days}")
        day = self.local_date(at)
        if self.closing_time(at) is None:
            day = self.next_working_day(day)
        for _ in range(after_days):
            day = self.next_working_day(day)
        closes = self._day_closes(day)
        return _instant(_LAST if closes is None else closes)

    def add_working_time(self, at: datetime, delta: timedelta) -> datetime:
        """Return the instant at which an amount of open time has passed, in UTC.

        Forward, it is the earliest such instant: two hours before closing plus two hours is
        closing time, not next morning. With a negative `delta` it is the latest instant from
        which that much open time passes until `at`.
        """
        at_us, amount = _clamped(at), delta // _MICROSECOND
        if amount == 0:
            return _instant(at_us)
        year = self._year_of(at_us)
        wanted = year.open_until(at_us) + amount
        if amount > 0:
            return self._forward(year.number, wanted)
        return self._backward(year.number, wanted)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after a local date."""
        ordinal = day.toordinal()
        for number in range(max(day.year, FIRST_YEAR), LAST_YEAR + 1):
            days = self._year(number).working_days
            index = bisect_right(days, ordinal)
            if index < len(days):
                return date.fromordinal(days[index])
        return date(LAST_YEAR, 12, 31)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day before a local date."""
        ordinal = day.toordinal()
        for number in range(min(day.year, LAST_YEAR), FIRST_YEAR - 1, -1):
            days = self._year(number).working_days
            index = bisect_left(days, ordinal) - 1
            if index >= 0:
                return date.fromordinal(days[index])
        return date(FIRST_YEAR, 1, 1)

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days come after `first` and not after `last`.

        Thursday to the Monday after it is two. Zero when `last` is not after `first`.
        """
        if last <= first:
            return 0
        count = 0
        for number in range(max(first.year, FIRST_YEAR), min(last.year, LAST_YEAR) + 1):
            days = self._year(number).working_days
            count += bisect_right(days, last.toordinal()) - bisect_right(days, first.toordinal())
        return count

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """See `bot.worktime.working_time`."""
        start_us, end_us = _clamped(start), _clamped(end)
        if end_us <= start_us:
            return timedelta()
        first, last = self._year_of(start_us), self._year_of(end_us)
        total = last.open_until(end_us) - first.open_until(start_us)
        for number in range(first.number, last.number):
            total += self._year(number).total
        return timedelta(microseconds=total)

    def openings(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return when the office opens and closes on a local date, as instants in UTC."""
        return tuple(
            (_instant(opens), _instant(closes)) for opens, closes in self._instants_of(day)
        )

    def _forward(self, number: int, wanted: int) -> datetime:
        while number <= LAST_YEAR:
            year = self._year(number)
            if wanted <= year.total:
                index = bisect_left(year.before, wanted) - 1
                return _instant(year.opens[index] + wanted - year.before[index])
            wanted -= year.total
            number += 1
        return _instant(_LAST)

    def _backward(self, number: int, wanted: int) -> datetime:
        while wanted < 0 and number > FIRST_YEAR:
            number -= 1
            wanted += self._year(number).total
        if wanted < 0:
            return _instant(_FIRST)
        year = self._year(number)
        index = bisect_right(year.before, wanted) - 1
        return _instant(year.opens[index] + wanted - year.before[index])

    def _day_closes(self, day: date) -> int | None:
        openings = self._instants_of(day)
        return openings[-1][1] if openings else None

    def _year_of(self, at_us: int) -> _Year:
        year = self._year(min(FIRST_YEAR + at_us // _MEAN_YEAR, LAST_YEAR))
        # Around New Year the mean year is one off.
        if at_us >= year.ends and year.number < LAST_YEAR:
            return self._year(year.number + 1)
        if at_us < year.starts and year.number > FIRST_YEAR:
            return self._year(year.number - 1)
        return year

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            # Two threads may both compute a year; they find the same.
            year = self._years[number] = self._computed(number)
        return year

    def _computed(self, number: int) -> _Year:
        opens: list[int] = []
        closes: list[int] = []
        before: list[int] = []
        days: list[int] = []
        total = 0
        for ordinal in range(date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal() + 1):
            openings = self._instants_of(date.fromordinal(ordinal))
            if openings:
                days.append(ordinal)
            for opening, closing in openings:
                opens.append(opening)
                closes.append(closing)
                before.append(total)
                total += closing - opening
        return _Year(
            number=number,
            starts=self._at(date(number, 1, 1), time.min),
            ends=self._at(date(number + 1, 1, 1), time.min),
            opens=opens,
            closes=closes,
            before=before,
            total=total,
            working_days=days,
        )

    def _instants_of(self, day: date) -> list[tuple[int, int]]:
        result: list[tuple[int, int]] = []
        earliest = 0
        for interval in self.intervals(day):
            opens = self._at(day, interval.opens)
            closes = self._at(day, interval.closes)
            # Only hours around a clock change can be out of order here.
            opens = max(opens, earliest)
            if opens < closes:
                result.append((opens, closes))
                earliest = closes
        return result

    def _at(self, day: date, wall: time) -> int:
        return (datetime.combine(day, wall, self.zone) - _EPOCH) // _MICROSECOND


def _clamped(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"an aware instant is needed, got {at!r}")
    return min(max((at - _EPOCH) // _MICROSECOND, _FIRST), _LAST)


def _instant(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
