"""Cases that come by phone: log a call, see who waits for feedback, say that it was given."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.cases import Case, CaseNumber, Event
from bot.clock import Clock
from bot.errors import DataError, UsageError
from bot.knowledge import Knowledge
from bot.privacy import find_personal_numbers
from bot.promises import Feedback, Promise, promised
from bot.services.deadlines import deadline_by_ledger, mentions_collection, with_deadline
from bot.services.feedback import store_feedback
from bot.services.invoice_lookup import LONGEST_NUMBER, look_up
from bot.services.new_case import House
from bot.services.same_day import catch_up, drop_reminders, plan_broken, renew_reopened
from bot.services.undoing import Act, remember
from bot.services.urgent_cases import watch_over
from bot.store.case_invoices import SUPPLIERS
from bot.store.promises import PhoneCall
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import (
    CaseId,
    Channel,
    EventKind,
    Language,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    Status,
    Urgency,
)

__all__ = ["Feedback", "NewCall", "Phone", "PhoneCase"]

_LONGEST = 200
_LONGEST_NOTE = 4000
_EVENT_OF = {
    Feedback.ONGOING: EventKind.FEEDBACK_ONGOING,
    Feedback.DONE: EventKind.FEEDBACK_DONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call as it is logged.

    Attributes:
        customer: Key or name of a registered unit, or whatever else callers call themselves.
        callback: Number to call, or another way to reach the caller.
        invoices: Numbers of the invoices that the call is about, as the caller reads them out.

    Raises:
        UsageError: Something is missing or too long, or an invoice number is none.
    """

    process: ProcessKey
    matter: MatterKey
    customer: str
    callback: str
    note: str = ""
    invoices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, longest in (
            ("customer", _LONGEST),
            ("callback", _LONGEST),
            ("note", _LONGEST_NOTE),
        ):
            value = _printable(getattr(self, name))
            if not value and name != "note":
                raise UsageError("--{name}: får inte vara tomt", name=name)
            if len(value) > longest:
                raise UsageError("--{name}: högst {most} tecken får plats", name=name, most=longest)
            object.__setattr__(self, name, value)
        object.__setattr__(self, "invoices", tuple(map(_invoice_number, self.invoices)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCase:
    """A case that came by phone.

    Attributes:
        call: None where what the caller said has been deleted.
        promise: The newest one.
    """

    case: Case
    promise: Promise
    call: PhoneCall | None


class Phone:
    """Logs calls and feedback; each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def add(self, call: NewCall, *, by: PersonKey) -> PhoneCase:
        """Open a case for a call, and promise feedback the same opening day.

        Whoever takes the call owns the case if their team handles such cases.
        """
        now = self._clock.now()
        with self._database.work() as work:
            case = self._with_deadline(self._new_case(work, call, by, now), call)
            stored = PhoneCall(
                case_id=case.id, customer=call.customer, callback=call.callback, note=call.note
            )
            promise = promised(case.id, 1, now, self._house.calendar)
            work.cases.insert([case])
            work.phone_calls.insert(stored)
            work.promises.insert([promise])
            work.cases.record(self._opening(case, by, now))
            case = self._look_invoices_up(work, case, call, now)
            if case.urgent is not Urgency.NO:
                watch_over(work, case, self._house, now, because="phone")
        return PhoneCase(case=case, promise=promise, call=stored)

    def called_again(self, case: Case, *, by: PersonKey) -> PhoneCase:
        """Note that the caller called again: unless a promise still holds, a new one is made.

        Raises:
            DataError: The case did not come by phone.
            IllegalChange: It is closed.
        """
        now = self._clock.now()
        with self._database.work() as work:
            found = self._found(work, case.id)
            found.case.require_open()
            promise = found.promise
            if not promise.is_open or now >= promise.due_at:
                promise = promised(case.id, promise.number + 1, now, self._house.calendar)
                work.promises.insert([promise])
            event = self._event(found.case, EventKind.RECEIVED, now, by, follow_up=True)
            work.cases.record([event])
        return dataclasses.replace(found, promise=promise)

    def feedback(self, case: Case, said: Feedback, *, by: PersonKey) -> PhoneCase:
        """Note that a person has told the caller that the case is ongoing or done.

        The first feedback keeps the promise that is waiting, if there is one. A case that is
        done is closed, unless it is urgent and nobody has ticked the stop.

        Raises:
            DataError: The case did not come by phone; or somebody else changed it meanwhile.
            IllegalChange: It is closed, and no caller waits to hear that it is done.
        """
        now = self._clock.now()
        with self._database.work() as work:
            found = self._found(work, case.id)
            waits = found.promise.is_open
            if not (waits and said is Feedback.DONE):
                found.case.require_open()
            kept = waits and self._keep(work, found, said, now)
            after = store_feedback(work, found.case, said)
            work.cases.record(self._events_of_feedback(found, after, said, by, kept=kept))
            remember(work, found.case, after, Act.FEEDBACK, by=by, now=now, kept=kept)
            return self._found(work, case.id)

    def listed(self) -> list[PhoneCase]:
        """Return the phone cases that are not closed, or whose caller waits for feedback.

        Those who wait come first, and of them the one to whom feedback is due first.
        """
        catch_up(self._database, self._house.calendar)
        with self._database.reading() as work:
            case_ids = work.promises.waiting()
            cases = work.cases.get_many(case_ids)
            promises = work.promises.newest(case_ids)
            calls = work.phone_calls.of_cases(case_ids)
        found = [
            PhoneCase(case=cases[key], promise=promises[key], call=calls.get(key))
            for key in case_ids
            if key in promises
        ]
        return sorted(
            found, key=lambda one: (not one.promise.is_open, one.promise.due_at, one.case.id)
        )

    def _found(self, work: Work, case_id: CaseId) -> PhoneCase:
        case = work.cases.get(case_id)
        renew_reopened(work, self._house.calendar)
        promise = work.promises.newest([case_id]).get(case_id)
        if case.channel is not Channel.PHONE or promise is None:
            raise DataError("ärende {case} kom inte per telefon", case=case.number)
        call = work.phone_calls.of_cases([case_id]).get(case_id)
        return PhoneCase(case=case, promise=promise, call=call)

    def _keep(self, work: Work, found: PhoneCase, said: Feedback, now: datetime) -> bool:
        promise = found.promise
        if not work.promises.keep(promise.case_id, said, now):
            return False
        drop_reminders(work, promise, now)
        if now > promise.due_at:
            # The head hears of every broken promise, also where the worker was down.
            work.actions.plan([plan_broken(found.case, promise, self._house, now)], now)
        return True

    def _events_of_feedback(
        self, before: PhoneCase, after: Case, said: Feedback, by: PersonKey, *, kept: bool
    ) -> Iterator[Event]:
        now, promise = self._clock.now(), before.promise
        data = {"promise": promise.number, "in_time": now <= promise.due_at} if kept else {}
        yield self._event(after, _EVENT_OF[said], now, by, **data)
        if after.status is Status.CLOSED and before.case.status is not Status.CLOSED:
            yield self._event(after, EventKind.CLOSED, now, by)

    def _new_case(self, work: Work, call: NewCall, by: PersonKey, now: datetime) -> Case:
        knowledge = self._house.knowledge
        year = now.astimezone(self._house.zone).year
        mailbox = _mailbox_of(call.process, knowledge)
        customer = knowledge.customer_key(call.customer)
        team = knowledge.team_for(call.process, customer, mailbox)
        owner = by if knowledge.people[by].team == team else None
        return Case(
            id=CaseId(work.cases.reserve_ids(1)),
            number=CaseNumber(year=year, serial=work.cases.reserve_serials(year, 1)),
            status=Status.NEW if owner is None else Status.OPEN,
            channel=Channel.PHONE,
            mailbox=mailbox,
            process=call.process,
            matter=call.matter,
            urgent=knowledge.matters[call.matter].urgent,
            possible=False,
            protected=bool(find_personal_numbers(f"{call.customer}\n{call.note}")),
            complaint=False,
            misdirected=False,
            customer=customer,
            team=team,
            owner=owner,
            language=Language.SWEDISH,
            received_at=now,
            clock_started_at=now,
        )

    def _with_deadline(self, case: Case, call: NewCall) -> Case:
        """Return an urgent case with its deadline; of the invoice nothing is known yet.

        Who calls is not who pays: whose an invoice is, the ledger alone tells, as for mail.
        """
        if case.urgent is Urgency.NO:
            return case
        return with_deadline(
            case,
            [],
            due=None,
            mentioned_collection=mentions_collection(call.note),
            arrived_at=case.received_at,
            house=self._house,
        )

    def _look_invoices_up(self, work: Work, case: Case, call: NewCall, now: datetime) -> Case:
        ours = case.process not in SUPPLIERS
        found = look_up(work, {case.id: call.invoices}, now, ask_ledger=ours)
        changed = deadline_by_ledger(case, found.get(case.id, ()), self._house)
        return case if changed == case else work.cases.change(changed)

    def _opening(self, case: Case, by: PersonKey, now: datetime) -> Iterator[Event]:
        yield self._event(case, EventKind.RECEIVED, now, by, channel=case.channel.value)
        yield self._event(
            case,
            EventKind.TRIAGED,
            now,
            by,
            process=case.process,
            matter=case.matter,
            urgent=case.urgent.value,
        )
        yield self._event(case, EventKind.ASSIGNED, now, by, team=case.team)
        if case.owner is not None:
            yield self._event(case, EventKind.TAKEN, now, by)

    def _event(
        self,
        case: Case,
        kind: EventKind,
        now: datetime,
        by: PersonKey,
        **data: str | int | bool | None,
    ) -> Event:
        return Event.on(case, kind, now, self._house.calendar, actor=by, **data)


def _mailbox_of(process: ProcessKey, knowledge: Knowledge) -> MailboxKey:
    """Return the mailbox of a process, else one that is common to several."""
    boxes = knowledge.mailboxes.values()
    own = [box.key for box in boxes if box.process == process]
    common = [box.key for box in boxes if box.process is None]
    return next(iter(own or common or knowledge.mailboxes))


def _invoice_number(text: str) -> str:
    """Return the digits of an invoice number that somebody typed, without what groups them."""
    digits = "".join(_printable(text).split()).replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
        raise UsageError("--invoice: ”{text}” är inget fakturanummer", text=_printable(text)[:40])
    return digits


def _printable(text: str) -> str:
    """Return what somebody typed on one line, without what only steers a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
