"""A line over time, with its target: one to three series of the same unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.reports.charts.behind import table_of_series
from bot.reports.charts.checks import finite, require_finite
from bot.reports.charts.drawn import (
    TEXT_SIZE,
    WIDTH,
    Drawn,
    group,
    ident_of,
    line,
    named,
    nothing,
    text,
)
from bot.reports.charts.markup import Markup, Value, element
from bot.reports.charts.scale import Axis, axis_for, clipped, text_width
from bot.reports.charts.style import Part, painted
from bot.reports.charts.values import axis_text, value_text
from bot.reports.charts.words import nothing_to_show, of_series
from bot.reports.model import Series
from bot.texts import Say

MOST_LINES: Final = 3
_PLOT: Final = 230.0
_TOP: Final = 26.0
_BOTTOM: Final = 30.0
_RIGHT: Final = 24.0
_LEGEND: Final = 20.0
_MARKED: Final = 60
_VALUED: Final = 12
_DASHES: Final = (None, "8 4", "2 4")
_LINES: Final = (Part.FIRST, Part.SECOND, Part.THIRD)
_MARKS: Final = (Part.FIRST_MARK, Part.SECOND_MARK, Part.THIRD_MARK)
_SMALL: Final = 11.0
_WIDEST_LABEL: Final = 120.0
_MEASURED: Final = 100
"""So many labels, evenly spread, say how wide labels are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where the lines are drawn."""

    axis: Axis
    left: float
    top: float
    count: int

    @property
    def right(self) -> float:
        return WIDTH - _RIGHT

    @property
    def bottom(self) -> float:
        return self.top + _PLOT

    def x(self, index: int) -> float:
        if self.count == 1:
            return (self.left + self.right) / 2
        return self.left + (self.right - self.left) * index / (self.count - 1)

    def y(self, value: float) -> float:
        return self.bottom - _PLOT * self.axis.part(value)


def trend(series: Series, *more: Series, say: Say) -> Drawn:
    """Draw lines over the same periods, with the target of the first that has one.

    Args:
        more: At most two, of the same unit and as many points.

    Raises:
        ValueError: They do not fit each other, or a value is no number or below zero.
    """
    every = (series, *more)
    _require_alike(every)
    drawn = _draw(every, say) if any(finite(one) for one in every) else None
    return Drawn(
        ident=ident_of(series.key),
        title=series.title,
        description=of_series(every, say),
        body=nothing(nothing_to_show(say)) if drawn is None else drawn[0],
        height=80.0 if drawn is None else drawn[1],
        table=table_of_series(every, say),
        notes=series.notes,
    )


def _require_alike(every: Sequence[Series]) -> None:
    if len(every) > MOST_LINES:
        raise ValueError(f"at most {MOST_LINES} lines can be told apart, got {len(every)}")
    if len({(one.unit, len(one.points)) for one in every}) != 1:
        raise ValueError("lines of a chart have the same unit and as many points")
    for one in every:
        require_finite(one)


def _draw(every: Sequence[Series], say: Say) -> tuple[Markup, float]:
    target = next((one.target for one in every if one.target is not None), None)
    highest = max(max(finite(one), default=0.0) for one in every)
    axis = axis_for(max(highest, target or 0.0), every[0].unit)
    ticks = [axis_text(tick, every[0].unit, say) for tick in axis.ticks]
    left = 16 + max(text_width(tick, _SMALL) for tick in ticks)
    top = _TOP + (_LEGEND if len(every) > 1 else 0)
    plot = _Plot(axis=axis, left=left, top=top, count=len(every[0].points))
    parts = [
        *_grid(plot, ticks),
        *_labels(plot, [point.label for point in every[0].points]),
        *(_legend(every) if len(every) > 1 else ()),
    ]
    for index, one in enumerate(every):
        parts += _line(plot, one, index, say)
    if target is not None:
        parts += _target(plot, target, value_text(target, every[0].unit, say), say)
    return group(parts), plot.bottom + _BOTTOM


def _grid(plot: _Plot, ticks: Sequence[str]) -> Iterator[Markup]:
    for tick, said in zip(plot.axis.ticks, ticks, strict=True):
        y = plot.y(tick)
        yield line((plot.left, y), (plot.right, y), painted(Part.AXIS if not tick else Part.GRID))
        look = {**painted(Part.SOFT), "font-size": _SMALL}
        yield text(said, (plot.left - 8, y + 4), look, "end")


def _labels(plot: _Plot, labels: Sequence[str]) -> Iterator[Markup]:
    sample = labels[:: max(1, len(labels) // _MEASURED)]
    widest = max(text_width(_label(label), _SMALL) for label in sample) + 10
    room = max(1, int((plot.right - plot.left) / widest))
    every = max(1, -(-len(labels) // room))
    look = {**painted(Part.SOFT), "font-size": _SMALL}
    for index in range(0, len(labels), every):
        shown = _label(labels[index])
        half = text_width(shown, _SMALL) / 2
        x = min(max(plot.x(index), half + 2), WIDTH - half - 2)
        yield text(shown, (x, plot.bottom + 18), look, "middle")


def _label(label: str) -> str:
    return clipped(label, _SMALL, _WIDEST_LABEL)


def _legend(every: Sequence[Series]) -> Iterator[Markup]:
    room = (WIDTH - 24) / len(every)
    for index, one in enumerate(every):
        x = 12 + room * index
        yield line((x, 14), (x + 28, 14), _stroke(index))
        yield _mark(x + 14, 14, index)
        yield text(clipped(one.title, TEXT_SIZE, room - 46), (x + 34, 18), painted(Part.INK))


def _line(plot: _Plot, one: Series, index: int, say: Say) -> Iterator[Markup]:
    for run in _runs(plot, one):
        if len(run) > 1:
            path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run)
            yield element("path", {"d": path, **_stroke(index), "fill": "none"})
        elif plot.count > _MARKED:
            yield _mark(*run[0], index)
    if plot.count > _MARKED:
        return
    for place, point in enumerate(one.points):
        if point.value is not None:
            said = f"{point.label}: {value_text(point.value, one.unit, say)}"
            yield named(said, _mark(plot.x(place), plot.y(point.value), index))
    if index == 0 and plot.count <= _VALUED:
        yield from _written(plot, one, say)


def _written(plot: _Plot, one: Series, say: Say) -> Iterator[Markup]:
    """Yield the values themselves, where there is room for all of them."""
    said = [
        None if point.value is None else value_text(point.value, one.unit, say)
        for point in one.points
    ]
    room = (plot.right - plot.left) / max(1, plot.count - 1) - 4
    if any(text is not None and text_width(text, _SMALL) > room for text in said):
        return
    look = {**painted(Part.INK), "font-size": _SMALL}
    for place, (point, words) in enumerate(zip(one.points, said, strict=True)):
        if point.value is not None and words is not None:
            half = text_width(words, _SMALL) / 2
            x = min(max(plot.x(place), plot.left + half + 2), WIDTH - half - 2)
            yield text(words, (x, plot.y(point.value) - 9), look, "middle")


def _runs(plot: _Plot, one: Series) -> Iterator[list[tuple[float, float]]]:
    """Yield the pieces of a line between periods without a value.

    Of several points on one column of pixels, the lowest and the highest are kept, so that a
    line of many thousand points is no longer than the drawing is wide.
    """
    run: list[tuple[float, float]] = []
    column: list[tuple[float, float]] = []
    for place, point in enumerate(one.points):
        if point.value is None:
            run += _extremes(column)
            column = []
            if run:
                yield run
            run = []
            continue
        at = (plot.x(place), plot.y(point.value))
        if column and int(at[0]) != int(column[0][0]):
            run += _extremes(column)
            column = []
        column.append(at)
    run += _extremes(column)
    if run:
        yield run


def _extremes(column: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(column) <= 2:
        return list(column)
    ends = {min(column, key=lambda at: at[1]), max(column, key=lambda at: at[1])}
    return sorted(ends)


def _target(plot: _Plot, target: float, said: str, say: Say) -> Iterator[Markup]:
    y = plot.y(target)
    look = {**painted(Part.TARGET), "stroke-width": 1.5, "stroke-dasharray": "6 4"}
    yield line((plot.left, y), (plot.right, y), look)
    words = say("Mål {target}", target=said)
    halo = {**painted(Part.HALO), "stroke-width": 4}
    where = (plot.right, y - 6 if y - plot.top > 14 else y + 15)
    yield text(words, where, {**halo, "fill": "none"}, "end")
    yield text(words, where, painted(Part.TARGET_INK), "end")


def _stroke(index: int) -> dict[str, Value]:
    return {**painted(_LINES[index]), "stroke-width": 2, "stroke-dasharray": _DASHES[index]}


def _mark(x: float, y: float, index: int) -> Markup:
    look = painted(_MARKS[index])
    if index == 0:
        return element("circle", {"cx": x, "cy": y, "r": 3.5, **look})
    if index == 1:
        box: dict[str, Value] = {"x": x - 3.5, "y": y - 3.5, "width": 7, "height": 7}
        return element("rect", {**box, **look})
    path = f"M{x:.1f} {y - 4.5:.1f}L{x + 4.5:.1f} {y + 3.5:.1f}L{x - 4.5:.1f} {y + 3.5:.1f}Z"
    return element("path", {"d": path, **look})
