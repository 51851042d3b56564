"""What cannot be drawn is refused: values that are no numbers, or below zero."""

from __future__ import annotations

import math

from bot.reports.model import Distribution, HeatMap, Series

_MOST = 1e18


def finite(series: Series) -> list[float]:
    """Return the values that are there."""
    return [point.value for point in series.points if point.value is not None]


def require_finite(series: Series) -> None:
    """Raise ValueError for a value that cannot be drawn."""
    _require([*finite(series), *(() if series.target is None else (series.target,))], series.key)


def require_drawable(shown: Distribution | HeatMap) -> None:
    """Raise ValueError for a value that cannot be drawn."""
    if isinstance(shown, HeatMap):
        _require([count for row in shown.counts for count in row], shown.key)
        return
    _require([float(part.count) for part in shown.bins], shown.key)
    ends = [part.lower for part in shown.bins]
    ends += [part.upper for part in shown.bins if part.upper is not None]
    ends += [mark for mark in (shown.median, shown.p90) if mark is not None]
    _require(ends, shown.key)


def _require(values: list[float] | list[int], key: str) -> None:
    if any(not math.isfinite(value) or value < 0 or value > _MOST for value in values):
        raise ValueError(f"chart {key}: a value is no number, below zero, or beyond all measure")
