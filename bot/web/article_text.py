"""The words of an article as a page shows them: paragraphs and lists, never markup."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Final

_ITEM: Final = "- "


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Lines that belong together.

    Attributes:
        is_list: Each is an item of a list; else there is one, the whole paragraph.
    """

    is_list: bool
    lines: tuple[str, ...]


def paragraphs(passage: str) -> tuple[Paragraph, ...]:
    """Return a passage in paragraphs and lists; a line that continues an item belongs to it."""
    found: list[tuple[bool, str]] = []
    for line in passage.split("\n"):
        is_item = line.startswith(_ITEM)
        words = line.removeprefix(_ITEM).strip()
        if is_item or not found:
            found.append((is_item, words))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {words}")
    return tuple(
        Paragraph(is_list=is_list, lines=tuple(words for _, words in group))
        for is_list, group in groupby(found, key=lambda one: one[0])
    )
