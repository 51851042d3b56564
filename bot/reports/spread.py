"""Median, percentile and mean; source of the percentiles: Hyndman & Fan 1996, type 1."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.reports.model import Bin


def nearest_rank(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that at least a share of the values do not exceed.

    Args:
        ordered: At least one, in ascending order.
        share: In ]0, 1].
    """
    # 0.9 * 10 is 9.000000000000002 or not, after the machine's taste: one part in 10^9 is nothing.
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


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
    ordered = sorted(values)
    if not ordered:
        return Spread(count=0)
    return Spread(
        count=len(ordered),
        median=nearest_rank(ordered, 0.5),
        p90=nearest_rank(ordered, 0.9),
        mean=(2 * sum(ordered) + len(ordered)) // (2 * len(ordered)),
    )


def weighted_spread(counts: Iterable[tuple[int, int]]) -> Spread:
    """Return how values are spread that are given as (value, how often)."""
    pairs = sorted(pair for pair in counts if pair[1])
    total = sum(count for _, count in pairs)
    if not total:
        return Spread(count=0)
    summed = sum(value * count for value, count in pairs)
    return Spread(
        count=total,
        median=_ranked(pairs, max(1, math.ceil(0.5 * total - 1e-9))),
        p90=_ranked(pairs, max(1, math.ceil(0.9 * total - 1e-9))),
        mean=(2 * summed + total) // (2 * total),
    )


def _ranked(pairs: Sequence[tuple[int, int]], rank: int) -> int:
    seen = 0
    for value, count in pairs:
        seen += count
        if seen >= rank:
            return value
    raise ValueError(f"there is no rank {rank} among {seen} values")


def histogram(ordered: Sequence[int], edges: Sequence[int]) -> tuple[Bin, ...]:
    """Count values between edges; the last bin has no upper end.

    Args:
        ordered: Ascending, none below the first edge.
        edges: At least one, ascending.
    """
    below = [bisect_left(ordered, edge) for edge in edges]
    uppers: list[int | None] = [*edges[1:], None]
    return tuple(
        Bin(lower=lower, upper=upper, count=after - before)
        for lower, upper, before, after in zip(
            edges, uppers, below, [*below[1:], len(ordered)], strict=True
        )
    )
