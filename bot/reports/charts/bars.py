"""One figure for several things beside each other, such as processes: lying bars."""

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
    rectangle,
    text,
)
from bot.reports.charts.markup import Markup, element
from bot.reports.charts.scale import Axis, axis_for, clipped, text_width
from bot.reports.charts.style import Part, painted
from bot.reports.charts.values import axis_text, value_text
from bot.reports.charts.words import is_missed, nothing_to_show, of_series
from bot.reports.model import Point, Series
from bot.texts import Say

MOST_BARS: Final = 40
_ROW: Final = 26.0
_BAR: Final = 16.0
_TOP: Final = 26.0
_WIDEST_LABEL: Final = 260.0
_SMALL: Final = 11.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    series: Series
    axis: Axis
    left: float
    right: float
    hatch: str

    def x(self, value: float) -> float:
        return self.left + (self.right - self.left) * self.axis.part(value)

    def end(self, value: float) -> float:
        """Return where a bar ends: never at its start, so that zero is seen too."""
        return max(self.x(value), self.left + 1)


def bars(series: Series, *, say: Say) -> Drawn:
    """Draw a bar for each point; one that misses its target is hatched and says so.

    Of more than `MOST_BARS` points the first are drawn; the table behind has more.

    Raises:
        ValueError: A value is no number, or below zero.
    """
    require_finite(series)
    shown = series.points[:MOST_BARS]
    is_empty = not finite(series)
    notes = series.notes
    if len(shown) < len(series.points):
        some = say(
            "Diagrammet visar de första {shown} av {all}.",
            shown=say.number(len(shown)),
            all=say.number(len(series.points)),
        )
        notes = (*notes, some)
    return Drawn(
        ident=ident_of(series.key),
        title=series.title,
        description=of_series((series,), say),
        body=nothing(nothing_to_show(say)) if is_empty else group(_draw(series, shown, say)),
        height=80.0 if is_empty else _TOP + _ROW * len(shown) + 20,
        table=table_of_series((series,), say),
        notes=notes,
    )


def _draw(series: Series, shown: Sequence[Point], say: Say) -> Iterator[Markup]:
    values = [point.value for point in shown if point.value is not None]
    axis = axis_for(max([*values, series.target or 0.0]), series.unit)
    labels = [clipped(point.label, TEXT_SIZE, _WIDEST_LABEL) for point in shown]
    left = 16 + max(text_width(label, TEXT_SIZE) for label in labels)
    said = [_said(point, series, say) for point in shown]
    right = WIDTH - 16 - max(text_width(words, _SMALL) for words in said)
    plot = _Plot(
        series=series,
        axis=axis,
        left=left,
        right=max(right, left + 80),
        hatch=f"{ident_of(series.key)}-hatch",
    )
    bottom = _TOP + _ROW * len(shown)
    yield _hatch(plot.hatch)
    yield from _grid(plot, bottom, say)
    for index, point in enumerate(shown):
        y = _TOP + _ROW * index
        yield text(labels[index], (left - 8, y + _ROW / 2 + 4), painted(Part.INK), "end")
        yield named(f"{point.label}: {said[index]}", *_bar(plot, point, y))
    if series.target is not None:
        yield from _target(plot, series.target, bottom, say)
    for index, point in enumerate(shown):
        yield from _written(plot, point, said[index], _TOP + _ROW * index)


def _said(point: Point, series: Series, say: Say) -> str:
    said = value_text(point.value, series.unit, say)
    if point.value is None or series.target is None:
        return said
    if not is_missed(point.value, series.target, series.unit):
        return said
    return say("{value}, når inte målet", value=said)


def _grid(plot: _Plot, bottom: float, say: Say) -> Iterator[Markup]:
    look = {**painted(Part.SOFT), "font-size": _SMALL}
    said = [axis_text(tick, plot.series.unit, say) for tick in plot.axis.ticks]
    widest = max(text_width(words, _SMALL) for words in said) + 8
    room = (plot.right - plot.left) / (len(said) - 1)
    every = max(1, int(-(-widest // room)))
    for index, tick in enumerate(plot.axis.ticks):
        x = plot.x(tick)
        yield line((x, _TOP - 4), (x, bottom), painted(Part.GRID if tick else Part.AXIS))
        if index % every == 0:
            yield text(said[index], (x, _TOP - 10), look, "middle")


def _bar(plot: _Plot, point: Point, y: float) -> Iterator[Markup]:
    if point.value is None:
        return
    box = (plot.left, y + (_ROW - _BAR) / 2, plot.end(point.value) - plot.left, _BAR)
    yield rectangle(box, painted(Part.BAR))
    target = plot.series.target
    if target is not None and is_missed(point.value, target, plot.series.unit):
        yield rectangle(box, {"fill": f"url(#{plot.hatch})"})


def _written(plot: _Plot, point: Point, said: str, y: float) -> Iterator[Markup]:
    """Yield the value beside its bar, over the line of the target."""
    end = plot.end(point.value or 0.0)
    look = {**painted(Part.INK), "font-size": _SMALL}
    halo = {**painted(Part.HALO), "stroke-width": 4, "fill": "none", "font-size": _SMALL}
    yield text(said, (end + 6, y + _ROW / 2 + 4), halo)
    yield text(said, (end + 6, y + _ROW / 2 + 4), look)


def _target(plot: _Plot, target: float, bottom: float, say: Say) -> Iterator[Markup]:
    x = plot.x(target)
    look = {**painted(Part.TARGET), "stroke-width": 1.5, "stroke-dasharray": "6 4"}
    yield line((x, _TOP - 4), (x, bottom), look)
    words = say("Mål {target}", target=value_text(target, plot.series.unit, say))
    half = text_width(words, _SMALL) / 2
    where = (min(max(x, half + 2), WIDTH - half - 2), bottom + 14)
    yield text(words, where, {**painted(Part.TARGET_INK), "font-size": _SMALL}, "middle")


def _hatch(ident: str) -> Markup:
    stripe = line((0, 0), (0, 6), {**painted(Part.HATCH), "stroke-width": 4})
    given: dict[str, str | int | float | None] = {
        "id": ident,
        "width": 6,
        "height": 6,
        "patternUnits": "userSpaceOnUse",
        "patternTransform": "rotate(45)",
    }
    return element("pattern", given, stripe)
