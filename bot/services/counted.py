"""What was counted of each basis: from sums that are kept as far as they go, else row by row."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from bot.reports.case_facts import RULES
from bot.reports.figures import TOTAL
from bot.reports.lead_times import LeadTimes
from bot.reports.measures import MEASURES, Basis, Measure, Trait, Way
from bot.reports.scope import By
from bot.reports.sums import FORM, Counted, Days, Kept, between, unpack
from bot.store.fact_conditions import Wanted
from bot.store.unit_of_work import Work

Traits = tuple[Trait, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is counted of a basis, in the order in which rows have it.

    Attributes:
        sums: Sets of traits, and the place of the number of each.
        lists: Columns whose values are listed, with the traits of the rows.
    """

    measures: tuple[Measure, ...]
    sums: Mapping[Traits, int]
    lists: tuple[tuple[str, Traits], ...]


def _asked(basis: Basis) -> Asked:
    measures = tuple(measure for measure in MEASURES.values() if measure.basis is basis)
    sums: dict[Traits, int] = {}
    for measure in measures:
        for traits in _traits_of(measure):
            sums.setdefault(traits, len(sums))
    lists = dict.fromkeys((m.column, m.of) for m in measures if m.is_spread)
    return Asked(measures=measures, sums=sums, lists=tuple(lists))


def _traits_of(measure: Measure) -> Iterator[Traits]:
    if measure.is_spread:
        return
    yield measure.of
    if measure.way is Way.SHARE:
        yield (*measure.of, *measure.part)


BY_DAY: Final = (Basis.OPENED, Basis.ANSWERED, Basis.CLOSED, Basis.DUE)
ASKED: Final[Mapping[Basis, Asked]] = {basis: _asked(basis) for basis in BY_DAY}


@lru_cache(maxsize=8)
def rules_of(lead_times: LeadTimes) -> str:
    """Return what names all that sums depend on beside the rows: when it differs, so may they."""
    measures = [(m.key, m.basis, m.way, m.column, [*m.of], [*m.part]) for m in MEASURES.values()]
    said = repr((FORM, RULES, measures, lead_times))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def settled_until(kind: Kept, wanted: Wanted) -> int:
    """Return the last day of which time alone changes nothing any more."""
    yesterday = wanted.today - 1
    if kind is not Kept.OPENED:
        return yesterday
    rules = zip(wanted.lead_times, wanted.decided, strict=True)
    return min([yesterday, *(day for rule, day in rules if rule.answer_s is not None)])


def counted(
    work: Work, kind: Kept, wanted: Wanted, firsts: Sequence[int] = ()
) -> Iterator[Counted]:
    """Yield rows of what is wanted, whichever way is shorter; in any order.

    Args:
        firsts: Where time tells rows apart: the first day of each part, in order. A row of a
            sum that is kept has the first day of what it is of.
    """
    found = _kept(work, kind, wanted)
    kept = {days: content for days, content in found.items() if _in_one_part(days, firsts)}
    for days, content in kept.items():
        yield from _rows(content, wanted, days.first if wanted.daily else None)
    rest = between(wanted.days, kept)
    if rest:
        yield from live(work, kind, of_spans(wanted, rest))


def left(work: Work, wanted: Wanted, ends: Sequence[int]) -> Iterator[Counted]:
    """Yield what was open at the end of some days, by the days, as `Kept.LEFT` has it.

    Args:
        ends: Ordinals in order.
    """
    if not ends:
        return
    of_ends = replace(wanted, days=Days(first=ends[0], last=ends[-1]), daily=True)
    kept = {days.first: content for days, content in _kept(work, Kept.LEFT, of_ends).items()}
    rest = []
    for end in ends:
        if end in kept:
            yield from _rows(kept[end], wanted, end)
        else:
            rest.append(Days(first=end, last=end))
    if rest:
        yield from live(work, Kept.LEFT, of_spans(wanted, rest))


