"""What the record says of cases, for figures: when each came, was answered, stopped, closed.

Everything comes from events, so that each figure can be traced.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from bot.store.tables import CaseInvoiceRow, CaseRow, EventRow
from bot.vocabulary import CaseId, CustomerKey, EventKind, ProcessKey, TeamKey, Urgency

ANSWERS = (EventKind.ANSWERED, EventKind.FEEDBACK_ONGOING, EventKind.FEEDBACK_DONE)
"""What counts as an answer: a person's; receipts never do."""
_CHUNK = 500
_ENDS = (EventKind.CLOSED, EventKind.REOPENED, EventKind.UNDONE)
"""What closes a case and what opens it again; whoever undoes a closing has opened it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which cases are asked for; None stands for all."""

    process: ProcessKey | None = None
    customer: CustomerKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """One case.

    Attributes:
        answered_at: When a person first answered; None while nobody has.
        answered_after: Working seconds from arrival until then.
        stopped_at: When a person first ticked the stop.
    """

    case_id: CaseId
    received_at: datetime
    urgent: Urgency
    handle_by: datetime | None
    team: TeamKey
    answered_at: datetime | None = None
    answered_after: int | None = None
    stopped_at: datetime | None = None


class Facts:
    """Works inside the caller's transaction; only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def received(self, start: datetime, end: datetime, scope: Scope) -> list[CaseFact]:
        """Return the cases that came at or after `start` and before `end`, by id.

        A case that was logged by mistake, and undone, is left out; so is an answer that was.
        """
        query = _within(select(CaseRow.__table__), scope).where(
            CaseRow.received_at >= start, CaseRow.received_at < end
        )
        cases = self._connection.execute(query.order_by(CaseRow.id)).all()
        events = self._events([row.id for row in cases])
        facts = (_fact(row, events.get(row.id, ())) for row in cases)
        return [fact for fact in facts if fact is not None]

    def open_at(self, instant: datetime, scope: Scope) -> int:
        """Count the cases that had come and were not closed at an instant."""
        last_end = (
            select(EventRow.kind)
            .where(EventRow.case_id == CaseRow.id, EventRow.kind.in_(_ENDS), EventRow.at <= instant)
            .order_by(EventRow.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = _within(select(func.count()).select_from(CaseRow), scope).where(
            CaseRow.received_at <= instant,
            func.coalesce(last_end, EventKind.REOPENED) != EventKind.CLOSED,
        )
        return self._connection.scalar(query) or 0

    def last_answers(self, case_ids: Collection[CaseId]) -> dict[CaseId, datetime]:
        """Return when a person last answered each of some cases; unanswered ones are absent."""
        found = self._events(case_ids)
        answers = {case_id: _answers(events) for case_id, events in found.items()}
        return {CaseId(case_id): own[-1].at for case_id, own in answers.items() if own}

    def naming(self, invoice: str, *, limit: int) -> list[CaseId]:
        """Return the cases that name an invoice, the newest first."""
        rows = self._connection.scalars(
            select(CaseInvoiceRow.case_id)
            .where(CaseInvoiceRow.number == invoice)
            .order_by(CaseInvoiceRow.case_id.desc())
            .limit(limit)
        )
        return [CaseId(case_id) for case_id in rows]

    def _events(self, case_ids: Collection[int]) -> dict[int, list[Row[Any]]]:
        found: dict[int, list[Row[Any]]] = {}
        wanted = (*ANSWERS, EventKind.STOP_CONFIRMED, EventKind.UNDONE)
        listed = list(case_ids)
        for at in range(0, len(listed), _CHUNK):
            rows = self._connection.execute(
                select(EventRow.__table__)
                .where(EventRow.case_id.in_(listed[at : at + _CHUNK]), EventRow.kind.in_(wanted))
                .order_by(EventRow.id)
            )
            for row in rows:
                found.setdefault(row.case_id, []).append(row)
        return found


def _within(query: Select[Any], scope: Scope) -> Select[Any]:
    if scope.process is not None:
        query = query.where(CaseRow.process == scope.process)
    if scope.customer is not None:
        query = query.where(CaseRow.customer == scope.customer)
    return query


def _fact(case: Row[Any], events: Collection[Row[Any]]) -> CaseFact | None:
    """Return what is known of a case; None where it was logged by mistake."""
    if any(_undid(event, "log_phone") for event in events):
        return None
    answers = _answers(events)
    stops = [event.at for event in events if event.kind == EventKind.STOP_CONFIRMED]
    first = answers[0] if answers else None
    return CaseFact(
        case_id=CaseId(case.id),
        received_at=case.received_at,
        urgent=Urgency(case.urgent),
        handle_by=case.handle_by,
        team=TeamKey(case.team),
        answered_at=None if first is None else first.at,
        answered_after=None if first is None else first.working_seconds,
        stopped_at=stops[0] if stops else None,
    )


def _answers(events: Collection[Row[Any]]) -> list[Row[Any]]:
    """Return the answers among events, oldest first, without those that were undone."""
    answers: list[Row[Any]] = []
    for event in events:
        if event.kind in ANSWERS:
            answers.append(event)
        elif _undid(event, "feedback") and answers:
            answers.pop()
    return answers


def _undid(event: Row[Any], act: str) -> bool:
    return bool(event.kind == EventKind.UNDONE and event.data.get("undid") == act)
