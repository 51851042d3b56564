"""Charsets: declared rightly, wrongly, strangely, or not at all."""

from __future__ import annotations

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

_READABLE = (
    ("utf-8", "utf-8"),
    ("UTF8", "utf-8"),
    ("utf_8", "utf-8"),
    ('"utf-8"', "utf-8"),
    ("'utf-8'", "utf-8"),
    ("utf-8-sig", "utf-8-sig"),
    ("iso-8859-1", "latin-1"),
    ("ISO_8859-1:1987", "latin-1"),
    ("latin1", "latin-1"),
    ("l1", "latin-1"),
    ("iso-8859-15", "iso8859_15"),
    ("iso-8859-4", "iso8859_4"),
    ("iso-8859-9", "iso8859_9"),
    ("iso-8859-10", "iso8859_10"),
    ("windows-1252", "cp1252"),
    ("cp1252", "cp1252"),
    ("win-1252", "cp1252"),
    ("windows-1252http-equivcontent-type", "cp1252"),
    ("windows-1254", "cp1254"),
    ("windows-1257", "cp1257"),
    ("cp850", "cp850"),
    ("cp-850", "cp850"),
    ("ibm850", "cp850"),
    ("ibm437", "cp437"),
    ("macintosh", "mac_roman"),
    ("x-mac-roman", "mac_roman"),
)
_WIDE = (
    ("utf-16", "utf-16"),
    ("utf-16le", "utf-16-le"),
    ("utf-16be", "utf-16-be"),
    ("utf-32", "utf-32"),
    ("utf-7", "utf-7"),
)
_SAYS_NOTHING = ("us-ascii", "ascii", "unknown-8bit", "x-unknown", "default", "none", "8bit")
_NO_CHARSETS = (
    "x-frisinska",
    "idna",
    "punycode",
    "unicode_escape",
    "raw_unicode_escape",
    "base64",
    "zlib",
    "rot13",
    "hex",
    "mbcs",
    "undefined",
    "../../../etc/passwd",
    "utf-8\x00latin-1",
    "å-ä-ö",
    "charset",
    "c" * 5000,
)


def mails() -> Iterator[HostileMail]:
    """Yield mail whose charset is hard to read."""
    for label, codec in _READABLE:
        raw = BODY.encode(codec)
        for encoding, body in (
            ("8bit", raw),
            ("quoted-printable", quoted_printable(raw)),
            ("base64", b64(raw)),
        ):
            yield _declared(f"charset-{label}-{encoding}", label, encoding, body)
    for label, codec in _WIDE:
        yield _declared(f"charset-{label}-base64", label, "base64", b64(BODY.encode(codec)))
    for label in _SAYS_NOTHING:
        for codec in ("utf-8", "cp1252"):
            name = f"charset-{label}-but-{codec}"
            yield _declared(name, label, "8bit", BODY.encode(codec))
    for number, label in enumerate(_NO_CHARSETS):
        yield _declared(
            f"charset-that-is-none-{number}",
            label,
            "8bit",
            BODY.encode(),
            fault=Fault.UNKNOWN_CHARSET,
        )
    yield from _wrongly_declared()


def _declared(
    name: str, label: str, encoding: str, body: bytes, fault: Fault | None = None
) -> HostileMail:
    return HostileMail(
        name=name,
        family=Family.CHARSET,
        content=_without_line_ends_changed(label, encoding, body),
        subject=SUBJECT,
        says=SAYS,
        fault=fault,
    )


def _without_line_ends_changed(label: str, encoding: str, body: bytes) -> bytes:
    head = mail(
        f"Content-Type: text/plain; charset={label}",
        f"Content-Transfer-Encoding: {encoding}",
        body=b"",
    )
    return head + body


