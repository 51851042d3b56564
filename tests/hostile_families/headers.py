"""Line ends, folding, missing blank lines and other faults of the header block."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import (
    BODY,
    ENCODED_SUBJECT,
    SAYS,
    SUBJECT,
    Family,
    HostileMail,
    mail,
    to_bytes,
)

_PLAIN = mail("Content-Type: text/plain; charset=utf-8")
_LF = _PLAIN.replace(b"\r\n", b"\n")


def mails() -> Iterator[HostileMail]:
    """Yield mail with a damaged header block."""
    for name, content in (_line_ends() | _blocks() | _lines()).items():
        yield HostileMail(
            name=name, family=Family.HEADER, content=content, subject=SUBJECT, says=SAYS
        )
    yield HostileMail(
        name="header-name-in-utf-8",
        family=Family.HEADER,
        content=mail("X-Före: 1", "Ämne: hej"),
        says=SAYS,
    )
    yield HostileMail(
        name="only-headers",
        family=Family.HEADER,
        content=mail().partition(b"\r\n\r\n")[0],
        subject=SUBJECT,
        fault=Fault.NO_TEXT,
    )
    yield HostileMail(
        name="only-a-subject",
        family=Family.HEADER,
        content=f"Subject: {ENCODED_SUBJECT}".encode(),
        subject=SUBJECT,
        fault=Fault.NO_SENDER,
    )
    yield HostileMail(
        name="two-thousand-headers",
        family=Family.HEADER,
        content=mail(*(f"X-{number}: {number}" for number in range(2000))),
        subject=SUBJECT,
        says=SAYS,
        fault=Fault.TOO_MANY_HEADERS,
    )
    yield HostileMail(
        name="headers-of-two-megabytes",
        family=Family.HEADER,
        content=mail(*("X-Long: " + "x" * 20_000 for _ in range(100))),
        subject=SUBJECT,
        says=SAYS,
        fault=Fault.TOO_MANY_HEADERS,
    )


def _line_ends() -> dict[str, bytes]:
    return {
        "line-feeds-only": _LF,
        "carriage-returns-only": _LF.replace(b"\n", b"\r"),
        "carriage-returns-and-one-line-feed-last": _LF.replace(b"\n", b"\r") + b"\n",
        "carriage-returns-in-the-head": _LF.partition(b"\n\n")[0].replace(b"\n", b"\r")
        + b"\r\r"
        + BODY.encode(),
        "two-carriage-returns-a-line": _LF.replace(b"\n", b"\r\r\n"),
        "crlf-head-and-lf-body": _PLAIN.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + BODY.encode(),
        "lf-head-and-crlf-body": _LF.partition(b"\n\n")[0] + b"\n\n" + to_bytes(BODY),
        "no-line-end-at-the-end": _PLAIN.rstrip(),
        "carriage-return-in-the-blank-line": _LF.replace(b"\n\n", b"\n\r\n", 1),
    }


def _blocks() -> dict[str, bytes]:
    head, _, body = _LF.partition(b"\n\n")
    return {
        "mbox-first-line": b"From eva.ek@stad.example Wed Jan 17 09:14:00 2018\n" + _LF,
        "mbox-first-line-quoted": b">From eva.ek@stad.example Wed Jan 17 09:14:00 2018\n" + _LF,
        "mbox-line-among-headers": _LF.replace(b"\nDate:", b"\n>From eva Wed Jan 17\nDate:", 1),
        "blank-lines-first": b"\r\n\r\n" + _PLAIN,
        "byte-order-mark-first": b"\xef\xbb\xbf" + _PLAIN,
        "no-blank-line": head + b"\n" + body,
        "stray-line-among-headers": _LF.replace(b"\nSubject:", b"\nfortsatt\nSubject:", 1),
        "stray-html-among-headers": _LF.replace(b"\nSubject:", b"\n<br>\nSubject:", 1),
        "continuation-first": b" fortsatt\n" + _LF,
    }


def _lines() -> dict[str, bytes]:
    return {
        "space-before-the-colon": _LF.replace(b"Subject:", b"Subject :"),
        "no-space-after-the-colon": _LF.replace(b": ", b":"),
        "capital-header-names": _LF.replace(b"Subject:", b"SUBJECT:").replace(b"From:", b"FROM:"),
        "header-without-name": mail(": tomt"),
        "header-without-value": mail("X-Empty:"),
        "header-of-one-long-line": mail("X-Long: " + "x" * 300_000),
        "header-folded-ten-thousand-times": mail("X-Folded: a" + "\r\n b" * 10_000),
        "header-name-of-ten-thousand-letters": mail("X-" + "y" * 10_000 + ": 1"),
        "nul-in-a-header-name": mail(b"X-N\x00L: 1"),
        "tabs-in-folds": mail("References: <a@b.example>\r\n\t\t<c@d.example>"),
        "vertical-tab-in-a-header": mail(b"X-Odd: a\x0bb\x0cc"),
        "content-type-twice": mail("Content-Type: text/plain", "Content-Type: multipart/mixed"),
        "headers-in-another-order": b"Received: x\r\nX-A: 1\r\n" + _PLAIN,
        "received-without-date": mail("Received: from a by b"),
        "received-with-a-future-date": mail("Received: by a; Mon, 1 Jan 2096 00:00:00 +0000"),
        "received-fifty-times": mail(
            *(f"Received: by x{n}; Wed, 17 Jan 2018 09:14:00 +0100" for n in range(50))
        ),
    }
