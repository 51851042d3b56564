"""What is counted: each figure with the cases it is of and the part of them that it tells.

One definition serves the number, the list of cases behind it, and the sentence that says how it
was counted. A trait is a property of a `CaseFact`; `bot.store.case_facts` knows each in SQL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.reports.model import Counted, Unit


class Basis(StrEnum):
    """Which day of a case must lie in the period. END: it was open at the end of the last day."""

    OPENED = "opened_day"
    ANSWERED = "answered_day"
    CLOSED = "closed_day"
    DUE = "due_day"
    END = "end"
    MISSED = "missed"
    REMARKED = "remarked"


class Trait(StrEnum):
    """A property of one run of a case's clock.

    day_decided: Answered, or the day of the arrival is over. target_decided: There is an agreed
    time to the first answer, and the case was answered, or that time is over; one that was
    closed without an answer is left out. due_decided: Stopped, or the deadline's day is over.
    """

    FIRST = "first"
    OPENED_AGAIN = "opened_again"
    PHONE = "phone"
    EMAIL = "email"
    UNANSWERED = "unanswered"
    NOT_MERGED = "not_merged"
    SAME_DAY = "same_day"
    DAY_DECIDED = "day_decided"
    TARGET_DECIDED = "target_decided"
    WITHIN_TARGET = "within_target"
    CLOSE_TARGET = "close_target"
    WITHIN_CLOSE_TARGET = "within_close_target"
    DUE_DECIDED = "due_decided"
    IN_TIME = "in_time"
    NOT_IN_TIME = "not_in_time"
    HANDED_OVER = "handed_over"
    MISDIRECTED = "misdirected"
    CORRECTED = "corrected"
    FROM_TEMPLATE = "from_template"
    ASKED_AGAIN = "asked_again"
    MARKED = "marked"
    RIGHT = "mark_right"
    MISSPELT = "mark_misspelt"
    MISSING = "mark_missing"
    WRONG = "mark_wrong"


class Way(StrEnum):
    """How a number is made of the cases.

    count: How many there are. share: How large a part has the traits of `part`. median, p90,
    mean: Of `column`. money: Sum of the amounts of their invoices, in öre.
    """

    COUNT = "count"
    SHARE = "share"
    MEDIAN = "median"
    P90 = "p90"
    MEAN = "mean"
    OLDEST = "oldest"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure.

    Attributes:
        of: Traits of the cases that it is counted on.
        part: For a share, those of the part.
        column: For a median and the like, the column of `CaseFact`.
    """

    key: str
    basis: Basis
    way: Way
    unit: Unit
    of: tuple[Trait, ...] = ()
    part: tuple[Trait, ...] = ()
    column: str = ""

    @property
    def counted(self) -> Counted:
        """How it is counted."""
        return Counted(code=f"counted.{self.key}")

    @property
    def is_spread(self) -> bool:
        """Tell whether it is made of a whole column."""
        return self.way in (Way.MEDIAN, Way.P90, Way.MEAN) and bool(self.column)


def _count(key: str, basis: Basis, *of: Trait) -> Measure:
    return Measure(key=key, basis=basis, way=Way.COUNT, unit=Unit.COUNT, of=of)


def _share(key: str, basis: Basis, of: tuple[Trait, ...], *part: Trait) -> Measure:
    return Measure(key=key, basis=basis, way=Way.SHARE, unit=Unit.SHARE, of=of, part=part)


def _money(key: str, basis: Basis, *of: Trait) -> Measure:
    return Measure(key=key, basis=basis, way=Way.MONEY, unit=Unit.MONEY, of=of)


def _spreads(key: str, basis: Basis, column: str, unit: Unit, *of: Trait) -> tuple[Measure, ...]:
    return tuple(
        Measure(key=f"{key}_{way.value}", basis=basis, way=way, unit=unit, of=of, column=column)
        for way in (Way.MEDIAN, Way.P90, Way.MEAN)
    )


def _days(key: str, way: Way) -> Measure:
    return Measure(key=key, basis=Basis.END, way=way, unit=Unit.DAYS)


_OPENED_MARKED: Final = (Trait.FIRST, Trait.MARKED)
_DONE: Final = (Trait.NOT_MERGED,)

