"""What the assistant proposes to do: which act, with which values, and what is missing.

Nothing is changed here. A person confirms first; `bot.services.proposals` does it then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from bot.errors import UsageError
from bot.knowledge import Knowledge
from bot.language.folding import fold
from bot.promises import Feedback
from bot.services.answers.caselists import find_case
from bot.services.answers.ground import Ground
from bot.services.naming import matter_named, process_named
from bot.understanding import ClaimAction, Intent, Slot, Understanding
from bot.vocabulary import MatterKey, PersonKey, ProcessKey, TeamKey

_LONGEST: Final = 1_000


class Act(StrEnum):
    """What can be proposed."""

    TAKE = "take"
    GIVE = "give"
    CLOSE = "close"
    FEEDBACK = "feedback"
    LOG_PHONE = "log_phone"
    REMARK = "remark"
    IDEA = "idea"


class Part(StrEnum):
    """What a proposal needs to know; the codes ``part.…`` ask for it."""

    CASE = "case"
    TO = "to"
    STATE = "state"
    PROCESS = "process"
    MATTER = "matter"
    CUSTOMER = "customer"
    CALLBACK = "callback"
    TEXT = "text"


REQUIRED: Final[Mapping[Act, tuple[Part, ...]]] = {
    Act.TAKE: (Part.CASE,),
    Act.GIVE: (Part.CASE, Part.TO),
    Act.CLOSE: (Part.CASE,),
    Act.FEEDBACK: (Part.CASE, Part.STATE),
    Act.LOG_PHONE: (Part.PROCESS, Part.MATTER, Part.CUSTOMER, Part.CALLBACK),
    Act.REMARK: (Part.PROCESS, Part.TEXT),
    Act.IDEA: (Part.PROCESS, Part.TEXT),
}
_ACT_OF: Final[Mapping[str, Act]] = {
    ClaimAction.TAKE: Act.TAKE,
    ClaimAction.GIVE: Act.GIVE,
    ClaimAction.CLOSE: Act.CLOSE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would be done.

    Attributes:
        values: What is known of it: keys, a case number, and what was said.
    """

    act: Act
    values: Mapping[Part, str] = field(default_factory=dict, repr=False)

    @property
    def missing(self) -> tuple[Part, ...]:
        """What must be said before it can be done."""
        return tuple(part for part in REQUIRED[self.act] if not self.values.get(part))

    def as_json(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "act": self.act.value,
            "values": {part.value: value for part, value in self.values.items()},
            "missing": [part.value for part in self.missing],
        }


def propose(understood: Understanding, ground: Ground) -> Proposal | None:
    """Return what would be done; None where nothing is to be done."""
    intent, slots = understood.intent, understood.slots
    if intent is Intent.CLAIM:
        act = _ACT_OF.get(slots.get(Slot.ACTION, ""), Act.TAKE)
        values = {Part.CASE: _case(ground), Part.TO: _to(ground) if act is Act.GIVE else ""}
    elif intent is Intent.FEEDBACK:
        act = Act.FEEDBACK
        values = {Part.CASE: _case(ground), Part.STATE: slots.get(Slot.STATE, "")}
    elif intent is Intent.LOG_PHONE:
        act, values = Act.LOG_PHONE, _call(ground)
    elif intent is Intent.REMARK:
        act, values = Act.REMARK, _entry(ground) | {Part.CUSTOMER: slots.get(Slot.CUSTOMER, "")}
    elif intent is Intent.IDEA:
        act, values = Act.IDEA, _entry(ground)
    else:
        return None
    return Proposal(act=act, values={part: value for part, value in values.items() if value})


def with_part(proposal: Proposal, part: Part, said: str, knowledge: Knowledge) -> Proposal:
    """Return a proposal with one more thing said.

    Raises:
        UsageError: There is no such process, matter or colleague.
    """
    value = " ".join(said.split())[:_LONGEST]
    if part is Part.PROCESS:
        value = process_named(value, knowledge)
    elif part is Part.MATTER:
        value = matter_named(value, knowledge)
    elif part is Part.TO:
        found = colleague_named(value, knowledge)
        if found is None:
            raise UsageError("jag vet inte vem det är; skriv för- och efternamn")
        value = found
    elif part is Part.STATE:
        value = Feedback.ONGOING if fold(value)[:3] in ("pag", "ong") else Feedback.DONE
    values = {**proposal.values, part: value}
    if part is Part.MATTER and Part.PROCESS not in values:
        process = knowledge.matters[MatterKey(value)].process
        values |= {} if process is None else {Part.PROCESS: process}
    return replace(proposal, values=values)


def colleague_named(text: str, knowledge: Knowledge) -> PersonKey | None:
    """Return whom a name means: a whole name, else a first or last name that only one has."""
    wanted = fold(" ".join(text.split()))
    whole = [person.key for person in knowledge.people.values() if fold(person.name) == wanted]
    if whole:
        return whole[0]
    some = [
        person.key
        for person in knowledge.people.values()
        if wanted in fold(person.name).split() or wanted == person.key
    ]
    return some[0] if len(some) == 1 else None


def team_of_process(process: ProcessKey, knowledge: Knowledge) -> TeamKey:
    """Return the team that has a process by default."""
    box = next(iter(knowledge.mailboxes))
    return knowledge.team_for(process, None, box)


def _case(ground: Ground) -> str:
    """Return the number of the case in full where it is known, else as it was written."""
    said = ground.slots.get(Slot.CASE, "")
    case = find_case(ground, said) if said else None
    return said if case is None else str(case.number)


def _to(ground: Ground) -> str:
    said = ground.slots.get(Slot.TO, "")
    if not said:
        return ""
    found = colleague_named(said, ground.knowledge)
    if found is not None:
        return found
    try:
        return process_named(said, ground.knowledge)
    except UsageError:
        return ""


def _call(ground: Ground) -> dict[Part, str]:
    matter, process = ground.matter, ground.process
    if process is None and matter is not None:
        process = ground.knowledge.matters[matter].process
    return {
        Part.PROCESS: process or "",
        Part.MATTER: matter or "",
        Part.CUSTOMER: ground.slots.get(Slot.CUSTOMER, ""),
        Part.TEXT: ground.text[:_LONGEST],
    }


def _entry(ground: Ground) -> dict[Part, str]:
    process = ground.process or next(iter(_own_processes(ground)), None)
    return {Part.PROCESS: process or "", Part.TEXT: ground.text[:_LONGEST]}


def _own_processes(ground: Ground) -> Iterator[ProcessKey]:
    """Yield the process of who asks, where their unit has only one."""
    if ground.person is None:
        return
    unit = ground.knowledge.units[ground.knowledge.unit_of(ground.person)]
    if len(unit.processes) == 1:
        yield unit.processes[0]
