"""Changes to knowledge and templates, and which version of each file is in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from bot.edits import (
    Change,
    ChangeId,
    ChangeState,
    DocumentPath,
    FileChange,
    Origin,
    Touch,
    TrialState,
    digest_of,
)
from bot.errors import NotFound
from bot.store import counters
from bot.store.engine import chunks
from bot.store.tables import KnowledgeChangeRow, KnowledgeFileRow
from bot.vocabulary import PersonKey

_NUMBER = "knowledge_version"


class KnowledgeChanges:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, change: Change, files: Sequence[FileChange]) -> Change:
        """Store a new open change with its files, and return it with its id."""
        row = insert(KnowledgeChangeRow).values(**_values(change)).returning(KnowledgeChangeRow.id)
        change_id = ChangeId(self._connection.scalars(row).one())
        self._connection.execute(
            insert(KnowledgeFileRow), [_file_values(change_id, file) for file in files]
        )
        return self.get(change_id)

    def get(self, change_id: ChangeId) -> Change:
        """Return a change; NotFound where there is none."""
        found = self._found(KnowledgeChangeRow.id == change_id)
        if not found:
            raise NotFound("ändring {n} finns inte; kontrollera numret", n=change_id)
        return found[0]

    def files(self, change_id: ChangeId) -> tuple[FileChange, ...]:
        """Return the files of a change, by path."""
        rows = self._connection.execute(
            select(KnowledgeFileRow.__table__)
            .where(KnowledgeFileRow.change_id == change_id)
            .order_by(KnowledgeFileRow.path)
        )
        return tuple(
            FileChange(
                path=DocumentPath(row.path),
                before=row.before,
                after=row.after,
                folder=row.folder_digest,
            )
            for row in rows
        )

    def open(self, *, limit: int = 200) -> list[Change]:
        """Return the changes that wait for somebody, oldest first."""
        return self._found(KnowledgeChangeRow.state == ChangeState.OPEN, limit=limit)

    def latest(
        self, *, path: DocumentPath | None = None, before: int | None = None, limit: int = 50
    ) -> list[Change]:
        """Return versions, of one file or of all, the newest first.

        Args:
            before: Only those with a smaller number.
        """
        wanted: list[ColumnElement[bool]] = [KnowledgeChangeRow.number.is_not(None)]
        if before is not None:
            wanted.append(KnowledgeChangeRow.number < before)
        if path is not None:
            of_path = select(KnowledgeFileRow.change_id).where(KnowledgeFileRow.path == path)
            wanted.append(KnowledgeChangeRow.id.in_(of_path))
        return self._found(*wanted, limit=limit, newest_first=True)

    def newest_number(self) -> int:
        """Return the number of the newest version; 0 where there is none."""
        return self._connection.scalar(select(func.max(KnowledgeChangeRow.number))) or 0

    def claim_number(self) -> int:
        """Return the next number; other transactions that want one wait for this one."""
        return counters.take(self._connection, _NUMBER, 1)

    def in_force(self) -> Mapping[DocumentPath, bytes | None]:
        """Return the files that have a version, each as its newest one has it."""
        return {
            DocumentPath(row.path): row.after
            for row in self._connection.execute(
                select(KnowledgeFileRow.path, KnowledgeFileRow.after)
                .where(self._is_newest())
                .order_by(KnowledgeFileRow.path)
            )
        }

    def newest(self) -> Mapping[DocumentPath, Change]:
        """Return the newest version of each file that has one."""
        rows = self._connection.execute(
            select(KnowledgeFileRow.path, KnowledgeFileRow.change_id)
            .where(self._is_newest())
            .order_by(KnowledgeFileRow.path)
        ).all()
        ids = {row.change_id for row in rows}
        changes = {
            change.id: change
            for some in chunks(ids)
            for change in self._found(KnowledgeChangeRow.id.in_(some), limit=len(ids))
        }
        return {DocumentPath(row.path): changes[ChangeId(row.change_id)] for row in rows}

    def known_digests(self) -> Mapping[DocumentPath, frozenset[str | None]]:
        """Return, of each file that has a version, the digests that it has ever had.

        None stands for no file, where there was none before a version or is none after it.
        """
        found: dict[DocumentPath, set[str | None]] = {}
        rows = self._connection.execute(
            select(
                KnowledgeFileRow.path,
                KnowledgeFileRow.before_digest,
                KnowledgeFileRow.after_digest,
                KnowledgeFileRow.folder_digest,
            )
            .where(KnowledgeFileRow.number.is_not(None))
            .order_by(KnowledgeFileRow.path, KnowledgeFileRow.number)
        )
        for row in rows:
            digests = found.setdefault(DocumentPath(row.path), set())
            digests |= {row.before_digest, row.after_digest}
            if row.folder_digest is not None:  # None: it was saved in the program
                digests.add(row.folder_digest)
        return {path: frozenset(digests) for path, digests in found.items()}

    def settle(
        self,
        change_id: ChangeId,
        state: ChangeState,
        at: datetime,
        *,
        by: PersonKey | None,
        number: int | None = None,
    ) -> bool:
        """Note what became of an open change; False where it is not open any more."""
        changed = self._connection.execute(
            update(KnowledgeChangeRow)
            .where(KnowledgeChangeRow.id == change_id, KnowledgeChangeRow.state == ChangeState.OPEN)
            .values(state=state, settled_at=at, settled_by=by, number=number)
        )
        if changed.rowcount != 1:
            return False
        self._connection.execute(
            update(KnowledgeFileRow)
            .where(KnowledgeFileRow.change_id == change_id)
            .values(number=number)
        )
        return True

    def claim_trial(self, at: datetime, *, stale: datetime) -> Change | None:
        """Take the oldest open change that waits to be tried; None where none does.

        Args:
            stale: A trial without a sign of life since then is taken over.
        """
        waits = or_(
            KnowledgeChangeRow.trial_state == TrialState.WAITING,
            and_(
                KnowledgeChangeRow.trial_state == TrialState.RUNNING,
                KnowledgeChangeRow.trial_at < stale,
            ),
        )
        found = self._found(waits, KnowledgeChangeRow.state == ChangeState.OPEN, limit=1)
        if not found:
            return None
        changed = self._connection.execute(
            update(KnowledgeChangeRow)
            .where(KnowledgeChangeRow.id == found[0].id, waits)
            .values(trial_state=TrialState.RUNNING, trial_at=at, trial_done=0)
        )
        return self.get(found[0].id) if changed.rowcount == 1 else None

    def note_trial(self, change_id: ChangeId, at: datetime, *, done: int, total: int) -> bool:
        """Note how far a trial is; False where nobody waits for it any more."""
        changed = self._connection.execute(
            update(KnowledgeChangeRow)
            .where(
                KnowledgeChangeRow.id == change_id,
                KnowledgeChangeRow.state == ChangeState.OPEN,
                KnowledgeChangeRow.trial_state == TrialState.RUNNING,
            )
            .values(trial_at=at, trial_done=done, trial_total=total)
        )
        return changed.rowcount == 1

    def finish_trial(
        self, change_id: ChangeId, state: TrialState, at: datetime, found: Mapping[str, Any] | None
    ) -> None:
        """Store what a trial found."""
        self._connection.execute(
            update(KnowledgeChangeRow)
            .where(
                KnowledgeChangeRow.id == change_id,
                KnowledgeChangeRow.trial_state == TrialState.RUNNING,
            )
            .values(trial_state=state, trial_at=at, trial=None if found is None else dict(found))
        )

    def _is_newest(self) -> ColumnElement[bool]:
        newest = (
            select(KnowledgeFileRow.path, func.max(KnowledgeFileRow.number).label("number"))
            .where(KnowledgeFileRow.number.is_not(None))
            .group_by(KnowledgeFileRow.path)
            .subquery()
        )
        return (
            select(newest.c.path)
            .where(
                newest.c.path == KnowledgeFileRow.path,
                newest.c.number == KnowledgeFileRow.number,
            )
            .exists()
        )

    def _found(
        self, *wanted: ColumnElement[bool], limit: int = 200, newest_first: bool = False
    ) -> list[Change]:
        order = (
            (KnowledgeChangeRow.number.desc(), KnowledgeChangeRow.id)
            if newest_first
            else (KnowledgeChangeRow.id,)
        )
        rows = self._connection.execute(
            select(KnowledgeChangeRow.__table__).where(*wanted).order_by(*order).limit(limit)
        ).all()
        paths = self._paths([row.id for row in rows])
        return [_change(row, paths[row.id]) for row in rows]

    def _paths(self, ids: Collection[int]) -> Mapping[int, tuple[DocumentPath, ...]]:
        found: dict[int, list[DocumentPath]] = {change_id: [] for change_id in ids}
        for some in chunks(ids):
            for row in self._connection.execute(
                select(KnowledgeFileRow.change_id, KnowledgeFileRow.path)
                .where(KnowledgeFileRow.change_id.in_(some))
                .order_by(KnowledgeFileRow.change_id, KnowledgeFileRow.path)
            ):
                found[row.change_id].append(DocumentPath(row.path))
        return {change_id: tuple(paths) for change_id, paths in found.items()}


def _values(change: Change) -> dict[str, Any]:
    return {
        "state": change.state,
        "origin": change.origin,
        "author": change.author,
        "note": change.note,
        "made_at": change.made_at,
        "touches": _sorted(change.touches),
        "undoes": change.undoes,
        "trial_state": change.trial_state,
        "trial_at": None,
        "trial_done": 0,
        "trial_total": 0,
    }


def _sorted(touches: Iterable[Touch]) -> list[str]:
    return sorted(touch.value for touch in touches)


def _file_values(change_id: ChangeId, file: FileChange) -> dict[str, Any]:
    return {
        "change_id": change_id,
        "path": file.path,
        "before": file.before,
        "before_digest": digest_of(file.before),
        "after": file.after,
        "after_digest": digest_of(file.after),
        "folder_digest": file.folder,
    }


def _change(row: Row[Any], paths: tuple[DocumentPath, ...]) -> Change:
    return Change(
        id=ChangeId(row.id),
        state=ChangeState(row.state),
        origin=Origin(row.origin),
        author=None if row.author is None else PersonKey(row.author),
        note=row.note,
        made_at=row.made_at,
        paths=paths,
        touches=frozenset(Touch(touch) for touch in row.touches),
        undoes=None if row.undoes is None else ChangeId(row.undoes),
        number=row.number,
        settled_by=None if row.settled_by is None else PersonKey(row.settled_by),
        settled_at=row.settled_at,
        trial_state=TrialState(row.trial_state),
        trial_done=row.trial_done,
        trial_total=row.trial_total,
        trial=row.trial,
    )
