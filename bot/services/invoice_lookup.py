"""What the ledger says of the invoices that cases concern: at intake, and after each import."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.ledger_file import Invoice
from bot.store.case_invoices import CaseInvoice
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import CaseId

BATCH = 500
LONGEST_NUMBER = 30
"""How many characters of an invoice number can be kept."""


def look_up(
    work: Work, named: Mapping[CaseId, Sequence[str]], now: datetime, *, ask_ledger: bool = True
) -> dict[CaseId, list[CaseInvoice]]:
    """Store the invoices that mails name on their cases, with what the ledger says of them.

    An OCR number becomes the invoice it pays. What a case has already stays as it is. A few
    statements for any number of cases, none where no invoice is named.

    Args:
        named: Numbers as the mails have them, in their order.
        ask_ledger: No for invoices of suppliers: a ledger of customer invoices has them not,
            but may have others with the same numbers.

    Returns:
        All invoices of each case that names one, in their order. Before the first import
        nothing is looked up.
    """
    wanted = {number for numbers in named.values() for number in numbers}
    if not wanted:
        return {}
    asked = ask_ledger and work.ledger.current() is not None
    known = _known(work, wanted) if asked else {}
    present = work.case_invoices.of_cases(named.keys())
    new: list[CaseInvoice] = []
    for case_id, numbers in named.items():
        have = present.setdefault(case_id, [])
        seen = {invoice.number for invoice in have}
        position = max((invoice.position for invoice in have), default=-1) + 1
        for number in numbers:
            found = CaseInvoice(case_id=case_id, number=number[:LONGEST_NUMBER], position=position)
            if asked:
                found = _told(found, known.get(number), now)
            if found.number not in seen:
                seen.add(found.number)
                new.append(found)
                have.append(found)
                position += 1
    work.case_invoices.insert(new)
    return present


def as_known(work: Work, numbers: Collection[str]) -> set[str]:
    """Return how the file of a case may name some invoices: as mails do, and as the ledger does."""
    said = _known(work, numbers)
    return {number[:LONGEST_NUMBER] for number in numbers} | {one.number for one in said.values()}


def refresh_all(database: Database, clock: Clock) -> int:
    """Ask the ledger again about the invoices of all cases; return how many there are.

    In short transactions; run after each import. What the ledger no longer knows keeps what
    it last said, without a stage.
    """
    count = 0
    last: tuple[CaseId, str] | None = None
    while True:
        with database.work() as work:
            batch = work.case_invoices.for_ledger(last, limit=BATCH)
            known = _known(work, {invoice.number for invoice in batch})
            now = clock.now()
            work.case_invoices.change(
                [(invoice, _told(invoice, known.get(invoice.number), now)) for invoice in batch]
            )
        if not batch:
            return count
        count += len(batch)
        last = batch[-1].key


def _known(work: Work, numbers: Collection[str]) -> dict[str, Invoice]:
    """Return what the ledger knows by invoice number, and of the rest by OCR number."""
    if not numbers:
        return {}
    by_number = work.ledger.find_many(numbers)
    rest = set(numbers).difference(by_number)
    return {**work.ledger.find_many_by_ocr(rest), **by_number}


def _told(invoice: CaseInvoice, said: Invoice | None, now: datetime) -> CaseInvoice:
    if said is None:
        return replace(invoice, stage=None, looked_up_at=now)
    return replace(
        invoice,
        number=said.number,
        due=said.due,
        amount_ore=said.amount_ore,
        stage=said.stage,
        customer_no=said.customer_no,
        customer=said.customer,
        looked_up_at=now,
    )
