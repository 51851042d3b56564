"""From read mails to rows: which case each belongs to, and what happened by that.

One `Register` serves one transaction and one batch. It looks everything up in a few
queries, decides mail by mail in memory, and writes in bulk at the end.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cases import SYSTEM, Case, CaseNumber, Event, PlannedAction
from bot.ladder import Until, first_alert_at, next_at
from bot.ladder import Watch as LadderWatch
from bot.plan import AnswerPolicy, plan_alert, plan_new_case
from bot.services.deadlines import deadline_by_ledger, deadline_by_mail
from bot.services.invoice_lookup import look_up
from bot.services.new_case import House, new_case, numbers_named
from bot.services.reading import Reading
from bot.store.case_invoices import SUPPLIERS
from bot.store.records import Delivery, KnownMessage, NewMessage
from bot.store.unit_of_work import Work
from bot.vocabulary import (
    CaseId,
    EventKind,
    IgnoredBecause,
    Kind,
    MessageId,
    Outcome,
    Status,
    Urgency,
)
from functionmail import conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTerms:
    """What holds for new mail of one mailbox.

    Attributes:
        quiet_before: While the mailbox catches up, mail older than this raises no alert
            of its own; None once it has caught up.
    """

    policy: AnswerPolicy
    quiet_before: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one mail, for those who want to hear of it at once.

    Attributes:
        case: The case that it opened or joined, as stored; None for any other outcome.
    """

    outcome: Outcome
    case: Case | None = None
    because: IgnoredBecause | None = None

    @property
    def is_urgent_case(self) -> bool:
        """Tell whether the mail opened an urgent case."""
        case = self.case
        return self.outcome is Outcome.CASE and case is not None and case.urgent is not Urgency.NO


