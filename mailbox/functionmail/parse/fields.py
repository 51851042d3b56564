"""Header fields with a structure: addresses, message ids, dates and parameters.

They are taken apart first and their words decoded afterwards, so that an encoded word
cannot smuggle in a comma, an angle bracket or a second address. All are read in linear
time and nothing raises; what cannot be read is left out and told as a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache, wraps
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import unquote_to_bytes

from functionmail import decode
from functionmail.message import Address, Fault

MAX_ADDRESSES = 200
"""Addresses that are kept of one header."""

MAX_IDS = 100
"""Message ids that are kept of one header: the last ones, nearest to this mail."""

MAX_NAME = 300
"""Characters that are kept of a display name or a file name."""

MAX_PARAMETERS = 100
"""Parameters that are read of one header."""

_LONGEST_REMEMBERED = 300
_REMEMBERED = 2_000
_T = TypeVar("_T")


def _remembered(read: Callable[[str | bytes], _T]) -> Callable[[str | bytes], _T]:
    """Let a reader of header values remember the short ones; what it returns is shared.

    Most mail goes to few mailboxes, in few forms, and much comes from who has written before.
    """
    known = lru_cache(maxsize=_REMEMBERED, typed=True)(read)

    @wraps(read)
    def look_up(value: str | bytes) -> _T:
        return known(value) if len(value) <= _LONGEST_REMEMBERED else read(value)

    return look_up


# Possessive, and closed or not: a quoted string or comment is taken from its start, so
# that no start is tried twice. An encoded word counts as one token: senders put commas into it.
_ADDRESS_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,40}\?[BbQq]\?[^?\s]*\?=)"
    r'|"(?P<quoted>(?:[^"\\]++|\\.?+)*+)"?'
    r"|\((?P<comment>(?:[^()\\]++|\\.?+)*+)\)?"
    r"|<(?P<angle>[^<>]*)>?"
    r"|(?P<mark>[,;:])"
    r'|(?P<text>[^"(<,;:=]+|.)',
    re.DOTALL,
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ATOM = r"[^\s@<>(),;:\"\[\]\\]"
_ADDRESS = re.compile(rf"{_ATOM}{{1,64}}@(?:{_ATOM}{{1,255}}|\[[0-9A-Fa-f:.]{{2,60}}\])")
_LOOKALIKE = re.compile(rf"(?<!@)(?<!{_ATOM}){_ATOM}{{1,64}}+@{_ATOM}{{1,255}}+(?!@)")


class _Entry:
    """One entry of an address header while it is read."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angle: str | None = None
        self.has_address = False
        """True once an address has been seen, so that a comma ends the entry."""

    def add(self, words: str) -> None:
        self.words.append(words)
        self.has_address = self.has_address or "@" in words

    def is_empty(self) -> bool:
        return self.angle is None and not "".join(self.words).strip(" ,\t\r\n")

    def address(self) -> Address | None:
        """Return the address with its name, or None where there is no usable address."""
        words = "".join(self.words).split()
        written = self.angle
        if written is None:
            written = next((word for word in reversed(words) if "@" in word), "")
            words = [word for word in words if word != written]
        address = decode.header("".join(written.split())).strip("'\".").lower()
        address = address.removeprefix("mailto:")
        if not _ADDRESS.fullmatch(address):
            return None
        name = decode.header(" ".join(words or self.comments)).strip("'\", ")
        return Address(name=name[:MAX_NAME], address=address)


def _entries(value: str) -> Iterator[_Entry]:
    """Yield the entries of an address list (RFC 5322, section 3.4), read leniently.

    A comma in a name without quotation marks ("Ek, Eva <eva@…>") does not end the entry.
    """
    entry = _Entry()
    for match in _ADDRESS_TOKEN.finditer(value):
        token = match[match.lastgroup or 0]
        match match.lastgroup:
            case "mark" if token == ":":
                entry.words.clear()
            case "mark" if token == ";" or entry.has_address:
                yield entry
                entry = _Entry()
            case "angle":
                entry.angle, entry.has_address = token, True
            case "comment":
                entry.comments.append(_QUOTED_PAIR.sub(r"\1", token))
            case "quoted":
                entry.add(_QUOTED_PAIR.sub(r"\1", token))
            case _:
                entry.add(token)
    yield entry


