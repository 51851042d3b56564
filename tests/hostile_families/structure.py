"""Parts: broken boundaries, nesting, strange types, and attachments with hostile names."""

from __future__ import annotations

from collections.abc import Iterator

from functionmail.message import Fault
from tests.hostile_families.base import (
    BODY,
    HTML_PART,
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

_PDF = part(
    "Content-Type: application/pdf; name=faktura.pdf",
    "Content-Transfer-Encoding: base64",
    "Content-Disposition: attachment; filename=faktura.pdf",
    body=b64(b"%PDF-1.4 " + bytes(range(256))),
)
_BLANK_PART = part("Content-Type: text/plain", body=" \n\n")
_STUB_PART = part(
    "Content-Type: text/plain; charset=utf-8",
    body="Din e-postklient kan inte visa HTML. Öppna meddelandet i en webbläsare.",
)
_ATTACHED_MAIL = part("Content-Type: message/rfc822", body=mail(body=SAYS))


def mails() -> Iterator[HostileMail]:
    """Yield mail whose parts are put together strangely."""
    for name, (header, body), fault in (*_boundaries(), *_trees()):
        yield HostileMail(
            name=name,
            family=Family.STRUCTURE,
            content=mail(header, body=body),
            subject=SUBJECT,
            says=SAYS,
            fault=fault,
        )
    for number, value in enumerate(_NO_TYPES):
        yield HostileMail(
            name=f"content-type-of-nonsense-{number}",
            family=Family.STRUCTURE,
            content=mail(f"Content-Type: {value}"),
            subject=SUBJECT,
            says=SAYS,
        )
    yield from _without_text()
    for name, disposition in _NAMES:
        attachment = part("Content-Type: application/pdf", disposition, body="%PDF")
        header, body = multipart(TEXT_PART, attachment)
        yield HostileMail(
            name=name,
            family=Family.HOSTILE_NAME,
            content=mail(header, body=body),
            subject=SUBJECT,
            says=SAYS,
        )


_Case = tuple[str, tuple[str, bytes], Fault | None]


def _boundaries() -> Iterator[_Case]:
    header, body = multipart(TEXT_PART, _PDF, boundary="abc")
    yield "boundary-never-closed", multipart(TEXT_PART, _PDF, closed=False), Fault.BAD_BOUNDARY
    yield "boundary-not-declared", ("Content-Type: multipart/mixed", body), Fault.BAD_BOUNDARY
    yield "boundary-empty", ('Content-Type: multipart/mixed; boundary=""', body), Fault.BAD_BOUNDARY
    yield "boundary-of-another-mail", (header.replace("abc", "xyz"), body), Fault.BAD_BOUNDARY
    yield "boundary-nowhere", (header, BODY.encode()), Fault.BAD_BOUNDARY
    too_long = "x" * 5000
    yield "boundary-too-long", multipart(TEXT_PART, boundary=too_long), Fault.BAD_BOUNDARY
    yield "boundary-not-quoted", (header.replace('"', ""), body), None
    yield "boundary-in-apostrophes", (header.replace('"', "'"), body), Fault.BAD_BOUNDARY
    yield "boundary-quotation-never-closed", (header.rstrip('"'), body), None
    yield "boundary-twice", (header + "; boundary=xyz", body), None
    yield "boundary-with-specials", multipart(TEXT_PART, _PDF, boundary="=_(a+b)*[c]?.$^|"), None
    yield "boundary-like-a-word", multipart(TEXT_PART, boundary="=_?utf-8?Q_abc"), None
    yield "boundary-of-dashes", multipart(TEXT_PART, _PDF, boundary="-" * 40), None
    yield "boundary-with-a-space", multipart(TEXT_PART, _PDF, boundary="a b"), None
    yield "boundary-then-blanks", (header, body.replace(b"--abc\n", b"--abc \t \n")), None
    yield "boundary-begins-another", _prefixed_boundaries(), None
    yield "boundary-closed-first", (header, b"--abc--\n" + body), Fault.BAD_BOUNDARY
    yield "boundary-and-text-before", (header, b"Innan\n" + body), None
    yield "boundary-and-text-after", (header, body + b"Efter\n" * 50), None
    yield "boundary-on-the-first-line", (header, body.lstrip()), None
    yield "boundary-of-regex-bomb", multipart(TEXT_PART, boundary="(a+)+$"), None


def _prefixed_boundaries() -> tuple[str, bytes]:
    inner_header, inner = multipart(TEXT_PART, HTML_PART, kind="alternative", boundary="abcd")
    return multipart(part(inner_header, body=inner), _PDF, boundary="abc")


def _trees() -> Iterator[_Case]:
    yield "nested-30-deep", _nested(30), None
    yield "html-before-text", multipart(HTML_PART, TEXT_PART, kind="alternative"), None
    yield "text-alternative-empty", multipart(_BLANK_PART, HTML_PART, kind="alternative"), None
    yield "text-alternative-a-stub", multipart(_STUB_PART, HTML_PART, kind="alternative"), None
    yield "only-html-in-alternative", multipart(HTML_PART, kind="alternative"), None
    yield "alternative-of-one-text", multipart(TEXT_PART, kind="alternative"), None
    yield "text-after-attachment", multipart(_PDF, TEXT_PART), None
    yield "two-texts", multipart(part("Content-Type: text/plain", body="Hej"), TEXT_PART), None
    yield "part-without-headers", multipart(b"\n" + BODY.encode()), None
    yield "part-without-blank-line", multipart(BODY.encode()), None
    yield "empty-parts", multipart(b"", b"\n", TEXT_PART, b""), None
    yield "type-multipart-with-no-subtype", _retyped("multipart"), None
    yield "type-multipart-unknown", _retyped("multipart/x-okand"), None
    yield "multipart-in-capitals", _retyped("MULTIPART/MIXED"), None
    yield "six-hundred-parts", multipart(TEXT_PART, *[_BLANK_PART] * 600), Fault.TOO_MANY_PARTS
    html = '<html><img src="cid:a"><p>' + SAYS + "</p></html>"
    related = part("Content-Type: text/html; charset=utf-8", body=html)
    image = part("Content-Type: image/png", "Content-ID: <a>", body=b"\x89PNG\r\n")
    yield "related-with-an-image", multipart(related, image, kind="related"), None
    yield "flowed-text", _flowed("flowed", SAYS.replace(" ", " \n", 3)), None
    yield (
        "flowed-text-with-delsp",
        _flowed("flowed; delsp=yes", SAYS.replace("faktura", "fak \ntura")),
        None,
    )
    yield (
        "html-declared-as-plain",
        ("Content-Type: text/plain; charset=utf-8", HTML_PART.partition(b"\n\n")[2]),
        None,
    )
    yield (
        "calendar-beside-text",
        multipart(TEXT_PART, _calendar("REQUEST"), kind="alternative"),
        None,
    )
    yield "calendar-cancelled", multipart(TEXT_PART, _calendar("CANCEL"), kind="alternative"), None
    yield (
        "calendar-of-nonsense",
        multipart(TEXT_PART, part("Content-Type: text/calendar", body=b"\xff\xfe")),
        None,
    )
    yield (
        "calendar-attached",
        multipart(TEXT_PART, _calendar("REQUEST").replace(b"text/", b"application/")),
        None,
    )
    yield "tnef-winmail", multipart(TEXT_PART, _tnef(b"\x78\x9f\x3e\x22" + b"\0" * 200)), None
    yield "tnef-broken", multipart(TEXT_PART, _tnef(b"x")), None
    yield "tnef-empty", multipart(TEXT_PART, _tnef(b"")), None
    yield "mail-attached-to-text", multipart(TEXT_PART, _ATTACHED_MAIL), None
    yield "mail-in-mail-in-mail", multipart(TEXT_PART, _mail_in_mail(200)), None
    digest_header, digest = multipart(b"\n" + mail(), b"\n" + mail(), kind="digest", boundary="dig")
    yield "digest", multipart(TEXT_PART, part(digest_header, body=digest)), None
    partial = part("Content-Type: message/partial; id=a; number=1; total=2", body=BODY)
    yield "partial-mail", multipart(TEXT_PART, partial), None
    external = part("Content-Type: message/external-body; access-type=url; URL=file:///etc/passwd")
    yield "external-body", multipart(TEXT_PART, external), None


def _nested(depth: int, innermost: bytes = TEXT_PART) -> tuple[str, bytes]:
    header, body = multipart(innermost, boundary="b0x")
    for level in range(1, depth):
        header, body = multipart(part(header, body=body), boundary=f"b{level}x")
    return header, body


def _retyped(kind: str) -> tuple[str, bytes]:
    header, body = multipart(TEXT_PART, _PDF)
    return header.replace("multipart/mixed", kind), body


def _flowed(parameters: str, text: str) -> tuple[str, bytes]:
    return f"Content-Type: text/plain; charset=utf-8; format={parameters}", text.encode()


def _calendar(method: str) -> bytes:
    lines = (
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nSUMMARY:Möte\nEND:VEVENT\nEND:VCALENDAR"
    )
    return part(f"Content-Type: text/calendar; charset=utf-8; method={method}", body=lines)


def _tnef(raw: bytes) -> bytes:
    return part(
        'Content-Type: application/ms-tnef; name="winmail.dat"',
        "Content-Transfer-Encoding: base64",
        body=b64(raw),
    )


def _mail_in_mail(depth: int) -> bytes:
    inner = mail(body=SAYS)
    for _ in range(depth):
        inner = b"Subject: v\r\nContent-Type: message/rfc822\r\n\r\n" + inner
    return part("Content-Type: message/rfc822", body=inner)


_NO_TYPES = (
    "",
    "text",
    "/",
    "text/",
    "/plain",
    "text/plain/utf-8",
    "text plain",
    "text/plain charset=utf-8",
    ";;;;",
    "text/plain; charset",
    "text/plain; charset=",
    'text/plain; charset="utf-8',
    "text/plain; =utf-8",
    "text/plain; charset*0*=utf; charset*1=-8",
    "text/plain; charset*=utf-8''utf-8",
    "text/plain; charset*99999999999=utf-8",
    "(kommentar) text/plain",
    "text/plain; " + "a=b; " * 5000,
    "text/plain; " + 'a="\\' * 5000,
    "text/plain; name*=utf-8'sv'%ZZ%C3",
    "text/x-okänt; charset=utf-8",
    "x" * 20_000 + "/y",
    "multipart/mixed",
    "multipart/alternative; boundary",
    "TEXT/PLAIN; CHARSET=UTF-8",
)

_NAMES = (
    ("name-climbs-the-tree", 'Content-Disposition: attachment; filename="../../../etc/passwd"'),
    ("name-of-windows", 'Content-Disposition: attachment; filename="C:\\\\Windows\\\\system.ini"'),
    ("name-with-a-device", "Content-Disposition: attachment; filename=CON"),
    ("name-with-nul-byte", "Content-Disposition: attachment; filename*=utf-8''a%00b.pdf"),
    ("name-with-line-breaks", "Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab.pdf"),
    (
        "name-with-reversed-reading",
        "Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEfdp.exe",
    ),
    ("name-in-pieces", "Content-Disposition: attachment; filename*0=fak; filename*1=tura.pdf"),
    (
        "name-in-pieces-out-of-order",
        "Content-Disposition: attachment; filename*1=tura.pdf; filename*0=fak",
    ),
    ("name-in-latin-1", "Content-Disposition: attachment; filename*=iso-8859-1'sv'r%E4kning.pdf"),
    (
        "name-as-encoded-word",
        'Content-Disposition: attachment; filename="=?utf-8?q?r=C3=A4kning.pdf?="',
    ),
    (
        "name-of-unknown-charset",
        "Content-Disposition: attachment; filename*=x-okand''r%E4kning.pdf",
    ),
    ("name-raw-utf-8", "Content-Disposition: attachment; filename=räkning.pdf"),
    (
        "name-of-ten-thousand-letters-in-a-file",
        f"Content-Disposition: attachment; filename={'a' * 10_000}",
    ),
    ("name-empty", 'Content-Disposition: attachment; filename=""'),
    ("name-missing", "Content-Disposition: attachment"),
    ("name-and-disposition-of-nonsense", "Content-Disposition: ;;=;filename"),
    ("name-with-markup", 'Content-Disposition: attachment; filename="<script>alert(1)</script>"'),
    ("name-like-a-template", 'Content-Disposition: attachment; filename="{{ 7*7 }}.pdf"'),
)


def _without_text() -> Iterator[HostileMail]:
    cases: tuple[tuple[str, tuple[str, bytes], Fault], ...] = (
        ("nested-1500-deep", _nested(1500), Fault.TOO_DEEP),
        ("nested-60-deep", _nested(60), Fault.TOO_DEEP),
        ("only-an-attachment", multipart(_PDF), Fault.NO_TEXT),
        ("multipart-without-parts", multipart(), Fault.BAD_BOUNDARY),
        ("only-an-image", ("Content-Type: image/png", b"\x89PNG"), Fault.NO_TEXT),
        ("only-winmail-dat", ("Content-Type: application/ms-tnef", b"x"), Fault.NO_TEXT),
        ("only-a-calendar", multipart(_calendar("REPLY")), Fault.NO_TEXT),
        ("only-an-attached-mail", multipart(_ATTACHED_MAIL), Fault.NO_TEXT),
        ("a-mail-as-the-mail", ("Content-Type: message/rfc822", mail(body=SAYS)), Fault.NO_TEXT),
        ("mail-in-mail-1500-deep", _as_mail(_mail_in_mail(1500)), Fault.NO_TEXT),
        ("four-thousand-empty-parts", multipart(*[b""] * 4000), Fault.TOO_MANY_PARTS),
    )
    for name, (header, body), fault in cases:
        yield HostileMail(
            name=name,
            family=Family.STRUCTURE,
            content=mail(header, body=body),
            subject=SUBJECT,
            fault=fault,
        )


def _as_mail(raw: bytes) -> tuple[str, bytes]:
    header, _, body = raw.partition(b"\n\n")
    return header.decode(), body
