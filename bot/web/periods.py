"""Periods as people choose them on a page: one from a list, or days of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.reports.model import Granularity, Period
from bot.reports.periods import FIRST_YEAR, LAST_YEAR, before, named_period, period_of, whole_period
from bot.services.choices import Choice
from bot.texts import Say

_OFFERED: Final = ((Granularity.MONTH, 14), (Granularity.TERTIAL, 7), (Granularity.YEAR, 4))
_LONGEST: Final = 3660
"""Days; ten years are enough for any question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What was chosen.

    Attributes:
        period: Of the choice; last month where it makes no sense.
        typed: What stands in the form.
        errors: Name of a field -> what is wrong with it.
    """

    period: Period
    typed: dict[str, str]
    errors: dict[str, str]


def chosen_period(query: Callable[[str], str], today: date, say: Say) -> Chosen:
    """Read ``period``, or ``from`` and ``to``; last month where all are empty.

    A form has both. What differs from ``shown``, the `Period.key` that the form was made with,
    is what somebody chose; where that is both, neither is taken for the other.
    """
    named, first, last = query("period"), query("from"), query("to")
    usual, shown = before(period_of(today, Granularity.MONTH)), query("shown")
    own = _own_days(first, last, usual, say) if first or last else None
    if not named:
        return own or _listed(usual)
    period = named_period(named)
    if own is not None and named == shown:
        return own
    if own is not None and (own.errors or own.period.key != shown) and own.period != period:
        return _both(named, own, usual, say)
    if period is None:
        wrong = {"period": say("Välj en tid i listan.")}
        return Chosen(period=usual, typed={"period": usual.key}, errors=wrong)
    return _listed(period)


def period_query(period: Period) -> dict[str, str]:
    """Return what stands in an address for a period."""
    if period.granularity is Granularity.ANY:
        return {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return {"period": period.key}


def period_choices(
    today: date, say: Say, *, chosen: Period, only: Granularity | None = None
) -> tuple[Choice, ...]:
    """Return the periods of a list, the newest of each sort first, with the chosen one."""
    offered = [
        period
        for granularity, count in _OFFERED
        if only in (None, granularity)
        for period in _back(period_of(today, granularity), count)
    ]
    if chosen.granularity is not Granularity.ANY and chosen not in offered:
        offered.append(chosen)
    return tuple(Choice(key=period.key, name=period_said(period, say)) for period in offered)


def period_said(period: Period, say: Say) -> str:
    """Say a period as people do: ``oktober 2026``, ``tertial 3 2026``, or its days."""
    first = period.first
    match period.granularity:
        case Granularity.MONTH:
            return say.month(first)
        case Granularity.TERTIAL:
            return say("tertial {n} {year}", n=first.month // 4 + 1, year=first.year)
        case Granularity.YEAR:
            return say("år {year}", year=first.year)
        case Granularity.WEEK:
            iso = first.isocalendar()
            return say("vecka {n} {year}", n=iso.week, year=iso.year)
        case Granularity.DAY:
            return first.isoformat()
    return say("{first} till {last}", first=first.isoformat(), last=period.last.isoformat())


def day_typed(text: str) -> date | None:
    """Return the day that somebody typed; None for no day of our time."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _listed(period: Period) -> Chosen:
    return Chosen(period=period, typed={"period": period.key, "shown": period.key}, errors={})


def _both(named: str, own: Chosen, usual: Period, say: Say) -> Chosen:
    wrong = say("Välj antingen en tid i listan eller egna dagar, och töm det andra.")
    return Chosen(
        period=usual, typed={**own.typed, "period": named}, errors={**own.errors, "period": wrong}
    )


def _own_days(first: str, last: str, usual: Period, say: Say) -> Chosen:
    typed = {"period": "", "from": first, "to": last}
    days = {"from": day_typed(first), "to": day_typed(last)}
    example = say("Skriv en dag som {example}.", example="2026-03-31")
    errors = {name: example for name, day in days.items() if day is None}
    start, end = days["from"], days["to"]
    if start is None or end is None:
        return Chosen(period=usual, typed=typed, errors=errors)
    if end < start:
        errors["to"] = say("Sista dagen ligger före den första.")
    elif (end - start).days > _LONGEST:
        errors["to"] = say("Välj högst tio år.")
    period = usual if errors else whole_period(start, end)
    shown = {} if errors else {"shown": period.key}
    return Chosen(period=period, typed={**typed, **shown}, errors=errors)


def _back(period: Period, count: int) -> Iterator[Period]:
    for _ in range(count):
        yield period
        period = before(period)
