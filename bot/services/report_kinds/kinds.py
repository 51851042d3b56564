"""The tertial report, the customer meeting sheet and the quarterly view, as reports to show.

Each is counted in one reading transaction, by the same figures as everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from bot.clock import Clock
from bot.errors import NotFound
from bot.knowledge import Knowledge
from bot.outside import OutsideFigure
from bot.registers import Nature, Register
from bot.reports.figures import Figures
from bot.reports.measures import MEASURES
from bot.reports.model import Granularity, Period, Report, Series, Table
from bot.reports.periods import before, period_of
from bot.reports.scope import ALL, By, Scope
from bot.reports.tables import figure_table
from bot.services.counting import Count
from bot.services.outside import Outside
from bot.services.outside_words import outside_table
from bot.services.register_pages import RegisterFilters, RegisterPages
from bot.services.registers import Registers, Sheet
from bot.services.report_kinds.contents import COMPARED, CUSTOMER, GOALS, MATTERS
from bot.services.report_kinds.tables import (
    by_unit_and_process,
    compared,
    of_customer_log,
    of_remarks,
    trends,
)
from bot.services.reporting import Reporting
from bot.store.unit_of_work import Database
from bot.texts import Say
from bot.vocabulary import CustomerKey, Language

_MOST_ITEMS: Final = 200
_TOPICS: Final = frozenset({Nature.RECURRING, Nature.INFORMATION_NEED})


class ReportKinds:
    """Makes reports."""

    def __init__(
        self,
        database: Database,
        knowledge: Knowledge,
        reporting: Reporting,
        clock: Clock,
    ) -> None:
        self._database = database
        self._knowledge = knowledge
        self._reporting = reporting
        self._outside = Outside(database, knowledge, clock)
        registers = Registers(database, knowledge, clock)
        self._register_pages = RegisterPages(database, registers, knowledge)
        self._clock = clock

    @property
    def today(self) -> date:
        """The local date."""
        return self._reporting.today

    def tertial(self, period: Period, say: Say) -> Report:
        """Return the report of a tertial by the plan's five goals, per process.

        Beside it: the tertial before and the same one a year ago, remarks per unit and process,
        and the figures of CallGuide and of the survey. Of another period the same is shown.
        """
        earlier = [before(period), _year_before(period)]
        count = self._count()
        with self._database.reading() as work:
            figures, months = count.by_key_and_time(work, period, By.PROCESS, By.MONTH)
            past = [count.figures(work, each) for each in earlier]
            remarks = count.remarks(work, period, ALL)
        named = [period_title(each, say) for each in (period, *earlier)]
        names = self._reporting.names(say)
        language = Language(say.language)
        units: dict[str, str] = {
            key: unit.name.in_language(language) for key, unit in self._knowledge.units.items()
        }
        tables = [
            *self._sections(GOALS.items(), figures, say),
            compared([figures, *past], named, COMPARED, say),
            by_unit_and_process(remarks, say, units=units, process_name=names),
            *self._from_elsewhere(period, say),
        ]
        return self._report(
            say("Tertialrapport, {period}", period=named[0]),
            figures,
            tables,
            say,
            series=trends(months, say),
        )

    def customer(self, key: CustomerKey, period: Period, say: Say) -> Report:
        """Return what a meeting with a customer unit is about, in a period.

        Raises:
            NotFound: There is no such unit.
        """
        name = self._knowledge.customer_name(key)
        if name is None:
            raise NotFound("kunden {customer} finns inte", customer=key[:60])
        scope, count = Scope(customer=key), self._count()
        with self._database.reading() as work:
            figures = count.figures(work, period, scope=scope, by=By.PROCESS)
            past = count.figures(work, before(period), scope=scope)
            matters = count.figures(work, period, scope=scope, by=By.MATTER)
        named = [period_title(each, say) for each in (period, before(period))]
        tables = [
            *self._sections(CUSTOMER.items(), figures, say),
            *self._sections([("customer_matters", MATTERS)], matters, say),
            compared([figures, past], named, COMPARED, say),
            of_remarks(self._items(Register.REMARKS, key, period), say),
            of_customer_log(self._topics(key, period), say),
        ]
        lines = [say("Påminn om hur kunden lämnar synpunkter och klagomål.")]
        title = say("Inför möte med {customer}, {period}", customer=name, period=named[0])
        return self._report(title, figures, tables, say, lines=lines)

    def quarters(self, year: int, say: Say) -> Report:
        """Return the key figures of the quarters of a year, as far as they have begun."""
        whole = period_of(date(year, 1, 1), Granularity.YEAR)
        parts = [quarter_of(year, number) for number in range(1, 5)]
        begun = [part for part in parts if part.first <= self.today] or parts[:1]
        count = self._count()
        with self._database.reading() as work:
            every = [count.figures(work, part) for part in begun]
            months = count.figures(work, whole, by=By.MONTH)
        named = [period_title(part, say) for part in begun]
        tables = [compared(every, named, COMPARED, say), *self._from_elsewhere(whole, say)]
        return self._report(
            say("Kvartalsuppföljning, år {year}", year=year),
            months,
            tables,
            say,
            series=trends(months, say),
        )

    def _count(self) -> Count:
        return Count(self._knowledge, self._clock.now())

    def _sections(
        self, sections: Iterable[tuple[str, Sequence[str]]], figures: Figures, say: Say
    ) -> Iterator[Table]:
        names = self._reporting.names(say)
        for name, keys in sections:
            yield figure_table(name, [MEASURES[key] for key in keys], figures, say, names)

    def _from_elsewhere(self, period: Period, say: Say) -> Iterator[Table]:
        """Yield the figures from elsewhere, where there are any: the survey is of a whole year."""
        year = period_of(period.first, Granularity.YEAR)
        found: list[OutsideFigure] = self._outside.within(period.first, period.last)
        found += [
            one
            for one in self._outside.within(year.first, year.last)
            if (one.first, one.last) == (year.first, year.last) and one not in found
        ]
        if found:
            places = {place.key: place.name for place in self._outside.places(say)}
            title = say("Telefoni (CallGuide) och kundenkät")
            yield outside_table(found, say, places, title=title)

    def _items(self, register: Register, key: CustomerKey, period: Period) -> tuple[Sheet, ...]:
        filters = RegisterFilters(customer=key, since=period.first, until=period.last)
        return self._register_pages.page(register, filters, limit=_MOST_ITEMS).sheets

    def _topics(self, key: CustomerKey, period: Period) -> list[Sheet]:
        """Return what recurs: points of the period, and earlier ones that are open."""
        inside = self._items(Register.CUSTOMER_LOG, key, period)
        filters = RegisterFilters(customer=key, until=period.last, open_only=True)
        still = self._register_pages.page(Register.CUSTOMER_LOG, filters, limit=_MOST_ITEMS).sheets
        every = {sheet.item.number: sheet for sheet in (*inside, *still)}
        return [
            sheet
            for _, sheet in sorted(every.items(), reverse=True)
            if sheet.item.facts.nature in _TOPICS
        ]

    def _report(
        self,
        title: str,
        figures: Figures,
        tables: Sequence[Table],
        say: Say,
        *,
        series: Iterable[Series] = (),
        lines: Sequence[str] = (),
    ) -> Report:
        zone = self._knowledge.calendar.zone
        made_at = figures.counted_at.astimezone(zone)
        return Report(
            title=title,
            language=say.language,
            period=figures.period,
            made_at=made_at,
            tables=tuple(tables),
            series=tuple(series),
            lines=(say("Räknat {at}.", at=say.moment(made_at, zone, year=True)), *lines),
        )


def quarter_of(year: int, number: int) -> Period:
    """Return a quarter of a year, 1 to 4."""
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, 3 * number % 12 + 1, 1)
    return Period(first=first, last=after - timedelta(days=1))


def period_title(period: Period, say: Say) -> str:
    """Say a period as the head of a column: ``T3 2026``, ``kvartal 2 2026``, ``2026-11``."""
    first = period.first
    if period.granularity is Granularity.TERTIAL:
        return say("T{n} {year}", n=first.month // 4 + 1, year=first.year)
    number = first.month // 3 + 1
    if first.day == 1 and number <= 4 and period == quarter_of(first.year, number):
        return say("kvartal {n} {year}", n=number, year=first.year)
    if period.granularity is not Granularity.ANY:
        return period.key
    return say("{first} till {last}", first=first, last=period.last)


def _year_before(period: Period) -> Period:
    """Return the same period a year ago; of days of one's own, as many days."""
    if period.granularity in (Granularity.MONTH, Granularity.TERTIAL, Granularity.YEAR):
        return period_of(period.first.replace(year=period.first.year - 1), period.granularity)
    year = timedelta(days=364)  # the same weekdays
    return Period(first=period.first - year, last=period.last - year)
