"""Text that is fit for Slack: nothing in it is read as a mention, a link or formatting.

Slack has no way to escape its formatting marks, so a zero-width space stands beside each. Lengths
are counted as Slack counts them, in UTF-16 units and after escaping.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

ELLIPSIS: Final = "…"
_ZERO: Final = "\u200b"
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKS: Final = frozenset("*_~`")
_EMOJI: Final = re.compile(r":(?=[\w+'-]{1,80}:)")
"""Where a code such as ``:fire:`` begins."""
_QUOTES: Final = frozenset(">•")
"""Signs that begin a quotation or a list at the start of a line."""
_LONGEST_CLUSTER: Final = 32
_JOINER: Final = "\u200d"


def tidy(text: str) -> str:
    """Return text without what only steers a screen: control signs, turned writing, half signs.

    Line breaks stay, at most two in a row; other blanks become one space.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = [" ".join("".join(map(_shown, line)).split()) for line in lines]
    return "\n".join(_without_gaps(cleaned)).strip()


def one_line(text: str) -> str:
    """Return text tidied, on one line."""
    return " ".join(tidy(text).split())


def clip(text: str, most: int) -> str:
    """Return as much of a text as fits, with an ellipsis where something was left out.

    A sign is never cut from the accents and joiners that belong to it.
    """
    return _fitting(text, list(text), most)


def escaped(text: str, most: int = 3000) -> str:
    """Return text for mrkdwn, tidied, escaped, and clipped to `most` as Slack counts."""
    clean = tidy(text)
    return _fitting(clean, _pieces(clean), most)


def size(text: str) -> int:
    """Return how long Slack counts a text, which is in UTF-16 units."""
    return len(text) + sum(sign > "\uffff" for sign in text)


def joined(parts: Iterable[str | None], between: str = " · ") -> str:
    """Return the parts that say something, side by side."""
    return between.join(part for part in parts if part)


def _shown(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cs":
        return "\ufffd"
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if category == "Cf" and sign != _JOINER:
        return ""
    return "" if category in ("Co", "Cn") else sign


def _without_gaps(lines: Iterable[str]) -> Iterator[str]:
    before = ""
    for line in lines:
        if line or before:
            yield line
        before = line


def _pieces(text: str) -> list[str]:
    """Return each sign as it is sent."""
    found = []
    emoji = {match.start() for match in _EMOJI.finditer(text)}
    before = "\n"
    for at, sign in enumerate(text):
        piece = _ENTITIES.get(sign, sign)
        if sign in _MARKS or at in emoji:
            piece = f"{_ZERO}{sign}{_ZERO}"
        elif before == "\n" and sign in _QUOTES:
            piece = _ZERO + piece
        found.append(piece)
        before = sign
    return found


def _fitting(text: str, pieces: list[str], most: int) -> str:
    """Return the pieces of a text that fit; each piece belongs to one sign."""
    if sum(map(size, pieces)) <= most:
        return "".join(pieces)
    room = most - size(ELLIPSIS)
    kept = 0
    for piece in pieces:
        room -= size(piece)
        if room < 0:
            break
        kept += 1
    kept = _at_boundary(text, kept)
    return "".join(pieces[:kept]).rstrip() + ELLIPSIS if most >= size(ELLIPSIS) else ""


def _at_boundary(text: str, end: int) -> int:
    """Return the nearest end before one that would cut a sign from its accents."""
    for at in range(end, max(0, end - _LONGEST_CLUSTER), -1):
        if at >= len(text) or not (_belongs_to_before(text[at]) or text[at - 1] == _JOINER):
            return at
    return end


def _belongs_to_before(sign: str) -> bool:
    return (
        sign == _JOINER
        or unicodedata.category(sign) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
    )
