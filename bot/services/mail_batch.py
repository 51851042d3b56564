"""One batch of mail between the database and the deciding: looked up at once, written at once.

A `MailBatch` serves one transaction. What is decided about its mails is kept in memory and
written in bulk at the end, parents before children.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.cases import Case, CaseNumber, Event, PlannedAction
from bot.ladder import Until, first_alert_at, next_at
from bot.ladder import Watch as LadderWatch
from bot.reply_rules import ReplyTask
from bot.services.deadlines import deadline_by_ledger
from bot.services.invoice_lookup import look_up
from bot.services.new_case import House, numbers_named
from bot.services.reading import Reading
from bot.store.case_invoices import SUPPLIERS
from bot.store.records import Delivery, KnownMessage, NewMessage
from bot.store.unit_of_work import Work
from bot.vocabulary import CaseId, EventKind, Kind, MessageId


class MailBatch:
    """What is known and what was decided about the mails of one batch.

    Attributes:
        cases: All that the batch touches, as decided so far.
        case_of_mid: The case of each known Message-ID; the oldest holds, since a later mail
            under the same id may be a stranger's copy.
        by_number: Cases by the number that people write. Where cases were put together, the
            one that goes on stands for all of them, here and in `case_of_mid` and `senders`.
        senders: Addresses that have written on each case.
        deliveries: What became of the mails, in order.
    """

    def __init__(self, work: Work, house: House, now: datetime, *, actor: str) -> None:
        self.work = work
        self.house = house
        self.now = now
        self.cases: dict[CaseId, Case] = {}
        self.case_of_mid: dict[str, CaseId] = {}
        self.by_number: dict[str, CaseId] = {}
        self.senders: dict[CaseId, set[str]] = {}
        self.deliveries: list[Delivery] = []
        self._actor = actor
        self._known: dict[str, list[KnownMessage]] = {}
        self._new_cases: list[CaseId] = []
        self._changed: set[CaseId] = set()
        self._messages: list[NewMessage] = []
        self._events: list[Event] = []
        self._actions: list[PlannedAction] = []
        self._watched: dict[CaseId, Until] = {}
        self._named: dict[CaseId, list[str]] = {}
        self._tasks: list[ReplyTask] = []
        self._next_message = 0
        self._next_case = 0

    def look_up(self, readings: Sequence[Reading]) -> None:
        """Fetch all that the batch may need, and reserve its ids."""
        mids = {reading.message.message_id for reading in readings}
        numbers: set[CaseNumber] = set()
        for reading in readings:
            mids.update(reading.candidates.stored)
            numbers.update(numbers_named(reading))
        for known in self.work.messages.known(mids):
            self._remember(known)
        cases = self.work.cases.get_many(set(self.case_of_mid.values()))
        cases.update({case.id: case for case in self.work.cases.by_numbers(numbers).values()})
        ends = self.work.merges.goes_on_in(cases)
        cases.update(self.work.cases.get_many(set(ends.values()) - set(cases)))
        self.cases = cases
        self.by_number = {str(case.number): ends.get(case.id, case.id) for case in cases.values()}
        self.case_of_mid = {mid: ends.get(key, key) for mid, key in self.case_of_mid.items()}
        for case_id, senders in self.work.cases.senders_on(list(cases)).items():
            self.senders.setdefault(ends.get(case_id, case_id), set()).update(senders)
        self._next_message = self.work.messages.reserve_ids(len(readings))
        self.reserve_cases(len(readings))

    def reserve_cases(self, count: int) -> None:
        """Reserve the ids of as many new cases."""
        self._next_case = self.work.cases.reserve_ids(count)

    def known(self, mid: str) -> Sequence[KnownMessage]:
        """Return the messages with a Message-ID, those of the batch among them, oldest first."""
        return self._known.get(mid, ())

    def is_new(self, case_id: CaseId) -> bool:
        """Tell whether a mail of the batch opened a case."""
        return case_id in self._new_cases

    def next_case_id(self) -> CaseId:
        """Return an id that was reserved and is not used yet."""
        case_id = CaseId(self._next_case)
        self._next_case += 1
        return case_id

    def open(self, case: Case, sender: str | None) -> None:
        """Add a new case; its serial follows when it is written."""
        self.cases[case.id] = case
        self._new_cases.append(case.id)
        self.senders[case.id] = set() if sender is None else {sender}

    def change(self, case: Case) -> None:
        """Put a changed case in place of what it was; written where it is different."""
        if case != self.cases[case.id]:
            self.cases[case.id] = case
            self._changed.add(case.id)

    def happened(
        self,
        case_id: CaseId,
        kind: EventKind,
        *,
        at: datetime | None = None,
        **data: str | int | bool | None,
    ) -> None:
        """Note an event on a case; by default it happens now."""
        self._events.append(
            Event.on(
                self.cases[case_id],
                kind,
                self.now if at is None else at,
                self.house.calendar,
                actor=self._actor,
                **data,
            )
        )

    def plan(self, actions: Iterable[PlannedAction]) -> None:
        """Add actions to the outbox."""
        self._actions.extend(actions)

    def watch_over(self, case: Case) -> None:
        """Begin the ladder of an urgent case."""
        self._watched[case.id] = Until.of(case)

    def owe(self, tasks: Iterable[ReplyTask]) -> None:
        """Note what is to be written on a case beside the receipt."""
        self._tasks.extend(tasks)

    def name_invoices(self, case_id: CaseId, numbers: Sequence[str]) -> None:
        """Note the invoices that a mail names on its case."""
        if numbers:
            self._named.setdefault(case_id, []).extend(numbers)

    def store(
        self, reading: Reading, case_id: CaseId | None, kind: Kind, *, automatic: bool
    ) -> MessageId:
        """Add a mail, and return its id."""
        message_id = MessageId(self._next_message)
        self._next_message += 1
        message, raw = reading.message, reading.arrival.raw
        self._messages.append(
            NewMessage(
                id=message_id,
                message=message,
                content=raw.content,
                transport_headers=raw.transport_headers,
                mailbox=reading.mailbox,
                case_id=case_id,
                kind=kind,
                automatic=automatic,
                glance=reading.glance,
                received_at=raw.received_at,
                triage=reading.triage.as_json(),
            )
        )
        self._remember(
            KnownMessage(
                id=message_id,
                mid=message.message_id,
                content_hash=message.content_hash,
                incoming=True,
                case_id=case_id,
            )
        )
        return message_id

    def write(self) -> None:
        """Write everything decided since the last write, parents before children."""
        self._number_new_cases()
        self.work.cases.insert([self.cases[case_id] for case_id in self._new_cases])
        self.work.messages.insert(self._messages)
        for case_id in sorted(self._changed.difference(self._new_cases)):
            self.cases[case_id] = self.work.cases.change(self.cases[case_id])
        self.work.books.deliver(self.deliveries)
        self.work.cases.record(self._events)
        self.work.reply_tasks.insert(self._tasks)
        self._look_invoices_up()
        self.work.actions.plan(map(self._on_time, self._actions), self.now)
        self.work.watches.begin(
            (case_id, self.now, self._ladder_goes_on(until))
            for case_id, until in self._watched.items()
        )

    def _remember(self, known: KnownMessage) -> None:
        self._known.setdefault(known.mid, []).append(known)
        if known.case_id is not None:
            self.case_of_mid.setdefault(known.mid, known.case_id)

    def _number_new_cases(self) -> None:
        by_year: dict[int, list[CaseId]] = {}
        for case_id in self._new_cases:
            by_year.setdefault(self.cases[case_id].number.year, []).append(case_id)
        for year, case_ids in sorted(by_year.items()):
            first = self.work.cases.reserve_serials(year, len(case_ids))
            for serial, case_id in enumerate(case_ids, start=first):
                number = CaseNumber(year=year, serial=serial)
                self.cases[case_id] = dataclasses.replace(self.cases[case_id], number=number)

    def _look_invoices_up(self) -> None:
        """Put the invoices that the mails name on their cases; the ledger moves deadlines."""
        ours = {
            case_id: numbers
            for case_id, numbers in self._named.items()
            if self.cases[case_id].process not in SUPPLIERS
        }
        theirs = {case_id: n for case_id, n in self._named.items() if case_id not in ours}
        look_up(self.work, theirs, self.now, ask_ledger=False)
        for case_id, invoices in look_up(self.work, ours, self.now).items():
            case = self.cases[case_id]
            changed = deadline_by_ledger(case, invoices, self.house)
            if changed != case:
                self.cases[case_id] = self.work.cases.change(changed)
                if case_id in self._watched:
                    self._watched[case_id] = Until.of(changed)

    def _on_time(self, action: PlannedAction) -> PlannedAction:
        """Return an action, or an alert about a case at the time that its last deadline asks for.

        What the ledger alone knows may be that a run takes the invoice before the opening.
        """
        until = None if action.case_id is None else self._watched.get(action.case_id)
        if until is None or action.data.get("code") != "urgent":
            return action
        at = first_alert_at(self.now, until, self.house.calendar)
        return dataclasses.replace(action, due_at=at)

    def _ladder_goes_on(self, until: Until) -> datetime:
        house = self.house
        return next_at(LadderWatch(begun_at=self.now), until, house.ladder, house.calendar)
