"""Calls, and the promises of feedback the same day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    case,
    delete,
    func,
    insert,
    literal,
    select,
    union,
    update,
)

from bot.language.search_words import entry_words
from bot.promises import Feedback, Promise
from bot.store.engine import insert_if_new
from bot.store.search import Entry, SearchIndex
from bot.store.tables import IS_OPEN, CaseRow, PhoneCallRow, PromiseRow
from bot.vocabulary import CaseId, Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCall:
    """What a caller said. Personal data: it is shown to those who handle the case, only.

    Attributes:
        callback: Where the caller wants to be called.
    """

    case_id: CaseId
    customer: str
    callback: str
    note: str = ""


class PhoneCalls:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def forget(self, case_id: CaseId) -> None:
        """Delete what was said in a call that was logged by mistake."""
        self._connection.execute(delete(PhoneCallRow).where(PhoneCallRow.case_id == case_id))

    def insert(self, call: PhoneCall) -> None:
        """Store what was said in the call that opened a case."""
        self._connection.execute(
            insert(PhoneCallRow).values(
                case_id=call.case_id,
                customer=call.customer,
                callback=call.callback,
                note=call.note,
            )
        )
        words = entry_words(call.customer, call.callback, call.note)
        SearchIndex(self._connection).add([Entry(call_id=call.case_id, words=words)])

    def of_cases(self, case_ids: Iterable[CaseId]) -> dict[CaseId, PhoneCall]:
        """Return the calls of some cases; one that was deleted is absent."""
        rows = self._connection.execute(
            select(PhoneCallRow.__table__)
            .where(PhoneCallRow.case_id.in_(list(case_ids)))
            .order_by(PhoneCallRow.case_id)
        )
        return {
            CaseId(row.case_id): PhoneCall(
                case_id=CaseId(row.case_id),
                customer=row.customer,
                callback=row.callback,
                note=row.note,
            )
            for row in rows
        }


class Promises:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def insert(self, promises: Iterable[Promise]) -> None:
        """Store new promises; one that somebody else stored meanwhile is left as it is."""
        insert_if_new(self._connection, PromiseRow, [_values(promise) for promise in promises])

    def newest(self, case_ids: Iterable[CaseId]) -> dict[CaseId, Promise]:
        """Return the newest promise of each of some cases; those without one are absent."""
        rows = self._connection.execute(
            select(PromiseRow.__table__)
            .where(PromiseRow.case_id.in_(list(case_ids)))
            .order_by(PromiseRow.case_id, PromiseRow.number)
        )
        return {CaseId(row.case_id): _promise(row) for row in rows}

    def unkept(self, case_ids: Iterable[CaseId]) -> dict[CaseId, datetime]:
        """Return until when feedback was promised first, of the cases that still wait for it."""
        # A condition on what is kept would have SQLite read all that is not.
        due_at = func.min(case((PromiseRow.kept_at.is_(None), PromiseRow.due_at)))
        rows = self._connection.execute(
            select(PromiseRow.case_id, due_at)
            .where(PromiseRow.case_id.in_(list(case_ids)))
            .group_by(PromiseRow.case_id)
            .order_by(PromiseRow.case_id)
        )
        return {CaseId(case_id): due_at for case_id, due_at in rows if due_at is not None}

    def of_case(self, case_id: CaseId) -> list[Promise]:
        """Return all promises about a case, oldest first."""
        rows = self._connection.execute(
            select(PromiseRow.__table__)
            .where(PromiseRow.case_id == case_id)
            .order_by(PromiseRow.number)
        )
        return [_promise(row) for row in rows]

    def due(self, now: datetime, *, limit: int = 200) -> list[Promise]:
        """Return the unkept promises that must be looked at by now, the longest due first."""
        rows = self._connection.execute(
            select(PromiseRow.__table__)
            .where(PromiseRow.next_at <= now)
            .order_by(PromiseRow.next_at, PromiseRow.case_id, PromiseRow.number)
            .limit(limit)
        )
        return [_promise(row) for row in rows]

    def next_due(self) -> datetime | None:
        """Return when a promise must next be looked at; None where there is none."""
        return self._connection.scalar(select(func.min(PromiseRow.next_at)))

    def go_on(self, promise: Promise, *, was: datetime) -> bool:
        """Store how far a promise has come; False where it was kept, or another was faster."""
        changed = self._connection.execute(
            update(PromiseRow)
            .where(
                PromiseRow.case_id == promise.case_id,
                PromiseRow.number == promise.number,
                PromiseRow.next_at == was,
                PromiseRow.kept_at.is_(None),
            )
            .values(
                next_at=promise.next_at,
                reminders=promise.reminders,
                broken_at=promise.broken_at,
            )
        )
        return changed.rowcount == 1

    def keep(self, case_id: CaseId, feedback: Feedback, at: datetime) -> bool:
        """Note that feedback was given on all that was promised; False where nothing was open.

        Given too late, it leaves a promise broken.
        """
        changed = self._connection.execute(
            update(PromiseRow)
            .where(PromiseRow.case_id == case_id, PromiseRow.kept_at.is_(None))
            .values(
                kept_at=at,
                kept_with=feedback,
                next_at=None,
                broken_at=case((PromiseRow.due_at < at, PromiseRow.due_at)),
            )
        )
        return changed.rowcount > 0

    def take_back(self, case_id: CaseId, kept_at: datetime, now: datetime) -> bool:
        """Let a promise wait again that was noted as kept at an instant.

        It is looked at from now on; one that was due before, from then on, since it is broken.

        Returns:
            False where no promise was kept then.
        """
        looked_at = literal(now, PromiseRow.next_at.type)
        changed = self._connection.execute(
            update(PromiseRow)
            .where(PromiseRow.case_id == case_id, PromiseRow.kept_at == kept_at)
            .values(
                kept_at=None,
                kept_with=None,
                broken_at=None,
                next_at=case((PromiseRow.due_at < now, PromiseRow.due_at), else_=looked_at),
            )
        )
        return changed.rowcount > 0

    def forget(self, case_id: CaseId) -> None:
        """Delete the promises about a call that was logged by mistake."""
        self._connection.execute(delete(PromiseRow).where(PromiseRow.case_id == case_id))

    def reopened(self) -> list[tuple[CaseId, int, datetime]]:
        """Return the phone cases that were opened again since their newest promise.

        Returns:
            (case, number of that promise, when the case was opened again), by case.
        """
        newest = func.max(PromiseRow.promised_at)
        # Whoever opened a case again has started its clock anew, so that few are looked at.
        again = _open_calls().where(CaseRow.clock_started_at > CaseRow.received_at)
        rows = self._connection.execute(
            select(CaseRow.id, func.max(PromiseRow.number), CaseRow.clock_started_at)
            .join(PromiseRow, PromiseRow.case_id == CaseRow.id)
            .where(CaseRow.id.in_(again))
            .group_by(CaseRow.id, CaseRow.clock_started_at)
            .having(CaseRow.clock_started_at > newest)
            .order_by(CaseRow.id)
        )
        return [(CaseId(case_id), number, at) for case_id, number, at in rows]

    def waiting(self, *, limit: int = 1000) -> list[CaseId]:
        """Return the phone cases that are not closed, or whose caller waits for feedback."""
        waits = select(PromiseRow.case_id).where(PromiseRow.kept_at.is_(None))
        either = union(waits, _open_calls()).subquery()
        rows = self._connection.scalars(
            select(either.c.case_id).order_by(either.c.case_id.desc()).limit(limit)
        )
        return [CaseId(case_id) for case_id in rows]


def _open_calls() -> Select[int]:
    """Return what selects the ids of open phone cases."""
    return select(CaseRow.id).where(IS_OPEN, CaseRow.channel == Channel.PHONE)


def _values(promise: Promise) -> dict[str, Any]:
    return {
        "case_id": promise.case_id,
        "number": promise.number,
        "promised_at": promise.promised_at,
        "due_at": promise.due_at,
        "next_at": promise.next_at,
        "reminders": promise.reminders,
        "kept_at": promise.kept_at,
        "kept_with": promise.kept_with,
        "broken_at": promise.broken_at,
    }


def _promise(row: Row[Any]) -> Promise:
    return Promise(
        case_id=CaseId(row.case_id),
        number=row.number,
        promised_at=row.promised_at,
        due_at=row.due_at,
        next_at=row.next_at,
        reminders=row.reminders,
        kept_at=row.kept_at,
        kept_with=None if row.kept_with is None else Feedback(row.kept_with),
        broken_at=row.broken_at,
    )
