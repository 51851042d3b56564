"""What is kept of talking with the assistant: what it was about, never how it was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Digest, Row


class ConversationRow(Row):
    """A thread of questions.

    ``topic`` holds the intent and the slots of the last one, and the question itself while its
    reading can be chosen; it is emptied some time after the last word.
    """

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    person: Mapped[str | None] = mapped_column(String(60))
    begun_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    topic: Mapped[dict[str, Any] | None]


class ProposalRow(Row):
    """What the assistant proposed to do, and what became of it.

    ``said`` holds what somebody said, and is emptied with the texts of mails. ``undo`` holds
    keys and codes only: how it was before.
    """

    __tablename__ = "proposal"
    __table_args__ = (Index(None, "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    act: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]
    person: Mapped[str | None] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    said: Mapped[dict[str, Any] | None]
    undo: Mapped[dict[str, Any] | None]
    settled_at: Mapped[datetime | None]


class AnswerRatingRow(Row):
    """What a person thinks of an answer; neither the question nor the answer is kept.

    ``answer`` and ``person`` are emptied some time after; the rest holds keys and codes only.
    """

    __tablename__ = "answer_rating"
    __table_args__ = (UniqueConstraint("answer", "person"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    answer: Mapped[str | None] = mapped_column(Digest(32))
    person: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(index=True)
    face: Mapped[str] = mapped_column(String(10))
    intent: Mapped[str] = mapped_column(String(40))
    process: Mapped[str | None] = mapped_column(String(60))
    helped: Mapped[bool]
