"""Sums of days and months that are kept, so that a year is not counted row by row each time.

A sum is announced first, then counted, then stored under its announcement. Whoever writes rows of
its days deletes it in the same transaction, announced or stored; so a sum that was counted before
such a change finds no announcement, and is not stored. What is void is gone, never marked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    delete,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from bot.reports.scope import By
from bot.reports.sums import Counted, Days, Kept, Void, pack
from bot.store import counters
from bot.store.engine import chunks, keep_writers_out
from bot.store.tables import FactSumRow

_NUMBER = "fact_sum"
_ANY = ""
"""Stands for `by` where nothing tells the cases of a sum apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What one sum is of.

    Attributes:
        by: The key that tells its groups apart; None for one group of all cases.
    """

    kind: Kept
    by: By | None = None
    days: Days

    @property
    def key(self) -> tuple[str, str, int]:
        """Return what tells it from all others: a day or a month begins once."""
        return self.kind.value, _named(self.by), self.days.first


class FactSums:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def kept(self, kind: Kept, by: By | None, days: Days, *, rules: str) -> dict[Days, bytes]:
        """Return the sums that lie wholly within some days, packed, by their days.

        Args:
            rules: By which they must have been counted.
        """
        rows = self._connection.execute(
            select(FactSumRow.first, FactSumRow.last, FactSumRow.content)
            .where(
                FactSumRow.kind == kind,
                FactSumRow.by == _named(by),
                FactSumRow.first >= days.first,
                FactSumRow.first <= days.last,
                FactSumRow.last <= days.last,
                FactSumRow.rules == rules,
                FactSumRow.content.is_not(None),
            )
            .order_by(FactSumRow.first)
        )
        return {Days(first=row.first, last=row.last): row.content for row in rows}

    def there(self, *, rules: str, since: datetime) -> set[tuple[str, str, int]]:
        """Return the keys of the sums that are stored, or were announced since then."""
        rows = self._connection.execute(
            select(FactSumRow.kind, FactSumRow.by, FactSumRow.first)
            .where(FactSumRow.rules == rules, _alive(since))
            .order_by(FactSumRow.kind, FactSumRow.by, FactSumRow.first)
        )
        return {(row.kind, row.by, row.first) for row in rows}

    def announce(
        self, spans: Sequence[Span], at: datetime, *, rules: str, since: datetime
    ) -> dict[Span, int] | None:
        """Announce sums that are about to be counted.

        Commit before they are counted, so that whoever writes from then on sees them.

        Args:
            since: What another announced since then is left to them.

        Returns:
            The number of each sum; None where others are writing rows just now, and would
            not see it.
        """
        first = counters.take(self._connection, _NUMBER, len(spans))
        if not keep_writers_out(self._connection, FactSumRow.__tablename__):
            return None
        theirs = self.there(rules=rules, since=since)
        ours = [span for span in spans if span.key not in theirs]
        self._forget(ours)
        numbers = {span: number for number, span in enumerate(ours, start=first)}
        if ours:
            self._connection.execute(
                insert(FactSumRow),
                [
                    {
                        "id": number,
                        "kind": span.kind.value,
                        "basis": span.kind.basis.value,
                        "by": _named(span.by),
                        "first": span.days.first,
                        "last": span.days.last,
                        "rules": rules,
                        "announced_at": at,
                        "content": None,
                    }
                    for span, number in numbers.items()
                ],
            )
        return numbers

    def store(self, found: Mapping[int, Iterable[Counted]]) -> int:
        """Store what was counted under the number that it was announced by.

        Returns:
            How many were stored; those that became void meanwhile are left out.
        """
        # Never waits for one who is deleting them, and who might wait for another of them.
        still = self._connection.scalars(
            select(FactSumRow.id)
            .where(FactSumRow.id.in_(list(found)))
            .order_by(FactSumRow.id)
            .with_for_update(skip_locked=True)
        ).all()
        if still:
            packed = [{"number": number, "packed": pack(found[number])} for number in still]
            self._connection.execute(_FILL, packed)
        return len(still)

    def _forget(self, spans: Collection[Span]) -> None:
        keys = tuple_(FactSumRow.kind, FactSumRow.by, FactSumRow.first)
        for some in chunks([span.key for span in spans]):
            self._connection.execute(delete(FactSumRow).where(keys.in_(some)))


def make_void(connection: Connection, void: Collection[Void]) -> None:
    """Delete the sums in which some days count, in the transaction that changes rows.

    Call it last: those who change several days at once delete their months, and then the days,
    in one order, so that none waits for another that waits for them.
    """
    found = [
        {"of_basis": basis.value, "from_day": first, "to_day": last, "is_day": is_day}
        for is_day in (0, 1)
        for basis, first, last in sorted(void)
    ]
    if found:
        connection.execute(_VOID, found)


def clear(connection: Connection) -> None:
    """Delete all sums."""
    connection.execute(delete(FactSumRow))


_FILL = (
    update(FactSumRow)
    .where(FactSumRow.id == bindparam("number"))
    .values(content=bindparam("packed"))
)
_VOID = delete(FactSumRow).where(
    FactSumRow.basis == bindparam("of_basis"),
    FactSumRow.first <= bindparam("to_day"),
    FactSumRow.last >= bindparam("from_day"),
    case((FactSumRow.first == FactSumRow.last, 1), else_=0) == bindparam("is_day"),
)


def _named(by: By | None) -> str:
    return _ANY if by is None else by.value


def _alive(since: datetime) -> ColumnElement[bool]:
    return or_(FactSumRow.content.is_not(None), FactSumRow.announced_at >= since)
