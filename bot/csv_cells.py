"""Cells of a CSV file that a spreadsheet shows and never computes.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and a
formula can fetch a page or start a program. Such a cell gets an apostrophe before it.
Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
"""What Excel needs at the start of a file to read it as UTF-8."""

_APOSTROPHE: Final = "'"
_STARTS_FORMULA: Final = frozenset("=+-@＝＋－＠﹢﹣﹦﹫−")
_LINE_STARTS: Final = frozenset("\t\r\n")
_SKIPPED: Final = "\x00\ufeff\u200b\u200c\u200d\u2060"
"""What some programs drop from the start of a cell, beside blanks."""

Cell = str | int | date | None


def safe_cell(value: Cell) -> str:
    """Return what to write in a cell: text that cannot become a formula.

    Numbers and dates stay as they are, also negative ones; None is an empty cell. A text that
    begins with an apostrophe gets another, so that `plain_cell` gives back every text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return str(value)
    return _APOSTROPHE + value if _needs_apostrophe(value) else value


def plain_cell(cell: str) -> str:
    """Return the text that `safe_cell` made a cell of."""
    return cell.removeprefix(_APOSTROPHE)


def csv_text(rows: Iterable[Sequence[Cell]], *, separator: str = ";") -> str:
    """Return rows as the text of a CSV file, every cell safe; lines end in CR LF.

    The separator is a semicolon unless said otherwise, since a Swedish Excel expects it. A cell
    with separators, quotes or line breaks stands in quotes (RFC 4180).
    """
    written = StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return written.getvalue()


def _needs_apostrophe(text: str) -> bool:
    if text[:1] == _APOSTROPHE or text[:1] in _LINE_STARTS:
        return True
    first = next((sign for sign in text if not sign.isspace() and sign not in _SKIPPED), "")
    return first in _STARTS_FORMULA
