"""What the parts of a mail hold: its text, its HTML, and its attachments.

Decides which part a reader would see, and which are files.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from functionmail import decode
from functionmail.message import Attachment, Fault
from functionmail.parse import fields, html_text, mime

_MOST_RAW = 12 * decode.MAX_TEXT
"""Bytes of one text part that are decoded: a character takes up to twelve."""

_MOST_CHARACTERS = 2 * decode.MAX_TEXT
"""Characters after which no further text part is decoded: text and HTML of the longest mail."""

_MOST_ATTACHED_MAILS = 3
_MOST_ATTACHED_TEXT = 100_000

_TEXT_TYPES = frozenset({"text/plain", "text/html", "text/markdown", "text/enriched"})
_MAIL_TYPES = frozenset({"message/rfc822", "message/global"})
_REPORT_ROOT = "multipart/report"

_HTML_OPENING = re.compile(r"\s{0,100}(?:<!doctype html|<html)\b", re.IGNORECASE)
_MOST_STUB = 600
_STUB = re.compile(
    r"html.{0,80}(?:mail|e-post|epost|klient|client|format|viewer|program|läsare|reader)"
    r"|(?:mail|e-post|epost|klient|client|meddelande|message|brev).{0,80}html"
    r"|\b(?:view|read|see|visa|läs|se\b|öppna).{0,60}\b(?:browser|webbläsare|online|webben)",
    re.IGNORECASE | re.DOTALL,
)
"""What stands in the text part of mail whose sender wrote only the HTML part."""

_PGP = "-----BEGIN PGP MESSAGE-----"
_SEALED_TYPES = {
    "multipart/encrypted": Fault.ENCRYPTED,
    "application/pgp-encrypted": Fault.ENCRYPTED,
    "application/x-microsoft-rpmsg-message": Fault.ENCRYPTED,
}
_SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
"""The object identifier 1.2.840.113549.1.7.2 in DER (RFC 5652, section 5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The text of one part, as written."""

    written: str
    is_html: bool = False


@dataclass(slots=True)
class Contents:
    """What has been read of a mail's parts.

    Attributes:
        attached_mails: Text of mails that are attached whole, with a headline each.
    """

    body: str = ""
    html: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    attached_mails: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read(root: mime.Part, *, with_attached_mails: bool = True) -> Contents:
    """Read all parts of a mail.

    Args:
        with_attached_mails: Also read the text of mails that are attached whole (one level).
    """
    reader = _Reader(root)
    reader.read(root)
    contents = reader.contents
    contents.body = reader.body()
    if with_attached_mails and root.content_type != _REPORT_ROOT:
        mails = [part for part in root.walk() if part.content_type in _MAIL_TYPES]
        contents.attached_mails = [_attached_text(part) for part in mails[:_MOST_ATTACHED_MAILS]]
    return contents


def decoded(part: mime.Part, limit: int | None = None) -> tuple[bytes, tuple[Fault, ...]]:
    """Return the bytes of a part after transfer decoding, at most from `limit` raw bytes."""
    encoding = part.header("content-transfer-encoding").decode("ascii", "replace")
    return decode.transfer(part.body if limit is None else part.body[:limit], encoding)


def _attached_text(part: mime.Part) -> str:
    root, _ = mime.split(decoded(part)[0])
    lines = [
        f"{label}: {decode.header(value)}"
        for label, name in (("Från", "from"), ("Datum", "date"), ("Ämne", "subject"))
        if (value := root.header(name))
    ]
    body = read(root, with_attached_mails=False).body[:_MOST_ATTACHED_TEXT]
    return "\n".join(lines) + "\n\n" + body


class _Reader:
    """Walks through the parts; collects the pieces of text that make up the body."""

    def __init__(self, root: mime.Part) -> None:
        self.root = root
        self.contents = Contents()
        self.pieces: list[_Piece] = []
        self.characters = 0

    def read(self, part: mime.Part) -> None:
        """Read a part and all below it."""
        self._note_seal(part)
        if part.content_type == "multipart/alternative":
            self._read_alternatives(part)
        elif part.parts:
            for child in part.parts:
                self.read(child)
        elif self._is_text(part):
            self._read_text(part)
        else:
            self.contents.attachments.append(_attachment(part))

    def body(self) -> str:
        """Return the body that the pieces make up."""
        texts: list[str] = []
        room, html_room = decode.MAX_TEXT, html_text.MAX_HTML
        for piece in self.pieces:
            text = piece.written
            if piece.is_html:
                text, found = html_text.to_text(text, limit=html_room)
                self.contents.faults += found
                html_room = max(0, html_room - len(piece.written))
            text = text.strip("\n")
            if len(text) > room:
                self.contents.faults.append(Fault.TEXT_TRUNCATED)
            if text.strip():
                texts.append(text[:room])
                room -= len(texts[-1])
        return "\n\n".join(texts)

    def _read_alternatives(self, part: mime.Part) -> None:
        """Read every alternative, and keep the pieces of the one that says most."""
        start = len(self.pieces)
        options: list[list[_Piece]] = []
        for child in part.parts:
            self.read(child)
            options.append(self.pieces[start:])
            del self.pieces[start:]
        self.pieces += _best(options)

    def _is_text(self, part: mime.Part) -> bool:
        if part is self.root:
            return part.content_type.startswith("text/")
        if part.content_type not in _TEXT_TYPES:
            return False
        disposition, parameters = fields.parameters(part.header("content-disposition"))
        return disposition != "attachment" and not (
            "filename" in parameters or "name" in part.parameters
        )

    def _read_text(self, part: mime.Part) -> None:
        if self.characters > _MOST_CHARACTERS:
            self.contents.faults.append(Fault.TEXT_TRUNCATED)
            return
        raw, faults = decoded(part, _MOST_RAW)
        self.contents.faults += faults
        if len(part.body) > _MOST_RAW:
            self.contents.faults.append(Fault.TEXT_TRUNCATED)
        text, faults = decode.text(raw, part.parameters.get("charset"))
        self.contents.faults += faults
        self.characters += len(text)
        if part.parameters.get("format", "").lower() == "flowed":
            delete_space = part.parameters.get("delsp", "").lower() == "yes"
            text = decode.unflow(text, delete_space=delete_space)
        is_html = part.content_type == "text/html" or _HTML_OPENING.match(text) is not None
        if is_html and self.contents.html is None:
            self.contents.html = text
        if text.lstrip().startswith(_PGP):
            self.contents.faults.append(Fault.ENCRYPTED)
        self.pieces.append(_Piece(written=text, is_html=is_html))

    def _note_seal(self, part: mime.Part) -> None:
        """Tell what cannot be read because it is encrypted, or signed without clear text."""
        if fault := _SEALED_TYPES.get(part.content_type):
            self.contents.faults.append(fault)
        elif part.content_type in _SMIME_TYPES:
            declared = part.parameters.get("smime-type", "").lower()
            signed = declared in ("signed-data", "certs-only") or (
                not declared and _SIGNED_DATA in decoded(part, 400)[0][:100]
            )
            self.contents.faults.append(Fault.SIGNED_OPAQUE if signed else Fault.ENCRYPTED)


def _best(options: Sequence[list[_Piece]]) -> list[_Piece]:
    """Return the text alternative, unless it is empty or only points to the HTML one."""
    filled = [one for one in options if any(piece.written.strip() for piece in one)]
    html = next((one for one in filled if any(piece.is_html for piece in one)), None)
    for option in filled:
        if html is None or not (option is html or _is_stub(option)):
            return option
    return html or []


def _is_stub(option: Sequence[_Piece]) -> bool:
    text = " ".join(piece.written for piece in option).strip()
    return len(text) <= _MOST_STUB and _STUB.search(text) is not None


def _attachment(part: mime.Part) -> Attachment:
    _, parameters = fields.parameters(part.header("content-disposition"))
    filename = parameters.get("filename") or part.parameters.get("name", "")
    return Attachment(
        filename=filename[: fields.MAX_NAME],
        content_type=part.content_type,
        size=_size(part),
        position=part.position,
    )


def _size(part: mime.Part) -> int:
    """Return the bytes of a part after transfer decoding; base64 is only counted."""
    encoding = part.header("content-transfer-encoding").strip().lower()
    if encoding == b"base64":
        letters = part.body.translate(None, b"\r\n\t ")
        return (len(letters) - letters[-2:].count(b"=")) * 3 // 4
    if encoding == b"quoted-printable":
        return len(binascii.a2b_qp(part.body))
    return len(part.body)
