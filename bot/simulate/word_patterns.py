"""The words that a text with slots is found by: those that never change once, the rest as it comes.

What `bot.language.search_words` says of the whole text, put together of what it says of its
parts. A word that goes on into a slot has no part of its own; such a text is read as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from bot.language.search_words import LONGEST, SHORTEST, entry_words

_SLOT: Final = re.compile(r"%\((\w+)\)s")
_GOES_ON: Final = re.compile(r"[^\W_]%\(\w+\)s|%\(\w+\)s[^\W_]|%\(\w+\)s%\(")
_MARKS: Final = (".", " ")
"""At which names, places and amounts are parted: so there are few different parts."""
_REMEMBERED: Final = 10_000


class WordPattern:
    """Knows the words of a text with slots, each ``%(name)s``."""

    __slots__ = ("_parts", "_whole")

    def __init__(self, pattern: str) -> None:
        pieces = _SLOT.split(pattern)
        self._whole = pattern if _GOES_ON.search(pattern) else None
        self._parts = [
            (entry_words(piece.replace("%%", "%")).split(), name)
            for piece, name in zip(pieces[::2], [*pieces[1::2], None], strict=True)
        ]

    def fill(self, values: Mapping[str, str]) -> str:
        """Return what `entry_words` does of the text with some values."""
        if self._whole is not None:
            return entry_words(self._whole % values)
        found: list[str] = []
        for words, name in self._parts:
            found += words
            if name is not None:
                found += _words_of(values[name])
        return " ".join(dict.fromkeys(found))


def _words_of(value: str) -> tuple[str, ...]:
    if value.isascii() and value[-1:].isdigit() and value.isalnum() and len(value) <= LONGEST:
        return (value.lower(),) if len(value) >= SHORTEST else ()  # no word that is left out
    for mark in _MARKS:
        head, found, tail = value.partition(mark)
        if found:
            return *_words_of(head), *_words_of(tail)
    return _known_words(value)


@lru_cache(maxsize=_REMEMBERED)
def _known_words(value: str) -> tuple[str, ...]:
    return tuple(entry_words(value).split())
