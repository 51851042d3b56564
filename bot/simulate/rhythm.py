"""When mails and calls come: the rhythm of weekdays, months, tertials, holidays and hours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from bot.simulate.hours import DAY, Hours

_WEEKDAYS = (1.25, 1.1, 1.0, 0.95, 0.8, 0.06, 0.06)
_DAY_OFF = 0.06
_MONTHS = (1.15, 1.05, 1.1, 1.05, 1.0, 0.9, 0.5, 0.85, 1.1, 1.05, 1.1, 0.95)
_HOURS = (1, 1, 1, 1, 1, 3, 12, 45, 90, 100, 95, 75, 60, 85, 80, 70, 45, 20, 12, 10, 9, 7, 4, 2)
_TERTIAL_ENDS = (4, 8, 12)


def arrivals(count: int, first: date, end: int, hours: Hours, chance: Random) -> list[int]:
    """Return instants from a local day to an instant, in order.

    Mondays and the turns of months and tertials are busy, July and days off are quiet.
    """
    days = list(_days(first, hours.local_day(end)))
    weights = list(accumulate(_weight(day, hours) for day in days))
    midnights = [_midnight(day, hours) for day in days]
    by_hour = list(accumulate(_HOURS))
    found: list[int] = []
    while len(found) < count:
        wanted = count - len(found)
        starts = chance.choices(midnights, cum_weights=weights, k=wanted)
        times = chance.choices(range(24), cum_weights=by_hour, k=wanted)
        found += [
            at
            for start, hour in zip(starts, times, strict=True)
            if (at := start + 3600 * hour + int(3600 * chance.random())) <= end
        ]
    return sorted(found)


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def _weight(day: date, hours: Hours) -> float:
    month = _MONTHS[day.month - 1]
    if not hours.calendar.is_working_day(day):
        return _DAY_OFF * month
    turn = 1.15 if day.day <= 5 or day.day >= 25 else 1.0
    tertial = 1.15 if day.month in _TERTIAL_ENDS and day.day >= 20 else 1.0
    return _WEEKDAYS[day.weekday()] * month * turn * tertial


def _midnight(day: date, hours: Hours) -> int:
    utc = (day - date(1970, 1, 1)).days * DAY
    return utc - hours.offset(utc)
