"""The ledger, the invoices of cases, the watch over urgent ones, and stop lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Row


class LedgerGenerationRow(Row):
    """One import of the open customer invoices."""

    __tablename__ = "ledger_generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]
    switched_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)


class LedgerCurrentRow(Row):
    """The one row that says which generation counts; its UPDATE is the switch."""

    __tablename__ = "ledger_current"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    generation: Mapped[int | None] = mapped_column(ForeignKey("ledger_generation.id"))


class LedgerInvoiceRow(Row):
    """An invoice as a generation of the ledger has it."""

    __tablename__ = "ledger_invoice"
    __table_args__ = (
        Index(None, "generation", "ocr"),
        Index(None, "generation", "customer_no"),
        {"sqlite_with_rowid": False},
    )

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(30), primary_key=True)
    ocr: Mapped[str | None] = mapped_column(String(30))
    customer_no: Mapped[str | None] = mapped_column(String(30))
    customer: Mapped[str | None] = mapped_column(String(200))
    due: Mapped[date | None]
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(String(12))
    paid_on: Mapped[date | None]


class CaseInvoiceRow(Row):
    """An invoice that a case concerns, with what the ledger last said of it.

    ``stage`` is null while the ledger does not know the number.
    """

    __tablename__ = "case_invoice"
    __table_args__ = (Index(None, "number"), Index(None, "customer_no"))

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[str] = mapped_column(String(30), primary_key=True)
    position: Mapped[int]
    due: Mapped[date | None]
    amount_ore: Mapped[int | None] = mapped_column(BigInteger)
    stage: Mapped[str | None] = mapped_column(String(12))
    customer_no: Mapped[str | None] = mapped_column(String(30))
    customer: Mapped[str | None] = mapped_column(String(200))
    stopped: Mapped[bool] = mapped_column(default=False)
    looked_up_at: Mapped[datetime | None]


class WatchRow(Row):
    """An urgent case until a person acknowledges it, and until it is closed."""

    __tablename__ = "urgency_watch"
    __table_args__ = (Index(None, "next_at"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    begun_at: Mapped[datetime]
    step: Mapped[int]
    next_at: Mapped[datetime | None]
    told_half: Mapped[bool] = mapped_column(default=False)
    told_last_hour: Mapped[bool] = mapped_column(default=False)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(60))


class StopListRow(Row):
    """A stop list as it was given out."""

    __tablename__ = "stop_list"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    run_on: Mapped[date | None]
    made_at: Mapped[datetime]


class StopListLineRow(Row):
    """One line of a stop list that was given out."""

    __tablename__ = "stop_list_line"
    __table_args__ = (Index(None, "invoice"),)

    stop_list_id: Mapped[int] = mapped_column(
        ForeignKey("stop_list.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    invoice: Mapped[str | None] = mapped_column(String(30))
    line: Mapped[dict[str, Any]]


class MissRow(Row):
    """An invoice that stood on a stop list and went to the collector all the same."""

    __tablename__ = "stop_list_miss"

    invoice: Mapped[str] = mapped_column(String(30), primary_key=True)
    stop_list_id: Mapped[int] = mapped_column(ForeignKey("stop_list.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    amount_ore: Mapped[int | None] = mapped_column(BigInteger)
    found_at: Mapped[datetime]