def of_spans(wanted: Wanted, spans: Sequence[Days]) -> Wanted:
    """Return what is wanted of some spans of days alone, in order, at least one."""
    days = Days(first=spans[0].first, last=spans[-1].last)
    on = [day for span in spans for day in range(span.first, span.last + 1)]
    whole = len(on) == days.last - days.first + 1
    return replace(wanted, days=days, on=() if whole else tuple(on))


def live(work: Work, kind: Kept, wanted: Wanted) -> Iterator[Counted]:
    """Count row by row what is wanted, as `counted` yields it."""
    match kind:
        case Kept.HOURS:
            return _hours(work, wanted)
        case Kept.TEMPLATES:
            return _templates(work, wanted)
        case Kept.LEFT:
            return _left(work, wanted)
        case _:
            return live_basis(work, kind.basis, wanted)


def live_basis(work: Work, basis: Basis, wanted: Wanted) -> Iterator[Counted]:
    """Count row by row what figures want of a basis."""
    asked = ASKED[basis]
    width = len(asked.sums)
    for key, day, *found in work.case_facts.counts(basis, wanted, list(asked.sums), asked.lists):
        lists = tuple(_values_in(text) for text in found[width:])
        yield Counted(key, day, tuple(found[:width]), lists)


def _hours(work: Work, wanted: Wanted) -> Iterator[Counted]:
    """Yield (weekday from Monday, hour, how many), told apart as is wanted."""
    counts: Counter[tuple[str, int | None, int, int]] = Counter()
    for key, day, hour, n in work.case_facts.hours(wanted):
        counts[key, day if wanted.daily else None, (day - 1) % 7, hour] += n
    for (key, day, weekday, hour), n in counts.items():
        yield Counted(key, day, (weekday, hour, n))


def _templates(work: Work, wanted: Wanted) -> Iterator[Counted]:
    for key, day, template, answers, again, text in work.case_facts.templates(wanted):
        yield Counted(key, day, (template, answers, int(again)), (_values_in(text),))


def _left(work: Work, wanted: Wanted) -> Iterator[Counted]:
    """Look at the end of each wanted day, which is cheap for few rows that stay open for long."""
    ends = list(wanted.on) or list(range(wanted.days.first, wanted.days.last + 1))
    ages: dict[tuple[str, int], Counter[int]] = {}
    for key, opened, closed, n in work.case_facts.spans(wanted, ends[0]):
        until = len(ends) if closed is None else bisect_left(ends, closed)
        for end in ends[bisect_left(ends, opened) : until]:
            ages.setdefault((key, end), Counter())[end - opened] += n
    for (key, end), counts in ages.items():
        ordered = sorted(counts.items())
        lists = ([age for age, _ in ordered], [n for _, n in ordered])
        yield Counted(key, end, (), lists)


def _kept(work: Work, kind: Kept, wanted: Wanted) -> dict[Days, bytes]:
    """Return the sums that what is wanted can be made of, by their days."""
    said = wanted.scope.said()
    if len(said) + (wanted.by is not None) > 1:
        return {}
    by = wanted.by or (By(next(iter(said))) if said else None)
    last = min(wanted.days.last, settled_until(kind, wanted))
    days = Days(first=wanted.days.first, last=last)
    return work.fact_sums.kept(kind, by, days, rules=rules_of(wanted.lead_times))


def _rows(content: bytes, wanted: Wanted, day: int | None) -> Iterator[Counted]:
    """Yield the rows of a sum that are wanted: of one key, where only its cases are."""
    only = next(iter(wanted.scope.said().values()), None)
    for row in unpack(content, day):
        if only is None:
            yield row
        elif row.key == only:
            yield row._replace(key=TOTAL)


def _in_one_part(days: Days, firsts: Sequence[int]) -> bool:
    return bisect_right(firsts, days.first) == bisect_right(firsts, days.last)


def _values_in(text: str | None) -> list[int]:
    """Return the numbers of a text as the store lists them, in ascending order."""
    return [] if text is None else sorted(map(int, text.split(",")))
