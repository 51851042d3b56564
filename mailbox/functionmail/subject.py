"""Subjects: prefixes that clients put first, [tags], and our own case reference.

Knows the reply and forward prefixes of Swedish, English, German, Finnish, Danish,
Norwegian and a few other clients. Says nothing about what a tag means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Flag, auto
from functools import lru_cache

from functionmail.message import CaseReference

_LONGEST = 1000
"""Characters of a subject that are looked at; RFC 5322 allows 998 on a line."""

_MOST_PREFIXES = 50


class _Prefix(Flag):
    REPLY = auto()
    FORWARD = auto()
    MARKER = auto()


_WORDS: Mapping[str, _Prefix] = {
    # Swedish, and what Danish and Norwegian share with it
    "sv": _Prefix.REPLY,
    "svar": _Prefix.REPLY,
    "vb": _Prefix.FORWARD,
    "vidarebefordrat": _Prefix.FORWARD,
    # English
    "re": _Prefix.REPLY,
    "reply": _Prefix.REPLY,
    "fw": _Prefix.FORWARD,
    "fwd": _Prefix.FORWARD,
    # German, Dutch
    "aw": _Prefix.REPLY,
    "antw": _Prefix.REPLY,
    "antwort": _Prefix.REPLY,
    "wg": _Prefix.FORWARD,
    "doorst": _Prefix.FORWARD,
    # Finnish "vastaus" is a reply, Danish and Norwegian "videresendt" a forward
    "vs": _Prefix.REPLY | _Prefix.FORWARD,
    "vl": _Prefix.FORWARD,
    # Further off: French, Italian, Spanish
    "tr": _Prefix.FORWARD,
    "r": _Prefix.REPLY,
    "rv": _Prefix.FORWARD,
}

_MARKERS = frozenset(
    {
        "ext",
        "extern",
        "extern avsändare",
        "extern e-post",
        "external",
        "external e-mail",
        "external email",
        "external mail",
        "external sender",
        "externt",
        "externt mail",
        "externt mejl",
        "externt meddelande",
        "externe mail",
        "ekstern",
        "eksternt",
        "ulkoinen",
    }
)
"""What a mail gateway writes in brackets before mail from outside."""

_PREFIX = re.compile(r"([^\W\d_]{1,15})\.? ?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})? ?[:\uff1a] ?")
_MARKER = re.compile(r"(?:\[([^\[\]]{1,24})\]|\(([^()]{1,24})\)|\*{1,3}([^*]{1,24})\*{1,3}) ?:? ?")
_BRACKETED = re.compile(r"\[([^\[\]]{1,60})\]|\{([^{}]{1,60})\}|\(([^\W\d_]{2,5})\)")
_DASH = r" ?[-\u2010-\u2013] ?"
_REFERENCE = re.compile(
    rf"(?<![\w-])#? ?(20[0-9]{{2}}){_DASH}([0-9]{{1,9}}){_DASH}([A-Za-z][A-Za-z0-9])(?![\w-])"
)

_BRACKETED_REFERENCE = re.compile(rf"\[? ?{_REFERENCE.pattern} ?\]?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One piece of a subject.

    Attributes:
        text: Without brackets and outer spaces; never empty.
        bracketed: True for ``[KR]``, ``{KR}`` and ``(KR)``, False for the text between.
    """

    text: str
    bracketed: bool


def strip_prefixes(subject: str) -> str:
    """Return the subject without SV:, VB:, Re:, FW: and marks of outside mail.

    Chains such as ``SV: VB: Re[2]:`` go, in any case and with a space before the colon.
    White space, also that of line folding, becomes single spaces. Stripping twice
    changes nothing more. A subject that holds nothing else becomes the empty string.
    """
    return _peel(subject)[0]


def is_reply(subject: str) -> bool:
    """Tell whether a client marked the subject as an answer.

    ``VS:`` is an answer in Finnish and a forward in Danish and Norwegian, so it counts
    as both.
    """
    return _Prefix.REPLY in _peel(subject)[1]


def is_forward(subject: str) -> bool:
    """Tell whether a client marked the subject as forwarded; for ``VS:`` see `is_reply`."""
    return _Prefix.FORWARD in _peel(subject)[1]


def tags(subject: str) -> tuple[Tag, ...]:
    """Split a subject into its bracketed tags and the text between them, in order.

    Prefixes, marks of outside mail and our own case reference are not tags. Round
    brackets count only around two to five letters, since people use them for asides.
    """
    rest = _REFERENCE.sub(" ", strip_prefixes(subject))
    found: list[Tag] = []
    at = 0
    for match in _BRACKETED.finditer(rest):
        _add(found, rest[at : match.start()], bracketed=False)
        _add(found, match[1] or match[2] or match[3], bracketed=True)
        at = match.end()
    _add(found, rest[at:], bracketed=False)
    return tuple(found)


def without_references(subject: str) -> str:
    """Return a subject without our own case references, which nobody has written.

    Their check letters may look like the code of a tag: ``[#2018-000123-kr]``.
    """
    return _BRACKETED_REFERENCE.sub(" ", subject[:_LONGEST])


def case_reference(subject: str) -> CaseReference | None:
    """Read the first case reference ``[#2018-000123-k7]``, or None.

    Lost brackets, lost leading zeros, capital letters and line folding are forgiven.
    The check letters are read, not verified.
    """
    match = _REFERENCE.search(_one_line(subject))
    if match is None or int(match[2]) == 0:
        return None
    return CaseReference(year=int(match[1]), serial=int(match[2]), check=match[3].lower())


def _one_line(subject: str) -> str:
    return " ".join(subject[:_LONGEST].split())


def _peel(subject: str) -> tuple[str, _Prefix]:
    return _peeled(subject[:_LONGEST])


@lru_cache(maxsize=64)
def _peeled(subject: str) -> tuple[str, _Prefix]:
    rest = _one_line(subject)
    seen = _Prefix(0)
    for _ in range(_MOST_PREFIXES):
        length, prefix = _first_prefix(rest)
        if not length:
            break
        seen |= prefix
        rest = rest[length:]
    return rest.strip(), seen


def _first_prefix(text: str) -> tuple[int, _Prefix]:
    """Return how long the prefix at the start is, and what it means; 0 for none."""
    match = _PREFIX.match(text)
    if match and (prefix := _WORDS.get(match[1].lower())):
        return match.end(), prefix
    match = _MARKER.match(text)
    if match and (match[1] or match[2] or match[3]).strip().lower() in _MARKERS:
        return match.end(), _Prefix.MARKER
    return 0, _Prefix(0)


def _add(found: list[Tag], text: str, *, bracketed: bool) -> None:
    trimmed = text.strip(" -\u2013\u2014:,;/|") if not bracketed else text.strip()
    if trimmed.strip("[]{}()# "):
        found.append(Tag(text=trimmed, bracketed=bracketed))
