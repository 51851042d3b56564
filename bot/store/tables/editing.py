"""Changes to knowledge and templates: who, when, what it was, what it is, and how it was tried.

They hold keys of staff and what process owners write; nothing of customers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Row


class KnowledgeChangeRow(Row):
    """A change to one file or several; ``number`` is its version, once it is in force.

    ``trial`` holds figures and the numbers of cases, never words of a mail that are not
    knowledge.
    """

    __tablename__ = "knowledge_change"
    __table_args__ = (Index(None, "state", "id"), Index(None, "trial_state", "id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20))
    author: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    touches: Mapped[list[str]]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("knowledge_change.id"))
    number: Mapped[int | None] = mapped_column(unique=True)
    settled_by: Mapped[str | None] = mapped_column(String(60))
    settled_at: Mapped[datetime | None]
    trial_state: Mapped[str] = mapped_column(String(20))
    trial_at: Mapped[datetime | None]
    trial_done: Mapped[int]
    trial_total: Mapped[int]
    trial: Mapped[dict[str, Any] | None]


class KnowledgeFileRow(Row):
    """One file of a change, byte for byte, before and after; None where there was, or is, none.

    ``number`` is that of the change; ``folder_digest`` that of the file in the folder which it
    was made of.
    """

    __tablename__ = "knowledge_file"
    __table_args__ = (Index(None, "path", "number"),)

    change_id: Mapped[int] = mapped_column(
        ForeignKey("knowledge_change.id"), primary_key=True, autoincrement=False
    )
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    number: Mapped[int | None]
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    before_digest: Mapped[str | None] = mapped_column(String(64))
    after: Mapped[bytes | None] = mapped_column(LargeBinary)
    after_digest: Mapped[str | None] = mapped_column(String(64))
    folder_digest: Mapped[str | None] = mapped_column(String(64))
