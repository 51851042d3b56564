"""One made-up case while its history is played, and the rows that its history leaves.

The rules are those of `bot.services`; a test plays the same history through them and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import Any

from bot.cases import SYSTEM, Case, CaseNumber
from bot.reports.case_facts import COUNTED_EVENTS, FACT_COLUMNS, RULES, facts_of
from bot.simulate.city import City
from bot.simulate.hours import moment, seconds, stored
from bot.simulate.rows import Rows
from bot.store.engine import stored_json
from bot.store.packing import pack_short
from bot.vocabulary import (
    CaseId,
    Channel,
    CustomerKey,
    EventKind,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    Status,
    TeamKey,
    Urgency,
)

Value = str | int | bool | None


@dataclass(slots=True, kw_only=True)
class Event:
    """Something that happened; instants in seconds."""

    kind: EventKind
    at: int
    actor: str
    wall: int
    working: int
    data: dict[str, Value]


@dataclass(slots=True, kw_only=True)
class CaseState:
    """A case as it stands; instants in seconds since 1970, UTC.

    Attributes:
        deadline_reasons: JSON.
    """

    city: City
    id: int
    year: int
    serial: int
    channel: Channel
    mailbox: MailboxKey
    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency
    customer: CustomerKey | None
    team: TeamKey
    received_at: int
    status: Status = Status.NEW
    possible: bool = False
    protected: bool = False
    complaint: bool = False
    misdirected: bool = False
    owner: PersonKey | None = None
    language: str = "sv"
    clock_started_at: int = 0
    stop_confirmed: bool = False
    version: int = 1
    handle_by: int | None = None
    safe_until: int | None = None
    deadline_reasons: str = "[]"
    events: list[Event] = field(default_factory=list)

    @property
    def number(self) -> str:
        """Return the number of the case."""
        return f"{self.year:04}-{self.serial:06}"

    def happened(self, kind: EventKind, at: int, actor: str = SYSTEM, **data: Value) -> None:
        """Note an event, with the time since the clock of the case started."""
        started = self.clock_started_at
        self.events.append(
            Event(
                kind=kind,
                at=at,
                actor=actor,
                wall=max(0, at - started),
                working=self.city.hours.between(started, at),
                data=data,
            )
        )

    def as_case(self) -> Case:
        """Return the case as the services know it."""
        return Case(
            id=CaseId(self.id),
            number=CaseNumber(year=self.year, serial=self.serial),
            status=self.status,
            channel=self.channel,
            mailbox=self.mailbox,
            process=self.process,
            matter=self.matter,
            urgent=self.urgent,
            possible=self.possible,
            protected=self.protected,
            complaint=self.complaint,
            misdirected=self.misdirected,
            customer=self.customer,
            team=self.team,
            owner=self.owner,
            language=self.language,
            received_at=moment(self.received_at),
            clock_started_at=moment(self.clock_started_at),
            stop_confirmed=self.stop_confirmed,
            handle_by=None if self.handle_by is None else moment(self.handle_by),
            safe_until=None if self.safe_until is None else moment(self.safe_until),
        )

    def take_deadline(self, case: Case) -> None:
        """Take over the deadline that the rules gave the case."""
        self.handle_by = None if case.handle_by is None else seconds(case.handle_by)
        self.safe_until = None if case.safe_until is None else seconds(case.safe_until)
        self.deadline_reasons = stored_json(
            [{"code": reason.code, **reason.values} for reason in case.deadline_reasons]
        )

    def finish(self, rows: Rows) -> None:
        """Add its rows, with its events in order of time."""
        self.events.sort(key=attrgetter("at"))
        self.write(rows)

    def write(self, rows: Rows) -> None:
        """Add the row of the case, its events, and what figures need of it."""
        rows["case_file"].append(self._row())
        add = rows["event"].append
        for event in self.events:
            add(
                (
                    self.id,
                    event.kind._value_,  # the property takes longer than all else here
                    stored(event.at),
                    event.actor,
                    event.wall,
                    event.working,
                    packed_json(event.data),
                )
            )
        self._write_facts(rows)

    def _row(self) -> tuple[Any, ...]:
        return (
            self.id,
            self.year,
            self.serial,
            self.status.value,
            self.channel.value,
            self.mailbox,
            self.process,
            self.matter,
            self.urgent.value,
            int(self.possible),
            int(self.protected),
            int(self.complaint),
            int(self.misdirected),
            self.customer,
            self.team,
            self.owner,
            self.language,
            stored(self.received_at),
            stored(self.clock_started_at),
            int(self.stop_confirmed),
            self.version,
            None if self.handle_by is None else stored(self.handle_by),
            None if self.safe_until is None else stored(self.safe_until),
            _pack_often(self.deadline_reasons),
        )

    def _write_facts(self, rows: Rows) -> None:
        counted = [_Happened(event) for event in self.events if event.kind in COUNTED_EVENTS]
        for fact in facts_of(_About(self), counted, self.city.hours.calendar):
            rows["case_fact"].append((*_values(fact), RULES))


class _About:
    """A case as the rules of facts read it; keys that are enums as the database has them."""

    __slots__ = (
        "channel",
        "customer",
        "handle_by",
        "id",
        "mailbox",
        "matter",
        "misdirected",
        "process",
        "protected",
        "received_at",
        "team",
        "urgent",
    )

    def __init__(self, state: CaseState) -> None:
        self.id = state.id
        self.process = state.process
        self.matter = state.matter
        self.mailbox = state.mailbox
        self.customer = state.customer
        self.team = state.team
        self.channel = state.channel.value
        self.protected = state.protected
        self.misdirected = state.misdirected
        self.urgent = state.urgent.value
        self.received_at = moment(state.received_at)
        self.handle_by = None if state.handle_by is None else moment(state.handle_by)


class _Happened:
    """An event as the rules of facts read it."""

    __slots__ = ("actor", "at", "data", "kind", "wall_seconds", "working_seconds")

    def __init__(self, event: Event) -> None:
        self.kind = event.kind
        self.at = moment(event.at)
        self.actor = event.actor
        self.wall_seconds = event.wall
        self.working_seconds = event.working
        self.data = event.data


_values = attrgetter(*FACT_COLUMNS)


_pack_often = lru_cache(maxsize=10_000)(pack_short)


def packed_json(data: Mapping[str, Value]) -> str | bytes:
    """Return what an event or an action holds as a SQLite file holds it."""
    return _pack_often(as_json(data))


def as_json(data: Mapping[str, Value]) -> str:
    """Return what an event holds as the store writes it; its keys and codes need no escapes."""
    return "{" + ",".join([f'"{name}":{_plain(value)}' for name, value in data.items()]) + "}"


def _plain(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{value}"'
    return str(value).lower() if isinstance(value, bool) else str(value)