VOLUME: Final = (
    _count("received", Basis.OPENED, Trait.FIRST),
    _count("reopened", Basis.OPENED, Trait.OPENED_AGAIN),
    _count("answered", Basis.ANSWERED),
    _count("closed", Basis.CLOSED, *_DONE),
    _count("closed_unanswered", Basis.CLOSED, *_DONE, Trait.UNANSWERED),
    _count("backlog", Basis.END),
    _days("backlog_median_days", Way.MEDIAN),
    _days("backlog_oldest_days", Way.OLDEST),
)
ANSWER: Final = (
    *_spreads("answer_work", Basis.ANSWERED, "answer_work_s", Unit.WORKING_TIME),
    *_spreads("answer_wall", Basis.ANSWERED, "answer_wall_s", Unit.WALL_TIME),
    _share(
        "answered_in_time",
        Basis.OPENED,
        (Trait.FIRST, Trait.TARGET_DECIDED),
        Trait.WITHIN_TARGET,
    ),
    _share("same_day", Basis.OPENED, (Trait.FIRST, Trait.DAY_DECIDED), Trait.SAME_DAY),
    _share(
        "phone_same_day",
        Basis.OPENED,
        (Trait.FIRST, Trait.PHONE, Trait.DAY_DECIDED),
        Trait.SAME_DAY,
    ),
)
CLOSE: Final = (
    *_spreads("close_work", Basis.CLOSED, "close_work_s", Unit.WORKING_TIME, *_DONE),
    *_spreads("close_wall", Basis.CLOSED, "close_wall_s", Unit.WALL_TIME, *_DONE),
    _share(
        "closed_in_time",
        Basis.CLOSED,
        (*_DONE, Trait.CLOSE_TARGET),
        Trait.WITHIN_CLOSE_TARGET,
    ),
)
URGENT: Final = (
    _count("urgent", Basis.DUE, Trait.DUE_DECIDED),
    _share("urgent_in_time", Basis.DUE, (Trait.DUE_DECIDED,), Trait.IN_TIME),
    _count("urgent_late", Basis.DUE, Trait.DUE_DECIDED, Trait.NOT_IN_TIME),
    _money("urgent_in_time_ore", Basis.DUE, Trait.DUE_DECIDED, Trait.IN_TIME),
    _money("urgent_late_ore", Basis.DUE, Trait.DUE_DECIDED, Trait.NOT_IN_TIME),
    _count("went_on", Basis.MISSED),
    _money("went_on_ore", Basis.MISSED),
)
HANDLING: Final = (
    _share("misdirected", Basis.OPENED, (Trait.FIRST, Trait.EMAIL), Trait.MISDIRECTED),
    _share("handed_over", Basis.CLOSED, _DONE, Trait.HANDED_OVER),
    _share("corrected", Basis.CLOSED, _DONE, Trait.CORRECTED),
    _share("from_template", Basis.ANSWERED, (), Trait.FROM_TEMPLATE),
    _share("asked_again", Basis.ANSWERED, (), Trait.ASKED_AGAIN),
)
MARKING: Final = (
    _share("marked_right", Basis.OPENED, _OPENED_MARKED, Trait.RIGHT),
    _share("marked_misspelt", Basis.OPENED, _OPENED_MARKED, Trait.MISSPELT),
    _share("marked_missing", Basis.OPENED, _OPENED_MARKED, Trait.MISSING),
    _share("marked_wrong", Basis.OPENED, _OPENED_MARKED, Trait.WRONG),
)
REMARKS: Final = (
    _count("remarks", Basis.REMARKED),
    _count("complaints", Basis.REMARKED),
    _count("praise", Basis.REMARKED),
)
SECTIONS: Final[Mapping[str, tuple[Measure, ...]]] = {
    "volume": VOLUME,
    "answer": ANSWER,
    "close": CLOSE,
    "urgent": URGENT,
    "handling": HANDLING,
    "marking": MARKING,
    "remarks": REMARKS,
}
"""The tables of a report, in order, and the figures of each."""
MEASURES: Final[Mapping[str, Measure]] = {
    measure.key: measure for measures in SECTIONS.values() for measure in measures
}
