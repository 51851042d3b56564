"""What differs between two texts, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

_AROUND: Final = 3
_MOST_LINES: Final = 6_000
"""Beyond this, lines are compared one against the other in order, which is quick."""


class LineKind(StrEnum):
    """What became of a line."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    GAP = "gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a difference; a gap stands for lines that are alike and left out.

    Attributes:
        before, after: Its number in each text, from 1; None where it is not in it.
    """

    kind: LineKind
    text: str = ""
    before: int | None = None
    after: int | None = None


def difference(before: bytes | None, after: bytes | None) -> tuple[Line, ...]:
    """Return the lines that differ, each with a few around it; empty where nothing does."""
    return tuple(_lines(_split(before), _split(after)))


def _split(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", errors="replace").splitlines()


def _lines(old: list[str], new: list[str]) -> Iterator[Line]:
    if len(old) + len(new) > _MOST_LINES:
        yield from _in_bulk(old, new)
        return
    reached = 0
    for group in SequenceMatcher(a=old, b=new, autojunk=False).get_grouped_opcodes(_AROUND):
        if group[0][1] > reached:
            yield Line(kind=LineKind.GAP)
        for tag, i, i_end, j, j_end in group:
            if tag == "equal":
                for n in range(i_end - i):
                    yield Line(
                        kind=LineKind.SAME, text=old[i + n], before=i + n + 1, after=j + n + 1
                    )
                continue
            for n in range(i, i_end):
                yield Line(kind=LineKind.GONE, text=old[n], before=n + 1)
            for n in range(j, j_end):
                yield Line(kind=LineKind.NEW, text=new[n], after=n + 1)
        reached = group[-1][2]


def _in_bulk(old: list[str], new: list[str]) -> Iterator[Line]:
    """Leave out what is alike at both ends, and show the rest as gone and new."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    for n in range(start, len(old) - end):
        yield Line(kind=LineKind.GONE, text=old[n], before=n + 1)
    for n in range(start, len(new) - end):
        yield Line(kind=LineKind.NEW, text=new[n], after=n + 1)
