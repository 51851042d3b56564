"""How a text with slots is packed: what never changes in it once, what fills a slot as it comes.

What `bot.store.packing` unpacks, put together of pieces of bits: one block of deflate with fixed
codes (RFC 1951, 3.2.6). A part that never changes refers to the helping text; how far back depends
on how long the text before it is, so that each part is written once for each such length. What
fills a slot is written letter by letter. That takes a fifth of the time, and is no longer than
what zlib finds as long as little fills the slots.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from bot.store.packing import (
    PACKED,
    SHORTEST,
    SHORTEST_LINE,
    helping_text,
    pack_short,
    pack_text,
    short_helping_text,
)

Bits = tuple[int, int, int]
"""Bits, the first one lowest; how many there are; and of how many bytes."""

_BEGIN: Final = (0b011, 3)
"""The head of the last block, of fixed codes; its end is seven zeros."""
_END: Final = 7
_SHORTEST, _LONGEST = 3, 258
_STEP: Final = 16
_TRIED: Final = 8
"""Places of the helping text that are looked at for the longest run of bytes."""
_USUAL_PLACE: Final = 100
_FEW: Final = frozenset({"by", "domain", "mail_day", "opening", "place", "to"})
"""Slots that are filled with few different values, which may refer to the helping text."""
_SLOT: Final = re.compile(r"%\((\w+)\)s")
_LENGTHS: Final = (
    *range(3, 11), *range(11, 19, 2), *range(19, 35, 4), *range(35, 67, 8), *range(67, 131, 16),
    *range(131, 258, 32), 258,
)  # fmt: skip
_LENGTH_EXTRA: Final = (*(0,) * 8, *(each for each in range(1, 6) for _ in range(4)), 0)
_DISTANCE_EXTRA: Final = (0, 0, *(each for each in range(14) for _ in range(2)))
_DISTANCES: Final = tuple(1 + sum(1 << extra for extra in _DISTANCE_EXTRA[:n]) for n in range(30))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packing:
    """One of the ways in which `bot.store.packing` packs.

    Attributes:
        mark: Before what is packed.
        helping: The text that it refers to.
        farthest: How many bytes back it can refer.
        shortest: What has fewer letters stays as it is.
    """

    mark: bytes
    helping: bytes
    farthest: int
    shortest: int
    pack: Callable[[str], str | bytes]


@cache
def of_texts() -> Packing:
    """Return how texts are packed."""
    helping = helping_text()
    return Packing(mark=PACKED, helping=helping, farthest=16_384, shortest=SHORTEST, pack=pack_text)


@cache
def of_lines() -> Packing:
    """Return how lines are packed."""
    helping = short_helping_text()
    return Packing(
        mark=b"", helping=helping, farthest=4_096, shortest=SHORTEST_LINE, pack=pack_short
    )


class Values(dict[str, str]):
    """What fills the slots of some texts; once one of these is packed, its slots stay filled.

    Slots with few values (`_FEW`) can be filled anew.

    Attributes:
        letters: What fills a slot, letter by letter, as far as it has been asked for.
    """

    __slots__ = ("letters",)

    def __init__(
        self, values: Mapping[str, str], letters: Mapping[str, Bits] | None = None
    ) -> None:
        super().__init__(values)
        self.letters: dict[str, Bits] = {} if letters is None else dict(letters)

    def write(self, name: str) -> Bits:
        """Return what fills a slot, letter by letter."""
        found = self.letters[name] = written(self[name])
        return found


class PackedPattern:
    """A text with slots, each ``%(name)s``, as a SQLite file holds it."""

    __slots__ = ("_always", "_begun", "_parts", "_pattern", "_repeats", "_way")

    def __init__(self, pattern: str, way: Packing) -> None:
        pieces = [piece.replace("%%", "%") for piece in _SLOT.split(pattern)]
        self._pattern = pattern
        self._way = way
        self._always = way.pack(pieces[0]) if len(pieces) == 1 else None
        first = "" if len(pieces) == 1 else pieces[0]
        bits, count, length = _Part(first.encode(), way).at(0)
        self._begun = _BEGIN[0] | bits << _BEGIN[1], _BEGIN[1] + count, length
        names = pieces[1::2]
        self._parts = [
            (name, name in _FEW, _Part(piece.encode(), way))
            for name, piece in zip(names, pieces[2::2], strict=True)
        ]
        self._repeats = len({name.rpartition("_")[2] for name in names}) < len(names)

    def fill(self, values: Values) -> str | bytes:
        """Return the text with some values, packed, or itself where that is no longer."""
        if self._always is not None:
            return self._always
        bits, count, length = self._filled(values, {} if self._repeats else None)
        size = (count + _END + 7) // 8
        if length < self._way.shortest or size + len(self._way.mark) >= length:
            return self._pattern % values
        return self._way.mark + bits.to_bytes(size, "little")

    def _filled(self, values: Values, said: dict[str, int] | None) -> Bits:
        """Return all that stands in the text.

        Args:
            said: Where each value stands is noted here, so that it is referred to later; None
                where no two slots can hold the same.
        """
        bits, count, place = self._begun
        letters = values.letters
        for name, is_of_few, part in self._parts:
            if is_of_few:
                more, many, length = _few(values[name], self._way).at(place)
            else:
                more, many, length = letters.get(name) or values.write(name)
            if said is not None:
                before = said.setdefault(values[name], place)
                if before != place and _SHORTEST <= length <= _LONGEST:
                    more, many = _again(length, place - before)
            bits |= more << count
            count += many
            place += length
            since, until, more, step, many = part.span
            if not since <= place < until:
                since, until, more, step, many = part.span_at(place)
            bits |= more + place * step << count
            count += many
            place += part.length
        return bits, count, place


def texts_of(*patterns: str) -> Iterator[PackedPattern]:
    """Yield patterns of texts."""
    return (PackedPattern(pattern, of_texts()) for pattern in patterns)


def lines_of(*patterns: str) -> Iterator[PackedPattern]:
    """Yield patterns of lines."""
    return (PackedPattern(pattern, of_lines()) for pattern in patterns)


def written(text: str) -> Bits:
    """Return a text letter by letter."""
    if text.isascii():
        length = len(text)
        return int.from_bytes(text.encode().translate(_ASCII), "little"), 8 * length, length
    return _foreign_letters(text)


@lru_cache(maxsize=5_000)
def _foreign_letters(text: str) -> Bits:
    content = text.encode()
    return *_literals(content), len(content)


def _literals(content: bytes) -> tuple[int, int]:
    bits = count = 0
    for byte in content:
        bits |= _LITERALS[byte][0] << count
        count += _LITERALS[byte][1]
    return bits, count


@lru_cache(maxsize=5_000)
def _few(text: str, way: Packing) -> _Part:
    return _Part(text.encode(), way)


def _again(length: int, back: int) -> tuple[int, int]:
    """Return what repeats so many bytes from so far back."""
    bits, count = _LENGTH_CODES[length]
    more, many = _distance_code(back)
    return bits | more << count, count + many


class _Part:
    """Bytes that never change, which refer to the helping text.

    As far as the codes of its distances stay the same, the bits after them count with the place.

    Attributes:
        span: The one that was asked for last.
    """

    __slots__ = ("_content", "_farthest", "_runs", "_spans", "length", "span")

    def __init__(self, content: bytes, way: Packing) -> None:
        self._content = content
        self._farthest = way.farthest
        self._runs = _cheapest(content, way.helping)
        self._spans: list[_Span] = []
        self.length = len(content)
        self.span = _NOWHERE

    def at(self, place: int) -> Bits:
        """Return what stands after so many bytes."""
        _, _, bits, step, count = self.span_at(place)
        return bits + place * step, count, self.length

    def span_at(self, place: int) -> _Span:
        """Return the span of a place, which is `span` from now on."""
        for span in self._spans:
            if span[0] <= place < span[1]:
                self.span = span
                return span
        self.span = self._new_span(place)
        self._spans.append(self.span)
        return self.span

    def _new_span(self, place: int) -> _Span:
        content = self._content
        bits = step = count = 0
        since, until = 0, self._farthest
        for at, length, back in self._runs:
            if length == 1:
                more, many = _LITERALS[content[at]]
            elif back > 0:
                more, many = _again(length, back)
            elif place - back <= self._farthest:
                more, many = _again(length, place - back)
                first, last, extra = _same_code(place - back)
                since, until = max(since, first + back), min(until, last + 1 + back)
                step |= 1 << count + many - extra
            else:
                more, many = _literals(content[at : at + length])
                since = max(since, self._farthest + back + 1)
            bits |= more << count
            count += many
        return since, until, bits - place * step, step, count


_Span = tuple[int, int, int, int, int]
"""From how many bytes before a part on, and below how many, its bits are what: what they would be
without any, what each byte adds, and how many bits they are."""
_NOWHERE: Final[_Span] = (0, 0, 0, 0, 0)
_Run = tuple[int, int, int]
"""Where in a part a run of bytes begins, how long it is, and how far back the same bytes stand:
in the part itself, or else, as a negative number, in the helping text with nothing in between. A
run of one byte stands for itself."""


def _cheapest(content: bytes, helping: bytes) -> list[_Run]:
    """Return the runs that make the fewest bits, of letters and the longest run at each place."""
    size = len(content)
    best: list[tuple[int, _Run]] = [(0, (size, 0, 0))] * (size + 1)
    for at in range(size - 1, -1, -1):
        cost = _LITERALS[content[at]][1] + best[at + 1][0]
        best[at] = (cost, (at, 1, 0))
        length, back = _longest(content, at, helping)
        if length >= _SHORTEST:
            codes = _again(length, back if back > 0 else _USUAL_PLACE - back)[1]
            if codes + best[at + length][0] < cost:
                best[at] = (codes + best[at + length][0], (at, length, back))
    runs, at = [], 0
    while at < size:
        runs.append(best[at][1])
        at += best[at][1][1]
    return runs


def _longest(content: bytes, at: int, helping: bytes) -> tuple[int, int]:
    """Return the longest run that stands in the helping text or earlier in the part."""
    begin = content[at : at + _SHORTEST]
    found, back = 0, 0
    start = content.rfind(begin, 0, at + _SHORTEST - 1) if len(begin) == _SHORTEST else -1
    if start >= 0:
        found, back = _common(content, at, content, start), at - start
    for start in _places(helping).get(begin, ()):
        if content[at : at + found + 1] == helping[start : start + found + 1]:
            found = _common(content, at, helping, start)
            back = start - len(helping) - at
    return found, back


def _common(content: bytes, at: int, other: bytes, start: int) -> int:
    most = min(_LONGEST, len(content) - at, len(other) - start)
    length = 0
    while (
        length + _STEP <= most
        and content[at + length : at + length + _STEP]
        == other[start + length : start + length + _STEP]
    ):
        length += _STEP
    while length < most and content[at + length] == other[start + length]:
        length += 1
    return length


@cache
def _places(helping: bytes) -> Mapping[bytes, list[int]]:
    """Return where each three bytes stand in the helping text, the last places first."""
    found: dict[bytes, list[int]] = {}
    for start in range(len(helping) - _SHORTEST, -1, -1):
        places = found.setdefault(helping[start : start + _SHORTEST], [])
        if len(places) < _TRIED:
            places.append(start)
    return found


@cache
def _distance_code(distance: int) -> tuple[int, int]:
    code = bisect_right(_DISTANCES, distance) - 1
    extra = distance - _DISTANCES[code]
    return _reversed(code, 5) | extra << 5, 5 + _DISTANCE_EXTRA[code]


def _same_code(distance: int) -> tuple[int, int, int]:
    """Return the smallest and the largest distance of the same code, and its further bits."""
    code = bisect_right(_DISTANCES, distance) - 1
    first, extra = _DISTANCES[code], _DISTANCE_EXTRA[code]
    return first, first + (1 << extra) - 1, extra


def _length_code(length: int) -> tuple[int, int]:
    code = bisect_right(_LENGTHS, length) - 1
    bits, count = _code(257 + code)
    return bits | (length - _LENGTHS[code]) << count, count + _LENGTH_EXTRA[code]


def _code(symbol: int) -> tuple[int, int]:
    """Return the fixed code of a symbol, its first bit lowest; RFC 1951, 3.2.6."""
    if symbol < 144:
        return _reversed(0x30 + symbol, 8), 8
    if symbol < 256:
        return _reversed(0x190 + symbol - 144, 9), 9
    return (
        (_reversed(symbol - 256, 7), 7) if symbol < 280 else (_reversed(0xC0 + symbol - 280, 8), 8)
    )


def _reversed(value: int, count: int) -> int:
    return int(f"{value:0{count}b}"[::-1], 2)


_LITERALS: Final = tuple(_code(byte) for byte in range(256))
_ASCII: Final = bytes(_LITERALS[byte][0] if byte < 128 else 0 for byte in range(256))
_LENGTH_CODES: Final = {length: _length_code(length) for length in range(_SHORTEST, _LONGEST + 1)}
