"""The figures of months as they were when they were frozen; written once, never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.reports.model import Frozen
from bot.store.engine import insert_if_new
from bot.store.tables import FrozenFigureRow


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenGroup:
    """The figures of one group of cases in one month.

    Attributes:
        month: ``YYYY-MM``.
        by, key: Of which cases: ``all`` and "" of all.
        figures: Key of a figure -> (value, number of cases).
    """

    month: str
    by: str
    key: str
    figures: Mapping[str, tuple[float | None, int]]


class FrozenFigures:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def freeze(self, groups: Iterable[FrozenGroup], at: datetime, *, rules: int) -> None:
        """Store the figures of groups; what is frozen already is left as it is."""
        rows = [
            {
                "month": group.month,
                "by": group.by,
                "group_key": group.key,
                "frozen_at": at,
                "rules": rules,
                "figures": {key: list(pair) for key, pair in group.figures.items()},
            }
            for group in groups
        ]
        insert_if_new(self._connection, FrozenFigureRow, rows)

    def months(self) -> frozenset[str]:
        """Return the months that are frozen."""
        rows = self._connection.scalars(
            select(FrozenFigureRow.month)
            .where(FrozenFigureRow.by == "all")
            .order_by(FrozenFigureRow.month)
        )
        return frozenset(rows)

    def of(self, months: Collection[str], by: str) -> dict[tuple[str, str], Mapping[str, Frozen]]:
        """Return (month, key) -> the figures of each group; what is not frozen is absent."""
        if not months:
            return {}
        rows = self._connection.execute(
            select(FrozenFigureRow.__table__)
            .where(FrozenFigureRow.month.in_(sorted(months)), FrozenFigureRow.by == by)
            .order_by(FrozenFigureRow.month, FrozenFigureRow.group_key)
        )
        return {(row.month, row.group_key): _figures(row) for row in rows}


def _figures(row: Any) -> Mapping[str, Frozen]:  # noqa: ANN401 - a row of the table
    return {
        key: Frozen(value=value, cases=cases, at=row.frozen_at, rules=row.rules)
        for key, (value, cases) in row.figures.items()
    }
