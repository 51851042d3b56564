"""A chart and a table as parts of a page."""

from __future__ import annotations

from typing import Final

from bot.reports.charts.drawn import Drawn
from bot.reports.charts.markup import Markup, Value, element, joined
from bot.reports.charts.values import value_text
from bot.reports.model import Cell, Column, Table, Unit
from bot.texts import Say

_TEXTS: Final = frozenset({Unit.TEXT, Unit.DATE})


def chart_figure(drawn: Drawn, say: Say, *, open_table: bool = False) -> Markup:
    """Return a chart for a page: the drawing, how it was counted, and the table behind it.

    Args:
        open_table: The table is shown at once, as on paper.
    """
    room: dict[str, Value] = {
        "class": "chart-scroll",
        "tabindex": 0,
        "role": "group",
        "aria-label": drawn.title,
    }
    return element(
        "figure",
        {"class": "chart"},
        element("figcaption", {}, drawn.title),
        element("div", room, drawn.svg()),
        *(element("p", {"class": "chart-note"}, note) for note in drawn.notes),
        element(
            "details",
            {"open": "open" if open_table else None},
            element("summary", {}, say("Siffrorna bakom diagrammet")),
            table_block(drawn.table, say),
        ),
    )


def table_block(table: Table, say: Say) -> Markup:
    """Return a table that may be wider than the page, with its notes below."""
    room: dict[str, Value] = {
        "class": "chart-table",
        "tabindex": 0,
        "role": "group",
        "aria-label": table.title,
    }
    notes = (element("p", {"class": "chart-note"}, note) for note in table.notes)
    return joined((element("div", room, table_element(table, say)), *notes))


def table_element(table: Table, say: Say) -> Markup:
    """Return a table with caption, and headings for its columns and rows."""
    head = element("tr", {}, *(_heading(column) for column in table.columns))
    rows = (_row(row, table.columns, say) for row in table.rows)
    return element(
        "table",
        {},
        element("caption", {}, table.title),
        element("thead", {}, head),
        element("tbody", {}, *rows),
    )


def _heading(column: Column) -> Markup:
    return element("th", {"scope": "col", "class": _side(column)}, column.title)


def _row(row: tuple[Cell, ...], columns: tuple[Column, ...], say: Say) -> Markup:
    cells = []
    for index, (cell, column) in enumerate(zip(row, columns, strict=True)):
        said = value_text(cell, column.unit, say)
        if index == 0:
            cells.append(element("th", {"scope": "row", "class": _side(column)}, said))
        else:
            cells.append(element("td", {"class": _side(column)}, said))
    return element("tr", {}, *cells)


def _side(column: Column) -> str | None:
    return None if column.unit in _TEXTS else "number"
