"""What staff do with a case beside taking, answering and closing it: most of it, seldom.

Each act leaves the rows that the services leave: `bot.services.casework`, `correcting`,
`undoing`, `case_page`.
"""

from __future__ import annotations

from typing import Final

from bot.registers import Register
from bot.services.undoing import Act
from bot.simulate.case_state import CaseState
from bot.simulate.player import Stage
from bot.simulate.remarks import enter_on
from bot.vocabulary import EventKind, MatterKey, PersonKey, ProcessKey, Status

STEP: Final = 15
"""Seconds between what one person does in a row."""
LONGEST: Final = 4 * STEP
"""Seconds that all detours after taking a case can need."""


def look(stage: Stage, case: CaseState, at: int, person: PersonKey) -> None:
    """Let somebody open the page of a case, as most do before they take it."""
    if stage.happens(at) and stage.chance.random() < stage.habits.looks:
        case.happened(EventKind.VIEWED, at, person)
        stage.note(at, "look", case, by=person)


def undo_taking(stage: Stage, case: CaseState, at: int, person: PersonKey) -> bool:
    """Let somebody who has just taken a new case give it back at times; tell whether so."""
    if not stage.happens(at) or stage.chance.random() >= stage.habits.undoes:
        return False
    case.reach(at)
    case.owner = None
    case.status = Status.NEW if case.status is Status.OPEN else case.status
    case.version += 1
    case.happened(EventKind.UNDONE, at, person, undid=Act.TAKE.value)
    stage.note(at, "undo", case, by=person)
    return True


def after_taking(stage: Stage, case: CaseState, at: int, person: PersonKey) -> PersonKey:
    """Let the owner do what comes to mind; return who goes on with the case."""
    draw, habits = stage.chance.random(), stage.habits
    if draw < habits.corrects or case.process is None:
        return _corrected(stage, case, at + STEP, person)
    draw -= habits.corrects
    if draw < habits.hands_over:
        return _handed_over(stage, case, at + STEP, person)
    draw -= habits.hands_over
    if draw < habits.logs:
        register = Register.CUSTOMER_LOG if case.customer else Register.PROCESS_LOG
        enter_on(stage, case, at + STEP, person, register)
    return person


def wait(stage: Stage, case: CaseState, at: int, person: PersonKey) -> bool:
    """Let a case wait for the customer; False where the history ends before."""
    if not stage.happens(at):
        return False
    case.reach(at)
    case.status = Status.WAITING_CUSTOMER
    case.version += 1
    case.happened(EventKind.WAITING, at, person, on=case.status.value)
    stage.note(at, "wait", case, by=person)
    return True


def resume(stage: Stage, case: CaseState, at: int, person: PersonKey) -> bool:
    """Let somebody go on with a case that waited; False where the history ends before."""
    if not stage.happens(at):
        return False
    case.reach(at)
    case.status = Status.OPEN
    case.version += 1
    case.happened(EventKind.RESUMED, at, person)
    stage.note(at, "resume", case, by=person)
    return True


def _handed_over(stage: Stage, case: CaseState, at: int, person: PersonKey) -> PersonKey:
    colleague = stage.colleague(case, but=person)
    if colleague == case.owner or not stage.happens(at):
        return person
    case.reach(at)
    case.owner = colleague
    case.version += 1
    case.happened(EventKind.HANDED_OVER, at, person, to=colleague, team=case.team)
    stage.note(at, "hand_over", case, by=person, to=colleague)
    return colleague


def _corrected(stage: Stage, case: CaseState, at: int, person: PersonKey) -> PersonKey:
    """Let somebody put right what a case is about; another team takes it where it belongs there."""
    process, matter = _what_it_is_about(stage, case)
    if (process, matter) == (case.process, case.matter) or not stage.happens(at):
        return person
    changes: dict[str, str | None] = {}
    if process != case.process:
        changes |= {"process_before": case.process, "process": process}
    if matter != case.matter:
        changes |= {"matter_before": case.matter, "matter": matter}
    case.reach(at)
    if case.owed is not None:
        case.owed.settle()
    _correct(stage, case, process, matter)
    case.happened(EventKind.RETAGGED, at, person, **changes)
    stage.note(at, "correct", case, by=person, process=process, matter=matter)
    if case.owner is not None:
        return person
    other = stage.colleague(case)
    stage.take(case, at + STEP, other)
    return other


def _correct(stage: Stage, case: CaseState, process: ProcessKey, matter: MatterKey) -> None:
    knowledge = stage.city.material.knowledge
    own = knowledge.mailboxes[case.mailbox].process
    if process != case.process:
        team = knowledge.team_for(process, case.customer, case.mailbox)
        owner = None if case.owner is None else knowledge.people[case.owner]
        if team != case.team and (owner is None or owner.team != team):
            case.owner = None
        case.team = team
    case.process, case.matter = process, matter
    case.misdirected = own not in (None, process)
    case.version += 1


def _what_it_is_about(stage: Stage, case: CaseState) -> tuple[ProcessKey, MatterKey]:
    """Return another process and matter of the house, mostly of the same process."""
    ordinary, process = stage.moulds.ordinary, case.process
    if process is None or process not in ordinary or stage.chance.random() < stage.habits.moves:
        process = stage.pick(list(ordinary))
    return process, stage.pick(ordinary[process])
