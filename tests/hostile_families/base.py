"""What a hostile mail is, and the pieces that the families are made of."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum

from functionmail.message import Fault

SUBJECT = "Förfrågan om anstånd"
SAYS = "Ägaren på Åland önskar anstånd med faktura 40012345, förfallodatum 2018-01-31."
BODY = f"Hej!\n\n{SAYS}\n\nTack på förhand\n"
ENCODED_SUBJECT = "=?utf-8?q?F=C3=B6rfr=C3=A5gan_om_anst=C3=A5nd?="


class Family(StrEnum):
    """What is wrong, roughly."""

    CHARSET = "charset"
    ENCODED_WORD = "encoded_word"
    HEADER = "header"
    ADDRESS = "address"
    STRUCTURE = "structure"
    TRANSFER_ENCODING = "transfer_encoding"
    HTML = "html"
    SEALED = "sealed"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    HUGE = "huge"
    NO_MAIL = "no_mail"
    HOSTILE_NAME = "hostile_name"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileMail:
    """One mail with one fault, and what must still be read of it.

    Attributes:
        subject: The whole subject, where it must be read.
        says: Words that the body must hold.
        fault: A fault that must be listed.
        action: What the delivery report must say; None where there must be no report.
    """

    name: str
    content: bytes
    family: Family
    subject: str | None = None
    says: str | None = None
    fault: Fault | None = None
    action: str | None = None


def to_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8")


def mail(*headers: str | bytes, body: str | bytes = BODY, usual: bool = True) -> bytes:
    """Return a mail with CRLF line ends.

    Args:
        usual: Put From, To, Subject, Date and Message-ID in front, but not those that
            are given.
    """
    given = {to_bytes(line).partition(b":")[0].strip().lower() for line in headers}
    before = [line for line in _USUAL if usual and line.partition(b":")[0].lower() not in given]
    head = b"\r\n".join([*before, *map(to_bytes, headers)])
    return head + b"\r\n\r\n" + crlf(to_bytes(body))


_USUAL = (
    b"From: Eva Ek <eva.ek@utb.bjorkholm.example>",
    b"To: Kundreskontra <kundreskontra@exempelstad.example>",
    f"Subject: {ENCODED_SUBJECT}".encode(),
    b"Date: Wed, 17 Jan 2018 09:14:00 +0100",
    b"Message-ID: <20180117.hostile@utb.bjorkholm.example>",
    b"MIME-Version: 1.0",
)


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def b64(raw: str | bytes) -> bytes:
    return base64.encodebytes(to_bytes(raw))


def quoted_printable(raw: str | bytes) -> bytes:
    return binascii.b2a_qp(to_bytes(raw))


def part(*headers: str | bytes, body: str | bytes = BODY) -> bytes:
    return b"\n".join(map(to_bytes, headers)) + b"\n\n" + to_bytes(body)


TEXT_PART = part("Content-Type: text/plain; charset=utf-8")
HTML_PART = part(
    "Content-Type: text/html; charset=utf-8", body=f"<html><body><p>{SAYS}</p></body></html>"
)


def multipart(
    *parts: bytes, kind: str = "mixed", boundary: str = "gräns".encode().hex(), closed: bool = True
) -> tuple[str, bytes]:
    """Return the Content-Type header and the body of a multipart."""
    line = f"\n--{boundary}\n".encode()
    body = b"".join(line + one for one in parts)
    end = f"\n--{boundary}--\n".encode() if closed else b""
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"', body + end
