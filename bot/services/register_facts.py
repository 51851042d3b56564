"""What an entry of a register says where a person has not said it.

It follows from the case that the item comes from, the knowledge, and the day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from bot.cases import Case
from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.registers import (
    NATURES,
    EntryKind,
    Facts,
    Item,
    Nature,
    Register,
    Rung,
    Source,
    Step,
    answer_due,
    next_rung,
)
from bot.services import support_ladder
from bot.vocabulary import Channel, PersonKey, ProcessKey, UnitKey

_SOURCES: Final[Mapping[Channel, Source]] = {
    Channel.EMAIL: Source.EMAIL,
    Channel.PHONE: Source.PHONE,
}


class UsualFacts:
    """Fills in what was not said; what was said stands."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self._knowledge = knowledge
        self._calendar = knowledge.calendar
        self._clock = clock

    def of_new(self, register: Register, said: Facts, by: PersonKey, origin: Case | None) -> Facts:
        """Return the facts of a new item, as complete as they can be."""
        nature = Facts(nature=NATURES[register][0])
        facts = nature.then(self._from_case(register, origin)).then(said)
        if register is Register.REMARKS:
            return self._of_remark(facts, origin)
        if register is Register.PROCESS_LOG:
            return self._of_process_point(facts, by)
        return facts

    def of_step(self, item: Item, step: Step, by: PersonKey) -> Facts:
        """Return the facts of an entry that follows.

        A remark that is taken up again gets a new day for its answer. What goes up the support
        ladder goes to the next rung on which somebody stands, and to that person.
        """
        if step.kind is EntryKind.REOPENED and item.register is Register.REMARKS:
            return Facts(due=self._answer_due()).then(step.facts)
        if step.kind is not EntryKind.ESCALATED or item.facts.rung is None:
            return step.facts
        process = item.facts.process
        rung = step.facts.rung or next_rung(item.facts.rung, self.staffed(process))
        owner = self._on_rung(rung, process, near=item.facts.proposer or by)
        return Facts(rung=rung, owner=owner).then(step.facts)

    def staffed(self, process: ProcessKey | None) -> Collection[Rung]:
        """Return the rungs on which somebody stands; none where the process is not known."""
        if process is None or process not in self._knowledge.processes:
            return frozenset()
        return support_ladder.staffed(process, self._knowledge)

    def _from_case(self, register: Register, origin: Case | None) -> Facts:
        if origin is None:
            return Facts()
        return Facts(
            process=origin.process if origin.process in self._knowledge.processes else None,
            customer=self._knowledge.customer_key(origin.customer),
            source=None if register is Register.PROCESS_LOG else _SOURCES[origin.channel],
        )

    def _of_remark(self, facts: Facts, origin: Case | None) -> Facts:
        unit = facts.unit or self._unit_for(facts.process, origin)
        head = None
        if unit is not None and unit in self._knowledge.units:
            head = self._knowledge.head_of(unit)
        due = None if facts.nature is Nature.PRAISE else self._answer_due()
        return Facts(source=Source.OTHER, unit=unit, owner=head, due=due).then(facts)

    def _unit_for(self, process: ProcessKey | None, origin: Case | None) -> UnitKey | None:
        if process is not None and process in self._knowledge.processes:
            return support_ladder.unit_of(process, self._knowledge)
        team = None if origin is None else self._knowledge.teams.get(origin.team)
        return None if team is None else team.unit

    def _of_process_point(self, facts: Facts, by: PersonKey) -> Facts:
        proposer = facts.proposer or by
        lowest = min(self.staffed(facts.process), key=lambda rung: rung.level, default=None)
        rung = facts.rung or lowest
        owner = self._on_rung(rung, facts.process, near=proposer) or proposer
        return Facts(proposer=proposer, rung=rung, owner=owner).then(facts)

    def _on_rung(
        self, rung: Rung | None, process: ProcessKey | None, *, near: PersonKey
    ) -> PersonKey | None:
        if rung is None or process is None or process not in self._knowledge.processes:
            return None
        today = self._calendar.local_date(self._clock.now())
        return support_ladder.person_on(rung, process, near, today, self._knowledge)

    def _answer_due(self) -> date:
        days = self._knowledge.registers.answer_days
        return answer_due(self._clock.now(), days, self._calendar)
