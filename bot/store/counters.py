"""Running numbers, handed out in blocks inside the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from bot.store.engine import insert_if_new
from bot.store.tables import CounterRow, DeliveryRow, EventRow

CASE_SERIAL = "case_serial:"
"""Begins the name of the counter of a year's cases."""

GAP_A_DAY = 1000
"""Case numbers left out for each day, or part of one, that a restored database has missed."""


def take(connection: Connection, name: str, count: int) -> int:
    """Reserve `count` consecutive numbers and return the first; numbering starts at 1.

    Two transactions never get one number: the second waits for the first on the row.
    """
    bump = (
        update(CounterRow)
        .where(CounterRow.name == name)
        .values(value=CounterRow.value + count)
        .returning(CounterRow.value)
    )
    last = connection.scalar(bump)
    if last is None:
        insert_if_new(connection, CounterRow, [{"name": name, "value": 0}])
        last = connection.scalar(bump)
        assert last is not None
    return last - count + 1


def leave_gap(connection: Connection, now: datetime) -> None:
    """Never give out again the case numbers that a restored database has forgotten.

    Customers have them in their receipts, and our Message-IDs are made of them, so that a
    new case of an old number would count as answered.
    """
    seen = (func.max(DeliveryRow.seen_at), func.max(EventRow.at))
    known = [last for column in seen if (last := connection.scalar(select(column))) is not None]
    if not known:
        return
    last = max(known)
    gap = GAP_A_DAY * (max(now - last, timedelta()).days + 1)
    for year in range(last.year, (now + timedelta(days=1)).year + 1):
        take(connection, f"{CASE_SERIAL}{year}", gap)
