"""What people do with replies: choose one, see it, change it, approve it, send it or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.cases import Case
from bot.clock import Clock
from bot.errors import DataError, ReplyHasHole
from bot.klarsprak import Finding, Rules, review
from bot.promises import Feedback
from bot.reply_rules import (
    INFORMATION_NEEDED,
    INFORMATION_REMINDER,
    DraftState,
    Policy,
    ReplyDraft,
    occasion_of,
)
from bot.services.case_sheet import sheets
from bot.services.known_values import Values
from bot.services.reply_suggestions import Suggestion, suggestions
from bot.services.writing import Writer
from bot.store.unit_of_work import Database, Work
from bot.templates import Form, Rendered
from bot.vocabulary import (
    CaseId,
    DraftId,
    Language,
    PersonKey,
    Status,
    TemplateKey,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSheet:
    """A draft as a person sees it.

    Attributes:
        letter: As the customer will see it, or has got it; None while something is missing.
        holes: The names of the values that are missing.
        advice: On plain language.
        two_people: A colleague must approve it before it goes out.
    """

    case: Case
    draft: ReplyDraft
    letter: Rendered | None
    holes: tuple[str, ...]
    advice: tuple[Finding, ...]
    two_people: bool


class Replies:
    """Keeps the drafts of replies; each call is one transaction."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        clock: Clock,
        *,
        plain: Callable[[], Mapping[Language, Rules]],
    ) -> None:
        """Make the desk.

        Args:
            plain: Loads the rules of plain language; asked when a letter is shown.
        """
        self._database = database
        self._writer = writer
        self._clock = clock
        self._plain = plain

    def suggest(self, case: Case) -> list[Suggestion]:
        """Return the templates that fit a case, the best first; none that may not be used."""
        with self._database.reading() as work:
            return suggestions(work, work.cases.get(case.id), self._writer)

    def draft(
        self,
        case: Case,
        template: TemplateKey,
        *,
        by: PersonKey,
        given: Values | None = None,
        to: str | None = None,
    ) -> ReplyDraft:
        """Begin a reply, filled from the case.

        Args:
            to: Where it goes; default: to the sender of the last mail on the case.

        Raises:
            DataError: The template is no letter or may not be used there, or the customer has
                been asked for the same facts before.
        """
        with self._database.work() as work:
            case = work.cases.get(case.id)
            self._refuse_unusable(case, template)
            occasion = None
            if template == INFORMATION_NEEDED:
                (sheet,) = sheets(work, [case])
                occasion = occasion_of(sheet.missing) if sheet.missing else None
            written = self._writer.write(
                work, case, template, by=by, occasion=occasion, given=given, recipient=to
            )
            if written is None:
                raise DataError(
                    "ärende {case}: kunden har redan fått frågan om samma uppgifter",
                    case=case.number,
                )
            return written

    def show(self, draft_id: DraftId) -> DraftSheet:
        """Return a draft, with the letter as the customer will see it."""
        with self._database.reading() as work:
            return self._sheet(work, work.reply_drafts.get(draft_id))

    def listed(self, case_id: CaseId | None = None) -> list[ReplyDraft]:
        """Return the drafts that wait for a person, or all drafts on a case."""
        with self._database.reading() as work:
            return (
                work.reply_drafts.open() if case_id is None else work.reply_drafts.of_case(case_id)
            )

    def edit(
        self,
        draft_id: DraftId,
        *,
        by: PersonKey,
        given: Values | None = None,
        own_text: str | None = None,
        from_template: bool = False,
        version: int | None = None,
    ) -> ReplyDraft:
        """Change values of a draft, or its text; what is not given stays. An approval is lost.

        Args:
            from_template: The text of the template counts again, not somebody's own.
            version: Of the draft as it was read; default: as it is.

        Raises:
            DataError: It was sent or discarded, or somebody else changed it meanwhile.
        """

        def change(_work: Work, _case: Case, draft: ReplyDraft) -> ReplyDraft:
            _refuse_newer(draft, version)
            kept = None if from_template else draft.own_text
            text = kept if own_text is None else own_text
            return draft.edited(by, given={**draft.given, **(given or {})}, own_text=text)

        return self._change(draft_id, change)

    def approve(
        self, draft_id: DraftId, *, by: PersonKey, version: int | None = None
    ) -> ReplyDraft:
        """Approve a letter that somebody else wrote.

        Args:
            version: Of the letter as it was read; default: as it is.

        Raises:
            DataError: The same person wrote or changed it, or somebody has changed it since.
            ReplyHasHole: It is not finished.
        """

        def change(work: Work, case: Case, draft: ReplyDraft) -> ReplyDraft:
            _refuse_newer(draft, version)
            approved = draft.approved(by)
            self._writer.letter(work, case, approved)
            return approved

        return self._change(draft_id, change)

    def send(
        self,
        draft_id: DraftId,
        *,
        by: PersonKey,
        feedback: Feedback | None = None,
        version: int | None = None,
    ) -> ReplyDraft:
        """Hand a letter to the outbox; the case says that it was answered when it is out.

        Args:
            feedback: What the letter tells the customer of the case, if that is the answer.
            version: Of the letter as it was read; default: as it is.

        Raises:
            ReplyHasHole: A value is missing; names it.
            DataError: It may not be sent yet, or not by this person; or somebody has changed it
                since.
        """
        with self._database.work() as work:
            draft = work.reply_drafts.get(draft_id)
            _refuse_newer(draft, version)
            case = work.cases.get(draft.case_id)
            self._refuse_unusable(case, draft.template)
            two_people = self._needs_two(draft.template)
            draft.may_be_sent(by, two_people=two_people)
            self._refuse_passed(work, case, draft)
            if draft.template == INFORMATION_REMINDER and case.status is not (
                Status.WAITING_CUSTOMER
            ):
                raise DataError(
                    "ärende {case} väntar inte på kunden; kasta påminnelsen", case=case.number
                )
            return self._writer.queue(work, case, draft, by=by, feedback=feedback)

    def discard(self, draft_id: DraftId, *, version: int | None = None) -> ReplyDraft:
        """Throw a draft away.

        Args:
            version: Of the draft as it was read; default: as it is.

        Raises:
            DataError: It was sent or discarded, or somebody has changed it since.
        """
        now = self._clock.now()

        def change(_work: Work, _case: Case, draft: ReplyDraft) -> ReplyDraft:
            _refuse_newer(draft, version)
            return draft.discarded(now)

        return self._change(draft_id, change)

    def _change(
        self, draft_id: DraftId, change: Callable[[Work, Case, ReplyDraft], ReplyDraft]
    ) -> ReplyDraft:
        with self._database.work() as work:
            draft = work.reply_drafts.get(draft_id)
            changed = change(work, work.cases.get(draft.case_id), draft)
            return work.reply_drafts.change(changed)

    def _needs_two(self, template: TemplateKey) -> bool:
        return template in self._writer.house.knowledge.replies.two_people

    def _refuse_unusable(self, case: Case, name: TemplateKey) -> None:
        template = self._writer.templates.get(name)
        if template.form is not Form.LETTER:
            raise DataError("mallen {template} är inget eget brev", template=name)
        if self._writer.policy(case, name) is Policy.OFF:
            raise DataError(
                "mallen {template} får inte skickas från brevlådan {mailbox}",
                template=name,
                mailbox=case.mailbox,
            )

    def _refuse_passed(self, work: Work, case: Case, draft: ReplyDraft) -> None:
        """Raise DataError where a letter promises something for a day that has been."""
        about = None if draft.own_text is not None else self._writer.passed(work, case, draft)
        if about is not None:
            raise DataError(
                "utkast {draft}: dagen har redan varit ({about}); skriv en ny",
                draft=draft.id,
                about=about,
            )

    def _sheet(self, work: Work, draft: ReplyDraft) -> DraftSheet:
        case = work.cases.get(draft.case_id)
        letter: Rendered | None = as_sent(draft)
        holes: tuple[str, ...] = ()
        if letter is None:
            letter, holes = self._written(work, case, draft)
        return DraftSheet(
            case=case,
            draft=draft,
            letter=letter,
            holes=holes,
            advice=() if letter is None else self._advice(letter),
            two_people=self._needs_two(draft.template),
        )

    def _written(
        self, work: Work, case: Case, draft: ReplyDraft
    ) -> tuple[Rendered | None, tuple[str, ...]]:
        """Return a letter as it would be now, or None, and what it lacks."""
        holes = self._writer.holes(work, case, draft)
        try:
            return self._writer.letter(work, case, draft), holes
        except ReplyHasHole as hole:
            return None, tuple(dict.fromkeys([*holes, hole.missing]))

    def _advice(self, letter: Rendered) -> tuple[Finding, ...]:
        contacts = [self._writer.house.knowledge.links.support_phone]
        return review(letter.text, self._plain()[letter.language], contacts=contacts)


def _refuse_newer(draft: ReplyDraft, version: int | None) -> None:
    """Raise DataError where an open draft is not as it was read; one that is not says so itself."""
    if draft.state is DraftState.OPEN and version not in (None, draft.version):
        raise DataError("utkast {draft} har ändrats av någon annan; läs det igen", draft=draft.id)


def as_sent(draft: ReplyDraft) -> Rendered | None:
    """Return the letter that went out, or is on its way; None where there is none."""
    if draft.state not in (DraftState.SENDING, DraftState.SENT):
        return None
    assert draft.subject is not None, "a letter that is being sent is written"
    assert draft.text is not None
    return Rendered(
        subject=draft.subject,
        text=draft.text,
        html=draft.html or "",
        template=draft.template,
        language=Language(draft.language),
        version=draft.template_version or "",
    )
