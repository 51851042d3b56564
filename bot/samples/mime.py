"""From the draft of a sample mail to the bytes that a server would deliver."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_string
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from typing import Final, Self
from zoneinfo import ZoneInfo

from bot.samples.draft import Draft, Shape
from bot.samples.files import KINDS
from bot.samples.wording import fill

CITY: Final = "exempelstad.example"
ZONE: Final = ZoneInfo("Europe/Stockholm")
_ON_THE_WAY: Final = timedelta(seconds=7)
"""Between the sender's clock and ours."""
_FLOWED_WIDTH: Final = 70
_POLICY: Final = SMTP.clone(max_line_length=78, refold_source="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """When a mail arrived and which conversation it stands in.

    Attributes:
        references: Message-IDs in angle brackets, the one it answers last.
    """

    at: datetime
    message_id: str
    references: tuple[str, ...] = ()

    @classmethod
    def of(cls, draft: Draft, at: datetime, earlier: Mapping[str, Delivery]) -> Self:
        """Find the place of a draft; ValueError if it answers a mail not yet delivered."""
        domain = parseaddr(draft.sender)[1].rpartition("@")[2]
        own = f"<{draft.name}.{int(at.timestamp())}@{domain}>"
        if draft.answers is None:
            return cls(at=at, message_id=own)
        answered = earlier.get(draft.answers)
        if answered is None:
            raise ValueError(f"{draft.name} answers {draft.answers}, which is not older")
        thread = (*answered.references, answered.message_id)
        return cls(at=at, message_id=own, references=thread)

    @property
    def day(self) -> date:
        """Return the day of delivery in the city."""
        return self.at.astimezone(ZONE).date()


def to_bytes(draft: Draft, delivery: Delivery) -> bytes:
    """Return the whole mail; the same draft and delivery give the same bytes."""
    if draft.shape is Shape.RAW:
        raw = fill(draft.body, delivery.day).replace("\n", "\r\n").encode(draft.charset)
        return f"{_received(draft, delivery)}\r\n".encode() + raw
    head = [f"{name}: {value}" for name, value in _headers(draft, delivery)]
    lines = [_received(draft, delivery), *head]
    return ("\r\n".join(lines) + "\r\n").encode() + _entity(draft, delivery)


def _received(draft: Draft, delivery: Delivery) -> str:
    domain = parseaddr(draft.sender)[1].rpartition("@")[2]
    moment = format_datetime(delivery.at.astimezone(ZONE))
    return f"Received: from mx.{domain} by mx.{CITY} with ESMTPS; {moment}"


def _headers(draft: Draft, delivery: Delivery) -> Iterator[tuple[str, str]]:
    """Yield the headers above the MIME part, encoded in the charset of the mail."""
    address = parseaddr(draft.sender)[1]
    yield "Return-Path", f"<{address if draft.return_path is None else draft.return_path}>"
    yield "Date", format_datetime((delivery.at - _ON_THE_WAY).astimezone(ZONE))
    yield "From", _addresses(draft.sender, draft.charset)
    yield "To", _addresses(draft.to or f"{draft.mailbox}@{CITY}", draft.charset)
    if draft.cc:
        yield "Cc", _addresses(draft.cc, draft.charset)
    yield "Subject", _encoded(fill(draft.subject, delivery.day), draft.charset)
    if draft.message_id:
        yield "Message-ID", delivery.message_id
    if delivery.references:
        yield "In-Reply-To", delivery.references[-1]
        yield "References", " ".join(delivery.references)
    yield from draft.headers.items()


def _encoded(text: str, charset: str) -> str:
    return text if text.isascii() else Header(text, charset).encode(linesep="\r\n")


def _addresses(text: str, charset: str) -> str:
    return ", ".join(formataddr(pair, charset) for pair in getaddresses([text]))


def _entity(draft: Draft, delivery: Delivery) -> bytes:
    """Return the MIME part with its own headers, boundaries made from the name."""
    entity = _BUILD[draft.shape](draft, delivery)
    for item in draft.attachments:
        kind = KINDS[item.kind]
        entity.add_attachment(
            kind.content,
            maintype=kind.maintype,
            subtype=kind.subtype,
            filename=fill(item.name, delivery.day),
        )
    for number, part in enumerate(entity.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_{draft.name}_{number}")
    return entity.as_bytes(policy=_POLICY)


def _plain(draft: Draft, delivery: Delivery) -> EmailMessage:
    entity = EmailMessage(policy=_POLICY)
    text = fill(draft.body, delivery.day)
    entity.set_content(text, charset=draft.charset, cte=draft.transfer)
    return entity


def _flowed(draft: Draft, delivery: Delivery) -> EmailMessage:
    """Break long lines as RFC 3676 does: a space before the break means "goes on"."""
    entity = EmailMessage(policy=_POLICY)
    lines = fill(draft.body, delivery.day).split("\n")
    soft = "\n".join(" \n".join(textwrap.wrap(line, _FLOWED_WIDTH)) for line in lines)
    entity.set_content(soft, charset=draft.charset, cte=draft.transfer)
    entity.set_param("format", "flowed")
    return entity


def _html(draft: Draft, delivery: Delivery) -> EmailMessage:
    entity = EmailMessage(policy=_POLICY)
    page = fill(draft.html, delivery.day)
    entity.set_content(page, subtype="html", charset=draft.charset, cte=draft.transfer)
    return entity


def _alternative(draft: Draft, delivery: Delivery) -> EmailMessage:
    entity = _plain(draft, delivery)
    page = fill(draft.html, delivery.day)
    entity.add_alternative(page, subtype="html", charset=draft.charset, cte=draft.transfer)
    return entity


def _receipt(draft: Draft, delivery: Delivery) -> EmailMessage:
    """Build a read receipt (RFC 8098) for a mail that is not ours."""
    notice = (
        f"Final-Recipient: rfc822;{parseaddr(draft.sender)[1]}\n"
        "Original-Message-ID: <okand.1@annan-stad.example>\n"
        "Disposition: manual-action/MDN-sent-automatically; displayed\n"
    )
    return _report(draft, delivery, "disposition-notification", notice)


def _bounce(draft: Draft, delivery: Delivery) -> EmailMessage:
    """Build a delivery report (RFC 3464) about a mail that is not ours."""
    notice = (
        f"Reporting-MTA: dns;{parseaddr(draft.sender)[1].rpartition('@')[2]}\n\n"
        "Final-Recipient: rfc822;gunvor.ek@hemmapost.example\n"
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;550 5.1.1 User unknown\n"
    )
    report = _report(draft, delivery, "delivery-status", notice)
    original = f"From: info@{CITY}\nMessage-ID: <okand.2@annan-stad.example>\nSubject: Hej\n"
    report.attach(_machine_part("text/rfc822-headers", original))
    return report


def _report(draft: Draft, delivery: Delivery, kind: str, notice: str) -> EmailMessage:
    report = EmailMessage(policy=_POLICY)
    report["MIME-Version"] = "1.0"
    report["Content-Type"] = f"multipart/report; report-type={kind}"
    for_people = _plain(draft, delivery)
    del for_people["MIME-Version"]
    report.attach(for_people)
    report.attach(_machine_part(f"message/{kind}", notice))
    return report


def _machine_part(content_type: str, text: str) -> EmailMessage:
    return message_from_string(f"Content-Type: {content_type}\n\n{text}", policy=_POLICY)


_BUILD: Final = {
    Shape.PLAIN: _plain,
    Shape.FLOWED: _flowed,
    Shape.HTML: _html,
    Shape.ALTERNATIVE: _alternative,
    Shape.RECEIPT: _receipt,
    Shape.BOUNCE: _bounce,
}
