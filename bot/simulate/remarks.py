"""Remarks that complaints lead to: registered by a colleague, answered by the head of the unit."""

from __future__ import annotations

import json
from typing import Any, Final

from bot.clock import FixedClock
from bot.registers import EntryKind, Facts, Register
from bot.services.register_facts import UsualFacts
from bot.simulate.case_state import CaseState
from bot.simulate.hours import DAY, moment
from bot.simulate.player import Stage
from bot.vocabulary import EventKind, PersonKey

_ANSWER: Final = "Vi har talat med den som klagade och rättat rutinen."


def remark_on(stage: Stage, case: CaseState, at: int, person: PersonKey) -> None:
    """Let somebody register a remark on a case, and the unit answer it some days later.

    Its number is that of the case's row: remarks of a history have gaps between their numbers.
    """
    if not stage.happens(at):
        return
    knowledge = stage.city.material.knowledge
    text = stage.chance.choice(stage.city.wording.remarks)
    usual = UsualFacts(knowledge, FixedClock(moment(at)))
    facts = usual.of_new(Register.REMARKS, Facts(), person, case.as_case())
    _enter(stage, case, at, person, kind=EntryKind.OPENED, text=text, facts=facts)
    case.happened(EventKind.REMARK_REGISTERED, at, person, remark=case.id)
    stage.note(at, "remark", case, by=person, text=text)
    answered_at = stage.city.hours.after(at + DAY, stage.working(40_000))
    if facts.owner is not None and stage.happens(answered_at) and stage.chance.random() < 0.9:
        _enter(stage, case, answered_at, facts.owner, kind=EntryKind.ANSWERED, text=_ANSWER)
        stage.note(answered_at, "remark_answer", case, by=facts.owner, text=_ANSWER)


def _enter(
    stage: Stage,
    case: CaseState,
    at: int,
    person: PersonKey,
    *,
    kind: EntryKind,
    text: str,
    facts: Facts | None = None,
) -> None:
    said: dict[str, Any] = {} if facts is None else facts.said()
    stage.rows["register_entry"].append(
        (
            Register.REMARKS.value,
            case.id,
            kind.value,
            None if facts is None else facts.unit,
            case.id if facts is not None else None,
            stage.city.hours.stored(at),
            person,
            json.dumps({name: str(value) for name, value in said.items()}),
            text,
        )
    )
