"""Talking with the assistant: the thread is kept, and a proposal is done once it is confirmed.

A conversation has a key of its face's own, such as a thread in Slack. Only the person to whom a
proposal was made may confirm or undo it, and each is done once however often that is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError, NotFound
from bot.knowledge import Knowledge
from bot.services.assistant import Answer, Assistant, Question
from bot.services.naming import case_named
from bot.services.proposals import Done, Proposals
from bot.services.proposing import Act, Part, Proposal, with_part
from bot.store.conversations import ProposalState, StoredProposal
from bot.store.unit_of_work import Database
from bot.texts import Say
from bot.understanding import Intent, Slot, Topic
from bot.vocabulary import EventKind, PersonKey

_TOLD: Final = "answer"
"""What was looked at, in the event: how a case stands, told by the assistant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer.

    Attributes:
        number: Of the proposal in the answer; None where there is none.
        question: Number by which `Talks.meant` knows the question, where the answer is unsure.
    """

    answer: Answer
    number: int | None = None
    question: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unsure:
    """A question whose reading can still be chosen; it is kept until the next one."""

    number: int
    text: str = field(repr=False)

    @classmethod
    def after(cls, kept: Mapping[str, Any] | None, text: str) -> _Unsure:
        """Return the question that follows in a conversation."""
        return cls(number=_count(kept) + 1, text=text)

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> _Unsure | None:
        """Return the last question of a conversation; None where nothing was unsure."""
        if kept is None or "asked" not in kept:
            return None
        return cls(number=_count(kept), text=kept["asked"])


class Talks:
    """Keeps conversations."""

    def __init__(
        self,
        database: Database,
        assistant: Assistant,
        proposals: Proposals,
        knowledge: Knowledge,
        clock: Clock,
    ) -> None:
        self._database = database
        self._assistant = assistant
        self._proposals = proposals
        self._knowledge = knowledge
        self._clock = clock

    def ask(
        self,
        key: str,
        text: str,
        say: Say,
        *,
        person: PersonKey | None,
        at: datetime | None = None,
        sees_protected: bool = True,
        reading: str | None = None,
    ) -> Turn:
        """Answer a question in a conversation, which begins with it if need be.

        A case whose standing is told counts as looked at, as its page does.

        Args:
            key: The conversation, at most 120 characters.
            person: None: a stranger, who hears nothing about cases.
            at: When it is asked; default: now.
            sees_protected: The person may hear of cases with protected data.
            reading: Which intent was meant, where the person has chosen between two;
                see `Answer.second`.
        """
        now = self._clock.now()
        with self._database.work() as work:
            conversation = work.conversations.begin(key, person, now)
            before = work.conversations.topic(conversation)
        question = Question(
            text=text,
            at=at or now,
            person=person,
            stranger=person is None,
            topic=_topic(before),
            sees_protected=sees_protected,
            reading=reading,
        )
        answer = self._assistant.ask(question, say)
        unsure = None if answer.second is None else _Unsure.after(before, text)
        with self._database.work() as work:
            work.conversations.go_on(conversation, _kept(answer.topic, before, unsure), now)
            if answer.case is not None and person is not None:
                work.cases.record([self._looked_at(answer.case, person, now)])
            number = None if unsure is None else unsure.number
            if answer.proposal is None or person is None:
                return Turn(answer=answer, question=number)
            stored = StoredProposal(
                id=0,
                conversation=conversation,
                act=answer.proposal.act.value,
                state=ProposalState.OPEN,
                person=person,
                said=_said(answer.proposal),
            )
            proposed = work.conversations.propose(stored, now)
            return Turn(answer=answer, number=proposed, question=number)

    def meant(
        self,
        key: str,
        question: int,
        reading: str,
        say: Say,
        *,
        person: PersonKey,
        sees_protected: bool,
    ) -> Turn:
        """Answer the last question of a conversation anew, by the reading that was chosen.

        Args:
            question: Its number; see `Turn.question`.
            reading, sees_protected: As for `ask`.

        Raises:
            NotFound: Something else was asked since, or it is no longer kept.
        """
        with self._database.work() as work:
            conversation = work.conversations.begin(key, person, self._clock.now())
            unsure = _Unsure.of(work.conversations.topic(conversation))
        if unsure is None or unsure.number != question:
            raise NotFound("det samtalet finns inte kvar; ställ frågan igen")
        return self.ask(
            key, unsure.text, say, person=person, sees_protected=sees_protected, reading=reading
        )

    def tell(self, number: int, part: Part, said: str, *, by: PersonKey) -> Proposal:
        """Say what an open proposal lacks; return it as it is then.

        Raises:
            NotFound: There is no such proposal to this person.
            UsageError: There is no such process, matter or colleague.
            DataError: It is settled already.
        """
        stored = self._of(number, by)
        if stored.state is not ProposalState.OPEN:
            raise _settled()
        proposal = with_part(_proposal(stored), part, said, self._knowledge)
        with self._database.work() as work:
            work.conversations.say_more(number, _said(proposal))
        return proposal

    def confirm(self, number: int, *, by: PersonKey, sees_protected: bool = True) -> Done:
        """Do what was proposed, at most once: what fails leaves the proposal open.

        Args:
            sees_protected: The person may change cases with protected data.

        Raises:
            NotFound: There is no such proposal to this person, or no case that they may see.
            DataError: It is settled already, something is missing, or it cannot be done.
        """
        stored = self._of(number, by)
        proposal = _proposal(stored)
        if proposal.missing:
            raise DataError("något saknas ännu; svara på frågorna först")
        if not sees_protected and Part.CASE in proposal.values:
            self._refuse_protected(proposal.values[Part.CASE])
        with self._database.together():
            self._settle(number, ProposalState.OPEN, ProposalState.DONE)
            done = self._proposals.perform(proposal, by=by)
            with self._database.work() as work:
                work.conversations.settle(
                    number,
                    ProposalState.DONE,
                    ProposalState.DONE,
                    self._clock.now(),
                    case_id=None if done.case is None else done.case.id,
                    undo={**done.undo, "item": done.item},
                )
        return done

    def drop(self, number: int, *, by: PersonKey) -> None:
        """Let a proposal be; nothing happens where it is settled already.

        Raises:
            NotFound: There is no such proposal to this person.
        """
        self._of(number, by)
        with self._database.work() as work:
            work.conversations.settle(
                number, ProposalState.OPEN, ProposalState.DROPPED, self._clock.now()
            )

    def undo(self, number: int, *, by: PersonKey) -> Done:
        """Undo what was done, once; return what it was.

        Raises:
            NotFound: There is no such proposal to this person.
            DataError: It is not done, or somebody has changed the case since.
        """
        stored = self._of(number, by)
        if stored.state is not ProposalState.DONE:
            raise DataError("det är inte gjort, så det finns inget att ångra")
        with self._database.reading() as work:
            case = None if stored.case_id is None else work.cases.get(stored.case_id)
        done = Done(act=Act(stored.act), case=case, item=stored.undo.get("item"), undo=stored.undo)
        with self._database.together():
            self._settle(number, ProposalState.DONE, ProposalState.UNDONE)
            self._proposals.undo(done, by=by)
        return done

    def last_done(self, key: str, *, by: PersonKey) -> int | None:
        """Return the number of what was done last in a conversation; None if nothing was."""
        with self._database.work() as work:
            conversation = work.conversations.begin(key, by, self._clock.now())
            found = work.conversations.last_done(conversation)
        return None if found is None or found.person != by else found.id

    def _looked_at(self, case: Case, person: PersonKey, now: datetime) -> Event:
        calendar = self._knowledge.calendar
        return Event.on(case, EventKind.VIEWED, now, calendar, actor=person, what=_TOLD)

    def _refuse_protected(self, text: str) -> None:
        case = case_named(text, self._database)
        if case.protected:
            raise NotFound("ärende {case} finns inte; kontrollera numret", case=case.number)

    def _of(self, number: int, by: PersonKey) -> StoredProposal:
        with self._database.reading() as work:
            found = work.conversations.proposal(number)
        if found is None or found.person != by:
            raise NotFound("förslaget finns inte")
        return found

    def _settle(self, number: int, was: ProposalState, now: ProposalState) -> None:
        with self._database.work() as work:
            if not work.conversations.settle(number, was, now, self._clock.now()):
                raise _settled()


def _settled() -> DataError:
    return DataError("förslaget är redan avgjort")


def _proposal(stored: StoredProposal) -> Proposal:
    return Proposal(
        act=Act(stored.act), values={Part(name): value for name, value in stored.said.items()}
    )


def _said(proposal: Proposal) -> dict[str, str]:
    return {part.value: value for part, value in proposal.values.items()}


def _topic(kept: Mapping[str, Any] | None) -> Topic | None:
    if kept is None:
        return None
    return Topic(
        intent=Intent(kept["intent"]),
        slots={Slot(name): value for name, value in kept["slots"].items()},
    )


def _kept(topic: Topic, before: Mapping[str, Any] | None, unsure: _Unsure | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "intent": topic.intent.value,
        "slots": {slot.value: value for slot, value in topic.slots.items()},
        "count": _count(before),
    }
    if unsure is not None:
        found |= {"count": unsure.number, "asked": unsure.text}
    return found


def _count(kept: Mapping[str, Any] | None) -> int:
    return 0 if kept is None else int(kept.get("count", 0))
