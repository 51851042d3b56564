"""Packed texts: how what people write lies in a SQLite file, a fourth of its length.

Mails, letters and what triage says of them are short and much alike, so that each is packed
with the help of a text that all of them resemble: ``packing.txt``, which holds words of our own
letters, heads of mails and names of rules. What has been packed needs the same bytes to be
unpacked: that file is never changed (tests/store/test_packing.py holds it to its sum); a better
one would be a second file, with a mark of its own.

What is a line long (a subject, who wrote to whom, what an event tells) has a way of its own:
the help is ``packing_short.txt``, a fourth as long and so twice as fast, and no mark stands
before it. One of the three lowest bits of the first byte is always set (they tell how zlib
packs); a better help would have a mark with none of them.

PostgreSQL packs what is long by itself, and gets everything as it is.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib import resources
from typing import Final

PACKED: Final = b"\x01"
PLAIN: Final = b"\x00"
"""Marks before bytes; bytes with neither were stored before there were marks."""
MOST: Final = 1_000_000
"""Bytes; what is longer is mostly attachments, which hardly shrink, and stays as it is."""
SHORTEST: Final = 40
"""Letters or bytes; what is shorter stays as it is."""
_WINDOW: Final = -14
"""The text that helps fits in it; negative for bare data, without head and sum."""
_MEMORY: Final = 5
SHORTEST_LINE: Final = 12
"""Letters; what is shorter stays as it is."""
_SHORT_WINDOW: Final = -12
_SHORT_MEMORY: Final = 3
_HOW: Final = 0b111


def pack_text(text: str) -> str | bytes:
    """Return a text as it is stored: packed, or itself where that is no longer."""
    if not SHORTEST <= len(text) <= MOST:
        return text
    content = text.encode()
    packed = _packed(content)
    return packed if len(packed) < len(content) else text


def unpack_text(stored: str | bytes) -> str:
    """Return the text that `pack_text` stored, or that lay there before there was packing."""
    return stored if isinstance(stored, str) else _unpacked(stored).decode()


def pack_short(text: str) -> str | bytes:
    """Return a line as it is stored: packed, or itself where that is no longer."""
    if not SHORTEST_LINE <= len(text) <= MOST:
        return text
    content = text.encode()
    packer = _short_begun().copy()
    packed = packer.compress(content) + packer.flush()
    return packed if packed[0] & _HOW and len(packed) < len(content) else text


def unpack_short(stored: str | bytes) -> str:
    """Return the line that `pack_short` stored, or that lay there before there was packing."""
    if isinstance(stored, str):
        return stored
    return zlib.decompressobj(_SHORT_WINDOW, zdict=short_helping_text()).decompress(stored).decode()


def pack_bytes(content: bytes) -> bytes:
    """Return bytes as they are stored: packed, or themselves, where needed with a mark."""
    if SHORTEST <= len(content) <= MOST:
        packed = _packed(content)
        if len(packed) < len(content):
            return packed
    return PLAIN + content if content[:1] in (PLAIN, PACKED) else content


def unpack_bytes(stored: bytes) -> bytes:
    """Return the bytes that `pack_bytes` stored."""
    mark = stored[:1]
    if mark == PACKED:
        return _unpacked(stored)
    return stored[1:] if mark == PLAIN else stored


@cache
def helping_text() -> bytes:
    """Return the text that what is packed resembles."""
    return resources.files(__package__).joinpath("packing.txt").read_bytes()


@cache
def short_helping_text() -> bytes:
    """Return the text that lines resemble."""
    return resources.files(__package__).joinpath("packing_short.txt").read_bytes()


@cache
def _short_begun() -> zlib._Compress:
    return zlib.compressobj(
        6, zlib.DEFLATED, _SHORT_WINDOW, _SHORT_MEMORY, zdict=short_helping_text()
    )


@cache
def _begun() -> zlib._Compress:
    """Return a packer that has read the helping text; copying it is faster than reading again."""
    return zlib.compressobj(6, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=helping_text())


def _packed(content: bytes) -> bytes:
    packer = _begun().copy()
    return PACKED + packer.compress(content) + packer.flush()


def _unpacked(stored: bytes) -> bytes:
    return zlib.decompressobj(_WINDOW, zdict=helping_text()).decompress(stored[1:])
