"""One case as a ZIP file: mails, events and decisions, for a request for public records.

Whether all of it may be handed out (OSL) is for a person to say; the file says so first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.cases import SOMEBODY, SYSTEM, Case, Event
from bot.clock import Clock
from bot.csv_cells import BYTE_ORDER_MARK, Cell, csv_text
from bot.notifying import Names
from bot.services.archive import letter_files, zipped
from bot.services.new_case import House
from bot.store.case_invoices import CaseInvoice
from bot.store.case_papers import MailPaper
from bot.store.promises import PhoneCall
from bot.store.unit_of_work import Database, Work
from bot.texts import Say, mark
from bot.vocabulary import EventKind, PersonKey

_DECISIONS = (
    EventKind.RETAGGED,
    EventKind.MOVED_PROCESS,
    EventKind.HANDED_OVER,
    EventKind.RECEIPT_SENT,
    EventKind.RECEIPT_WITHHELD,
    EventKind.REPLY_SENT,
    EventKind.REPLY_WITHHELD,
    EventKind.ANSWERED,
    EventKind.FEEDBACK_ONGOING,
    EventKind.FEEDBACK_DONE,
    EventKind.ACKNOWLEDGED,
    EventKind.STOP_CONFIRMED,
    EventKind.CLOSED,
    EventKind.REOPENED,
    EventKind.MERGED,
    EventKind.UNDONE,
    EventKind.REMARK_REGISTERED,
    EventKind.EXPORTED,
)
_CONTENTS = mark(
    "Ärende {case}, utlämnat {at}.\n"
    "Innan filen lämnas ut: sekretesspröva innehållet (OSL). Filen är inte maskad.\n\n"
    "mejl/            mejlen som de kom och skickades, äldst först, med bilagor\n"
    "händelser.csv    allt som hänt, med tid och vem\n"
    "beslut.csv       vad som bestämdes, av vem, och mallens version\n"
    "fakturor.csv     fakturorna som ärendet nämner\n"
    "anteckningar.csv samtal och synpunkter\n"
    "ärende.json      ärendet som det står nu\n"
)
_MACHINES = {SYSTEM: mark("Samma dag"), SOMEBODY: mark("någon i Outlook")}
_ERASED = mark("\nTexterna i ärendet gallrades {at}; det som hände finns kvar.\n")


class Export:
    """Makes the file; that it was made is an event."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def case(self, case: Case, *, by: PersonKey, say: Say, names: Names) -> bytes:
        """Return a case as a ZIP file.

        Args:
            by: Who asked for it.
        """
        now = self._clock.now()
        with self._database.work() as work:
            event = Event.on(case, EventKind.EXPORTED, now, self._house.calendar, actor=by)
            work.cases.record([event])
            files = list(self._files(work, case, now, say, names))
        return zipped(files, now.astimezone(self._house.zone))

    def _files(
        self, work: Work, case: Case, now: datetime, say: Say, names: Names
    ) -> Iterator[tuple[str, bytes]]:
        zone = self._house.zone

        def local(at: datetime) -> str:
            return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

        erased_at = work.keeping.erased_at(case.id)
        contents = say(_CONTENTS, case=case.number, at=local(now))
        if erased_at is not None:
            contents += say(_ERASED, at=local(erased_at))
        yield say("innehåll.txt"), contents.encode()
        mails = list(work.case_papers.mails(case.id))
        yield from letter_files(mails, say("mejl"), say)
        events = work.cases.events(case.id)
        rows = [_event_row(event, local(event.at), say, names) for event in events]
        head = (say("tid"), say("händelse"), say("vem"), say("arbetstid (s)"), say("uppgifter"))
        yield say("händelser.csv"), _table(head, rows)
        decided = [_event_row(e, local(e.at), say, names) for e in events if e.kind in _DECISIONS]
        letters = [_letter_row(paper, local(paper.at), say) for paper in mails if paper.template]
        decisions = sorted((*decided, *letters), key=lambda row: str(row[0]))
        yield say("beslut.csv"), _table(head, decisions)
        invoices = work.case_invoices.of_cases([case.id]).get(case.id, ())
        yield say("fakturor.csv"), _table(*_invoices(invoices, say))
        calls = work.phone_calls.of_cases([case.id])
        said = [
            (local(at), say.code(f"register.{register}"), text)
            for at, register, text in work.case_papers.register_texts(case.id)
        ]
        notes = (*_call_rows(calls.get(case.id), local(case.received_at), say), *said)
        yield say("anteckningar.csv"), _table((say("tid"), say("var"), say("text")), notes)
        yield say("ärende.json"), _case_json(case).encode()


def file_name(case: Case) -> str:
    """Return what the file is called; it names nobody."""
    return f"arende-{case.number}.zip"


def _event_row(event: Event, at: str, say: Say, names: Names) -> Sequence[Cell]:
    who = _MACHINES.get(event.actor)
    actor = names.person(PersonKey(event.actor)) if who is None else say(who)
    facts = ", ".join(f"{name}={value}" for name, value in sorted(event.data.items()))
    return (at, say.code(f"event.{event.kind}"), actor, event.working_seconds, facts)


def _letter_row(paper: MailPaper, at: str, say: Say) -> Sequence[Cell]:
    facts = f"template={paper.template}, version={paper.template_version}"
    return (at, say("Mejl från en mall"), "", None, facts)


def _invoices(
    invoices: Iterable[CaseInvoice], say: Say
) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    head = (say("faktura"), say("kundnummer"), say("kund"), say("förfaller"), say("öre"))
    rows: list[Sequence[Cell]] = [
        (i.number, i.customer_no, i.customer, i.due, i.amount_ore) for i in invoices
    ]
    return head, rows


def _call_rows(call: PhoneCall | None, at: str, say: Say) -> list[Sequence[Cell]]:
    if call is None:
        return []
    text = " · ".join(part for part in (call.customer, call.callback, call.note) if part)
    return [(at, say("samtal"), text)]


def _table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    return (BYTE_ORDER_MARK + csv_text([head, *rows])).encode()


def _case_json(case: Case) -> str:
    values = {
        "case": str(case.number),
        "status": case.status.value,
        "channel": case.channel.value,
        "mailbox": case.mailbox,
        "process": case.process,
        "matter": case.matter,
        "urgent": case.urgent.value,
        "protected": case.protected,
        "customer": case.customer,
        "team": case.team,
        "owner": case.owner,
        "received_at": case.received_at.isoformat(),
        "stop_confirmed": case.stop_confirmed,
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"
