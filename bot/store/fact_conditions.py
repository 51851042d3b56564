"""Which rows of ``case_fact`` are counted: days, scope and traits as conditions of SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true

from bot.reports.case_facts import Mark, Stop
from bot.reports.lead_times import LeadTime, LeadTimes
from bot.reports.measures import Basis, Trait
from bot.reports.scope import ALL, By, Scope
from bot.reports.sums import Days
from bot.store.tables import CaseFactRow, CaseRow
from bot.vocabulary import Channel

_F: Final = CaseFactRow.__table__.c


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


def day_of(basis: Basis) -> ColumnElement[Any]:
    """Return the ordinal of the day on which rows count."""
    return _F[basis.value]


def is_wanted(day: ColumnElement[Any], wanted: Wanted) -> ColumnElement[bool]:
    """Return a condition: a row counts on one of the days, and belongs to what is counted."""
    days = wanted.days
    when = day.in_(wanted.on) if wanted.on else and_(day >= days.first, day <= days.last)
    return and_(when, in_scope(wanted.scope))


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Return a condition: a row has all keys of a scope."""
    return and_(true(), *(_F[name] == key for name, key in scope.said().items()))


def has_traits(traits: tuple[Trait, ...], wanted: Wanted) -> ColumnElement[bool]:
    """Return a condition: a row has all of some traits."""
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
    def in_time(rule: LeadTime, _last_day: int) -> ColumnElement[bool]:
        most = seconds(rule)
        return false() if most is None else func.coalesce(column, most + 1) <= most

    return _by_rule(wanted, in_time)


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
