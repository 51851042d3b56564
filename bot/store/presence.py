"""Who has a case open in a browser right now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.store.engine import insert_if_new
from bot.store.tables import CasePresenceRow
from bot.vocabulary import CaseId, PersonKey


class Presence:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def touch(self, case_id: CaseId, person: PersonKey, now: datetime, *, gone: datetime) -> None:
        """Note that somebody has a case open.

        Args:
            gone: Whoever was seen before this is not there any more, and is forgotten.
        """
        execute = self._connection.execute
        execute(delete(CasePresenceRow).where(CasePresenceRow.seen_at < gone))
        seen = execute(
            update(CasePresenceRow)
            .where(CasePresenceRow.case_id == case_id, CasePresenceRow.person == person)
            .values(seen_at=now)
        )
        if seen.rowcount == 0:
            row = {"case_id": case_id, "person": person, "seen_at": now}
            insert_if_new(self._connection, CasePresenceRow, [row])

    def of_cases(
        self, case_ids: Collection[CaseId], *, since: datetime
    ) -> dict[CaseId, tuple[PersonKey, ...]]:
        """Return who has each of some cases open, in the order of their keys."""
        if not case_ids:
            return {}
        rows = self._connection.execute(
            select(CasePresenceRow.case_id, CasePresenceRow.person)
            .where(CasePresenceRow.case_id.in_(case_ids), CasePresenceRow.seen_at >= since)
            .order_by(CasePresenceRow.case_id, CasePresenceRow.person)
        )
        found: dict[CaseId, tuple[PersonKey, ...]] = {}
        for case_id, person in rows:
            found[CaseId(case_id)] = (*found.get(CaseId(case_id), ()), PersonKey(person))
        return found
