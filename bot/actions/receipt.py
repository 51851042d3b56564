"""Send the receipt of a case: choose it, fill it, and at most once say that the mail came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.actions.braking import Braking
from bot.actions.policy import receipt_policy
from bot.actions.post import Handover, Post, verdict_of
from bot.actions.result import Done, Dropped, Result
from bot.actions.tag_tips import TagTip, tag_tip
from bot.actions.unsent import WITHHELD, leave_to_a_person, tell_of_refusal
from bot.actions.workplace import Workplace
from bot.cases import Case
from bot.errors import ReplyHasHole
from bot.plan import Withheld, choose_receipt, is_too_old
from bot.reply_rules import MOVED, Policy, is_sure_move
from bot.store.records import ClaimedAction, SentMessage, StoredMail
from bot.store.unit_of_work import Work
from bot.templates import Rendered
from bot.texts import speaker
from bot.vocabulary import (
    ActionState,
    EventKind,
    MailboxKey,
    MessageId,
    Mode,
    TemplateKey,
)
from bot.worktime import is_open, next_opening
from functionmail.compose import answer_address, compose
from functionmail.errors import CannotAnswer, SendUncertain
from functionmail.message import Address, Message, Outgoing
from functionmail.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    outgoing: Outgoing
    content: bytes
    rendered: Rendered
    sender_hash: str
    has_tip: bool


class ReceiptPerformer:
    """Sends receipts from the function mailboxes."""

    def __init__(self, workplace: Workplace, post: Post, braking: Braking) -> None:
        self._at = workplace
        self._post = post
        self._braking = braking

    def perform(self, action: ClaimedAction) -> Result:
        """See `Performer.perform`."""
        assert action.case_id is not None
        now = self._at.clock.now()
        with self._at.database.reading() as work:
            case = work.cases.get(action.case_id)
            stored = work.messages.stored(MessageId(action.data["message"]))
            sent_before = work.cases.has_event(case.id, EventKind.RECEIPT_SENT)
            triage = work.messages.first_triage(case.id) or {}
        mailbox = MailboxKey(action.data["mailbox"])
        mode = self._at.mode(mailbox)
        because = (
            None
            if verdict_of(action) is not None
            else _reason_not_to(case, stored, sent_before=sent_before, mode=mode, now=now)
        )
        if because is not None or stored is None or not self._post.serves(mailbox):
            return self._drop(case, action, because or Withheld.MODE)
        try:
            letter = self._write(case, action, parse(stored.content), triage)
        except CannotAnswer:
            return self._drop(case, action, Withheld.NO_ADDRESS)
        except ReplyHasHole:
            return self._drop(case, action, Withheld.TEMPLATE_HOLE, tell=True)
        stopped = None
        if action.draft is None:
            stopped = self._braking.stops(
                case, letter.rendered.template, letter.outgoing.recipient, mailbox
            )
        may = receipt_policy(
            case, letter.rendered.template, replies=self._at.knowledge.replies, mode=mode
        )
        if may not in (Policy.DRAFT, Policy.AUTO) and verdict_of(action) is None:
            stopped = Withheld.POLICY
        if stopped is not None:
            return self._drop(case, action, stopped)
        return self._deliver(case, action, letter, only_draft=may is Policy.DRAFT)

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`."""
        assert action.case_id is not None
        case = work.cases.get(action.case_id)
        why = f"{Withheld.GAVE_UP}:{because}"
        work.cases.record([self._at.event(case, EventKind.RECEIPT_WITHHELD, because=why)])

    def _write(
        self, case: Case, action: ClaimedAction, original: Message, triage: Mapping[str, Any]
    ) -> _Letter:
        # Without the name: it is the sender's own text, and From may be forged.
        recipient = Address(address=answer_address(original).address)
        sender_hash = self._at.identity.hash_address(recipient.address)
        tip = self._tip(case, triage, sender_hash)
        template = self._choose(case, triage)
        values = {**self._values(case, template), "invoice_numbers": triage.get("invoices", ())}
        values |= {} if tip is None else {"tag_code": tip.code, "link_tags": tip.link}
        rendered = self._at.templates.render(template, case.language, values)
        now = self._at.clock.now()
        outgoing = Outgoing(
            message_id=self._at.identity.own_message_id(str(case.number), int(action.data["n"])),
            sender=self._at.sender_of(MailboxKey(action.data["mailbox"])),
            recipient=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            in_reply_to=original.message_id,
            references=(*original.references, original.message_id),
            auto_submitted="auto-replied",
            language=rendered.language,
            sent_at=now,
        )
        return _Letter(
            outgoing=outgoing,
            content=compose(outgoing),
            rendered=rendered,
            sender_hash=sender_hash,
            has_tip=tip is not None,
        )

    def _choose(self, case: Case, triage: Mapping[str, Any]) -> TemplateKey:
        """Return the receipt, or the letter that says that we have moved the case ourselves."""
        sure = is_sure_move(case, float(triage.get("confidence", 0.0)))
        if sure and self._at.policy(case, MOVED, beyond_doubt=True) is Policy.AUTO:
            return MOVED
        return choose_receipt(case, is_open=is_open(self._at.clock.now(), self._at.calendar))

    def _tip(self, case: Case, triage: Mapping[str, Any], sender_hash: str) -> TagTip | None:
        with self._at.database.reading() as work:
            last = work.tag_tips.last(sender_hash)
        now = self._at.clock.now()
        return tag_tip(case, triage, self._at.knowledge, last=last, now=now)

    def _values(self, case: Case, template: TemplateKey) -> Mapping[str, object]:
        links, say = self._at.knowledge.links, speaker(case.language)
        opening = next_opening(self._at.clock.now(), self._at.calendar)
        values = {
            "case_number": str(case.number),
            "case_reference": self._at.identity.case_reference(str(case.number)),
            "sender_name": links.sender_name,
            "support_phone": links.support_phone,
            "internal_phone": links.internal_phone,
            "link_web": links.web,
            "link_feedback": links.feedback,
            "next_opening": say.moment(opening, self._at.calendar.zone),
            "handled_by_text": self._handled_by(case.language),
        }
        if template == MOVED and case.process is not None:
            name = self._at.knowledge.names_in(say.language).process(case.process)
            values |= {"process_name": name[:1].lower() + name[1:]}
        return values

    def _handled_by(self, language: str) -> str:
        say = speaker(language)
        open_now = is_open(self._at.clock.now(), self._at.calendar)
        return say("i dag") if open_now else say("nästa arbetsdag")

    def _deliver(
        self, case: Case, action: ClaimedAction, letter: _Letter, *, only_draft: bool
    ) -> Result:
        became = self._post.hand_over(
            action,
            letter.content,
            mailbox=MailboxKey(action.data["mailbox"]),
            message_id=letter.outgoing.message_id,
            record=lambda: self._record(case, action, letter),
            only_draft=only_draft,
        )
        if became is Handover.LEFT_AS_DRAFT:
            self._remember_tip(letter)
            return Done(because="draft_saved")
        if became is Handover.UNCERTAIN:
            return self._leave_to_a_person(case, action)
        if isinstance(became, Handover):
            return Done()
        return self._drop(case, action, WITHHELD[became], tell=True)

    def _record(self, case: Case, action: ClaimedAction, letter: _Letter) -> None:
        now = self._at.clock.now()
        mailbox, rendered = MailboxKey(action.data["mailbox"]), letter.rendered
        sent = SentMessage(
            message=parse(letter.content),
            content=letter.content,
            mailbox=mailbox,
            case_id=case.id,
            automatic=True,
            template=rendered.template,
            template_version=rendered.version,
            sent_at=now,
        )
        with self._at.database.work() as work:
            if not work.actions.finish(action, now):
                return
            work.messages.insert_sent(sent)
            work.sent_replies.record(
                action_key=action.key,
                sender_hash=letter.sender_hash,
                mailbox=mailbox,
                template=rendered.template,
                at=now,
            )
            if letter.has_tip:
                work.tag_tips.record(letter.sender_hash, now)
            event = self._at.event(case, EventKind.RECEIPT_SENT, template=rendered.template)
            work.cases.record([event])

    def _remember_tip(self, letter: _Letter) -> None:
        if letter.has_tip:
            with self._at.database.work() as work:
                work.tag_tips.record(letter.sender_hash, self._at.clock.now())

    def _leave_to_a_person(self, case: Case, action: ClaimedAction) -> Result:
        now, cause = self._at.clock.now(), MessageId(action.data["message"])
        with self._at.database.work() as work:
            if leave_to_a_person(work, case, action, cause, now):
                work.cases.record([self._at.event(case, EventKind.SEND_UNCERTAIN)])
        return Dropped(because=SendUncertain.code)

    def _drop(
        self, case: Case, action: ClaimedAction, because: str, *, tell: bool = False
    ) -> Result:
        now, why = self._at.clock.now(), str(because)
        with self._at.database.work() as work:
            if work.actions.finish(action, now, state=ActionState.DROPPED, because=why):
                work.cases.record([self._at.event(case, EventKind.RECEIPT_WITHHELD, because=why)])
                if tell:
                    cause = MessageId(action.data["message"])
                    tell_of_refusal(work, case, action, cause, because=why, now=now)
        return Dropped(because=why)


def _reason_not_to(
    case: Case, stored: StoredMail | None, *, sent_before: bool, mode: Mode, now: datetime
) -> Withheld | None:
    if sent_before:
        return Withheld.ALREADY_SENT
    if mode not in (Mode.DRAFT, Mode.AUTO):
        return Withheld.MODE
    if stored is None:
        return Withheld.NO_ADDRESS
    if is_too_old(case.received_at, now):
        return Withheld.TOO_OLD
    return None
