"""Figures by group: what was counted becomes numbers with how they were counted.

A `Tally` takes what the store counted and knows nothing of where it comes from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from bot.reports.measures import MEASURES, Basis, Measure, Way
from bot.reports.model import Figure, Frozen, Period
from bot.reports.scope import By, Scope
from bot.reports.spread import Spread, spread_of_runs, weighted_spread

TOTAL: Final = ""
"""The key of the group of all cases; of cases without a key where they are told apart by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figures of some cases.

    Attributes:
        key: Of a process, a team and so on, or `Period.key`; `TOTAL` for all.
        period: What it was counted on: its own days where groups are times.
    """

    key: str
    period: Period
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a period.

    Attributes:
        counted_at: What was known then.
        groups: By key, or in order of time; empty where nothing tells them apart.
    """

    period: Period
    scope: Scope
    by: By | None
    counted_at: datetime
    total: Group
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateAnswers:
    """The first answers of a period that were written from one template.

    Attributes:
        template: "" for those that were written from none.
        asked_again: After how many of them the customer wrote again.
        seconds: Working seconds from the start of the clock to each answer, in runs that are
            each in ascending order.
    """

    template: str
    answers: int
    asked_again: int
    seconds: Sequence[Sequence[int]]


@dataclass(slots=True)
class _Cell:
    numbers: Counter[tuple[str, bool]] = field(default_factory=Counter)
    values: dict[str, list[Sequence[int]]] = field(default_factory=dict)
    ages: Counter[int] = field(default_factory=Counter)

    def add(self, other: _Cell) -> None:
        self.numbers.update(other.numbers)
        for column, runs in other.values.items():
            self.values.setdefault(column, []).extend(runs)
        self.ages.update(other.ages)


class Tally:
    """What was counted so far, told apart by key or by period."""

    def __init__(self, period: Period, parts: Sequence[Period], today: date) -> None:
        """Begin to count.

        Args:
            parts: Periods that follow each other; one where keys tell cases apart.
            today: What is open is looked at no later than this day.
        """
        self._has_begun = period.first <= today
        self._last_end = min(period.last, today).toordinal()
        self._firsts = [part.first.toordinal() for part in parts]
        self._ends = {
            min(part.last, today).toordinal(): index
            for index, part in enumerate(parts)
            if part.first <= today
        }
        self._cells: dict[tuple[str, int], _Cell] = {}
        self._remaining: dict[str, Counter[int]] = {}

    @property
    def ends(self) -> list[int]:
        """Return the days at whose end what is open is wanted, as ordinals in order.

        Those of the parts; today for the part that is not over, and none for those to come.
        """
        return list(self._ends)

    def number(self, measure: Measure, key: str, day: int | None, n: int, part: int = 0) -> None:
        """Add how many there are, and of them in the part; or an amount."""
        numbers = self._cell(key, day).numbers
        numbers[measure.key, False] += n
        numbers[measure.key, True] += part

    def values(self, column: str, key: str, day: int | None, values: Sequence[int]) -> None:
        """Add values of a column, in ascending order, for the median and the like."""
        self._cell(key, day).values.setdefault(column, []).append(values)

    def left(self, key: str, end: int, ages: Iterable[tuple[int, int]]) -> None:
        """Add what was open at the end of one of the days that are `ends`.

        Args:
            ages: (days, how many are so old).
        """
        found = Counter(dict(ages))
        self._at(key, self._ends[end]).ages.update(found)
        if end == self._last_end:
            self._remaining.setdefault(key, Counter()).update(found)

    def figures_of_key(self, key: str) -> dict[str, Figure]:
        """Return the figures of one key in all parts; a backlog is that of the last day.

        All of them, also those that are nothing.
        """
        cells = [cell for (of, _), cell in self._cells.items() if of == key]
        return self._all_of(cells, [self._remaining.get(key, Counter())])

    def figures_of_part(self, index: int) -> dict[str, Figure]:
        """Return the figures of all keys in one part."""
        cells = [cell for (_, at), cell in self._cells.items() if at == index]
        begun = index in self._ends.values()
        return _figures(_together(cells, [cell.ages for cell in cells]), begun=begun)

    def total(self) -> dict[str, Figure]:
        """Return the figures of all groups together; a backlog is that of the last day."""
        return self._all_of(self._cells.values(), self._remaining.values())

    def named(self) -> list[str]:
        """Return the keys of which something was counted, in order."""
        return sorted({key for key, _ in self._cells})

    def _all_of(self, cells: Iterable[_Cell], ages: Iterable[Counter[int]]) -> dict[str, Figure]:
        return _figures(_together(cells, ages), begun=self._has_begun)

    def _cell(self, key: str, day: int | None) -> _Cell:
        index = 0 if day is None else max(0, bisect_right(self._firsts, day) - 1)
        return self._at(key, index)

    def _at(self, key: str, index: int) -> _Cell:
        return self._cells.setdefault((key, index), _Cell())


def _together(cells: Iterable[_Cell], ages: Iterable[Counter[int]]) -> _Cell:
    """Return cells as one, with the ages of what is left that are given."""
    found = _Cell()
    for cell in cells:
        found.add(cell)
    found.ages = Counter()
    for each in ages:
        found.ages.update(each)
    return found


def _figures(cell: _Cell, *, begun: bool) -> dict[str, Figure]:
    spreads = {column: spread_of_runs(runs) for column, runs in cell.values.items()}
    ages = weighted_spread(cell.ages.items())
    return {
        key: _figure(measure, cell, spreads, ages if begun else None)
        for key, measure in MEASURES.items()
    }


def _figure(
    measure: Measure, cell: _Cell, spreads: Mapping[str, Spread], ages: Spread | None
) -> Figure:
    value, cases = _counted(measure, cell, spreads, ages)
    return Figure(
        key=measure.key, value=value, unit=measure.unit, cases=cases, counted=measure.counted
    )


def _counted(
    measure: Measure, cell: _Cell, spreads: Mapping[str, Spread], ages: Spread | None
) -> tuple[float | None, int]:
    number = cell.numbers[measure.key, False]
    if measure.basis is Basis.END:
        return (None, 0) if ages is None else (_backlog(measure, cell, ages), ages.count)
    if measure.is_spread:
        spread = spreads.get(measure.column, Spread(count=0))
        return getattr(spread, measure.way.value), spread.count
    if measure.way is Way.SHARE:
        part = cell.numbers[measure.key, True]
        return (part / number if number else None), number
    if measure.way is Way.MONEY:
        return number, cell.numbers[measure.key, True]
    return number, number


def _backlog(measure: Measure, cell: _Cell, ages: Spread) -> float | None:
    if measure.way is Way.COUNT:
        return ages.count
    return max(cell.ages, default=None) if measure.way is Way.OLDEST else ages.median


def with_frozen(group: Group, frozen: Mapping[str, Frozen]) -> Group:
    """Return a group of a month, each figure with what it was when the month was frozen."""
    figures = {
        key: Figure(
            key=figure.key,
            value=figure.value,
            unit=figure.unit,
            cases=figure.cases,
            counted=figure.counted,
            frozen=frozen.get(key),
        )
        for key, figure in group.figures.items()
    }
    return Group(key=group.key, period=group.period, figures=figures)
