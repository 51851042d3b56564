"""From an outgoing mail to its bytes: thread headers, loop guards, text and HTML.

One recipient only. Whatever stands in a subject or a name, it cannot start a new header.
Made to pass every server unchanged: only ASCII on the wire.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from functionmail.errors import CannotAnswer
from functionmail.identity import LOOP_HEADER
from functionmail.message import Address, Message, Outgoing

_POLICY = SMTP.clone(cte_type="7bit")
_SUPPRESS = "DR, RN, NRN, OOF, AutoReply"
"""Not NDR: bounces must still come (MS-OXCMAIL 2.1.3.2.20)."""

_MOST_REFERENCES = 20
_LONGEST_SUBJECT = 400
_LONGEST_NAME = 100
_MADE_UP = "@missing.invalid"

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
_MESSAGE_ID = re.compile(r"[!-;=?-~]{1,450}")
_EXTRA_NAME = re.compile(r"[Xx]-[A-Za-z0-9-]{1,60}")
_UNWANTED = frozenset({"Cc", "Cs", "Zl", "Zp"})


def compose(outgoing: Outgoing) -> bytes:
    """Return the complete mail as RFC 5322 bytes with CRLF line ends.

    A References list that grew too long keeps its first and its newest ids. Control
    characters are dropped from all texts.

    Raises:
        CannotAnswer: Sender or recipient is no address that can be written to.
        ValueError: Our own Message-ID is malformed, or an extra header is not of the form
            ``X-...``.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _header_address(outgoing.sender, "sender")
    mail["To"] = _header_address(outgoing.recipient, "recipient")
    mail["Subject"] = _one_line(outgoing.subject)[:_LONGEST_SUBJECT]
    mail["Date"] = format_datetime(outgoing.sent_at)
    if outgoing.auto_submitted is not None:
        mail["Auto-Submitted"] = _one_line(outgoing.auto_submitted)
        mail["X-Auto-Response-Suppress"] = _SUPPRESS
    mail[LOOP_HEADER] = "1"
    for name, value in outgoing.extra_headers:
        if not _EXTRA_NAME.fullmatch(name):
            raise ValueError(f"an extra header must be of the form X-..., got {name!r}")
        mail[name] = _one_line(value)[:_LONGEST_SUBJECT]
    mail.set_content(_lines(outgoing.text), cte="quoted-printable")
    if outgoing.html is not None:
        mail.add_alternative(_lines(outgoing.html), subtype="html", cte="quoted-printable")
        mail.set_boundary(_boundary(outgoing.message_id))
    # Setting the content takes away every header that begins with Content-.
    mail["Content-Language"] = _one_line(outgoing.language)
    return "".join(_thread_headers(outgoing)).encode("ascii") + mail.as_bytes()


def answer_address(message: Message) -> Address:
    """Return where an answer to a mail goes: Reply-To within the sender's domain, else From.

    A Reply-To elsewhere is not believed: it would make us write to a stranger.

    Raises:
        CannotAnswer: The mail has no sender that can be written to.
    """
    sender = message.sender
    if sender is None:
        raise CannotAnswer("cannot answer: the mail names no sender; answer by hand")
    same_domain = (one for one in message.reply_to if one.domain == sender.domain)
    chosen = next((one for one in same_domain if _address_spec(one) is not None), sender)
    if _address_spec(chosen) is None:
        raise CannotAnswer("cannot answer: the sender's address is malformed; answer by hand")
    return chosen


def _thread_headers(outgoing: Outgoing) -> Iterator[str]:
    """Yield the headers that hold ids, folded by hand.

    The library would encode an id that is longer than a line.
    """
    if not _MESSAGE_ID.fullmatch(outgoing.message_id):
        raise ValueError("the Message-ID of an outgoing mail is malformed")
    yield f"Message-ID: <{outgoing.message_id}>\r\n"
    answered = tuple(_real_ids((outgoing.in_reply_to or "",)))
    if answered:
        yield f"In-Reply-To: <{answered[0]}>\r\n"
    references = tuple(dict.fromkeys(_real_ids((*outgoing.references, *answered))))
    if len(references) > _MOST_REFERENCES:
        references = (references[0], *references[1 - _MOST_REFERENCES :])
    if references:
        folded = "\r\n ".join(f"<{message_id}>" for message_id in references)
        yield f"References: {folded}\r\n"


def _boundary(message_id: str) -> str:
    """Return a boundary that is the same every time and cannot stand in quoted-printable text."""
    return f"=_{sha256(message_id.encode()).hexdigest()[:32]}"


def _real_ids(message_ids: Iterable[str]) -> Iterator[str]:
    """Yield the ids that another program can have seen."""
    for message_id in message_ids:
        if _MESSAGE_ID.fullmatch(message_id) and not message_id.endswith(_MADE_UP):
            yield message_id


def _header_address(address: Address, role: str) -> HeaderAddress:
    spec = _address_spec(address)
    if spec is None:
        raise CannotAnswer(f"cannot compose: the {role}'s address is malformed")
    try:
        return HeaderAddress(display_name=_one_line(address.name)[:_LONGEST_NAME], addr_spec=spec)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise CannotAnswer(f"cannot compose: the {role}'s address is malformed") from error


def _address_spec(address: Address) -> str | None:
    """Return an address as ASCII, or None if it is malformed or needs SMTPUTF8."""
    local, at, domain = address.address.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    if not at or len(local) > 64 or len(ascii_domain) > 253:
        return None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(ascii_domain):
        return None
    return f"{local}@{ascii_domain}"


def _one_line(text: str) -> str:
    """Return text on one line, without control characters."""
    return " ".join(_printable(text.split()))


def _lines(text: str) -> str:
    """Return text with plain line feeds and without other control characters."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_printable(unified.split("\n")))


def _printable(pieces: Iterable[str]) -> Iterator[str]:
    for piece in pieces:
        yield "".join(
            char for char in piece if char == "\t" or unicodedata.category(char) not in _UNWANTED
        )
