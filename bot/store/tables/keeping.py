"""How long cases are kept: legal holds, whose words are gone, and what each deletion did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Row


class CaseHoldRow(Row):
    """A case whose words must not be deleted, whatever its age."""

    __tablename__ = "case_hold"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]
    person: Mapped[str] = mapped_column(String(60))


class ErasedCaseRow(Row):
    """A case whose words were deleted, and when; the record of it stays."""

    __tablename__ = "erased_case"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime]


class KeepingRunRow(Row):
    """One deletion, in numbers; never whom it was about."""

    __tablename__ = "keeping_run"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    counts: Mapped[dict[str, Any]]
