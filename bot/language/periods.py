"""Days and stretches of days that people ask about: "förra veckan", "T2", "sen i mars", "v 34".

Weeks are those of ISO 8601. A month, tertial, quarter or week without a year is the most recent
one that has begun. "Senaste 30 dagarna" ends today, and so does "sedan" something. A named
week, month or tertial is whole even when it is not over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.language.dates import find_dates
from bot.language.period_forms import FORMS, OF_ONE_DAY

_LONGEST: Final = 1_000
"""Characters that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of days that a text names.

    Attributes:
        start, end: Place in the text.
        first, last: The days, both included.
        is_day: It names one day.
        compares: Another one follows that it is compared with.
    """

    start: int
    end: int
    first: date
    last: date
    is_day: bool = False
    compares: bool = False


def find_periods(folded: str, today: date) -> list[Period]:
    """Find the periods in folded text, in order, none inside another.

    Ranges ("mars till maj", "v 27-28") are one. The first 1,000 characters are read.
    """
    text = folded[:_LONGEST]
    found = _named(text, today)
    taken = _blanked(text, found)
    for mention in find_dates(taken, today):
        if mention.day is not None and not mention.needs_label:
            found.append(_day(mention.start, mention.end, mention.day))
    return _joined(text, sorted(found, key=lambda one: one.start), today)


def _day(start: int, end: int, day: date) -> Period:
    return Period(start=start, end=end, first=day, last=day, is_day=True)


def _named(text: str, today: date) -> list[Period]:
    found: list[Period] = []
    for pattern, read in FORMS:
        for match in pattern.finditer(_blanked(text, found)):
            days = read(match.groupdict(default=""), today)
            if days is not None:
                first, last = days
                is_day = read in OF_ONE_DAY
                found.append(
                    Period(start=match.start(), end=match.end(), first=first, last=last,
                           is_day=is_day)
                )  # fmt: skip
    return found


def _blanked(text: str, periods: Iterable[Period]) -> str:
    for period in periods:
        text = text[: period.start] + "\n" * (period.end - period.start) + text[period.end :]
    return text


def _joined(text: str, found: list[Period], today: date) -> list[Period]:
    """Make one of two that are the ends of a range, and let "sedan" reach until today."""
    joined: list[Period] = []
    for period in found:
        before = joined[-1] if joined else None
        between = text[before.end : period.start] if before else ""
        if before and _RANGE.fullmatch(between) and period.last >= before.first:
            joined[-1] = replace(before, end=period.end, last=period.last, is_day=False)
        elif before and _COMPARES.fullmatch(between):
            joined[-1] = replace(before, compares=True)
            joined.append(period)
        else:
            joined.append(period)
    return [_open(text, period, today) for period in joined]


def _open(text: str, period: Period, today: date) -> Period:
    """Return a period as it stands after "sedan", which makes it reach until today."""
    lead = _SINCE.search(text, max(0, period.start - 24), period.start)
    if lead is None:
        return period
    first = period.first
    if period.is_day and first > today:
        first -= timedelta(days=7) if first - today < timedelta(days=7) else timedelta(days=0)
        first = first if first <= today else _year_before(first)
    return replace(period, start=lead.start(), first=first, last=max(today, first), is_day=False)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


_RANGE = re.compile(
    r" ?(?:-|–|till|tom|t\.? ?o\.? ?m\.?|till och med|och|o|to|until|through|and|samt|,) ?"
    r"(?:den |med |i )?"
)
_COMPARES = re.compile(
    r",? ?(?:jmf|jmfr|jamfort|jamfor|jfr|mot|vs\.?|versus|kontra|compared|an)"
    r"(?: med| mot| to| i)? ?"
)
_SINCE = re.compile(
    r"(?<![a-z])(?:sedan|sen|since|alltsedan|fr\.? ?o\.? ?m\.?|from|fran och med|fran)"
    r"(?: i| den| och med)? $"
)
