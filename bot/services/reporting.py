"""Figures and reports: counted, opened to the cases behind them, frozen month by month.

Web, Slack, the command line and files all ask here, so that a figure is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import structlog

from bot.cases import CaseNumber
from bot.clock import Clock
from bot.errors import NotFound
from bot.knowledge import Knowledge
from bot.reports.case_facts import RULES
from bot.reports.figures import TOTAL, Figures, Group, with_frozen
from bot.reports.measures import MEASURES, Basis
from bot.reports.model import Figure, Granularity, Period, Report
from bot.reports.periods import before, period_of
from bot.reports.scope import ALL, By, Scope
from bot.reports.tables import NameOf, period_name, report_of
from bot.services.counting import Count
from bot.services.report_parts import beside_of, names_of
from bot.store.case_facts import Behind
from bot.store.frozen_figures import FrozenGroup
from bot.store.unit_of_work import Database, Work
from bot.templates import Templates
from bot.texts import Say
from bot.vocabulary import CaseId
from bot.worktime import next_working_day

log = structlog.get_logger()

FROZEN_AFTER: Final = 5
"""Working days after a month until its figures are frozen."""
_MONTHS_BACK: Final = 13
"""So many months are frozen in a database that was used before months were."""
_FROZEN_BY: Final = (By.PROCESS, By.MAILBOX, By.CUSTOMER, By.TEAM, By.CHANNEL)
_ALL_CASES: Final = "all"
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersBehind:
    """See `bot.store.case_facts.Behind`; `last` is the id of the last case."""

    numbers: tuple[CaseNumber, ...]
    last: CaseId | None
    hidden: int
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The figures of a period, and the same said in tables and charts."""

    figures: Figures
    report: Report


