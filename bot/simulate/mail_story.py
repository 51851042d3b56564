"""The history of a mail: taken in, answered by a receipt, handled by people, sometimes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.dunning import OpenInvoice
from bot.services.deadlines import with_deadline
from bot.services.moving import moved_on_arrival
from bot.services.registering import marking
from bot.simulate import detours
from bot.simulate.case_state import CaseState
from bot.simulate.correspondence import Correspondence
from bot.simulate.deflating import Values
from bot.simulate.hours import DAY, moment
from bot.simulate.mail_moulds import MailMould
from bot.simulate.owed import Owed
from bot.simulate.player import LAG
from bot.simulate.remarks import remark_on
from bot.simulate.urgency import UrgentCase
from bot.vocabulary import (
    Channel,
    EventKind,
    Kind,
    PersonKey,
    Status,
    StopReason,
    TemplateKey,
    Urgency,
)

_STOPPED: Final[Mapping[Urgency, tuple[StopReason, ...]]] = {
    Urgency.COLLECTIONS: (
        StopReason.DUE_DATE_MOVED,
        StopReason.CREDITED,
        StopReason.DUNNING_STOPPED,
        StopReason.INSTALMENTS,
        StopReason.ALREADY_PAID,
    ),
    Urgency.PAYOUT: (StopReason.PAYMENT_STOPPED, StopReason.RECALLED, StopReason.NO_GROUNDS),
}
_GIVEN_UP_AFTER: Final = 25 * DAY
"""When nobody waits for facts any longer: the house has reminded, and asked whether to close."""
_GUIDANCE: Final = TemplateKey("system_guidance")
_LETTERS: Final[Mapping[str, tuple[TemplateKey, Mapping[str, str]]]] = {
    "systemfel": (_GUIDANCE, {"support_contact": "systemstöd, telefon 08-465 004 30"}),
    "behorighet": (_GUIDANCE, {"support_contact": "systemstöd, telefon 08-465 004 30"}),
    "inbetalning": (TemplateKey("unknown_payment"), {}),
    "avgift": (TemplateKey("fee_check"), {"control_year": "2023"}),
}
"""Letters that people send, by matter, and what they fill in."""


class MailStory(Correspondence):
    """Plays one mail."""

    def ignored(self) -> None:
        """Play a mail that is nobody's case."""
        mould = self._stage.pick(self._stage.moulds.ignored)
        self._receive(mould, self._item.at, None, mould.found.kind, self._values(mould))

    def case(self) -> None:
        """Play a mail that opens a case, until the case is closed or the history ends."""
        stage, seen = self._stage, self._item.at + LAG
        case, urgent = self.received(self._stage.pick(stage.moulds.opening))
        if case.complaint and self._chance.random() < 0.6:
            # Within minutes, so that it comes before the case can be closed and opened again.
            at = self._city.hours.after(seen, 60 + self._chance.randrange(240))
            facts = remark_on(stage, case, at, stage.colleague(case))
            if facts is not None and case.owed is not None:
                case.owed.thank(facts, at)
        if urgent is None:
            self.handled(case, seen)
        else:
            self._stopped(case, urgent)
        case.finish(stage.rows)

    def received(self, mould: MailMould) -> tuple[CaseState, UrgentCase | None]:
        """Play a mail until its case is open and the receipt is on its way."""
        item = self._item
        self._slots = self._values(mould)
        self._address = f"{self._slots['local']}@{mould.domain}"
        case = self._opened(mould)
        self._slots["number"] = case.number
        self._slots["ref"] = self._city.identity.case_reference(case.number)
        message_id = self._receive(mould, item.at, case, Kind.CASE, self._slots)
        case.happened(EventKind.RECEIVED, item.at, message=message_id)
        urgent = self._begun(case, mould, message_id, item.at + LAG)
        self._receipt(case, mould, message_id, item.at + LAG)
        case.owed = Owed(self._stage, case, self.post)
        first = self._city.first_letters(case, mould, item.at + LAG)
        case.owed.begin(first, message_id, item.at + LAG)
        return case, urgent

    def _opened(self, mould: MailMould) -> CaseState:
        item, found = self._item, mould.found
        customer, team = self._city.belongs(mould)
        assert item.case_id is not None
        case = CaseState(
            city=self._city,
            id=item.case_id,
            year=item.year,
            serial=item.serial,
            channel=Channel.EMAIL,
            mailbox=mould.mailbox,
            process=found.process,
            matter=found.matter,
            urgent=found.urgent,
            possible=found.possible,
            protected=found.protected,
            complaint=found.complaint,
            misdirected=found.misdirected,
            customer=customer,
            team=team,
            language=found.lang._value_,
            received_at=item.at,
            clock_started_at=item.at,
        )
        if case.urgent is not Urgency.NO:
            self._give_deadline(case, mould)
        return case

    def _give_deadline(self, case: CaseState, mould: MailMould) -> None:
        due = None if mould.found.due is None else date.fromisoformat(self._slots["day"])
        case.take_deadline(
            with_deadline(
                case.as_case(),
                [OpenInvoice(due=due, stage=None) for _ in mould.found.invoices],
                due=due,
                mentioned_collection=mould.names_collection,
                arrived_at=moment(self._item.at),
                house=self._city.house,
            )
        )

    def _begun(
        self, case: CaseState, mould: MailMould, message_id: int, seen: int
    ) -> UrgentCase | None:
        case.happened(
            EventKind.TRIAGED,
            seen,
            message=message_id,
            process=case.process,
            matter=case.matter,
            urgent=case.urgent._value_,
            **marking(mould.found),
        )
        case.happened(EventKind.ASSIGNED, seen, team=case.team)
        own = self._city.material.knowledge.mailboxes[case.mailbox].process
        if case.misdirected and moved_on_arrival(case.as_case(), own):
            case.happened(
                EventKind.MOVED_PROCESS, seen, before=own, process=case.process, team=case.team
            )
        if mould.names_invoice:
            self._stage.rows["case_invoice"].append((case.id, self._slots["n"], 0, 0))
        if case.urgent is Urgency.NO:
            return None
        return UrgentCase.begun(self._stage, case, message_id, seen)

    def handled(self, case: CaseState, seen: int) -> None:
        """Let people take, answer and close a case, and the customer write again."""
        stage, hours, chance = self._stage, self._city.hours, self._chance
        span = stage.working(9_000)
        person = stage.colleague(case)
        at = hours.after(seen, span + 120)
        if chance.random() < 0.9:
            taken_at = hours.after(seen, span * 2 // 3 + 60)
            taker = self._taken(case, taken_at, person)
            if taker is None:
                return
            person, at = taker, max(at, taken_at + detours.LONGEST)
        if chance.random() < 0.04:
            at = hours.after(at, stage.working(5_000))
            person = stage.colleague(case, but=person)
            if not stage.take(case, at, person):
                return
            at = hours.after(at, stage.working(5_000))
        if self._lacks_facts(case) and chance.random() < stage.habits.asks:
            at = self._asked(case, at, person)
        elif case.status is not Status.WAITING_CUSTOMER and chance.random() < stage.habits.waits:
            at = self._waited(case, at, person)
        if not self._answered(case, at, person):
            return
        at = hours.after(at, stage.working(2_400))
        if stage.close(case, at, person) and chance.random() < 0.14:
            self._again(case, at, person)

    def _taken(self, case: CaseState, at: int, person: PersonKey) -> PersonKey | None:
        """Let somebody take a case, and do what comes to mind; return who goes on with it."""
        stage = self._stage
        detours.look(stage, case, at - detours.STEP, person)
        if not stage.take(case, at, person):
            return None
        if detours.undo_taking(stage, case, at + detours.STEP, person):
            person, at = stage.colleague(case, but=person), at + 2 * detours.STEP
            if not stage.take(case, at, person):
                return None
        return detours.after_taking(stage, case, at, person)

    def _waited(self, case: CaseState, at: int, person: PersonKey) -> int:
        """Let a case wait for the customer, who writes or not; return when people go on."""
        stage, hours = self._stage, self._city.hours
        if not detours.wait(stage, case, at, person):
            return at
        written_at = at + 600 + int(self._chance.expovariate(1 / DAY))
        if self._chance.random() < 0.7:
            self._follow_up(case, written_at)
            return hours.after(written_at + LAG, stage.working(3_000) + 60)
        at = hours.after(at + 2 * DAY, stage.working(3_000))
        detours.resume(stage, case, at, person)
        return at + detours.STEP

    def _lacks_facts(self, case: CaseState) -> bool:
        return case.owed is not None and case.owed.asking() is not None

    def _asked(self, case: CaseState, at: int, person: PersonKey) -> int:
        """Let somebody send what the house has drafted to ask; return when people go on.

        Some customers do not answer, not even when weeks have passed.
        """
        stage, hours = self._stage, self._city.hours
        draft = None if case.owed is None else case.owed.asking()
        if case.owed is None or draft is None or not stage.happens(at):
            return at
        case.reach(at)
        stage.note(at, "send", case, template=draft.template, by=person)
        self.post(case, case.owed.up_to_date(draft, at), at, person)
        if self._chance.random() < 0.7:
            written_at = at + 600 + int(self._chance.expovariate(1 / (2 * DAY)))
            self._follow_up(case, written_at)
            return hours.after(written_at + LAG, stage.working(3_000) + 60)
        return hours.after(at + _GIVEN_UP_AFTER, stage.working(9_000))

    def _again(self, case: CaseState, closed_at: int, person: PersonKey) -> None:
        """Let the customer write again on a closed case."""
        stage, hours = self._stage, self._city.hours
        at = closed_at + 600 + int(self._chance.expovariate(1 / (1.5 * DAY)))
        if not self._follow_up(case, at):
            return
        at = hours.after(at + LAG, stage.working(6_000) + 120)
        if self._answered(case, at, person):
            stage.close(case, hours.after(at, stage.working(1_200)), person)

    def _follow_up(self, case: CaseState, at: int) -> bool:
        seen = at + LAG
        if not self._stage.happens(seen):
            return False
        mould = self._stage.pick(self._stage.moulds.follow_ups)
        identity = self._city.identity
        said = {
            **self._slots,
            **self._head(at, self._next_message, self._slots["domain"]),
            "own": identity.own_message_id(case.number, 1),
            "to": self._city.material.knowledge.mailboxes[mould.arrived_in].address,
        }
        message_id = self._receive(mould, at, case, Kind.FOLLOW_UP, Values(said))
        case.reach(seen)
        assert case.owed is not None
        case.owed.last_mail = message_id
        if case.status is Status.CLOSED:
            case.status, case.clock_started_at = Status.OPEN, seen
            case.happened(EventKind.REOPENED, seen)
            case.owed.begin_anew()
        case.possible |= mould.found.possible
        case.complaint |= mould.found.complaint
        case.protected |= mould.found.protected
        case.version += 1
        case.happened(
            EventKind.RECEIVED, seen, message=message_id, follow_up=True, because="own_id"
        )
        if case.status is Status.WAITING_CUSTOMER:
            case.status = Status.OPEN
            case.happened(EventKind.RESUMED, seen)
        return True

    def _answered(self, case: CaseState, at: int, person: PersonKey) -> bool:
        """Let somebody answer: from a template, or in their own mail program."""
        if not self._stage.happens(at + 60):
            return False
        known = _LETTERS.get(case.matter or "")
        if known is not None and case.owner is not None and self._chance.random() < 0.4:
            self._from_template(case, at, person, *known)
        else:
            self._in_outlook(case, at)
        return True

    def _stopped(self, case: CaseState, urgent: UrgentCase) -> None:
        """Let people acknowledge an urgent case, stop what it is about, answer and close it."""
        stage, hours, chance = self._stage, self._city.hours, self._chance
        wait = chance.choices((900, 6_000, 30_000), (75, 19, 6))[0]
        person = stage.colleague(case)
        at = hours.after(urgent.told_at, max(90, int(wait * chance.random())))
        if not urgent.acknowledge(at, person):
            urgent.write()
            return
        at += 60
        taken = stage.take(case, at, person)
        late = chance.random() < 0.06 and case.handle_by is not None
        start = max(at, case.handle_by or 0) if late else at
        at = hours.after(start, stage.working(3_000) + 120)
        done = taken and self._ticked(case, at, person)
        if done:
            at = hours.after(at, stage.working(900) + 60)
            done = self._answered(case, at, person)
            at = hours.after(at, stage.working(900) + 60)
            done = done and stage.close(case, at, person)
        if not done:
            urgent.write()

    def _ticked(self, case: CaseState, at: int, person: PersonKey) -> bool:
        if not self._stage.happens(at):
            return False
        reason = self._stage.pick(_STOPPED[case.urgent])
        case.stop_confirmed = True
        case.version += 1
        case.happened(
            EventKind.STOP_CONFIRMED, at, person, reason=reason.value, stopped=reason.stops
        )
        self._stage.note(at, "confirm_stop", case, by=person, reason=reason)
        return True
