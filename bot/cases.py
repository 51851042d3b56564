"""A case, what it may become, and what we owe about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import IllegalChange, Saying
from bot.texts.codes import CODES
from bot.vocabulary import (
    ActionKind,
    CaseId,
    Channel,
    EventKind,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    Status,
    TeamKey,
    Urgency,
)
from bot.worktime import Calendar, working_time

SYSTEM = "system"
"""The actor of what no person did."""
SOMEBODY = "somebody"
"""Acted for a person whom nothing names, as one who answers in Outlook."""

_CHANGES: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset(
        {Status.OPEN, Status.WAITING_CUSTOMER, Status.WAITING_OTHER, Status.CLOSED}
    ),
    Status.OPEN: frozenset({Status.WAITING_CUSTOMER, Status.WAITING_OTHER, Status.CLOSED}),
    Status.WAITING_CUSTOMER: frozenset({Status.OPEN, Status.WAITING_OTHER, Status.CLOSED}),
    Status.WAITING_OTHER: frozenset({Status.OPEN, Status.WAITING_CUSTOMER, Status.CLOSED}),
    Status.CLOSED: frozenset({Status.OPEN}),
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CaseNumber:
    """``YYYY-NNNNNN``: the local year of arrival and a running number in that year."""

    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.serial:06}"

    @classmethod
    def parse(cls, text: str) -> CaseNumber | None:
        """Read ``2018-000123``, also without leading zeros; None for anything else."""
        year, dash, serial = text.partition("-")
        if not dash or not all(part.isascii() and part.isdigit() for part in (year, serial)):
            return None
        return cls(year=int(year), serial=int(serial)) if len(year + serial) <= 12 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReason:
    """One reason for a deadline: a code of `bot.texts`, and its values."""

    code: str
    values: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What we know of one matter.

    Attributes:
        handle_by: Until when an urgent case must be handled; None where it is not urgent.
        safe_until: The last working moment before a run could take the invoice or payment
            along; None where no run is known.
        version: Grows with each change; a stale writer is refused.
        stop_confirmed: A person has ticked that the invoice or payment is stopped, or
            that no stop is needed. An urgent case does not close without it.
    """

    id: CaseId
    number: CaseNumber
    status: Status
    channel: Channel
    mailbox: MailboxKey
    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency
    possible: bool
    protected: bool
    complaint: bool
    misdirected: bool
    customer: str | None
    team: TeamKey
    owner: PersonKey | None
    language: str
    received_at: datetime
    clock_started_at: datetime
    stop_confirmed: bool = False
    version: int = 1
    handle_by: datetime | None = None
    safe_until: datetime | None = None
    deadline_reasons: tuple[DeadlineReason, ...] = ()

    def require_open(self) -> None:
        """Raise IllegalChange for a closed case: nothing is done with it until it is reopened."""
        if self.status is Status.CLOSED:
            raise IllegalChange("ärende {case} är avslutat; öppna det igen först", case=self.number)

    def allow(self, status: Status) -> None:
        """Raise IllegalChange unless the case may take on a status.

        An urgent case closes only after the stop tick; DESIGN, promise 3.
        """
        if status not in _CHANGES[self.status]:
            raise IllegalChange(
                "ärende {case} kan inte gå från ”{before}” till ”{after}”",
                case=self.number,
                before=Saying(CODES[f"status.{self.status}"]),
                after=Saying(CODES[f"status.{status}"]),
            )
        if status is Status.CLOSED and self.urgent is not Urgency.NO and not self.stop_confirmed:
            raise IllegalChange(
                "ärende {case} är brådskande; bekräfta först att stoppet är gjort",
                case=self.number,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a case; append-only.

    Attributes:
        actor: A person's key, `SYSTEM` or `SOMEBODY`.
        wall_seconds, working_seconds: Since the clock of the case started.
        data: Codes, keys and numbers only; never mail text, names or addresses.
    """

    case_id: CaseId
    kind: EventKind
    at: datetime
    actor: str
    wall_seconds: int
    working_seconds: int
    data: Mapping[str, str | int | bool | None] = field(default_factory=dict)

    @classmethod
    def on(
        cls,
        case: Case,
        kind: EventKind,
        at: datetime,
        calendar: Calendar,
        *,
        actor: str = SYSTEM,
        **data: str | int | bool | None,
    ) -> Event:
        """Return what happened to a case at an instant, with the time since its clock started."""
        started = case.clock_started_at
        return cls(
            case_id=case.id,
            kind=kind,
            at=at,
            actor=actor,
            wall_seconds=max(0, int((at - started).total_seconds())),
            working_seconds=int(working_time(started, at, calendar).total_seconds()),
            data=data,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAction:
    """One thing we owe the outside world. `key` makes repeating harmless.

    Attributes:
        data: Codes, keys and numbers only, as in `Event.data`.
        held: Planned for the record, never performed unless a person releases it.
    """

    key: str
    kind: ActionKind
    case_id: CaseId | None
    due_at: datetime
    data: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    held: bool = False
