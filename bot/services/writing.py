"""Writing a reply: its values from the case, the letter as it will go out, and the outbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from bot.actions.policy import reply_policy
from bot.actions.tag_tips import tag_tip
from bot.cases import SYSTEM, Case, PlannedAction
from bot.clock import Clock
from bot.errors import DataError
from bot.knowledge.replies_file import RepliesFile
from bot.plan import AnswerPolicy, Withheld
from bot.promises import Feedback
from bot.registers import Facts, Register, fold
from bot.reply_rules import (
    INFORMATION_NEEDED,
    INFORMATION_REMINDER,
    MOVED,
    REMARK_RECEIVED,
    DraftState,
    Policy,
    ReplyDraft,
)
from bot.services.case_sheet import sheets
from bot.services.known_values import (
    Values,
    asking_values,
    known_days,
    language_of,
    remark_values,
    reminding_values,
)
from bot.services.letter_preview import case_values, house_values
from bot.services.new_case import House
from bot.services.own_words import in_own_words
from bot.store.unit_of_work import Work
from bot.templates import Rendered, Templates
from bot.vocabulary import (
    ActionKind,
    DraftId,
    EventKind,
    Language,
    MailboxKey,
    MessageId,
    TemplateKey,
)
from functionmail.compose import answer_address
from functionmail.errors import CannotAnswer
from functionmail.identity import Identity
from functionmail.parse import parse

_NOT_STORED: Final = DraftId(0)
_DAYS: Final[tuple[str, ...]] = ("answer_by", "close_on", "next_news_by")
_TIP: Final = "tag_code"
"""Whether the letter about a move holds the line about tags; empty where it does not."""


class Writer:
    """Writes replies inside the caller's transaction."""

    def __init__(
        self,
        house: House,
        templates: Templates,
        identity: Identity,
        policies: Callable[[MailboxKey, datetime], AnswerPolicy],
        clock: Clock,
    ) -> None:
        self.house = house
        self.templates = templates
        self._identity = identity
        self._policies = policies
        self._clock = clock

    @property
    def replies(self) -> RepliesFile:
        """What the centre says about replies."""
        return self.house.knowledge.replies

    def policy(self, case: Case, name: TemplateKey, *, beyond_doubt: bool = False) -> Policy:
        """Return how far the assistant may go with a reply; see `reply_policy`."""
        return reply_policy(
            case,
            name,
            templates=self.templates,
            replies=self.replies,
            mode=self._policies(case.mailbox, self._clock.now()).mode,
            beyond_doubt=beyond_doubt,
        )

    def write(
        self,
        work: Work,
        case: Case,
        name: TemplateKey,
        *,
        by: str,
        occasion: str | None = None,
        message_id: MessageId | None = None,
        given: Values | None = None,
        recipient: str | None = None,
    ) -> ReplyDraft | None:
        """Store a draft, filled from the case; None where its occasion has had one.

        Args:
            message_id: The mail that it answers; default: the last that a person sent.
            given: Values that stand in place of those of the case.
        """
        template = self.templates.get(name)
        language = language_of(case, template)
        if message_id is None:
            mails = work.messages.incoming_of_case(case.id)
            message_id = mails[-1] if mails else None
        return work.reply_drafts.insert(
            ReplyDraft(
                id=_NOT_STORED,
                case_id=case.id,
                message_id=message_id,
                mailbox=case.mailbox,
                template=name,
                language=language,
                created_at=self._clock.now(),
                author=by,
                occasion=occasion,
                recipient=recipient,
                given={
                    **self._owed(work, case, name, language),
                    **(self._tip(work, case, message_id) if name == MOVED else {}),
                    **(given or {}),
                },
            )
        )

    def values(self, work: Work, case: Case, draft: ReplyDraft) -> dict[str, object]:
        """Return all values of a letter: the house's, the case's, and those of the draft."""
        template = self.templates.get(draft.template)
        invoices = work.case_invoices.of_cases([case.id]).get(case.id, ())
        numbers = [invoice.number for invoice in invoices]
        reference = self._identity.case_reference(str(case.number))
        knowledge = self.house.knowledge
        return {
            **template.defaults(draft.language),
            **house_values(template, knowledge.links),
            **case_values(case, reference, numbers, knowledge),
            **draft.given,
        }

    def holes(self, work: Work, case: Case, draft: ReplyDraft) -> tuple[str, ...]:
        """Return the names of the values that a letter requires and does not have."""
        fields, values = self.templates.get(draft.template).fields, self.values(work, case, draft)
        return tuple(
            name for name, field in fields.items() if field.required and not values.get(name)
        )

    def letter(self, work: Work, case: Case, draft: ReplyDraft) -> Rendered:
        """Return the letter as the customer will see it.

        Raises:
            ReplyHasHole: A required value is missing; names it.
        """
        values = self.values(work, case, draft)
        rendered = self.templates.render(draft.template, draft.language, values, today=self.today())
        return in_own_words(rendered, draft.own_text, values)

    def today(self) -> date:
        """Return the day that it is where the centre works."""
        return self.house.calendar.local_date(self._clock.now())

    def passed(self, work: Work, case: Case, draft: ReplyDraft) -> str | None:
        """Return what a day is about that a letter speaks of as coming and that has been."""
        fields, values = self.templates.get(draft.template).fields, self.values(work, case, draft)
        today = self.today().isoformat()
        for name, field in fields.items():
            day = values.get(name)
            if field.coming and isinstance(day, str) and is_day(day) and day < today:
                return field.about
        return None

    def queue(
        self,
        work: Work,
        case: Case,
        draft: ReplyDraft,
        *,
        by: str,
        feedback: Feedback | None = None,
    ) -> ReplyDraft:
        """Hand a draft to the outbox, as it stands; by `SYSTEM` it goes out automatically.

        Raises:
            ReplyHasHole: A required value is missing; nothing is changed.
            DataError: Nobody is known to send it to.
        """
        if draft.message_id is None and draft.recipient is None:
            raise DataError("utkast {draft}: ange vart brevet ska skickas (--to)", draft=draft.id)
        draft = self._with_fresh_values(work, case, draft)
        rendered, now = self.letter(work, case, draft), self._clock.now()
        queued = work.reply_drafts.change(
            replace(
                draft,
                state=DraftState.SENDING,
                automatic=by == SYSTEM,
                sent_by=by,
                feedback=feedback,
                n=work.reply_drafts.next_number(case.id, now),
                language=rendered.language,
                template_version=rendered.version,
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
            )
        )
        work.actions.plan([_planned(queued, now)], now)
        return queued

    def _with_fresh_values(self, work: Work, case: Case, draft: ReplyDraft) -> ReplyDraft:
        """Count days anew, and ask again for the tip, in a letter that waited and is unchanged."""
        if draft.editor is not None:
            return draft
        fresh: dict[str, str | list[str]] = {}
        if draft.template == MOVED:
            fresh = self._tip(work, case, draft.message_id)
        if draft.author == SYSTEM:
            owed = self._owed(work, case, draft.template, Language(draft.language))
            fresh |= {name: owed[name] for name in _DAYS if name in owed}
        return replace(draft, given={**draft.given, **fresh})

    def _tip(
        self, work: Work, case: Case, message_id: MessageId | None
    ) -> dict[str, str | list[str]]:
        """Return the code that a letter about a move teaches, empty where it teaches none."""
        sender = None if message_id is None else self._sender_hash(work, message_id)
        triage = work.messages.first_triage(case.id)
        if sender is None or triage is None:
            return {_TIP: ""}
        last, now = work.tag_tips.last(sender), self._clock.now()
        tip = tag_tip(case, triage, self.house.knowledge, last=last, now=now)
        return {_TIP: "" if tip is None else tip.code}

    def _sender_hash(self, work: Work, message_id: MessageId) -> str | None:
        stored = work.messages.stored(message_id)
        try:
            sender = None if stored is None else answer_address(parse(stored.content))
        except CannotAnswer:
            return None
        return None if sender is None else self._identity.hash_address(sender.address)

    def _owed(
        self, work: Work, case: Case, name: TemplateKey, language: Language
    ) -> dict[str, str | list[str]]:
        """Return the values that the house itself knows of some letters; none for others."""
        now = self._clock.now()
        if name == REMARK_RECEIVED:
            return remark_values(_last_remark(work, case), language, self.house.knowledge)
        if name not in (INFORMATION_NEEDED, INFORMATION_REMINDER):
            return known_days(name, self.house, now)
        (sheet,) = sheets(work, [case])
        if name == INFORMATION_NEEDED:
            return asking_values(case, sheet.missing, language, self.house, now)
        drafts = work.reply_drafts.of_case(case.id)
        return reminding_values(drafts, sheet.missing, language, self.house, now)


