"""A report as CSV: what a spreadsheet opens as text and numbers, and never computes."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from typing import Final

from bot.csv_cells import BYTE_ORDER_MARK, safe_cell
from bot.reports.files.behind import all_tables
from bot.reports.model import Cell, Column, Report, Table, Unit
from bot.texts import Say, mark, speaker

_UNITS: Final = {
    Unit.SHARE: (mark("procent"), 0.01, 1),
    Unit.WORKING_TIME: (mark("minuter arbetstid"), 60, 0),
    Unit.WALL_TIME: (mark("minuter"), 60, 0),
    Unit.MONEY: (mark("kronor"), 100, 2),
    Unit.DAYS: (mark("dagar"), 1, 1),
    Unit.NUMBER: ("", 1, 2),
}
"""Unit -> what the heading says of it, by what its values are divided, and decimals at most."""


def csv_of(report: Report, *, excel: bool = True) -> bytes:
    """Return the tables of a report as the bytes of one CSV file in UTF-8, semicolons between.

    Of several tables, each stands under a line with its title and after an empty line. Numbers
    have the decimal sign of the report's language, and the heading says their unit.

    Args:
        excel: Mark the file as UTF-8, as Excel needs it.
    """
    say = speaker(report.language)
    tables = list(all_tables(report, say))
    written = StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for index, table in enumerate(tables):
        if index:
            writer.writerow([])
        if len(tables) > 1:
            writer.writerow([safe_cell(table.title)])
        writer.writerows(_rows(table, say))
    text = (BYTE_ORDER_MARK if excel else "") + written.getvalue()
    return text.encode("utf-8", "replace")


def _rows(table: Table, say: Say) -> list[list[str]]:
    head = [safe_cell(_heading(column, say)) for column in table.columns]
    return [
        head,
        *(
            [_cell(cell, column, say) for cell, column in zip(row, table.columns, strict=True)]
            for row in table.rows
        ),
    ]


def _heading(column: Column, say: Say) -> str:
    unit = _UNITS[column.unit][0] if column.unit in _UNITS else ""
    return f"{column.title} ({say(unit)})" if unit else column.title


def _cell(cell: Cell, column: Column, say: Say) -> str:
    if cell is None or isinstance(cell, (str, date)):
        return safe_cell(cell)
    _, scale, decimals = _UNITS.get(column.unit, ("", 1, 6))
    number = f"{cell / scale if scale != 1 else cell:.{decimals}f}"
    if decimals:
        number = number.rstrip("0").rstrip(".")
    return number if say.language != "sv" else number.replace(".", ",")
