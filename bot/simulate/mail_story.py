"""The history of a mail: taken in, answered by a receipt, handled by people, sometimes again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.cases import PlannedAction
from bot.dunning import OpenInvoice
from bot.reports.case_facts import TagSeen
from bot.services.deadlines import with_deadline
from bot.services.moving import moved_on_arrival
from bot.simulate import mail_rows
from bot.simulate.case_state import CaseState
from bot.simulate.hours import DAY, moment
from bot.simulate.letter_moulds import LetterMould
from bot.simulate.mail_moulds import MailMould
from bot.simulate.player import LAG, MESSAGES, Item, Stage
from bot.simulate.urgency import UrgentCase
from bot.triage.model import Triage
from bot.vocabulary import (
    ActionKind,
    CaseId,
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
_GUIDANCE: Final = TemplateKey("system_guidance")
_BEGINNING: Final = 1_577_836_800
"""From when the numbers of letters count minutes; see `ReplyDrafts.next_number`."""
_LETTERS: Final[Mapping[str, tuple[TemplateKey, Mapping[str, str]]]] = {
    "systemfel": (_GUIDANCE, {"support_contact": "systemstöd, telefon 08-465 004 30"}),
    "behorighet": (_GUIDANCE, {"support_contact": "systemstöd, telefon 08-465 004 30"}),
    "inbetalning": (TemplateKey("unknown_payment"), {}),
    "avgift": (TemplateKey("fee_check"), {"control_year": "2023"}),
}
"""Letters that people send, by matter, and what they fill in."""


class MailStory:
    """Plays one mail."""

    def __init__(self, stage: Stage, item: Item) -> None:
        self._stage = stage
        self._city = stage.city
        self._item = item
        self._chance = stage.chance
        self._next_message = MESSAGES * item.index + 1
        self._last_received = 0
        self._letters = 1
        self._names: dict[str, str] = {}

    def ignored(self) -> None:
        """Play a mail that is nobody's case."""
        mould = self._chance.choice(self._stage.moulds.ignored)
        self._receive(mould, self._item.at, None, mould.found.kind, self._values(mould))

    def case(self) -> None:
        """Play a mail that opens a case, until the case is closed or the history ends."""
        stage, item = self._stage, self._item
        mould = self._chance.choice(stage.moulds.opening)
        self._slots = self._values(mould)
        self._address = f"{self._slots['local']}@{mould.domain}"
        seen = item.at + LAG
        case = self._opened(mould)
        message_id = self._receive(mould, item.at, case, Kind.CASE, self._slots)
        case.happened(EventKind.RECEIVED, item.at, message=message_id)
        urgent = self._begun(case, mould, message_id, seen)
        self._receipt(case, mould, message_id, seen)
        if urgent is None:
            self._handled(case, seen)
        else:
            self._stopped(case, urgent)
        case.events.sort(key=lambda event: event.at)
        case.write(stage.rows)

    def _values(self, mould: MailMould) -> dict[str, str]:
        at = self._item.at
        mailboxes = self._city.material.knowledge.mailboxes
        return self._stage.values_for(
            self._item,
            more={
                "mid": f"{at:x}.{self._item.index:x}@{mould.domain}",
                "date": self._city.hours.mail_date(at),
                "to": mailboxes[mould.arrived_in].address,
                "own": "",
                "ref": "",
                "domain": mould.domain,
            },
        )

    def _opened(self, mould: MailMould) -> CaseState:
        item, found, knowledge = self._item, mould.found, self._city.material.knowledge
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
            customer=knowledge.customer_key(found.customer),
            team=knowledge.team_for(found.process, found.customer, mould.mailbox),
            language=found.lang.value,
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

    def _receive(
        self,
        mould: MailMould,
        at: int,
        case: CaseState | None,
        kind: Kind,
        values: Mapping[str, str],
    ) -> int:
        message_id = self._next_message
        self._next_message += 1
        self._last_received = message_id
        content = mail_rows.incoming(
            self._stage.rows,
            self._city.hours,
            mould,
            values,
            message_id=message_id,
            case_id=None if case is None else case.id,
            kind=kind,
            received_at=at,
            seen_at=at + LAG,
        )
        key = mail_rows.key_of(message_id)
        self._stage.note(at, "mail", case, mailbox=mould.arrived_in, content=content, key=key)
        return message_id

    def _begun(
        self, case: CaseState, mould: MailMould, message_id: int, seen: int
    ) -> UrgentCase | None:
        case.happened(
            EventKind.TRIAGED,
            seen,
            message=message_id,
            process=case.process,
            matter=case.matter,
            urgent=case.urgent.value,
            **_marking(mould.found),
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

    def _receipt(self, case: CaseState, mould: MailMould, message_id: int, seen: int) -> None:
        stage, city = self._stage, self._city
        if mould.no_answer:
            because = f"no_answer_rule:{mould.no_answer[0]}"
            case.happened(EventKind.RECEIPT_WITHHELD, seen, because=because)
            return
        at = seen + city.twin_wait
        data: dict[str, str | int] = {
            "what": "receipt",
            "message": message_id,
            "mailbox": case.mailbox,
            "n": 1,
        }
        key = f"reply:receipt:{case.id}"
        if not stage.done(
            PlannedAction(
                key=key,
                kind=ActionKind.REPLY,
                case_id=CaseId(case.id),
                due_at=moment(at),
                data=data,
            ),
            seen,
        ):
            return
        letter, is_tip = city.receipt(case, mould, at)
        self._send(case, letter, at, automatic=True)
        case.happened(EventKind.RECEIPT_SENT, at, template=letter.template)
        sender = city.identity.hash_address(self._address)
        stored = city.hours.stored(at)
        stage.rows["sent_reply"].append((key, sender, case.mailbox, letter.template, stored))
        if is_tip:
            stage.rows["tag_tip"].append((sender, stored))

    def _send(
        self,
        case: CaseState,
        letter: LetterMould,
        at: int,
        *,
        automatic: bool,
        number: int | None = 1,
    ) -> int:
        identity, hours = self._city.identity, self._city.hours
        opening = ""
        if letter.needs_opening:
            opening = self._city.say_opening(hours.next_opening(at), case.language)
        values = {**self._slots, **self._names_of(case), "opening": opening}
        message_id = self._next_message
        self._next_message += 1
        mail_rows.outgoing(
            self._stage.rows,
            hours,
            letter,
            values,
            message_id=message_id,
            case_id=case.id,
            mid=identity.own_message_id(case.number, number)
            if number is not None
            else f"{at:x}.{message_id:x}@{letter.sender.partition('@')[2]}",
            to=self._address,
            automatic=automatic,
            mailbox=case.mailbox,
            at=at,
        )
        return message_id

    def _handled(self, case: CaseState, seen: int) -> None:
        """Let people take, answer and close a case, and the customer write again."""
        stage, hours, chance = self._stage, self._city.hours, self._chance
        span = stage.working(9_000)
        person = stage.colleague(case)
        if chance.random() < 0.9 and not stage.take(
            case, hours.after(seen, span * 2 // 3 + 60), person
        ):
            return
        at = hours.after(seen, span + 120)
        if chance.random() < 0.04:
            at = hours.after(at, stage.working(5_000))
            person = stage.colleague(case, but=person)
            if not stage.take(case, at, person):
                return
            at = hours.after(at, stage.working(5_000))
        if not self._answered(case, at, person):
            return
        at = hours.after(at, stage.working(2_400))
        if stage.close(case, at, person) and chance.random() < 0.14:
            self._again(case, at, person)

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
        mould = self._chance.choice(self._stage.moulds.follow_ups)
        identity = self._city.identity
        values = {
            **self._slots,
            "mid": f"{at:x}.{self._next_message:x}@{self._slots['domain']}",
            "date": self._city.hours.mail_date(at),
            "own": identity.own_message_id(case.number, 1),
            **self._names_of(case),
            "to": self._city.material.knowledge.mailboxes[mould.arrived_in].address,
        }
        message_id = self._receive(mould, at, case, Kind.FOLLOW_UP, values)
        if case.status is Status.CLOSED:
            case.status, case.clock_started_at = Status.OPEN, seen
            case.happened(EventKind.REOPENED, seen)
        case.possible |= mould.found.possible
        case.complaint |= mould.found.complaint
        case.protected |= mould.found.protected
        case.version += 1
        case.happened(
            EventKind.RECEIVED, seen, message=message_id, follow_up=True, because="own_id"
        )
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

    def _in_outlook(self, case: CaseState, at: int) -> None:
        text = self._chance.choice(self._city.wording.answers)
        letter = self._city.answer(text, case.mailbox)
        message_id = self._send(case, letter, at, automatic=False, number=None)
        found_at = self._city.hours.stored(at + 60)
        mail_rows.found_in_sent(
            self._stage.rows,
            case.mailbox,
            message_id=message_id,
            case_id=case.id,
            seen_at=found_at,
        )
        if case.status is Status.NEW:
            case.status = Status.OPEN
            case.version += 1
        case.happened(EventKind.ANSWERED, at, "somebody", message=message_id)
        if self._stage.acts is None:
            return
        self._stage.note(
            at,
            "answer",
            case,
            key=mail_rows.key_of(message_id),
            mailbox=case.mailbox,
            to=self._address,
            mid=f"{at:x}.{message_id:x}@{letter.sender.partition('@')[2]}",
            answered=self._slots["mid"],
            said=self._said(letter, case),
        )

    def _from_template(
        self,
        case: CaseState,
        at: int,
        person: PersonKey,
        name: TemplateKey,
        given: Mapping[str, str],
    ) -> None:
        stage, stored = self._stage, self._city.hours.stored(at)
        letter = self._city.staff_letter(name, case.as_case(), given)
        number = max(2, (at - _BEGINNING) // 60)
        draft = 2 * self._item.index + self._letters
        self._letters += 1
        self._send(case, letter, at, automatic=False, number=number)
        subject, text, html = self._said(letter, case)
        stage.rows["reply_draft"].append(
            (
                draft,
                case.id,
                self._last_received,
                case.mailbox,
                name,
                letter.version,
                case.language,
                "sent",
                0,
                person,
                person,
                None,
                number,
                stored,
                stored,
                3,
            )
        )
        given_text = json.dumps(dict(given))
        stage.rows["reply_draft_text"].append((draft, given_text, subject, text, html))
        data: dict[str, str | int] = {
            "what": "draft",
            "draft": draft,
            "mailbox": case.mailbox,
            "n": number,
        }
        stage.done(
            PlannedAction(
                key=f"reply:draft:{draft}:{number}",
                kind=ActionKind.REPLY,
                case_id=CaseId(case.id),
                due_at=moment(at),
                data=data,
            ),
            at,
        )
        case.happened(EventKind.ANSWERED, at, person, template=name, draft=draft)
        stage.note(at, "letter", case, template=name, by=person, given=dict(given))

    def _names_of(self, case: CaseState) -> dict[str, str]:
        """Return what stands in our mails for a case."""
        if not self._names:
            reference = self._city.identity.case_reference(case.number)
            self._names = {"number": case.number, "ref": reference}
        return self._names

    def _said(self, letter: LetterMould, case: CaseState) -> tuple[str, str, str]:
        """Return subject, text and HTML of a letter as it was written."""
        values = {**self._slots, **self._names_of(case)}
        subject, text, html = (part % values for part in letter.written)
        return subject, text, html

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
        reason = self._chance.choice(_STOPPED[case.urgent])
        case.stop_confirmed = True
        case.version += 1
        case.happened(
            EventKind.STOP_CONFIRMED, at, person, reason=reason.value, stopped=reason.stops
        )
        self._stage.note(at, "confirm_stop", case, by=person, reason=reason)
        return True


def _marking(found: Triage) -> dict[str, str]:
    """Return how the customer marked the subject, as `bot.services.registering` notes it."""
    if found.tag_exact is None:
        return {}
    if found.tag is None:
        return {"tag": TagSeen.NONE.value}
    seen = TagSeen.EXACT if found.tag_exact else TagSeen.FUZZY
    return {"tag": seen.value, "tag_process": found.tag}
