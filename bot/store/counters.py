"""Running numbers, handed out in blocks inside the caller's transaction."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, update

from bot.store.engine import insert_if_new
from bot.store.tables import CounterRow

CASE_SERIAL = "case_serial:"
"""Begins the name of the counter of a year's cases."""

_BUMP = (
    update(CounterRow)
    .where(CounterRow.name == bindparam("of"))
    .values(value=CounterRow.value + bindparam("count"))
    .returning(CounterRow.value)
)


def take(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` consecutive numbers and return the first; numbering starts at 1.

    Two transactions never get one number: the second waits for the first on the row.
    """
    asked = {"of": name, "count": count}
    last = connection.scalar(_BUMP, asked)
    if last is None:
        insert_if_new(connection, CounterRow, [{"name": name, "value": 0}])
        last = connection.scalar(_BUMP, asked)
        assert last is not None
    return last - count + 1
