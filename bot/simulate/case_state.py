"""One made-up case while its history is played, and the rows that its history leaves.

The rules are those of `bot.services`; a test plays the same history through them and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bot.cases import SYSTEM, Case, CaseNumber
from bot.reports.case_facts import COUNTED_EVENTS, RULES, facts_of
from bot.simulate.city import City
from bot.simulate.deflating import PackedPattern, Values, lines_of
from bot.simulate.hours import moment, seconds
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

if TYPE_CHECKING:
    from bot.simulate.owed import Owed

Value = str | int | bool | None


class Event(NamedTuple):
    """Something that happened; instants in seconds."""

    at: int
    kind: EventKind
    actor: str
    wall: int
    working: int
    data: Mapping[str, Value]


@dataclass(slots=True, kw_only=True)
class CaseState:
    """A case as it stands; instants in seconds since 1970, UTC.

    Attributes:
        deadline_reasons: JSON.
        owed: None where nobody wrote.
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
    owed: Owed | None = None
    number: str = field(init=False)
    _counted_from: int | None = None
    _open_before: int = 0

    def __post_init__(self) -> None:
        """Name the case."""
        self.number = f"{self.year:04}-{self.serial:06}"

    def happened(self, kind: EventKind, at: int, actor: str = SYSTEM, **data: Value) -> None:
        """Note an event, with the time since the clock of the case started."""
        wall = at - self.clock_started_at
        if wall <= 0:
            self.events.append(Event(at, kind, actor, 0, 0, data))
            return
        self.events.append(Event(at, kind, actor, wall, self.open_time_until(at), data))

    def open_time_until(self, at: int) -> int:
        """Return the open seconds from the start of its clock to a later instant."""
        open_until = self.city.hours.open_until
        if self._counted_from != self.clock_started_at:
            self._counted_from = self.clock_started_at
            self._open_before = open_until(self._counted_from)
        return open_until(at) - self._open_before

    def reach(self, at: int) -> None:
        """Let time pass: what is due by an instant is done before anything else happens then."""
        if self.owed is not None and at >= self.owed.quiet_until:
            self.owed.go_on_until(at)

    def discard_overtaken(self, at: int) -> None:
        """Throw away the drafts that an answer or the end of the case has made needless."""
        if self.owed is not None:
            self.owed.discard(at)

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
        """Add its row, those of its events in order of time, and what figures need of it."""
        if self.owed is not None:
            self.reach(self.city.end)
            self.owed.write(rows)
            self.owed = None  # else they hold each other, and only the collector frees both
        self.events.sort(key=_at)
        number = self.id
        rows["case_file"].append(self._row())
        rows["event"] += [
            (
                number,
                kind._value_,  # the property takes longer than all else here
                at,
                actor,
                wall,
                working,
                packed_json(data) if data else "{}",
            )
            for at, kind, actor, wall, working, data in self.events
        ]
        self._write_facts(rows)

    def _row(self) -> tuple[Any, ...]:
        return (
            self.id,
            self.year,
            self.serial,
            self.status._value_,
            self.channel._value_,
            self.mailbox,
            self.process,
            self.matter,
            self.urgent._value_,
            int(self.possible),
            int(self.protected),
            int(self.complaint),
            int(self.misdirected),
            self.customer,
            self.team,
            self.owner,
            self.language,
            self.received_at,
            self.clock_started_at,
            int(self.stop_confirmed),
            self.version,
            self.handle_by,
            self.safe_until,
            pack_short(self.deadline_reasons),
        )

    def _write_facts(self, rows: Rows) -> None:
        counted = [_Happened(event) for event in self.events if event.kind in COUNTED_EVENTS]
        for fact in facts_of(_About(self), counted, self.city.hours.calendar):
            rows["case_fact"].append((*fact, RULES))


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
        self.channel = state.channel._value_
        self.protected = state.protected
        self.misdirected = state.misdirected
        self.urgent = state.urgent._value_
        self.received_at = moment(state.received_at)
        self.handle_by = None if state.handle_by is None else moment(state.handle_by)


class _Happened:
    """An event as the rules of facts read it."""

    __slots__ = ("_seconds", "actor", "data", "kind", "wall_seconds", "working_seconds")

    def __init__(self, event: Event) -> None:
        (
            self._seconds,
            self.kind,
            self.actor,
            self.wall_seconds,
            self.working_seconds,
            self.data,
        ) = event

    @property
    def at(self) -> datetime:
        return moment(self._seconds)


_at = itemgetter(0)


def packed_json(data: Mapping[str, Value]) -> str | bytes:
    """Return what an event or an action holds as a SQLite file holds it.

    Its keys and codes need no escapes in JSON, and have no slots.
    """
    numbers: dict[str, str] = {}
    key: list[Value] = list(data)
    for name, value in data.items():
        if type(value) is int or name in _NUMBERS:
            numbers[name] = str(value)
        else:
            key.append(value)
    known = tuple(key)
    pattern = _patterns.get(known)
    if pattern is None:
        pattern = _patterns[known] = _pattern_of(data)
    return pattern.fill(Values(numbers) if numbers else _NO_VALUES)


_NO_VALUES: Final = Values({})
_NUMBERS: Final = frozenset({"into", "other"})
"""What holds the number of another case."""
_patterns: Final[dict[tuple[Value, ...], PackedPattern]] = {}
"""By the names and all that is no number; few, since numbers are what cases differ in."""


def _pattern_of(data: Mapping[str, Value]) -> PackedPattern:
    said = ",".join(f'"{name}":{_slot(name, value)}' for name, value in data.items())
    (packed,) = lines_of("{" + said + "}")
    return packed


def _slot(name: str, value: Value) -> str:
    if name in _NUMBERS:
        return f'"%({name})s"'
    if isinstance(value, str):
        return f'"{value}"'
    return f"%({name})s" if type(value) is int else _plain(value)


def _plain(value: Value) -> str:
    return "null" if value is None else str(value).lower()
