"""How charts look: one colour for each part in light and in dark, and the sheet that says so.

A drawing carries the light colours as attributes, which files and images need. In a page, which
may not have styles inside elements, the sheet paints the same classes dark where that is wanted.
Every pair passes WCAG 2.2 AA, and nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.reports.charts.markup import Value

FONT: Final = "DejaVu Sans, system-ui, sans-serif"
LEVELS: Final = 6
"""Shades of a heat map, the first for nothing at all."""


class Part(StrEnum):
    """What is painted, as the class in the drawing."""

    PAPER = "ch-paper"
    INK = "ch-ink"
    SOFT = "ch-soft"
    GRID = "ch-grid"
    AXIS = "ch-axis"
    FIRST = "ch-first"
    SECOND = "ch-second"
    THIRD = "ch-third"
    FIRST_MARK = "ch-first-mark"
    SECOND_MARK = "ch-second-mark"
    THIRD_MARK = "ch-third-mark"
    BAR = "ch-bar"
    HATCH = "ch-hatch"
    TARGET = "ch-target"
    TARGET_INK = "ch-target-ink"
    HALO = "ch-halo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paint:
    """Which attribute of a drawing gets which colour."""

    attribute: str
    light: str
    dark: str


def _fill(light: str, dark: str) -> Paint:
    return Paint(attribute="fill", light=light, dark=dark)


def _stroke(light: str, dark: str) -> Paint:
    return Paint(attribute="stroke", light=light, dark=dark)


PAPER: Final = _fill("#ffffff", "#121816")
PAINTS: Final[Mapping[str, tuple[Paint, ...]]] = {
    Part.PAPER: (PAPER,),
    Part.INK: (_fill("#16211e", "#e9efec"),),
    Part.SOFT: (_fill("#4b5a55", "#b2c0ba"),),
    Part.GRID: (_stroke("#dde4e1", "#2b3531"),),
    Part.AXIS: (_stroke("#4b5a55", "#b2c0ba"),),
    Part.FIRST: (_stroke("#174a86", "#8ec1ff"),),
    Part.SECOND: (_stroke("#9a3b00", "#ffb37a"),),
    Part.THIRD: (_stroke("#3f6212", "#b4dd7f"),),
    Part.FIRST_MARK: (_fill("#174a86", "#8ec1ff"),),
    Part.SECOND_MARK: (_fill("#9a3b00", "#ffb37a"),),
    Part.THIRD_MARK: (_fill("#3f6212", "#b4dd7f"),),
    Part.BAR: (_fill("#2f6db3", "#6ea8e6"),),
    Part.HATCH: (_stroke("#ffffff", "#121816"),),
    Part.TARGET: (_stroke("#a3161d", "#ffb3b0"),),
    Part.TARGET_INK: (_fill("#a3161d", "#ffb3b0"),),
    Part.HALO: (_stroke("#ffffff", "#121816"),),
}
HEAT: Final = (
    _fill("#ffffff", "#121816"),
    _fill("#dceaf5", "#16293a"),
    _fill("#a9cbe6", "#1d4566"),
    _fill("#6aa3d0", "#255b88"),
    _fill("#2a6aa3", "#7dbaee"),
    _fill("#0b4475", "#c4e2ff"),
)
HEAT_INK: Final = (
    *(_fill("#16211e", "#e9efec") for _ in range(4)),
    *(_fill("#ffffff", "#0d1a16") for _ in range(2)),
)


def painted(part: Part) -> dict[str, Value]:
    """Return the attributes by which a part is painted."""
    return _attributes(part, PAINTS[part])


def heat(level: int) -> dict[str, Value]:
    """Return how a cell of a heat map is painted.

    Args:
        level: 0 for nothing, up to `LEVELS` - 1.
    """
    return _attributes(f"ch-heat-{level}", (HEAT[level],))


def heat_ink(level: int) -> dict[str, Value]:
    """Return how the number in such a cell is painted."""
    return _attributes(f"ch-heat-ink-{level}", (HEAT_INK[level],))


def chart_css() -> str:
    """Return the sheet for pages with charts: their size, dark colours, and the table behind."""
    dark = "\n".join(_rules(_all_paints()))
    return f"{_SHAPE}@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n{_PRINT}"


def _attributes(name: str, paints: Iterable[Paint]) -> dict[str, Value]:
    return {"class": name, **{paint.attribute: paint.light for paint in paints}}


def _all_paints() -> Iterable[tuple[str, tuple[Paint, ...]]]:
    yield from PAINTS.items()
    for level in range(LEVELS):
        yield f"ch-heat-{level}", (HEAT[level],)
        yield f"ch-heat-ink-{level}", (HEAT_INK[level],)


def _rules(named: Iterable[tuple[str, tuple[Paint, ...]]]) -> Iterable[str]:
    for name, paints in named:
        inside = "; ".join(f"{paint.attribute}: {paint.dark}" for paint in paints)
        yield f"  .{name} {{ {inside} }}"


_SHAPE: Final = """\
/* Charts. Made by bot.reports.charts.style: change it there. */
.chart { margin: 0 0 1.5rem; }
.chart figcaption { font-weight: 600; }
.chart-scroll { overflow-x: auto; }
.chart-svg { display: block; width: 100%; min-width: 34rem; max-width: 60rem; height: auto; }
.chart-svg { forced-color-adjust: none; font-family: inherit; }
.chart-table { overflow-x: auto; }
.chart-table table { width: auto; border-collapse: collapse; }
.chart-table th, .chart-table td { padding: .2rem .6rem; text-align: left; }
.chart-table td.number, .chart-table th.number { text-align: right; }
"""
_PRINT: Final = """\
@media print {
  .chart { break-inside: avoid; }
  .chart-svg { min-width: 0; }
}
"""
