"""Transfer encodings that are broken, unknown, or not what they claim."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import (
    BODY,
    SAYS,
    SUBJECT,
    Family,
    HostileMail,
    b64,
    mail,
    quoted_printable,
)

_B64 = base64.b64encode(BODY.encode())
_UNPADDED = base64.b64encode((BODY + "slut").encode()).rstrip(b"=")
_WHOLE = base64.b64encode(BODY.encode() + b" " * (-len(BODY.encode()) % 3))
_CASES: tuple[tuple[str, str, bytes, str | None, Fault | None], ...] = (
    ("base64-on-one-line", "base64", _B64, SAYS, None),
    ("base64-without-padding", "base64", _UNPADDED, SAYS, None),
    ("base64-cut-after-one-letter", "base64", _WHOLE + b"Q", SAYS, Fault.BAD_ENCODING),
    ("base64-that-is-plain-text", "base64", BODY.encode(), SAYS, Fault.BAD_ENCODING),
    (
        "base64-then-a-plain-footer",
        "base64",
        b64(BODY) + "\n-- \nListan åäö!".encode(),
        SAYS,
        Fault.BAD_ENCODING,
    ),
    (
        "base64-with-blanks-in-lines",
        "base64",
        b" ".join(_B64[i : i + 7] for i in range(0, len(_B64), 7)),
        SAYS,
        None,
    ),
    ("base64-in-two-pieces", "base64", b64("Hej! ") + b64(BODY), "Hej!", None),
    ("base64-of-nothing", "base64", b"", None, Fault.NO_TEXT),
    ("base64-only-padding", "base64", b"====", None, Fault.NO_TEXT),
    ("base64-in-capitals", "BASE64", b64(BODY), SAYS, None),
    ("base64-with-blanks-around", "  base64  ", b64(BODY), SAYS, None),
    ("base64-of-zeros", "base64", b64(b"\0" * 3000), None, None),
    ("quoted-printable-cut", "quoted-printable", quoted_printable(BODY) + b"=C", SAYS, None),
    (
        "quoted-printable-of-nonsense",
        "quoted-printable",
        quoted_printable(BODY) + b"=ZZ=\xff==",
        SAYS,
        None,
    ),
    (
        "quoted-printable-lower-case",
        "quoted-printable",
        quoted_printable(BODY).replace(b"=C3=A5", b"=c3=a5"),
        SAYS,
        None,
    ),
    ("quoted-printable-raw-8bit", "quoted-printable", BODY.encode(), SAYS, None),
    (
        "quoted-printable-blanks-at-line-ends",
        "quoted-printable",
        quoted_printable(BODY).replace(b"\n", b"  \n"),
        SAYS,
        None,
    ),
    ("quoted-printable-one-long-line", "quoted-printable", b"=C3=A5" * 20_000, "å" * 100, None),
    ("encoding-unknown", "x-hemlig", BODY.encode(), SAYS, Fault.BAD_ENCODING),
    ("encoding-uuencode", "x-uuencode", b"begin 644 a\n#2&5J\n`\nend\n", None, Fault.BAD_ENCODING),
    ("encoding-empty", "", BODY.encode(), SAYS, None),
    ("encoding-of-nonsense", "\xff;=?", BODY.encode(), SAYS, Fault.BAD_ENCODING),
    ("encoding-7bit-but-8bit", "7bit", BODY.encode(), SAYS, None),
    ("encoding-binary", "binary", BODY.encode(), SAYS, None),
    (
        "uuencoded-text",
        "7bit",
        BODY.encode() + b"\nbegin 644 faktura.pdf\n#2&5J\n`\nend\n",
        SAYS,
        None,
    ),
    (
        "yenc-text",
        "8bit",
        BODY.encode() + b"\n=ybegin line=128 size=3 name=a\n\x8f\x90\n=yend",
        SAYS,
        None,
    ),
    (
        "nul-bytes-in-the-text",
        "8bit",
        SAYS.replace("faktura", "fak\x00tura").encode(),
        SAYS,
        Fault.NUL_BYTES,
    ),
    ("form-feed-in-the-text", "8bit", (BODY + "\x0cSida 2").encode(), "Sida 2", None),
    ("no-text-but-blanks", "8bit", b" \r\n\t\r\n", None, Fault.NO_TEXT),
)


def mails() -> Iterator[HostileMail]:
    """Yield mail whose transfer encoding is broken."""
    for name, encoding, body, says, fault in _CASES:
        yield HostileMail(
            name=name,
            family=Family.TRANSFER_ENCODING,
            content=mail(
                "Content-Type: text/plain; charset=utf-8",
                f"Content-Transfer-Encoding: {encoding}",
                body=body,
            ),
            subject=SUBJECT,
            says=says,
            fault=fault,
        )
    yield HostileMail(
        name="encoding-twice",
        family=Family.TRANSFER_ENCODING,
        content=mail(
            "Content-Transfer-Encoding: base64",
            "Content-Transfer-Encoding: 8bit",
            body=b64(BODY),
        ),
        says=SAYS,
    )
