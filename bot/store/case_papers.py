"""All that is kept of one case, as it was sent, for whoever may have a copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.tables import MessageRawRow, MessageRow, RegisterEntryRow
from bot.vocabulary import CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPaper:
    """One mail in or out.

    Attributes:
        content: The bytes as they were; None when they were deleted.
        template: The reply template of an answer of ours, with its version.
    """

    incoming: bool
    at: datetime
    automatic: bool
    template: str | None
    template_version: str | None
    content: bytes | None


class CasePapers:
    """Works inside the caller's transaction; only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mails(self, case_id: CaseId) -> Iterator[MailPaper]:
        """Yield the mails of a case, oldest first."""
        rows = self._connection.execute(
            select(
                MessageRow.direction,
                MessageRow.received_at,
                MessageRow.automatic,
                MessageRow.template,
                MessageRow.template_version,
                MessageRawRow.content,
            )
            .outerjoin(MessageRawRow, MessageRawRow.message_id == MessageRow.id)
            .where(MessageRow.case_id == case_id)
            .order_by(MessageRow.received_at, MessageRow.id)
        )
        for row in rows:
            yield MailPaper(
                incoming=row.direction == "in",
                at=row.received_at,
                automatic=row.automatic,
                template=row.template,
                template_version=row.template_version,
                content=row.content,
            )

    def register_texts(self, case_id: CaseId) -> list[tuple[datetime, str, str]]:
        """Return what the registers say of a case: when, which register, the text."""
        rows = self._connection.execute(
            select(RegisterEntryRow.at, RegisterEntryRow.register, RegisterEntryRow.text)
            .where(RegisterEntryRow.case_id == case_id, RegisterEntryRow.text.is_not(None))
            .order_by(RegisterEntryRow.id)
        )
        return [(row.at, row.register, row.text) for row in rows]
