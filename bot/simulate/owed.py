"""What is owed to the customer of a mail beside the receipt, while a case is played.

What intake and reopening owe (`bot.services.registering`), and what the timer of letters does
about it (`bot.services.reply_timer`). Most drafts of the assistant are used by nobody: they stay
open, or go when the case is answered or closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Final

from bot.actions.letter import come_back
from bot.actions.overtaken import is_overtaken
from bot.cases import SYSTEM, Event
from bot.registers import Facts
from bot.reply_rules import (
    ASKING,
    INFORMATION_NEEDED,
    DraftState,
    Policy,
    ReplyDraft,
    ReplyTask,
    TaskKind,
    TaskStep,
)
from bot.services.delays import breaks, delay_at, due_by, plan_prompt
from bot.services.due_letters import DueLetter, late_letter, reminding_letter, thanking_letter
from bot.services.known_values import asking_values, known_days, remark_values, reminding_values
from bot.services.reply_timer import plan_close, step_after
from bot.simulate import draft_rows
from bot.simulate.first_letters import FirstLetters
from bot.simulate.hours import moment, whole_second
from bot.simulate.player import Stage
from bot.simulate.rows import Rows
from bot.store.tables.base import stored_instant
from bot.vocabulary import CaseId, DraftId, EventKind, Language, MessageId, Missing, Status

if TYPE_CHECKING:
    from bot.simulate.case_state import CaseState

Given = Mapping[str, str | list[str]]
Post = Callable[["CaseState", ReplyDraft, int, str], None]
"""Sends a letter on a case at an instant, by a person or `SYSTEM`."""

_DRAFTS: Final = 16
"""Ids of drafts that belong to one case."""
_NEVER: Final = 1 << 62


class Owed:
    """The letters that are owed on one case, and the drafts on it.

    Attributes:
        last_mail: The mail that the customer sent last.
        quiet_until: Instant in seconds before which nothing is due.
    """

    __slots__ = (
        "_answerable",
        "_asked",
        "_automatic",
        "_case",
        "_cause",
        "_delay_at",
        "_drafts",
        "_first_mail",
        "_has_delay",
        "_ids",
        "_missing",
        "_open_time",
        "_post",
        "_soon",
        "_stage",
        "_thanked",
        "last_mail",
        "quiet_until",
    )

    def __init__(self, stage: Stage, case: CaseState, post: Post) -> None:
        self._stage = stage
        self._case = case
        self._post = post
        self._ids = count(_DRAFTS * case.id)
        self._drafts: list[ReplyDraft] = []
        self._soon: list[tuple[TaskKind, int | None]] = []
        self._asked: ReplyTask | None = None
        self._thanked = False
        self._missing: Sequence[Missing] = ()
        self._cause: int | None = None
        self._automatic = False
        self._open_time: int | None = None
        self._delay_at: datetime | None = None
        self.quiet_until = _NEVER

    def begin(self, first: FirstLetters, message_id: int, seen: int) -> None:
        """Owe what a mail that has just opened the case gives cause for, and write the first."""
        self._first_mail = self.last_mail = self._cause = message_id
        self._answerable, self._automatic = first.answerable, first.answerable
        self._missing = first.missing
        self._promise(first.open_time)
        at = seen + self._stage.city.twin_wait
        is_done = self._stage.happens(at)
        self._soon = [(kind, None if is_done else at) for kind in first.soon]
        if is_done:
            for one in first.letters:
                given = {**self._known(one.letter, at, one.language), **one.given}
                self._begin(one.letter, at, one.language, given, may_go=first.answerable)

    def begin_anew(self) -> None:
        """Owe what the customer of a reopened case is promised; see `delay_of_reopened`."""
        open_time = self._stage.city.letter_rules.open_time(self._case.as_case())
        if open_time is not None:
            self._cause, self._automatic, self._delay_at = None, False, None
            self._promise(open_time)

    def thank(self, facts: Facts, at: int) -> None:
        """Thank for the remark that was just registered; it has the number of the case."""
        self._thanked = True
        rules, case = self._stage.city.letter_rules, self._case.as_case()
        letter = thanking_letter(case, self._case.id, rules.policy)
        language = rules.language(case, letter.name)
        given = remark_values(facts, language, self._stage.city.material.knowledge)
        self._begin(letter, at, language, given, may_go=self._answerable)

    def asking(self) -> ReplyDraft | None:
        """Return the open draft that asks for what is missing, or None."""
        return next(
            (
                draft
                for draft in self._drafts
                if draft.template in ASKING and draft.state is DraftState.OPEN
            ),
            None,
        )

    def up_to_date(self, draft: ReplyDraft, at: int) -> ReplyDraft:
        """Return a draft of the assistant with its days counted anew."""
        case, house = self._case.as_case(), self._stage.city.house
        language = self._stage.city.letter_rules.language(case, draft.template)
        asked = asking_values(case, self._missing, language, house, moment(at))
        return replace(draft, given={**draft.given, "answer_by": asked["answer_by"]})

    def new(
        self, letter: DueLetter, at: int, by: str, *, language: str, given: Given
    ) -> ReplyDraft:
        """Return a new draft, which is not kept."""
        return ReplyDraft(
            id=DraftId(next(self._ids)),
            case_id=CaseId(self._case.id),
            mailbox=self._case.mailbox,
            template=letter.name,
            language=language,
            created_at=moment(at),
            author=by,
            message_id=letter.message_id or MessageId(self.last_mail),
            occasion=letter.occasion,
            given=given,
        )

    def keep(self, draft: ReplyDraft) -> None:
        """Keep a draft, in place of what it was."""
        for place, one in enumerate(self._drafts):
            if one.id == draft.id:
                self._drafts[place] = draft
                return
        self._drafts.append(draft)

    def come_back(self, sent: ReplyDraft, at: int) -> None:
        """Come back to the customer whom a letter has asked."""
        house = self._stage.city.house
        replies = house.knowledge.replies
        self._soon = [one for one in self._soon if one[0] is not TaskKind.INFORMATION]
        self._asked = come_back(sent, moment(at), replies, house.calendar)
        self._look_ahead()

    def settle(self) -> None:
        """Fix when the letter about a delay is due; what the case is about may change then."""
        if self._open_time is not None and self._delay_at is None:
            self._delay_at = delay_at(self._case.as_case(), self._stage.city.house)

    def go_on_until(self, at: int) -> None:
        """Do what is due by an instant."""
        end = self._stage.city.end
        until = at if at < end else end
        wait = self._delay_until(until)
        while self._asked is not None and _due(self._asked) <= until:
            self._ask_again(self._asked, _due(self._asked))
        self._look_ahead(until + wait)

    def discard(self, at: int) -> None:
        """Throw away the drafts that the answer or the end of a case has made needless."""
        for place, draft in enumerate(self._drafts):
            if is_overtaken(draft):
                gone = replace(draft.discarded(moment(at)), version=draft.version + 1)
                self._drafts[place] = gone

    def write(self, rows: Rows) -> None:
        """Add the rows of what is owed and of the drafts that were not sent."""
        number, tasks = self._case.id, rows["reply_task"]
        for kind, due in self._soon:
            answerable = int(self._answerable)
            tasks.append((number, kind._value_, "write", due, self._first_mail, answerable))
        if self._thanked:
            tasks.append((number, TaskKind.REMARK.value, "write", None, None, 1))
        if self._has_delay:
            self.settle()
            due_at = None if self._delay_at is None else stored_instant(self._delay_at)
            automatic = int(self._automatic)
            tasks.append((number, "delay", "write", due_at, self._cause, automatic))
        if self._asked is not None:
            asked = self._asked
            next_at = None if asked.next_at is None else stored_instant(asked.next_at)
            row = (asked.kind.value, asked.step.value, next_at, asked.message_id, 0)
            tasks.append((number, *row))
        for draft in self._drafts:
            if draft.state is not DraftState.SENT:
                draft_rows.waiting(rows, draft)

    def _promise(self, open_time: int | None) -> None:
        """Owe a letter about a delay after so much open time."""
        self._open_time = open_time
        self._has_delay = open_time is not None
        self._look_ahead()

    def _look_ahead(self, not_before: int = 0) -> None:
        """Note before when nothing is due.

        Args:
            not_before: Nothing about a delay is before this instant.
        """
        delay, open_time = _NEVER, self._open_time
        if open_time is not None:
            delay = max(not_before, self._case.clock_started_at + open_time)
        asked = _NEVER if self._asked is None else _due(self._asked)
        self.quiet_until = delay if delay < asked else asked

    def _delay_until(self, until: int) -> int:
        """Say that it takes longer where that is due; return in how many seconds to look again."""
        case, open_time = self._case, self._open_time
        if open_time is None:
            return 0
        if self._delay_at is None:
            passed = case.open_time_until(until)
            if passed < open_time:
                return open_time - passed
            if passed > open_time and case.status is Status.CLOSED:
                self._open_time = None
                return 0
            self.settle()
        while self._delay_at is not None and (now := whole_second(self._delay_at)) <= until:
            self._say_late(self._delay_at, now)
        return 0

    def _say_late(self, due: datetime, now: int) -> None:
        """Draft the letter about a delay where it is due, and prompt; see `ReplyTimer`."""
        stage, case, house = self._stage, self._case.as_case(), self._stage.city.house
        message_id = None if self._cause is None else MessageId(self._cause)
        task = ReplyTask(case_id=case.id, kind=TaskKind.DELAY, next_at=due, message_id=message_id)
        self._delay_at = step_after(task, case, house, moment(now)).next_at
        if self._delay_at is not None:
            return
        self._open_time = None
        until = due_by(task, case, house)
        letter = late_letter(case, until, stage.city.letter_rules.policy)
        if letter.policy is Policy.OFF or not breaks(task, case, self._told()):
            return
        if stage.done(plan_prompt(case, until, house, moment(now)), now):
            self._case.happened(EventKind.ALERT_SENT, now, code="delay_near")
        language = stage.city.letter_rules.language(case, letter.name)
        answer = replace(letter, message_id=message_id)
        self._begin(answer, now, language, {}, may_go=self._automatic)

    def _ask_again(self, task: ReplyTask, now: int) -> None:
        """Remind a customer whom we have asked, or ask whether to close; see `ReplyTimer`."""
        stage, case, house = self._stage, self._case.as_case(), self._stage.city.house
        self._asked = step_after(task, case, house, moment(now))
        if case.status is not Status.WAITING_CUSTOMER:
            return
        if task.step is TaskStep.REMIND:
            rules = stage.city.letter_rules
            letter = reminding_letter(case, self._drafts, rules.policy)
            language = rules.language(case, letter.name)
            given = reminding_values(self._drafts, self._missing, language, house, moment(now))
            self._begin(letter, now, language, given, may_go=True)
        elif stage.done(plan_close(case, moment(now)), now):
            self._case.happened(EventKind.ALERT_SENT, now, code="close_asked")

    def _begin(
        self, letter: DueLetter, at: int, language: Language, given: Given, *, may_go: bool
    ) -> None:
        """Write a letter where the rules allow it, and send it where nothing speaks against it."""
        if not letter.is_written:
            return
        draft = self.new(letter, at, SYSTEM, language=language, given=given)
        self.keep(draft)
        if letter.policy is Policy.AUTO and may_go:
            self._post(self._case, draft, at, SYSTEM)

    def _known(self, letter: DueLetter, at: int, language: Language) -> dict[str, str | list[str]]:
        """Return what the house knows of the values of a letter."""
        house = self._stage.city.house
        if letter.name != INFORMATION_NEEDED:
            return known_days(letter.name, house, moment(at))
        return asking_values(self._case.as_case(), self._missing, language, house, moment(at))

    def _told(self) -> list[Event]:
        """Return what has happened on the case."""
        return [
            Event(
                case_id=CaseId(self._case.id),
                kind=event.kind,
                at=moment(event.at),
                actor=event.actor,
                wall_seconds=event.wall,
                working_seconds=event.working,
                data=event.data,
            )
            for event in self._case.events
        ]


def _due(task: ReplyTask) -> int:
    return _NEVER if task.next_at is None else whole_second(task.next_at)
