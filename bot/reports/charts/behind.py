"""The numbers behind a chart, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.reports.charts.words import WEEKDAYS, range_text
from bot.reports.model import Cell, Column, Distribution, HeatMap, Series, Table, Unit
from bot.texts import Say

MOST_ROWS: Final = 1000
"""Beyond this nobody reads on in a page; the files have all."""


def table_of_series(every: Sequence[Series], say: Say, *, most: int = MOST_ROWS) -> Table:
    """Return a row for each point, a column for each series, and the target where there is one.

    Args:
        most: So many rows at most; a note says how many are left out.
    """
    unit, target = (
        every[0].unit,
        next((one.target for one in every if one.target is not None), None),
    )
    columns = [Column(key="label", title=say("Vad"), unit=Unit.TEXT)]
    columns += [
        Column(key=f"value_{index}", title=one.title, unit=unit) for index, one in enumerate(every)
    ]
    aims: tuple[Cell, ...] = ()
    if target is not None:
        columns.append(Column(key="target", title=say("Mål"), unit=unit))
        aims = (target,)
    rows = tuple(
        (point.label, *(one.points[place].value for one in every), *aims)
        for place, point in enumerate(every[0].points)
    )
    table = Table(key=every[0].key, title=every[0].title, columns=tuple(columns), rows=rows)
    return _shortened(table, most, say)


def table_of_distribution(shown: Distribution, say: Say) -> Table:
    """Return a row for each part of the distribution."""
    columns = [
        Column(key="range", title=say("Från och till"), unit=Unit.TEXT),
        Column(key="count", title=say("Antal"), unit=Unit.COUNT),
    ]
    rows = tuple(
        (range_text(part.lower, part.upper, shown.unit, say), part.count) for part in shown.bins
    )
    return Table(key=shown.key, title=shown.title, columns=tuple(columns), rows=rows)


def table_of_heat_map(shown: HeatMap, say: Say) -> Table:
    """Return a row for each hour, a column for each weekday."""
    columns = [Column(key="hour", title=say("Timme"), unit=Unit.TEXT)]
    columns += [
        Column(key=f"day_{index}", title=say(day).capitalize(), unit=Unit.COUNT)
        for index, day in enumerate(WEEKDAYS)
    ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (f"{hour:02}–{hour + 1:02}", *(row[hour] for row in shown.counts)) for hour in range(24)
    )
    return Table(key=shown.key, title=shown.title, columns=tuple(columns), rows=rows)


def _shortened(table: Table, most: int, say: Say) -> Table:
    if len(table.rows) <= most:
        return table
    note = say(
        "De första {shown} av {all} rader. Alla finns i filen.",
        shown=say.number(most),
        all=say.number(len(table.rows)),
    )
    return replace(table, rows=table.rows[:most], notes=(note,))
