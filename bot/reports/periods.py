"""Periods: whole days, weeks, months, tertials and years of the local calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from bot.reports.model import Granularity, Period

_DAY: Final = timedelta(days=1)
_MONTHS: Final = {Granularity.MONTH: 1, Granularity.TERTIAL: 4, Granularity.YEAR: 12}
_NAMED: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:T(?P<tertial>[1-3])|W(?P<week>\d{2})|(?P<month>\d{2})(?:-(?P<day>\d{2}))?))?"
)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199


def period_of(day: date, granularity: Granularity) -> Period:
    """Return the whole period that a day lies in; of `Granularity.ANY` the day itself."""
    if granularity in (Granularity.DAY, Granularity.ANY):
        return Period(first=day, last=day, granularity=granularity)
    if granularity is Granularity.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(first=monday, last=monday + timedelta(days=6), granularity=granularity)
    months = _MONTHS[granularity]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(first=first, last=_months_on(first, months) - _DAY, granularity=granularity)


def before(period: Period) -> Period:
    """Return the period of the same sort that ends the day before one begins."""
    if period.granularity is Granularity.ANY:
        length = timedelta(days=period.days)
        return Period(first=period.first - length, last=period.first - _DAY)
    return period_of(period.first - _DAY, period.granularity)


def split(period: Period, granularity: Granularity) -> tuple[Period, ...]:
    """Return the periods that a longer one consists of, in order.

    The first and the last one end where it ends; such a part is of `Granularity.ANY`, since it
    is no whole month, say.
    """
    return tuple(_pieces(period, granularity))


def _pieces(period: Period, granularity: Granularity) -> Iterator[Period]:
    if granularity is Granularity.ANY:
        yield period
        return
    day = period.first
    while day <= period.last:
        whole = period_of(day, granularity)
        if period.first <= whole.first and whole.last <= period.last:
            yield whole
        else:
            yield Period(first=max(period.first, whole.first), last=min(period.last, whole.last))
        day = whole.after


def whole_period(first: date, last: date) -> Period:
    """Return the period of some days, with its name where they are a month, a year or the like."""
    for granularity in (
        Granularity.YEAR,
        Granularity.TERTIAL,
        Granularity.MONTH,
        Granularity.WEEK,
        Granularity.DAY,
    ):
        named = period_of(first, granularity)
        if (named.first, named.last) == (first, last):
            return named
    return Period(first=first, last=last)


def named_period(text: str) -> Period | None:
    """Read 2026, 2026-T2, 2026-11, 2026-W48 or 2026-11-03; None for anything else."""
    found = _NAMED.fullmatch(text.strip().upper())
    if found is None or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        return None
    year = int(found["year"])
    try:
        if found["tertial"]:
            return period_of(date(year, int(found["tertial"]) * 4, 1), Granularity.TERTIAL)
        if found["week"]:
            monday = date.fromisocalendar(year, int(found["week"]), 1)
            return period_of(monday, Granularity.WEEK)
        if found["day"]:
            day = date(year, int(found["month"]), int(found["day"]))
            return period_of(day, Granularity.DAY)
        if found["month"]:
            return period_of(date(year, int(found["month"]), 1), Granularity.MONTH)
    except ValueError:
        return None
    return period_of(date(year, 1, 1), Granularity.YEAR)


def _months_on(first: date, months: int) -> date:
    ahead = first.year * 12 + first.month - 1 + months
    return date(ahead // 12, ahead % 12 + 1, 1)
