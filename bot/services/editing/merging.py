"""Two changes of one file, made apart, put together line by line where they do not meet."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

_MOST_LINES: Final = 6_000

_Edit = tuple[int, int, Sequence[bytes]]
"""Lines of the base from one to before another, and what stands in their place."""


def merged(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> bytes | None:
    """Return a file with both changes; None where they touch the same lines, or lines that meet.

    Args:
        base: What both began with.
    """
    if base is None or ours is None or theirs is None:
        return None
    lines = base.splitlines(keepends=True)
    if len(lines) > _MOST_LINES:
        return None
    edits = sorted({*_edits(lines, ours), *_edits(lines, theirs)})
    found: list[bytes] = []
    reached = -1
    for start, end, new in edits:
        if start <= reached:
            return None
        found += [*lines[max(reached, 0) : start], *new]
        reached = end
    return b"".join([*found, *lines[max(reached, 0) :]])


def _edits(lines: list[bytes], changed: bytes) -> list[_Edit]:
    new = changed.splitlines(keepends=True)
    matcher = SequenceMatcher(a=lines, b=new, autojunk=False)
    return [
        (i, i_end, tuple(new[j:j_end]))
        for tag, i, i_end, j, j_end in matcher.get_opcodes()
        if tag != "equal"
    ]
