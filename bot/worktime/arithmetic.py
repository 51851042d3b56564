"""Arithmetic on instants and days in the open time of a calendar.

Every count is a difference of one function, the open time from the start of a year to an
instant, so that counts add up whatever the split. Instants that come in are aware, in any
zone (ValueError otherwise); those that are returned are in UTC.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta

from bot.worktime.office_calendar import (
    FIRST_INSTANT,
    FIRST_YEAR,
    LAST_INSTANT,
    LAST_YEAR,
    Calendar,
    from_microseconds,
    to_microseconds,
)

_MICROSECOND = timedelta(microseconds=1)


def working_time(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    """Return how long the office was open between two instants.

    Returns:
        Real elapsed time, also on a day with a clock change. Never negative, and never more
        than passed between the two; zero when `end` is not after `start`.
    """
    start_us, end_us = to_microseconds(start), to_microseconds(end)
    if end_us <= start_us:
        return timedelta()
    first, last = calendar.year_of(start_us), calendar.year_of(end_us)
    total = last.open_until(end_us) - first.open_until(start_us)
    for number in range(first.number, last.number):
        total += calendar.year(number).total
    return timedelta(microseconds=total)


def add_working_time(at: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """Return the instant at which an amount of open time has passed.

    Forward, it is the earliest such instant: two hours before closing plus two hours is
    closing time, not next morning. With a negative amount it is the latest instant from
    which that much open time passes until `at`.
    """
    at_us, amount_us = to_microseconds(at), amount // _MICROSECOND
    if amount_us == 0:
        return from_microseconds(at_us)
    year = calendar.year_of(at_us)
    wanted = year.open_until(at_us) + amount_us
    if amount_us > 0:
        return _forward(year.number, wanted, calendar)
    return _backward(year.number, wanted, calendar)


def _forward(number: int, wanted: int, calendar: Calendar) -> datetime:
    while number <= LAST_YEAR:
        year = calendar.year(number)
        if wanted <= year.total:
            index = bisect_left(year.before, wanted) - 1
            return from_microseconds(year.opens[index] + wanted - year.before[index])
        wanted -= year.total
        number += 1
    return from_microseconds(LAST_INSTANT)


def _backward(number: int, wanted: int, calendar: Calendar) -> datetime:
    while wanted < 0 and number > FIRST_YEAR:
        number -= 1
        wanted += calendar.year(number).total
    if wanted < 0:
        return from_microseconds(FIRST_INSTANT)
    year = calendar.year(number)
    index = bisect_right(year.before, wanted) - 1
    return from_microseconds(year.opens[index] + wanted - year.before[index])


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Tell whether the office is open at an instant; not at the very moment it closes."""
    at_us = to_microseconds(at)
    year = calendar.year_of(at_us)
    index = bisect_right(year.opens, at_us) - 1
    return index >= 0 and at_us < year.closes[index]


def next_opening(at: datetime, calendar: Calendar) -> datetime:
    """Return the first instant after `at`, and not at it, at which the office opens."""
    at_us = to_microseconds(at)
    for number in range(calendar.year_of(at_us).number, LAST_YEAR + 1):
        opens = calendar.year(number).opens
        index = bisect_right(opens, at_us)
        if index < len(opens):
            return from_microseconds(opens[index])
    return from_microseconds(LAST_INSTANT)


def next_working_moment(at: datetime, calendar: Calendar) -> datetime:
    """Return `at` if the office is open then, else when it next opens."""
    return calendar.instant(at) if is_open(at, calendar) else next_opening(at, calendar)


def previous_working_moment(at: datetime, calendar: Calendar) -> datetime:
    """Return `at` if the office is open until then, else when it last closed.

    The moment of closing counts: a deadline may fall on it.
    """
    at_us = to_microseconds(at)
    for number in range(calendar.year_of(at_us).number, FIRST_YEAR - 1, -1):
        year = calendar.year(number)
        index = bisect_left(year.opens, at_us) - 1
        if index >= 0:
            return from_microseconds(min(at_us, year.closes[index]))
    return from_microseconds(FIRST_INSTANT)


def closing_time(at: datetime, calendar: Calendar) -> datetime | None:
    """Return when the working day in progress ends.

    The hours before the first opening belong to the day. None after the last closing of the
    day and on a day off.
    """
    openings = calendar.openings(calendar.local_date(at))
    if not openings or calendar.instant(at) >= openings[-1][1]:
        return None
    return openings[-1][1]


def end_of_working_day(at: datetime, calendar: Calendar, *, after_days: int = 0) -> datetime:
    """Return when a working day ends.

    Args:
        at: Before the last closing of a working day, that day is day 0; else the next
            working day is. A mail on a Saturday is Monday's work.
        calendar: The hours of the office.
        after_days: How many working days after day 0; never negative.
    """
    if after_days < 0:
        raise ValueError(f"after_days must not be negative, got {after_days}")
    day = calendar.local_date(at)
    if closing_time(at, calendar) is None:
        day = next_working_day(day, calendar)
    for _ in range(after_days):
        day = next_working_day(day, calendar)
    openings = calendar.openings(day)
    return openings[-1][1] if openings else from_microseconds(LAST_INSTANT)


def opening_after(at: datetime, calendar: Calendar, *, days: int) -> datetime:
    """Return the first opening after so many working days; see `end_of_working_day`."""
    return next_opening(end_of_working_day(at, calendar, after_days=days), calendar)


def next_working_day(day: date, calendar: Calendar) -> date:
    """Return the first working day after a local date."""
    ordinal = day.toordinal()
    for number in range(max(day.year, FIRST_YEAR), LAST_YEAR + 1):
        days = calendar.year(number).working_days
        index = bisect_right(days, ordinal)
        if index < len(days):
            return date.fromordinal(days[index])
    return date(LAST_YEAR, 12, 31)


def previous_working_day(day: date, calendar: Calendar) -> date:
    """Return the last working day before a local date."""
    ordinal = day.toordinal()
    for number in range(min(day.year, LAST_YEAR), FIRST_YEAR - 1, -1):
        days = calendar.year(number).working_days
        index = bisect_left(days, ordinal) - 1
        if index >= 0:
            return date.fromordinal(days[index])
    return date(FIRST_YEAR, 1, 1)


def working_days_between(first: date, last: date, calendar: Calendar) -> int:
    """Return how many working days come after `first` and not after `last`, local dates.

    Thursday to the Monday after it is two. Zero when `last` is not after `first`.
    """
    if last <= first:
        return 0
    count = 0
    for number in range(max(first.year, FIRST_YEAR), min(last.year, LAST_YEAR) + 1):
        days = calendar.year(number).working_days
        count += bisect_right(days, last.toordinal()) - bisect_right(days, first.toordinal())
    return count