def _last_remark(work: Work, case: Case) -> Facts:
    number = remark_of(work, case)
    entries = [] if number is None else work.registers.of_item(Register.REMARKS, number)
    return fold(entries).facts if entries else Facts()


def remark_of(work: Work, case: Case) -> int | None:
    """Return the number of the remark that was registered last on a case, or None."""
    numbers = [
        int(event.data["remark"] or 0)
        for event in work.cases.events(case.id)
        if event.kind is EventKind.REMARK_REGISTERED
    ]
    return numbers[-1] if numbers else None


def may_be_answered(work: Work, draft: ReplyDraft) -> bool:
    """Tell whether the one gate let the mail of a draft have an automatic answer."""
    refused = (Withheld.NO_ANSWER_RULE, Withheld.BEFORE_ANSWER_FROM)
    return draft.message_id is not None and not any(
        event.kind is EventKind.RECEIPT_WITHHELD
        and str(event.data.get("because", "")).partition(":")[0] in refused
        for event in work.cases.events(draft.case_id)
    )


def is_day(text: str) -> bool:
    """Tell whether a text is a day as ``2026-03-29``."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _planned(draft: ReplyDraft, now: datetime) -> PlannedAction:
    return PlannedAction(
        key=f"reply:draft:{draft.id}:{draft.n}",
        kind=ActionKind.REPLY,
        case_id=draft.case_id,
        due_at=now,
        data={"what": "draft", "draft": draft.id, "mailbox": draft.mailbox, "n": draft.n},
    )
