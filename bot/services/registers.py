"""Remarks, customer log and process log: what people enter, and what is owed on it.

A complaint that triage has found is suggested; a person registers it. Entries are only ever
added; two who add to one item at once come one after the other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError, NotFound
from bot.knowledge import Knowledge
from bot.registers import (
    Entry,
    EntryKind,
    Facts,
    Item,
    Register,
    Step,
    check_following,
    check_opening,
    clean_text,
    fold,
    overdue,
)
from bot.reply_rules import ReplyTask, TaskKind
from bot.services.register_facts import UsualFacts
from bot.store.unit_of_work import Database
from bot.vocabulary import CaseId, Channel, EventKind, PersonKey

MOST_SUGGESTED: Final = 200
"""How many cases are suggested at a time, the newest first."""

_LARGEST_NUMBER: Final = 2**31 - 1
"""What the database can hold as the number of an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An item with all its entries, oldest first."""

    item: Item
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items of a register are asked for; None stands for all."""

    unit: str | None = None
    process: str | None = None
    customer: str | None = None
    open_only: bool = False
    overdue_on: date | None = None

    def has(self, item: Item) -> bool:
        """Tell whether an item is among them."""
        facts = item.facts
        return (
            self.unit in (None, facts.unit)
            and self.process in (None, facts.process)
            and self.customer in (None, facts.customer)
            and (item.is_open or not self.open_only)
            and (self.overdue_on is None or item.is_overdue(self.overdue_on))
        )


EVERYTHING: Final = Wanted()


