"""Internal control, and figures from elsewhere."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Row


class ControlSampleRow(Row):
    """A sample that was drawn: with these values it can be drawn again."""

    __tablename__ = "control_sample"
    __table_args__ = (Index(None, "process", "first"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    process: Mapped[str] = mapped_column(String(60))
    first: Mapped[date]
    last: Mapped[date]
    size: Mapped[int]
    seed: Mapped[str] = mapped_column(String(60))
    population: Mapped[int]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str] = mapped_column(String(60))


class ControlItemRow(Row):
    """A case of a sample; ``note`` is what a colleague wrote of it."""

    __tablename__ = "control_item"

    sample_id: Mapped[int] = mapped_column(
        ForeignKey("control_sample.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    why: Mapped[str] = mapped_column(String(10))
    reviewed_by: Mapped[str | None] = mapped_column(String(60))
    reviewed_at: Mapped[datetime | None]
    answers: Mapped[dict[str, Any] | None]
    note: Mapped[str | None] = mapped_column(Text)


class OutsideFigureRow(Row):
    """A figure of the telephone exchange or of the survey; a later one takes its place."""

    __tablename__ = "outside_figure"

    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    measure: Mapped[str] = mapped_column(String(30), primary_key=True)
    place: Mapped[str] = mapped_column(String(60), primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[float]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
