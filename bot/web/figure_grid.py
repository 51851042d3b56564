"""Figures on a page: cells that open the cases behind, and say if they were corrected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from bot.reports.figures import TOTAL, Figures, Group
from bot.reports.measures import SECTIONS
from bot.reports.model import Figure, Period
from bot.reports.scope import Scope
from bot.reports.tables import NameOf, label_of, value_text
from bot.texts import Say
from bot.web.periods import period_query

TILES: Final = (
    "received",
    "backlog",
    "answer_work_median",
    "answer_work_p90",
    "same_day",
    "phone_same_day",
    "urgent_in_time",
    "went_on",
)
"""The figures that stand large at the head of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One figure, said.

    Attributes:
        link: To the cases behind it; empty where there are none, or they cannot be told apart.
        frozen: What it was when its month was frozen; empty where it is the same.
    """

    key: str
    title: str
    text: str
    how: str
    link: str
    frozen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of figures; each row is what the group is called, and its figures.

    Attributes:
        apart: What the groups are.
    """

    key: str
    title: str
    apart: str
    rows: tuple[tuple[str, tuple[Number, ...]], ...]

    @property
    def heads(self) -> tuple[Number, ...]:
        """Return the figures of the last row, which is always there, for their titles."""
        return self.rows[-1][1]


def address(path: str, period: Period, scope: Scope, **more: str) -> str:
    """Return an address with a period and a scope in it."""
    return f"{path}?{urlencode({**more, **period_query(period), **scope.said()})}"


class Grids:
    """Says the figures of one answer."""

    def __init__(self, figures: Figures, say: Say, name_of: NameOf, behind: str) -> None:
        """Make what says them.

        Args:
            behind: Path of the page that shows the cases behind a figure.
        """
        self._figures = figures
        self._say = say
        self._name_of = name_of
        self._behind = behind

    def tiles(self) -> tuple[Number, ...]:
        """Return the large figures, of all cases."""
        total = self._figures.total
        return tuple(self._number(total.figures[key], total.period, self._scope) for key in TILES)

    def grids(self) -> Iterator[Grid]:
        """Yield a table for each section: a row for each group, and one for all."""
        by = "all" if self._figures.by is None else self._figures.by.value
        for name, measures in SECTIONS.items():
            keys = [measure.key for measure in measures]
            rows = [self._row(group, keys) for group in self._figures.groups]
            total = self._figures.total
            rows.append(
                (self._say("Alla"), self._numbers(total.figures, keys, total.period, self._scope))
            )
            yield Grid(
                key=name,
                title=self._say.code(f"section.{name}"),
                apart=self._say.code(f"by.{by}"),
                rows=tuple(rows),
            )

    @property
    def _scope(self) -> Scope:
        return self._figures.scope

    def _row(self, group: Group, keys: list[str]) -> tuple[str, tuple[Number, ...]]:
        by, scope = self._figures.by, self._scope
        if by is not None and by.granularity is None:
            known: Scope | None = None if group.key == TOTAL else scope.narrowed(by, group.key)
        else:
            known = scope
        label = label_of(group, by, self._say, self._name_of)
        return label, self._numbers(group.figures, keys, group.period, known)

    def _numbers(
        self,
        figures: Mapping[str, Figure],
        keys: list[str],
        period: Period,
        scope: Scope | None,
    ) -> tuple[Number, ...]:
        return tuple(self._number(figures[key], period, scope) for key in keys)

    def _number(self, figure: Figure, period: Period, scope: Scope | None) -> Number:
        say = self._say
        link = ""
        if scope is not None and figure.cases:
            link = address(self._behind, period, scope, figure=figure.key)
        return Number(
            key=figure.key,
            title=say.code(f"figure.{figure.key}"),
            text=value_text(figure.value, figure.unit, say),
            how=say.code(figure.counted.code, **figure.counted.values),
            link=link,
            frozen=value_text(figure.frozen.value, figure.unit, say)
            if figure.frozen is not None and figure.is_corrected
            else "",
        )
