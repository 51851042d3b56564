"""Counting days and months that are over once, so that figures of long times are there at once.

Bit by bit beside the other work, the newest first. What changes later is void at once, and
counted anew here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

import structlog

from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.reports.model import Granularity, Period
from bot.reports.periods import before, period_of
from bot.reports.scope import By
from bot.reports.sums import Counted, Days, Kept
from bot.services.counted import live, of_spans, rules_of, settled_until
from bot.services.counting import Count
from bot.store.fact_conditions import Wanted
from bot.store.fact_sums import Span
from bot.store.unit_of_work import Database, Work

log = structlog.get_logger()

KEYS: Final = tuple(by for by in By if by.granularity is None)
_DAYS_BACK: Final = 5 * 366
"""A mail may say that it is as old as it likes; what is older is counted when it is asked for."""
_AT_A_TIME_S: Final = 1.0
_LOOK_AGAIN: Final = timedelta(minutes=10)
_GIVEN_UP: Final = timedelta(minutes=10)
"""After so long an announced sum is taken for one of a process that died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What is counted in one go: sums of one month, of its days or by one key."""

    by: By | None
    month: int
    spans: tuple[Span, ...]


class Summing:
    """Keeps sums of what is settled: of days for all cases, of months by each key."""

    def __init__(self, database: Database, knowledge: Knowledge, clock: Clock) -> None:
        self._database = database
        self._knowledge = knowledge
        self._clock = clock
        self._look_again_at = clock.now()

    def run_due(self) -> int:
        """Count for about a second what is missing; return how many sums were stored."""
        now = self._clock.now()
        if now < self._look_again_at:
            return 0
        until = self._clock.monotonic() + _AT_A_TIME_S
        stored = 0
        for job in self._missing():
            stored += self._do(job)
            if self._clock.monotonic() > until:
                break
        else:
            self._look_again_at = now + _LOOK_AGAIN
        if stored:
            log.info("sums_kept", sums=stored)
        return stored

    def catch_up(self, by: Collection[By] = KEYS) -> int:
        """Count all that is missing; return how many sums were stored.

        Args:
            by: Told apart by these keys; all cases are counted in any case.
        """
        return sum(self._do(job) for job in self._missing() if job.by is None or job.by in by)

    def _missing(self) -> list[_Job]:
        wanted = self._wanted(Days(first=0, last=0))
        with self._database.reading() as work:
            first = work.case_facts.first_day()
            if first is None or not work.case_facts.are_whole():
                return []
            there = work.fact_sums.there(
                rules=rules_of(wanted.lead_times), since=self._clock.now() - _GIVEN_UP
            )
        begin = date.fromordinal(max(first, wanted.today - _DAYS_BACK)).replace(day=1).toordinal()
        missing = [
            span
            for kind in Kept
            for span in _spans(kind, Days(first=begin, last=settled_until(kind, wanted)))
            if span.key not in there
        ]
        return _jobs(missing)

    def _do(self, job: _Job) -> int:
        wanted = self._wanted(job.spans[0].days, job.by, daily=job.by is None)
        now, rules = self._clock.now(), rules_of(wanted.lead_times)
        with self._database.work() as work:
            numbers = work.fact_sums.announce(job.spans, now, rules=rules, since=now - _GIVEN_UP)
        if not numbers:
            return 0
        with self._database.reading() as work:
            found = _count(work, numbers, wanted)
        with self._database.work() as work:
            return work.fact_sums.store(
                {number: found.get(span, ()) for span, number in numbers.items()}
            )

    def _wanted(self, days: Days, by: By | None = None, *, daily: bool = False) -> Wanted:
        count = Count(self._knowledge, self._clock.now())
        return count.wanted_of(days, by=by, daily=daily)


def _count(work: Work, spans: Iterable[Span], wanted: Wanted) -> dict[Span, list[Counted]]:
    found: dict[Span, list[Counted]] = {}
    for kind, alike in groupby(sorted(spans, key=_order), key=lambda span: span.kind):
        by_day = {span.days.first: span for span in alike}
        first = next(iter(by_day.values()))
        of_these = of_spans(wanted, [span.days for span in by_day.values()])
        for row in live(work, kind, of_these):
            span = first if row.day is None else by_day[row.day]
            found.setdefault(span, []).append(row)
    return found


def _spans(kind: Kept, days: Days) -> Iterator[Span]:
    """Yield all that is to be kept of some days: each of them, and months by each key.

    Of what was open at the end of a month, its last day stands for it.
    """
    for day in range(days.first, days.last + 1):
        yield Span(kind=kind, days=Days(first=day, last=day))
    for month in _months(days):
        last = month.last.toordinal()
        whole = Days(first=last if kind is Kept.LEFT else month.first.toordinal(), last=last)
        if last <= days.last:
            for by in KEYS:
                yield Span(kind=kind, by=by, days=whole)


def _jobs(spans: Iterable[Span]) -> list[_Job]:
    """Put what is counted together into jobs: all cases first, the newest month first."""
    found: dict[tuple[By | None, int], list[Span]] = {}
    for span in spans:
        day = date.fromordinal(span.days.first)
        found.setdefault((span.by, day.replace(day=1).toordinal()), []).append(span)
    jobs = [_Job(by=by, month=month, spans=tuple(some)) for (by, month), some in found.items()]
    return sorted(jobs, key=lambda job: (job.by is not None, -job.month))


def _order(span: Span) -> tuple[str, Days]:
    return span.kind, span.days


def _months(days: Days) -> Iterator[Period]:
    """Yield the months that days lie in, the last one first."""
    month = period_of(date.fromordinal(days.last), Granularity.MONTH)
    while month.last.toordinal() >= days.first:
        yield month
        month = before(month)
