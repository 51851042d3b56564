"""The calendar of an office: its hours on a date, and its openings as instants.

The openings of a year are computed when the year is first asked for, and kept.

A wall-clock time that occurs twice when the clock is set back means the first of the two;
one that is skipped when it is set forward is read as if the clock had not been changed.

The calendar reaches from `FIRST_YEAR` to `LAST_YEAR`. Instants outside it, which only wrong
or hostile mail has, are treated as its beginning or its end; nothing here overflows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from bot.errors import BadValue
from bot.worktime.model import WEEKEND, Interval, Special, check_order

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
_MOST_DAYS: Final = 10_000
"""Whose openings are remembered."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_DAY_SECONDS = 86_400
_MEAN_YEAR = timedelta(days=365.2425) // _MICROSECOND
# A day inside the years, so that the local year is one of them in every zone.
FIRST_INSTANT: Final = (datetime(FIRST_YEAR, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
LAST_INSTANT: Final = (datetime(LAST_YEAR, 12, 31, tzinfo=UTC) - _EPOCH) // _MICROSECOND


@dataclass(frozen=True, slots=True)
class Year:
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
        BadValue: No weekday is open, or the intervals of a day overlap.
    """

    zone: tzinfo
    week: Mapping[int, tuple[Interval, ...]]
    closed: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, Special] = field(default_factory=dict)
    _years: dict[int, Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _openings: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise BadValue("minst en dag i veckan måste ha öppet")
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
        return from_microseconds(to_microseconds(at))

    def local_date(self, at: datetime) -> date:
        """Return the date on the wall at an instant."""
        return self.instant(at).astimezone(self.zone).date()

    def openings(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Return when the office opens and closes on a local date, as instants in UTC."""
        found = self._openings.get(day)
        if found is None:
            if len(self._openings) >= _MOST_DAYS:
                self._openings.clear()
            # As with years, two threads may both compute a day.
            found = self._openings[day] = tuple(
                (from_microseconds(opens), from_microseconds(closes))
                for opens, closes in self._instants_of(day)
            )
        return found

    def year_of(self, at_us: int) -> Year:
        """Return the openings of the local year of an instant, given in microseconds."""
        year = self.year(min(FIRST_YEAR + at_us // _MEAN_YEAR, LAST_YEAR))
        # Around New Year the mean year is one off.
        if at_us >= year.ends and year.number < LAST_YEAR:
            return self.year(year.number + 1)
        if at_us < year.starts and year.number > FIRST_YEAR:
            return self.year(year.number - 1)
        return year

    def year(self, number: int) -> Year:
        """Return the openings of a year from `FIRST_YEAR` to `LAST_YEAR`."""
        year = self._years.get(number)
        if year is None:
            # Two threads may both compute a year; they find the same.
            year = self._years[number] = self._computed(number)
        return year

    def _computed(self, number: int) -> Year:
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
        return Year(
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


def to_microseconds(at: datetime) -> int:
    """Return an aware instant in microseconds since 1970, within the years of a calendar."""
    if at.tzinfo is None:
        raise ValueError(f"an aware instant is needed, got {at!r}")
    span = at - _EPOCH
    # Asked many times a mail: dividing spans takes twice as long.
    found = (span.days * _DAY_SECONDS + span.seconds) * _SECOND + span.microseconds
    if FIRST_INSTANT <= found <= LAST_INSTANT:
        return found
    return FIRST_INSTANT if found < FIRST_INSTANT else LAST_INSTANT


def from_microseconds(microseconds: int) -> datetime:
    """Return an instant in UTC from microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)
