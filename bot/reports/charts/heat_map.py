"""When things come in: hours along, weekdays down, every cell with its number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.reports.charts.behind import table_of_heat_map
from bot.reports.charts.checks import require_drawable
from bot.reports.charts.drawn import Drawn, group, ident_of, named, nothing, rectangle, text
from bot.reports.charts.markup import Markup
from bot.reports.charts.style import LEVELS, Part, heat, heat_ink, painted
from bot.reports.charts.values import short_number
from bot.reports.charts.words import WEEKDAYS, nothing_to_show, of_heat_map
from bot.reports.model import HeatMap
from bot.texts import Say

_CELL: Final = 34.0
_ROW: Final = 28.0
_LEFT: Final = 84.0
_TOP: Final = 26.0
_SMALL: Final = 11.0
_SMALLEST: Final = 9.0
_WIDTH: Final = _LEFT + 24 * _CELL + 12


def heat_map(shown: HeatMap, *, say: Say) -> Drawn:
    """Draw counts by weekday and hour.

    Raises:
        ValueError: A count is below zero.
    """
    require_drawable(shown)
    is_empty = not any(map(any, shown.counts))
    return Drawn(
        ident=ident_of(shown.key),
        title=shown.title,
        description=of_heat_map(shown, say),
        body=nothing(nothing_to_show(say)) if is_empty else group(_draw(shown, say)),
        height=80.0 if is_empty else _TOP + 7 * _ROW + 10,
        width=_WIDTH,
        table=table_of_heat_map(shown, say),
        notes=shown.notes,
    )


def level_of(count: int, highest: int) -> int:
    """Return the shade of a count: 0 for nothing, the last for the highest there is."""
    if count <= 0:
        return 0
    return -(-count * (LEVELS - 1) // highest)


def _draw(shown: HeatMap, say: Say) -> Iterator[Markup]:
    highest = max(map(max, shown.counts))
    soft = {**painted(Part.SOFT), "font-size": _SMALL}
    for hour in range(24):
        yield text(f"{hour:02}", (_LEFT + _CELL * (hour + 0.5), _TOP - 8), soft, "middle")
    for day, row in enumerate(shown.counts):
        y = _TOP + _ROW * day
        name = say(WEEKDAYS[day])
        yield text(name, (_LEFT - 8, y + _ROW / 2 + 4), painted(Part.INK), "end")
        for hour, count in enumerate(row):
            said = f"{name} {hour:02}–{hour + 1:02}: {say.number(count)}"
            yield named(said, *_cell(count, highest, (_LEFT + _CELL * hour, y), say))


def _cell(count: int, highest: int, at: tuple[float, float], say: Say) -> Iterator[Markup]:
    level = level_of(count, highest)
    look = heat(level)
    yield rectangle((at[0] + 0.5, at[1] + 0.5, _CELL - 1, _ROW - 1), look)
    shown = short_number(count, say)
    size = _SMALL if len(shown) <= 3 else _SMALLEST
    where = (at[0] + _CELL / 2, at[1] + _ROW / 2 + 4)
    yield text(shown, where, {**heat_ink(level), "font-size": size}, "middle")
