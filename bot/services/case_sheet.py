"""A case with its invoices and with what is missing on it, as people see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.cases import Case
from bot.store.case_invoices import CaseInvoice
from bot.store.unit_of_work import Work
from bot.vocabulary import Missing, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSheet:
    """A case and what belongs to it.

    Attributes:
        invoices: In the order in which they were named.
        missing: What a handler must ask for now, in the order of `Missing`.
    """

    case: Case
    invoices: tuple[CaseInvoice, ...] = ()
    missing: tuple[Missing, ...] = ()


def sheets(work: Work, cases: Sequence[Case]) -> list[CaseSheet]:
    """Return the sheets of some cases, in the same order."""
    ids = [case.id for case in cases]
    invoices = work.case_invoices.of_cases(ids)
    judged = work.stop_lists.judged(ids)
    found = []
    for case in cases:
        named = tuple(invoices.get(case.id, ()))
        asked = judged[case.id].missing if case.id in judged else ()
        found.append(CaseSheet(case=case, invoices=named, missing=missing_now(case, asked, named)))
    return found


def missing_now(
    case: Case, asked: Collection[Missing], invoices: Collection[CaseInvoice]
) -> tuple[Missing, ...]:
    """Return what is missing on a case, with what mails and the ledger have said since.

    The number of the invoice is missing while the ledger does not know one that the case
    names, and on a case about collection that names none.

    Args:
        asked: What the first mail lacked.
    """
    lacking = set(asked)
    if invoices:
        lacking.discard(Missing.INVOICE_NUMBER)
    if any(invoice.is_unknown for invoice in invoices) or (
        case.urgent is Urgency.COLLECTIONS and not invoices
    ):
        lacking.add(Missing.INVOICE_NUMBER)
    return tuple(item for item in Missing if item in lacking)
