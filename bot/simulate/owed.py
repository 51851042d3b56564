"""What is owed to the customer of a mail beside the receipt, while a case is played.

What intake and reopening owe (`bot.services.registering`), and what the timer of letters does
about it (`bot.services.reply_timer`). Nobody uses the drafts of the assistant: they stay open,
or go when the case is answered from a template or closed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from bot.actions.overtaken import is_overtaken
from bot.cases import SYSTEM, Event
from bot.reply_rules import Policy, ReplyDraft, ReplyTask, TaskKind
from bot.services.delays import breaks, delay_at, due_by, later, plan_prompt
from bot.services.due_letters import DueLetter, late_letter
from bot.services.writing import known_days
from bot.simulate.first_letters import FirstLetters
from bot.simulate.hours import moment, seconds, whole_second
from bot.simulate.player import Stage
from bot.simulate.rows import Rows
from bot.store.engine import stored_json
from bot.store.tables.base import stored_instant
from bot.vocabulary import CaseId, DraftId, EventKind, MessageId, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulate.case_state import CaseState

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
        "_automatic",
        "_begun_automatic",
        "_case",
        "_cause",
        "_delay_at",
        "_drafts",
        "_first_mail",
        "_ids",
        "_open_time",
        "_soon",
        "_stage",
        "last_mail",
        "quiet_until",
    )

    def __init__(self, stage: Stage, case: CaseState) -> None:
        self._stage = stage
        self._case = case
        self._ids = count(_DRAFTS * case.id)
        self._drafts: list[ReplyDraft] = []
        self._soon: list[tuple[TaskKind, int | None]] = []
        self._cause: int | None = None
        self._automatic = False
        self._open_time: int | None = None
        self._delay_at: datetime | None = None
        self.quiet_until = _NEVER

    def begin(self, first: FirstLetters, message_id: int, seen: int) -> None:
        """Owe what a mail that has just opened the case gives cause for, and draft the first."""
        self._first_mail = self.last_mail = self._cause = message_id
        self._automatic = first.automatic
        self._begun_automatic = first.automatic
        at = seen + self._stage.city.twin_wait
        is_done = self._stage.happens(at)
        self._soon = [(kind, None if is_done else at) for kind in first.soon]
        if is_done:
            for draft in first.drafts:
                self._draft(draft.letter, at, language=draft.language, given=draft.given)
        self._promise(first.open_time)

    def begin_anew(self) -> None:
        """Owe what the customer of a reopened case is promised; see `delay_of_reopened`."""
        self._cause, self._automatic, self._delay_at = None, False, None
        self._promise(self._stage.city.letter_rules.open_time(self._case.as_case()))

    def next_draft(self) -> int:
        """Return an id for a draft."""
        return next(self._ids)

    def settle(self) -> None:
        """Fix when the letter about a delay is due; what the case is about may change then."""
        if self.quiet_until != _NEVER and self._delay_at is None:
            self._delay_at = delay_at(self._case.as_case(), self._stage.city.house)

    def go_on_until(self, at: int) -> None:
        """Do what is due by an instant."""
        city, case = self._stage.city, self._case
        until = min(at, city.end)
        if self._delay_at is None:
            assert self._open_time is not None
            passed = city.hours.between(case.clock_started_at, until)
            if passed < self._open_time:
                return
            if passed > self._open_time and case.status is Status.CLOSED:
                self.quiet_until = _NEVER
                return
            self.settle()
        while self._delay_at is not None and (now := whole_second(self._delay_at)) <= until:
            self._come_due(self._delay_at, now)

    def discard(self, at: int) -> None:
        """Throw away the drafts that the answer or the end of a case has made needless."""
        for place, draft in enumerate(self._drafts):
            if is_overtaken(draft):
                gone = replace(draft.discarded(moment(at)), version=draft.version + 1)
                self._drafts[place] = gone

    def write(self, rows: Rows) -> None:
        """Add the rows of what is owed and of the drafts of the assistant."""
        number, tasks = self._case.id, rows["reply_task"]
        for kind, due in self._soon:
            automatic = int(self._begun_automatic)
            tasks.append((number, kind._value_, "write", due, self._first_mail, automatic))
        if self._open_time is not None:
            self.settle()
            due_at = self._delay_at
            tasks.append(
                (
                    number,
                    "delay",
                    "write",
                    None if due_at is None else stored_instant(due_at),
                    self._cause,
                    int(self._automatic),
                )
            )
        for draft in self._drafts:
            rows["reply_draft"].append(_row(draft))
            rows["reply_draft_text"].append((draft.id, stored_json(draft.given), None, None, None))

    def _promise(self, open_time: int | None) -> None:
        self._open_time = open_time
        self.quiet_until = _NEVER if open_time is None else self._case.clock_started_at + open_time

    def _come_due(self, due: datetime, now: int) -> None:
        """Take the step of the task that is due; see `ReplyTimer`."""
        stage, case, house = self._stage, self._case.as_case(), self._stage.city.house
        message_id = None if self._cause is None else MessageId(self._cause)
        task = ReplyTask(case_id=case.id, kind=TaskKind.DELAY, next_at=due, message_id=message_id)
        self._delay_at = later(task, case, house, moment(now)).next_at
        if self._delay_at is not None:
            return
        self.quiet_until = _NEVER
        until = due_by(task, case, house)
        letter = late_letter(case, until, stage.city.letter_rules.policy)
        if letter.policy is Policy.OFF or not breaks(task, case, self._told()):
            return
        if stage.done(plan_prompt(case, until, house, moment(now)), now):
            self._case.happened(EventKind.ALERT_SENT, now, code="delay_near")
        if letter.is_written:
            language = stage.city.letter_rules.language(case, letter.name)
            self._draft(letter, now, language=language, given={})

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

    def _draft(
        self, letter: DueLetter, at: int, *, language: str, given: Mapping[str, str]
    ) -> None:
        now, house = moment(at), self._stage.city.house
        self._drafts.append(
            ReplyDraft(
                id=DraftId(self.next_draft()),
                case_id=CaseId(self._case.id),
                mailbox=self._case.mailbox,
                template=letter.name,
                language=language,
                created_at=now,
                author=SYSTEM,
                message_id=MessageId(self._cause or self.last_mail),
                occasion=letter.occasion,
                given={**known_days(letter.name, house, now), **given},
            )
        )


def _row(draft: ReplyDraft) -> tuple[Any, ...]:
    return (
        draft.id,
        draft.case_id,
        draft.message_id,
        draft.mailbox,
        draft.template,
        draft.template_version,
        draft.language,
        draft.state.value,
        draft.occasion,
        int(draft.automatic),
        draft.author,
        draft.sent_by,
        None if draft.feedback is None else draft.feedback.value,
        draft.n,
        seconds(draft.created_at),
        None if draft.finished_at is None else seconds(draft.finished_at),
        draft.version,
    )
