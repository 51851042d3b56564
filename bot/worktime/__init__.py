"""Working time: pure arithmetic on instants, opening hours and days off.

Instants are aware; answers are in UTC. A day with a clock change counts its real length.
Which hours and days they are is knowledge (`bot.knowledge`) and comes in as values.
"""

from __future__ import annotations

from bot.worktime.arithmetic import (
    add_working_time,
    closing_time,
    end_of_working_day,
    is_open,
    next_opening,
    next_working_day,
    next_working_moment,
    opening_after,
    previous_working_day,
    previous_working_moment,
    working_days_between,
    working_time,
)
from bot.worktime.explanation import explain
from bot.worktime.model import (
    OPEN,
    OUTSIDE_HOURS,
    WEEKEND,
    CountedSpan,
    Interval,
    Special,
    check_order,
)
from bot.worktime.office_calendar import Calendar

__all__ = [
    "OPEN",
    "OUTSIDE_HOURS",
    "WEEKEND",
    "Calendar",
    "CountedSpan",
    "Interval",
    "Special",
    "add_working_time",
    "check_order",
    "closing_time",
    "end_of_working_day",
    "explain",
    "is_open",
    "next_opening",
    "next_working_day",
    "next_working_moment",
    "opening_after",
    "previous_working_day",
    "previous_working_moment",
    "working_days_between",
    "working_time",
]
