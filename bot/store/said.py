"""Everything that people said or wrote, read through once: to find where a person is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, null, select

from bot.store.tables import (
    CaseInvoiceRow,
    ConversationRow,
    MessageAddressRow,
    MessageRow,
    MessageTextRow,
    PhoneCallRow,
    ProposalRow,
    RegisterEntryRow,
    ReplyDraftRow,
    ReplyDraftTextRow,
)
from bot.vocabulary import CaseId

_BATCH = 500


class Source(StrEnum):
    """Where something was said; `Said.id` is the key of its row there."""

    MAIL = "mail"
    CALL = "call"
    REGISTER = "register"
    DRAFT = "draft"
    CONVERSATION = "conversation"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing that was said.

    Attributes:
        id: Of a mail its id, of a call that of its case, else of the row.
        case_id: None for what belongs to no case, and for what was said to the assistant.
    """

    source: Source
    id: int
    case_id: CaseId | None
    texts: tuple[str, ...]


_MAILS = select(
    MessageTextRow.message_id.label("id"),
    MessageRow.case_id,
    MessageTextRow.subject,
    MessageTextRow.text,
    MessageTextRow.signature,
    MessageTextRow.quoted,
).join(MessageRow, MessageRow.id == MessageTextRow.message_id)
_CALLS = select(
    PhoneCallRow.case_id.label("id"),
    PhoneCallRow.case_id,
    PhoneCallRow.customer,
    PhoneCallRow.callback,
    PhoneCallRow.note,
)
_ENTRIES = select(RegisterEntryRow.id, RegisterEntryRow.case_id, RegisterEntryRow.text).where(
    RegisterEntryRow.text.is_not(None)
)
_DRAFTS = select(
    ReplyDraftTextRow.draft_id.label("id"),
    ReplyDraftRow.case_id,
    ReplyDraftTextRow.recipient,
    ReplyDraftTextRow.own_text,
    ReplyDraftTextRow.subject,
    ReplyDraftTextRow.text,
).join(ReplyDraftRow, ReplyDraftRow.id == ReplyDraftTextRow.draft_id)
_CONVERSATIONS = select(ConversationRow.id, null().label("case_id"), ConversationRow.topic).where(
    ConversationRow.topic.is_not(None)
)
_PROPOSALS = select(ProposalRow.id, null().label("case_id"), ProposalRow.said).where(
    ProposalRow.said.is_not(None)
)
_OTHERS: tuple[tuple[Source, Any, Any, tuple[str, ...]], ...] = (
    (Source.CALL, _CALLS, PhoneCallRow.case_id, ("customer", "callback", "note")),
    (Source.REGISTER, _ENTRIES, RegisterEntryRow.id, ("text",)),
    (
        Source.DRAFT,
        _DRAFTS,
        ReplyDraftTextRow.draft_id,
        ("recipient", "own_text", "subject", "text"),
    ),
    (Source.CONVERSATION, _CONVERSATIONS, ConversationRow.id, ("topic",)),
    (Source.PROPOSAL, _PROPOSALS, ProposalRow.id, ("said",)),
)


class AllSaid:
    """Works inside the caller's transaction; only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self) -> int:
        """Count what `read` yields."""
        queries = (_MAILS, *(query for _, query, _, _ in _OTHERS))
        return sum(
            self._connection.scalar(select(func.count()).select_from(query.subquery())) or 0
            for query in queries
        )

    def read(self) -> Iterator[Said]:
        """Yield everything, source by source."""
        for rows in self._batches(_MAILS, MessageTextRow.message_id):
            yield from self._mails(rows)
        for source, query, key, texts in _OTHERS:
            for rows in self._batches(query, key):
                for row in rows:
                    yield Said(
                        source=source,
                        id=row.id,
                        case_id=None if row.case_id is None else CaseId(row.case_id),
                        texts=tuple(_text(getattr(row, name)) for name in texts),
                    )

    def cases_of_payer(self, digits: str) -> list[CaseId]:
        """Return the cases whose invoices belong to a customer number, by id."""
        rows = self._connection.scalars(
            select(CaseInvoiceRow.case_id)
            .where(CaseInvoiceRow.customer_no.in_((digits, f"0{digits}")))
            .distinct()
            .order_by(CaseInvoiceRow.case_id)
        )
        return [CaseId(case_id) for case_id in rows]

    def _mails(self, rows: list[Any]) -> Iterator[Said]:
        people: dict[int, list[str]] = {}
        found = self._connection.execute(
            select(MessageAddressRow.__table__)
            .where(MessageAddressRow.message_id.in_([row.id for row in rows]))
            .order_by(MessageAddressRow.message_id)
        )
        for mail in found:
            people[mail.message_id] = [
                said for _, name, address in mail.people for said in (address, name)
            ]
        for row in rows:
            yield Said(
                source=Source.MAIL,
                id=row.id,
                case_id=None if row.case_id is None else CaseId(row.case_id),
                texts=(row.subject, row.text, row.signature, row.quoted, *people.get(row.id, ())),
            )

    def _batches(
        self,
        query: Any,  # noqa: ANN401 - a query of whatever columns
        key: Any,  # noqa: ANN401 - a column of SQLAlchemy
    ) -> Iterator[list[Any]]:
        after = -1
        while True:
            found = self._connection.execute(query.where(key > after).order_by(key).limit(_BATCH))
            rows = list(found)
            if not rows:
                return
            yield rows
            after = rows[-1].id


def _text(value: str | dict[str, Any] | None) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value or ""
