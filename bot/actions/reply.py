"""Send one automatic mail, at most once.

The order is: choose and fill the template, save the draft, remember its key, send, record.
Whatever was done before a crash is found again by our own Message-ID, which is the same
every time for one action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.result import Done, Dropped, Probe, Result
from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import ReplyHasHole
from bot.knowledge import Knowledge
from bot.plan import (
    AnswerPolicy,
    BrakeLimits,
    SentSoFar,
    Withheld,
    brake,
    choose_receipt,
    is_too_old,
    plan_alert,
    plan_operator_alert,
)
from bot.store.records import ClaimedAction, SentMessage, StoredMail
from bot.store.unit_of_work import Database, Work
from bot.templates import Rendered, Templates
from bot.texts import speaker
from bot.vocabulary import (
    ActionState,
    EventKind,
    MailboxKey,
    MessageId,
    Mode,
    Step,
    TemplateKey,
    Urgency,
    Verdict,
)
from bot.worktime import Calendar, is_open, next_opening
from functionmail.compose import answer_address, compose
from functionmail.connectors.base import MailSender
from functionmail.errors import CannotAnswer, MessageGone, Refusal, SendRefused, SendUncertain
from functionmail.identity import Identity
from functionmail.message import Address, DraftKey, Message, Outgoing
from functionmail.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Brakes:
    """The limits for senders we know and for those we do not."""

    customer: BrakeLimits
    unknown: BrakeLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    outgoing: Outgoing
    content: bytes
    rendered: Rendered
    template: TemplateKey
    sender_hash: str


class ReplyPerformer:
    """Sends receipts from the function mailboxes."""

    def __init__(
        self,
        database: Database,
        *,
        senders: Mapping[MailboxKey, MailSender],
        templates: Templates,
        knowledge: Knowledge,
        calendar: Calendar,
        identity: Identity,
        brakes: Brakes,
        policies: Callable[[MailboxKey, datetime], AnswerPolicy],
        clock: Clock,
        probe: Probe,
    ) -> None:
        self._database = database
        self._senders = senders
        self._templates = templates
        self._knowledge = knowledge
        self._calendar = calendar
        self._identity = identity
        self._brakes = brakes
        self._policies = policies
        self._clock = clock
        self._probe = probe

    def perform(self, action: ClaimedAction) -> Result:
        """See `Performer.perform`."""
        assert action.case_id is not None
        now = self._clock.now()
        with self._database.reading() as work:
            case = work.cases.get(action.case_id)
            stored = work.messages.stored(MessageId(action.data["message"]))
            sent_before = work.cases.has_event(case.id, EventKind.RECEIPT_SENT)
            invoices = (work.messages.first_triage(case.id) or {}).get("invoices", ())
        mailbox = MailboxKey(action.data["mailbox"])
        mode = self._policies(mailbox, now).mode
        because = (
            None
            if _verdict(action) is not None
            else _reason_not_to(case, stored, sent_before=sent_before, mode=mode, now=now)
        )
        sender = self._senders.get(mailbox)
        if because is not None or sender is None or stored is None:
            return self._drop(case, action, because or Withheld.MODE)
        try:
            draft = self._write(case, action, parse(stored.content), now, invoices=invoices)
        except CannotAnswer:
            return self._drop(case, action, Withheld.NO_ADDRESS)
        except ReplyHasHole:
            return self._drop(case, action, Withheld.TEMPLATE_HOLE, tell=True)
        if action.draft is None and (stopped := self._braked(case, draft, mailbox, now)):
            return self._drop(case, action, stopped)
        return self._deliver(case, action, draft, sender, mode)

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`."""
        assert action.case_id is not None
        case, now = work.cases.get(action.case_id), self._clock.now()
        why = f"{Withheld.GAVE_UP}:{because}"
        work.cases.record([self._event(case, EventKind.RECEIPT_WITHHELD, now, because=why)])

    def _write(
        self,
        case: Case,
        action: ClaimedAction,
        original: Message,
        now: datetime,
        *,
        invoices: Sequence[str],
    ) -> _Draft:
        mailbox = self._knowledge.mailboxes[MailboxKey(action.data["mailbox"])]
        # Without the name: it is the sender's own text, and From may be forged.
        recipient = Address(address=answer_address(original).address)
        template = choose_receipt(case, is_open=is_open(now, self._calendar))
        context = {**self._context(case, now), "invoice_numbers": invoices}
        rendered = self._templates.render(template, case.language, context)
        message_id = self._identity.own_message_id(str(case.number), int(action.data["n"]))
        outgoing = Outgoing(
            message_id=message_id,
            sender=Address(name=self._knowledge.links.sender_name, address=mailbox.address),
            recipient=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            in_reply_to=original.message_id,
            references=(*original.references, original.message_id),
            auto_submitted="auto-replied",
            language=case.language,
            sent_at=now,
        )
        return _Draft(
            outgoing=outgoing,
            content=compose(outgoing),
            rendered=rendered,
            template=template,
            sender_hash=self._identity.hash_address(recipient.address),
        )

    def _context(self, case: Case, now: datetime) -> Mapping[str, object]:
        links, say = self._knowledge.links, speaker(case.language)
        opening = next_opening(now, self._calendar)
        return {
            "case_number": str(case.number),
            "case_reference": self._identity.case_reference(str(case.number)),
            "sender_name": links.sender_name,
            "support_phone": links.support_phone,
            "internal_phone": links.internal_phone,
            "link_web": links.web,
            "link_feedback": links.feedback,
            "next_opening": say.moment(opening, self._calendar.zone),
            "handled_by_text": self._handled_by(now, case.language),
        }

    def _handled_by(self, now: datetime, language: str) -> str:
        say = speaker(language)
        return say("i dag") if is_open(now, self._calendar) else say("nästa arbetsdag")

    def _braked(
        self, case: Case, draft: _Draft, mailbox: MailboxKey, now: datetime
    ) -> Withheld | None:
        known = self._knowledge.is_customer_address(draft.outgoing.recipient.address)
        limits = self._brakes.customer if known else self._brakes.unknown
        with self._database.work() as work:
            sent = _sent_so_far(work, case, draft, mailbox, now)
            stopped = brake(sent, limits, urgent=case.urgent is not Urgency.NO)
            self._tend_breakers(work, sent, limits, mailbox, now)
        return stopped

    def _tend_breakers(
        self, work: Work, sent: SentSoFar, limits: BrakeLimits, mailbox: MailboxKey, now: datetime
    ) -> None:
        states = (
            (mailbox, sent.from_mailbox_last_hour >= limits.mailbox_per_hour),
            ("*", sent.everything_last_hour >= limits.everything_per_hour),
        )
        for scope, is_over in states:
            if not is_over:
                work.sent_replies.close_breaker(scope)
            elif work.sent_replies.open_breaker(scope, now):
                alert = plan_operator_alert(
                    "breaker_open", f"{scope}:{now.isoformat()}", now=now, mailbox=mailbox
                )
                work.actions.plan([alert], now)

    def _deliver(
        self, case: Case, action: ClaimedAction, draft: _Draft, sender: MailSender, mode: Mode
    ) -> Result:
        message_id = draft.outgoing.message_id
        begun_before, verdict = action.attempts > 1, _verdict(action)
        if verdict is not Verdict.SENT and not (begun_before and sender.find_sent(message_id)):
            key = sender.find_draft(message_id) if begun_before else None
            if key is None:
                key = sender.save_draft(message_id, draft.content)
            with self._database.work() as work:
                work.actions.remember_draft(action, key)
            self._probe(Step.DRAFT_SAVED)
            if mode is Mode.DRAFT:
                return Done(because="draft_saved")
            try:
                self._send(sender, key, message_id, again=verdict is Verdict.AGAIN)
            except SendRefused as error:
                return self._drop(case, action, _WITHHELD[error.refusal], tell=True)
            except SendUncertain:
                return self._leave_to_a_person(case, action)
            self._probe(Step.SENT)
        self._record(case, action, draft)
        self._probe(Step.RECORDED)
        return Done()

    def _send(self, sender: MailSender, key: DraftKey, message_id: str, *, again: bool) -> None:
        try:
            if again:
                sender.send_again(key)
            else:
                sender.send(key)
        except MessageGone:
            if not sender.find_sent(message_id):
                raise

    def _record(self, case: Case, action: ClaimedAction, draft: _Draft) -> None:
        now = self._clock.now()
        mailbox = MailboxKey(action.data["mailbox"])
        sent = SentMessage(
            message=parse(draft.content),
            content=draft.content,
            mailbox=mailbox,
            case_id=case.id,
            automatic=True,
            template=draft.template,
            template_version=draft.rendered.version,
            sent_at=now,
        )
        with self._database.work() as work:
            if not work.actions.finish(action, now):
                return
            work.messages.insert_sent(sent)
            work.sent_replies.record(
                action_key=action.key,
                sender_hash=draft.sender_hash,
                mailbox=mailbox,
                template=draft.template,
                at=now,
            )
            work.cases.record(
                [self._event(case, EventKind.RECEIPT_SENT, now, template=draft.template)]
            )

    def _leave_to_a_person(self, case: Case, action: ClaimedAction) -> Result:
        """Stop here: sending again could answer twice, and not sending could answer never."""
        now = self._clock.now()
        message = MessageId(action.data["message"])
        with self._database.work() as work:
            if work.actions.finish(
                action, now, state=ActionState.UNCERTAIN, because=SendUncertain.code
            ):
                work.cases.record([self._event(case, EventKind.SEND_UNCERTAIN, now)])
                alerts = plan_alert(case, message, at=now, code="reply_uncertain")
                work.actions.plan(alerts, now)
        return Dropped(because=SendUncertain.code)

    def _drop(
        self, case: Case, action: ClaimedAction, because: str, *, tell: bool = False
    ) -> Result:
        now = self._clock.now()
        with self._database.work() as work:
            if not work.actions.finish(
                action, now, state=ActionState.DROPPED, because=str(because)
            ):
                return Dropped(because=str(because))
            work.cases.record(
                [self._event(case, EventKind.RECEIPT_WITHHELD, now, because=str(because))]
            )
            if tell:
                alert = plan_operator_alert(
                    "action_failed", action.key, now=now, because=str(because)
                )
                work.actions.plan([alert], now)
                if case.urgent is not Urgency.NO:
                    message = MessageId(action.data["message"])
                    alerts = plan_alert(case, message, at=now, code="reply_not_sent")
                    work.actions.plan(alerts, now)
        return Dropped(because=str(because))

    def _event(self, case: Case, kind: EventKind, now: datetime, **data: str) -> Event:
        return Event.on(case, kind, now, self._calendar, **data)


