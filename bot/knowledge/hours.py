"""Opening hours and days off: ``hours.yaml``, and the calendar that it makes.

Public holidays and the eves on which everybody is off come from the `holidays` library,
year by year as they are asked for; it is imported then and not before. Which other days are
short or closed is for the centre to say. Days have codes, ``day.langfredagen``, which
`bot.texts` puts into words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from bot.errors import BadValue
from bot.knowledge.models import File
from bot.knowledge.yaml_file import KnowledgeModel
from bot.worktime import Calendar, Interval, Special, check_order

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2060
"""Years of which the days off are known; others have none."""

EXTRA_CLOSED: Final = "day.extra_closed"
EXTRA_OPEN: Final = "day.extra_open"
SQUEEZE_DAY: Final = "day.klamdag"

_DAY = timedelta(days=1)
_PLAIN = str.maketrans({"å": "a", "ä": "a", "ö": "o", " ": "_"})


class Weekday(StrEnum):
    """Days of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Eve(StrEnum):
    """Days before a day off that may be short."""

    TRETTONDAGSAFTON = "trettondagsafton"
    SKARTORSDAGEN = "skartorsdagen"
    VALBORGSMASSOAFTON = "valborgsmassoafton"
    DAG_FORE_KRISTI_HIMMELSFARD = "dag_fore_kristi_himmelsfard"
    DAG_FORE_NATIONALDAGEN = "dag_fore_nationaldagen"
    DAG_FORE_MIDSOMMARAFTON = "dag_fore_midsommarafton"
    DAG_FORE_ALLA_HELGONS_DAG = "dag_fore_alla_helgons_dag"
    DAG_FORE_JULAFTON = "dag_fore_julafton"
    DAG_FORE_NYARSAFTON = "dag_fore_nyarsafton"


_DAY_AFTER: Mapping[Eve, str] = {
    Eve.TRETTONDAGSAFTON: "day.trettondedag_jul",
    Eve.SKARTORSDAGEN: "day.langfredagen",
    Eve.VALBORGSMASSOAFTON: "day.forsta_maj",
    Eve.DAG_FORE_KRISTI_HIMMELSFARD: "day.kristi_himmelsfardsdag",
    Eve.DAG_FORE_NATIONALDAGEN: "day.nationaldagen",
    Eve.DAG_FORE_MIDSOMMARAFTON: "day.midsommarafton",
    Eve.DAG_FORE_ALLA_HELGONS_DAG: "day.alla_helgons_dag",
    Eve.DAG_FORE_JULAFTON: "day.julafton",
    Eve.DAG_FORE_NYARSAFTON: "day.nyarsafton",
}


def _interval(text: object) -> object:
    if not isinstance(text, str):
        return text
    opens, dash, closes = (part.strip() for part in text.partition("-"))
    try:
        if not dash:
            raise ValueError
        hours = (time.fromisoformat(opens), time.fromisoformat(closes))
    except ValueError:
        raise BadValue("tider skrivs som 08:00-16:30") from None
    return Interval(opens=hours[0], closes=hours[1])


