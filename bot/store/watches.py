"""How far the ladder has come with each urgent case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from bot.ladder import Watch
from bot.store.engine import insert_rows
from bot.store.tables import WatchRow
from bot.vocabulary import CaseId, PersonKey


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWatch:
    """The watch over one case.

    Attributes:
        next_at: When the ladder goes on; None once a person has acknowledged the case.
    """

    case_id: CaseId
    watch: Watch
    next_at: datetime | None
    acknowledged_at: datetime | None = None
    acknowledged_by: PersonKey | None = None


# Asked every few seconds: built once, since building them takes longer than asking.
_DUE = (
    select(WatchRow.__table__)
    .where(WatchRow.next_at <= bindparam("now"))
    .order_by(WatchRow.next_at, WatchRow.case_id)
    .limit(bindparam("limit"))
)
_NEXT = (
    select(WatchRow.next_at)
    .where(WatchRow.next_at.is_not(None))
    .order_by(WatchRow.next_at)
    .limit(1)
)
_GO_ON = update(WatchRow).where(
    WatchRow.case_id == bindparam("of_case"), WatchRow.next_at == bindparam("was")
)


class Watches:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, begun: Iterable[tuple[CaseId, datetime, datetime]]) -> None:
        """Begin, or begin anew: (case, since when it is urgent, when the ladder goes on)."""
        listed = list(begun)
        rows = [
            {
                "case_id": case_id,
                "begun_at": begun_at,
                "step": 1,
                "next_at": next_at,
                "told_half": False,
                "told_last_hour": False,
            }
            for case_id, begun_at, next_at in listed
        ]
        if rows:
            self.end([case_id for case_id, _, _ in listed])
            insert_rows(self._connection, WatchRow, rows)

    def get(self, case_id: CaseId) -> StoredWatch | None:
        """Return the watch over a case, or None where there is none."""
        row = self._connection.execute(
            select(WatchRow.__table__).where(WatchRow.case_id == case_id)
        ).one_or_none()
        return None if row is None else _watch(row)

    def due(self, now: datetime, *, limit: int = 200) -> list[StoredWatch]:
        """Return the watches whose ladder goes on by now, the longest due first."""
        rows = self._connection.execute(_DUE, {"now": now, "limit": limit})
        return [_watch(row) for row in rows]

    def next_due(self) -> datetime | None:
        """Return when the next ladder goes on; None where none does."""
        return self._connection.scalar(_NEXT)

    def go_on(self, case_id: CaseId, watch: Watch, next_at: datetime, *, was: datetime) -> bool:
        """Note a step; False where another worker, or an acknowledgement, was faster."""
        changed = self._connection.execute(
            _GO_ON,
            {
                "of_case": case_id,
                "was": was,
                "step": watch.step,
                "told_half": watch.told_half,
                "told_last_hour": watch.told_last_hour,
                "next_at": next_at,
            },
        )
        return changed.rowcount == 1

    def acknowledge(self, case_id: CaseId, by: PersonKey, now: datetime) -> bool:
        """Stop the ladder; False where it had been stopped already, or there is none."""
        changed = self._connection.execute(
            update(WatchRow)
            .where(WatchRow.case_id == case_id, WatchRow.acknowledged_at.is_(None))
            .values(acknowledged_at=now, acknowledged_by=by, next_at=None)
        )
        return changed.rowcount == 1

    def end(self, case_ids: Iterable[CaseId]) -> None:
        """Forget the watches over some cases."""
        self._connection.execute(delete(WatchRow).where(WatchRow.case_id.in_(list(case_ids))))


def _watch(row: Row[Any]) -> StoredWatch:
    return StoredWatch(
        case_id=CaseId(row.case_id),
        watch=Watch(
            begun_at=row.begun_at,
            step=row.step,
            told_half=row.told_half,
            told_last_hour=row.told_last_hour,
        ),
        next_at=row.next_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=None if row.acknowledged_by is None else PersonKey(row.acknowledged_by),
    )
