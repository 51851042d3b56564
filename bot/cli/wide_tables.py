"""Tables on a narrow screen: their text folds, and columns that have no room stand below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich import table

_AROUND: Final = 3
"""Characters of a column beside its text: padding and a border."""


class Table(table.Table):
    """A table that loses nothing: what is too wide for its column goes on below."""

    def add_column(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - as rich has them
        """Add a column as rich does; unless it may not wrap, its text folds."""
        if not options.get("no_wrap"):
            options.setdefault("overflow", "fold")
        super().add_column(*args, **options)

    def fill(
        self, part: Sequence[int], headings: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> None:
        """Add some columns, as `parts` has them, and all rows; numbers stand to the right."""
        for index in part:
            self.add_column(headings[index], justify="right" if index else "left")
        for row in rows:
            self.add_row(*(row[index] for index in part))


def parts(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> Iterator[tuple[int, ...]]:
    """Yield the columns of each part that a table is cut into, by index, from left to right.

    The first column stands in every part, since it says what a row is of. Headings break between
    words, cells do not; a column that is too wide all the same has a part of its own.

    Args:
        width: Of the screen, in characters.
    """
    wide = [_least(index, headings, rows) + _AROUND for index in range(len(headings))]
    first = min(wide[0], width // 2) + 1
    part, left = [0], width - first
    for index in range(1, len(headings)):
        if wide[index] > left and len(part) > 1:
            yield tuple(part)
            part, left = [0], width - first
        part.append(index)
        left -= wide[index]
    yield tuple(part)


def _least(index: int, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    words = (len(word) for word in headings[index].split())
    return max([*words, *(len(row[index]) for row in rows)], default=0)