class Register:
    """Registers one batch of read mails inside one transaction."""

    def __init__(self, work: Work, house: House, now: datetime, *, actor: str = SYSTEM) -> None:
        self._work = work
        self._house = house
        self._now = now
        self._actor = actor
        self._known: dict[str, list[KnownMessage]] = {}
        self._case_of_mid: dict[str, CaseId] = {}
        self._cases: dict[CaseId, Case] = {}
        self._by_number: dict[str, CaseId] = {}
        self._senders: dict[CaseId, set[str]] = {}
        self._new_cases: list[CaseId] = []
        self._changed: set[CaseId] = set()
        self._messages: list[NewMessage] = []
        self._deliveries: list[Delivery] = []
        self._events: list[Event] = []
        self._actions: list[PlannedAction] = []
        self._watched: dict[CaseId, Until] = {}
        self._named: dict[CaseId, list[str]] = {}
        self._next_message = 0
        self._next_case = 0

    def look_up(self, readings: Sequence[Reading]) -> None:
        """Fetch all that the batch may need, and reserve its ids."""
        mids = {reading.message.message_id for reading in readings}
        numbers: set[CaseNumber] = set()
        for reading in readings:
            mids.update(reading.candidates.stored)
            numbers.update(numbers_named(reading))
        for known in self._work.messages.known(mids):
            self._remember(known)
        cases = self._work.cases.get_many(set(self._case_of_mid.values()))
        cases.update({case.id: case for case in self._work.cases.by_numbers(numbers).values()})
        self._cases = cases
        self._by_number = {str(case.number): case.id for case in cases.values()}
        for case_id, senders in self._work.cases.senders_on(list(cases)).items():
            self._senders[case_id] = set(senders)
        self._next_message = self._work.messages.reserve_ids(len(readings))
        self._next_case = self._work.cases.reserve_ids(len(readings))

    def register(self, reading: Reading, terms: MailboxTerms) -> Outcome:
        """Decide the outcome of one mail; rows are written by `write`."""
        twin = self._twin(reading)
        if twin is not None:
            return self._deliver(reading, Outcome.DUPLICATE, twin.id, twin.case_id)
        if reading.failure is not None and reading.failure.permanent:
            return self._register_failure(reading)
        if reading.ignored is not None:
            return self._ignore(reading, reading.ignored)
        joined = self._join(reading)
        if joined is not None:
            return self._follow_up(reading, *joined, terms)
        return self._open(reading, terms)

    def open_ignored(self, reading: Reading, message_id: MessageId, terms: MailboxTerms) -> Case:
        """Open a case for a mail that is stored already, because a person says it is one."""
        self._next_case = self._work.cases.reserve_ids(1)
        case = self._new_case(reading)
        self._begin(case, reading, message_id, terms)
        return case

    def write(self) -> None:
        """Write everything decided since the last write, parents before children."""
        self._number_new_cases()
        self._work.cases.insert([self._cases[case_id] for case_id in self._new_cases])
        self._work.messages.insert(self._messages)
        for case_id in sorted(self._changed.difference(self._new_cases)):
            self._cases[case_id] = self._work.cases.change(self._cases[case_id])
        self._work.books.deliver(self._deliveries)
        self._work.cases.record(self._events)
        self._work.actions.plan(self._actions, self._now)
        self._look_invoices_up()
        self._work.watches.begin(
            (case_id, self._now, self._ladder_goes_on(until))
            for case_id, until in self._watched.items()
        )

    def _look_invoices_up(self) -> None:
        """Put the invoices that the mails name on their cases; the ledger moves deadlines."""
        ours = {
            case_id: numbers
            for case_id, numbers in self._named.items()
            if self._cases[case_id].process not in SUPPLIERS
        }
        theirs = {case_id: n for case_id, n in self._named.items() if case_id not in ours}
        look_up(self._work, theirs, self._now, ask_ledger=False)
        for case_id, found in look_up(self._work, ours, self._now).items():
            case = self._cases[case_id]
            changed = deadline_by_ledger(case, found, self._house)
            if changed != case:
                self._cases[case_id] = self._work.cases.change(changed)
                if case_id in self._watched:
                    self._watched[case_id] = Until.of(changed)

    def _ladder_goes_on(self, until: Until) -> datetime:
        house = self._house
        return next_at(LadderWatch(begun_at=self._now), until, house.ladder, house.calendar)

    def taken(self) -> list[Taken]:
        """Return what became of the mails, in order; cases have their numbers after `write`."""
        return [
            Taken(
                outcome=delivery.outcome,
                case=None if delivery.case_id is None else self._cases.get(delivery.case_id),
                because=delivery.because,
            )
            for delivery in self._deliveries
        ]

    def _twin(self, reading: Reading) -> KnownMessage | None:
        message = reading.message
        same_id = self._known.get(message.message_id, ())
        return next(
            (
                known
                for known in same_id
                if known.incoming and known.content_hash == message.content_hash
            ),
            None,
        )

    def _join(self, reading: Reading) -> tuple[CaseId, str] | None:
        sender = reading.message.sender
        joined = conversation.join(
            reading.candidates,
            cases_by_message_id=self._case_of_mid,
            case_of_number=self._by_number,
            senders_on=self._senders,
            sender="" if sender is None else sender.address,
            is_organisation=self._house.knowledge.is_organisation_domain,
        )
        return None if joined is None else (joined.case, joined.because)

    def _register_failure(self, reading: Reading) -> Outcome:
        assert reading.failure is not None
        numbers = [own.case_number for own in reading.failure.own_ids]
        case_id = next((self._by_number[n] for n in numbers if n in self._by_number), None)
        if case_id is None:
            return self._ignore(reading, IgnoredBecause.OWN_BOUNCE)
        message_id = self._store(reading, case_id, Kind.BOUNCE, automatic=True)
        self._deliver(reading, Outcome.FOLLOW_UP, message_id, case_id)
        self._happened(case_id, EventKind.DELIVERY_FAILED, message=message_id)
        self._reopen_if_closed(case_id)
        self._actions.extend(
            plan_alert(self._cases[case_id], message_id, at=self._now, code="reply_bounced")
        )
        if self._cases[case_id].urgent is not Urgency.NO:
            self._actions.extend(plan_alert(self._cases[case_id], message_id, at=self._now))
        return Outcome.FOLLOW_UP

    def _ignore(self, reading: Reading, because: IgnoredBecause) -> Outcome:
        message_id = self._store(reading, None, reading.triage.kind, automatic=True)
        return self._deliver(reading, Outcome.IGNORED, message_id, None, because)

    def _follow_up(
        self, reading: Reading, case_id: CaseId, because: str, terms: MailboxTerms
    ) -> Outcome:
        message_id = self._store(reading, case_id, Kind.FOLLOW_UP, automatic=False)
        self._deliver(reading, Outcome.FOLLOW_UP, message_id, case_id)
        self._reopen_if_closed(case_id)
        self._happened(
            case_id, EventKind.RECEIVED, message=message_id, follow_up=True, because=because
        )
        if self._cases[case_id].status in (Status.WAITING_CUSTOMER, Status.WAITING_OTHER):
            self._change(case_id, status=Status.OPEN)
            self._happened(case_id, EventKind.RESUMED)
        self._name_invoices(case_id, reading)
        if self._take_over_findings(reading, case_id, message_id):
            case = self._cases[case_id]
            if not self._is_summed_up(reading, case, terms):
                self._watch_over(case)
                self._actions.extend(plan_alert(case, message_id, at=self._alert_at(case)))
        if reading.message.sender is not None:
            self._senders.setdefault(case_id, set()).add(reading.message.sender.address)
        return Outcome.FOLLOW_UP

    def _take_over_findings(self, reading: Reading, case_id: CaseId, message_id: MessageId) -> bool:
        """Let a follow-up change what is known of its case; tell whether that is urgent news."""
        case, found = self._cases[case_id], reading.triage
        self._change(
            case_id,
            protected=case.protected or found.protected,
            complaint=case.complaint or found.complaint,
            possible=case.possible or found.possible,
        )
        news = found.urgent is not Urgency.NO and (case.urgent is Urgency.NO or case.stop_confirmed)
        if news:
            self._change(case_id, urgent=found.urgent, stop_confirmed=False)
            self._set_deadline(case_id, reading)
            self._happened(
                case_id, EventKind.TRIAGED, message=message_id, urgent=found.urgent.value
            )
        return news

    def _is_summed_up(self, reading: Reading, case: Case, terms: MailboxTerms) -> bool:
        """Tell whether the one alert about a backlog will count a case as urgent."""
        if terms.quiet_before is None or case.received_at >= terms.quiet_before:
            return False
        if case.id in self._new_cases:
            return True
        return not terms.policy.hold and self._work.books.opened(reading.arrival.mailbox, case.id)

    def _open(self, reading: Reading, terms: MailboxTerms) -> Outcome:
        case = self._new_case(reading)
        message_id = self._store(reading, case.id, Kind.CASE, automatic=False)
        self._deliver(reading, Outcome.CASE, message_id, case.id)
        self._begin(case, reading, message_id, terms)
        return Outcome.CASE

    def _begin(
        self, case: Case, reading: Reading, message_id: MessageId, terms: MailboxTerms
    ) -> None:
        found = reading.triage
        self._name_invoices(case.id, reading)
        self._happened(case.id, EventKind.RECEIVED, at=case.received_at, message=message_id)
        self._happened(
            case.id,
            EventKind.TRIAGED,
            message=message_id,
            process=found.process,
            matter=found.matter,
            urgent=found.urgent.value,
        )
        self._happened(case.id, EventKind.ASSIGNED, team=case.team)
        quiet = terms.quiet_before is not None and case.received_at < terms.quiet_before
        plan = plan_new_case(
            case,
            message_id,
            no_answer=reading.no_answer,
            policy=terms.policy,
            backlog=quiet,
            now=self._now,
            alert_at=self._alert_at(case),
        )
        if case.urgent is not Urgency.NO and not quiet:
            self._watch_over(case)
        self._actions.extend(plan.actions)
        for because in plan.withheld:
            self._happened(case.id, EventKind.RECEIPT_WITHHELD, because=because)

    def _new_case(self, reading: Reading) -> Case:
        case_id = CaseId(self._next_case)
        self._next_case += 1
        received_at = min(reading.arrival.raw.received_at, self._now)
        case = new_case(reading, case_id, received_at, self._house)
        self._cases[case_id] = case
        if case.urgent is not Urgency.NO:
            self._set_deadline(case_id, reading)
        self._new_cases.append(case_id)
        sender = reading.message.sender
        self._senders[case_id] = set() if sender is None else {sender.address}
        return self._cases[case_id]

    def _set_deadline(self, case_id: CaseId, reading: Reading) -> None:
        case = self._cases[case_id]
        arrived_at = min(reading.arrival.raw.received_at, self._now)
        self._cases[case_id] = deadline_by_mail(reading, case, arrived_at, self._house)

    def _name_invoices(self, case_id: CaseId, reading: Reading) -> None:
        if reading.triage.invoices:
            self._named.setdefault(case_id, []).extend(reading.triage.invoices)

    def _alert_at(self, case: Case) -> datetime:
        return first_alert_at(self._now, Until.of(case), self._house.calendar)

    def _watch_over(self, case: Case) -> None:
        self._watched[case.id] = Until.of(case)

    def _number_new_cases(self) -> None:
        by_year: dict[int, list[CaseId]] = {}
        for case_id in self._new_cases:
            by_year.setdefault(self._cases[case_id].number.year, []).append(case_id)
        for year, case_ids in sorted(by_year.items()):
            first = self._work.cases.reserve_serials(year, len(case_ids))
            for serial, case_id in enumerate(case_ids, start=first):
                number = CaseNumber(year=year, serial=serial)
                self._cases[case_id] = dataclasses.replace(self._cases[case_id], number=number)

    def _store(
        self, reading: Reading, case_id: CaseId | None, kind: Kind, *, automatic: bool
    ) -> MessageId:
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

    def _remember(self, known: KnownMessage) -> None:
        self._known.setdefault(known.mid, []).append(known)
        if known.case_id is not None:
            # The oldest holds: a later mail under the same id may be a stranger's copy.
            self._case_of_mid.setdefault(known.mid, known.case_id)

    def _deliver(
        self,
        reading: Reading,
        outcome: Outcome,
        message_id: MessageId,
        case_id: CaseId | None,
        because: IgnoredBecause | None = None,
    ) -> Outcome:
        self._deliveries.append(
            Delivery(
                mailbox=reading.arrival.mailbox,
                key=reading.arrival.raw.key,
                outcome=outcome,
                because=because,
                message_id=message_id,
                case_id=case_id,
                seen_at=self._now,
            )
        )
        return outcome

    def _reopen_if_closed(self, case_id: CaseId) -> None:
        if self._cases[case_id].status is Status.CLOSED:
            self._change(case_id, status=Status.OPEN, clock_started_at=self._now)
            self._happened(case_id, EventKind.REOPENED)

    def _change(self, case_id: CaseId, **values: object) -> None:
        before = self._cases[case_id]
        after = dataclasses.replace(before, **values)  # type: ignore[arg-type]
        if after != before:
            self._cases[case_id] = after
            self._changed.add(case_id)

    def _happened(
        self,
        case_id: CaseId,
        kind: EventKind,
        *,
        at: datetime | None = None,
        **data: str | int | bool | None,
    ) -> None:
        self._events.append(
            Event.on(
                self._cases[case_id],
                kind,
                self._now if at is None else at,
                self._house.calendar,
                actor=self._actor,
                **data,
            )
        )
