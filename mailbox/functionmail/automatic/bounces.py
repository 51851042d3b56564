"""Delivery failures, delays and complaints, by structure first and by their words last."""

from __future__ import annotations

import re
from collections.abc import Iterator

from functionmail.automatic import headers
from functionmail.automatic.reading import Reading
from functionmail.automatic.verdicts import Author, Authorship, DeliveryFailure
from functionmail.identity import Identity, OwnId
from functionmail.message import Message

_SUBJECTS = (
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "delivery notification",
    "delivery report",
    "delivery delayed",
    "delayed mail",
    "mail delivery fail",
    "mail delivery system",
    "mail system error",
    "mail could not be delivered",
    "mail not delivered",
    "mail failed",
    "mail failure",
    "mail error",
    "mail returned",
    "problem delivering",
    "your message could not be delivered",
    "your mail could not be delivered",
    "your email could not be delivered",
    "message status - undeliver",
    "failed delivery",
    "failure delivery",
    "failure notice",
    "permanent delivery failure",
    "sorry, your message could not",
    "there was an error sending your mail",
    "notice: mail delivery status",
    "postmaster notify",
    "message frozen",
    "message bounced",
    "message you sent blocked",
    "**message you sent blocked",
    "loop alert",
    "loop back warning",
    "ignored not member article",
    "not member article",
    "reject mail from",
    "returned mail",
    "returned to sender",
    "message delivery",
    "message blocked",
    "message rejected",
    "message undeliverable",
    "non-deliverable",
    "nondeliverable",
    "non-delivery",
    "nondelivery",
    "non remis",
    "non recapitabil",
    "onbestelbaar",
    "no se puede entregar",
    "no se pudo entregar",
    "warning: could not send",
    "could not send message",
    "email bounce",
    "bounce notification",
    "rejected mail",
    "olevererbar",
    "kan inte levereras",
    "kunde inte levereras",
    "returnerat m",
    "returnerad e-post",
    "meddelande om leveransstatus",
    "leverans misslyckades",
    "leveransen misslyckades",
    "meddelandet har inte levererats",
    "kan ikke leveres",
    "ikke levert",
    "uleverbar",
    "ikke leveret",
    "unzustellbar",
    "nicht zustellbar",
    "zustellung fehlgeschlagen",
    "toimitus epaonnistui",
    "ei voitu toimittaa",
    "abuse report",
    "email feedback report",
    "\u30e1\u30fc\u30eb\u30a8\u30e9\u30fc",
    "\u914d\u4fe1\u3067\u304d\u307e\u305b\u3093",
    "\u9001\u4fe1\u3067\u304d\u307e\u305b\u3093",
)
_TEXTS = (
    "could not be delivered",
    "couldn't be delivered",
    "not able to deliver",
    "wasn't able to deliver",
    "unable to deliver",
    "could not deliver",
    "cannot be delivered",
    "not been delivered",
    "was not delivered",
    "was undeliverable",
    "delivery to the following",
    "delivery has failed",
    "delivery failed",
    "delivery of your message",
    "delivering your message",
    "had delivery problems",
    "had delivery errors",
    "permanent delivery errors",
    "refused to accept your message",
    "rejected your message",
    "- failure reasons -",
    "maximum hop count",
    "no valid recipients",
    "message could not be sent",
    "message you sent was blocked",
    "duplicated message-id",
    "not a member of this mailing list",
    "has detected a loop condition",
    "failed permanently",
    "did not reach the following",
    "permanent fatal error",
    "transcript of session",
    "address(es) failed",
    "message was rejected",
    "was rejected because",
    "user unknown",
    "unknown user",
    "no such user",
    "recipient address rejected",
    "mailbox unavailable",
    "mailbox is full",
    "mailbox full",
    "returned to sender",
    "returned message",
    "mailbox is over quota",
    "quota exceeded",
    "exceeds the size",
    "invalid recipient",
    "host unknown",
    "unrouteable address",
    "email abuse report",
    "authentication failure report",
    "kunde inte levereras",
    "kan inte levereras",
    "gick inte att leverera",
    "har inte levererats",
    "levererades inte",
    "mottagare kunde inte nas",
    "kunde inte na mottagaren",
    "kunne ikke leveres",
    "kunne ikke bli levert",
    "ble ikke levert",
    "blev ikke leveret",
    "konnte nicht zugestellt werden",
    "konnte nicht ubermittelt werden",
    "ei voitu toimittaa",
    "toimittaminen epaonnistui",
    "n'a pas pu etre remis",
    "\u914d\u4fe1\u3067\u304d\u307e\u305b\u3093",
    "\u9001\u4fe1\u3067\u304d\u307e\u305b\u3093",
)
_TO_THE_FOLLOWING = re.compile(
    r"(?:(?:to|for|reach) (?:one or more of )?the following (?:recip|addr|user|dest|e-?mail)|"
    r"till foljande (?:mott|adre|e-post)|an (?:folgende empf|die folgenden empf))[^@]{1,120}@|"
    r"the following (?:e-?mail|mail|message)s? (?:could|can|was|were) ?not"
)
"""How servers announce those who did not get a mail, and people hardly ever."""

_GOODS = re.compile(
    r"\b(?:e-?)?(?:faktur|invoice|paket|parcel|package|shipment|forsandelse|goods|varor|varan|order)"
)
_OPENING = 400
"""Characters of a text that tell what it is about; further down a mail may be quoted."""

_CERTAIN = re.compile(
    r"(?:hi\. )?this is the qmail-send program|this is the mail system at host|"
    r"this message was created automatically by mail delivery software|"
    r"this is an automatically generated delivery status notification"
)
"""How the common servers begin, whoever passes it on."""

