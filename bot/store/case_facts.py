"""What the record says of cases, for figures: counted by the database, percentiles by us.

Reads ``case_fact`` only, which `bot.store.fact_keeping` keeps. Rows come out as plain tuples,
since a year has very many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)

from bot.registers import EntryKind, Register
from bot.reports.measures import Basis, Trait
from bot.store import fact_keeping
from bot.store.fact_conditions import Wanted, day_of, has_traits, in_scope, is_wanted
from bot.store.tables import CaseFactRow, CaseInvoiceRow, MissRow, RegisterEntryRow
from bot.vocabulary import CaseId
from bot.worktime import Calendar

_F: Final = CaseFactRow.__table__.c
_NOTHING: Final[ColumnElement[Any]] = literal_column("''", String)
Group = tuple[str, int | None]
"""The key of a group ("" for none), and the day where figures are told apart by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Some of the cases behind a figure, by id.

    Attributes:
        hidden: How many more there are in all that only those with the right may see.
        more: There are more behind the last one.
    """

    case_ids: tuple[CaseId, ...]
    hidden: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarked:
    """A remark as it was registered: keys only."""

    at: datetime
    case_id: CaseId | None
    nature: str | None
    unit: str | None
    process: str | None
    customer: str | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Works inside the caller's transaction."""

    _connection: Connection

    def counts(
        self,
        basis: Basis,
        wanted: Wanted,
        sums: Sequence[tuple[Trait, ...]],
        lists: Sequence[tuple[str, tuple[Trait, ...]]] = (),
    ) -> list[tuple[Any, ...]]:
        """Count rows with each set of traits, and list the values of columns.

        Args:
            lists: Columns of whole numbers, each of the rows with some traits.

        Returns:
            (group, day or None, a number for each set, a text for each list): of the values with
            commas between, in any order; None where there is none. A text is read in a tenth of
            the time that as many rows take.
        """
        if not sums:
            return []
        numbers = [_number_with(traits, wanted) for traits in sums]
        texts = [_listed(_F[name], traits, wanted) for name, traits in lists]
        return self._grouped(day_of(basis), wanted, [*numbers, *texts])

    def amounts(
        self, basis: Basis, wanted: Wanted, sums: Sequence[tuple[Trait, ...]]
    ) -> list[tuple[Any, ...]]:
        """Sum the invoices, in öre, of the cases with each set of traits; else as `counts`."""
        if not sums:
            return []
        day, ore = day_of(basis), func.coalesce(CaseInvoiceRow.amount_ore, 0)
        numbers = [
            func.coalesce(func.sum(case((has_traits(traits, wanted), ore), else_=0)), 0)
            for traits in sums
        ]
        joined = CaseFactRow.__table__.join(
            CaseInvoiceRow.__table__, CaseInvoiceRow.case_id == _F.case_id
        )
        return self._grouped(day, wanted, numbers, joined)

    def templates(self, wanted: Wanted) -> list[tuple[Any, ...]]:
        """Return what the first answers were written from.

        Returns:
            (group, day or None, template or "", answers, asked again, working seconds), the
            seconds as a text, as in `counts`.
        """
        template = func.coalesce(_F.template, _NOTHING)
        group, daily = _group(wanted), _daily(_F.answered_day, wanted)
        asked_again = func.sum(case((_F.again == true(), 1), else_=0))
        seconds = _listed(_F.answer_work_s, (), wanted)
        query = (
            select(group, daily, template, func.count(), asked_again, seconds)
            .where(is_wanted(_F.answered_day, wanted))
            .group_by(*_told_apart(group, daily, wanted), template)
        )
        return self._plain(query)

    def spans(self, wanted: Wanted, first_end: int) -> list[tuple[Any, ...]]:
        """Return what was open at the end of any day from `first_end` to the last wanted one.

        Returns:
            (group, day it was opened, day it was closed or None, how many), merged ones left out.
        """
        last_end = wanted.days.last
        alike = and_(in_scope(wanted.scope), _F.opened_day <= last_end, not_(_F.merged))
        group = _group(wanted)
        told_apart = (
            [_F.opened_day, _F.closed_day]
            if wanted.by is None
            else [group, _F.opened_day, _F.closed_day]
        )
        parts = [
            select(group.label("g"), _F.opened_day, _F.closed_day, func.count().label("n"))
            .where(alike, still)
            .group_by(*told_apart)
            # Each by itself, so that both are found by the index of closings.
            for still in (_F.closed_day.is_(None), _F.closed_day > first_end)
        ]
        return self._plain(union_all(*parts))

    def missed(self, wanted: Wanted, start: datetime, end: datetime) -> list[tuple[Any, ...]]:
        """Return (group, found at, case, öre) of what went on although it was to be stopped."""
        query = (
            select(_group(wanted), MissRow.found_at, MissRow.case_id, MissRow.amount_ore)
            .join_from(MissRow, CaseFactRow, CaseFactRow.case_id == MissRow.case_id)
            .where(MissRow.found_at >= start, MissRow.found_at < end, _F.clock == 1)
            .where(in_scope(wanted.scope))
            .order_by(MissRow.found_at, MissRow.invoice)
        )
        return [tuple(row) for row in self._connection.execute(query)]

    def remarked(self, start: datetime, end: datetime) -> list[Remarked]:
        """Return the remarks that were registered at or after `start` and before `end`."""
        rows = self._connection.execute(
            select(RegisterEntryRow.at, RegisterEntryRow.case_id, RegisterEntryRow.data)
            .where(
                RegisterEntryRow.register == Register.REMARKS,
                RegisterEntryRow.at >= start,
                RegisterEntryRow.at < end,
                RegisterEntryRow.kind == EntryKind.OPENED,
            )
            .order_by(RegisterEntryRow.at, RegisterEntryRow.id)
        )
        return [
            Remarked(
                at=at,
                case_id=None if case_id is None else CaseId(case_id),
                **{name: data.get(name) for name in ("nature", "unit", "process", "customer")},
            )
            for at, case_id, data in rows
        ]

    def hours(self, wanted: Wanted) -> list[tuple[Any, ...]]:
        """Return (group, day, local hour, how many) of what came in."""
        group = _group(wanted)
        apart = [group] if wanted.by is not None else []
        query = (
            select(group, _F.opened_day, _F.opened_hour, func.count())
            .where(is_wanted(_F.opened_day, wanted), _F.clock == 1)
            .group_by(*apart, _F.opened_day, _F.opened_hour)
        )
        return self._plain(query)

    def behind(
        self,
        basis: Basis,
        traits: tuple[Trait, ...],
        wanted: Wanted,
        *,
        after: CaseId,
        limit: int,
        protected: bool,
    ) -> Behind:
        """Return the cases that a figure counts, by id, from behind one on.

        Args:
            protected: The reader may see protected ones; else they are counted only.
        """
        if basis is Basis.END:
            end = min(wanted.days.last, wanted.today)
            where = and_(
                true() if wanted.days.first <= wanted.today else false(),
                in_scope(wanted.scope),
                not_(_F.merged),
                _F.opened_day <= end,
                or_(_F.closed_day.is_(None), _F.closed_day > end),
            )
        else:
            where = and_(is_wanted(day_of(basis), wanted), has_traits(traits, wanted))
        seen = where if protected else and_(where, not_(_F.protected))
        found = self._connection.scalars(
            select(_F.case_id)
            .where(seen, _F.case_id > after)
            .group_by(_F.case_id)
            .order_by(_F.case_id)
            .limit(limit + 1)
        ).all()
        hidden = 0
        if not protected:
            hidden_ones = select(func.count(_F.case_id.distinct())).where(where, _F.protected)
            hidden = self._connection.scalar(hidden_ones) or 0
        case_ids = tuple(CaseId(case_id) for case_id in found[:limit])
        return Behind(case_ids=case_ids, hidden=hidden, more=len(found) > limit)

    def first_day(self) -> int | None:
        """Return the day on which the first case came; None while there is none."""
        found: int | None = self._connection.scalar(select(func.min(_F.opened_day)))
        return found

    def are_whole(self) -> bool:
        """See `fact_keeping.is_whole`."""
        return fact_keeping.is_whole(self._connection)

    def make_older(self, calendar: Calendar, *, before: CaseId | None, limit: int) -> list[CaseId]:
        """Make the rows of cases anew, the newest first; return whose, nothing at the end."""
        some = fact_keeping.case_ids(self._connection, before=before, limit=limit)
        fact_keeping.anew(self._connection, some, calendar)
        return some

    def make_of_days(
        self, calendar: Calendar, start: datetime, end: datetime, *, after: CaseId, limit: int
    ) -> list[CaseId]:
        """Make the rows anew of cases to which something happened; return whose, by id."""
        some = fact_keeping.case_ids_between(self._connection, start, end, after=after, limit=limit)
        fact_keeping.anew(self._connection, some, calendar)
        return some

    def _grouped(
        self,
        day: ColumnElement[Any],
        wanted: Wanted,
        numbers: Sequence[ColumnElement[Any]],
        table: Any = None,  # noqa: ANN401 - what SQLAlchemy can select from
    ) -> list[tuple[Any, ...]]:
        group, daily = _group(wanted), _daily(day, wanted)
        query = select(group, daily, *numbers).where(is_wanted(day, wanted))
        if table is not None:
            query = query.select_from(table)
        told_apart = _told_apart(group, daily, wanted)
        return self._plain(query.group_by(*told_apart) if told_apart else query)

    def _plain(self, query: Select[Any] | CompoundSelect[Any]) -> list[tuple[Any, ...]]:
        """Return rows as the driver has them; what is selected here is text and whole numbers.

        SQLAlchemy's own rows take as long again as reading them does.
        """
        with self._connection.execute(query) as found:
            assert found.cursor is not None  # a SELECT has one
            return found.cursor.fetchall()  # type: ignore[return-value]  # a list of tuples


def _group(wanted: Wanted) -> ColumnElement[Any]:
    return _NOTHING if wanted.by is None else func.coalesce(_F[wanted.by.value], _NOTHING)


def _daily(day: ColumnElement[Any], wanted: Wanted) -> ColumnElement[Any]:
    return day if wanted.daily else null()


def _told_apart(
    group: ColumnElement[Any], daily: ColumnElement[Any], wanted: Wanted
) -> list[ColumnElement[Any]]:
    return [
        *((group,) if wanted.by is not None else ()),
        *((daily,) if wanted.daily else ()),
    ]


def _number_with(traits: tuple[Trait, ...], wanted: Wanted) -> ColumnElement[Any]:
    if not traits:
        return func.count()
    return func.coalesce(func.sum(case((has_traits(traits, wanted), 1), else_=0)), 0)


def _listed(
    column: ColumnElement[Any], traits: tuple[Trait, ...], wanted: Wanted
) -> ColumnElement[Any]:
    counted = case((has_traits(traits, wanted), column)) if traits else column
    return func.aggregate_strings(cast(counted, String), ",")