def _in_order(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    check_order(intervals)
    return intervals


Hours = Annotated[
    tuple[Annotated[Interval, BeforeValidator(_interval)], ...],
    Field(min_length=1),
    AfterValidator(_in_order),
]


class HalfDays(KnowledgeModel):
    """Eves that end early.

    Attributes:
        closes: When; an office that opens later than that does not open.
    """

    closes: time
    eves: tuple[Eve, ...]

    @field_validator("closes")
    @classmethod
    def _is_local(cls, closes: time) -> time:
        if closes.tzinfo is not None:
            raise BadValue("öppettider är klockslag utan tidszon")
        return closes


class SqueezeDays(KnowledgeModel):
    """Single working days between days off (klämdagar).

    Attributes:
        hours: Their own hours; None means the ordinary ones.
    """

    hours: Hours | None = None


class OpenDate(KnowledgeModel):
    """A date on which the office opens with hours of its own, whatever day it is."""

    date: date
    hours: Hours


class OpeningHours(File):
    """``hours.yaml``."""

    zone: ZoneInfo
    week: Annotated[Mapping[Weekday, Hours], Field(min_length=1)]
    holidays: tuple[Literal["public", "de_facto"], ...] = ("public", "de_facto")
    half_days: HalfDays | None = None
    squeeze_days: SqueezeDays = SqueezeDays()
    closed: tuple[date, ...] = ()
    open: tuple[OpenDate, ...] = ()

    @model_validator(mode="after")
    def _is_not_both(self) -> OpeningHours:
        both = {item.date for item in self.open} & set(self.closed)
        if both:
            raise BadValue("{day} är både öppen och stängd", day=min(both))
        return self


def make_calendar(hours: OpeningHours) -> Calendar:
    """Return the calendar of an office. The days of a year are worked out when asked for."""
    days = _Days(hours)
    return Calendar(
        zone=hours.zone,
        week=days.week,
        closed=_ByYear(lambda year: days.of_year(year).closed),
        special=_ByYear(lambda year: days.of_year(year).special),
    )


_V = TypeVar("_V")


class _ByYear(Mapping[date, _V]):
    """Dates of the known years, each year computed when a date in it is asked for."""

    def __init__(self, of_year: Callable[[int], Mapping[date, _V]]) -> None:
        self._of_year = of_year

    def __getitem__(self, day: date) -> _V:
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise KeyError(day)
        return self._of_year(day.year)[day]

    def __iter__(self) -> Iterator[date]:
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            yield from self._of_year(year)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class _YearOfDays:
    closed: Mapping[date, str]
    special: Mapping[date, Special]


class _Days:
    """Works out which days of a year differ from an ordinary week."""

    def __init__(self, hours: OpeningHours) -> None:
        self._hours = hours
        self._known: dict[int, _YearOfDays] = {}
        self._opened = {item.date: item.hours for item in hours.open}
        self.week: Mapping[int, tuple[Interval, ...]] = {
            list(Weekday).index(day): intervals for day, intervals in hours.week.items()
        }

    def of_year(self, year: int) -> _YearOfDays:
        known = self._known.get(year)
        if known is None:
            known = self._known[year] = self._worked_out(year)
        return known

    def _worked_out(self, year: int) -> _YearOfDays:
        closed = dict(self._days_off(year))
        closed.update((day, EXTRA_CLOSED) for day in self._hours.closed if day.year == year)
        special: dict[date, Special] = {}
        for day, code in self._short_days(year).items():
            intervals = self._cut(day, code)
            if intervals:
                special[day] = Special(intervals=intervals, code=code)
            else:
                closed[day] = code
        for day, intervals in self._opened.items():
            if day.year == year:
                closed.pop(day, None)
                special[day] = Special(intervals=intervals, code=EXTRA_OPEN)
        return _YearOfDays(closed=closed, special=special)

    def _days_off(self, year: int) -> Mapping[date, str]:
        return days_off(year, self._hours.holidays)

    def _is_off(self, day: date) -> bool:
        if day in self._opened:
            return False
        return (
            day.weekday() not in self.week
            or day in self._hours.closed
            or day in self._days_off(day.year)
        )

    def _short_days(self, year: int) -> Mapping[date, str]:
        """Return squeeze days and half days; one that is both counts as a half day."""
        day, short = date(year, 1, 1), dict[date, str]()
        while day.year == year:
            if not self._is_off(day) and self._is_off(day - _DAY) and self._is_off(day + _DAY):
                short[day] = SQUEEZE_DAY
            day += _DAY
        half = self._hours.half_days
        dates = {code: day for day, code in days_off(year, ("public", "de_facto")).items()}
        for eve in () if half is None else half.eves:
            after = dates.get(_DAY_AFTER[eve])
            if after is not None and not self._is_off(after - _DAY):
                short[after - _DAY] = f"day.{eve}"
        return short

    def _cut(self, day: date, code: str) -> tuple[Interval, ...]:
        intervals = self.week[day.weekday()]
        own = self._hours.squeeze_days.hours
        if own is not None and self._is_off(day - _DAY) and self._is_off(day + _DAY):
            intervals = own
        half = self._hours.half_days
        if half is None or code == SQUEEZE_DAY:
            return intervals
        return tuple(
            Interval(opens=interval.opens, closes=min(interval.closes, half.closes))
            for interval in intervals
            if interval.opens < half.closes
        )


@lru_cache(maxsize=400)
def days_off(year: int, categories: tuple[str, ...]) -> Mapping[date, str]:
    """Return Swedish days off of a year with their codes, Sundays as such left out.

    Args:
        year: Outside the years that the library knows, nothing is found.
        categories: ``public`` for holidays by law, ``de_facto`` for Midsummer Eve,
            Christmas Eve and New Year's Eve.

    Source: lag (1989:253) om allmänna helgdagar, as kept by the `holidays` library.
    """
    from holidays import country_holidays

    found = country_holidays("SE", years=year, categories=categories, language="sv")
    return {day: _code(name) for day, name in sorted(found.items())}


def _code(name: str) -> str:
    # Two holidays may fall on one day: "Första maj; Kristi himmelsfärdsdag".
    return f"day.{name.split(';')[0].strip().lower().translate(_PLAIN)}"
