"""Which hours were counted between two instants, and why the others were not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.worktime.model import OPEN, OUTSIDE_HOURS, WEEKEND, CountedSpan
from bot.worktime.office_calendar import Calendar

_DAY = timedelta(days=1)


def explain(start: datetime, end: datetime, calendar: Calendar) -> tuple[CountedSpan, ...]:
    """List what `working_time` counted and what it skipped.

    Returns:
        In order of time: one row for each span in which the office was open, and one with
        zero for each day of which nothing was counted, with the reason. The counted times
        add up to `working_time`. Empty when `end` is not after `start`.
    """
    start, end = calendar.instant(start), calendar.instant(end)
    return tuple(_rows(start, end, calendar)) if start < end else ()


def _rows(start: datetime, end: datetime, calendar: Calendar) -> Iterator[CountedSpan]:
    day, last = calendar.local_date(start), calendar.local_date(end)
    while day <= last:
        spans = [
            (max(opens, start), min(closes, end))
            for opens, closes in calendar.openings(day)
            if opens < end and start < closes
        ]
        note = calendar.note(day)
        for opens, closes in spans:
            yield _row(opens, closes, closes - opens, note=note or OPEN, calendar=calendar)
        if not spans:
            reason = OUTSIDE_HOURS if calendar.is_working_day(day) else note or WEEKEND
            opens, closes = max(_midnight(day, calendar), start), _midnight(day + _DAY, calendar)
            if opens < end:
                yield _row(opens, min(closes, end), timedelta(), note=reason, calendar=calendar)
        day += _DAY


def _row(
    opens: datetime, closes: datetime, counted: timedelta, *, note: str, calendar: Calendar
) -> CountedSpan:
    zone = calendar.zone
    return CountedSpan(
        opens=opens.astimezone(zone), closes=closes.astimezone(zone), counted=counted, note=note
    )


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time.min, calendar.zone).astimezone(UTC)
