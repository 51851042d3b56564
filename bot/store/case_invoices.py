"""Which invoices each case concerns, with what the ledger last said of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, tuple_, update

from bot.store.engine import chunks, insert_if_new
from bot.store.tables import CaseInvoiceRow, CaseRow
from bot.vocabulary import CaseId, InvoiceStage, ProcessKey

SUPPLIERS = (ProcessKey("leverantorsreskontra"), ProcessKey("stadskassan"))
"""The processes whose invoices are suppliers', which a ledger of customer invoices has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInvoice:
    """An invoice that a case concerns.

    Attributes:
        number: As the ledger has it; as the mail has it while the ledger does not know it.
        position: The order in which the case named its invoices, from 0.
        due, amount_ore, customer_no, customer: What the ledger last said; None if it never
            knew the number.
        stage: None while the ledger does not know the number.
        stopped: A person has ticked that it is stopped.
        looked_up_at: When the ledger was last asked; None where it is not one for the ledger.
    """

    case_id: CaseId
    number: str
    position: int
    due: date | None = None
    amount_ore: int | None = None
    stage: InvoiceStage | None = None
    customer_no: str | None = None
    customer: str | None = None
    stopped: bool = False
    looked_up_at: datetime | None = None

    @property
    def key(self) -> tuple[CaseId, str]:
        """Return what tells it from all others."""
        return self.case_id, self.number

    @property
    def is_unknown(self) -> bool:
        """Tell whether the ledger was asked and has never known the number.

        One that it knew once, and has no longer, is no wrong number: it is settled, most likely.
        """
        never_known = self.stage is None and self.amount_ore is None
        return self.looked_up_at is not None and never_known


_OF_CASES = (
    select(CaseInvoiceRow.__table__)
    .where(CaseInvoiceRow.case_id.in_(bindparam("of", expanding=True)))
    .order_by(CaseInvoiceRow.case_id, CaseInvoiceRow.position, CaseInvoiceRow.number)
)


class CaseInvoices:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_cases(self, case_ids: Collection[CaseId]) -> dict[CaseId, list[CaseInvoice]]:
        """Return the invoices of each case in their order; a case without any is absent."""
        found: dict[CaseId, list[CaseInvoice]] = {}
        for some in chunks(case_ids):
            for row in self._connection.execute(_OF_CASES, {"of": some}):
                found.setdefault(CaseId(row.case_id), []).append(_case_invoice(row))
        return found

    def for_ledger(self, after: tuple[CaseId, str] | None, *, limit: int) -> list[CaseInvoice]:
        """Return invoices that the ledger can know, by key, from behind one on.

        Those of cases about suppliers are invoices that it has not.
        """
        query = (
            select(CaseInvoiceRow.__table__)
            .join(CaseRow, CaseRow.id == CaseInvoiceRow.case_id)
            .where(func.coalesce(CaseRow.process, "").not_in(SUPPLIERS))
            .order_by(CaseInvoiceRow.case_id, CaseInvoiceRow.number)
            .limit(limit)
        )
        if after is not None:
            key = tuple_(CaseInvoiceRow.case_id, CaseInvoiceRow.number)
            query = query.where(key > after)
        return [_case_invoice(row) for row in self._connection.execute(query)]

    def insert(self, invoices: Iterable[CaseInvoice]) -> None:
        """Store new invoices; one that the case has already is left as it is."""
        insert_if_new(self._connection, CaseInvoiceRow, [_values(invoice) for invoice in invoices])

    def remove(self, case_id: CaseId, numbers: Collection[str]) -> None:
        """Take invoices off a case that it does not concern after all."""
        self._connection.execute(
            delete(CaseInvoiceRow).where(
                CaseInvoiceRow.case_id == case_id, CaseInvoiceRow.number.in_(numbers)
            )
        )

    def change(self, changes: Sequence[tuple[CaseInvoice, CaseInvoice]]) -> None:
        """Store what the ledger says now: (before, after) each; the tick stays as it is.

        A new number that the case has as another invoice makes the two one.
        """
        moved = [(before, after) for before, after in changes if before.key != after.key]
        have = {
            invoice.key: invoice
            for invoices in self.of_cases({after.case_id for _, after in moved}).values()
            for invoice in invoices
        }
        for before, after in moved:
            if after.key in have:
                self._merge(before, after)
            else:
                self._move(before, after)
        if changes:
            self._connection.execute(
                update(CaseInvoiceRow)
                .where(
                    CaseInvoiceRow.case_id == bindparam("of_case"),
                    CaseInvoiceRow.number == bindparam("of_number"),
                )
                .execution_options(synchronize_session=False),
                [_said(after) for _, after in changes],
            )

    def _move(self, before: CaseInvoice, after: CaseInvoice) -> None:
        self._connection.execute(
            update(CaseInvoiceRow).where(*_is(before)).values(number=after.number)
        )

    def _merge(self, gone: CaseInvoice, kept: CaseInvoice) -> None:
        if gone.stopped:
            self._connection.execute(update(CaseInvoiceRow).where(*_is(kept)).values(stopped=True))
        self._connection.execute(delete(CaseInvoiceRow).where(*_is(gone)))


def _is(invoice: CaseInvoice) -> tuple[Any, ...]:
    return (
        CaseInvoiceRow.case_id == invoice.case_id,
        CaseInvoiceRow.number == invoice.number,
    )


def _said(invoice: CaseInvoice) -> dict[str, Any]:
    return {
        "of_case": invoice.case_id,
        "of_number": invoice.number,
        "due": invoice.due,
        "amount_ore": invoice.amount_ore,
        "stage": invoice.stage,
        "customer_no": invoice.customer_no,
        "customer": invoice.customer,
        "looked_up_at": invoice.looked_up_at,
    }


def _values(invoice: CaseInvoice) -> dict[str, Any]:
    return {
        "case_id": invoice.case_id,
        "number": invoice.number,
        "position": invoice.position,
        "due": invoice.due,
        "amount_ore": invoice.amount_ore,
        "stage": invoice.stage,
        "customer_no": invoice.customer_no,
        "customer": invoice.customer,
        "stopped": invoice.stopped,
        "looked_up_at": invoice.looked_up_at,
    }


def _case_invoice(row: Row[Any]) -> CaseInvoice:
    return CaseInvoice(
        case_id=CaseId(row.case_id),
        number=row.number,
        position=row.position,
        due=row.due,
        amount_ore=row.amount_ore,
        stage=None if row.stage is None else InvoiceStage(row.stage),
        customer_no=row.customer_no,
        customer=row.customer,
        stopped=row.stopped,
        looked_up_at=row.looked_up_at,
    )
