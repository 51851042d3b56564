"""Median, percentile and mean; source of the percentiles: Hyndman & Fan 1996, type 1."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from bot.reports.model import Bin

_LONG: Final = 40
"""Values in a run, on average, from which on it is left as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How values are spread; None where there are none.

    Attributes:
        mean: Rounded to a whole.
    """

    count: int
    median: int | None = None
    p90: int | None = None
    mean: int | None = None


def spread_of(values: Iterable[int]) -> Spread:
    """Return how whole numbers, in any order, are spread."""
    return spread_of_runs([sorted(values)])


def spread_of_runs(runs: Sequence[Sequence[int]]) -> Spread:
    """Return how whole numbers are spread that come in several runs.

    Long runs are neither copied nor sorted together: of half a million numbers in a run for each
    day, that takes 20 ms instead of 200 ms.

    Args:
        runs: Each in ascending order.
    """
    filled = _worth_it([run for run in runs if run])
    count = sum(map(len, filled))
    if not count:
        return Spread(count=0)
    return Spread(
        count=count,
        median=_at_rank(filled, _rank(count, 0.5)),
        p90=_at_rank(filled, _rank(count, 0.9)),
        mean=(2 * sum(map(sum, filled)) + count) // (2 * count),
    )


def _worth_it(runs: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """Return short runs as one, which is quicker."""
    if len(runs) < 2 or sum(map(len, runs)) > _LONG * len(runs):
        return runs
    return [sorted(chain.from_iterable(runs))]


def _rank(count: int, share: float) -> int:
    # 0.9 * 10 is 9.000000000000002 or not, after the machine's taste: one part in 10^9 is nothing.
    return max(1, math.ceil(share * count - 1e-9))


def _at_rank(runs: Sequence[Sequence[int]], rank: int) -> int:
    """Return the smallest value that at least so many values do not exceed."""
    if len(runs) == 1:
        return runs[0][rank - 1]
    low, high = min(run[0] for run in runs), max(run[-1] for run in runs)
    while low < high:
        middle = (low + high) // 2
        if sum(bisect_right(run, middle) for run in runs) >= rank:
            high = middle
        else:
            low = middle + 1
    return low


def weighted_spread(counts: Iterable[tuple[int, int]]) -> Spread:
    """Return how values are spread that are given as (value, how often)."""
    pairs = sorted(pair for pair in counts if pair[1])
    total = sum(count for _, count in pairs)
    if not total:
        return Spread(count=0)
    summed = sum(value * count for value, count in pairs)
    return Spread(
        count=total,
        median=_ranked(pairs, _rank(total, 0.5)),
        p90=_ranked(pairs, _rank(total, 0.9)),
        mean=(2 * summed + total) // (2 * total),
    )


def _ranked(pairs: Sequence[tuple[int, int]], rank: int) -> int:
    seen = 0
    for value, count in pairs:
        seen += count
        if seen >= rank:
            return value
    raise ValueError(f"there is no rank {rank} among {seen} values")


def histogram(runs: Sequence[Sequence[int]], edges: Sequence[int]) -> tuple[Bin, ...]:
    """Count values between edges; the last bin has no upper end.

    Args:
        runs: Each in ascending order, no value below the first edge.
        edges: At least one, ascending.
    """
    below = [sum(bisect_left(run, edge) for run in runs) for edge in edges]
    uppers: list[int | None] = [*edges[1:], None]
    return tuple(
        Bin(lower=lower, upper=upper, count=after - before)
        for lower, upper, before, after in zip(
            edges, uppers, below, [*below[1:], sum(map(len, runs))], strict=True
        )
    )
