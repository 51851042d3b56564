"""Replies that become due: what a new case asks for, and coming back to who waits or is silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property

import structlog

from bot.cases import SYSTEM, Case, PlannedAction
from bot.clock import Clock
from bot.errors import DataError, ReplyHasHole
from bot.reply_prompts import Prompts
from bot.reply_rules import (
    Policy,
    ReplyDraft,
    ReplyTask,
    TaskKind,
    TaskStep,
)
from bot.services.case_sheet import sheets
from bot.services.delays import breaks, due_by, later, plan_prompt
from bot.services.due_letters import (
    DueLetter,
    asked_for_by,
    asking_letter,
    fitting_letter,
    late_letter,
    moved_letter,
    reminding_letter,
    thanking_letter,
)
from bot.services.known_values import payment_matters
from bot.services.new_case import House
from bot.services.writing import Writer, may_be_answered, remark_of
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import ActionKind, EventKind, Status
from bot.worktime import opening_after
from functionmail.parse import parse

log = structlog.get_logger()


class ReplyTimer:
    """Takes the steps that are due; each is one transaction."""

    def __init__(self, database: Database, writer: Writer, clock: Clock) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock

    @cached_property
    def _prompts(self) -> Prompts:
        """What mails ask for; compiled when the first is read."""
        return Prompts(self._writer.replies.prompts())

    def run_due(self) -> int:
        """Write what is to be written by now; return how many steps were taken."""
        now, taken = self._clock.now(), 0
        while True:
            with self._database.reading() as work:
                due = work.reply_tasks.due(now)
            if not due:
                return taken
            taken += sum(self._go_on(task, now) for task in due)

    def _go_on(self, task: ReplyTask, now: datetime) -> bool:
        assert task.next_at is not None
        with self._database.work() as work:
            case = work.cases.get(task.case_id)
            after = step_after(task, case, self._writer.house, now)
            if not work.reply_tasks.go_on(after, was=task.next_at):
                return False
            if task.kind is TaskKind.REMARK:
                self._thank(work, case)
            elif case.status is Status.CLOSED:
                return True
            elif task.kind is TaskKind.DELAY:
                if after.next_at is None:
                    self._say_late(work, case, task, now)
            elif task.step is TaskStep.WRITE:
                self._write(work, case, task)
            elif case.status is Status.WAITING_CUSTOMER and task.step is TaskStep.REMIND:
                self._remind(work, case)
            elif case.status is Status.WAITING_CUSTOMER:
                work.actions.plan([plan_close(case, now)], now)
        return True

    def _write(self, work: Work, case: Case, task: ReplyTask) -> None:
        if work.cases.has_event(case.id, EventKind.ANSWERED):
            return  # a person is at it, and knows what to ask for
        if task.kind is TaskKind.INFORMATION:
            self._ask(work, case, task)
        elif task.kind is TaskKind.MOVED:
            self._say_moved(work, case, task)
        else:
            self._begin_fitting(work, case, task)

    def _begin_fitting(self, work: Work, case: Case, task: ReplyTask) -> None:
        """Draft the letter that the mail itself asks for."""
        stored = None if task.message_id is None else work.messages.stored(task.message_id)
        if stored is None or case.matter is None or case.protected:
            return
        mail, knowledge = parse(stored.content), self._writer.house.knowledge
        name = asked_for_by(mail, case.matter, self._prompts, knowledge)
        if name is not None:
            letter = fitting_letter(case, name, self._writer.policy)
            self._begin_for(task, work, case, letter)

    def _say_late(self, work: Work, case: Case, task: ReplyTask, now: datetime) -> None:
        """Draft the letter about a delay, and prompt whoever has the case."""
        house = self._writer.house
        until = due_by(task, case, house)
        letter = late_letter(case, until, self._writer.policy)
        if letter.policy is Policy.OFF or not breaks(task, case, work.cases.events(case.id)):
            return
        work.actions.plan([plan_prompt(case, until, house, now)], now)
        self._begin_for(task, work, case, letter)

    def _thank(self, work: Work, case: Case) -> None:
        """Thank for the remark that was registered last, by itself where the rules allow it."""
        remark = remark_of(work, case)
        if remark is not None:
            letter = thanking_letter(case, remark, self._writer.policy)
            self._begin(work, case, letter, may_go=lambda draft: may_be_answered(work, draft))

    def _ask(self, work: Work, case: Case, task: ReplyTask) -> None:
        (sheet,) = sheets(work, [case])
        if not sheet.missing:
            return
        matters, policy_of = payment_matters(self._writer.templates), self._writer.policy
        self._begin_for(task, work, case, asking_letter(case, sheet.missing, matters, policy_of))

    def _say_moved(self, work: Work, case: Case, task: ReplyTask) -> None:
        triage = work.messages.first_triage(case.id) or {}
        letter = moved_letter(
            case,
            float(triage.get("confidence", 0.0)),
            self._writer.policy,
            automatic=task.automatic,
        )
        if letter is not None:
            self._begin_for(task, work, case, letter)

    def _begin_for(self, task: ReplyTask, work: Work, case: Case, letter: DueLetter) -> None:
        answer = replace(letter, message_id=task.message_id)
        self._begin(work, case, answer, may_go=lambda _draft: task.automatic)

    def _begin(
        self, work: Work, case: Case, letter: DueLetter, *, may_go: Callable[[ReplyDraft], bool]
    ) -> None:
        """Write a letter where the rules allow it, and send it where nothing speaks against it."""
        if not letter.is_written:
            return
        draft = self._writer.write(
            work,
            case,
            letter.name,
            by=SYSTEM,
            occasion=letter.occasion,
            message_id=letter.message_id,
        )
        if draft is None:
            return
        if letter.policy is Policy.AUTO and may_go(draft):
            self._send(work, case, draft)
        log.info("reply_written", case_id=case.id, template=letter.name)

    def _send(self, work: Work, case: Case, draft: ReplyDraft) -> None:
        try:
            self._writer.queue(work, case, draft, by=SYSTEM)
        except (ReplyHasHole, DataError) as error:
            # It stays a draft, and a person sees what it lacks.
            log.warning("reply_not_sent", case_id=case.id, because=type(error).__name__)

    def _remind(self, work: Work, case: Case) -> None:
        letter = reminding_letter(case, work.reply_drafts.of_case(case.id), self._writer.policy)
        self._begin(work, case, letter, may_go=lambda _draft: True)


def step_after(task: ReplyTask, case: Case, house: House, now: datetime) -> ReplyTask:
    """Return a task that is due as it goes on; it ends with the last step, or with an answer."""
    if task.kind is TaskKind.DELAY:
        return later(task, case, house, now)
    if task.step is TaskStep.REMIND and case.status is Status.WAITING_CUSTOMER:
        due = opening_after(now, house.calendar, days=house.knowledge.replies.close_days)
        return replace(task, step=TaskStep.CLOSE, next_at=due)
    return replace(task, next_at=None)


def plan_close(case: Case, now: datetime) -> PlannedAction:
    """Plan the question to the owner whether a case that nobody answers is to be closed."""
    return PlannedAction(
        key=f"alert:close_asked:{case.id}:{int(now.timestamp())}",
        kind=ActionKind.ALERT,
        case_id=case.id,
        due_at=now,
        data={"code": "close_asked", **({} if case.owner is None else {"to": case.owner})},
    )
