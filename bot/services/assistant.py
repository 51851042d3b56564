"""A question in words and who asks it: an answer in words. Changes nothing.

What would change something comes back as a proposal; see `bot.services.talks` for talking, with
confirmation and undo. What is not known is not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from bot.cases import Case
from bot.knowledge import Knowledge
from bot.language.folding import fold
from bot.language.impossible_days import impossible_day
from bot.services.answers import caselists, figures, knowing, routing
from bot.services.answers.ground import Ground
from bot.services.answers.proposed import proposed
from bot.services.articles import Articles
from bot.services.proposing import Proposal, propose
from bot.store.unit_of_work import Database
from bot.templates import Templates
from bot.texts import Say
from bot.understanding import (
    Intent,
    Reason,
    Topic,
    Understander,
    Understanding,
    understand_after,
    understand_as,
)
from bot.vocabulary import PersonKey

SURE: Final = 0.45
"""Below this, the two nearest readings are told."""
_ABOUT_CASES: Final = frozenset(
    (Intent.CASE, Intent.QUEUE, Intent.URGENT, Intent.STATS, Intent.CLAIM, Intent.FEEDBACK,
     Intent.LOG_PHONE, Intent.REMARK, Intent.IDEA)
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        at: Aware: when it is asked, for "i går" and "T2".
        person: Who asks; None for somebody who did not say.
        stranger: Who asks is not of the staff, and hears nothing about cases.
        topic: What was spoken of before.
        sees_protected: Who asks may hear of cases with protected data; else they are counted.
        reading: The intent that is meant, where who asks has chosen between two; what is no
            intent counts as none.
    """

    text: str
    at: datetime
    person: PersonKey | None = None
    stranger: bool = False
    topic: Topic | None = None
    sees_protected: bool = True
    reading: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the assistant says.

    Attributes:
        intent: A value of `Intent`, such as ``route``.
        text: Lines in the language of who asks.
        confidence: That the question was understood, in [0, 1].
        handled_by: For ``route``: the key of the process; ``none`` where nobody here does.
        second: The next likely intent, where it is told because the first is unsure.
        topic: What is spoken of now; give it to the next question.
        case: The case whose standing is told.
    """

    intent: str
    slots: Mapping[str, str]
    text: str
    confidence: float
    topic: Topic
    handled_by: str | None = None
    proposal: Proposal | None = None
    second: str | None = None
    case: Case | None = None
    reasons: tuple[Reason, ...] = field(default=(), repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values; what does not apply is absent."""
        found: dict[str, Any] = {
            "intent": self.intent,
            "slots": dict(self.slots),
            "answer": self.text,
            "confidence": self.confidence,
        }
        if self.proposal is not None:
            found["proposal"] = self.proposal.as_json()
        if self.handled_by is not None:
            found["handled_by"] = self.handled_by
        return found


class Assistant:
    """Answers questions; may be shared between threads."""

    def __init__(
        self,
        understander: Understander,
        knowledge: Knowledge,
        *,
        templates: Templates,
        database: Database | None = None,
        articles: Articles | None = None,
    ) -> None:
        """Take what answers are made of.

        Args:
            database: None where nothing has been stored yet.
            articles: None leaves questions of knowledge unanswered.
        """
        self._understander = understander
        self._knowledge = knowledge
        self._templates = templates
        self._database = database
        self._articles = articles

    def ask(self, question: Question, say: Say) -> Answer:
        """Answer a question in a language; changes nothing."""
        today = self._knowledge.calendar.local_date(question.at)
        text, impossible = _without_impossible_day(question.text, today)
        found = self._understood(replace(question, text=text), today)
        ground = Ground(
            text=question.text,
            slots=found.slots,
            at=question.at,
            person=question.person,
            say=say,
            knowledge=self._knowledge,
            database=self._database,
            sees_protected=question.sees_protected,
        )
        proposal = None if question.stranger else propose(found, ground)
        asks_of_case = found.intent is Intent.CASE and not question.stranger
        case = caselists.case_asked_for(ground) if asks_of_case else None
        unsure = found.confidence < SURE and found.second is not None
        lines = list(self._lines(found, ground, proposal, case, stranger=question.stranger))
        if impossible and proposal is None:
            lines = [say("Dagen {day} finns inte. Fråga med en dag som finns.", day=impossible)]
        elif unsure:
            lines.insert(0, _readings(found, say))
        return Answer(
            intent=found.intent.value,
            slots={slot.value: value for slot, value in found.slots.items()},
            text="\n".join(lines),
            confidence=found.confidence,
            topic=Topic(intent=found.intent, slots=found.slots),
            handled_by=found.handled_by,
            proposal=proposal,
            second=found.second.value if unsure and found.second is not None else None,
            case=case,
            reasons=found.reasons,
        )

    def _understood(self, question: Question, today: date) -> Understanding:
        chosen = next((one for one in Intent if one == question.reading), None)
        if chosen is None:
            return understand_after(self._understander, question.text, today, question.topic)
        return understand_as(self._understander, question.text, today, question.topic, chosen)

    def _lines(
        self,
        found: Understanding,
        ground: Ground,
        proposal: Proposal | None,
        case: Case | None,
        *,
        stranger: bool,
    ) -> Iterator[str]:
        if stranger and found.intent in _ABOUT_CASES:
            yield ground.say("Om ärenden svarar jag bara dem som arbetar här.")
            return
        if proposal is not None:
            yield from proposed(proposal, ground)
            return
        if found.intent is Intent.ROUTE:
            yield from routing.route(ground, found.handled_by)
        elif found.intent is Intent.CASE:
            yield from caselists.one_case(ground, case)
        elif found.intent is Intent.STATS:
            yield from figures.stats(ground, compares=found.compares)
        elif found.intent is Intent.TEMPLATE:
            yield from knowing.template(ground, self._templates)
        elif found.intent is Intent.KNOWLEDGE:
            yield from knowing.knowledge(ground, self._articles)
        else:
            yield from _PLAIN[found.intent](ground)


_PLAIN: Final = {
    Intent.QUEUE: caselists.queue,
    Intent.URGENT: caselists.urgent,
    Intent.DUTY: routing.duty,
    Intent.HELP: knowing.help_lines,
    Intent.UNKNOWN: knowing.unknown,
}


def _without_impossible_day(text: str, today: date) -> tuple[str, str]:
    """Return a question without a day that does not exist, so that no number is read in it."""
    place = impossible_day(fold(text), today)
    if place is None:
        return text, ""
    start, end = place
    return f"{text[:start]} {text[end:]}", text[start:end]


def _readings(found: Understanding, say: Say) -> str:
    assert found.second is not None  # the caller has looked
    return say(
        "Jag är osäker. Menar du {first}, eller {second}? Jag svarar på det första.",
        first=say.code(f"intent.{found.intent}"),
        second=say.code(f"intent.{found.second}"),
    )
