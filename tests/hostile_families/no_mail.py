"""Bytes that are no mail at all."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import SAYS, Family, HostileMail

_CASES: tuple[tuple[str, bytes, str | None, Fault], ...] = (
    ("empty", b"", None, Fault.EMPTY),
    ("only-line-ends", b"\r\n\r\n\n\n\r", None, Fault.EMPTY),
    ("only-blanks", b"   \t  ", None, Fault.EMPTY),
    ("only-a-byte-order-mark", b"\xef\xbb\xbf", None, Fault.EMPTY),
    ("only-an-mbox-line", b"From eva Wed Jan 17 09:14:00 2018\n", None, Fault.EMPTY),
    ("one-byte", b"x", "x", Fault.NOT_MAIL),
    ("one-nul", b"\0", None, Fault.NUL_BYTES),
    ("thousand-nuls", b"\0" * 1000, None, Fault.NUL_BYTES),
    ("swedish-text", SAYS.encode(), SAYS, Fault.NOT_MAIL),
    ("swedish-text-in-latin-1", SAYS.encode("latin-1"), SAYS, Fault.NOT_MAIL),
    ("text-with-colons", f"Hej: {SAYS}\nMvh: Eva".encode(), SAYS, Fault.NOT_MAIL),
    ("json", b'{"subject": "Hej", "body": "Anst\\u00e5nd"}', "subject", Fault.NOT_MAIL),
    ("html-file", f"<html><body><p>{SAYS}</p></body></html>".encode(), SAYS, Fault.NOT_MAIL),
    ("pdf-file", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "%PDF", Fault.NOT_MAIL),
    ("png-file", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), None, Fault.NOT_MAIL),
    ("zip-file", b"PK\x03\x04" + bytes(range(255, 0, -1)), None, Fault.NOT_MAIL),
    ("outlook-file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, None, Fault.NUL_BYTES),
    ("every-byte", bytes(range(256)) * 20, None, Fault.NUL_BYTES),
    ("only-colons", b":" * 5000, ":::", Fault.NOT_MAIL),
    ("only-dashes", b"--\n" * 5000, "--", Fault.NOT_MAIL),
    ("an-smtp-dialogue", b"250 ok\r\nMAIL FROM:<a@b.example>\r\n", "MAIL FROM", Fault.NOT_MAIL),
    ("an-http-request", b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET /", Fault.NOT_MAIL),
)


def mails() -> Iterator[HostileMail]:
    """Yield bytes that no mail client wrote."""
    for name, content, says, fault in _CASES:
        yield HostileMail(
            name=f"no-mail-{name}", family=Family.NO_MAIL, content=content, says=says, fault=fault
        )
