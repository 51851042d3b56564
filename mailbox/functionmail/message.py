"""What a message is, once it has left the server: frozen value objects.

Times are timezone-aware UTC. Addresses are lower-cased ``local@domain``. Texts hold
no NUL and no lone surrogates, so that every database and every log can take them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

MessageKey = NewType("MessageKey", str)
"""Stable across fetches and server restarts; unique within one mailbox."""

Checkpoint = NewType("Checkpoint", str)
"""Opaque to everyone but the source that issued it."""

DraftKey = NewType("DraftKey", str)
"""A saved draft, as its server names it."""


def require_utc(name: str, value: datetime) -> None:
    """Raise ValueError unless an instant is aware and in UTC."""
    if value.utcoffset() != timedelta(0):
        raise ValueError(f"{name} must be aware UTC, got {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """One message as the server handed it over, before any interpretation.

    Attributes:
        transport_headers: What the server knows beside the bytes (Exchange drops
            Auto-Submitted and List-* from its MIME); they fill what the MIME lacks.
    """

    key: MessageKey
    received_at: datetime
    content: bytes
    transport_headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        require_utc("received_at", self.received_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where a message was put by us.

    Attributes:
        folder: As it was given to `MailSource.move`.
        message_id: Of the message, without brackets.
    """

    folder: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Messages, and where to continue.

    Attributes:
        more: True when the mailbox holds further messages at this moment.
    """

    messages: tuple[RawMessage, ...]
    checkpoint: Checkpoint
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A person or mailbox as a header names it.

    Attributes:
        name: Display name as the sender chose it; hostile text, may be empty.
        address: ``local@domain`` in lower case.
    """

    name: str = ""
    address: str

    @property
    def domain(self) -> str:
        """Return what stands after the last ``@``, or the empty string."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""

    @property
    def local(self) -> str:
        """Return what stands before the last ``@``."""
        return self.address.rpartition("@")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the text of the mail.

    Attributes:
        filename: As the sender wrote it, control characters removed; may be empty.
        size: Bytes after transfer decoding.
        position: Index of the part in a depth-first walk, to find it again in the raw bytes.
    """

    filename: str
    content_type: str
    size: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReference:
    """What stands in our subjects as ``[#2018-000123-k7]``; read, not yet verified.

    Attributes:
        check: The check letters in lower case; `identity.Identity.verify_reference` judges them.
    """

    year: int
    serial: int
    check: str

    @property
    def case_number(self) -> str:
        """Return ``YYYY-NNNNNN``."""
        return f"{self.year:04}-{self.serial:06}"


class Fault(StrEnum):
    """What can be wrong with a message; `parse` lists it instead of raising."""

    EMPTY = "empty"
    NOT_MAIL = "not_mail"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MANY_ADDRESSES = "too_many_addresses"
    TOO_MANY_HEADERS = "too_many_headers"
    BAD_BOUNDARY = "bad_boundary"
    BAD_ENCODING = "bad_encoding"
    UNKNOWN_CHARSET = "unknown_charset"
    RAW_8BIT_HEADER = "raw_8bit_header"
    NUL_BYTES = "nul_bytes"
    MOJIBAKE_REPAIRED = "mojibake_repaired"
    BAD_DATE = "bad_date"
    BAD_ADDRESS = "bad_address"
    NO_SENDER = "no_sender"
    SEVERAL_SENDERS = "several_senders"
    NO_MESSAGE_ID = "no_message_id"
    NO_TEXT = "no_text"
    ENCRYPTED = "encrypted"
    SIGNED_OPAQUE = "signed_opaque"
    TEXT_TRUNCATED = "text_truncated"
    BAD_HTML = "bad_html"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a delivery-status part says (RFC 3464).

    Attributes:
        action: ``failed``, ``delayed``, ``delivered``, ``relayed``, ``expanded`` or empty;
            the worst one where several recipients are reported.
        original_ids: Message-IDs of the mail it is about, without brackets.
    """

    action: str
    status: str = ""
    original_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A parsed mail.

    Attributes:
        message_id: Without brackets, case kept. Where the mail has none, a made-up id
            ``sha256.<hex>@missing.invalid`` from its content, the same every time.
        content_hash: Half of a hex SHA-256 over sender, subject and decoded body, to tell a
            reused Message-ID from the same mail delivered twice (not over transport
            headers, which differ between two deliveries).
        headers: Lower-cased name and decoded value, in order, MIME and transport together.
        return_path: ``""`` for ``<>``, None when no server wrote one.
        text: The sender's own new text; quoted history and signature cut off.
        signature: What `quoting` took for a sign-off or signature.
        quoted: Quoted or forwarded history, kept because it carries facts.
        body: The whole text before it was split.
        html: The HTML part as sent, unsanitised, or None.
        content_types: Of every part, lower case, depth first.
        faults: What was wrong, in the order found, without repeats.
    """

    message_id: str
    content_hash: str
    headers: tuple[tuple[str, str], ...] = ()
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    return_path: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    signature: str = ""
    quoted: str = ""
    body: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    content_types: tuple[str, ...] = ()
    report: DeliveryReport | None = None
    faults: tuple[Fault, ...] = ()
    size: int = 0

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None; `name` in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Return every value of a header in order; `name` in any case."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail we are about to send, before it becomes bytes.

    Attributes:
        message_id: Our own, without brackets; see `identity.own_message_id`.
        auto_submitted: ``auto-replied`` for an answer to one mail, ``auto-generated`` for
            a notice, None for a mail that a person sends.
        in_reply_to: The id of the mail answered, without brackets.
    """

    message_id: str
    sender: Address
    recipient: Address
    subject: str
    text: str
    html: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    auto_submitted: str | None = "auto-replied"
    language: str = "sv"
    sent_at: datetime
    extra_headers: tuple[tuple[str, str], ...] = field(default=())

    def __post_init__(self) -> None:
        require_utc("sent_at", self.sent_at)
