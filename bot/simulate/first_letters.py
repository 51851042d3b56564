"""What is owed because of a mail beside its receipt, and drafted soon after it has come.

All of it follows from what the mail says, so that it is found out once for each mould.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.actions.policy import reply_policy
from bot.actions.tag_tips import tag_tip
from bot.cases import Case
from bot.material import Material
from bot.plan import AnswerPolicy
from bot.reply_rules import MOVED, Policy, TaskKind, tasks_of_new_case
from bot.services.case_sheet import missing_now
from bot.services.delays import delay_at, open_time_before
from bot.services.due_letters import DueLetter, asking_letter, fitting_letter, moved_letter
from bot.services.known_values import language_of, payment_matters
from bot.services.new_case import House
from bot.simulate.mail_moulds import MailMould
from bot.store.case_invoices import CaseInvoice
from bot.vocabulary import Language, MessageId, Missing, Mode, TemplateKey

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetter:
    """A letter that is written soon after a mail has come, and what it says beside the case."""

    letter: DueLetter
    language: Language
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLetters:
    """What is owed because of a mail.

    Attributes:
        soon: What is due at once, but for letters about a delay.
        open_time: Open seconds until one about a delay is due, and not before; None: never.
        answerable: The mail may be answered automatically.
        missing: What the case lacks.
        letters: What is written at once.
    """

    soon: tuple[TaskKind, ...]
    open_time: int | None
    answerable: bool
    missing: tuple[Missing, ...]
    letters: tuple[FirstLetter, ...]


class LetterRules:
    """The rules of a house whose mailboxes answer by themselves."""

    def __init__(self, material: Material, house: House, twin_wait: int) -> None:
        self._material = material
        self._house = house
        self._prompted = house.knowledge.replies.prompted_matters()
        wait = timedelta(seconds=twin_wait)
        self._answers = AnswerPolicy(mode=Mode.AUTO, answer_from=_LONG_AGO, twin_wait=wait)

    def first(self, case: Case, mould: MailMould, now: datetime) -> FirstLetters:
        """Return what is owed because of a mail that has just opened a case."""
        tasks = tasks_of_new_case(
            case,
            MessageId(0),
            missing=mould.found.missing,
            no_answer=mould.no_answer,
            policy=self._answers,
            now=now,
            prompted=case.matter in self._prompted,
            delay_at=delay_at(case, self._house),
        )
        kinds = [task.kind for task in tasks]
        soon = tuple(kind for kind in kinds if kind is not TaskKind.DELAY)
        missing = _missing(case, mould)
        letters = self._letters(case, mould, soon, missing)
        return FirstLetters(
            soon=soon,
            open_time=self.open_time(case) if TaskKind.DELAY in kinds else None,
            answerable=not mould.no_answer,
            missing=missing,
            letters=tuple(
                FirstLetter(
                    letter=letter,
                    language=self.language(case, letter.name),
                    given=self._tip(case, mould, now) if letter.name == MOVED else {},
                )
                for letter in letters
            ),
        )

    def open_time(self, case: Case) -> int | None:
        """Return how many open seconds pass until a letter about a delay is due; None: never."""
        span = open_time_before(case, self._house)
        return None if span is None else int(span.total_seconds())

    def policy(self, case: Case, name: TemplateKey, *, beyond_doubt: bool = False) -> Policy:
        """Return how far the assistant may go with a reply."""
        return reply_policy(
            case,
            name,
            templates=self._material.templates,
            replies=self._house.knowledge.replies,
            mode=Mode.AUTO,
            beyond_doubt=beyond_doubt,
        )

    def language(self, case: Case, name: TemplateKey) -> Language:
        """Return the language in which a letter on a case is written."""
        return language_of(case, self._material.templates.get(name))

    def _letters(
        self,
        case: Case,
        mould: MailMould,
        soon: Collection[TaskKind],
        missing: Sequence[Missing],
    ) -> Iterator[DueLetter]:
        if TaskKind.FITTING in soon and mould.asks_for is not None and not case.protected:
            yield fitting_letter(case, mould.asks_for, self.policy)
        if TaskKind.INFORMATION in soon and missing:
            matters = payment_matters(self._material.templates)
            yield asking_letter(case, missing, matters, self.policy)
        if TaskKind.MOVED in soon:
            sure, automatic = mould.found.confidence, not mould.no_answer
            moved = moved_letter(case, sure, self.policy, automatic=automatic)
            if moved is not None:
                yield moved

    def _tip(self, case: Case, mould: MailMould, now: datetime) -> dict[str, str]:
        triage = mould.found.as_json()
        tip = tag_tip(case, triage, self._house.knowledge, last=None, now=now)
        return {"tag_code": "" if tip is None else tip.code}


def _missing(case: Case, mould: MailMould) -> tuple[Missing, ...]:
    """Return what a case lacks as long as no ledger is known."""
    named = [
        CaseInvoice(case_id=case.id, number=number, position=position)
        for position, number in enumerate(mould.found.invoices)
    ]
    return missing_now(case, mould.found.missing, named)