def _wrongly_declared() -> Iterator[HostileMail]:
    garbled = BODY.encode().decode("cp1252", "replace")
    cases: tuple[tuple[str, str, bytes, str, Fault | None], ...] = (
        ("utf-8-that-is-latin-1", "utf-8", BODY.encode("latin-1"), SAYS, Fault.BAD_ENCODING),
        (
            "utf-8-with-one-latin-1-line",
            "utf-8",
            BODY.encode() + "Hälsningar".encode("latin-1"),
            "Hälsningar",
            Fault.BAD_ENCODING,
        ),
        ("utf-8-cut-in-a-character", "utf-8", BODY.encode() + b"\xc3", SAYS, Fault.BAD_ENCODING),
        ("latin-1-that-is-utf-8", "iso-8859-1", BODY.encode(), SAYS, Fault.MOJIBAKE_REPAIRED),
        ("cp1252-that-is-utf-8", "windows-1252", BODY.encode(), SAYS, Fault.MOJIBAKE_REPAIRED),
        ("mojibake", "utf-8", garbled.encode(), SAYS, Fault.MOJIBAKE_REPAIRED),
        (
            "mojibake-below-right-text",
            "utf-8",
            (BODY + "> förfallodatum".encode().decode("cp1252")).encode(),
            "> förfallodatum",
            Fault.MOJIBAKE_REPAIRED,
        ),
        (
            "cp1252-punctuation-as-latin-1",
            "iso-8859-1",
            b"\x93Hej\x94 \x96 50 \x80",
            "“Hej” – 50 €",
            None,
        ),
        ("cp1252-gaps", "windows-1252", b"Hej\x81\x8d\x8f\x90\x9d du", "Hej du", None),
        ("utf-16-cut-short", "utf-16", BODY.encode("utf-16")[:-1], SAYS, Fault.BAD_ENCODING),
        ("utf-7-with-a-lone-surrogate", "utf-7", b"Hej +2AA- du", "Hej", None),
        ("iso-2022-jp-escape-without-end", "iso-2022-jp", b"Hej \x1b$B", "Hej", None),
        ("big5-cut", "big5", b"Hej \xa4", "Hej", Fault.BAD_ENCODING),
        (
            "decomposed-letters",
            "utf-8",
            "o\u0308nskar ansta\u030and".encode(),
            "önskar anstånd",
            None,
        ),
        ("thousand-marks-on-a-letter", "utf-8", "o" + "\u0308\u0323" * 1000, "ö", None),
        ("zero-width-in-a-number", "utf-8", "4001\u200b23\u206045".encode(), "40012345", None),
        ("no-break-spaces-in-a-number", "utf-8", "40\xa0012\u202f345".encode(), "40 012 345", None),
        ("soft-hyphen-in-a-word", "utf-8", "förfallo\xaddatum".encode(), "förfallodatum", None),
        (
            "reversed-reading",
            "utf-8",
            "faktura \u202e54321004\u202c".encode(),
            "faktura 54321004",
            None,
        ),
        (
            "homoglyphs",
            "utf-8",
            "f\u0430ktur\u0430 \u0455ocken".encode(),
            "f\u0430ktur\u0430",
            None,
        ),
        ("byte-order-mark-in-the-middle", "utf-8", "fak\ufefftura".encode(), "faktura", None),
        ("noncharacters", "utf-8", b"fak\xef\xbf\xbftura \xef\xbf\xbe", "faktura", None),
        ("surrogate-in-utf-8", "utf-8", b"Hej \xed\xa0\x80 du", "Hej", Fault.BAD_ENCODING),
        ("overlong-utf-8", "utf-8", b"Hej \xc0\xaf\xe0\x80\xaf du", "Hej", Fault.BAD_ENCODING),
        ("control-characters", "utf-8", b"fak\x07tu\x1bra\x08 \x7f1", "faktura 1", None),
    )
    for name, label, body, says, fault in cases:
        raw = body if isinstance(body, bytes) else body.encode()
        content = _without_line_ends_changed(label, "8bit", raw)
        yield HostileMail(
            name=name,
            family=Family.CHARSET,
            content=content,
            subject=SUBJECT,
            says=says,
            fault=fault,
        )
    yield HostileMail(
        name="two-charset-parameters",
        family=Family.CHARSET,
        content=mail("Content-Type: text/plain; charset=utf-8; charset=utf-16"),
        says=SAYS,
    )
    yield HostileMail(
        name="no-content-type-but-utf-8", family=Family.CHARSET, content=mail(), says=SAYS
    )
    yield HostileMail(
        name="no-content-type-but-latin-1",
        family=Family.CHARSET,
        content=mail(body=BODY.encode("latin-1")),
        says=SAYS,
    )
