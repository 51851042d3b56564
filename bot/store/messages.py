"""Mails in and out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from bot.language.search_words import entry_words
from bot.store import counters
from bot.store.books import header_pairs
from bot.store.engine import chunks, insert_rows
from bot.store.records import (
    Delivery,
    JudgedMail,
    KnownMessage,
    NewMessage,
    SentMessage,
    StoredMail,
)
from bot.store.search import Entry, SearchIndex
from bot.store.tables import (
    AttachmentRow,
    DeliveryRow,
    MessageAddressRow,
    MessageRawRow,
    MessageRow,
    MessageTextRow,
    MessageTriageRow,
)
from bot.triage.model import Triage
from bot.vocabulary import CaseId, Kind, MailboxKey, MessageId, Outcome
from functionmail.message import Address, Message, MessageKey

# Asked for every batch of mail: built once, since building it takes as long as asking.
_KNOWN = (
    select(
        MessageRow.id,
        MessageRow.mid,
        MessageRow.content_hash,
        MessageRow.direction,
        MessageRow.case_id,
    )
    .where(MessageRow.mid.in_(bindparam("mids", expanding=True)))
    .order_by(MessageRow.id)
)


class Messages:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reserve_ids(self, count: int) -> int:
        """Return the first of `count` consecutive message ids."""
        return counters.take(self._connection, "message", count)

    def known(self, mids: Collection[str]) -> list[KnownMessage]:
        """Return the stored mails that carry one of these Message-IDs, oldest first."""
        found: list[KnownMessage] = []
        for chunk in chunks(sorted(mids)):
            rows = self._connection.execute(_KNOWN, {"mids": chunk})
            found.extend(
                KnownMessage(
                    id=MessageId(row.id),
                    mid=row.mid,
                    content_hash=row.content_hash,
                    incoming=row.direction == "in",
                    case_id=None if row.case_id is None else CaseId(row.case_id),
                )
                for row in rows
            )
        return found

    def insert(self, messages: Iterable[NewMessage]) -> None:
        """Store incoming mails whole."""
        news = list(messages)
        if not news:
            return
        for row, values in (
            (MessageRow, [_message_values(new) for new in news]),
            (MessageRawRow, [_raw_values(new) for new in news]),
            (MessageTextRow, [_text_values(new.id, new.message) for new in news]),
            (MessageAddressRow, [_address_values(new.id, new.message) for new in news]),
            (MessageTriageRow, [{"message_id": new.id, "triage": new.triage} for new in news]),
            (AttachmentRow, [row for new in news for row in _attachment_rows(new)]),
        ):
            insert_rows(self._connection, row, values)
        SearchIndex(self._connection).add(_entry(new) for new in news if new.case_id is not None)

    def insert_sent(self, sent: SentMessage) -> MessageId | None:
        """Store a mail of ours; None when it is on record already."""
        already = self._connection.scalar(
            select(MessageRow.id).where(
                MessageRow.direction == "out", MessageRow.mid == sent.message.message_id
            )
        )
        if already is not None:
            return None
        message_id = MessageId(self.reserve_ids(1))
        self._connection.execute(insert(MessageRow), [_sent_values(message_id, sent)])
        self._connection.execute(
            insert(MessageRawRow),
            [{"message_id": message_id, "content": sent.content, "transport_headers": {}}],
        )
        self._connection.execute(insert(MessageTextRow), [_text_values(message_id, sent.message)])
        self._connection.execute(
            insert(MessageAddressRow), [_address_values(message_id, sent.message)]
        )
        SearchIndex(self._connection).add_stored(message_id)
        return message_id

    def stored(self, message_id: MessageId) -> StoredMail | None:
        """Return a stored mail with its bytes, or None when it or its bytes are gone."""
        row = self._connection.execute(
            select(MessageRow.__table__, MessageRawRow.content, MessageRawRow.transport_headers)
            .join(MessageRawRow, MessageRawRow.message_id == MessageRow.id)
            .where(MessageRow.id == message_id)
        ).one_or_none()
        if row is None:
            return None
        return StoredMail(
            id=MessageId(row.id),
            mailbox=MailboxKey(row.mailbox),
            case_id=None if row.case_id is None else CaseId(row.case_id),
            kind=None if row.kind is None else Kind(row.kind),
            received_at=row.received_at,
            content=row.content,
            transport_headers=header_pairs(row.transport_headers),
        )

    def count_incoming(self, *, since: datetime | None = None) -> int:
        """Count the mails that came in and were stored, all or those received since then."""
        query = select(func.count()).select_from(MessageRow).where(MessageRow.direction == "in")
        if since is not None:
            query = query.where(MessageRow.received_at >= since)
        return self._connection.scalar(query) or 0

    def judged(
        self, *, after: MessageId, limit: int, since: datetime | None = None
    ) -> list[JudgedMail]:
        """Return incoming mails whose ids come after one, by id, with what was decided.

        Args:
            since: Only mails received since then.
        """
        recent = () if since is None else (MessageRow.received_at >= since,)
        rows = self._connection.execute(
            select(
                MessageRow.id,
                MessageRow.case_id,
                MessageRow.kind,
                MessageRow.automatic,
                MessageRow.glance,
                MessageTriageRow.triage,
            )
            .outerjoin(MessageTriageRow, MessageTriageRow.message_id == MessageRow.id)
            .where(MessageRow.direction == "in", MessageRow.id > after, *recent)
            .order_by(MessageRow.id)
            .limit(limit)
        )
        return [
            JudgedMail(
                id=MessageId(row.id),
                case_id=None if row.case_id is None else CaseId(row.case_id),
                kind=Kind(row.kind),
                automatic=row.automatic,
                glance=row.glance,
                triage=row.triage,
            )
            for row in rows
        ]

    def incoming_of_case(self, case_id: CaseId) -> list[MessageId]:
        """Return the mails that people sent on a case, oldest first."""
        rows = self._connection.scalars(
            select(MessageRow.id)
            .where(
                MessageRow.case_id == case_id,
                MessageRow.direction == "in",
                MessageRow.kind.in_((Kind.CASE, Kind.FOLLOW_UP)),
            )
            .order_by(MessageRow.id)
        )
        return [MessageId(row) for row in rows]

    def attach(
        self, message_id: MessageId, case_id: CaseId, triage: Triage
    ) -> list[Delivery] | None:
        """Put an ignored mail on a case; return its deliveries as they were.

        None where somebody else has put it on a case meanwhile; nothing is changed then.
        """
        changed = self._connection.execute(
            update(MessageRow)
            .where(MessageRow.id == message_id, MessageRow.case_id.is_(None))
            .values(case_id=case_id, kind=Kind.CASE, glance=False)
        )
        if changed.rowcount != 1:
            return None
        self._connection.execute(
            update(MessageTriageRow)
            .where(MessageTriageRow.message_id == message_id)
            .values(triage=dict(triage.as_json()))
        )
        SearchIndex(self._connection).add_stored(message_id)
        rows = self._connection.execute(
            select(DeliveryRow.__table__)
            .where(DeliveryRow.message_id == message_id)
            .order_by(DeliveryRow.mailbox, DeliveryRow.key)
        )
        return [
            Delivery(
                mailbox=MailboxKey(row.mailbox),
                key=MessageKey(row.key),
                outcome=Outcome(row.outcome),
                message_id=message_id,
                case_id=None,
                seen_at=row.seen_at,
            )
            for row in rows
        ]

    def automatic_since_human(self, case_id: CaseId) -> int:
        """Count our automatic mails on a case after the last mail from a person."""
        last_human = (
            select(func.coalesce(func.max(MessageRow.id), 0))
            .where(
                MessageRow.case_id == case_id,
                MessageRow.direction == "in",
                MessageRow.kind.in_((Kind.CASE, Kind.FOLLOW_UP)),
            )
            .scalar_subquery()
        )
        count = self._connection.scalar(
            select(func.count())
            .select_from(MessageRow)
            .where(
                MessageRow.case_id == case_id,
                MessageRow.direction == "out",
                MessageRow.automatic,
                MessageRow.id > last_human,
            )
        )
        return count or 0

    def sent_count(self, case_id: CaseId, *, template: str | None = None) -> int:
        """Count our mails on a case, all or those from one template."""
        query = (
            select(func.count())
            .select_from(MessageRow)
            .where(MessageRow.case_id == case_id, MessageRow.direction == "out")
        )
        if template is not None:
            query = query.where(MessageRow.template == template)
        return self._connection.scalar(query) or 0

    def first_triage(self, case_id: CaseId) -> dict[str, Any] | None:
        """Return what triage said of the first mail of a case, or None when it is gone."""
        found: dict[str, Any] | None = self._connection.scalar(
            select(MessageTriageRow.triage)
            .join(MessageRow, MessageRow.id == MessageTriageRow.message_id)
            .where(MessageRow.case_id == case_id, MessageRow.direction == "in")
            .order_by(MessageRow.id)
            .limit(1)
        )
        return found


def _entry(new: NewMessage) -> Entry:
    mail = new.message
    senders = [] if mail.sender is None else [mail.sender]
    parties = (part for who in (*senders, *mail.reply_to) for part in (who.name, who.address))
    return Entry(message_id=new.id, words=entry_words(mail.subject, *parties, mail.text))


def _message_values(new: NewMessage) -> dict[str, Any]:
    return {
        "id": new.id,
        "direction": "in",
        "mid": new.message.message_id,
        "content_hash": new.message.content_hash,
        "mailbox": new.mailbox,
        "case_id": new.case_id,
        "kind": new.kind,
        "automatic": new.automatic,
        "glance": new.glance,
        "template": None,
        "template_version": None,
        "received_at": new.received_at,
        "size": len(new.content),
        "faults": list(new.message.faults),
    }


def _sent_values(message_id: MessageId, sent: SentMessage) -> dict[str, Any]:
    return {
        "id": message_id,
        "direction": "out",
        "mid": sent.message.message_id,
        "content_hash": sent.message.content_hash,
        "mailbox": sent.mailbox,
        "case_id": sent.case_id,
        "kind": None,
        "automatic": sent.automatic,
        "glance": False,
        "template": sent.template,
        "template_version": sent.template_version,
        "received_at": sent.sent_at,
        "size": len(sent.content),
        "faults": [],
    }


def _raw_values(new: NewMessage) -> dict[str, Any]:
    headers = [list(pair) for pair in new.transport_headers]
    return {
        "message_id": new.id,
        "content": new.content,
        "transport_headers": {"headers": headers} if headers else {},
    }


def _text_values(message_id: MessageId, message: Message) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "subject": message.subject,
        "text": message.text,
        "signature": message.signature,
        "quoted": message.quoted,
    }


def _address_values(message_id: MessageId, message: Message) -> dict[str, Any]:
    parties: list[tuple[str, Address]] = []
    if message.sender is not None:
        parties.append(("from", message.sender))
    for role, addresses in (("reply_to", message.reply_to), ("to", message.to), ("cc", message.cc)):
        parties.extend((role, address) for address in addresses)
    people = [[role, address.name, address.address] for role, address in parties]
    return {"message_id": message_id, "people": people}


def _attachment_rows(new: NewMessage) -> Iterator[dict[str, Any]]:
    for attachment in new.message.attachments:
        yield {
            "message_id": new.id,
            "position": attachment.position,
            "filename": attachment.filename,
            "content_type": attachment.content_type,
            "size": attachment.size,
        }
