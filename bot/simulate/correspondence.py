"""The mails of one made-up case: received, answered by a receipt, and by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.actions.letter import status_after
from bot.cases import SYSTEM
from bot.reply_rules import ASKING, DraftState, Policy, ReplyDraft
from bot.services.due_letters import DueLetter
from bot.simulate import draft_rows, mail_rows
from bot.simulate.case_state import CaseState
from bot.simulate.deflating import Values
from bot.simulate.hours import moment
from bot.simulate.letter_moulds import LetterMould
from bot.simulate.mail_moulds import MailMould
from bot.simulate.player import LAG, MESSAGES, Item, Stage
from bot.vocabulary import (
    ActionKind,
    EventKind,
    Kind,
    Language,
    PersonKey,
    Status,
    TemplateKey,
)

_BEGINNING: Final = 1_577_836_800
"""From when the numbers of letters count minutes; see `ReplyDrafts.next_number`."""


class Correspondence:
    """Keeps the mails of one item; what is said of them is the story's."""

    def __init__(self, stage: Stage, item: Item) -> None:
        self._stage = stage
        self._city = stage.city
        self._item = item
        self._chance = stage.chance
        self._next_message = MESSAGES * item.index + 1
        self._slots = Values({})
        self._address = ""

    def _values(self, mould: MailMould) -> Values:
        at = self._item.at
        mailboxes = self._city.material.knowledge.mailboxes
        return self._stage.values_for(
            self._item,
            more={
                **self._head(at, self._item.index, mould.domain),
                "to": mailboxes[mould.arrived_in].address,
                "domain": mould.domain,
            },
        )

    def _head(self, at: int, number: int, domain: str) -> dict[str, str]:
        """Return what the head of a mail from outside says that no other says."""
        name = f"{at:x}.{number:x}"
        day, time = self._city.hours.mail_date(at)
        return {"mail_id": name, "mid": f"{name}@{domain}", "mail_day": day, "mail_time": time}

    def _receive(
        self,
        mould: MailMould,
        at: int,
        case: CaseState | None,
        kind: Kind,
        values: Values,
    ) -> int:
        message_id = self._next_message
        self._next_message += 1
        content = mail_rows.incoming(
            self._stage.rows,
            mould,
            values,
            message_id=message_id,
            case_id=None if case is None else case.id,
            kind=kind,
            received_at=at,
            seen_at=at + LAG,
        )
        if self._stage.acts is not None:
            key = mail_rows.key_of(message_id)
            self._stage.note(at, "mail", case, mailbox=mould.arrived_in, content=content, key=key)
        return message_id

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
        if not stage.acted(key, ActionKind.REPLY, case.id, data, at, seen):
            return
        letter, is_tip = city.receipt(case, mould, at)
        self._send(case, letter, at, automatic=True)
        case.happened(EventKind.RECEIPT_SENT, at, template=letter.template)
        if is_tip or at >= stage.counted_from:
            sender = self._count(key, case, letter, at)
            if is_tip:
                stage.rows["tag_tip"].append((sender, at))

    def _count(self, key: str, case: CaseState, letter: LetterMould, at: int) -> str:
        """Count an automatic mail; return the hash of whom it goes to."""
        sender = self._city.identity.hash_address(self._address)
        row = (key, sender, case.mailbox, letter.template, at)
        self._stage.rows["sent_reply"].append(row)
        return sender

    def _send(
        self,
        case: CaseState,
        letter: LetterMould,
        at: int,
        *,
        automatic: bool,
        number: int | None = 1,
        day: str = "",
    ) -> int:
        identity, hours = self._city.identity, self._city.hours
        opening = ""
        if letter.needs_opening:
            opening = self._city.say_opening(hours.next_opening(at), case.language)
        values = self._slots
        values["opening"], values["by"] = opening, day
        message_id = self._next_message
        self._next_message += 1
        mail_rows.outgoing(
            self._stage.rows,
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

    def _in_outlook(self, case: CaseState, at: int) -> None:
        text = self._stage.pick(self._city.wording.answers)
        letter = self._city.answer(text, case.mailbox)
        message_id = self._send(case, letter, at, automatic=False, number=None)
        found_at = at + 60
        case.reach(found_at)
        case.discard_overtaken(found_at)
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
            said=self._said(letter),
        )

    def _from_template(
        self,
        case: CaseState,
        at: int,
        person: PersonKey,
        name: TemplateKey,
        given: Mapping[str, str],
    ) -> None:
        assert case.owed is not None
        case.reach(at)
        letter = DueLetter(name=name, policy=Policy.STAFF, occasion=None)
        draft = case.owed.new(letter, at, person, language=Language(case.language), given=given)
        case.owed.keep(draft)
        self._stage.note(at, "letter", case, template=name, by=person, given=dict(given))
        self.post(case, draft, at, person)

    def post(self, case: CaseState, draft: ReplyDraft, at: int, by: str) -> None:
        """Send a letter, and tell on the case what the customer knows; see `LetterPerformer`."""
        assert case.owed is not None
        automatic, number = by == SYSTEM, max(2, (at - _BEGINNING) // 60)
        letter = self._city.letter_of(draft, case.as_case(), automatic=automatic)
        day = self._city.day_of(draft)
        self._send(case, letter, at, automatic=automatic, number=number, day=day)
        sent = replace(
            draft,
            state=DraftState.SENT,
            automatic=automatic,
            sent_by=by,
            n=number,
            template_version=letter.version,
            finished_at=moment(at),
            version=draft.version + 2,
        )
        case.owed.keep(sent)
        draft_rows.sent(self._stage.rows, sent, letter, self._slots)
        key = f"reply:draft:{draft.id}:{number}"
        data: dict[str, str | int] = {
            "what": "draft",
            "draft": draft.id,
            "mailbox": case.mailbox,
            "n": number,
        }
        self._stage.acted(key, ActionKind.REPLY, case.id, data, at, at)
        if automatic and at >= self._stage.counted_from:
            self._count(key, case, letter, at)
        self._told(case, sent, at, by)

    def _told(self, case: CaseState, sent: ReplyDraft, at: int, by: str) -> None:
        """Note that the customer has been told, and asked."""
        assert case.owed is not None
        data: dict[str, str | int] = {"template": sent.template, "draft": sent.id}
        kind = EventKind.REPLY_SENT if sent.automatic else EventKind.ANSWERED
        case.happened(kind, at, by, **data)
        status = status_after(case.status, sent)
        if status is not case.status:
            case.status = status
            case.version += 1
            if status is Status.WAITING_CUSTOMER:
                case.happened(EventKind.WAITING, at, by, **data)
        if sent.template in ASKING and status is Status.WAITING_CUSTOMER:
            case.owed.come_back(sent, at)
        if not sent.automatic:
            case.discard_overtaken(at)

    def _said(self, letter: LetterMould) -> tuple[str, str, str]:
        """Return subject, text and HTML of a letter as it was written."""
        subject, text, html = (part % self._slots for part in letter.written)
        return subject, text, html