_WITHHELD: Mapping[Refusal, Withheld] = {
    Refusal.SEND_AS_DENIED: Withheld.SEND_AS_DENIED,
    Refusal.MAILBOX_FULL: Withheld.MAILBOX_FULL,
    Refusal.RECIPIENT: Withheld.RECIPIENT,
    Refusal.TOO_LARGE: Withheld.TOO_LARGE,
    Refusal.OTHER: Withheld.REFUSED_BY_SERVER,
}


def _verdict(action: ClaimedAction) -> Verdict | None:
    """Return what a person said of a mail whose sending was in doubt."""
    said = action.data.get("verdict")
    return None if said is None else Verdict(said)


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


def _sent_so_far(
    work: Work, case: Case, draft: _Draft, mailbox: MailboxKey, now: datetime
) -> SentSoFar:
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    count, sender = work.sent_replies.count, draft.sender_hash
    return SentSoFar(
        to_sender_last_hour=count(since=hour, sender_hash=sender),
        to_sender_last_day=count(since=day, sender_hash=sender),
        same_template_to_sender_last_hour=count(
            since=hour, sender_hash=sender, template=draft.template
        ),
        same_template_on_case=work.messages.sent_count(case.id, template=draft.template),
        unanswered_on_case=work.messages.automatic_since_human(case.id),
        from_mailbox_last_hour=count(since=hour, mailbox=mailbox),
        everything_last_hour=count(since=hour),
    )
