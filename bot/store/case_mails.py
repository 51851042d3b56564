"""The mails of a case as people read them, its timeline, and its neighbours."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from bot.cases import Case, Event
from bot.store.cases import case_of_row, event_of_row
from bot.store.tables import (
    AttachmentRow,
    CaseRow,
    EventRow,
    MessageAddressRow,
    MessageRow,
    MessageTextRow,
    MessageTriageRow,
)
from bot.vocabulary import CaseId, EventKind, Kind, MailboxKey, MessageId, Status

_MOST_ADDRESSES: Final = 40
_MAILS: Final = (
    select(
        MessageRow.__table__,
        MessageTextRow.subject,
        MessageTextRow.text,
        MessageTextRow.signature,
        MessageTextRow.quoted,
        MessageTriageRow.triage,
    )
    .outerjoin(MessageTextRow, MessageTextRow.message_id == MessageRow.id)
    .outerjoin(MessageTriageRow, MessageTriageRow.message_id == MessageRow.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """An attachment.

    Attributes:
        position: Finds it again in the bytes of its mail.
    """

    position: int
    name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody whom a mail names, as it calls them."""

    role: str
    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMail:
    """A mail in or out.

    Attributes:
        case_id: Of the case that it came to; another one where cases were put together.
        kind: None for a mail of ours.
        text: What was new in it; None where its text has been deleted.
        parties: At most forty.
        triage: `Triage.as_json` of then; None for a mail of ours, and where it was deleted.
    """

    id: MessageId
    case_id: CaseId
    incoming: bool
    mailbox: MailboxKey
    kind: Kind | None
    automatic: bool
    template: str | None
    received_at: datetime
    size: int
    faults: tuple[str, ...]
    subject: str | None
    text: str | None
    signature: str
    quoted: str
    parties: tuple[Party, ...] = ()
    files: tuple[MailFile, ...] = ()
    triage: Mapping[str, Any] | None = None

    def those(self, role: str) -> tuple[Party, ...]:
        """Return whom the mail names as ``from``, ``reply_to``, ``to`` or ``cc``."""
        return tuple(party for party in self.parties if party.role == role)


class CaseMails:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self, case_ids: Collection[CaseId], *, limit: int) -> list[CaseMail]:
        """Return the newest mails of some cases, oldest first."""
        query = (
            _MAILS.where(MessageRow.case_id.in_(case_ids))
            .order_by(MessageRow.received_at.desc(), MessageRow.id.desc())
            .limit(limit)
        )
        return self._mails(list(self._connection.execute(query))[::-1])

    def one(self, message_id: MessageId) -> CaseMail | None:
        """Return a mail; None where it is on no case, or there is none."""
        query = _MAILS.where(MessageRow.id == message_id, MessageRow.case_id.is_not(None))
        found = self._mails(list(self._connection.execute(query)))
        return found[0] if found else None

    def count(self, case_ids: Collection[CaseId]) -> int:
        """Count the mails of some cases."""
        query = select(func.count()).where(MessageRow.case_id.in_(case_ids))
        return self._connection.scalar(query) or 0

    def timeline(self, case_id: CaseId, *, limit: int) -> list[Event]:
        """Return the newest events of a case but for views, oldest first."""
        return self._events(case_id, EventRow.kind != EventKind.VIEWED, limit)

    def views(self, case_id: CaseId, *, limit: int) -> list[Event]:
        """Return who last looked at a case, oldest first."""
        return self._events(case_id, EventRow.kind == EventKind.VIEWED, limit)

    def open_of_customer(self, case: Case, *, since: datetime, limit: int) -> list[Case]:
        """Return other open cases of the customer of a case, the newest first."""
        if case.customer is None:
            return []
        rows = self._connection.execute(
            select(CaseRow.__table__)
            .where(
                CaseRow.customer == case.customer,
                CaseRow.received_at >= since,
                CaseRow.status != Status.CLOSED,
                CaseRow.id != case.id,
            )
            .order_by(CaseRow.received_at.desc(), CaseRow.id.desc())
            .limit(limit)
        )
        return [case_of_row(row) for row in rows]

    def _mails(self, rows: Sequence[Row[Any]]) -> list[CaseMail]:
        ids = [row.id for row in rows]
        parties, files = self._parties(ids), self._files(ids)
        return [_mail(row, parties.get(row.id, ()), files.get(row.id, ())) for row in rows]

    def _events(self, case_id: CaseId, wanted: Any, limit: int) -> list[Event]:  # noqa: ANN401
        rows = self._connection.execute(
            select(EventRow.__table__)
            .where(EventRow.case_id == case_id, wanted)
            .order_by(EventRow.id.desc())
            .limit(limit)
        )
        return [event_of_row(row) for row in reversed(list(rows))]

    def _parties(self, ids: Sequence[int]) -> dict[int, tuple[Party, ...]]:
        rows = self._connection.execute(
            select(MessageAddressRow.__table__)
            .where(MessageAddressRow.message_id.in_(ids))
            .order_by(MessageAddressRow.message_id)
        )
        return {
            row.message_id: tuple(
                Party(role=role, name=name, address=address)
                for role, name, address in row.people[:_MOST_ADDRESSES]
            )
            for row in rows
        }

    def _files(self, ids: Sequence[int]) -> dict[int, tuple[MailFile, ...]]:
        rows = self._connection.execute(
            select(AttachmentRow.__table__)
            .where(AttachmentRow.message_id.in_(ids))
            .order_by(AttachmentRow.message_id, AttachmentRow.position)
        )
        found: dict[int, tuple[MailFile, ...]] = {}
        for row in rows:
            file = MailFile(position=row.position, name=row.filename, size=row.size)
            found[row.message_id] = (*found.get(row.message_id, ()), file)
        return found


def _mail(row: Row[Any], parties: tuple[Party, ...], files: tuple[MailFile, ...]) -> CaseMail:
    return CaseMail(
        id=MessageId(row.id),
        case_id=CaseId(row.case_id),
        incoming=row.direction == "in",
        mailbox=MailboxKey(row.mailbox),
        kind=None if row.kind is None else Kind(row.kind),
        automatic=row.automatic,
        template=row.template,
        received_at=row.received_at,
        size=row.size,
        faults=tuple(row.faults),
        subject=row.subject,
        text=row.text,
        signature=row.signature or "",
        quoted=row.quoted or "",
        parties=parties,
        files=files,
        triage=row.triage,
    )