_CERTAIN_SUBJECT = re.compile(r"complaint about message from (?:\d|\[)")
"""A complaint by a large mail service that sends the mail in question and no other word."""

_JSON_NOTICE = re.compile(
    r"\\?\"(?:notification|event)type\\?\" ?: ?"
    r"\\?\"(?:bounce|complaint|delivery|deliverydelay|reject)\\?\""
)
"""The notices of a large mail service, themselves or as the text of another notice."""

_DELAYS = (
    "delivery status notification (delay)",
    "has been delayed",
    "delivery is delayed",
    "delivery delayed",
    "delayed mail",
    "warning message only",
    "do not need to resend",
    "will continue to try",
    "will be retried",
    "still being retried",
    "could not send message for past",
    "har fordrojts",
    "ar fordrojt",
    "har forsenats",
    "ar forsenad",
    "er forsinket",
    "verzogert",
    "viivastynyt",
)
_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])|(?<!\d)(?:421|45[0-2]|55[0-6])[ -]")
_TEMPORARY = re.compile(r"(?<![\d.])4\.\d{1,3}\.\d{1,3}(?![\d.])")
_PERMANENT = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])|(?<!\d)55[0-6][ -]")
_OWN_LOOKING = re.compile(
    r"fm\.[0-9]{4}-[0-9]{6,9}\.[0-9]{1,9}\.[A-Za-z2-7]{10}@[A-Za-z0-9.-]{1,253}"
)
_LOOKED_AT = 60_000
_MOST_IDS = 50


def by_structure(message: Message) -> Authorship | None:
    """Recognise a bounce by report part, failure header or mail server's address."""
    reports = headers.report_types(message, nested=False)
    for report in sorted(reports - {"disposition-notification"}):
        return _bounce("report_part", report)
    if reports:
        return None
    for name in ("x-failed-recipients", "x-ms-exchange-message-is-ndr"):
        if message.header(name) is not None:
            return _bounce("failure_header", name)
    if headers.is_daemon(message):
        return _bounce("daemon_sender", "mailer-daemon, postmaster")
    return None


def by_words(reading: Reading) -> Authorship | None:
    """Recognise a bounce that has no structure: mail gateways, old and odd servers.

    The further the sender is from mail machinery, the more must come together: a person
    may well tell us that a mail came back, and goods are delivered, too.
    """
    if reading.passed_on:
        return None
    if certain := _certain_words(reading):
        return _bounce("bounce_text", certain)
    person = not headers.is_mail_system(reading.message)
    attended = person and not headers.is_unattended(reading.message)
    subject = reading.subject_start(_SUBJECTS)
    if attended and not subject:
        return None
    text = reading.text_word(_TEXTS)
    if not subject and not text:
        return None
    signs = bool(subject) + bool(text) + bool(_CODE.search(reading.text))
    signs += bool(text and _TO_THE_FOLLOWING.search(reading.text))
    if not attended:
        signs += headers.returns_a_mail(reading.message)
    enough = 1 + person + attended + (person and _tells_of_goods(reading))
    return _bounce("bounce_text", subject or text) if signs >= enough else None


def _tells_of_goods(reading: Reading) -> bool:
    """Tell whether an invoice or a parcel may be what was not delivered."""
    return bool(_GOODS.search(reading.subject) or _GOODS.search(reading.text[:_OPENING]))


def _certain_words(reading: Reading) -> str:
    """Return wording that only mail servers use, or the empty string."""
    certain = _CERTAIN.match(reading.text)
    if reading.text.startswith("{"):
        certain = certain or _JSON_NOTICE.search(reading.text)
    certain = certain or _CERTAIN_SUBJECT.match(reading.subject)
    return certain[0] if certain else ""


def by_return_path(message: Message) -> Authorship | None:
    """Take an empty return path for what it is meant for (RFC 5321, section 4.5.5)."""
    return _bounce("empty_return_path", "return-path: <>") if message.return_path == "" else None


def is_delay(reading: Reading) -> bool:
    """Tell whether the other side is still trying."""
    report = reading.message.report
    if report is not None and report.action:
        return report.action == "delayed"
    return bool(reading.text_word(_DELAYS) or reading.subject_word(_DELAYS))


def failure(reading: Reading, identity: Identity) -> DeliveryFailure | None:
    """Return which of our mails a bounce is about, or None for anybody else's."""
    report = reading.message.report
    if report is not None and report.action in {"delivered", "relayed", "expanded"}:
        return None
    if "feedback-report" in headers.report_types(reading.message, nested=False):
        return None
    own_ids = tuple(dict.fromkeys(_own_ids(reading.message, identity)))
    if not own_ids:
        return None
    return DeliveryFailure(own_ids=own_ids, permanent=_is_permanent(reading))


def _is_permanent(reading: Reading) -> bool:
    if is_delay(reading):
        return False
    report = reading.message.report
    if report is not None and report.action == "failed":
        return True
    codes = f"{report.status if report else ''} {reading.text}"
    return bool(_PERMANENT.search(codes) or not _TEMPORARY.search(codes))


def _own_ids(message: Message, identity: Identity) -> Iterator[OwnId]:
    """Yield our mails named anywhere in a bounce; the HMAC makes any place trustworthy."""
    named = [*(message.report.original_ids if message.report else ())]
    named += [*message.in_reply_to, *message.references]
    named += [match[0] for match in _OWN_LOOKING.finditer(message.body[:_LOOKED_AT])]
    for message_id in named[:_MOST_IDS]:
        own = identity.read_own(message_id)
        if own is not None:
            yield own


def _bounce(rule: str, words: str) -> Authorship:
    return Authorship(kind=Author.BOUNCE, rule=rule, words=words)
