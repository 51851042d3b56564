"""Figures from elsewhere in words: a value as people read it, and a table of some of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bot.outside import SHARES, OutsideFigure, OutsideMeasure
from bot.reports.charts.values import value_text
from bot.reports.model import Column, Table, Unit
from bot.texts import Say

_UNITS: Final[Mapping[OutsideMeasure, Unit]] = {
    OutsideMeasure.WAIT: Unit.NUMBER,
    OutsideMeasure.INDEX: Unit.NUMBER,
}


def outside_value(figure: OutsideFigure, say: Say) -> str:
    """Say what a figure is: a share in per cent, else a number."""
    if figure.measure in SHARES:
        return say("{n} %", n=say.number(figure.value * 100, decimals=1))
    return value_text(figure.value, _UNITS.get(figure.measure, Unit.COUNT), say)


def outside_table(
    figures: Iterable[OutsideFigure], say: Say, places: Mapping[str, str], *, title: str
) -> Table:
    """Return figures from elsewhere as a table, in the order in which they are given.

    Args:
        places: Key -> what a place is called.
    """
    titles = (
        ("source", say("Källa")),
        ("measure", say("Vad")),
        ("place", say("Gäller")),
        ("period", say("Tid")),
        ("value", say("Värde")),
    )
    rows = tuple(
        (
            say.code(f"outside.{one.source}"),
            say.code(f"outside_measure.{one.measure}"),
            places.get(one.place, one.place),
            say("{first} till {last}", first=one.first, last=one.last),
            outside_value(one, say),
        )
        for one in figures
    )
    return Table(
        key="outside",
        title=title,
        columns=tuple(Column(key=key, title=name, unit=Unit.TEXT) for key, name in titles),
        rows=rows,
    )
