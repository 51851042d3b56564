"""Encoded words and raw bytes in header values, above all in the subject."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import ENCODED_SUBJECT, SAYS, SUBJECT, Family, HostileMail, mail

_B64 = base64.b64encode(SUBJECT.encode()).decode()

_SUBJECTS: tuple[tuple[str, str | bytes, str | None, Fault | None], ...] = (
    ("base64-word", f"=?utf-8?B?{_B64}?=", SUBJECT, None),
    ("lower-case-b", f"=?utf-8?b?{_B64}?=", SUBJECT, None),
    ("base64-word-without-padding", f"=?utf-8?B?{_B64.rstrip('=')}?=", SUBJECT, None),
    ("latin-1-q-word", "=?iso-8859-1?Q?F=F6rfr=E5gan_om_anst=E5nd?=", SUBJECT, None),
    (
        "language-in-a-word",
        "=?utf-8*sv?q?F=C3=B6rfr=C3=A5gan?= om anst=?utf-8*sv?q?=C3=A5nd?=",
        SUBJECT,
        None,
    ),
    ("spaces-in-a-word", "=?utf-8?q?F=C3=B6rfr=C3=A5gan om anst=C3=A5nd?=", SUBJECT, None),
    ("question-mark-in-a-word", "=?utf-8?q?F=C3=B6rsenad??=", "Försenad?", None),
    ("raw-utf-8-in-a-word", "=?utf-8?q?Förfrågan_om_anstånd?=", SUBJECT, Fault.RAW_8BIT_HEADER),
    (
        "words-cut-in-a-character",
        "=?utf-8?q?F=C3?=\r\n =?utf-8?q?=B6rfr=C3?=\r\n\t=?utf-8?q?=A5gan_om_anst=C3=A5nd?=",
        SUBJECT,
        None,
    ),
    (
        "base64-words-cut-in-a-character",
        "=?utf-8?B?RsM=?= =?utf-8?B?tnJmcsOlZ2FuIG9tIGFuc3TDpW5k?=",
        SUBJECT,
        None,
    ),
    (
        "words-in-two-charsets",
        "=?utf-8?q?F=C3=B6rfr=C3=A5gan_?= =?iso-8859-1?q?om_anst=E5nd?=",
        SUBJECT,
        None,
    ),
    (
        "word-after-text",
        "SV: =?utf-8?q?F=C3=B6rfr=C3=A5gan?= om anstand",
        "SV: Förfrågan om anstand",
        None,
    ),
    (
        "word-glued-to-text",
        "F=?utf-8?q?=C3=B6?=rfr=?utf-8?q?=C3=A5?=gan om anst=?utf-8?q?=C3=A5?=nd",
        SUBJECT,
        None,
    ),
    (
        "line-break-in-a-word",
        "=?utf-8?q?Hej=0D=0ABcc:_alla=40stad.example?=",
        "Hej Bcc: alla@stad.example",
        None,
    ),
    ("line-break-in-a-base64-word", "=?utf-8?B?SGVqDQpCY2M6IGFsbGE=?=", "Hej Bcc: alla", None),
    ("nul-in-a-word", "=?utf-8?q?Fak=00tura?=", "Faktura", None),
    ("escape-in-a-word", "=?utf-8?q?Fak=1B=5B31mtura?=", "Fak[31mtura", None),
    (
        "unknown-charset-in-a-word",
        "=?x-frisinska?q?F=C3=B6rfr=C3=A5gan?=",
        "Förfrågan",
        Fault.UNKNOWN_CHARSET,
    ),
    ("no-charset-in-a-word", "=??q?F=C3=B6rfr=C3=A5gan?=", None, None),
    ("no-encoding-in-a-word", "=?utf-8??abc?=", "=?utf-8??abc?=", None),
    ("unknown-encoding-in-a-word", "=?utf-8?x?abc?=", "=?utf-8?x?abc?=", None),
    ("word-without-end", "=?utf-8?q?F=C3=B6rfr=C3=A5gan", "=?utf-8?q?F=C3=B6rfr=C3=A5gan", None),
    ("word-in-a-word", "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=", "=?utf-8?q?a?=", None),
    ("empty-word", "=?utf-8?q??=", "", None),
    ("broken-base64-word", "=?utf-8?B?=?=", None, None),
    ("one-letter-base64-word", "=?utf-8?B?Q?=", "", None),
    ("broken-hex-in-a-word", "=?utf-8?q?=ZZ=4?=", "=ZZ=4", None),
    ("utf-16-word", "=?utf-16be?B?AEgAZQBq?=", "Hej", None),
    ("utf-7-word", "=?utf-7?q?F+APY-rfr+AOU-gan?=", "Förfrågan", None),
    ("idna-word", f"=?idna?q?{'a' * 5000}?=", None, Fault.UNKNOWN_CHARSET),
    ("thousands-of-words", "=?utf-8?q?=C3=A5?= " * 4000, "å" * 4000, None),
    ("thousands-of-word-starts", "=?utf-8?q?" * 8000, None, None),
    ("thousands-of-question-marks", "=?utf-8?q?" + "?" * 80_000, None, None),
    ("raw-utf-8", "Förfrågan om anstånd", SUBJECT, Fault.RAW_8BIT_HEADER),
    ("raw-latin-1", "Förfrågan om anstånd".encode("latin-1"), SUBJECT, Fault.RAW_8BIT_HEADER),
    (
        "raw-cp1252-dash",
        "Förfrågan – anstånd".encode("cp1252"),
        "Förfrågan – anstånd",
        Fault.RAW_8BIT_HEADER,
    ),
    ("raw-bytes-of-no-charset", b"Hej \xff\xfe\x81 du", None, Fault.RAW_8BIT_HEADER),
    (
        "mojibake-in-the-subject",
        "=?utf-8?q?F=C3=83=C2=B6rfr=C3=83=C2=A5gan?=",
        "Förfrågan",
        Fault.MOJIBAKE_REPAIRED,
    ),
    ("raw-mojibake-in-the-subject", "FÃ¶rfallodatum", "Förfallodatum", Fault.MOJIBAKE_REPAIRED),
    ("decomposed-subject", "=?utf-8?q?Fo=CC=88rfra=CC=8Agan?=", "Förfrågan", None),
    (
        "reversed-reading-in-the-subject",
        "=?utf-8?q?faktura=E2=80=AEfdp.exe?=",
        "fakturafdp.exe",
        None,
    ),
    ("line-separator-in-the-subject", "=?utf-8?q?Hej=E2=80=A8Bcc:_alla?=", "Hej Bcc: alla", None),
    ("folded-subject", "Faktura\r\n 40012345\r\n\tanstand", "Faktura 40012345 anstand", None),
    ("subject-folded-with-blanks", "Faktura\r\n  \r\n 40012345", "Faktura 40012345", None),
    ("empty-subject", "", "", None),
    ("subject-of-blanks", "   \r\n   ", "", None),
    (
        "carriage-return-in-the-subject",
        b"Hej\rBcc: alla@stad.example",
        "Hej Bcc: alla@stad.example",
        None,
    ),
    ("nul-in-the-subject", b"Fak\x00tura", "Faktura", Fault.NUL_BYTES),
    ("tag-characters-in-the-subject", "=?utf-8?q?[KR]=F3=A0=81=A1_Hej?=", None, None),
)


def mails() -> Iterator[HostileMail]:
    """Yield mail whose subject is hard to read; the body is as ever."""
    for name, subject, read, fault in _SUBJECTS:
        raw = subject if isinstance(subject, bytes) else subject.encode()
        yield HostileMail(
            name=name,
            family=Family.ENCODED_WORD,
            content=mail(b"Subject: " + raw),
            subject=read,
            says=SAYS,
            fault=fault,
        )
    yield HostileMail(
        name="two-subjects",
        family=Family.ENCODED_WORD,
        content=mail(f"Subject: {ENCODED_SUBJECT}", "Subject: Du har vunnit"),
        subject=SUBJECT,
        says=SAYS,
    )
    yield HostileMail(
        name="encoded-words-in-references",
        family=Family.ENCODED_WORD,
        content=mail("References: =?utf-8?q?=3Cabc=40stad.example=3E?="),
        says=SAYS,
    )
