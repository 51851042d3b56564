"""The queue and one case, as tables for people and as JSON values.

Nothing of what stands in a mail is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bot.cases import Case, Event
from bot.knowledge import Knowledge
from bot.store.case_invoices import CaseInvoice
from bot.texts import Say
from bot.vocabulary import InvoiceStage, Urgency


def as_values(case: Case, invoices: Sequence[CaseInvoice] = ()) -> Mapping[str, Any]:
    """Return a case as JSON values; an invoice without a stage is not in the ledger."""
    return {
        "case": str(case.number),
        "status": case.status.value,
        "mailbox": case.mailbox,
        "process": case.process,
        "matter": case.matter,
        "urgent": case.urgent.value,
        "team": case.team,
        "owner": case.owner,
        "received_at": case.received_at.isoformat(),
        "handle_by": None if case.handle_by is None else case.handle_by.isoformat(),
        "safe_until": None if case.safe_until is None else case.safe_until.isoformat(),
        "reasons": [{"code": reason.code, **reason.values} for reason in case.deadline_reasons],
        "stop_confirmed": case.stop_confirmed,
        "invoices": [
            {
                "number": invoice.number,
                "due": None if invoice.due is None else invoice.due.isoformat(),
                "amount_ore": invoice.amount_ore,
                "stage": None if invoice.stage is None else invoice.stage.value,
            }
            for invoice in invoices
        ],
    }


def show_queue(cases: Sequence[Case], console: Console, say: Say, knowledge: Knowledge) -> None:
    """Print the open cases, what must be handled first on top."""
    if not cases:
        console.print(say("Inga öppna ärenden."))
        return
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        say("Ärende"),
        say("Klart senast"),
        say("Ärendetyp"),
        say("Grupp"),
        say("Läge"),
    ):
        table.add_column(heading)
    for case in cases:
        table.add_row(
            str(case.number),
            _local(case.handle_by, zone),
            "" if case.matter is None else names.matter(case.matter),
            names.team(case.team),
            say.code(f"status.{case.status}"),
            style="bold red" if case.urgent is not Urgency.NO else "",
        )
    console.print(table)


def show_case(
    case: Case,
    events: Sequence[Event],
    invoices: Sequence[CaseInvoice],
    console: Console,
    say: Say,
    knowledge: Knowledge,
) -> None:
    """Print one case: what it is, by when it must be handled and why, and what happened."""
    names, zone = knowledge.names_in(say.language), knowledge.calendar.zone
    parts = [say("Ärende {case}", case=case.number), say.code(f"status.{case.status}")]
    if case.matter is not None:
        parts.append(names.matter(case.matter))
    parts.append(names.team(case.team))
    console.print(" · ".join(parts), style="bold")
    if case.handle_by is not None:
        console.print(say("Ska vara klart senast {at}.", at=_local(case.handle_by, zone)))
        for reason in case.deadline_reasons:
            console.print(f"  {say.code(reason.code, **_shown(reason.values, zone))}")
    if case.safe_until is not None:
        console.print(say("Säkert till {at}.", at=_local(case.safe_until, zone)))
    for invoice in invoices:
        known = invoice.stage is not None
        stage = say.code(f"stage.{invoice.stage}" if known else "stage.unknown")
        parts = [say("Faktura {number}", number=invoice.number), stage]
        if invoice.due is not None:
            parts.append(say("förfaller {day}", day=invoice.due.isoformat()))
        at_collector = invoice.stage is InvoiceStage.COLLECTION
        console.print("  " + " · ".join(parts), style="bold red" if at_collector else "")
    for event in events:
        console.print(f"  {_local(event.at, zone)}  {say.code(f'event.{event.kind}')}", style="dim")


def _shown(values: Mapping[str, Any], zone: tzinfo) -> Mapping[str, Any]:
    shown = dict(values)
    for name in ("until", "run_at"):
        if isinstance(shown.get(name), str):
            shown[name] = _local(datetime.fromisoformat(shown[name]), zone)
    return shown


def _local(at: datetime | None, zone: tzinfo) -> str:
    return "" if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
