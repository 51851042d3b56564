"""What the letters of each template lead to: questions again, time to answer, remarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.store.reply_facts import ReplyFact
from bot.store.unit_of_work import Database
from bot.vocabulary import CaseId, EventKind, TemplateKey
from bot.worktime import Calendar, end_of_working_day

AGAIN_WITHIN: Final = 3
"""Working days after a letter, in which a new mail from the customer counts as asking again."""
_LOOK_AHEAD: Final = timedelta(days=30)
"""Three working days are never longer than this, Christmas included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What came of the letters of one template.

    Attributes:
        sent: How many went out.
        again: On how many of them the customer wrote again within `AGAIN_WITHIN` working days.
        median_working_s: Working seconds from the clock of the case to the letter, the median
            by nearest rank.
        remarks: Remarks registered on the cases after the letter.
    """

    template: TemplateKey
    sent: int
    again: int
    median_working_s: int
    remarks: int

    @property
    def again_share(self) -> float:
        """Return how large a share was asked again, in [0, 1]."""
        return self.again / self.sent


@dataclass(slots=True, kw_only=True)
class _Letter:
    at: datetime
    until: datetime
    template: TemplateKey
    working_s: int
    again: bool = False
    remarks: int = 0


@dataclass(slots=True)
class _Letters:
    of_case: dict[CaseId, list[_Letter]] = field(default_factory=dict)

    def all(self) -> list[_Letter]:
        return [letter for letters in self.of_case.values() for letter in letters]


def template_effects(
    database: Database, calendar: Calendar, first: date, last: date
) -> list[Effect]:
    """Return the effect of each template whose letters went out on some days, by name.

    Args:
        first, last: Local days, both included. What customers did afterwards counts as long
            as it says something of the letter, also after `last`.
    """
    start, end = _midnight(first, calendar), _midnight(last + timedelta(days=1), calendar)
    with database.reading() as work:
        facts = work.reply_facts.between(start, end + _LOOK_AHEAD)
        letters = _letters(facts, end, calendar)
    by_template: dict[TemplateKey, list[_Letter]] = {}
    for letter in letters.all():
        by_template.setdefault(letter.template, []).append(letter)
    return [_effect(template, found) for template, found in sorted(by_template.items())]


def _letters(facts: Iterable[ReplyFact], end: datetime, calendar: Calendar) -> _Letters:
    letters = _Letters()
    for fact in facts:
        if fact.template is not None:
            if fact.at < end:
                until = end_of_working_day(fact.at, calendar, after_days=AGAIN_WITHIN)
                letters.of_case.setdefault(fact.case_id, []).append(
                    _Letter(
                        at=fact.at,
                        until=until,
                        template=fact.template,
                        working_s=fact.working_seconds,
                    )
                )
            continue
        known = letters.of_case.get(fact.case_id)
        if known:
            _count(fact, known[-1])
    return letters


def _count(fact: ReplyFact, letter: _Letter) -> None:
    """Count what happened on a case for the last letter that the customer had."""
    if fact.kind is EventKind.REMARK_REGISTERED:
        letter.remarks += 1
    elif fact.at <= letter.until:
        letter.again = True


def _effect(template: TemplateKey, letters: list[_Letter]) -> Effect:
    times = sorted(letter.working_s for letter in letters)
    return Effect(
        template=template,
        sent=len(letters),
        again=sum(letter.again for letter in letters),
        median_working_s=times[(len(times) - 1) // 2],
        remarks=sum(letter.remarks for letter in letters),
    )


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(), calendar.zone)
