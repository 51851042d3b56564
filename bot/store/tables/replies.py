"""Replies: what is being written and was sent, what is owed later, and tips on tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, PackedJson, PackedText, Row


class ReplyDraftRow(Row):
    """A reply from a template, as it stands; what it says is in ``reply_draft_text``.

    ``occasion`` is what it was written for, once on a case; ``n`` numbers our mails on a case.
    """

    __tablename__ = "reply_draft"
    __table_args__ = (
        UniqueConstraint("case_id", "occasion"),
        UniqueConstraint("case_id", "n"),
        Index(None, "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    mailbox: Mapped[str] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(60))
    template_version: Mapped[str | None] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(5))
    state: Mapped[str] = mapped_column(String(20))
    occasion: Mapped[str | None] = mapped_column(String(200))
    automatic: Mapped[bool]
    author: Mapped[str] = mapped_column(String(60))
    editor: Mapped[str | None] = mapped_column(String(60))
    approved_by: Mapped[str | None] = mapped_column(String(60))
    sent_by: Mapped[str | None] = mapped_column(String(60))
    feedback: Mapped[str | None] = mapped_column(String(20))
    n: Mapped[int | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int]


class ReplyDraftTextRow(Row):
    """What a reply says and to whom; personal data, deleted with the texts of mails."""

    __tablename__ = "reply_draft_text"

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("reply_draft.id"), primary_key=True, autoincrement=False
    )
    recipient: Mapped[str | None] = mapped_column(Text)
    given: Mapped[dict[str, Any]] = mapped_column(PackedJson)
    own_text: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(PackedText)
    html: Mapped[str | None] = mapped_column(PackedText)


class ReplyTaskRow(Row):
    """What is to be written on a case beside the receipt, or to be come back to."""

    __tablename__ = "reply_task"
    __table_args__ = (
        Index(
            "ix_reply_task_due",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    step: Mapped[str] = mapped_column(String(20))
    next_at: Mapped[datetime | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    automatic: Mapped[bool]


class TagTipRow(Row):
    """When a sender last got a tip on tags; the sender only as a keyed hash."""

    __tablename__ = "tag_tip"
    __table_args__ = ({"sqlite_with_rowid": False},)

    sender_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
