"""The values that figures and reports are made of, whoever shows them: web, Slack, CLI or a file.

What people read in them is said already, in the reader's language; keys never change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

Cell = str | int | float | date | None
"""What stands in a table; None where there is nothing to count. Its unit is the column's."""


class Granularity(StrEnum):
    """How time is cut. A tertial is January-April, May-August or September-December."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TERTIAL = "tertial"
    YEAR = "year"
    ANY = "any"


class Unit(StrEnum):
    """What a number is.

    count: Whole things. number: With decimals. share: In [0, 1]. working_time: Seconds in
    which the office was open. wall_time: Seconds. money: Öre. days: Calendar days.
    """

    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    WORKING_TIME = "working_time"
    WALL_TIME = "wall_time"
    MONEY = "money"
    DAYS = "days"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Local days, both included.

    Raises:
        ValueError: The last day is before the first.
    """

    first: date
    last: date
    granularity: Granularity = Granularity.ANY

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period ends on or after its first day, got {self!r}")

    @property
    def after(self) -> date:
        """Return the day after the last one."""
        return self.last + timedelta(days=1)

    @property
    def days(self) -> int:
        """Return how many days there are, at least one."""
        return (self.last - self.first).days + 1

    @property
    def key(self) -> str:
        """Return what names the period in JSON: 2026, 2026-T1, 2026-11, 2026-W48, or its days."""
        iso = self.first.isocalendar()
        match self.granularity:
            case Granularity.YEAR:
                return f"{self.first.year:04}"
            case Granularity.TERTIAL:
                return f"{self.first.year:04}-T{(self.first.month + 3) // 4}"
            case Granularity.MONTH:
                return f"{self.first:%Y-%m}"
            case Granularity.WEEK:
                return f"{iso.year:04}-W{iso.week:02}"
            case Granularity.DAY:
                return self.first.isoformat()
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How a figure was counted: a code of `bot.texts` (``counted.…``) and its values."""

    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What a figure of a month was when the month was frozen.

    Attributes:
        rules: The version of the rules of counting then.
    """

    value: float | None
    cases: int
    at: datetime
    rules: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number.

    Attributes:
        key: Names it in JSON, and opens the cases behind it.
        value: None where there is nothing to count.
        cases: On how many cases it was counted; for a share, its whole.
        frozen: Only on figures of a month that has been frozen.
    """

    key: str
    value: float | None
    unit: Unit
    cases: int
    counted: Counted
    frozen: Frozen | None = None

    @property
    def is_corrected(self) -> bool:
        """Tell whether something has changed the figure since its month was frozen."""
        if self.frozen is None:
            return False
        return (self.frozen.value, self.frozen.cases) != (self.value, self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: the key in JSON, the heading, and what its numbers are."""

    key: str
    title: str
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under typed columns.

    Attributes:
        notes: How it was counted, a sentence each.

    Raises:
        ValueError: A row is not as wide as the columns.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table {self.key}: a row is not as wide as its columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value of a series; None where there was nothing to count in that period."""

    label: str
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure over time, or over processes and the like.

    Attributes:
        points: In the order in which they are shown.
        target: What was agreed, in the same unit; None where nothing was.
        over_time: The points follow each other in time, and make a line; else they are bars.
    """

    key: str
    title: str
    unit: Unit
    points: tuple[Point, ...]
    target: float | None = None
    notes: tuple[str, ...] = ()
    over_time: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """How many values lie at or above `lower` and below `upper`; None is no upper end."""

    lower: float
    upper: float | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How values are spread.

    Attributes:
        median, p90: By nearest rank; None where there is no value.
    """

    key: str
    title: str
    unit: Unit
    bins: tuple[Bin, ...]
    median: float | None = None
    p90: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """Counts by weekday and local hour.

    Attributes:
        counts: Seven rows, Monday first, of 24 counts, midnight first.

    Raises:
        ValueError: Not seven rows of 24.
    """

    key: str
    title: str
    counts: tuple[tuple[int, ...], ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.counts) != 7 or any(len(row) != 24 for row in self.counts):
            raise ValueError(f"heat map {self.key}: seven rows of 24 counts are needed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is shown, printed or exported as one.

    Attributes:
        made_at: When it was counted; the date in files, so that the same report is the same bytes.
        lines: What stands above the tables, a sentence each.
    """

    title: str
    language: str
    period: Period
    made_at: datetime
    tables: tuple[Table, ...]
    series: tuple[Series, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    heat_maps: tuple[HeatMap, ...] = ()
    lines: tuple[str, ...] = ()
