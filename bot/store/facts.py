"""What the record says beside figures: who was answered when, and who names an invoice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.reports.case_facts import ANSWERS
from bot.store.engine import chunks
from bot.store.tables import CaseInvoiceRow, EventRow
from bot.vocabulary import CaseId, EventKind

__all__ = ["ANSWERS", "Facts"]


class Facts:
    """Works inside the caller's transaction; only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_answers(self, case_ids: Collection[CaseId]) -> dict[CaseId, datetime]:
        """Return when a person last answered each of some cases; unanswered ones are absent.

        An answer that was undone is left out.
        """
        answers: dict[CaseId, list[datetime]] = {}
        for some in chunks(case_ids):
            rows = self._connection.execute(
                select(EventRow.__table__)
                .where(EventRow.case_id.in_(some), EventRow.kind.in_((*ANSWERS, EventKind.UNDONE)))
                .order_by(EventRow.id)
            )
            for row in rows:
                own = answers.setdefault(CaseId(row.case_id), [])
                if row.kind in ANSWERS:
                    own.append(row.at)
                elif _undid_feedback(row) and own:
                    own.pop()
        return {case_id: own[-1] for case_id, own in answers.items() if own}

    def naming(self, invoice: str, *, limit: int) -> list[CaseId]:
        """Return the cases that name an invoice, the newest first."""
        rows = self._connection.scalars(
            select(CaseInvoiceRow.case_id)
            .where(CaseInvoiceRow.number == invoice)
            .order_by(CaseInvoiceRow.case_id.desc())
            .limit(limit)
        )
        return [CaseId(case_id) for case_id in rows]


def _undid_feedback(event: Row[Any]) -> bool:
    return bool(event.kind == EventKind.UNDONE and event.data.get("undid") == "feedback")
