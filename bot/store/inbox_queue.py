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
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    literal,
    literal_column,
    select,
    text,
    tuple_,
)

from bot.store.engine import by_index
from bot.store.tables import (
    CaseRow,
    EventRow,
    MessageRow,
    MessageTextRow,
    PromiseRow,
    Row,
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
_OWED: Final = PromiseRow.__table__.alias("owed").c


def _columns(row: type[Row]) -> Mapping[str, ColumnClause[Any]]:
    """Return the columns of a table for a FROM of our own, see `by_index`."""
    return {
        known.name: literal_column(f"{known.table}.{known.name}", known.type)
        for known in row.__table__.columns
    }


_CASE: Final = _columns(CaseRow)
_PROMISE: Final = _columns(PromiseRow)
# As a literal, since an index of a part of a table serves only those who ask for that part.
_IS_OPEN: Final = _CASE["status"] != literal_column("'closed'")
_Query: TypeAlias = Select[*tuple[Any, ...]]


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
    """How many open cases there are of each sort; `hidden` ones are in no other."""

    every: int = 0
    mine: int = 0
    team: int = 0
    urgent: int = 0
    possible: int = 0
    waiting: int = 0
    protected: int = 0
    hidden: int = 0
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
            some = self._part(part, filters, _CASE["id"]).limit(most)
            count += self._connection.scalar(select(func.count()).select_from(some.subquery())) or 0
        return count

    def tally(self, *, owner: PersonKey, team: TeamKey | None, protected: bool) -> Tally:
        """Count the open cases of each sort, each in one pass over an index.

        Args:
            owner, team: Whose cases are counted as `mine` and as `team`.
            protected: Count protected cases among the others; else only as `hidden`.
        """
        is_protected = _CASE["protected"].is_(True)
        is_seen = literal_column("1 = 1") if protected else ~is_protected
        sorts = {
            "every": literal_column("1 = 1"),
            "mine": _CASE["owner"] == owner,
            "team": _CASE["team"] == team,
            "urgent": _CASE["urgent"] != Urgency.NO,
            "possible": _CASE["possible"].is_(True),
            "waiting": _CASE["status"].in_(_WAITING),
            "protected": is_protected,
        }
        counted = [func.count().filter(sort, is_seen) for sort in sorts.values()]
        sums: Counter[str] = Counter()
        for part in (Part.DEADLINE, Part.AGE):
            row = self._connection.execute(
                self._open(part, *counted, func.count().filter(~is_seen))
            ).one()
            sums.update(dict(zip((*sorts, "hidden"), row, strict=True)))
        return Tally(
            **sums,
            by_process=self._count_by("process", is_seen),
            by_mailbox=self._count_by("mailbox", is_seen),
        )

    def _count_by(self, column: str, is_seen: ColumnElement[bool]) -> dict[str, int]:
        key = _CASE[column]
        own = by_index(self._connection, "case_file", f"ix_case_file_open_by_{column}")
        rows = self._connection.execute(
            select(key, func.count())
            .select_from(own)
            .where(_IS_OPEN, is_seen)
            .group_by(key)
            .order_by(key)
        )
        return {value: count for value, count in rows if value is not None}

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
            # A condition on the direction would have SQLite read all mails that came in.
            select(func.min(case((MessageRow.direction == "in", MessageRow.id))))
            .where(MessageRow.case_id.in_(case_ids))
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
        query = self._part(part, filters, at.label("at"), case_id.label("case_id"))
        if behind is not None:
            last = tuple_(literal(behind.at, UtcDateTime()), literal(behind.case_id))
            query = query.where(tuple_(at, case_id) > last)
        rows = self._connection.execute(query.order_by(at, case_id).limit(limit))
        return (Place(part=part, at=row.at, case_id=CaseId(row.case_id)) for row in rows)

    def _part(self, part: Part, filters: Filters, *columns: Any) -> _Query:  # noqa: ANN401
        """Return a query for the cases of one part that are asked for."""
        query = self._open(part, *columns).where(*_wanted(filters))
        before = filters.no_feedback_before
        if part is Part.DEADLINE:
            return query if before is None else query.where(_unkept(_OWED.due_at < before))
        if part is Part.PROMISE:
            is_first = ~_unkept(_OWED.number < _PROMISE["number"])
            query = query.where(_PROMISE["kept_at"].is_(None), is_first)
            return query if before is None else query.where(_PROMISE["due_at"] < before)
        return query.where(~_unkept() if before is None else literal_column("1 = 0"))

    def _open(self, part: Part, *columns: Any) -> _Query:  # noqa: ANN401 - what SQLAlchemy selects
        """Return a query for the open cases with or without a deadline, read by their index.

        SQLite left alone prefers the index of all cases without a deadline.
        """
        no_deadline = _CASE["handle_by"].is_(None)
        query = select(*columns).where(
            _IS_OPEN, ~no_deadline if part is Part.DEADLINE else no_deadline
        )
        if part is Part.PROMISE:
            by_due = by_index(self._connection, "promise", "ix_promise_unkept")
            return query.select_from(
                text(f"{by_due} JOIN case_file ON case_file.id = promise.case_id")
            )
        own = "ix_case_file_open_by_" + ("deadline" if part is Part.DEADLINE else "age")
        return query.select_from(by_index(self._connection, "case_file", own))


def _order(part: Part) -> tuple[ColumnClause[Any], ColumnClause[Any]]:
    if part is Part.DEADLINE:
        return _CASE["handle_by"], _CASE["id"]
    if part is Part.PROMISE:
        return _PROMISE["due_at"], _PROMISE["case_id"]
    return _CASE["received_at"], _CASE["id"]


def _unkept(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return that feedback on a case is owed by a promise of which the rest holds."""
    # Not as a plain condition, for which SQLite reads all promises that are not kept.
    is_unkept = case((_OWED.kept_at.is_(None), 1), else_=0) == 1
    return select(_OWED.number).where(_OWED.case_id == _CASE["id"], is_unkept, *which).exists()


def _wanted(filters: Filters) -> Iterator[ColumnElement[bool]]:
    for name in ("process", "mailbox", "team", "owner"):
        value = getattr(filters, name)
        if value is not None:
            yield _CASE[name] == value
    if filters.urgent:
        yield _CASE["urgent"] != Urgency.NO
    if filters.possible:
        yield _CASE["possible"].is_(True)
    if filters.waiting:
        yield _CASE["status"].in_(_WAITING)
    if filters.protected:
        yield _CASE["protected"].is_(True)
    if filters.hide_protected:
        yield _CASE["protected"].is_(False)
