"""A register page by page, newest first, so that a long one costs no more than a short one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from bot.cases import Case
from bot.knowledge import Knowledge
from bot.registers import Entry, Register, fold
from bot.services.registers import Registers, Sheet, Wanted
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import CaseId, CustomerKey, PersonKey, ProcessKey

__all__ = ["Register", "RegisterFilters", "RegisterPage", "RegisterPages", "Suggested"]

MOST_ROWS: Final = 50
MOST_READ: Final = 2000
"""So many items are looked through for one page; where few of them fit, it is a short one."""
_BATCH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterFilters:
    """Which items are asked for; all that is given must hold.

    Attributes:
        since, until: Local days on which they were opened, both included.
        owner: Who is to see to them.
        open_only: Those with which somebody still has something to do.
        overdue: Those that should have been seen to before today.
    """

    process: ProcessKey | None = None
    customer: CustomerKey | None = None
    owner: PersonKey | None = None
    since: date | None = None
    until: date | None = None
    open_only: bool = False
    overdue: bool = False


NO_FILTERS: Final = RegisterFilters()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage:
    """Some items, the newest first.

    Attributes:
        next: To be given as `below` for the following page; None on the last one.
    """

    sheets: tuple[Sheet, ...]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Cases that look like complaints and have no remark, the newest first.

    Attributes:
        hidden: How many more there are among these with protected data.
        next: To be given as `below` for the following page; None on the last one.
        is_first: There is no page of newer ones.
        previous: To be given as `below` for the page before; None where that is the first.
    """

    cases: tuple[Case, ...]
    hidden: int
    next: CaseId | None
    is_first: bool
    previous: CaseId | None = None


class RegisterPages:
    """Reads only; each call is one transaction."""

    def __init__(self, database: Database, registers: Registers, knowledge: Knowledge) -> None:
        self._database = database
        self._registers = registers
        self._knowledge = knowledge

    def page(
        self,
        register: Register,
        filters: RegisterFilters = NO_FILTERS,
        *,
        below: int | None = None,
        limit: int = MOST_ROWS,
    ) -> RegisterPage:
        """Return a page of a register.

        Args:
            below: Where the page before ended; None for the first.
        """
        today = self._registers.today()
        wanted = Wanted(
            process=filters.process,
            customer=filters.customer,
            open_only=filters.open_only,
            overdue_on=today if filters.overdue else None,
        )
        found: list[Sheet] = []
        read = 0
        with self._database.reading() as work:
            for sheet in self._from(work, register, filters, below):
                read += 1
                if wanted.has(sheet.item) and filters.owner in (None, sheet.item.facts.owner):
                    found.append(sheet)
                if len(found) > limit:
                    return RegisterPage(sheets=tuple(found[:limit]), next=found[-2].item.number)
                if read == MOST_READ:
                    return RegisterPage(sheets=tuple(found), next=sheet.item.number)
        return RegisterPage(sheets=tuple(found), next=None)

    def suggested(
        self, *, sees_protected: bool, below: CaseId | None = None, limit: int = MOST_ROWS
    ) -> Suggested:
        """Return a page of the cases that should perhaps be registered as remarks.

        Args:
            below: Where the page before ended; None for the first, which is given also where
                there are none behind it any more.
        """
        found = self._registers.suggested(below=below, limit=limit + 1)
        if below is not None and not found:
            return self.suggested(sees_protected=sees_protected, limit=limit)
        here = found[:limit]
        previous = None
        if below is not None:
            previous = self._registers.suggested_above(here[0], places=limit + 1)
        shown = tuple(case for case in here if sees_protected or not case.protected)
        return Suggested(
            cases=shown,
            hidden=len(here) - len(shown),
            next=here[-1].id if len(found) > limit else None,
            is_first=below is None,
            previous=previous,
        )

    def _from(
        self, work: Work, register: Register, filters: RegisterFilters, below: int | None
    ) -> Iterator[Sheet]:
        """Yield the items of the days that are asked for, newest first."""
        begin = None if filters.since is None else self._midnight(filters.since)
        if filters.until is not None:
            after = self._midnight(filters.until + timedelta(days=1))
            first_after = work.registers.first_opened_from(register, after)
            if first_after is not None:
                below = first_after if below is None else min(below, first_after)
        while opened := work.registers.opened(register, below=below, limit=_BATCH):
            within = [number for number, at in opened if begin is None or at >= begin]
            entries = work.registers.of_items(register, within)
            yield from _sheets(entries)
            if len(opened) < _BATCH or len(within) < len(opened):
                return
            below = opened[-1][0]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self._knowledge.calendar.zone)


def _sheets(entries: list[Entry]) -> Iterator[Sheet]:
    """Yield items with their entries, the newest first."""
    ordered = sorted(entries, key=lambda entry: (-entry.number, entry.id))
    for _, group in groupby(ordered, key=lambda entry: entry.number):
        of_one = tuple(group)
        yield Sheet(item=fold(of_one), entries=of_one)
