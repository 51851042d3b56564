"""Doing what was proposed and confirmed, and undoing it.

What is undone restores what was before, with the event `undone`. Nothing is undone that somebody
has built upon since.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError
from bot.promises import Feedback
from bot.registers import EntryKind, Facts, Register, Step
from bot.services.casework import Casework
from bot.services.moving import Moving
from bot.services.naming import case_named
from bot.services.new_case import House
from bot.services.phone import NewCall, Phone
from bot.services.proposing import Act, Part, Proposal, team_of_process
from bot.services.registers import Registers
from bot.services.telling import Telling
from bot.services.undoing import Undoing, mark_of
from bot.store.unit_of_work import Database
from bot.vocabulary import (
    EventKind,
    MatterKey,
    PersonKey,
    ProcessKey,
    Status,
)

_WITHDRAWN: Final = "Ångrat i samtalet med assistenten."
"""Stands in the register where an entry was undone; the registers are kept in Swedish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done.

    Attributes:
        case: The case as it stands now; None for an entry of a register.
        item: The number of a remark or a point of the process log.
        undo: Which version of the case can be taken back.
    """

    act: Act
    case: Case | None = None
    item: int | None = None
    undo: Mapping[str, Any] = field(default_factory=dict)


class Proposals:
    """Does what was confirmed; each call is one transaction, as the services do it."""

    def __init__(
        self,
        database: Database,
        house: House,
        clock: Clock,
        *,
        casework: Casework,
        phone: Phone,
        registers: Registers,
        moving: Moving,
    ) -> None:
        self._database = database
        self._house = house
        self._clock = clock
        self._casework = casework
        self._phone = phone
        self._registers = registers
        self._moving = moving
        self._undoing = Undoing(database, house, clock)
        self._telling = Telling(database, house, phone, clock)

    def perform(self, proposal: Proposal, *, by: PersonKey) -> Done:
        """Do what was confirmed.

        Raises:
            DataError: Something is missing, or the case does not allow it.
            UsageError: A value is too long or empty.
        """
        if proposal.missing:
            raise DataError("något saknas ännu; svara på frågorna först")
        if proposal.act is Act.LOG_PHONE:
            return self._log_phone(proposal, by)
        if proposal.act in (Act.REMARK, Act.IDEA):
            return self._register(proposal, by)
        before = case_named(proposal.values[Part.CASE], self._database)
        after = self._changed(before, proposal, by)
        last = self._undoing.offered(after)
        mark = None if last is None else mark_of(last)
        return Done(act=proposal.act, case=after, undo={"version": after.version, "mark": mark})

    def undo(self, done: Done, *, by: PersonKey) -> Case | None:
        """Restore what was before; return the case as it stands then.

        Raises:
            DataError: Somebody has changed the case since.
        """
        if done.item is not None:
            self._withdraw(done, by)
            return None
        assert done.case is not None  # what is no entry of a register is about a case
        version = int(done.undo["version"])
        if done.act is not Act.LOG_PHONE:
            mark = done.undo.get("mark")
            return self._undoing.undo(done.case, by=by, version=version, mark=mark)
        return self._call_taken_back(done.case, version, by)

    def _changed(self, case: Case, proposal: Proposal, by: PersonKey) -> Case:
        if proposal.act is Act.TAKE:
            return self._casework.take(case, by=by)
        if proposal.act is Act.CLOSE:
            return self._casework.close(case, by=by)
        if proposal.act is Act.FEEDBACK:
            return self._telling.told(case, Feedback(proposal.values[Part.STATE]), by=by)
        return self._hand_over(case, proposal.values[Part.TO], by)

    def _hand_over(self, case: Case, to: str, by: PersonKey) -> Case:
        """Give a case to a colleague, or to a process, of which the customer is told."""
        person, process = PersonKey(to), ProcessKey(to)
        if person in self._house.knowledge.people:
            return self._casework.hand_over(case, by=by, to=person)
        if case.process != process:
            return self._moving.move(case, process, by=by)
        team = team_of_process(process, self._house.knowledge)
        return self._casework.hand_over(case, by=by, team=team)

    def _log_phone(self, proposal: Proposal, by: PersonKey) -> Done:
        values = proposal.values
        call = NewCall(
            process=ProcessKey(values[Part.PROCESS]),
            matter=MatterKey(values[Part.MATTER]),
            customer=values[Part.CUSTOMER],
            callback=values[Part.CALLBACK],
            note=values.get(Part.TEXT, ""),
        )
        case = self._phone.add(call, by=by).case
        return Done(act=proposal.act, case=case, undo={"version": case.version})

    def _register(self, proposal: Proposal, by: PersonKey) -> Done:
        values = proposal.values
        remark = proposal.act is Act.REMARK
        customer = self._house.knowledge.customer_key(values.get(Part.CUSTOMER))
        facts = Facts(
            process=ProcessKey(values[Part.PROCESS]), customer=customer if remark else None
        )
        register = Register.REMARKS if remark else Register.PROCESS_LOG
        step = Step(kind=EntryKind.OPENED, text=values[Part.TEXT], facts=facts)
        item = self._registers.open(register, step, by=by)
        return Done(act=proposal.act, item=item.number)

    def _withdraw(self, done: Done, by: PersonKey) -> None:
        assert done.item is not None  # the caller has looked
        register = Register.REMARKS if done.act is Act.REMARK else Register.PROCESS_LOG
        step = Step(kind=EntryKind.CLOSED, text=_WITHDRAWN)
        self._registers.follow(register, done.item, step, by=by)
        if register is Register.PROCESS_LOG:
            told = Step(kind=EntryKind.FEEDBACK, text=_WITHDRAWN)
            self._registers.follow(register, done.item, told, by=by)

    def _call_taken_back(self, case: Case, version: int, by: PersonKey) -> Case:
        """Close a case that was logged by mistake, and forget what was said."""
        with self._database.work() as work:
            now_case = work.cases.get(case.id)
            if now_case.version != version:
                raise DataError(
                    "ärende {case} har ändrats sedan dess; det går inte att ångra",
                    case=now_case.number,
                )
            work.promises.forget(case.id)
            work.phone_calls.forget(case.id)
            work.watches.end([case.id])
            stored = work.cases.change(dataclasses.replace(now_case, status=Status.CLOSED))
            undone = self._event(stored, EventKind.UNDONE, by, undid=Act.LOG_PHONE.value)
            work.cases.record([undone, self._event(stored, EventKind.CLOSED, by)])
            return stored

    def _event(
        self, case: Case, kind: EventKind, by: PersonKey, **data: str | int | bool | None
    ) -> Event:
        return Event.on(case, kind, self._clock.now(), self._house.calendar, actor=by, **data)
