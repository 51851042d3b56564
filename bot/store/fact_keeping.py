"""The rows that figures are made of, kept in the transaction in which something happens.

What happens to cases is remembered while a unit of work is open; before it commits, their rows
are made anew from all their events. The rows can always be made again, see `anew`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, func, select

from bot.cases import Case, Event
from bot.reports.case_facts import (
    COUNTED_EVENTS,
    FACT_COLUMNS,
    RULES,
    About,
    CaseFact,
    Happened,
    facts_of,
)
from bot.reports.sums import SEEN_COLUMNS, Void, touched
from bot.store.engine import chunks, insert_many_if_new
from bot.store.fact_sums import make_void
from bot.store.tables import IS_FOUND_BY_TIME, CaseFactRow, CaseRow, EventRow
from bot.vocabulary import CaseId
from bot.worktime import Calendar, Interval

CalendarOf = Callable[[], Calendar]


@cache
def usual_calendar() -> Calendar:
    """Return the hours of an ordinary office in Sweden, for databases that no house opened."""
    hours = (Interval(opens=time(8), closes=time(16, 30)),)
    return Calendar(zone=ZoneInfo("Europe/Stockholm"), week=dict.fromkeys(range(5), hours))


COLUMNS: Final = (*FACT_COLUMNS, "rules")
"""The columns of ``case_fact`` as `values_of` gives their values."""


def values_of(fact: CaseFact) -> tuple[Any, ...]:
    """Return a fact as a row of ``case_fact``, in the order of `COLUMNS`."""
    return (*fact, RULES)


class FactKeeper:
    """Works inside the caller's transaction; writes when it is settled."""

    def __init__(self, connection: Connection, calendar: CalendarOf) -> None:
        self._connection = connection
        self._calendar = calendar
        self._new: dict[CaseId, Case] = {}
        self._events: dict[CaseId, list[Event]] = {}
        self._touched: dict[CaseId, None] = {}

    def opened(self, cases: Iterable[Case]) -> None:
        """Note new cases: all that happens to them from now on is known without reading it."""
        for case in cases:
            self._new[case.id] = case
            self._events[case.id] = []

    def changed(self, case: Case) -> None:
        """Note a changed case."""
        if case.id in self._new:
            self._new[case.id] = case
        else:
            self._touched[case.id] = None

    def happened(self, events: Iterable[Event]) -> None:
        """Note what happened to cases."""
        for event in events:
            if event.case_id in self._events:
                self._events[event.case_id].append(event)
            elif event.kind in COUNTED_EVENTS:
                self._touched[event.case_id] = None

    def settle(self) -> None:
        """Write the rows of all that was noted."""
        void: set[Void] = set()
        if self._new:
            calendar = self._calendar()
            facts = [
                fact
                for case_id, case in self._new.items()
                for fact in facts_of(case, self._events[case_id], calendar)
            ]
            _insert(self._connection, facts)
            void = touched((), facts)
        if self._touched:
            void |= _anew(self._connection, list(self._touched), self._calendar())
        make_void(self._connection, void)
        self._new, self._events, self._touched = {}, {}, {}


def anew(connection: Connection, some: Collection[CaseId], calendar: Calendar) -> None:
    """Make the rows of some cases anew from their events; last of all in a transaction."""
    make_void(connection, _anew(connection, some, calendar))


def _anew(connection: Connection, case_ids: Collection[CaseId], calendar: Calendar) -> set[Void]:
    """Make rows anew; return which sums are void."""
    void: set[Void] = set()
    for some in chunks(case_ids):
        facts = list(_facts(connection, some, calendar))
        before = connection.execute(
            delete(CaseFactRow).where(CaseFactRow.case_id.in_(some)).returning(*_SEEN)
        ).all()
        _insert(connection, facts)
        void |= touched(before, facts)
    return void


def case_ids(connection: Connection, *, before: CaseId | None, limit: int) -> list[CaseId]:
    """Return ids of cases, the newest first, from those before one on."""
    query = select(CaseRow.id).order_by(CaseRow.id.desc()).limit(limit)
    if before is not None:
        query = query.where(CaseRow.id < before)
    return [CaseId(case_id) for case_id in connection.scalars(query)]


def case_ids_between(
    connection: Connection, first_at: datetime, end_at: datetime, *, after: CaseId, limit: int
) -> list[CaseId]:
    """Return cases of which figures say something that happened in a span of time, by id."""
    rows = connection.scalars(
        select(EventRow.case_id)
        # The kinds are named because instants are found within a kind; see the table's indexes.
        .where(EventRow.kind.in_(sorted(COUNTED_EVENTS)), IS_FOUND_BY_TIME)
        .where(EventRow.at >= first_at, EventRow.at < end_at)
        .where(EventRow.case_id > after)
        .group_by(EventRow.case_id)
        .order_by(EventRow.case_id)
        .limit(limit)
    )
    return [CaseId(case_id) for case_id in rows]


def is_whole(connection: Connection) -> bool:
    """Tell whether every case has rows by the present rules, by a look at the oldest ones.

    A database from before gets its rows from the newest case on, so that the oldest ones have
    none until all are made. A case that was logged by mistake never has one.
    """
    first = select(CaseRow.id).order_by(CaseRow.id).limit(100)
    cases = connection.scalar(select(func.count()).select_from(first.subquery())) or 0
    if not cases:
        return True
    some = connection.scalars(
        select(CaseFactRow.rules)
        .where(CaseFactRow.case_id.in_(first.scalar_subquery()))
        .order_by(CaseFactRow.case_id, CaseFactRow.clock)
    ).all()
    return bool(some) and all(rules == RULES for rules in some)


def _facts(
    connection: Connection, some: Sequence[CaseId], calendar: Calendar
) -> Iterator[CaseFact]:
    # On PostgreSQL one who has just changed a case is waited for, so that all of it is read.
    about = select(*_ABOUT).where(CaseRow.id.in_(some)).order_by(CaseRow.id)
    cases = connection.execute(about.with_for_update(key_share=True)).all()
    events = _events(connection, some)
    for case in cases:
        yield from facts_of(_about(case), events.get(case.id, ()), calendar)


_ABOUT: Final = tuple(
    getattr(CaseRow, name)
    for name in [
        "id",
        "process",
        "matter",
        "mailbox",
        "customer",
        "team",
        "channel",
        "protected",
        "misdirected",
        "urgent",
        "received_at",
        "handle_by",
    ]
)


_SEEN: Final = tuple(getattr(CaseFactRow, name) for name in SEEN_COLUMNS)


def _about(row: Row[Any]) -> About:
    return row


def _events(connection: Connection, some: Sequence[CaseId]) -> Mapping[int, Sequence[Happened]]:
    found: dict[int, list[Happened]] = {}
    rows = connection.execute(
        select(
            EventRow.case_id,
            EventRow.kind,
            EventRow.at,
            EventRow.actor,
            EventRow.wall_seconds,
            EventRow.working_seconds,
            EventRow.data,
        )
        .where(EventRow.case_id.in_(some), EventRow.kind.in_(sorted(COUNTED_EVENTS)))
        .order_by(EventRow.case_id, EventRow.id)
    )
    for row in rows:
        found.setdefault(row.case_id, []).append(row)
    return found


def _insert(connection: Connection, facts: Iterable[CaseFact]) -> None:
    insert_many_if_new(connection, "case_fact", COLUMNS, [values_of(fact) for fact in facts])