class Reporting:
    """Counts; each call is one reading transaction."""

    def __init__(
        self,
        database: Database,
        knowledge: Knowledge,
        clock: Clock,
        templates: Templates | None = None,
    ) -> None:
        """Hold what counts.

        Args:
            templates: Say what templates are called; None: reports name them by their keys.
        """
        self._templates = templates
        self._database = database
        self._knowledge = knowledge
        self._clock = clock
        self._whole = False
        self._made_down_to: CaseId | None = None
        self._nothing_due_on: date | None = None

    @property
    def today(self) -> date:
        """The local date."""
        return self._knowledge.calendar.local_date(self._clock.now())

    def figures(self, period: Period, *, scope: Scope = ALL, by: By | None = None) -> Figures:
        """Count everything in a period, told apart by a key of cases or by time.

        A month that was frozen has with each figure what it was then.
        """
        with self._database.reading() as work:
            counted = self._count().figures(work, period, scope=scope, by=by)
            return self._with_frozen(work, counted)

    def figure(self, key: str, period: Period, *, scope: Scope = ALL) -> Figure:
        """Count one figure.

        Raises:
            NotFound: There is no such figure.
        """
        _known(key)
        return self.figures(period, scope=scope).total.figures[key]

    def report(
        self, period: Period, say: Say, *, scope: Scope = ALL, by: By | None = None
    ) -> Report:
        """Return a report of a period in one language, with tables and charts."""
        return self.shown(period, say, scope=scope, by=by).report

    def shown(self, period: Period, say: Say, *, scope: Scope = ALL, by: By | None = None) -> Shown:
        """Return a report with the figures that it says."""
        count = self._count()
        with self._database.reading() as work:
            counted = count.figures(work, period, scope=scope, by=by)
            counted = self._with_frozen(work, counted)
            remarks = count.remarks(work, period, scope)
            wanted = count.wanted(period, scope)
            beside = beside_of(
                work, wanted, remarks, self._knowledge, say, templates=self._templates
            )
        names = self.names(say)
        report = report_of(
            counted,
            beside,
            say,
            name_of=names,
            title=_title(period, scope, say, names),
            zone=self._knowledge.calendar.zone,
        )
        return Shown(figures=counted, report=report)

    def names(self, say: Say) -> NameOf:
        """Return what says what the keys that tell figures apart are called."""
        return names_of(self._knowledge, say)

    def cases_behind(
        self,
        key: str,
        period: Period,
        *,
        scope: Scope = ALL,
        after: CaseId | None = None,
        protected: bool = False,
        limit: int = 50,
    ) -> Behind:
        """Return the cases that a figure was counted on, by id, from behind one on.

        Args:
            protected: The reader may see protected cases; else they are counted only.

        Raises:
            NotFound: There is no such figure.
        """
        measure = MEASURES[_known(key)]
        count, behind = self._count(), CaseId(0) if after is None else after
        with self._database.reading() as work:
            wanted = count.wanted(period, scope)
            if measure.basis is Basis.MISSED:
                rows = work.case_facts.missed(wanted, *count.instants(period))
                return self._page(work, {row[2] for row in rows}, behind, limit, protected)
            if measure.basis is Basis.REMARKED:
                remarks = count.remarks(work, period, scope)
                nature = {"complaints": "complaint", "praise": "praise"}.get(key)
                ids = {
                    remark.case_id
                    for remark in remarks
                    if remark.case_id is not None and nature in (None, remark.nature)
                }
                return self._page(work, ids, behind, limit, protected)
            return work.case_facts.behind(
                measure.basis,
                measure.of,
                wanted,
                after=behind,
                limit=limit,
                protected=protected,
            )

    def numbers_behind(
        self, key: str, period: Period, *, scope: Scope = ALL, after: CaseId | None = None
    ) -> NumbersBehind:
        """Return the numbers of some of the cases behind a figure; protected ones are counted."""
        found = self.cases_behind(key, period, scope=scope, after=after, limit=_BATCH)
        with self._database.reading() as work:
            cases = work.cases.get_many(found.case_ids)
        return NumbersBehind(
            numbers=tuple(cases[key].number for key in found.case_ids),
            last=found.case_ids[-1] if found.case_ids else None,
            hidden=found.hidden,
            more=found.more,
        )

    def is_whole(self) -> bool:
        """Tell whether the rows that figures need are there for all cases."""
        with self._database.reading() as work:
            return work.case_facts.are_whole()

    def is_frozen(self, month: Period) -> bool:
        """Tell whether the figures of a month are frozen."""
        with self._database.reading() as work:
            return month.key in work.frozen.months()

    def freeze_due(self) -> int:
        """Freeze one month that ended `FROZEN_AFTER` working days ago or more.

        The last one first, then those before, as far as there were cases. One in each call, so
        that other work is not held up; where none is due, none is looked for again that day.

        Returns:
            How many months were frozen: one, or none.
        """
        if self._nothing_due_on == self.today:
            return 0
        with self._database.reading() as work:
            if not work.case_facts.are_whole():
                return 0
            month = self._month_to_freeze(work)
            if month is None:
                self._nothing_due_on = self.today
                return 0
            groups = list(self._groups_of(work, month))
        with self._database.work() as work:
            work.frozen.freeze(groups, self._clock.now(), rules=RULES)
        log.info("month_frozen", month=month.key, groups=len(groups))
        return 1

    def catch_up(self) -> int:
        """Make some of the rows that figures need, in a database from before they were kept.

        Returns:
            How many cases were seen to; none where nothing is missing.
        """
        if self._whole:
            return 0
        with self._database.reading() as work:
            self._whole = work.case_facts.are_whole()
        if self._whole:
            return 0
        with self._database.work() as work:
            some = work.case_facts.make_older(
                self._knowledge.calendar, before=self._made_down_to, limit=_BATCH
            )
        self._whole = not some
        self._made_down_to = some[-1] if some else None
        return len(some)

    def make_anew(
        self,
        days: Period | None = None,
        *,
        progress: Callable[[int], None] = lambda _count: None,
    ) -> int:
        """Make anew the rows that figures need, of all cases or of those of some days.

        Each batch is one short transaction, so that mail is taken in meanwhile.

        Args:
            days: Something happened to the cases then.
        """
        made, at = 0, None
        while some := self._made(days, at):
            made, at = made + len(some), some[-1]
            progress(len(some))
        return made

    def _made(self, days: Period | None, at: CaseId | None) -> list[CaseId]:
        calendar = self._knowledge.calendar
        with self._database.work() as work:
            if days is None:
                return work.case_facts.make_older(calendar, before=at, limit=_BATCH)
            start, end = self._count().instants(days)
            return work.case_facts.make_of_days(
                calendar, start, end, after=CaseId(0) if at is None else at, limit=_BATCH
            )

    def _count(self) -> Count:
        return Count(self._knowledge, self._clock.now())

    def _page(
        self, work: Work, ids: Collection[int], after: CaseId, limit: int, protected: bool
    ) -> Behind:
        cases = work.cases.get_many([CaseId(each) for each in ids])
        seen = [key for key in sorted(cases) if protected or not cases[key].protected]
        left = [key for key in seen if key > after]
        return Behind(
            case_ids=tuple(left[:limit]), hidden=len(cases) - len(seen), more=len(left) > limit
        )

    def _month_to_freeze(self, work: Work) -> Period | None:
        first = work.case_facts.first_day()
        if first is None:
            return None
        frozen = work.frozen.months()
        month = before(period_of(self.today, Granularity.MONTH))
        for _ in range(_MONTHS_BACK):
            if month.last.toordinal() < first:
                return None
            if month.key not in frozen and self._is_settled(month):
                return month
            month = before(month)
        return None

    def _is_settled(self, month: Period) -> bool:
        day = month.last
        for _ in range(FROZEN_AFTER):
            day = next_working_day(day, self._knowledge.calendar)
        return day < self.today

    def _groups_of(self, work: Work, month: Period) -> list[FrozenGroup]:
        count = self._count()
        groups = []
        for by in _FROZEN_BY:
            counted = count.figures(work, month, by=by)
            groups += [_frozen_group(month, by.value, group) for group in counted.groups]
        groups.append(_frozen_group(month, _ALL_CASES, counted.total))
        return groups

    def _with_frozen(self, work: Work, counted: Figures) -> Figures:
        """Put beside the figures of whole months what was frozen."""
        narrowed = counted.scope.said()
        if len(narrowed) > 1:
            return counted
        kind, key = next(iter(narrowed.items()), (_ALL_CASES, TOTAL))
        if counted.by is not None and counted.by.granularity is None:
            return counted if narrowed else self._keys_with_frozen(work, counted, counted.by)
        months = {
            group.period.key
            for group in (counted.total, *counted.groups)
            if group.period.granularity is Granularity.MONTH
        }
        found = work.frozen.of(months, kind)

        def beside(group: Group) -> Group:
            if group.period.granularity is not Granularity.MONTH:
                return group
            return with_frozen(group, found.get((group.period.key, key), {}))

        return replace(
            counted, total=beside(counted.total), groups=tuple(map(beside, counted.groups))
        )

    def _keys_with_frozen(self, work: Work, counted: Figures, by: By) -> Figures:
        if counted.period.granularity is not Granularity.MONTH:
            return counted
        month = counted.period.key
        found, whole = work.frozen.of({month}, by.value), work.frozen.of({month}, _ALL_CASES)
        return replace(
            counted,
            total=with_frozen(counted.total, whole.get((month, TOTAL), {})),
            groups=tuple(
                with_frozen(group, found.get((month, group.key), {})) for group in counted.groups
            ),
        )


def _title(period: Period, scope: Scope, say: Say, names: NameOf) -> str:
    about = [names(By(name), key) for name, key in scope.said().items()]
    return ", ".join([say("Siffror för {period}", period=period_name(period)), *about])


def _known(key: str) -> str:
    if key not in MEASURES:
        raise NotFound("siffran {key} finns inte", key=key)
    return key


def _frozen_group(month: Period, by: str, group: Group) -> FrozenGroup:
    return FrozenGroup(
        month=month.key,
        by=by,
        key=group.key,
        figures={key: (figure.value, figure.cases) for key, figure in group.figures.items()},
    )
