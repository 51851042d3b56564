"""The queue and one case, as tables for people and as JSON values.

Nothing of what stands in a mail is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from rich import box
from rich.console import Console

from bot.cases import Case, DeadlineReason, Event
from bot.cli.wide_tables import Table
from bot.dunning import DeadlineCode, sentence
from bot.knowledge import Knowledge
from bot.services.case_sheet import CaseSheet
from bot.store.case_invoices import CaseInvoice
from bot.texts import Say
from bot.texts.mail_codes import why_withheld
from bot.vocabulary import EventKind, InvoiceStage, Urgency

_A_DAY: Final = 10
"""Characters of a day, which stands on one line."""


def as_values(sheet: CaseSheet) -> Mapping[str, Any]:
    """Return a case as JSON values; an invoice without a stage is not in the ledger."""
    case = sheet.case
    return {
        "case": str(case.number),
        "status": case.status.value,
        "mailbox": case.mailbox,
        "process": case.process,
        "matter": case.matter,
        "urgent": case.urgent.value,
        "possible": case.possible,
        "complaint": case.complaint,
        "protected": case.protected,
        "team": case.team,
        "owner": case.owner,
        "received_at": case.received_at.isoformat(),
        "handle_by": None if case.handle_by is None else case.handle_by.isoformat(),
        "safe_until": None if case.safe_until is None else case.safe_until.isoformat(),
        "reasons": [{"code": reason.code, **reason.values} for reason in case.deadline_reasons],
        "stop_confirmed": case.stop_confirmed,
        "missing": [item.value for item in sheet.missing],
        "invoices": [
            {
                "number": invoice.number,
                "due": None if invoice.due is None else invoice.due.isoformat(),
                "amount_ore": invoice.amount_ore,
                "stage": None if invoice.stage is None else invoice.stage.value,
                "customer_no": None if case.protected else invoice.customer_no,
                "customer": None if case.protected else invoice.customer,
            }
            for invoice in sheet.invoices
        ],
    }


def show_queue(cases: Sequence[Case], console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print the open cases, what must be handled first on top."""
    if not cases:
        console.print(say("Inga öppna ärenden."))
        return
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in (say("Ärende"), say("Klart senast")):
        table.add_column(heading, no_wrap=True)
    table.add_column(say("Därför"), min_width=_A_DAY)
    for heading in (say("Ärendetyp"), say("Grupp"), say("Läge")):
        table.add_column(heading)
    for case in cases:
        table.add_row(
            str(case.number),
            _local(case.handle_by, zone),
            "\n".join(_why(case, say, zone)),
            "" if case.matter is None else names.matter(case.matter),
            names.team(case.team),
            say.code(f"status.{case.status}"),
            style="bold red" if case.urgent is not Urgency.NO else "",
        )
    console.print(table)


def show_case(
    sheet: CaseSheet, events: Sequence[Event], console: Console, say: Say, knowledge: Knowledge
) -> None:
    """Print one case: what it is, by when it must be handled and why, and what happened."""
    case = sheet.case
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    parts = [say("Ärende {case}", case=case.number), say.code(f"status.{case.status}")]
    if case.matter is not None:
        parts.append(names.matter(case.matter))
    parts.append(names.team(case.team))
    console.print(" · ".join(parts), style="bold")
    for mark_of_case in _marks(case, say):
        console.print(f"  {mark_of_case}", style="bold")
    if case.handle_by is not None:
        console.print(say("Ska vara klart senast {at}.", at=_local(case.handle_by, zone)))
        for reason in case.deadline_reasons:
            console.print(f"  {_because(reason, say, zone)}")
    if case.safe_until is not None:
        console.print(say("Säkert till {at}.", at=_local(case.safe_until, zone)))
    for invoice in sheet.invoices:
        at_collector = invoice.stage is InvoiceStage.COLLECTION
        style = "bold red" if at_collector else ""
        console.print(f"  {_invoice_line(invoice, case, say)}", style=style, markup=False)
    if sheet.missing:
        lacking = say.listing(say.code(f"missing.{item}") for item in sheet.missing)
        console.print(say("Saknas: {missing}.", missing=lacking))
    for event in events:
        happened = ": ".join((say.code(f"event.{event.kind}"), *_detail(event, say)))
        console.print(f"  {_local(event.at, zone)}  {happened}", style="dim")


def _marks(case: Case, say: Say) -> Iterator[str]:
    """Yield what a person must know of a case before anything else."""
    if case.urgent is not Urgency.NO:
        yield say.code(f"urgent.{case.urgent}")
    elif case.possible:
        yield say("Kan vara bråttom")
    if case.protected:
        yield say("Skyddade uppgifter")
    if case.complaint:
        yield say("Klagomål")


def _detail(event: Event, say: Say) -> Iterator[str]:
    """Yield why nothing went out, where an event tells of that."""
    if event.kind in (EventKind.RECEIPT_WITHHELD, EventKind.REPLY_WITHHELD):
        because = [say.code(code) for code in why_withheld(str(event.data.get("because", "")))]
        if because:
            yield "; ".join(because)


def _invoice_line(invoice: CaseInvoice, case: Case, say: Say) -> str:
    parts = [say("Faktura {number}", number=invoice.number), _stage(invoice, say)]
    if invoice.due is not None:
        parts.append(say("förfaller {day}", day=invoice.due.isoformat()))
    if invoice.amount_ore is not None:
        amount = say.number(invoice.amount_ore / 100, decimals=2)
        parts.append(say("{amount} kr", amount=amount))
    # Who has protected data is named nowhere but in the ledger itself.
    if invoice.customer is not None and not case.protected:
        parts.append(invoice.customer)
    return " · ".join(parts)


def _why(case: Case, say: Say, zone: tzinfo) -> Iterator[str]:
    """Yield the reason that decides the deadline of a case, and until when it is safe.

    One without a deadline that may be urgent says so.
    """
    if case.possible and case.urgent is Urgency.NO:
        yield say("Kan vara bråttom")
    for reason in case.deadline_reasons[:1]:
        yield _because(reason, say, zone)
    if case.safe_until is not None:
        yield say("Säkert till {at}.", at=_local(case.safe_until, zone))


def _stage(invoice: CaseInvoice, say: Say) -> str:
    if invoice.stage is not None:
        return say.code(f"stage.{invoice.stage}")
    return say.code("stage.unknown" if invoice.looked_up_at is not None else "stage.not_asked")


def _because(reason: DeadlineReason, say: Say, zone: tzinfo) -> str:
    code = DeadlineCode(reason.code.removeprefix("deadline."))
    return sentence(code, reason.values, say, zone=zone)


def _local(at: datetime | None, zone: tzinfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
