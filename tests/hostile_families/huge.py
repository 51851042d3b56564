"""Mail of a size that no person writes; a megabyte or so each, to keep the tests quick."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import (
    BODY,
    SAYS,
    SUBJECT,
    TEXT_PART,
    Family,
    HostileMail,
    b64,
    mail,
    multipart,
    part,
)

_TO = ", ".join(f"Namn {number} <namn{number}@stad.example>" for number in range(20_000))


def mails() -> Iterator[HostileMail]:
    """Yield mail that is too much of something."""
    attached = part(
        "Content-Type: application/zip",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename=bomb.zip",
        body=b64(b"\0" * 1_500_000),
    )
    bomb_header, bomb = multipart(TEXT_PART, attached)
    cases: tuple[tuple[str, bytes, Fault | None], ...] = (
        ("twenty-thousand-recipients", mail(f"To: {_TO}"), Fault.TOO_MANY_ADDRESSES),
        ("hundred-thousand-headers", mail(*["A: b"] * 100_000), Fault.TOO_MANY_HEADERS),
        ("two-million-letters", mail(body=BODY + "hej " * 500_000), Fault.TEXT_TRUNCATED),
        ("one-line-of-a-megabyte", mail(body=BODY + "x" * 1_000_000), Fault.TEXT_TRUNCATED),
        ("hundred-thousand-lines", mail(body=BODY + "> hej\n" * 100_000), None),
        ("hundred-thousand-blank-lines", mail(body=BODY + "\n" * 100_000), None),
        ("hundred-thousand-boundaries", _boundaries(), Fault.BAD_BOUNDARY),
        ("attachment-of-zeros", mail(bomb_header, body=bomb), None),
        ("references-of-a-megabyte", mail("References: " + "<a@b.example> " * 70_000), None),
        ("thousand-received-lines", mail(*["Received: by a"] * 980), None),
    )
    for name, content, fault in cases:
        yield HostileMail(
            name=name,
            family=Family.HUGE,
            content=content,
            subject=SUBJECT if name != "hundred-thousand-headers" else None,
            says=SAYS,
            fault=fault,
        )


def _boundaries() -> bytes:
    header, _ = multipart(boundary="a")
    return mail(header, body=b"--a\n" + TEXT_PART + b"\n--ab" * 100_000)
