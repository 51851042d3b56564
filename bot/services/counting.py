"""Counting: all figures of a period in one reading transaction, from what the store has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Final

from bot.knowledge import Knowledge
from bot.reports.figures import TOTAL, Figures, Group, Tally
from bot.reports.lead_times import last_decided_day
from bot.reports.measures import MEASURES, Basis, Measure, Trait, Way
from bot.reports.model import Figure, Granularity, Period
from bot.reports.periods import split
from bot.reports.scope import ALL, By, Scope
from bot.reports.sums import Counted, Days, Kept
from bot.services.counted import ASKED, BY_DAY, counted, left, live_basis
from bot.store.case_facts import Remarked
from bot.store.fact_conditions import Wanted
from bot.store.unit_of_work import Work
from bot.worktime import Calendar

_KEPT: Final[Mapping[Basis, Kept]] = {
    Basis.OPENED: Kept.OPENED,
    Basis.ANSWERED: Kept.ANSWERED,
    Basis.CLOSED: Kept.CLOSED,
}
"""Of which sums are kept; of deadlines there are few, and amounts change with the ledger."""
_KEPT_WITH_REMARKS: Final = frozenset({"process", "customer"})
"""What a remark has of its own; by other keys remarks are not told apart."""


class Count:
    """Counts in one transaction: knows the house's calendar and lead times, and when it is done."""

    def __init__(self, knowledge: Knowledge, now: datetime) -> None:
        self._calendar: Final[Calendar] = knowledge.calendar
        self._now = now
        self._remarked: dict[Period, list[Remarked]] = {}
        rules = knowledge.agreed_times
        self._lead_times = rules
        self._decided = tuple(
            0 if rule.answer_s is None else last_decided_day(rule, now, self._calendar)
            for rule in rules
        )

    def figures(
        self, work: Work, period: Period, *, scope: Scope = ALL, by: By | None = None
    ) -> Figures:
        """Count everything in a period, told apart by a key of cases or by time."""
        granularity = None if by is None else by.granularity
        parts = split(period, granularity or Granularity.ANY)
        wanted = self.wanted(period, scope, None if granularity else by, daily=bool(granularity))
        tally = self._tallied(work, period, parts, wanted)
        groups: Iterable[Group] = ()
        if granularity is not None:
            groups = _by_time(parts, tally)
        elif by is not None:
            groups = _by_key(period, tally)
        return self._figures(period, scope, by, tally.total(), groups)

    def by_key_and_time(
        self, work: Work, period: Period, by: By, time: By
    ) -> tuple[Figures, Figures]:
        """Count everything in a period once, and tell it apart by a key of cases and by time.

        Returns:
            What `figures` gives for either.
        """
        parts = split(period, time.granularity or Granularity.ANY)
        tally = self._tallied(work, period, parts, self.wanted(period, ALL, by, daily=True))
        total = tally.total()
        return (
            self._figures(period, ALL, by, total, _by_key(period, tally)),
            self._figures(period, ALL, time, total, _by_time(parts, tally)),
        )

    def _tallied(
        self, work: Work, period: Period, parts: Sequence[Period], wanted: Wanted
    ) -> Tally:
        tally = Tally(period, parts, self._calendar.local_date(self._now))
        firsts = [part.first.toordinal() for part in parts] if wanted.daily else []
        for basis in BY_DAY:
            self._count(work, basis, wanted, tally, firsts)
        for row in left(work, wanted, tally.ends):
            assert row.day is not None  # of the end of a day
            tally.left(row.key, row.day, zip(*row.lists, strict=True))
        self._missed(work, period, wanted, tally)
        self._remarks(work, period, wanted, tally)
        return tally

    def _figures(
        self,
        period: Period,
        scope: Scope,
        by: By | None,
        total: Mapping[str, Figure],
        groups: Iterable[Group],
    ) -> Figures:
        return Figures(
            period=period,
            scope=scope,
            by=by,
            counted_at=self._now,
            total=Group(key=TOTAL, period=period, figures=total),
            groups=tuple(groups),
        )

    def wanted(
        self, period: Period, scope: Scope, by: By | None = None, *, daily: bool = False
    ) -> Wanted:
        """Return what the store is to count."""
        days = Days(first=period.first.toordinal(), last=period.last.toordinal())
        return self.wanted_of(days, scope, by, daily=daily)

    def wanted_of(
        self, days: Days, scope: Scope = ALL, by: By | None = None, *, daily: bool = False
    ) -> Wanted:
        """Return the same as `wanted`, of days by their ordinals."""
        return Wanted(
            days=days,
            scope=scope,
            by=by,
            daily=daily,
            now=self._now,
            today=self._calendar.local_date(self._now).toordinal(),
            lead_times=self._lead_times,
            decided=self._decided,
        )

    def instants(self, period: Period) -> tuple[datetime, datetime]:
        """Return when a period begins, and when the next one does."""
        return self._midnight(period.first), self._midnight(period.after)

    def _count(
        self, work: Work, basis: Basis, wanted: Wanted, tally: Tally, firsts: Sequence[int]
    ) -> None:
        asked, kind = ASKED[basis], _KEPT.get(basis)
        rows = (
            live_basis(work, basis, wanted) if kind is None else counted(work, kind, wanted, firsts)
        )
        for row in rows:
            for measure in asked.measures:
                if not measure.is_spread:
                    tally.number(measure, row.key, row.day, *_numbers(measure, asked.sums, row))
            for (column, _), values in zip(asked.lists, row.lists, strict=True):
                tally.values(column, row.key, row.day, values)
        self._amounts(work, basis, wanted, tally)

    def _amounts(self, work: Work, basis: Basis, wanted: Wanted, tally: Tally) -> None:
        money = [m for m in MEASURES.values() if m.basis is basis and m.way is Way.MONEY]
        sums = [measure.of for measure in money]
        for key, day, *amounts in work.case_facts.amounts(basis, wanted, sums):
            for measure, ore in zip(money, amounts, strict=True):
                tally.number(measure, key, day, int(ore))

    def _missed(self, work: Work, period: Period, wanted: Wanted, tally: Tally) -> None:
        number, money = MEASURES["went_on"], MEASURES["went_on_ore"]
        seen: set[tuple[str, int]] = set()
        for key, at, case_id, ore in work.case_facts.missed(wanted, *self.instants(period)):
            day = self._calendar.local_date(at).toordinal() if wanted.daily else None
            first_of_case = (key, case_id) not in seen
            seen.add((key, case_id))
            tally.number(number, key, day, int(first_of_case))
            tally.number(money, key, day, ore or 0, int(first_of_case))

    def _remarks(self, work: Work, period: Period, wanted: Wanted, tally: Tally) -> None:
        counts: Counter[tuple[str, int | None, str | None]] = Counter()
        for remark in self.remarks(work, period, wanted.scope, wanted.by):
            day = self._calendar.local_date(remark.at).toordinal() if wanted.daily else None
            counts[_key_of(remark, wanted.by), day, remark.nature] += 1
        for (key, day, nature), n in counts.items():
            tally.number(MEASURES["remarks"], key, day, n)
            tally.number(MEASURES["complaints"], key, day, n if nature == "complaint" else 0)
            tally.number(MEASURES["praise"], key, day, n if nature == "praise" else 0)

    def remarks(
        self, work: Work, period: Period, scope: Scope, by: By | None = None
    ) -> list[Remarked]:
        """Return the remarks of a period; none where they are not kept by what is asked for."""
        said = scope.said()
        asked = set(said) | (set() if by is None else {by.value})
        if asked - _KEPT_WITH_REMARKS:
            return []
        if period not in self._remarked:
            self._remarked[period] = work.case_facts.remarked(*self.instants(period))
        return [
            remark
            for remark in self._remarked[period]
            if all(getattr(remark, name) == key for name, key in said.items())
        ]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self._calendar.zone)


def _numbers(
    measure: Measure, sums: Mapping[tuple[Trait, ...], int], row: Counted
) -> tuple[int, int]:
    """Return what a `Tally` wants of a measure: its number, and that of the part."""
    of = int(row.cells[sums[measure.of]])
    if measure.way is Way.SHARE:
        return of, int(row.cells[sums[*measure.of, *measure.part]])
    # The amount of money is added by itself; here it is told how many cases it is of.
    return (0, of) if measure.way is Way.MONEY else (of, 0)


def _key_of(remark: Remarked, by: By | None) -> str:
    return TOTAL if by is None else getattr(remark, by.value) or TOTAL


def _by_key(period: Period, tally: Tally) -> Iterator[Group]:
    for key in tally.named():
        yield Group(key=key, period=period, figures=tally.figures_of_key(key))


def _by_time(parts: Sequence[Period], tally: Tally) -> Iterator[Group]:
    for index, part in enumerate(parts):
        yield Group(key=part.key, period=part, figures=tally.figures_of_part(index))
