"""By when an urgent case must be handled, from what the mail and the ledger say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot import dunning
from bot.cases import Case, DeadlineReason
from bot.clock import Clock
from bot.dunning import (
    DeadlineCode,
    OpenInvoice,
    collections_deadline,
    payout_deadline,
)
from bot.ladder import Until, next_at
from bot.language.folding import fold
from bot.language.tokens import words
from bot.services.new_case import House
from bot.services.reading import Reading
from bot.store.case_invoices import CaseInvoice
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import CaseId, Urgency
from functionmail.message import Message

_COLLECTION_WORDS = (
    "inkass",
    "inkaso",
    "incasso",
    "kronofog",
    "kfm",
    "paminnelse",
    "betalningspaminnelse",
    "pamind",
    "kravbrev",
    "betalningskrav",
    "reminder",
    "collection",
    "debt",
    "bailiff",
    "enforcement",
)
"""How the words begin, folded. One too many makes a deadline a day sooner at most."""
_EXAMINED = 20_000
_BATCH = 200
_MENTIONED = "deadline.collection_mentioned"
_ARRIVED = "arrived_at"


def deadline_by_mail(reading: Reading, case: Case, arrived_at: datetime, house: House) -> Case:
    """Return an urgent case with the deadline that a mail gives it, before the ledger is asked."""
    found = reading.triage
    # Who writes is not who pays: the payer, and so the group, is known from the ledger alone.
    invoices = [OpenInvoice(due=found.due, stage=None) for _ in found.invoices]
    return with_deadline(
        case,
        invoices,
        due=found.due,
        mentioned_collection=mentions_collection(_said(reading.message)),
        arrived_at=arrived_at,
        house=house,
    )


def with_deadline(
    case: Case,
    invoices: Sequence[OpenInvoice],
    *,
    due: date | None,
    mentioned_collection: bool,
    arrived_at: datetime,
    house: House,
) -> Case:
    """Return an urgent case with its deadline.

    Args:
        due: When a payment is due, for a case about a payment.
    """
    knowledge = house.knowledge
    if case.urgent is Urgency.PAYOUT:
        found = payout_deadline(
            arrived_at=arrived_at,
            due=due,
            process=case.process,
            calendar=house.calendar,
            runs=knowledge.payment_runs,
        )
    else:
        found = collections_deadline(
            arrived_at=arrived_at,
            invoices=invoices,
            mentioned_collection=mentioned_collection,
            calendar=house.calendar,
            rules=knowledge.dunning,
        )
    return replace(
        case,
        handle_by=found.handle_by,
        safe_until=found.safe_until,
        deadline_reasons=tuple(
            DeadlineReason(code=f"deadline.{reason.code}", values=_values(reason, arrived_at))
            for reason in found.reasons
        ),
    )


def deadline_by_ledger(case: Case, invoices: Sequence[CaseInvoice], house: House) -> Case:
    """Return an urgent case with the deadline that the ledger gives it.

    Only an invoice that the ledger knows says anything new; where it knows none, the deadline
    stays what the mail made it.
    """
    known = [invoice for invoice in invoices if invoice.stage is not None]
    if case.urgent is not Urgency.COLLECTIONS or not known:
        return case
    return deadline_anew(case, invoices, house)


def deadline_anew(
    case: Case, invoices: Sequence[CaseInvoice], house: House, *, since: datetime | None = None
) -> Case:
    """Return an urgent case with the deadline that follows from what is stored about it.

    Args:
        since: When it became urgent; default: as its deadline says.
    """
    group_of = house.knowledge.dunning_group
    return with_deadline(
        case,
        [
            OpenInvoice(
                due=invoice.due,
                stage=invoice.stage,
                group=group_of(invoice.customer, customer_no=invoice.customer_no),
            )
            for invoice in invoices
        ],
        due=None,
        mentioned_collection=was_mentioned(case),
        arrived_at=since or urgent_since(case),
        house=house,
    )


def refresh_deadlines(database: Database, house: House, clock: Clock) -> int:
    """Set the deadlines of all open urgent invoice cases by the ledger that counts now.

    In short transactions; run after the invoices were looked up anew. The ladder of a case
    whose deadline moved goes on by the new one.

    Returns:
        How many deadlines moved.
    """
    moved, last = 0, CaseId(0)
    while True:
        with database.work() as work:
            cases = work.cases.open_urgent(after=last, limit=_BATCH)
            invoices = work.case_invoices.of_cases([case.id for case in cases])
            for case in cases:
                changed = deadline_by_ledger(case, invoices.get(case.id, ()), house)
                if changed != case:
                    work.cases.change(changed)
                    move_ladder(work, changed, house, clock.now())
                    moved += 1
        if not cases:
            return moved
        last = cases[-1].id


def move_ladder(work: Work, case: Case, house: House, now: datetime) -> None:
    """Let the ladder of a case whose deadline moved go on by the new one."""
    stored = work.watches.get(case.id)
    if stored is None or stored.next_at is None:
        return
    later = next_at(stored.watch, Until.of(case), house.ladder, house.calendar)
    work.watches.go_on(case.id, stored.watch, max(later, now), was=stored.next_at)


def _values(reason: dunning.DeadlineReason, arrived_at: datetime) -> dict[str, str]:
    counts = reason.code is DeadlineCode.NEXT_WORKING_DAY
    return {**reason.values(), **({_ARRIVED: arrived_at.isoformat()} if counts else {})}


def urgent_since(case: Case) -> datetime:
    """Return the arrival that the deadline of an urgent case counts from.

    A case that a later mail made urgent has not been urgent for as long as it is there.
    """
    said = (reason.values.get(_ARRIVED) for reason in case.deadline_reasons)
    arrivals = [datetime.fromisoformat(str(at)) for at in said if at is not None]
    return max([case.clock_started_at, *arrivals])


def was_mentioned(case: Case) -> bool:
    """Tell whether the deadline of a case came with a mention of collection."""
    return any(reason.code == _MENTIONED for reason in case.deadline_reasons)


def mentions_collection(said: str) -> bool:
    """Tell whether somebody mentions a reminder, collection or Kronofogden."""
    folded = fold(said[:_EXAMINED])
    # Most mails hold none of them anywhere, and to part a text into words takes longer.
    if not any(beginning in folded for beginning in _COLLECTION_WORDS):
        return False
    return any(word.startswith(_COLLECTION_WORDS) for word in words(folded))


def _said(message: Message) -> str:
    return f"{message.subject}\n{message.text}"
