"""Send a reply that was written, and put on record what the customer has been told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.actions.braking import Braking
from bot.actions.overtaken import discard_overtaken
from bot.actions.post import Handover, Post, verdict_of
from bot.actions.result import Done, Dropped, Result
from bot.actions.unsent import WITHHELD, leave_to_a_person, tell_of_refusal
from bot.actions.workplace import Workplace
from bot.cases import SYSTEM, Case
from bot.errors import DataError
from bot.knowledge.replies_file import RepliesFile
from bot.plan import Withheld, is_too_old
from bot.promises import Feedback
from bot.reply_rules import (
    ASKING,
    INFORMATION_REMINDER,
    MOVED,
    PROMISES,
    DraftState,
    Policy,
    ReplyDraft,
    ReplyTask,
    TaskKind,
    TaskStep,
)
from bot.store.records import ClaimedAction, SentMessage, StoredMail
from bot.store.unit_of_work import Work
from bot.vocabulary import (
    ActionState,
    DraftId,
    EventKind,
    Mode,
    Status,
)
from bot.worktime import (
    Calendar,
    add_working_time,
    opening_after,
    previous_working_moment,
)
from functionmail.compose import answer_address, compose
from functionmail.errors import CannotAnswer, SendUncertain
from functionmail.message import Address, Message, Outgoing
from functionmail.parse import parse

_FEEDBACK = {
    Feedback.ONGOING: EventKind.FEEDBACK_ONGOING,
    Feedback.DONE: EventKind.FEEDBACK_DONE,
}
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    case: Case
    draft: ReplyDraft
    outgoing: Outgoing
    content: bytes


class LetterPerformer:
    """Sends written replies from the function mailboxes."""

    def __init__(self, workplace: Workplace, post: Post, braking: Braking) -> None:
        self._at = workplace
        self._post = post
        self._braking = braking

    def perform(self, action: ClaimedAction) -> Result:
        """See `Performer.perform`."""
        assert action.case_id is not None
        with self._at.database.reading() as work:
            case = work.cases.get(action.case_id)
            draft = work.reply_drafts.get(DraftId(action.data["draft"]))
            stored = None if draft.message_id is None else work.messages.stored(draft.message_id)
        if draft.state is not DraftState.SENDING:
            return Dropped(because="not_sending")
        if not self._post.serves(draft.mailbox):
            return self._give_back(case, action, Withheld.MODE)
        try:
            letter = self._compose(case, draft, stored)
        except CannotAnswer:
            return self._give_back(case, action, Withheld.NO_ADDRESS)
        because = None
        if verdict_of(action) is None and action.draft is None:
            because = self._reason_not_to(letter)
        if because is not None:
            return self._give_back(case, action, because)
        became = self._post.hand_over(
            action,
            letter.content,
            mailbox=draft.mailbox,
            message_id=letter.outgoing.message_id,
            record=lambda: self._record(action, letter),
        )
        if became is Handover.UNCERTAIN:
            return self._leave_to_a_person(case, action)
        if isinstance(became, Handover):
            return Done()
        return self._give_back(case, action, WITHHELD[became], tell=True)

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`. The draft is open again, for a person to send."""
        assert action.case_id is not None
        case = work.cases.get(action.case_id)
        self._open_again(work, case, action, f"{Withheld.GAVE_UP}:{because}")

    def _compose(self, case: Case, draft: ReplyDraft, stored: StoredMail | None) -> _Letter:
        assert draft.n is not None, "a draft that is being sent has its number"
        assert draft.subject is not None
        assert draft.text is not None
        original = None if stored is None else parse(stored.content)
        outgoing = Outgoing(
            message_id=self._at.identity.own_message_id(str(case.number), draft.n),
            sender=self._at.sender_of(draft.mailbox),
            recipient=_recipient(draft, original),
            subject=draft.subject,
            text=draft.text,
            html=draft.html,
            in_reply_to=None if original is None else original.message_id,
            references=() if original is None else (*original.references, original.message_id),
            auto_submitted="auto-replied" if draft.automatic else None,
            language=draft.language,
            sent_at=self._at.clock.now(),
        )
        return _Letter(case=case, draft=draft, outgoing=outgoing, content=compose(outgoing))

    def _reason_not_to(self, letter: _Letter) -> Withheld | None:
        case, draft = letter.case, letter.draft
        may = self._at.policy(case, draft.template, beyond_doubt=draft.automatic)
        if may is Policy.OFF:
            return Withheld.MODE
        if not draft.automatic:
            return None
        if may is not Policy.AUTO or self._at.mode(draft.mailbox) is not Mode.AUTO:
            return Withheld.MODE
        if is_too_old(draft.created_at, self._at.clock.now()):
            return Withheld.TOO_OLD
        return self._braking.stops(case, draft.template, letter.outgoing.recipient, draft.mailbox)

    def _record(self, action: ClaimedAction, letter: _Letter) -> None:
        """Put on record what is sent; somebody who changes the case meanwhile is waited for."""
        for again in range(_TRIES):
            try:
                self._record_once(action, letter)
            except DataError:
                if again == _TRIES - 1:
                    raise
            else:
                return

    def _record_once(self, action: ClaimedAction, letter: _Letter) -> None:
        draft, now = letter.draft, self._at.clock.now()
        sent = SentMessage(
            message=parse(letter.content),
            content=letter.content,
            mailbox=draft.mailbox,
            case_id=draft.case_id,
            automatic=draft.automatic,
            template=draft.template,
            template_version=draft.template_version,
            sent_at=now,
        )
        with self._at.database.work() as work:
            if not work.actions.finish(action, now):
                return
            work.messages.insert_sent(sent)
            recipient = self._at.identity.hash_address(letter.outgoing.recipient.address)
            if _has_tip(draft):
                work.tag_tips.record(recipient, now)
            if draft.automatic:
                work.sent_replies.record(
                    action_key=action.key,
                    sender_hash=recipient,
                    mailbox=draft.mailbox,
                    template=draft.template,
                    at=now,
                )
            now_draft = work.reply_drafts.get(draft.id)
            work.reply_drafts.change(replace(now_draft, state=DraftState.SENT, finished_at=now))
            self._tell(work, work.cases.get(draft.case_id), draft, now)

    def _tell(self, work: Work, case: Case, draft: ReplyDraft, now: datetime) -> None:
        """Note on the case what the customer knows now."""
        actor = draft.sent_by or SYSTEM
        data: dict[str, str | int] = {"template": draft.template, "draft": int(draft.id)}
        kind = EventKind.REPLY_SENT if draft.automatic else EventKind.ANSWERED
        events = [self._at.event(case, kind, actor=actor, **data)]
        if draft.feedback is not None:
            events.append(self._at.event(case, _FEEDBACK[draft.feedback], actor=actor, **data))
            work.promises.keep(case.id, draft.feedback, now)
        status = status_after(case.status, draft)
        if status is not case.status:
            case.allow(status)
            case = work.cases.change(replace(case, status=status))
            if status is Status.WAITING_CUSTOMER:
                events.append(self._at.event(case, EventKind.WAITING, actor=actor, **data))
        work.cases.record(events)
        if draft.template in ASKING and case.status is Status.WAITING_CUSTOMER:
            replies = self._at.knowledge.replies
            work.reply_tasks.put(come_back(draft, now, replies, self._at.calendar))
        if not draft.automatic:
            discard_overtaken(work, case.id, now)
            due = self._kept_by(draft, now)
            if due is not None and case.status is not Status.CLOSED:
                work.reply_tasks.put(_keep_promise(draft, due))

    def _kept_by(self, draft: ReplyDraft, now: datetime) -> datetime | None:
        """Return when somebody is reminded of the day that a letter promises, or None.

        Who promises something within hours needs no reminder.
        """
        named = draft.given.get(PROMISES.get(draft.template, ""))
        try:
            day = date.fromisoformat(str(named))
        except ValueError:
            return None
        calendar = self._at.calendar
        midnight = datetime.combine(day + timedelta(days=1), time(), calendar.zone)
        end = previous_working_moment(midnight, calendar)
        ahead = timedelta(hours=self._at.knowledge.replies.delay_hours)
        due = add_working_time(end, -ahead, calendar)
        return due if due > now else None

    def _leave_to_a_person(self, case: Case, action: ClaimedAction) -> Result:
        with self._at.database.work() as work:
            if leave_to_a_person(work, case, action, _cause(action), self._at.clock.now()):
                work.cases.record([self._at.event(case, EventKind.SEND_UNCERTAIN)])
        return Dropped(because=SendUncertain.code)

    def _give_back(
        self, case: Case, action: ClaimedAction, because: str, *, tell: bool = False
    ) -> Result:
        """End the sending and leave the draft to a person, who may mend it."""
        now, why = self._at.clock.now(), str(because)
        with self._at.database.work() as work:
            if work.actions.finish(action, now, state=ActionState.DROPPED, because=why):
                self._open_again(work, case, action, why)
                if tell:
                    tell_of_refusal(work, case, action, _cause(action), because=why, now=now)
        return Dropped(because=why)

    def _open_again(self, work: Work, case: Case, action: ClaimedAction, because: str) -> None:
        draft = work.reply_drafts.get(DraftId(action.data["draft"]))
        if draft.state is DraftState.SENDING:
            work.reply_drafts.change(draft.unsent())
        event = self._at.event(
            case, EventKind.REPLY_WITHHELD, because=because, template=draft.template
        )
        work.cases.record([event])


