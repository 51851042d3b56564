"""Delivery reports: what became of a mail that we sent, and which mail that was.

Reads the machine-readable parts of bounces and abuse reports, and the plain text of
those servers that write nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from functionmail import decode
from functionmail.message import Address, DeliveryReport
from functionmail.parse import fields, mime

_MOST_READ = 50_000
"""Bytes of a report part, and characters of a body, that are looked at."""

_MOST_PARTS = 20
"""Report parts that are looked at."""

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FEEDBACK_TYPE = "message/feedback-report"
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"}
    | {"message/global-headers"}
)
_TYPES = _STATUS_TYPES | _RETURNED_TYPES | {_FEEDBACK_TYPE}
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
"""Worst first (RFC 3464, section 2.3.3)."""

_BY_CLASS = {"5": "failed", "4": "delayed", "2": "delivered"}
_STATUS = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
_FIELD = re.compile(r"^([a-z-]{1,60})[ \t]*:[ \t]*(\S[^\n]*)", re.IGNORECASE | re.MULTILINE)
_WRITTEN_ID = re.compile(r"message-id[ \t]*:[ \t\n]*<([^<>\s]{1,998})>", re.IGNORECASE)

_DAEMON = re.compile(
    r"(?<![\w.-])(?:mailer-?daemon|mail-daemon|mdaemon|postmaster|maildelivery|microsoftexchange)"
)
"""How servers that write bounces call themselves; some leave out the domain."""

_SAYS_DELAYED = re.compile(
    r"\bdelay|not yet (?:been )?delivered|still (?:being )?(?:trying|retried)|försena"
    r"|(?:keep|continue) trying"
)
_SAYS_FAILED = re.compile(
    r"undeliver|(?:could ?n.t|could not|cannot|can.t|was not|wasn.t) be delivered|not delivered"
    r"|(?:delivery|delivering).{0,30}fail|failure notice|returned (?:mail|to sender)"
    r"|permanent (?:fatal )?error|unable to deliver|user unknown|does(?: not|n.t) exist"
    r"|(?:inte|ej) (?:kunnat )?(?:levereras|leverera|levererats)|kunde inte nå"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a mail holds that may show it to be a delivery report.

    Attributes:
        root: None where there are no parts, only fields.
        answers: Ids in In-Reply-To and References.
    """

    root: mime.Part | None
    headers: tuple[tuple[str, str], ...]
    sender: Address | None
    subject: str
    body: str
    answers: tuple[str, ...]


def find(mail: Evidence) -> DeliveryReport | None:
    """Return the delivery report that a mail carries, or None if it is something else."""
    parts = [part for part in mail.root.walk() if part.content_type in _TYPES] if mail.root else []
    del parts[_MOST_PARTS:]
    outcomes = [one for part in parts if part.content_type in _STATUS_TYPES for one in _told(part)]
    feedback = any(part.content_type == _FEEDBACK_TYPE for part in parts)
    if outcomes:
        action, status = min(outcomes, key=lambda one: _rank(one[0]))
    elif feedback:
        action, status = "", ""
    elif _is_from_a_daemon(mail) and (told := _told_in_words(mail)):
        action, status = told
    else:
        return None
    named = [*_returned_ids(parts), *mail.answers, *_WRITTEN_ID.findall(mail.body[:_MOST_READ])]
    return DeliveryReport(
        action=action, status=status, original_ids=tuple(dict.fromkeys(named))[: fields.MAX_IDS]
    )


def _rank(action: str) -> int:
    return _ACTIONS.index(action) if action in _ACTIONS else len(_ACTIONS)


def _told(part: mime.Part) -> Iterator[tuple[str, str]]:
    """Yield action and status for each recipient of a delivery-status part."""
    for block in _text_of(part).split("\n\n"):
        said = {name.lower(): value for name, value in reversed(_FIELD.findall(block))}
        status = _STATUS.search(said.get("status", ""))
        action = said.get("action", "").split("(")[0].strip().lower()
        if action not in _ACTIONS and status:
            action = _BY_CLASS[status[1]]
        if action in _ACTIONS:
            yield action, status[0] if status else ""


def _text_of(part: mime.Part) -> str:
    encoding = part.header("content-transfer-encoding").decode("ascii", "replace")
    return decode.text(decode.transfer(part.body[:_MOST_READ], encoding)[0], None)[0]


def _is_from_a_daemon(mail: Evidence) -> bool:
    address = mail.sender.address if mail.sender else ""
    return _DAEMON.match(address) is not None or any(
        name == "x-failed-recipients"
        or (name == "content-type" and "delivery-status" in value)
        or (name == "from" and _DAEMON.search(value.lower()) is not None)
        for name, value in mail.headers
    )


def _told_in_words(mail: Evidence) -> tuple[str, str] | None:
    """Return action and status as a bounce without report part words them."""
    words = f"{mail.subject}\n{mail.body[:_MOST_READ]}".lower()
    status = _STATUS.search(words)
    code = status[0] if status else ""
    if code.startswith("5"):
        return "failed", code
    if _SAYS_DELAYED.search(words):
        return "delayed", code
    if _SAYS_FAILED.search(words):
        return "failed", code
    return ("delayed", code) if code.startswith("4") else None


def _returned_ids(parts: Iterable[mime.Part]) -> Iterator[str]:
    """Yield the Message-ID of each returned mail, and those the status parts name."""
    for part in parts:
        if part.content_type in _RETURNED_TYPES:
            head = _text_of(part).lstrip("\n").partition("\n\n")[0]
            headers, _, _ = mime.read_headers(head.encode())
            for name, value in headers:
                if name == "message-id":
                    yield from fields.ids(decode.header(value))
        else:
            yield from _WRITTEN_ID.findall(_text_of(part))
