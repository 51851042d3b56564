"""From read mails to cases: which case each belongs to, and what happens by that.

One `Register` serves one transaction and one batch. It decides mail by mail in memory; what is
known and what is to be written lies in a `MailBatch`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.cases import SYSTEM, Case
from bot.ladder import Until, first_alert_at
from bot.plan import AnswerPolicy, plan_alert, plan_new_case
from bot.reply_rules import tasks_of_new_case
from bot.reports.case_facts import TagSeen
from bot.services.deadlines import deadline_by_mail
from bot.services.delays import delay_at, delay_of_reopened
from bot.services.mail_batch import MailBatch
from bot.services.moving import moved_on_arrival
from bot.services.new_case import House, new_case
from bot.services.reading import Reading
from bot.store.records import Delivery, KnownMessage
from bot.store.unit_of_work import Work
from bot.triage.model import Triage
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
        self._batch = MailBatch(work, house, now, actor=actor)
        self._prompted = house.knowledge.replies.prompted_matters()

    def look_up(self, readings: Sequence[Reading]) -> None:
        """Fetch all that the batch may need, and reserve its ids."""
        self._batch.look_up(readings)

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
        self._batch.reserve_cases(1)
        case = self._new_case(reading)
        self._begin(case, reading, message_id, terms)
        return case

    def write(self) -> None:
        """Write everything that was decided, once."""
        self._batch.write()

    def taken(self) -> list[Taken]:
        """Return what became of the mails, in order; cases have their numbers after `write`."""
        return [
            Taken(
                outcome=delivery.outcome,
                case=None if delivery.case_id is None else self._batch.cases.get(delivery.case_id),
                because=delivery.because,
            )
            for delivery in self._batch.deliveries
        ]

    def _twin(self, reading: Reading) -> KnownMessage | None:
        message = reading.message
        return next(
            (
                known
                for known in self._batch.known(message.message_id)
                if known.incoming and known.content_hash == message.content_hash
            ),
            None,
        )

    def _join(self, reading: Reading) -> tuple[CaseId, str] | None:
        sender = reading.message.sender
        joined = conversation.join(
            reading.candidates,
            cases_by_message_id=self._batch.case_of_mid,
            case_of_number=self._batch.by_number,
            senders_on=self._batch.senders,
            sender="" if sender is None else sender.address,
            is_organisation=self._house.knowledge.is_organisation_domain,
        )
        return None if joined is None else (joined.case, joined.because)

    def _register_failure(self, reading: Reading) -> Outcome:
        assert reading.failure is not None
        by_number = self._batch.by_number
        numbers = [own.case_number for own in reading.failure.own_ids]
        case_id = next((by_number[n] for n in numbers if n in by_number), None)
        if case_id is None:
            return self._ignore(reading, IgnoredBecause.OWN_BOUNCE)
        message_id = self._batch.store(reading, case_id, Kind.BOUNCE, automatic=True)
        self._deliver(reading, Outcome.FOLLOW_UP, message_id, case_id)
        self._batch.happened(case_id, EventKind.DELIVERY_FAILED, message=message_id)
        self._reopen_if_closed(case_id)
        case = self._batch.cases[case_id]
        self._batch.plan(plan_alert(case, message_id, at=self._now, code="reply_bounced"))
        if case.urgent is not Urgency.NO:
            self._batch.plan(plan_alert(case, message_id, at=self._now))
        return Outcome.FOLLOW_UP

    def _ignore(self, reading: Reading, because: IgnoredBecause) -> Outcome:
        message_id = self._batch.store(reading, None, reading.triage.kind, automatic=True)
        return self._deliver(reading, Outcome.IGNORED, message_id, None, because)

    def _follow_up(
        self, reading: Reading, case_id: CaseId, because: str, terms: MailboxTerms
    ) -> Outcome:
        message_id = self._batch.store(reading, case_id, Kind.FOLLOW_UP, automatic=False)
        self._deliver(reading, Outcome.FOLLOW_UP, message_id, case_id)
        self._reopen_if_closed(case_id)
        self._batch.happened(
            case_id, EventKind.RECEIVED, message=message_id, follow_up=True, because=because
        )
        if self._batch.cases[case_id].status in (Status.WAITING_CUSTOMER, Status.WAITING_OTHER):
            self._batch.change(dataclasses.replace(self._batch.cases[case_id], status=Status.OPEN))
            self._batch.happened(case_id, EventKind.RESUMED)
        self._batch.name_invoices(case_id, reading.triage.invoices)
        if self._take_over_findings(reading, case_id, message_id):
            case = self._batch.cases[case_id]
            if not self._is_summed_up(reading, case, terms):
                self._batch.watch_over(case)
                self._batch.plan(plan_alert(case, message_id, at=self._alert_at(case)))
        if reading.message.sender is not None:
            self._batch.senders.setdefault(case_id, set()).add(reading.message.sender.address)
        return Outcome.FOLLOW_UP

    def _take_over_findings(self, reading: Reading, case_id: CaseId, message_id: MessageId) -> bool:
        """Let a follow-up change what is known of its case; tell whether that is urgent news."""
        case, found = self._batch.cases[case_id], reading.triage
        case = dataclasses.replace(
            case,
            protected=case.protected or found.protected,
            complaint=case.complaint or found.complaint,
            possible=case.possible or found.possible,
        )
        news = found.urgent is not Urgency.NO and (case.urgent is Urgency.NO or case.stop_confirmed)
        if news:
            urgent = dataclasses.replace(case, urgent=found.urgent, stop_confirmed=False)
            case = deadline_by_mail(reading, urgent, self._arrived_at(reading), self._house)
        self._batch.change(case)
        if news:
            self._batch.happened(
                case_id, EventKind.TRIAGED, message=message_id, urgent=found.urgent.value
            )
        return news

    def _is_summed_up(self, reading: Reading, case: Case, terms: MailboxTerms) -> bool:
        """Tell whether the one alert about a backlog will count a case as urgent."""
        if terms.quiet_before is None or case.received_at >= terms.quiet_before:
            return False
        if self._batch.is_new(case.id):
            return True
        return not terms.policy.hold and self._work.books.opened(reading.arrival.mailbox, case.id)

    def _open(self, reading: Reading, terms: MailboxTerms) -> Outcome:
        case = self._new_case(reading)
        message_id = self._batch.store(reading, case.id, Kind.CASE, automatic=False)
        self._deliver(reading, Outcome.CASE, message_id, case.id)
        self._begin(case, reading, message_id, terms)
        return Outcome.CASE

    def _begin(
        self, case: Case, reading: Reading, message_id: MessageId, terms: MailboxTerms
    ) -> None:
        found = reading.triage
        self._batch.name_invoices(case.id, reading.triage.invoices)
        self._batch.happened(case.id, EventKind.RECEIVED, at=case.received_at, message=message_id)
        self._batch.happened(
            case.id,
            EventKind.TRIAGED,
            message=message_id,
            process=found.process,
            matter=found.matter,
            urgent=found.urgent.value,
            **marking(found),
        )
        self._batch.happened(case.id, EventKind.ASSIGNED, team=case.team)
        quiet = terms.quiet_before is not None and case.received_at < terms.quiet_before
        own = self._house.knowledge.process_of(case.mailbox)
        if moved_on_arrival(case, own):
            self._batch.happened(
                case.id, EventKind.MOVED_PROCESS, before=own, process=case.process, team=case.team
            )
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
            self._batch.watch_over(case)
        self._batch.plan(plan.actions)
        if not quiet:
            self._batch.owe(
                tasks_of_new_case(
                    case,
                    message_id,
                    missing=found.missing,
                    no_answer=reading.no_answer,
                    policy=terms.policy,
                    now=self._now,
                    prompted=case.matter in self._prompted,
                    delay_at=delay_at(case, self._house),
                )
            )
        for because in plan.withheld:
            self._batch.happened(case.id, EventKind.RECEIPT_WITHHELD, because=because)

    def _new_case(self, reading: Reading) -> Case:
        arrived_at = self._arrived_at(reading)
        case = new_case(reading, self._batch.next_case_id(), arrived_at, self._house)
        if case.urgent is not Urgency.NO:
            case = deadline_by_mail(reading, case, arrived_at, self._house)
        sender = reading.message.sender
        self._batch.open(case, None if sender is None else sender.address)
        return case

    def _arrived_at(self, reading: Reading) -> datetime:
        return min(reading.arrival.raw.received_at, self._now)

    def _alert_at(self, case: Case) -> datetime:
        return first_alert_at(self._now, Until.of(case), self._house.calendar)

    def _deliver(
        self,
        reading: Reading,
        outcome: Outcome,
        message_id: MessageId,
        case_id: CaseId | None,
        because: IgnoredBecause | None = None,
    ) -> Outcome:
        self._batch.deliveries.append(
            Delivery(
                mailbox=reading.arrival.mailbox,
                key=reading.arrival.raw.key,
                outcome=outcome,
                because=because,
                message_id=message_id,
                case_id=case_id,
                seen_at=self._now,
                mark_due=case_id is not None and not reading.arrival.is_from_file,
            )
        )
        return outcome

    def _reopen_if_closed(self, case_id: CaseId) -> None:
        case = self._batch.cases[case_id]
        if case.status is Status.CLOSED:
            self._batch.change(
                dataclasses.replace(case, status=Status.OPEN, clock_started_at=self._now)
            )
            self._batch.happened(case_id, EventKind.REOPENED)
            delay = delay_of_reopened(self._batch.cases[case_id], self._house)
            if delay is not None:
                self._work.reply_tasks.put(delay)


def marking(found: Triage) -> dict[str, Any]:  # Any: an event takes values of several types
    """Return how the customer marked the subject, for figures; nothing where none was read."""
    if found.tag_exact is None:
        return {}
    if found.tag is None:
        return {"tag": TagSeen.NONE.value}
    seen = TagSeen.EXACT if found.tag_exact else TagSeen.FUZZY
    return {"tag": seen.value, "tag_process": found.tag}