@_remembered
def addresses(value: str | bytes) -> tuple[tuple[Address, ...], tuple[Fault, ...]]:
    """Read an address header, at most `MAX_ADDRESSES` entries of it, good or bad.

    Groups ("undisclosed-recipients:;") are dissolved. Where nothing can be read by the
    grammar, whatever looks like an address is taken, without a name.
    """
    characters, _ = decode.undecoded(value)
    found: list[Address] = []
    faults: list[Fault] = []
    entries = (entry for entry in _entries(characters) if not entry.is_empty())
    for number, entry in enumerate(entries):
        if number == MAX_ADDRESSES:
            faults.append(Fault.TOO_MANY_ADDRESSES)
            break
        if address := entry.address():
            found.append(address)
        else:
            faults.append(Fault.BAD_ADDRESS)
    if not found and faults:
        lookalikes = _LOOKALIKE.findall(decode.header(value))
        found = [Address(address=one.strip("'.").lower()) for one in lookalikes[:MAX_ADDRESSES]]
    return tuple(found), tuple(dict.fromkeys(faults))


_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>@]{1,500}@[^\s<>@]{1,500}")


def ids(value: str) -> tuple[str, ...]:
    """Return the message ids in a decoded header, without brackets, the last `MAX_IDS`.

    White space inside an id goes: Outlook folds long ones. A single id without brackets
    is accepted.
    """
    found = ["".join(one.split()) for one in _ID.findall(value)]
    if not found and _BARE_ID.fullmatch(value.strip()):
        found = [value.strip()]
    return tuple(dict.fromkeys(one for one in found[-MAX_IDS:] if one))


def instant(value: str) -> datetime | None:
    """Return the instant of a Date header in UTC, or None where it cannot be read.

    A time without a zone ("-0000") is taken as UTC (RFC 5322, section 3.3).
    """
    try:
        read = parsedate_to_datetime(value[:200])
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]++|\\.?+)*+)"?|([^;]*))', re.DOTALL)
_SEGMENT = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


@_remembered
def parameters(value: str | bytes) -> tuple[str, Mapping[str, str]]:
    """Take apart a Content-Type or Content-Disposition header.

    Returns:
        The value before the first semicolon and the parameters, names in lower case.
        Long and non-ASCII values are put together again (RFC 2231, sections 3 and 4);
        encoded words, which many senders use instead, are decoded.
    """
    characters, _ = decode.undecoded(value)
    main = " ".join(characters.partition(";")[0].split()).lower()
    plain: dict[str, str] = {}
    segments: dict[str, list[tuple[int, bool, str]]] = {}
    for number, match in enumerate(_PARAMETER.finditer(characters)):
        if number == MAX_PARAMETERS:
            break
        name, quoted, bare = match.groups()
        written = bare.strip() if quoted is None else _QUOTED_PAIR.sub(r"\1", quoted)
        segment = _SEGMENT.fullmatch(name.lower())
        if segment and (segment[2] or segment[3]):
            part = (int(segment[2] or 0), bool(segment[3]), written)
            segments.setdefault(segment[1], []).append(part)
        else:
            plain.setdefault(name.lower(), decode.header(written))
    joined = {name: _join_segments(parts) for name, parts in segments.items()}
    return main, MappingProxyType(plain | joined)


def _join_segments(parts: list[tuple[int, bool, str]]) -> str:
    """Put a parameter together again that was cut or percent-encoded (RFC 2231)."""
    charset = None
    raw = b""
    for number, (_, encoded, written) in enumerate(sorted(parts)):
        if not encoded:
            raw += written.encode("utf-8", "replace")
            continue
        if number == 0 and written.count("'") >= 2:
            charset, _, written = written.split("'", 2)
        raw += unquote_to_bytes(written)
    return " ".join(decode.text(raw, charset)[0].split())
