"""Figures from elsewhere: of the telephone exchange (CallGuide) and of the yearly survey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.errors import WrongPart
from bot.texts import mark


class OutsideSource(StrEnum):
    """Where a figure comes from."""

    CALLGUIDE = "callguide"
    SURVEY = "survey"


class OutsideMeasure(StrEnum):
    """What it counts. Shares are in [0, 1], times in seconds, an index in [0, 100]."""

    CALLS_OFFERED = "calls_offered"
    CALLS_ANSWERED = "calls_answered"
    ANSWERED_IN_TIME = "answered_in_time"
    WAIT = "wait"
    SATISFIED = "satisfied"
    INDEX = "index"
    REPLIES = "replies"


_COUNTS = frozenset(
    {OutsideMeasure.CALLS_OFFERED, OutsideMeasure.CALLS_ANSWERED, OutsideMeasure.REPLIES}
)
SHARES = frozenset({OutsideMeasure.ANSWERED_IN_TIME, OutsideMeasure.SATISFIED})
_MOST = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideFigure:
    """One figure.

    Attributes:
        place: Key of the process or phone line that it is about; empty: the whole centre.
        first, last: Local days, both included.

    Raises:
        WrongPart: The days or the value make no sense.
    """

    source: OutsideSource
    measure: OutsideMeasure
    place: str
    first: date
    last: date
    value: float

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise WrongPart(mark("sista dagen ligger före den första"), part="last")
        most = 1 if self.measure in SHARES else _MOST
        if self.measure is OutsideMeasure.INDEX:
            most = 100
        if not 0 <= self.value <= most:
            raise WrongPart(mark("värdet ligger utanför 0 till {most}"), part="value", most=most)
        if self.measure in _COUNTS and self.value != int(self.value):
            raise WrongPart(mark("värdet är ett antal och skrivs utan decimaler"), part="value")
