"""How a mail is read: from bytes, or from the fields of a labelled example, to a `Message`.

Nothing here raises, whatever the bytes; what was wrong is listed as faults. The work is
bounded (see the constants of `mime`, `decode` and `fields`), and attachments are named
and measured but not kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from functionmail import decode, quoting
from functionmail.message import Address, Attachment, Fault, Message
from functionmail.parse import contents, delivery, fields, mime

__all__ = ["extract", "from_fields", "parse", "received_at"]

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)
_MOST_REPEATED = 20
"""Headers of one name from which addresses are read."""
_ADDRESS_HEADERS = frozenset({"from", "sender", "reply-to", "to", "cc"})


def parse(content: bytes, *, transport_headers: tuple[tuple[str, str], ...] = ()) -> Message:
    """Read a mail; never raises.

    `Message.content_types` and the positions of attachments count an attached mail as
    one part; what it says is found in `Message.quoted`.

    Args:
        content: RFC 5322 bytes, or anything at all.
        transport_headers: What the server knows beside the bytes; a header whose name
            stands in the bytes is taken from there alone.
    """
    try:
        return _read(content, transport_headers)
    except Exception:
        # The last net: no mail may stop a mailbox, and a person gets what we cannot read.
        # The tests let nothing fall as far as this.
        return _unreadable(content)


def from_fields(
    *,
    subject: str,
    body: str,
    sender: Address | None,
    headers: Mapping[str, str] | None = None,
    attachments: Sequence[str] = (),
    to: tuple[Address, ...] = (),
) -> Message:
    """Build the message that a mail with these fields would be read as.

    Args:
        headers: Further headers, names in any case; the same facts are derived from them
            as from a mail.
        attachments: File names.
    """
    given = {decode.header(name).lower(): value for name, value in (headers or {}).items()}
    text, faults = decode.tidy(body)
    kind, _ = mime.content_type(given.get("content-type", "text/plain"))
    found = contents.Contents(
        body=text.strip("\n"),
        attachments=[
            Attachment(
                filename=decode.header(name)[: fields.MAX_NAME],
                content_type="application/octet-stream",
                size=0,
                position=position,
            )
            for position, name in enumerate(attachments, start=1)
        ],
        faults=list(faults),
    )
    envelope = _envelope(tuple(given.items()))
    envelope.subject, subject_faults = decode.examine_header(subject)
    envelope.sender = sender and replace(sender, address=sender.address.lower())
    envelope.to = to
    envelope.faults += subject_faults
    return _message(envelope, found, content_types=(kind,), size=len(text.encode()))


def received_at(message: Message, fallback: datetime) -> datetime:
    """Return when a mail arrived: its topmost Received date, else its Date, else the fallback.

    A date before 1990, or more than a day after the fallback, is not believed.

    Args:
        fallback: Aware; usually the time of the file or of the fetch.
    """
    fallback = fallback.astimezone(UTC)
    topmost = (message.header("received") or "").rpartition(";")[2]
    for candidate in (fields.instant(topmost), message.sent_at):
        if candidate is not None and _EARLIEST <= candidate <= fallback + _AHEAD:
            return candidate
    return fallback


def extract(content: bytes, position: int) -> bytes:
    """Return the bytes of the part at a position, as an `Attachment` names it.

    Raises:
        IndexError: The mail has no such part.
    """
    root, _ = mime.split(content)
    return contents.decoded(tuple(root.walk())[position])[0]


@dataclass(slots=True)
class _Envelope:
    """What the headers of a mail say."""

    headers: tuple[tuple[str, str], ...]
    subject: str
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    return_path: str | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: str
    faults: list[Fault]


def _read(content: bytes, transport_headers: tuple[tuple[str, str], ...]) -> Message:
    root, faults = mime.split(content)
    present = {name for name, _ in root.headers}
    further = [(decode.header(name).lower(), value) for name, value in transport_headers]
    added = [(name, value) for name, value in further if name not in present]
    envelope = _envelope((*root.headers, *added))
    envelope.faults[:0] = faults
    found = contents.read(root)
    kinds = tuple(part.content_type for part in root.walk())
    return _message(envelope, found, content_types=kinds, size=len(content), root=root)


def _envelope(raw: Sequence[tuple[str, str | bytes]]) -> _Envelope:
    """Read the headers; addresses are taken apart before their words are decoded."""
    faults: list[Fault] = []
    headers: list[tuple[str, str]] = []
    first: dict[str, str] = {}
    written: dict[str, list[str | bytes]] = {}
    for name, value in raw:
        text, found = decode.examine_header(value)
        faults += found
        headers.append((name, text))
        first.setdefault(name, text)
        if name in _ADDRESS_HEADERS:
            written.setdefault(name, []).append(value)

    def listed(name: str) -> tuple[Address, ...]:
        read: list[Address] = []
        for value in written.get(name, [])[:_MOST_REPEATED]:
            addresses, found = fields.addresses(value)
            faults.extend(found)
            read += addresses
        return tuple(read[: fields.MAX_ADDRESSES])

    senders = listed("from") or listed("sender")
    if len({one.address for one in senders}) > 1:
        faults.append(Fault.SEVERAL_SENDERS)
    return_path = first.get("return-path")
    return _Envelope(
        headers=tuple(headers),
        subject=first.get("subject", ""),
        sender=senders[0] if senders else None,
        reply_to=listed("reply-to"),
        to=listed("to"),
        cc=listed("cc"),
        return_path=None if return_path is None else _bounce_address(return_path),
        message_id=next(iter(fields.ids(first.get("message-id", ""))), ""),
        in_reply_to=fields.ids(first.get("in-reply-to", "")),
        references=fields.ids(first.get("references", "")),
        date=first.get("date", ""),
        faults=faults,
    )


def _bounce_address(return_path: str) -> str:
    """Return the address of a Return-Path, ``""`` for ``<>`` and for what is no address."""
    addresses, _ = fields.addresses(return_path)
    return addresses[0].address if addresses else ""


def _message(
    envelope: _Envelope,
    found: contents.Contents,
    *,
    content_types: tuple[str, ...],
    size: int,
    root: mime.Part | None = None,
) -> Message:
    """Put headers and contents together."""
    faults = [*envelope.faults, *found.faults]
    sent_at = fields.instant(envelope.date)
    if envelope.date and sent_at is None:
        faults.append(Fault.BAD_DATE)
    if envelope.sender is None:
        faults.append(Fault.NO_SENDER)
    if not envelope.message_id:
        faults.append(Fault.NO_MESSAGE_ID)
    if not found.body.strip():
        faults.append(Fault.NO_TEXT)
    parts = quoting.split(found.body, found.html)
    evidence = delivery.Evidence(
        root=root,
        headers=envelope.headers,
        sender=envelope.sender,
        subject=envelope.subject,
        body=found.body,
        answers=(*envelope.in_reply_to, *envelope.references),
    )
    return Message(
        message_id=envelope.message_id or _made_up_id(envelope, found),
        content_hash=_hash(_address_of(envelope.sender), envelope.subject, found.body)[:_SUM],
        headers=envelope.headers,
        sender=envelope.sender,
        reply_to=envelope.reply_to,
        to=envelope.to,
        cc=envelope.cc,
        return_path=envelope.return_path,
        in_reply_to=envelope.in_reply_to,
        references=envelope.references,
        subject=envelope.subject,
        sent_at=sent_at,
        text=parts.text,
        signature=parts.signature,
        quoted="\n\n".join(part for part in (parts.quoted, *found.attached_mails) if part),
        body=found.body,
        html=found.html,
        attachments=tuple(found.attachments),
        content_types=content_types,
        report=delivery.find(evidence),
        faults=tuple(dict.fromkeys(faults)),
        size=size,
    )


def _address_of(sender: Address | None) -> str:
    return sender.address if sender else ""


def _made_up_id(envelope: _Envelope, found: contents.Contents) -> str:
    """Return an id for a mail without Message-ID, the same for the same mail every time."""
    recipients = ",".join(one.address for one in envelope.to)
    files = ",".join(f"{one.filename}:{one.size}" for one in found.attachments)
    sender = _address_of(envelope.sender)
    digest = _hash(envelope.date, sender, recipients, envelope.subject, found.body, files)
    return f"sha256.{digest}@missing.invalid"


_SUM = 32
"""Digits of a sum: 128 bits. Who makes two mails of one sum loses the second of his own."""


def _hash(*values: str) -> str:
    digest = hashlib.sha256()
    for value in values:
        raw = value.encode()
        digest.update(b"%d:" % len(raw))
        digest.update(raw)
    return digest.hexdigest()


def _unreadable(content: bytes) -> Message:
    digest = hashlib.sha256(content).hexdigest()
    return Message(
        message_id=f"sha256.{digest}@missing.invalid",
        content_hash=digest[:_SUM],
        faults=(Fault.UNREADABLE,),
        size=len(content),
    )
