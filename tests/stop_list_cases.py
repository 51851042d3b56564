"""Urgent cases, their invoices and a ledger, put straight into a database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import delete, insert, select

from bot.cases import Case
from bot.store.engine import transaction
from bot.store.tables import (
    CaseInvoiceRow,
    LedgerCurrentRow,
    LedgerGenerationRow,
    LedgerInvoiceRow,
)
from bot.store.unit_of_work import Database
from bot.vocabulary import InvoiceStage, Urgency
from tests.made_cases import a_case

TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
DUE = date(2026, 3, 20)


def urgent_case(case_id: int, **changes: object) -> Case:
    """Return an open case about an invoice, as its mail would have made it."""
    usual: dict[str, object] = {
        "urgent": Urgency.COLLECTIONS,
        "team": "kr",
        "handle_by": datetime(2026, 3, 4, 15, 30, tzinfo=UTC),
    }
    return a_case(case_id, at=TUESDAY, **(usual | changes))


def store(database: Database, cases: Iterable[Case]) -> None:
    """Store cases."""
    with database.work() as work:
        work.cases.insert(cases)


def name_invoices(database: Database, case_id: int, *numbers: str, **values: object) -> None:
    """Let a case concern some invoices; what is not given, the last look-up did not find."""
    _insert(database, [_named(case_id, *named, **values) for named in enumerate(numbers)])


def name_one_invoice_each(database: Database, case_ids: Iterable[int]) -> None:
    """Let each case concern the invoice that has the number of its id."""
    _insert(database, [_named(case_id, 0, str(case_id)) for case_id in case_ids])


def _insert(database: Database, rows: list[dict[str, object]]) -> None:
    with transaction(database.engine) as connection:
        connection.execute(insert(CaseInvoiceRow), rows)


def _named(case_id: int, position: int, number: str, **values: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "due": None,
        "amount_ore": None,
        "stage": None,
        "customer_no": None,
        "customer": None,
        "stopped": False,
        "looked_up_at": TUESDAY,
    }
    return {"case_id": case_id, "position": position, "number": number, **usual, **values}


def invoice(number: str, stage: InvoiceStage = InvoiceStage.OPEN, **values: object) -> dict:
    """Return an invoice as the ledger has it."""
    return {
        "number": number,
        "ocr": f"{number}1",
        "customer_no": "2001",
        "customer": "Björkhagens Bygg AB",
        "due": DUE,
        "amount_ore": 125_000,
        "stage": stage,
        "paid_on": None,
        **values,
    }


def import_ledger(database: Database, at: datetime, *invoices: dict) -> None:
    """Make these invoices the ledger, switched to at an instant."""
    with transaction(database.engine) as connection:
        last = connection.scalar(
            select(LedgerGenerationRow.id).order_by(LedgerGenerationRow.id.desc()).limit(1)
        )
        generation = (last or 0) + 1
        connection.execute(
            insert(LedgerGenerationRow).values(
                id=generation, begun_at=at, switched_at=at, rows=len(invoices), rejected=0
            )
        )
        if invoices:
            rows = [{"generation": generation, **row} for row in invoices]
            connection.execute(insert(LedgerInvoiceRow), rows)
        connection.execute(delete(LedgerCurrentRow))
        connection.execute(insert(LedgerCurrentRow).values(name="current", generation=generation))
