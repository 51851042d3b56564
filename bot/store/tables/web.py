"""What the browser needs: who looks at a case, how it stood before, what was put together.

Keys, codes and numbers only.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Row


class CasePresenceRow(Row):
    """Somebody who has a case open in a browser; gone a minute after they were last seen."""

    __tablename__ = "case_presence"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    person: Mapped[str] = mapped_column(String(60), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class LastActRow(Row):
    """What a person last did with a case, and how the case stood before: what undoing needs."""

    __tablename__ = "last_act"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    act: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    version: Mapped[int]
    before: Mapped[dict[str, Any]]


class MergedCaseRow(Row):
    """A case that was put together with another one, which goes on for both."""

    __tablename__ = "merged_case"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    into_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    at: Mapped[datetime]
