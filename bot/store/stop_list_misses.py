"""Invoices that stood on a stop list and went to the collector all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.cases import CaseNumber
from bot.stop_list import Line, Part
from bot.store.engine import chunks, insert_if_new
from bot.store.tables import (
    CaseRow,
    EventRow,
    LedgerCurrentRow,
    LedgerGenerationRow,
    LedgerInvoiceRow,
    MissRow,
    StopListLineRow,
    StopListRow,
)
from bot.vocabulary import CaseId, EventKind, InvoiceStage, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCollector:
    """An invoice of a list that the ledger now shows at the collector.

    Attributes:
        due, ledger_due: As the list had it, and as the ledger has it.
        ticked: A person has ticked the stop of the case.
    """

    invoice: str
    stop_list_id: int
    case_id: CaseId
    amount_ore: int
    due: date | None
    ledger_due: date | None
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """An invoice that stood on a stop list and went to the collector all the same.

    Attributes:
        listed_at: When the last list on which it stood was given out.
    """

    invoice: str
    case: str | None
    amount_ore: int
    listed_at: datetime
    found_at: datetime


class Misses:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def at_collector(self) -> list[AtCollector]:
        """Return what was to be stopped, is at the collector now, and is not yet a miss.

        By the ledger's number, of which a list may have had the OCR number instead.
        """
        ledger = self._connection.execute(_CURRENT).one_or_none()
        if ledger is None:
            return []
        found: list[AtCollector] = []
        for column in (LedgerInvoiceRow.number, LedgerInvoiceRow.ocr):
            gone = self._connection.execute(_gone(column, ledger.id, ledger.switched_at))
            found += self._of_last_lists({row.invoice: row for row in gone})
        return found

    def _of_last_lists(self, gone: Mapping[str, Row[Any]]) -> Iterator[AtCollector]:
        # One statement with all of this lets SQLite read a whole list for each invoice.
        for chunk in chunks(gone):
            lines = self._connection.execute(
                select(
                    StopListLineRow.invoice,
                    StopListLineRow.stop_list_id,
                    StopListLineRow.case_id,
                    StopListLineRow.line,
                    CaseRow.stop_confirmed,
                )
                .join(CaseRow, CaseRow.id == StopListLineRow.case_id)
                .where(StopListLineRow.invoice.in_(chunk), StopListLineRow.part == Part.STOP)
                .order_by(StopListLineRow.invoice, StopListLineRow.position)
            )
            for line in lines:
                said = gone[line.invoice]
                if line.stop_list_id == said.last:
                    yield _at_collector(line, said)

    def without_need(self, case_ids: Collection[CaseId]) -> frozenset[CaseId]:
        """Return the cases whose last tick says that no stop was needed."""
        stopped: dict[CaseId, bool] = {}
        for chunk in chunks(case_ids):
            rows = self._connection.execute(
                select(EventRow.case_id, EventRow.data)
                .where(EventRow.case_id.in_(chunk), EventRow.kind == EventKind.STOP_CONFIRMED)
                .order_by(EventRow.id)
            )
            stopped |= {CaseId(case_id): data.get("stopped", True) for case_id, data in rows}
        return frozenset(case_id for case_id, was in stopped.items() if not was)

    def record(self, found: Iterable[AtCollector], now: datetime) -> None:
        """Store misses; each invoice counts once."""
        rows = [
            {
                "invoice": miss.invoice,
                "stop_list_id": miss.stop_list_id,
                "case_id": miss.case_id,
                "amount_ore": miss.amount_ore,
                "found_at": now,
            }
            for miss in found
        ]
        insert_if_new(self._connection, MissRow, rows)

    def listed(self) -> list[Miss]:
        """Return every miss, newest first."""
        rows = self._connection.execute(
            select(
                MissRow.invoice,
                MissRow.amount_ore,
                MissRow.found_at,
                StopListRow.made_at,
                CaseRow.year,
                CaseRow.serial,
            )
            .join(StopListRow, StopListRow.id == MissRow.stop_list_id)
            .join(CaseRow, CaseRow.id == MissRow.case_id, isouter=True)
            .order_by(MissRow.found_at.desc(), MissRow.invoice)
        )
        return [
            Miss(
                invoice=row.invoice,
                case=None
                if row.year is None
                else str(CaseNumber(year=row.year, serial=row.serial)),
                amount_ore=row.amount_ore or 0,
                listed_at=row.made_at,
                found_at=row.found_at,
            )
            for row in rows
        ]


_CURRENT = select(LedgerGenerationRow.id, LedgerGenerationRow.switched_at).join(
    LedgerCurrentRow, LedgerCurrentRow.generation == LedgerGenerationRow.id
)


def _gone(
    column: InstrumentedAttribute[Any], generation: int, switched_at: datetime
) -> Select[*tuple[Any, ...]]:
    """Select (invoice, its last list, what the ledger says) of listed invoices now gone.

    Args:
        column: The one of the ledger that the number on the lists is compared with.
        generation: A value, so that the search reads no other one.
    """
    said = (LedgerInvoiceRow.number, LedgerInvoiceRow.amount_ore, LedgerInvoiceRow.due)
    return (
        select(StopListLineRow.invoice, func.max(StopListLineRow.stop_list_id).label("last"), *said)
        .join(StopListRow, StopListRow.id == StopListLineRow.stop_list_id)
        .join(LedgerInvoiceRow, column == StopListLineRow.invoice)
        .where(
            LedgerInvoiceRow.generation == generation,
            LedgerInvoiceRow.stage == InvoiceStage.COLLECTION,
            LedgerInvoiceRow.number.not_in(select(MissRow.invoice)),
            StopListRow.kind == Urgency.COLLECTIONS,
            StopListRow.made_at <= switched_at,
            StopListLineRow.part == Part.STOP,
        )
        .group_by(StopListLineRow.invoice, *said)
        .order_by(LedgerInvoiceRow.number)
    )


def _at_collector(row: Row[Any], said: Row[Any]) -> AtCollector:
    line = Line.from_json(row.line)
    return AtCollector(
        invoice=said.number,
        stop_list_id=row.stop_list_id,
        case_id=CaseId(row.case_id),
        amount_ore=said.amount_ore,
        due=line.due,
        ledger_due=said.due,
        ticked=row.stop_confirmed,
    )
