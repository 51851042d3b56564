"""Lists of mails or cases by when they came, the newest first: where a page of one begins."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, TextClause, literal, select, tuple_
from sqlalchemy.orm import aliased

from bot.store.tables import CaseRow, MessageRow

Listed = type[CaseRow] | type[MessageRow]


def places(listed: Listed, one: int) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return where the rows of a list stand, and where one of them does; larger is newer."""
    row = aliased(listed)
    came = select(row.received_at).where(row.id == one).scalar_subquery()
    return tuple_(listed.received_at, listed.id), tuple_(came, literal(one))


def above(
    connection: Connection,
    listed: Listed,
    where: tuple[ColumnElement[bool] | TextClause, ...],
    one: int,
    higher: int,
) -> int | None:
    """Return the row so many places higher than one in a list; None where there are fewer.

    Args:
        where: What tells the rows of the list from all others.
    """
    place, behind = places(listed, one)
    found: int | None = connection.scalar(
        select(listed.id)
        .where(*where, place > behind)
        .order_by(listed.received_at, listed.id)
        .offset(higher - 1)
        .limit(1)
    )
    return found
