"""Letters that two people must stand behind: which wait for the second, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.cases import Case
from bot.clock import Clock
from bot.reply_rules import DraftState, ReplyDraft
from bot.store.unit_of_work import Database
from bot.vocabulary import DraftId, PersonKey, TemplateKey

_REMEMBERED: Final = timedelta(days=14)
"""Letters that were begun longer ago are looked at only while nobody has settled them."""


class Stage(StrEnum):
    """How far a letter has come."""

    WAITING = "waiting"
    APPROVED = "approved"
    SENT = "sent"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPersonLetter:
    """A letter that one person alone may not send.

    Attributes:
        version: Grows with every change of the letter and of its stage.
        writers: Of the staff, who began and who changed it last; they may not approve it.
        approver: None while nobody has approved it as it is.
    """

    case: Case
    draft: DraftId
    version: int
    stage: Stage
    writers: tuple[PersonKey, ...]
    approver: PersonKey | None


class SecondPerson:
    """Looks for such letters; each call is one transaction."""

    def __init__(
        self,
        database: Database,
        templates: Collection[TemplateKey],
        people: Collection[PersonKey],
        clock: Clock,
    ) -> None:
        """Make one.

        Args:
            templates: Those whose letters need two people.
            people: All of the staff.
        """
        self._database = database
        self._templates = templates
        self._people = people
        self._clock = clock

    def letters(self) -> list[TwoPersonLetter]:
        """Return those that wait, and those that were settled lately, oldest first."""
        if not self._templates:
            return []
        since = self._clock.now() - _REMEMBERED
        with self._database.reading() as work:
            drafts = work.reply_drafts.of_templates(self._templates, since=since)
            cases = work.cases.get_many({draft.case_id for draft in drafts})
        return [self._letter(draft, cases[draft.case_id]) for draft in drafts]

    def _letter(self, draft: ReplyDraft, case: Case) -> TwoPersonLetter:
        return TwoPersonLetter(
            case=case,
            draft=draft.id,
            version=draft.version,
            stage=_stage(draft),
            writers=tuple(dict.fromkeys(self._of_staff(draft.author, draft.editor))),
            approver=next(self._of_staff(draft.approved_by), None),
        )

    def _of_staff(self, *names: str | None) -> Iterator[PersonKey]:
        keys = (PersonKey(name) for name in names if name is not None)
        yield from (key for key in keys if key in self._people)


def _stage(draft: ReplyDraft) -> Stage:
    if draft.state is DraftState.DISCARDED:
        return Stage.DISCARDED
    if draft.state is not DraftState.OPEN:
        return Stage.SENT
    return Stage.WAITING if draft.approved_by is None else Stage.APPROVED
