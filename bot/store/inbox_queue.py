"""The inbox: the open cases in the order in which they must be handled.

First what has a deadline, by that; then whom we promised feedback the same day and have not
given it, by when it is due; then the rest, the oldest first. Each of the three parts is read
from an index of open cases only, from behind the last case of the page before, so that neither
the number of all cases nor of those passed matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from bot.store.tables import (
    CaseRow,
    EventRow,
    MessageRow,
    MessageTextRow,
    PromiseRow,
    UtcDateTime,
)
from bot.vocabulary import (
    CaseId,
    EventKind,
    MailboxKey,
    PersonKey,
    ProcessKey,
    Status,
    TeamKey,
    Urgency,
)

MOST_COUNTED: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST_ID: Final = 2**31 - 1
_LAST_MICROS: Final = 10**17  # in the year 5138, before dates end
_WAITING: Final = (Status.WAITING_CUSTOMER, Status.WAITING_OTHER)
# As literals, since an index of a part of a table serves only those who ask for that part.
_IS_OPEN: Final = CaseRow.status != literal_column("'closed'")
_Earlier: Final = aliased(PromiseRow)


class Part(IntEnum):
    """The parts of the inbox, in order."""

    DEADLINE = 1
    PROMISE = 2
    AGE = 3


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """Where a case stands in the inbox; places compare as cases are ordered.

    Attributes:
        at: Its deadline, when feedback is due, or when it was received; as `part` says.
    """

    part: Part
    at: datetime
    case_id: CaseId

    def __str__(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return f"{self.part:d}-{micros}-{self.case_id}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read what `str` makes of a place; None for anything else."""
        parts = text[:80].split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            return None
        part, micros, case_id = (int(part[:18]) for part in parts)
        if part not in tuple(Part) or case_id > _LARGEST_ID or micros > _LAST_MICROS:
            return None
        at = _EPOCH + timedelta(microseconds=micros)
        return cls(part=Part(part), at=at, case_id=CaseId(case_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which cases of the inbox are asked for; what is None or False asks for all.

    Attributes:
        possible: Those that may be urgent.
        no_feedback_before: Those whose caller was promised feedback before then, and has not been
            given it.
        waiting: Those that wait for somebody else than us.
        hide_protected: Leave out protected cases; `protected` asks for them alone.
    """

    process: ProcessKey | None = None
    mailbox: MailboxKey | None = None
    team: TeamKey | None = None
    owner: PersonKey | None = None
    urgent: bool = False
    possible: bool = False
    no_feedback_before: datetime | None = None
    waiting: bool = False
    protected: bool = False
    hide_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many open cases there are of each sort."""

    every: int = 0
    mine: int = 0
    team: int = 0
    urgent: int = 0
    possible: int = 0
    waiting: int = 0
    protected: int = 0
    by_process: Mapping[str, int] = field(default_factory=dict)
    by_mailbox: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEvent:
    """What happened to a case last, but for somebody looking at it."""

    kind: EventKind
    at: datetime


class InboxQueue:
    """Works inside the caller's transaction; only reads."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def places(self, filters: Filters, *, after: Place | None, limit: int) -> list[Place]:
        """Return the places of the cases asked for, in order, from behind one on."""
        found: list[Place] = []
        for part in Part:
            if len(found) < limit and (after is None or part >= after.part):
                behind = after if after is not None and part is after.part else None
                found += self._of_part(part, filters, behind, limit - len(found))
        return found

    def count(self, filters: Filters) -> int:
        """Count the cases asked for, up to `MOST_COUNTED` and one more."""
        count = 0
        for part in Part:
            most = MOST_COUNTED + 1 - count
            some = _only(_part(part, filters, CaseRow.id), filters).limit(most)
            count += self._connection.scalar(select(func.count()).select_from(some.subquery())) or 0
        return count

    def tally(self, filters: Filters, *, owner: PersonKey | None, team: TeamKey | None) -> Tally:
        """Count the cases asked for of each sort, in one pass over the open ones.

        Args:
            filters: But for `no_feedback_before`, which is counted elsewhere.
            owner, team: Whose cases are counted as `mine` and as `team`.
        """
        sorts = {
            "every": literal_column("1 = 1"),
            "mine": CaseRow.owner == owner,
            "team": CaseRow.team == team,
            "urgent": CaseRow.urgent != Urgency.NO,
            "possible": CaseRow.possible,
            "waiting": CaseRow.status.in_(_WAITING),
            "protected": CaseRow.protected,
        }
        counted = [func.count().filter(sort) for sort in sorts.values()]
        sums: Counter[str] = Counter()
        by_process: Counter[str] = Counter()
        by_mailbox: Counter[str] = Counter()
        for deadline in (True, False):
            columns: list[Any] = [CaseRow.process, CaseRow.mailbox]
            query = _only(select(*columns, *counted).where(*_open_part(deadline=deadline)), filters)
            for process, mailbox, *counts in self._connection.execute(
                query.group_by(*columns).order_by(*columns)
            ):
                sums.update(dict(zip(sorts, counts, strict=True)))
                by_mailbox[mailbox] += counts[0]
                if process is not None:
                    by_process[process] += counts[0]
        return Tally(**sums, by_process=by_process, by_mailbox=by_mailbox)

    def last_events(self, case_ids: Collection[CaseId]) -> dict[CaseId, LastEvent]:
        """Return what last happened to each case; one to which nothing did is absent."""
        last = (
            select(func.max(EventRow.id))
            .where(EventRow.case_id.in_(case_ids), EventRow.kind != EventKind.VIEWED)
            .group_by(EventRow.case_id)
        )
        rows = self._connection.execute(
            select(EventRow.case_id, EventRow.kind, EventRow.at)
            .where(EventRow.id.in_(last))
            .order_by(EventRow.id)
        )
        return {CaseId(row.case_id): LastEvent(kind=EventKind(row.kind), at=row.at) for row in rows}

    def subjects(self, case_ids: Collection[CaseId]) -> dict[CaseId, str]:
        """Return the subject of the first mail of each case; those without one are absent."""
        first = (
            select(func.min(MessageRow.id))
            .where(MessageRow.case_id.in_(case_ids), MessageRow.direction == "in")
            .group_by(MessageRow.case_id)
        )
        rows = self._connection.execute(
            select(MessageRow.case_id, MessageTextRow.subject)
            .join(MessageTextRow, MessageTextRow.message_id == MessageRow.id)
            .where(MessageRow.id.in_(first))
            .order_by(MessageRow.id)
        )
        return {CaseId(row.case_id): row.subject for row in rows}

    def _of_part(
        self, part: Part, filters: Filters, behind: Place | None, limit: int
    ) -> Iterator[Place]:
        at, case_id = _order(part)
        query = _only(_part(part, filters, at.label("at"), case_id.label("case_id")), filters)
        if behind is not None:
            last = tuple_(literal(behind.at, UtcDateTime()), literal(behind.case_id))
            query = query.where(tuple_(at, case_id) > last)
        rows = self._connection.execute(query.order_by(at, case_id).limit(limit))
        return (Place(part=part, at=row.at, case_id=CaseId(row.case_id)) for row in rows)


def _order(part: Part) -> tuple[Any, Any]:
    if part is Part.DEADLINE:
        return CaseRow.handle_by, CaseRow.id
    if part is Part.PROMISE:
        return PromiseRow.due_at, PromiseRow.case_id
    return CaseRow.received_at, CaseRow.id


def _part(part: Part, filters: Filters, *columns: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns
    """Return a query for one part, with what only it can tell of the filters."""
    query = select(*columns)
    if part is Part.PROMISE:
        earlier = select(_Earlier.number).where(
            _Earlier.case_id == PromiseRow.case_id,
            _Earlier.number < PromiseRow.number,
            _Earlier.kept_at.is_(None),
        )
        query = (
            query.select_from(PromiseRow)
            .join(CaseRow, CaseRow.id == PromiseRow.case_id)
            .where(PromiseRow.kept_at.is_(None), ~earlier.exists(), *_open_part(deadline=False))
        )
        if filters.no_feedback_before is not None:
            query = query.where(PromiseRow.due_at < filters.no_feedback_before)
        return query
    query = query.where(*_open_part(deadline=part is Part.DEADLINE))
    if part is Part.DEADLINE:
        if filters.no_feedback_before is not None:
            query = query.where(_unkept(filters.no_feedback_before))
        return query
    if filters.no_feedback_before is not None:
        return query.where(literal_column("1 = 0"))
    return query.where(~_unkept(None))


def _open_part(*, deadline: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    has_one = CaseRow.handle_by.is_not(None) if deadline else CaseRow.handle_by.is_(None)
    return _IS_OPEN, has_one


def _unkept(before: datetime | None) -> ColumnElement[bool]:
    query = select(PromiseRow.number).where(
        PromiseRow.case_id == CaseRow.id, PromiseRow.kept_at.is_(None)
    )
    if before is not None:
        query = query.where(PromiseRow.due_at < before)
    return query.exists()


def _only(query: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    wanted: list[ColumnElement[bool]] = []
    for name in ("process", "mailbox", "team", "owner"):
        value = getattr(filters, name)
        if value is not None:
            wanted.append(getattr(CaseRow, name) == value)
    if filters.urgent:
        wanted.append(CaseRow.urgent != Urgency.NO)
    if filters.possible:
        wanted.append(CaseRow.possible.is_(True))
    if filters.waiting:
        wanted.append(CaseRow.status.in_(_WAITING))
    if filters.protected:
        wanted.append(CaseRow.protected.is_(True))
    if filters.hide_protected:
        wanted.append(~CaseRow.protected)
    return query.where(*wanted)
