"""What figures are made from: one row for each run of a case's clock, and frozen months."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Row


class CaseFactRow(Row):
    """See `bot.reports.case_facts.CaseFact`; days are ordinals of local dates.

    ``rules`` is the version of the rules by which the row was made.
    """

    __tablename__ = "case_fact"
    __table_args__ = (
        Index(None, "opened_day"),
        Index(None, "answered_day"),
        Index(None, "closed_day", "opened_day"),
        Index(
            "ix_case_fact_due_day",
            "due_day",
            sqlite_where=text("due_day IS NOT NULL"),
            postgresql_where=text("due_day IS NOT NULL"),
        ),
    )

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    clock: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    process: Mapped[str | None] = mapped_column(String(60))
    matter: Mapped[str | None] = mapped_column(String(60))
    mailbox: Mapped[str] = mapped_column(String(60))
    customer: Mapped[str | None] = mapped_column(String(120))
    team: Mapped[str] = mapped_column(String(60))
    channel: Mapped[str] = mapped_column(String(10))
    protected: Mapped[bool] = mapped_column(Boolean)
    urgent: Mapped[str] = mapped_column(String(20))
    misdirected: Mapped[bool] = mapped_column(Boolean)
    opened_day: Mapped[int]
    opened_hour: Mapped[int] = mapped_column(SmallInteger)
    answered_day: Mapped[int | None]
    answer_wall_s: Mapped[int | None]
    answer_work_s: Mapped[int | None]
    same_day: Mapped[bool] = mapped_column(Boolean)
    template: Mapped[str | None] = mapped_column(String(60))
    again: Mapped[bool] = mapped_column(Boolean)
    closed_day: Mapped[int | None]
    close_wall_s: Mapped[int | None]
    close_work_s: Mapped[int | None]
    merged: Mapped[bool] = mapped_column(Boolean)
    due_day: Mapped[int | None]
    stop: Mapped[str | None] = mapped_column(String(10))
    handovers: Mapped[int] = mapped_column(SmallInteger)
    moves: Mapped[int] = mapped_column(SmallInteger)
    corrections: Mapped[int] = mapped_column(SmallInteger)
    mark: Mapped[str | None] = mapped_column(String(10))
    rules: Mapped[int] = mapped_column(SmallInteger)


class FrozenFigureRow(Row):
    """The figures of a month as they were when it was frozen; never changed.

    ``month`` is ``YYYY-MM``; ``by`` and ``group_key`` say of which cases (``all`` and an empty
    key: of all); ``figures`` maps the key of a figure to its value and number of cases.
    """

    __tablename__ = "frozen_figure"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    by: Mapped[str] = mapped_column(String(20), primary_key=True)
    group_key: Mapped[str] = mapped_column(String(120), primary_key=True)
    frozen_at: Mapped[datetime]
    rules: Mapped[int] = mapped_column(SmallInteger)
    figures: Mapped[dict[str, Any]]


class FactSumRow(Row):
    """What was counted of a day or a month that is over, see `bot.reports.sums`.

    ``by`` is empty where nothing tells cases apart; ``first`` and ``last`` are ordinals of local
    days; ``rules`` says by what it was counted; without ``content`` it is being counted.
    """

    __tablename__ = "fact_sum"
    __table_args__ = (
        UniqueConstraint("kind", "by", "first"),
        Index(None, "basis", "last", "first"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    basis: Mapped[str] = mapped_column(String(20))
    by: Mapped[str] = mapped_column(String(10))
    first: Mapped[int]
    last: Mapped[int]
    rules: Mapped[str] = mapped_column(String(32))
    announced_at: Mapped[datetime]
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
