"""What staff enter in the registers: remarks that complaints lead to, points of the two logs."""

from __future__ import annotations

from typing import Any, Final

from bot.clock import FixedClock
from bot.registers import EntryKind, Facts, Register
from bot.services.register_facts import UsualFacts
from bot.simulate.case_state import CaseState
from bot.simulate.hours import DAY, moment
from bot.simulate.player import Stage
from bot.store.engine import stored_json
from bot.vocabulary import EventKind, PersonKey

_ANSWER: Final = "Vi har talat med den som klagade och rättat rutinen."


def remark_on(stage: Stage, case: CaseState, at: int, person: PersonKey) -> Facts | None:
    """Let somebody register a remark on a case, and the unit answer it some days later.

    None where the history ends before.
    """
    facts = enter_on(stage, case, at, person, Register.REMARKS)
    if facts is None:
        return None
    answered_at = stage.city.hours.after(at + DAY, stage.working(40_000))
    if facts.owner is not None and stage.happens(answered_at) and stage.chance.random() < 0.9:
        answer = (EntryKind.ANSWERED, _ANSWER)
        _enter(stage, case, answered_at, facts.owner, Register.REMARKS, answer)
        stage.note(answered_at, "remark_answer", case, by=facts.owner, text=_ANSWER)
    return facts


def enter_on(
    stage: Stage, case: CaseState, at: int, person: PersonKey, register: Register
) -> Facts | None:
    """Let somebody enter what a case shows in a register; None where the history ends before.

    Its number is that of the case's row: items of a history have gaps between their numbers.
    """
    if not stage.happens(at):
        return None
    words, knowledge = stage.city.wording, stage.city.material.knowledge
    text = stage.pick(words.remarks if register is Register.REMARKS else words.points)
    usual = UsualFacts(knowledge, FixedClock(moment(at)))
    facts = usual.of_new(register, Facts(), person, case.as_case())
    _enter(stage, case, at, person, register, (EntryKind.OPENED, text), facts)
    if register is Register.REMARKS:
        case.happened(EventKind.REMARK_REGISTERED, at, person, remark=case.id)
    stage.note(at, "enter", case, by=person, register=register, text=text)
    return facts


def _enter(
    stage: Stage,
    case: CaseState,
    at: int,
    person: PersonKey,
    register: Register,
    what: tuple[EntryKind, str],
    facts: Facts | None = None,
) -> None:
    kind, text = what
    said: dict[str, Any] = {} if facts is None else facts.said()
    stage.rows["register_entry"].append(
        (
            register.value,
            case.id,
            kind.value,
            None if facts is None else _subject(register, facts),
            case.id if facts is not None else None,
            at,
            person,
            stored_json({name: str(value) for name, value in said.items()}),
            text,
        )
    )


def _subject(register: Register, facts: Facts) -> str | None:
    """Return what an item is kept by; see `bot.store.registers`."""
    if register is Register.REMARKS:
        return facts.unit
    return facts.customer if register is Register.CUSTOMER_LOG else facts.process
