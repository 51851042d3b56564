"""Mail: how far each mailbox is read, what came of every message, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import (
    Digest,
    PackedBytes,
    PackedJson,
    PackedText,
    Row,
    ShortJson,
    ShortText,
)


class MailboxRow(Row):
    """What we remember of a mailbox between two rounds."""

    __tablename__ = "mailbox"

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    checkpoint: Mapped[str | None] = mapped_column(Text, default=None)
    connected_at: Mapped[datetime]
    caught_up_at: Mapped[datetime | None] = mapped_column(default=None)
    last_round_at: Mapped[datetime | None] = mapped_column(default=None)
    leader: Mapped[str | None] = mapped_column(String(80), default=None)
    leader_until: Mapped[datetime | None] = mapped_column(default=None)


CONTRADICTING = (
    "outcome IN ('case', 'follow_up') AND (case_id IS NULL OR message_id IS NULL)"
    " OR outcome IN ('ignored', 'duplicate') AND message_id IS NULL"
    " AND coalesce(because, '') NOT IN ('own_copy', 'no_case')"
)
"""An entry of the books that contradicts what is stored; an index holds the few there may be."""


class DeliveryRow(Row):
    """The books: one row, and so one outcome, for each message a mailbox has shown us."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "outcome", "mailbox", "gone_at"),
        Index(
            "ix_delivery_contradicting",
            "mailbox",
            sqlite_where=text(CONTRADICTING),
            postgresql_where=text(CONTRADICTING),
        ),
        Index(
            "ix_delivery_mark_due",
            "mailbox",
            sqlite_where=text("mark_due"),
            postgresql_where=text("mark_due"),
        ),
    )

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    because: Mapped[str | None] = mapped_column(String(40), default=None)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    seen_at: Mapped[datetime]
    mark_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    gone_at: Mapped[datetime | None] = mapped_column(default=None)


class QuarantineRow(Row):
    """Mail that our own code failed on: kept whole, tried again."""

    __tablename__ = "quarantine"

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    received_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    transport_headers: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=1)
    retry_at: Mapped[datetime] = mapped_column(index=True)


class MessageRow(Row):
    """A mail in or out: identity and what it became, nothing of what it says."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "mid", "direction", "content_hash", unique=True),
        Index(None, "case_id", "received_at"),
        Index(
            "ix_message_glance",
            "received_at",
            sqlite_where=text("glance"),
            postgresql_where=text("glance"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    direction: Mapped[str] = mapped_column(String(3))
    mid: Mapped[str] = mapped_column(String(1000))
    content_hash: Mapped[str] = mapped_column(Digest(64))
    mailbox: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str | None] = mapped_column(String(20))
    automatic: Mapped[bool]
    glance: Mapped[bool]
    template: Mapped[str | None] = mapped_column(String(60))
    template_version: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
    size: Mapped[int]
    faults: Mapped[list[str]]


class MessageRawRow(Row):
    """The exact bytes."""

    __tablename__ = "message_raw"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(PackedBytes)
    transport_headers: Mapped[dict[str, Any]]


class MessageTextRow(Row):
    """What the mail says."""

    __tablename__ = "message_text"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    subject: Mapped[str] = mapped_column(ShortText)
    text: Mapped[str] = mapped_column(PackedText)
    signature: Mapped[str] = mapped_column(PackedText)
    quoted: Mapped[str] = mapped_column(PackedText)


class MessageAddressRow(Row):
    """Who wrote to whom: ``[role, name, address]`` of each, in the order of the mail."""

    __tablename__ = "message_address"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    people: Mapped[list[list[str]]] = mapped_column(ShortJson)


class MessageTriageRow(Row):
    """What triage said and why; holds words of the mail."""

    __tablename__ = "message_triage"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    triage: Mapped[dict[str, Any]] = mapped_column(PackedJson)


class AttachmentRow(Row):
    """An attachment; its bytes are found again in ``message_raw`` by position."""

    __tablename__ = "attachment"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
