"""Words and sentences of a folded text, with their places in it."""

from __future__ import annotations

import re
from typing import NamedTuple

WORD = re.compile(r"[^\W\d_]+|\d+")
_PLAIN_WORD = re.compile(r"[A-Za-z]+|[0-9]+")
"""Finds the same in ASCII, in half the time."""
# The one sign that begins every break stands first: what does not have it is skipped at once.
_BREAK = re.compile(
    r"[.!?…,;\n](?:(?<=[.!?…])[.!?…]*(?=[\s\"')\]]|$)"
    r"|(?<=,)\s(?=(?:men|utan|but|however|fast|dock)\s)"
    r"|(?<=\n)(?:\s*\n)?|(?<=;))"
)
_ABBREVIATIONS = frozenset(
    (
        "a", "bl", "t", "s", "k", "ex", "dvs", "osv", "mfl", "resp", "ang", "enl", "fr", "ca", "kl",
        "nr", "inkl", "exkl", "moms", "tel", "fakt", "f", "o", "m", "d", "v", "st", "max", "min",
        "tom", "from", "forf", "ffd", "ff", "bet", "pga",
        "feb", "jan", "mar", "apr", "jun", "jul", "aug", "sep", "sept",
        "okt", "nov", "dec", "e", "g", "i", "no", "inv",
    )
)  # fmt: skip
_ORDINAL = re.compile(r"\d:$")
"""Stands before the letter of a numeral, as in den 15:e."""
_MAX_WORDS = 60
"""A sentence without a full stop is cut here, so that words far apart do not make a rule."""
_WRAPPED = 55
"""A line at least this long, followed by a lower-case one, goes on in the next line."""


class Sentence(NamedTuple):
    """A stretch of folded text that is read as one statement.

    Attributes:
        start, end: Place in the folded (and the readable) text.
        words: Runs of letters and runs of digits, in order.
        question: It ends with a question mark.
    """

    start: int
    end: int
    words: tuple[str, ...]
    question: bool


def words(folded: str) -> list[str]:
    """Return runs of letters and runs of digits, in order."""
    return _pattern_for(folded).findall(folded)


def _pattern_for(folded: str) -> re.Pattern[str]:
    return _PLAIN_WORD if folded.isascii() else WORD


def sentences(folded: str, original: str | None = None) -> list[Sentence]:
    """Split folded text into sentences.

    A line break ends a sentence unless the line was plainly wrapped: long, without a full
    stop, and the next one begins with a small letter in `original`.
    """
    found: list[Sentence] = []
    start = 0
    shown = original if original is not None else folded
    for match in _BREAK.finditer(folded):
        mark = match.group()
        if mark == "." and _is_abbreviation(folded, match.start()):
            continue
        if mark == "\n" and _is_wrapped(shown, folded, match.start(), start):
            continue
        _add(found, folded, start, match.end(), "?" in mark)
        start = match.end()
    _add(found, folded, start, len(folded), False)
    return found


def _is_abbreviation(folded: str, at: int) -> bool:
    begin = at
    while begin > 0 and at - begin < 6 and folded[begin - 1].isalpha():
        begin -= 1
    word = folded[begin:at]
    if word:
        return word in _ABBREVIATIONS and not _ORDINAL.search(folded, max(0, begin - 3), begin)
    rest = folded[at + 1 : at + 12].lstrip()
    return bool(rest) and rest[:3] in _MONTHS


_MONTHS = frozenset(
    (
        "jan",
        "feb",
        "mar",
        "apr",
        "maj",
        "jun",
        "jul",
        "aug",
        "sep",
        "okt",
        "nov",
        "dec",
        "may",
        "oct",
    )
)


def _is_wrapped(shown: str, folded: str, at: int, start: int) -> bool:
    line = folded.rfind("\n", start, at)
    length = at - (line + 1 if line >= 0 else start)
    following = shown[at + 1 : at + 2]
    return length >= _WRAPPED and (following.islower() or following.isdigit())


def _add(found: list[Sentence], folded: str, start: int, end: int, question: bool) -> None:
    listed = _pattern_for(folded).findall(folded, start, end)
    if not listed:
        return
    if len(listed) <= _MAX_WORDS:
        found.append(Sentence(start, end, tuple(listed), question))
        return
    spots = [match.start() for match in WORD.finditer(folded, start, end)]
    for first in range(0, len(listed), _MAX_WORDS):
        last = min(first + _MAX_WORDS, len(listed))
        stop = spots[last] if last < len(spots) else end
        found.append(
            Sentence(
                spots[first], stop, tuple(listed[first:last]), question and last == len(listed)
            )
        )
