"""Tables typed into a mail: a heading, and below it values in columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.language.tokens import WORD
from bot.triage.reading import Text

_MOST_ROWS = 60
_ASIDE = 14
"""Characters by which a value may stand beside its heading."""
_SEPARATORS = (";", "|", "\t")
_BETWEEN = (*_SEPARATORS, "  ")
_CELL = re.compile(r"[^\s|;]+")
_COLUMNS = re.compile(r"\t| {2,}|\s?\|\s?|;")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The values of one column.

    Attributes:
        starts: Where they begin in the text.
        rows: Where the lines of the table begin and end, whether they have a value or not.
    """

    starts: frozenset[int]
    rows: tuple[tuple[int, int], ...]

    def passes_by(self, place: int) -> bool:
        """Tell whether a place lies in the table but not at a value of the column."""
        return place not in self.starts and any(first <= place < last for first, last in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """A heading: its place in the line, and what stands between columns, if anything does."""

    place: int
    separator: str
    column: int


_NO_COLUMN = Column(starts=frozenset(), rows=())


def column_under(text: Text, heads: Callable[[Sequence[str]], int | None]) -> Column:
    """Find the values below a heading.

    Args:
        heads: Given the words of a line, tells which of them heads the column; None for none.

    A line is a heading only where it has several columns and no digit; the table ends at an
    empty line or one without digits.
    """
    if not any(sign in text.folded for sign in _BETWEEN):
        return _NO_COLUMN
    found: set[int] = set()
    lines: list[tuple[int, int]] = []
    head: _Head | None = None
    rows = 0
    at = 0
    for line in text.folded.split("\n"):
        begin, at = at, at + len(line) + 1
        if not any(map(str.isdigit, line)):
            head, rows = _heading(line, heads), 0
            continue
        if head is None or rows >= _MOST_ROWS:
            continue
        rows += 1
        lines.append((begin, at))
        nearest = _value_under(head, line)
        if nearest is not None:
            found.add(begin + nearest)
    return Column(starts=frozenset(found), rows=tuple(lines))


def _heading(line: str, heads: Callable[[Sequence[str]], int | None]) -> _Head | None:
    if not _COLUMNS.search(line.strip()):
        return None
    places = list(WORD.finditer(line))
    index = heads([match.group() for match in places])
    if index is None:
        return None
    place = places[index].start()
    separator = next((sign for sign in _SEPARATORS if sign in line), "")
    return _Head(
        place=place, separator=separator, column=line.count(separator, 0, place) if separator else 0
    )


def _value_under(head: _Head, line: str) -> int | None:
    """Return where the value of a column begins in a line: by its separators, or by place."""
    if head.separator and head.separator in line:
        cells = line.split(head.separator)
        if head.column >= len(cells):
            return None
        before = sum(len(cell) + 1 for cell in cells[: head.column])
        cell = cells[head.column]
        return before + len(cell) - len(cell.lstrip())
    starts = [match.start() for match in _CELL.finditer(line)]
    nearest = min(starts, key=lambda start: abs(start - head.place), default=None)
    return nearest if nearest is not None and abs(nearest - head.place) <= _ASIDE else None
