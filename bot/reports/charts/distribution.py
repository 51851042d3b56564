"""How values are spread: a histogram with the median and the ninth tenth marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.reports.charts.behind import table_of_distribution
from bot.reports.charts.checks import require_drawable
from bot.reports.charts.drawn import (
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
from bot.reports.charts.markup import Markup
from bot.reports.charts.scale import Axis, axis_for, text_width
from bot.reports.charts.style import Part, painted
from bot.reports.charts.values import axis_text, short_number, value_text
from bot.reports.charts.words import nothing_to_show, of_distribution, range_text
from bot.reports.model import Bin, Distribution, Unit
from bot.texts import Say

_PLOT: Final = 200.0
_TOP: Final = 54.0
_RIGHT: Final = 16.0
_SMALL: Final = 11.0
_THINNEST_GAP: Final = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    axis: Axis
    left: float
    bins: tuple[Bin, ...]

    @property
    def bottom(self) -> float:
        return _TOP + _PLOT

    @property
    def step(self) -> float:
        return (WIDTH - _RIGHT - self.left) / len(self.bins)

    def x(self, value: float) -> float:
        """Return where a value lies: bars are equally wide, whatever they span."""
        for index, part in enumerate(self.bins):
            if part.upper is None or value < part.upper:
                inside = 0.5
                if part.upper is not None and part.upper > part.lower:
                    inside = max(0.0, (value - part.lower) / (part.upper - part.lower))
                return self.left + self.step * (index + inside)
        return WIDTH - _RIGHT


def distribution(shown: Distribution, *, say: Say) -> Drawn:
    """Draw a distribution.

    Raises:
        ValueError: A value is no number, or below zero.
    """
    require_drawable(shown)
    is_empty = not any(part.count for part in shown.bins)
    return Drawn(
        ident=ident_of(shown.key),
        title=shown.title,
        description=of_distribution(shown, say),
        body=nothing(nothing_to_show(say)) if is_empty else group(_draw(shown, say)),
        height=80.0 if is_empty else _TOP + _PLOT + 32,
        table=table_of_distribution(shown, say),
        notes=shown.notes,
    )


def _draw(shown: Distribution, say: Say) -> Iterator[Markup]:
    axis = axis_for(max(part.count for part in shown.bins), Unit.COUNT)
    ticks = [axis_text(tick, Unit.COUNT, say) for tick in axis.ticks]
    left = 16 + max(text_width(tick, _SMALL) for tick in ticks)
    plot = _Plot(axis=axis, left=left, bins=shown.bins)
    for tick, said in zip(axis.ticks, ticks, strict=True):
        y = plot.bottom - _PLOT * axis.part(tick)
        yield line((left, y), (WIDTH - _RIGHT, y), painted(Part.GRID if tick else Part.AXIS))
        yield text(said, (left - 8, y + 4), _soft(), "end")
    yield from _bars(plot, shown.unit, say)
    yield from _ends(plot, shown.unit, say)
    yield from _marks(plot, shown, say)
    yield from _counts(plot, say)


def _bars(plot: _Plot, unit: Unit, say: Say) -> Iterator[Markup]:
    gap = 2.0 if plot.step > _THINNEST_GAP else 0.0
    for index, part in enumerate(plot.bins):
        if not part.count:
            continue
        height = max(1.0, _PLOT * plot.axis.part(part.count))
        x = plot.left + plot.step * index
        box = (x + gap / 2, plot.bottom - height, max(0.5, plot.step - gap), height)
        said = f"{range_text(part.lower, part.upper, unit, say)}: {say.number(part.count)}"
        yield named(said, rectangle(box, painted(Part.BAR)))


def _counts(plot: _Plot, say: Say) -> Iterator[Markup]:
    """Yield the numbers above the bars that have room for them, over the lines that mark."""
    halo = {**painted(Part.HALO), "stroke-width": 4, "fill": "none", "font-size": _SMALL}
    for index, part in enumerate(plot.bins):
        said = short_number(part.count, say)
        if not part.count or text_width(said, _SMALL) > plot.step:
            continue
        height = max(1.0, _PLOT * plot.axis.part(part.count))
        where = (plot.left + plot.step * (index + 0.5), plot.bottom - height - 4)
        yield text(said, where, halo, "middle")
        yield text(said, where, {**painted(Part.INK), "font-size": _SMALL}, "middle")


def _ends(plot: _Plot, unit: Unit, say: Say) -> Iterator[Markup]:
    """Yield where the bars begin, as many as there is room for."""
    said = [axis_text(part.lower, unit, say) for part in plot.bins]
    widest = max(text_width(words, _SMALL) for words in said) + 10
    every = max(1, int(-(-widest // plot.step)))
    for index in range(0, len(said), every):
        x = plot.left + plot.step * index
        yield line((x, plot.bottom), (x, plot.bottom + 4), painted(Part.AXIS))
        yield text(said[index], (x, plot.bottom + 18), _soft(), "middle")


def _marks(plot: _Plot, shown: Distribution, say: Say) -> Iterator[Markup]:
    marks = (
        (shown.median, say("median {value}", value=value_text(shown.median, shown.unit, say)), 18),
        (shown.p90, say("90 % inom {value}", value=value_text(shown.p90, shown.unit, say)), 36),
    )
    for value, words, y in marks:
        if value is None:
            continue
        x = plot.x(value)
        dashes = "6 4" if y > 18 else None
        look = {**painted(Part.TARGET), "stroke-width": 1.5, "stroke-dasharray": dashes}
        yield line((x, y - 8), (x, plot.bottom), look)
        fits = x + 6 + text_width(words, _SMALL) < WIDTH
        look = {**painted(Part.TARGET_INK), "font-size": _SMALL}
        yield text(words, (x + 6 if fits else x - 6, y), look, "" if fits else "end")


def _soft() -> dict[str, str | int | float | None]:
    return {**painted(Part.SOFT), "font-size": _SMALL}
