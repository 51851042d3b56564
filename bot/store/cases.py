"""Cases and what happened to them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, ScalarSelect, and_, func, or_, select, update

from bot.cases import Case, CaseNumber, DeadlineReason, Event
from bot.errors import DataError, NotFound
from bot.store import counters
from bot.store.engine import insert_rows
from bot.store.fact_keeping import FactKeeper
from bot.store.records import TeamLoad
from bot.store.tables import IS_OPEN, CaseRow, DeliveryRow, EventRow, MessageAddressRow, MessageRow
from bot.vocabulary import (
    NOT_CLOSED,
    CaseId,
    Channel,
    EventKind,
    MailboxKey,
    MatterKey,
    Outcome,
    PersonKey,
    ProcessKey,
    Status,
    TeamKey,
    Urgency,
)

_SENDERS = ("from", "reply_to")
_ANSWERS = (EventKind.ANSWERED, EventKind.FEEDBACK_ONGOING, EventKind.FEEDBACK_DONE)


def last_closing() -> ScalarSelect[datetime]:
    """Return, inside a query of cases, when each was last closed."""
    return (
        select(func.max(EventRow.at))
        .where(EventRow.case_id == CaseRow.id, EventRow.kind == EventKind.CLOSED)
        .correlate(CaseRow)
        .scalar_subquery()
    )


class Cases:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection, facts: FactKeeper) -> None:
        self._connection = connection
        self._facts = facts

    def reserve_ids(self, count: int) -> int:
        """Return the first of `count` consecutive case ids."""
        return counters.take(self._connection, "case", count)

    def reserve_serials(self, year: int, count: int) -> int:
        """Return the first of `count` consecutive serials of a year."""
        return counters.take(self._connection, f"{counters.CASE_SERIAL}{year}", count)

    def insert(self, cases: Iterable[Case]) -> None:
        """Store new cases; their ids and numbers were reserved before."""
        new = list(cases)
        if new:
            insert_rows(self._connection, CaseRow, [_values(case) for case in new])
            self._facts.opened(new)

    def get(self, case_id: CaseId) -> Case:
        """Return a case; NotFound where there is none."""
        found = self.get_many([case_id])
        if not found:
            raise NotFound("ärende {case} finns inte; kontrollera numret", case=case_id)
        return found[case_id]

    def get_many(self, case_ids: Collection[CaseId]) -> dict[CaseId, Case]:
        """Return the cases with these ids; unknown ids are absent."""
        if not case_ids:
            return {}
        rows = self._connection.execute(
            select(CaseRow.__table__).where(CaseRow.id.in_(case_ids)).order_by(CaseRow.id)
        )
        return {case.id: case for case in map(case_of_row, rows)}

    def by_numbers(self, numbers: Collection[CaseNumber]) -> dict[CaseNumber, Case]:
        """Return the cases with these numbers; unknown numbers are absent."""
        if not numbers:
            return {}
        wanted = [
            and_(CaseRow.year == number.year, CaseRow.serial == number.serial) for number in numbers
        ]
        rows = self._connection.execute(
            select(CaseRow.__table__).where(or_(*wanted)).order_by(CaseRow.id)
        )
        return {case.number: case for case in map(case_of_row, rows)}

    def newest_with_serial(self, serial: int) -> Case:
        """Return the newest case with a serial, whatever its year; people write "123"."""
        row = self._connection.execute(
            select(CaseRow.__table__)
            .where(CaseRow.serial == serial)
            .order_by(CaseRow.year.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            raise NotFound("ärende {case} finns inte; kontrollera numret", case=serial)
        return case_of_row(row)

    def with_serial(self, serial: int, *, limit: int = 20) -> list[Case]:
        """Return the cases with a serial, of whatever year, the newest first."""
        rows = self._connection.execute(
            select(CaseRow.__table__)
            .where(CaseRow.serial == serial)
            .order_by(CaseRow.year.desc())
            .limit(limit)
        )
        return [case_of_row(row) for row in rows]

    def listed(self, *, urgent_only: bool = False, limit: int = 1000) -> list[Case]:
        """Return cases, newest first."""
        query = select(CaseRow.__table__).order_by(CaseRow.received_at.desc(), CaseRow.id.desc())
        if urgent_only:
            query = query.where(CaseRow.urgent != Urgency.NO)
        return [case_of_row(row) for row in self._connection.execute(query.limit(limit))]

    def queue(
        self,
        *,
        urgent_only: bool = False,
        owner: PersonKey | None = None,
        team: TeamKey | None = None,
        limit: int = 1000,
    ) -> list[Case]:
        """Return the open cases: first what must be handled first, then the oldest.

        Args:
            owner, team: Only those of a person, of a team.
        """
        query = (
            select(CaseRow.__table__)
            .where(CaseRow.status.in_(NOT_CLOSED), IS_OPEN)
            .order_by(CaseRow.handle_by.is_(None), CaseRow.handle_by, CaseRow.received_at)
        )
        if urgent_only:
            query = query.where(CaseRow.urgent != Urgency.NO)
        if owner is not None:
            query = query.where(CaseRow.owner == owner)
        if team is not None:
            query = query.where(CaseRow.team == team)
        return [case_of_row(row) for row in self._connection.execute(query.limit(limit))]

    def open_urgent(self, *, after: CaseId, limit: int) -> list[Case]:
        """Return open urgent cases by id, those after `after`."""
        rows = self._connection.execute(
            select(CaseRow.__table__)
            .where(
                CaseRow.id > after,
                CaseRow.status.in_(NOT_CLOSED),
                IS_OPEN,
                CaseRow.urgent != Urgency.NO,
            )
            .order_by(CaseRow.id)
            .limit(limit)
        )
        return [case_of_row(row) for row in rows]

    def team_loads(self, *, handle_until: datetime) -> list[TeamLoad]:
        """Return what waits for each team: urgent, unanswered by a person, due until then."""
        answered = (
            select(EventRow.case_id)
            .where(EventRow.case_id == CaseRow.id, EventRow.kind.in_(_ANSWERS))
            .exists()
        )
        rows = self._connection.execute(
            select(
                CaseRow.team,
                func.count().filter(CaseRow.urgent != Urgency.NO),
                func.count().filter(~answered),
                func.count().filter(CaseRow.handle_by <= handle_until),
            )
            .where(CaseRow.status.in_(NOT_CLOSED), IS_OPEN)
            .group_by(CaseRow.team)
            .order_by(CaseRow.team)
        )
        return [
            TeamLoad(team=TeamKey(team), urgent=urgent, unanswered=unanswered, due=due)
            for team, urgent, unanswered, due in rows
        ]

    def count_waiting(self, mailbox: MailboxKey, *, before: datetime) -> tuple[int, int]:
        """Count the open cases whose mail lay in a mailbox before an instant: (all, urgent).

        The case may belong to another mailbox, which the mail was addressed to.
        """
        opened_here = select(DeliveryRow.case_id).where(
            DeliveryRow.mailbox == mailbox, DeliveryRow.outcome == Outcome.CASE
        )
        urgent = func.count().filter(CaseRow.urgent != Urgency.NO)
        row = self._connection.execute(
            select(func.count(), urgent).where(
                CaseRow.id.in_(opened_here),
                CaseRow.received_at < before,
                CaseRow.status.in_(NOT_CLOSED),
                IS_OPEN,
            )
        ).one()
        return row[0], row[1]

    def change(self, case: Case) -> Case:
        """Store a changed case and return it with its new version.

        Raises:
            DataError: Somebody else changed it since it was read.
        """
        values = _values(case)
        for fixed in ("id", "year", "serial", "version"):
            del values[fixed]
        changed = self._connection.execute(
            update(CaseRow)
            .where(CaseRow.id == case.id, CaseRow.version == case.version)
            .values(**values, version=CaseRow.version + 1)
        )
        if changed.rowcount != 1:
            raise DataError(
                "ärende {case} har ändrats av någon annan; läs det igen", case=case.number
            )
        stored = dataclasses.replace(case, version=case.version + 1)
        self._facts.changed(stored)
        return stored

    def record(self, events: Iterable[Event]) -> None:
        """Append events."""
        happened = list(events)
        rows = [
            {
                "case_id": event.case_id,
                "kind": event.kind,
                "at": event.at,
                "actor": event.actor,
                "wall_seconds": event.wall_seconds,
                "working_seconds": event.working_seconds,
                "data": dict(event.data),
            }
            for event in happened
        ]
        if rows:
            insert_rows(self._connection, EventRow, rows)
            self._facts.happened(happened)

    def events(self, case_id: CaseId) -> list[Event]:
        """Return the events of a case, oldest first."""
        rows = self._connection.execute(
            select(EventRow.__table__).where(EventRow.case_id == case_id).order_by(EventRow.id)
        )
        return [event_of_row(row) for row in rows]

    def event_counts(self) -> dict[EventKind, int]:
        """Return how many events there are of each kind."""
        rows = self._connection.execute(select(EventRow.kind, func.count()).group_by(EventRow.kind))
        return {EventKind(kind): count for kind, count in rows}

    def has_event(self, case_id: CaseId, kind: EventKind) -> bool:
        """Tell whether something has happened to a case."""
        count = self._connection.scalar(
            select(func.count())
            .select_from(EventRow)
            .where(EventRow.case_id == case_id, EventRow.kind == kind)
        )
        return bool(count)

    def senders_on(self, case_ids: Collection[CaseId]) -> dict[CaseId, frozenset[str]]:
        """Return the addresses that have written to us on each case."""
        if not case_ids:
            return {}
        rows = self._connection.execute(
            select(MessageRow.case_id, MessageAddressRow.people)
            .join(MessageAddressRow, MessageAddressRow.message_id == MessageRow.id)
            .where(
                MessageRow.case_id.in_(case_ids),
                MessageRow.direction == "in",
            )
            .order_by(MessageRow.id)
        )
        found: dict[CaseId, set[str]] = {}
        for case_id, people in rows:
            if case_id is not None:
                found.setdefault(CaseId(case_id), set()).update(
                    address for role, _, address in people if role in _SENDERS
                )
        return {case_id: frozenset(addresses) for case_id, addresses in found.items()}

    def clocks_between(
        self, start: datetime, end: datetime, *, after: int, limit: int
    ) -> list[tuple[int, Event]]:
        """Return (row id, event) of events at or after `start` and before `end`, by row id."""
        rows = self._connection.execute(
            select(EventRow.__table__)
            .where(EventRow.at >= start, EventRow.at < end, EventRow.id > after)
            .order_by(EventRow.id)
            .limit(limit)
        )
        return [(row.id, event_of_row(row)) for row in rows]

    def set_working_seconds(self, changes: Mapping[int, int]) -> None:
        """Store recomputed working seconds, row id to seconds."""
        for row_id, seconds in changes.items():
            self._connection.execute(
                update(EventRow).where(EventRow.id == row_id).values(working_seconds=seconds)
            )


def _values(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "year": case.number.year,
        "serial": case.number.serial,
        "status": case.status,
        "channel": case.channel,
        "mailbox": case.mailbox,
        "process": case.process,
        "matter": case.matter,
        "urgent": case.urgent,
        "possible": case.possible,
        "protected": case.protected,
        "complaint": case.complaint,
        "misdirected": case.misdirected,
        "customer": case.customer,
        "team": case.team,
        "owner": case.owner,
        "language": case.language,
        "received_at": case.received_at,
        "clock_started_at": case.clock_started_at,
        "stop_confirmed": case.stop_confirmed,
        "version": case.version,
        "handle_by": case.handle_by,
        "safe_until": case.safe_until,
        "deadline_reasons": [
            {"code": reason.code, **reason.values} for reason in case.deadline_reasons
        ],
    }


def case_of_row(row: Row[Any]) -> Case:
    """Return a case from its row."""
    return Case(
        id=CaseId(row.id),
        number=CaseNumber(year=row.year, serial=row.serial),
        status=Status(row.status),
        channel=Channel(row.channel),
        mailbox=MailboxKey(row.mailbox),
        process=None if row.process is None else ProcessKey(row.process),
        matter=None if row.matter is None else MatterKey(row.matter),
        urgent=Urgency(row.urgent),
        possible=row.possible,
        protected=row.protected,
        complaint=row.complaint,
        misdirected=row.misdirected,
        customer=row.customer,
        team=TeamKey(row.team),
        owner=None if row.owner is None else PersonKey(row.owner),
        language=row.language,
        received_at=row.received_at,
        clock_started_at=row.clock_started_at,
        stop_confirmed=row.stop_confirmed,
        version=row.version,
        handle_by=row.handle_by,
        safe_until=row.safe_until,
        deadline_reasons=tuple(
            DeadlineReason(
                code=reason["code"],
                values={key: value for key, value in reason.items() if key != "code"},
            )
            for reason in row.deadline_reasons or ()
        ),
    )


def event_of_row(row: Row[Any]) -> Event:
    """Return an event from its row."""
    return Event(
        case_id=CaseId(row.case_id),
        kind=EventKind(row.kind),
        at=row.at,
        actor=row.actor,
        wall_seconds=row.wall_seconds,
        working_seconds=row.working_seconds,
        data=row.data,
    )