def _recipient(draft: ReplyDraft, original: Message | None) -> Address:
    if draft.recipient is not None:
        return Address(address=draft.recipient)
    if original is None:
        raise CannotAnswer("cannot answer: there is no mail to answer; give an address")
    # Without the name: it is the sender's own text, and From may be forged.
    return Address(address=answer_address(original).address)


def come_back(
    draft: ReplyDraft, now: datetime, replies: RepliesFile, calendar: Calendar
) -> ReplyTask:
    """Return when we come back to a customer whom a letter has asked."""
    reminded = draft.template == INFORMATION_REMINDER
    days = replies.close_days if reminded else replies.remind_days
    return ReplyTask(
        case_id=draft.case_id,
        kind=TaskKind.INFORMATION,
        step=TaskStep.CLOSE if reminded else TaskStep.REMIND,
        next_at=opening_after(now, calendar, days=days),
        message_id=draft.message_id,
        automatic=False,
    )


def _keep_promise(draft: ReplyDraft, due: datetime) -> ReplyTask:
    return ReplyTask(
        case_id=draft.case_id,
        kind=TaskKind.DELAY,
        step=TaskStep.KEEP,
        next_at=due,
        message_id=draft.message_id,
    )


def _has_tip(draft: ReplyDraft) -> bool:
    """Tell whether a letter about a move holds the line about tags, as it goes out."""
    code = draft.given.get("tag_code")
    return draft.template == MOVED and bool(code) and f"[{code}]" in (draft.text or "")


def status_after(status: Status, draft: ReplyDraft) -> Status:
    """Return where a case stands once a letter has been sent."""
    if status is Status.CLOSED:
        return status
    if draft.template in ASKING:
        return Status.WAITING_CUSTOMER
    if status is Status.NEW and not draft.automatic:
        return Status.OPEN
    return status


def _cause(action: ClaimedAction) -> str:
    return action.key.removeprefix("reply:").replace(":", "-")
