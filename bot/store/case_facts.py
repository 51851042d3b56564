"""What the record says of cases, for figures: counted by the database, percentiles by us.

Reads ``case_fact`` only, which `bot.store.fact_keeping` keeps. Rows come out as plain tuples,
since a year has very many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from bot.reports.case_facts import Mark, Stop
from bot.reports.lead_times import LeadTime, LeadTimes
from bot.reports.measures import Basis, Trait
from bot.reports.scope import ALL, By, Scope
from bot.reports.sums import Days
from bot.store import fact_keeping
from bot.store.tables import CaseFactRow, CaseInvoiceRow, CaseRow, MissRow, RegisterEntryRow
from bot.vocabulary import CaseId, Channel
from bot.worktime import Calendar

_F: Final = CaseFactRow.__table__.c
_NOTHING: Final[ColumnElement[Any]] = literal_column("''", String)
Group = tuple[str, int | None]
"""The key of a group ("" for none), and the day where figures are told apart by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows are counted, and how they are told apart.

    Attributes:
        on: Single ones of the days; empty for all of them.
        by: A key of cases; None for one group of all, or where time tells them apart.
        daily: Rows are told apart by the day on which they count.
        today: Ordinal of the day of `now`: what happened on it is not over.
        decided: For each lead time, see `bot.reports.lead_times.last_decided_day`.
    """

    days: Days
    on: tuple[int, ...] = ()
    scope: Scope = ALL
    by: By | None = None
    daily: bool = False
    now: datetime
    today: int
    lead_times: LeadTimes = ()
    decided: tuple[int, ...] = ()


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
        return self._grouped(_day_of(basis), wanted, [*numbers, *texts])

    def amounts(
        self, basis: Basis, wanted: Wanted, sums: Sequence[tuple[Trait, ...]]
    ) -> list[tuple[Any, ...]]:
        """Sum the invoices, in öre, of the cases with each set of traits; else as `counts`."""
        if not sums:
            return []
        day, ore = _day_of(basis), func.coalesce(CaseInvoiceRow.amount_ore, 0)
        numbers = [
            func.coalesce(func.sum(case((_has(traits, wanted), ore), else_=0)), 0)
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
            .where(_within(_F.answered_day, wanted))
            .group_by(*_told_apart(group, daily, wanted), template)
        )
        return self._plain(query)

    def spans(self, wanted: Wanted, first_end: int) -> list[tuple[Any, ...]]:
        """Return what was open at the end of any day from `first_end` to the last wanted one.

        Returns:
            (group, day it was opened, day it was closed or None, how many), merged ones left out.
        """
        last_end = wanted.days.last
        alike = and_(_in_scope(wanted.scope), _F.opened_day <= last_end, not_(_F.merged))
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
            .where(_in_scope(wanted.scope))
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
            .where(_within(_F.opened_day, wanted), _F.clock == 1)
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
                _in_scope(wanted.scope),
                not_(_F.merged),
                _F.opened_day <= end,
                or_(_F.closed_day.is_(None), _F.closed_day > end),
            )
        else:
            where = and_(_within(_day_of(basis), wanted), _has(traits, wanted))
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
        query = select(group, daily, *numbers).where(_within(day, wanted))
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


def _day_of(basis: Basis) -> ColumnElement[Any]:
    return _F[basis.value]


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


def _within(day: ColumnElement[Any], wanted: Wanted) -> ColumnElement[bool]:
    days = wanted.days
    when = day.in_(wanted.on) if wanted.on else and_(day >= days.first, day <= days.last)
    return and_(when, _in_scope(wanted.scope))


def _in_scope(scope: Scope) -> ColumnElement[bool]:
    return and_(true(), *(_F[name] == key for name, key in scope.said().items()))


def _number_with(traits: tuple[Trait, ...], wanted: Wanted) -> ColumnElement[Any]:
    if not traits:
        return func.count()
    return func.coalesce(func.sum(case((_has(traits, wanted), 1), else_=0)), 0)


def _listed(
    column: ColumnElement[Any], traits: tuple[Trait, ...], wanted: Wanted
) -> ColumnElement[Any]:
    counted = case((_has(traits, wanted), column)) if traits else column
    return func.aggregate_strings(cast(counted, String), ",")


def _has(traits: tuple[Trait, ...], wanted: Wanted) -> ColumnElement[bool]:
    return and_(true(), *(_trait(trait, wanted) for trait in traits))


def _trait(trait: Trait, wanted: Wanted) -> ColumnElement[bool]:
    found = _TRAITS.get(trait)
    if found is not None:
        return found
    day_over = or_(_F.answered_day.is_not(None), _F.opened_day < wanted.today)
    match trait:
        case Trait.DAY_DECIDED:
            return day_over
        case Trait.DUE_DECIDED:
            return or_(_F.stop.is_not(None), _is_due(wanted))
        case Trait.TARGET_DECIDED:
            return _target_decided(wanted)
        case Trait.WITHIN_TARGET:
            return _within_target(wanted, _F.answer_work_s, lambda rule: rule.answer_s)
        case Trait.CLOSE_TARGET:
            return _by_rule(
                wanted, lambda rule, _day: true() if rule.close_s is not None else false()
            )
        case Trait.WITHIN_CLOSE_TARGET:
            return _within_target(wanted, _F.close_work_s, lambda rule: rule.close_s)
    raise ValueError(f"nothing says what {trait} is")


_TRAITS: Final[dict[Trait, ColumnElement[bool]]] = {
    Trait.FIRST: _F.clock == 1,
    Trait.OPENED_AGAIN: _F.clock > 1,
    Trait.PHONE: _F.channel == Channel.PHONE,
    Trait.EMAIL: _F.channel == Channel.EMAIL,
    Trait.UNANSWERED: _F.answered_day.is_(None),
    Trait.NOT_MERGED: not_(_F.merged),
    Trait.SAME_DAY: _F.same_day == true(),
    Trait.IN_TIME: func.coalesce(_F.stop, "") == Stop.IN_TIME,
    Trait.NOT_IN_TIME: func.coalesce(_F.stop, "") != Stop.IN_TIME,
    Trait.HANDED_OVER: _F.handovers + _F.moves > 0,
    Trait.MISDIRECTED: _F.misdirected == true(),
    Trait.CORRECTED: _F.corrections > 0,
    Trait.FROM_TEMPLATE: _F.template.is_not(None),
    Trait.ASKED_AGAIN: _F.again == true(),
    Trait.MARKED: _F.mark.is_not(None),
    Trait.RIGHT: _F.mark == Mark.RIGHT,
    Trait.MISSPELT: _F.mark == Mark.MISSPELT,
    Trait.MISSING: _F.mark == Mark.MISSING,
    Trait.WRONG: _F.mark == Mark.WRONG,
}


def _is_due(wanted: Wanted) -> ColumnElement[bool]:
    """Return a condition: the deadline has passed, which of today's only the case can tell."""
    of_case = select(CaseRow.id).where(CaseRow.id == _F.case_id, CaseRow.handle_by < wanted.now)
    today = and_(_F.due_day == wanted.today, of_case.correlate(CaseFactRow.__table__).exists())
    return or_(_F.due_day < wanted.today, today)


