"""The roster as staff read it: today, whole weeks, who is away, and where nobody answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from bot.clock import Clock
from bot.duty import Because, PlaceKey, Reason, Staffing, Week, who_on
from bot.knowledge import Knowledge
from bot.vocabulary import PersonKey

__all__ = ["DutyBook", "DutyWeek", "Span", "Week"]

_WEEK: Final = re.compile(r"([0-9]{4})-W([0-9]{2})")
_ORDINARY: Final = frozenset({Because.ROTA, Because.WEEK, Because.DAY})
"""Holds by the roster itself, and needs no words beside it."""
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Working days in a row on which the same holds at a place, both included."""

    first: date
    last: date
    staffing: Staffing

    @property
    def remarks(self) -> tuple[Reason, ...]:
        """What differs from the roster, or is missing."""
        return tuple(reason for reason in self.staffing.reasons if reason.code not in _ORDINARY)

    @property
    def is_unstaffed(self) -> bool:
        """Tell whether nobody answers."""
        return self.staffing.on_duty is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mailbox or line in a week."""

    place: PlaceKey
    is_line: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Somebody who is away on days of a week, both included; why is nobody's business."""

    person: PersonKey
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyWeek:
    """A week of the roster.

    Attributes:
        days_off: Weekdays on which the centre is closed, and the code that says why.
        gaps: (place, span) for each row where nobody answers on working days.
    """

    week: Week
    first: date
    last: date
    rows: tuple[Row, ...]
    days_off: tuple[tuple[date, str | None], ...]
    absent: tuple[Absent, ...]

    @property
    def gaps(self) -> tuple[tuple[PlaceKey, Span], ...]:
        """Where nobody answers, in the order of the roster."""
        return tuple(
            (row.place, span) for row in self.rows for span in row.spans if span.is_unstaffed
        )


class DutyBook:
    """Reads the roster; opens no database."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self._knowledge = knowledge
        self._clock = clock

    def this_week(self) -> Week:
        """Return the week of today."""
        return Week.of(self.today())

    def today(self) -> date:
        """Return the local date."""
        return self._knowledge.calendar.local_date(self._clock.now())

    def is_open(self, day: date) -> bool:
        """Tell whether the centre is open on a day."""
        return self._knowledge.calendar.is_working_day(day)

    def on(self, day: date) -> tuple[Span, ...]:
        """Return who answers each place on a day, in the order of the roster."""
        duty = self._knowledge.duty
        return tuple(
            Span(first=day, last=day, staffing=who_on(duty, place, day)) for place in duty.posts
        )

    def named(self, text: str) -> Week | None:
        """Return the week that a text such as ``2026-W07`` names; None for anything else."""
        found = _WEEK.fullmatch(text)
        if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
            return None
        try:
            return Week(year=int(found[1]), number=int(found[2]))
        except ValueError:
            return None

    def beside(self, week: Week, weeks: int) -> Week:
        """Return the week some weeks after another; before it for a negative number."""
        return Week.of(week.monday + timedelta(weeks=weeks))

    def week(self, week: Week) -> DutyWeek:
        """Return the roster of a week."""
        calendar, duty = self._knowledge.calendar, self._knowledge.duty
        days = [week.monday + timedelta(days=number) for number in range(7)]
        open_days = [day for day in days if calendar.is_working_day(day)]
        return DutyWeek(
            week=week,
            first=days[0],
            last=days[-1],
            rows=tuple(
                Row(
                    place=place,
                    is_line=duty.posts[place].is_line,
                    spans=tuple(self._spans(place, open_days)),
                )
                for place in duty.posts
            ),
            days_off=tuple((day, calendar.note(day)) for day in days[:5] if day not in open_days),
            absent=tuple(self._absent(days[0], days[-1])),
        )

    def _spans(self, place: PlaceKey, days: list[date]) -> Iterator[Span]:
        found = [who_on(self._knowledge.duty, place, day) for day in days]
        for _, group in groupby(found, key=_same):
            alike = list(group)
            yield Span(first=alike[0].day, last=alike[-1].day, staffing=alike[0])

    def _absent(self, first: date, last: date) -> Iterator[Absent]:
        for person, absences in self._knowledge.duty.absences.items():
            for away in absences:
                if away.first <= last and away.last >= first:
                    yield Absent(
                        person=person, first=max(away.first, first), last=min(away.last, last)
                    )


def _same(staffing: Staffing) -> tuple[object, ...]:
    return (staffing.on_duty, staffing.substitutes, staffing.head, staffing.reasons)
