"""Working time: pure arithmetic on instants, opening hours and days off.

Instants are aware; answers are in UTC. A day with a clock change counts its real length.
Which hours and days they are is knowledge (`bot.knowledge`) and comes in as values.
"""

from __future__ import annotations

from bot.worktime.counting import explain, working_time
from bot.worktime.model import (
    OPEN,
    OUTSIDE_HOURS,
    WEEKEND,
    CountedSpan,
    Interval,
    Special,
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
    "explain",
    "working_time",
]
