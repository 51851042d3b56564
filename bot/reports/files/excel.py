"""A report as an Excel file: a sheet for each table, and one that says how it was counted.

The same report is the same bytes: the date in the file is that of the report. Text is always
written as text, so that what stands in a mail never becomes a formula or a link.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from bot.csv_cells import safe_cell
from bot.reports.charts.values import value_text
from bot.reports.files.behind import all_tables, made_text, span_text
from bot.reports.model import Cell, Column, Report, Table, Unit
from bot.texts import Say, speaker

_LONGEST_TEXT: Final = 32_767
_MOST_ROWS: Final = 1_048_576
_LONGEST_NAME: Final = 31
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAME: Final = re.compile(rf"(?:{_NOT_IN_XML.pattern}|[\[\]:*?/\\\t\r\n])+")
_WIDTHS: Final = (9, 60)
_MEASURED_ROWS: Final = 1000
_FORMATS: Final = {
    Unit.COUNT: "#,##0",
    Unit.NUMBER: "#,##0.0",
    Unit.SHARE: "0%",
    Unit.WORKING_TIME: "[h]:mm",
    Unit.WALL_TIME: "[h]:mm",
    Unit.MONEY: '#,##0.00 "kr"',
    Unit.DAYS: "#,##0.#",
    Unit.DATE: "yyyy-mm-dd",
    Unit.TEXT: "General",
}
_SCALES: Final = {Unit.WORKING_TIME: 86_400, Unit.WALL_TIME: 86_400, Unit.MONEY: 100}
"""By what the values of a unit are divided: Excel counts time in days."""
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class _Looks:
    heading: Format
    text: Format
    quoted: Format
    moment: Format
    day: Format
    by_unit: dict[Unit, Format]


def excel_of(report: Report) -> bytes:
    """Return a report as the bytes of an XLSX file, in the language of the report.

    Raises:
        ValueError: A table has more rows than a sheet can hold, or a value is no number.
    """
    say = speaker(report.language)
    written = BytesIO()
    book = Workbook(written, _OPTIONS)
    created = report.made_at.replace(tzinfo=None)
    book.set_properties({"title": _fit_for_xml(report.title[:255]), "created": created})
    looks = _looks(book)
    tables = list(all_tables(report, say))
    how = say("Så räknades det")
    names = sheet_names([*(table.title for table in tables), how])
    for table, name in zip(tables, names, strict=False):
        _write_table(book.add_worksheet(name), table, looks, say)
    _write_how(book.add_worksheet(names[-1]), _counted(report, tables, names, say), looks)
    book.close()
    return written.getvalue()


def sheet_names(titles: Iterable[str]) -> list[str]:
    """Return names that Excel takes for sheets: short, without signs that it forbids, each once."""
    names: list[str] = []
    taken = {"history"}
    for title in titles:
        bare = " ".join(_NOT_IN_NAME.sub(" ", title[:200]).split()).strip("' ") or "-"
        name, count = _cut(bare, _LONGEST_NAME).strip("' "), 1
        while name.lower() in taken:
            count += 1
            end = f" ({count})"
            name = _cut(bare, _LONGEST_NAME - len(end)).rstrip("' ") + end
        taken.add(name.lower())
        names.append(name)
    return names


def _cut(text: str, length: int) -> str:
    """Cut a text to a length as Excel counts it: in halves of a sign beyond the first 65,536."""
    return text.encode("utf-16-le", "replace")[: 2 * length].decode("utf-16-le", "ignore")


def _looks(book: Workbook) -> _Looks:
    return _Looks(
        heading=book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        text=book.add_format({"valign": "top"}),
        quoted=book.add_format({"valign": "top", "quote_prefix": True}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        by_unit={unit: book.add_format({"num_format": how}) for unit, how in _FORMATS.items()},
    )


def _write_table(sheet: Worksheet, table: Table, looks: _Looks, say: Say) -> None:
    if len(table.rows) >= _MOST_ROWS:
        raise ValueError(f"table {table.key}: {len(table.rows)} rows do not fit in a sheet")
    for place, column in enumerate(table.columns):
        _write_text(sheet, (0, place), column.title, looks, looks.heading)
    for number, row in enumerate(table.rows, start=1):
        for place, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write_cell(sheet, (number, place), cell, column, looks)
    for place in range(len(table.columns)):
        sheet.set_column(place, place, _width(table, place, say))
    sheet.freeze_panes(1, 1)
    if table.columns:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_cell(
    sheet: Worksheet, at: tuple[int, int], cell: Cell, column: Column, looks: _Looks
) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        _write_text(sheet, at, cell, looks, looks.text)
    elif isinstance(cell, datetime):
        sheet.write_datetime(*at, cell.replace(tzinfo=None), looks.moment)
    elif isinstance(cell, date):
        sheet.write_datetime(*at, datetime.combine(cell, time()), looks.day)
    elif math.isfinite(cell):
        scaled = cell / _SCALES[column.unit] if column.unit in _SCALES else cell
        sheet.write_number(*at, scaled, looks.by_unit[column.unit])
    else:
        raise ValueError(f"column {column.key}: a value is no number")


def _write_text(
    sheet: Worksheet, at: tuple[int, int], text: str, looks: _Looks, look: Format
) -> None:
    """Write a text; what would be a formula if it were typed in keeps being text when edited."""
    kept = _fit_for_xml(text[:_LONGEST_TEXT])
    is_safe = look is looks.heading or safe_cell(kept) == kept
    sheet.write_string(*at, kept, look if is_safe else looks.quoted)


def _fit_for_xml(text: str) -> str:
    """Put a sign of its own for each that no XML file may hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _width(table: Table, place: int, say: Say) -> int:
    column = table.columns[place]
    title = max(map(len, column.title.split()), default=0)
    cells = (len(value_text(row[place], column.unit, say)) for row in table.rows[:_MEASURED_ROWS])
    least, most = _WIDTHS
    return min(most, max(least, title + 4, *cells, 0) + 2)


def _counted(
    report: Report, tables: Sequence[Table], names: Sequence[str], say: Say
) -> Iterable[tuple[str, str]]:
    yield say("Rapport"), report.title
    yield say("Period"), span_text(report, say)
    yield say("Räknat"), made_text(report)
    for line in report.lines:
        yield "", line
    for table, name in zip(tables, names, strict=False):
        for note in table.notes:
            yield name, note


def _write_how(sheet: Worksheet, lines: Iterable[tuple[str, str]], looks: _Looks) -> None:
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 100)
    for number, line in enumerate(lines):
        for place, text in enumerate(line):
            _write_text(sheet, (number, place), text, looks, looks.text)
