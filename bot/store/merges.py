"""Which cases were put together with which, and what was last done with a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from bot.store.engine import chunks
from bot.store.tables import LastActRow, MergedCaseRow
from bot.vocabulary import CaseId, PersonKey

_LONGEST_CHAIN: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAct:
    """What a person last did with a case.

    Attributes:
        act: A value of `bot.services.undoing.Act`.
        version: Of the case afterwards; a later one was built upon it.
        before: How the case stood: keys, codes and numbers.
    """

    case_id: CaseId
    act: str
    actor: PersonKey
    at: datetime
    version: int
    before: Mapping[str, Any]


class LastActs:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, act: LastAct) -> None:
        """Remember an act in place of the one before."""
        self.forget(act.case_id)
        self._connection.execute(
            insert(LastActRow).values(
                case_id=act.case_id,
                act=act.act,
                actor=act.actor,
                at=act.at,
                version=act.version,
                before=dict(act.before),
            )
        )

    def get(self, case_id: CaseId) -> LastAct | None:
        """Return what was last done with a case; None where nobody has done anything."""
        row = self._connection.execute(
            select(LastActRow.__table__).where(LastActRow.case_id == case_id)
        ).one_or_none()
        if row is None:
            return None
        return LastAct(
            case_id=CaseId(row.case_id),
            act=row.act,
            actor=PersonKey(row.actor),
            at=row.at,
            version=row.version,
            before=row.before,
        )

    def forget(self, case_id: CaseId) -> None:
        """Forget what was last done, because it was undone."""
        self._connection.execute(delete(LastActRow).where(LastActRow.case_id == case_id))


class Merges:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, case_id: CaseId, into: CaseId, at: datetime) -> None:
        """Let a case go on in another one."""
        self.forget(case_id)
        self._connection.execute(insert(MergedCaseRow).values(case_id=case_id, into_id=into, at=at))

    def forget(self, case_id: CaseId) -> None:
        """Let a case stand by itself again."""
        self._connection.execute(delete(MergedCaseRow).where(MergedCaseRow.case_id == case_id))

    def goes_on_in(self, case_ids: Collection[CaseId]) -> dict[CaseId, CaseId]:
        """Return where each of some cases goes on in the end; one by itself is absent."""
        ends: dict[CaseId, CaseId] = {}
        open_ends = {case_id: case_id for case_id in case_ids}
        for _ in range(_LONGEST_CHAIN):
            steps = self._steps(set(open_ends.values()))
            open_ends = {case_id: steps[at] for case_id, at in open_ends.items() if at in steps}
            if not open_ends:
                break
            ends.update(open_ends)
        return ends

    def taken_up_by(self, case_id: CaseId) -> list[CaseId]:
        """Return the cases that go on in a case, directly or through others, by id."""
        found: list[CaseId] = []
        last = [case_id]
        for _ in range(_LONGEST_CHAIN):
            rows = self._connection.scalars(
                select(MergedCaseRow.case_id)
                .where(MergedCaseRow.into_id.in_(last))
                .order_by(MergedCaseRow.case_id)
            )
            last = [CaseId(row) for row in rows if CaseId(row) not in found]
            if not last:
                break
            found += last
        return sorted(found)

    def _steps(self, case_ids: Collection[CaseId]) -> dict[CaseId, CaseId]:
        found: dict[CaseId, CaseId] = {}
        for some in chunks(sorted(case_ids)):
            rows = self._connection.execute(
                select(MergedCaseRow.case_id, MergedCaseRow.into_id)
                .where(MergedCaseRow.case_id.in_(some))
                .order_by(MergedCaseRow.case_id)
            )
            found.update({CaseId(row.case_id): CaseId(row.into_id) for row in rows})
        return found
