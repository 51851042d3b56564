"""Time that was promised to a customer and is about to pass.

Before it does, a letter that says so is drafted, and the owner, else who is on duty, is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.cases import Case, Event, PlannedAction
from bot.reply_rules import PROMISES, ReplyTask, TaskKind, TaskStep
from bot.reports.lead_times import fitting
from bot.services.new_case import House
from bot.vocabulary import ActionKind, Channel, EventKind, Status
from bot.worktime import add_working_time

_ANSWERS: Final = frozenset(
    (EventKind.ANSWERED, EventKind.FEEDBACK_ONGOING, EventKind.FEEDBACK_DONE)
)


def promised_until(case: Case, house: House) -> datetime | None:
    """Return by when a case is to have a first answer; None where nothing is agreed."""
    agreed = _agreed(case, house)
    if agreed is None:
        return None
    return add_working_time(case.clock_started_at, agreed, house.calendar)


def _agreed(case: Case, house: House) -> timedelta | None:
    """Return in how much open time a case is to have a first answer; None where nothing is."""
    agreed = fitting(
        house.knowledge.agreed_times,
        process=case.process,
        matter=case.matter,
        customer=case.customer,
    )
    if agreed is None or agreed.answer_s is None:
        return None
    return timedelta(seconds=agreed.answer_s)


def _ahead(house: House) -> timedelta:
    return timedelta(hours=house.knowledge.replies.delay_hours)


def delay_at(case: Case, house: House) -> datetime | None:
    """Return when a letter about a late first answer is due to be drafted, or None.

    A call has a promise of its own.
    """
    until = promised_until(case, house)
    if until is None or case.channel is not Channel.EMAIL:
        return None
    return max(case.clock_started_at, add_working_time(until, -_ahead(house), house.calendar))


def open_time_before(case: Case, house: House) -> timedelta | None:
    """Return how much open time passes until `delay_at`, and not before; None where none is due."""
    agreed = _agreed(case, house)
    if agreed is None or case.channel is not Channel.EMAIL:
        return None
    return max(timedelta(), agreed - _ahead(house))


def delay_of_reopened(case: Case, house: House) -> ReplyTask | None:
    """Return what is due on a case whose clock starts anew, or None where nothing is agreed."""
    due = delay_at(case, house)
    if due is None:
        return None
    return ReplyTask(case_id=case.id, kind=TaskKind.DELAY, next_at=due)


def later(task: ReplyTask, case: Case, house: House, now: datetime) -> ReplyTask:
    """Return the task as it goes on: put off where the case has more time now, else ended."""
    due = delay_at(case, house) if task.step is TaskStep.WRITE else None
    return replace(task, next_at=due if due is not None and due > now else None)


def breaks(task: ReplyTask, case: Case, events: Sequence[Event]) -> bool:
    """Tell whether a customer still waits for what was promised.

    Args:
        events: Of the case, oldest first.
    """
    if case.status in (Status.CLOSED, Status.WAITING_CUSTOMER):
        return False
    since = case.clock_started_at
    answers = [event for event in events if event.kind in _ANSWERS and event.at >= since]
    if task.step is TaskStep.WRITE:
        return not answers
    return bool(answers) and answers[-1].data.get("template") in PROMISES


def due_by(task: ReplyTask, case: Case, house: House) -> datetime:
    """Return the end of the promised time, as people are told it."""
    assert task.next_at is not None
    until = promised_until(case, house) if task.step is TaskStep.WRITE else None
    return until or add_working_time(task.next_at, _ahead(house), house.calendar)


def plan_prompt(case: Case, until: datetime, house: House, now: datetime) -> PlannedAction:
    """Plan the alert that a promised time is about to pass, once for each such time."""
    return PlannedAction(
        key=f"alert:delay_near:{case.id}:{int(until.timestamp())}",
        kind=ActionKind.ALERT,
        case_id=case.id,
        due_at=now,
        data={
            "code": "delay_near",
            "until": f"{until.astimezone(house.zone):%Y-%m-%d %H:%M}",
            **({} if case.owner is None else {"to": case.owner}),
        },
    )
