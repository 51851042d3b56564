"""From values to places on a drawing, and how wide words are there.

Widths are those of DejaVu Sans, the widest of the fonts that a chart may be shown in, rounded up
by kinds of letters. What fits there fits elsewhere.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Final

from bot.reports.charts.values import is_time
from bot.reports.model import Unit

_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
_TIME_STEPS: Final = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 28_800, 43_200, 86_400)
_WHOLE: Final = frozenset({Unit.COUNT, Unit.DAYS})
_WIDE: Final = frozenset("MWmw@%—–ÅÄÆŒ&QOÖ")
_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]/ -\u00a0\u202f")
_LONGEST_MEASURED: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The marks of an axis from zero up; the last is at or above every value."""

    ticks: tuple[float, ...]

    @property
    def top(self) -> float:
        """Return the value at the end of the axis, above zero."""
        return self.ticks[-1]

    def part(self, value: float) -> float:
        """Return where a value lies: 0 at the start of the axis, 1 at its end."""
        return min(1.0, max(0.0, value / self.top))


def axis_for(highest: float, unit: Unit, *, marks: int = 5) -> Axis:
    """Return an axis with round marks for values from zero to the highest.

    Args:
        highest: Zero or more, finite.
        marks: About how many there are beside zero, at least one.
    """
    if unit is Unit.SHARE and highest <= 1:
        return Axis(ticks=(0.0, 0.25, 0.5, 0.75, 1.0))
    scale = 100 if unit is Unit.MONEY else 1
    step = _step(highest / scale / marks, unit) * scale
    count = max(1, math.ceil(highest / step - 1e-9))
    return Axis(ticks=tuple(step * index for index in range(count + 1)))


def _step(least: float, unit: Unit) -> float:
    if is_time(unit):
        found = next((step for step in _TIME_STEPS if step >= least), None)
        return float(found) if found is not None else 86_400 * _round_up(least / 86_400)
    rounded = _round_up(least) if least > 0 else 1.0
    if unit in _WHOLE:
        rounded = max(1.0, rounded if rounded == int(rounded) else math.ceil(rounded))
    return rounded


def _round_up(value: float) -> float:
    size: float = 10.0 ** math.floor(math.log10(value))
    return next(step * size for step in _STEPS if step * size >= value * (1 - 1e-12))


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is, in the unit of its size; never less than it is."""
    return size * sum(_letter(letter) for letter in text[:_LONGEST_MEASURED])


def clipped(text: str, size: float, most: float) -> str:
    """Return a text, cut off with an ellipsis where it is wider than there is room for."""
    text = " ".join(text[:_LONGEST_MEASURED].split())
    if text_width(text, size) <= most:
        return text
    width, kept = text_width("…", size), 0
    for letter in text:
        width += size * _letter(letter)
        if width > most:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 0.42
    if letter in _WIDE:
        return 1.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.2
    if letter.isupper():
        return 0.78
    return 0.65 if ord(letter) < 0x250 else 1.0
