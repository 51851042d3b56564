"""Signs in a text, and how they are found while hardly any of their patterns is tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from string import ascii_lowercase

_MOST_MATCHES = 20

_START = 4
_LETTERS = re.compile(r"[a-z]+")
_LETTERS_ALONE = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))
"""Makes a blank of every byte that is no letter."""
_OPTIONAL = re.compile(r"(?:\\[bd](?:\{[\d,]{1,5}\})?| \?|\(\?:[^()]*\)\?)*")
_EDGES = re.compile(r"(?:\\b)*")
_LITERAL = re.compile(r"(?:[a-z0-9@ %-](?![?*{]))*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """Wordings that speak for spam, or against it."""

    weight: int
    code: str
    patterns: tuple[str, ...]

    def wordings(self, text: str) -> Iterator[str]:
        """Yield what matches, with repeats, at most `_MOST_MATCHES`."""
        matches = compiled("|".join(self.patterns)).finditer(text)
        return (match[0] for match in islice(matches, _MOST_MATCHES))


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return what finds a pattern at the beginning of a word."""
    return re.compile(rf"(?<!\w)(?:{pattern})")


class Signs:
    """Signs, filed so that hardly any pattern is tried on a mail.

    Every match of a pattern holds a literal near its start, and that literal the start of a
    word: first the text is asked for the start, then for the literal, then for the pattern,
    only where the literal stands if each match begins with it.
    """

    def __init__(self, *signs: Sign) -> None:
        self.signs = signs
        self._filed: dict[bytes, list[tuple[str, bool, str, Sign]]] = {}
        for sign in signs:
            for pattern in sign.patterns:
                first = _begins_with_literal(pattern)
                for literal in _beginnings(pattern):
                    entry = (literal, first, pattern, sign)
                    self._filed.setdefault(_start(literal), []).append(entry)
        self._starts = frozenset(self._filed)

    def seen(self, text: str, starts: frozenset[bytes]) -> list[Sign]:
        """Return the signs that are there, in order; `starts` as from `starts_of`."""
        seen = {
            sign.code
            for start in self._starts & starts
            for literal, first, pattern, sign in self._filed[start]
            if literal in text and _is_in(text, pattern, literal if first else "")
        }
        return [sign for sign in self.signs if sign.code in seen] if seen else []


def _is_in(text: str, pattern: str, literal: str) -> bool:
    """Tell whether a pattern matches somewhere; each match begins with the literal, if any."""
    regex = compiled(pattern)
    if not literal:
        return regex.search(text) is not None
    at = text.find(literal)
    while at >= 0:
        if regex.match(text, at):
            return True
        at = text.find(literal, at + 1)
    return False


def sign(weight: int, code: str, *patterns: str) -> Sign:
    """Return a sign; its wordings as regular expressions over folded text."""
    return Sign(weight=weight, code=code, patterns=patterns)


def starts_of(text: str) -> frozenset[bytes]:
    """Return the first letters of each word of a folded text, and the empty start."""
    words = text.encode().translate(_LETTERS_ALONE).split()
    return frozenset([b"", *[word[:_START] for word in words]])


def _start(literal: str) -> bytes:
    """Return the start of the first word of a literal; nothing where it may go on otherwise."""
    word = _LETTERS.search(literal)
    if word is None or (word.end() == len(literal) and len(word[0]) < _START):
        return b""
    return word[0][:_START].encode()


def _begins_with_literal(pattern: str) -> bool:
    """Tell whether nothing but the edge of a word may stand before the literal."""
    return _end(_OPTIONAL, pattern) == _end(_EDGES, pattern)


def _beginnings(pattern: str) -> Iterator[str]:
    """Yield literals of which every match holds one; the empty one where there is none."""
    pattern = pattern[_end(_OPTIONAL, pattern) :]
    choices, rest = _first_group(pattern)
    for choice in choices:
        literal = choice[: _end(_LITERAL, choice)]
        yield literal + rest[: _end(_LITERAL, rest)] if literal == choice else literal


def _first_group(pattern: str) -> tuple[list[str], str]:
    """Split a pattern that begins with a group into the group's choices and what follows."""
    if not pattern.startswith("(?:"):
        return [pattern], ""
    choices, depth, start = [], 0, 3
    for index, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        if depth == 0 or (depth == 1 and char == "|"):
            choices.append(pattern[start:index])
            start = index + 1
        if depth == 0:
            break
    return choices, pattern[start:]


def _end(matcher: re.Pattern[str], text: str) -> int:
    found = matcher.match(text)
    return found.end() if found else 0