def _target_decided(wanted: Wanted) -> ColumnElement[bool]:
    answered, still_open = _F.answered_day.is_not(None), _F.closed_day.is_(None)

    def decided(rule: LeadTime, last_day: int) -> ColumnElement[bool]:
        if rule.answer_s is None:
            return false()
        return or_(answered, and_(still_open, _F.opened_day <= last_day))

    return _by_rule(wanted, decided)


def _within_target(
    wanted: Wanted, column: ColumnElement[Any], seconds: Callable[[LeadTime], int | None]
) -> ColumnElement[bool]:
    def within(rule: LeadTime, _last_day: int) -> ColumnElement[bool]:
        most = seconds(rule)
        return false() if most is None else func.coalesce(column, most + 1) <= most

    return _by_rule(wanted, within)


def _by_rule(
    wanted: Wanted, holds: Callable[[LeadTime, int], ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Return a condition by the first lead time that fits a case."""
    rules = zip(wanted.lead_times, wanted.decided, strict=True)
    cases = [(_fits(rule), case((holds(rule, last_day), 1), else_=0)) for rule, last_day in rules]
    return case(*cases, else_=0) == 1 if cases else false()


def _fits(rule: LeadTime) -> ColumnElement[bool]:
    keys = {"process": rule.process, "matter": rule.matter, "customer": rule.customer}
    return and_(
        true(),
        *(func.coalesce(_F[name], "") == key for name, key in keys.items() if key is not None),
    )