class Registers:
    """Opens items, adds to them, and lists them."""

    def __init__(self, database: Database, knowledge: Knowledge, clock: Clock) -> None:
        self._database = database
        self._knowledge = knowledge
        self._clock = clock
        self._usual = UsualFacts(knowledge, clock)

    def open(
        self, register: Register, step: Step, *, by: PersonKey, case: Case | None = None
    ) -> Item:
        """Open an item, and record on its case that a remark was registered.

        What is not said is taken from the case, the knowledge and the day: unit, process,
        customer, source, owner, the day for the answer, the rung of the ladder.

        Args:
            step: Its kind is `EntryKind.OPENED`.
            case: The one that it comes from.

        Raises:
            NotFound: No such person, unit, process or customer.
            DataError: Something is missing, or the text is not fit for a register.
        """
        with self._database.work() as work:
            now = self._clock.now()
            facts = self._usual.of_new(register, step.facts, by, case)
            self._check_known(facts)
            entry = Entry(
                register=register,
                number=0,
                kind=EntryKind.OPENED,
                at=now,
                actor=by,
                text=clean_text(step.text or ""),
                facts=facts,
                case_id=None if case is None else case.id,
                case_number=None if case is None else case.number,
            )
            check_opening(entry)
            number = work.registers.reserve_number()
            entry = work.registers.add(dataclasses.replace(entry, number=number))
            if register is Register.REMARKS and case is not None:
                registered = Event.on(
                    case,
                    EventKind.REMARK_REGISTERED,
                    now,
                    self._knowledge.calendar,
                    actor=by,
                    remark=number,
                )
                work.cases.record([registered])
                if case.channel is Channel.EMAIL:
                    work.reply_tasks.put(_thanks(case, now))
            return fold([entry])

    def follow(self, register: Register, number: int, step: Step, *, by: PersonKey) -> Item:
        """Add an entry to an item.

        What goes up the support ladder goes to the next rung on which somebody stands, and to
        that person, unless the step says otherwise. A remark that is taken up again gets a new
        day for its answer.

        Raises:
            NotFound: No such item in the register, or no such person, unit or the like.
            DataError: The entry cannot follow on how the item stands.
        """
        _check_number(register, number)
        with self._database.work() as work:
            entries = work.registers.hold(register, number)
            if not entries:
                raise _no_item(register, number)
            item = fold(entries)
            entry = Entry(
                register=register,
                number=number,
                kind=step.kind,
                at=self._clock.now(),
                actor=by,
                text=None if step.text is None else clean_text(step.text),
                facts=self._usual.of_step(item, step, by),
            )
            self._check_known(entry.facts)
            check_following(item, entry, self._usual.staffed(item.facts.process))
            return fold([*entries, work.registers.add(entry)])

    def sheet(self, register: Register, number: int) -> Sheet:
        """Return an item with its entries; NotFound where there is none."""
        _check_number(register, number)
        with self._database.reading() as work:
            entries = work.registers.of_item(register, number)
        if not entries:
            raise _no_item(register, number)
        return Sheet(item=fold(entries), entries=tuple(entries))

    def register_of(self, number: int, among: Sequence[Register]) -> Register:
        """Return which of some registers, at least one, holds an item; NotFound if none does."""
        with self._database.reading() as work:
            for register in among:
                if 0 < number <= _LARGEST_NUMBER and work.registers.of_item(register, number):
                    return register
        raise _no_item(among[0], number)

    def listed(self, register: Register, wanted: Wanted = EVERYTHING) -> list[Sheet]:
        """Return the items of a register that are asked for, by number."""
        with self._database.reading() as work:
            entries = work.registers.of_register(register)
        entries.sort(key=lambda entry: (entry.number, entry.id))
        sheets = (
            Sheet(item=fold(of_one), entries=of_one)
            for of_one in (
                tuple(group) for _, group in groupby(entries, key=lambda entry: entry.number)
            )
        )
        return [sheet for sheet in sheets if wanted.has(sheet.item)]

    def suggested(self, *, below: CaseId | None = None, limit: int = MOST_SUGGESTED) -> list[Case]:
        """Return the cases that look like complaints and have no remark, newest first.

        Args:
            below: Only those behind this one.
        """
        with self._database.reading() as work:
            ids = work.registers.complaints_without_remark(below=below, limit=limit)
            cases = work.cases.get_many(ids)
        return [cases[case_id] for case_id in ids]

    def suggested_above(self, case: Case, *, places: int) -> CaseId | None:
        """Return the one so many places above a case of that list; None where there are fewer."""
        with self._database.reading() as work:
            return work.registers.complaint_above(case.id, places=places)

    def dismiss(self, case: Case, *, by: PersonKey) -> Case:
        """Note that a case is no complaint, so that it is suggested no more.

        A later mail on it that complains brings it back.

        Raises:
            DataError: Nobody takes the case for a complaint.
        """
        with self._database.work() as work:
            now_case = work.cases.get(case.id)
            if not now_case.complaint:
                raise DataError("ärende {case} ser inte ut som ett klagomål", case=now_case.number)
            corrected = work.cases.change(dataclasses.replace(now_case, complaint=False))
            event = Event.on(
                corrected,
                EventKind.RETAGGED,
                self._clock.now(),
                self._knowledge.calendar,
                actor=by,
                complaint=False,
            )
            work.cases.record([event])
        return corrected

    def overdue(self, today: date) -> list[Item]:
        """Return what should have been answered or followed up before a day, in all registers.

        The longest overdue comes first. Items hold no text, so that a digest may count them.
        """
        found = [sheet.item for register in Register for sheet in self.listed(register)]
        return overdue(found, today)

    def today(self) -> date:
        """Return the local date."""
        return self._knowledge.calendar.local_date(self._clock.now())

    def _check_known(self, facts: Facts) -> None:
        known: Mapping[str, Collection[str]] = {
            "unit": self._knowledge.units,
            "process": self._knowledge.processes,
            "customer": self._knowledge.customers,
            "owner": self._knowledge.people,
            "proposer": self._knowledge.people,
        }
        for name, value in facts.said().items():
            if name in known and value not in known[name]:
                raise NotFound("{key} finns inte i kunskapen", key=value)
        if facts.due is not None and facts.due < self.today():
            raise DataError("dagen {day} har redan varit", day=facts.due)


def _thanks(case: Case, now: datetime) -> ReplyTask:
    """Return the task to thank the customer for the remark that was just registered."""
    return ReplyTask(case_id=case.id, kind=TaskKind.REMARK, next_at=now, automatic=True)


def _check_number(register: Register, number: int) -> None:
    if not 0 < number <= _LARGEST_NUMBER:
        raise _no_item(register, number)


def _no_item(register: Register, number: int) -> NotFound:
    if register is Register.REMARKS:
        return NotFound("synpunkt {number} finns inte; kontrollera numret", number=number)
    return NotFound("post {number} finns inte; kontrollera numret", number=number)
