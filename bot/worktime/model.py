"""Opening hours as values: the intervals of a day, days that differ, and a counted span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Final

from bot.errors import BadValue

OPEN: Final = "hours.open"
"""Note of a span that was counted in ordinary opening hours."""
OUTSIDE_HOURS: Final = "hours.outside"
"""Note of a working day of which the span touches only hours when the office is closed."""
WEEKEND: Final = "day.weekend"
"""Note of a weekday on which the office never opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Hours of one day in which the office is open, ``opens`` counted and ``closes`` not.

    Attributes:
        opens, closes: Wall-clock times without zone; ``opens < closes``.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens.tzinfo is not None or self.closes.tzinfo is not None:
            raise BadValue("öppettider är klockslag utan tidszon")
        if self.opens >= self.closes:
            raise BadValue(
                "ska öppna innan det stänger, inte {opens}–{closes}",
                opens=f"{self.opens:%H:%M}",
                closes=f"{self.closes:%H:%M}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """Hours of a date that differ from those of its weekday, and the code of the reason.

    Attributes:
        intervals: In order, without overlap; never empty (such a date is a closed one).
    """

    intervals: tuple[Interval, ...]
    code: str

    def __post_init__(self) -> None:
        if not self.intervals:
            raise BadValue("en särskild dag utan tider är en stängd dag")
        check_order(self.intervals)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSpan:
    """One row of an explanation: a counted span, or a day that was skipped.

    Attributes:
        opens, closes: Aware instants in the zone of the calendar, within the span explained.
        counted: ``closes - opens`` in real time where the office was open, else zero.
        note: `OPEN`, `OUTSIDE_HOURS`, `WEEKEND`, or the code of a closed or special day.
    """

    opens: datetime
    closes: datetime
    counted: timedelta
    note: str


def check_order(intervals: tuple[Interval, ...]) -> None:
    """Raise BadValue unless the intervals of a day stand in order and do not overlap."""
    for earlier, later in pairwise(intervals):
        if later.opens < earlier.closes:
            raise BadValue(
                "tiderna går in i varandra eller står i fel ordning: {closes}, {opens}",
                closes=f"{earlier.closes:%H:%M}",
                opens=f"{later.opens:%H:%M}",
            )
