"""Automatic answers: out of office, read receipts, receipts of other case systems.

Headers decide where there are any. Words decide only together: a person may write of
leave, of automatic answers and of receipts, and stays a person.
"""

from __future__ import annotations

import re

from functionmail.automatic import headers, subjects
from functionmail.automatic.reading import Reading
from functionmail.automatic.verdicts import Author, Authorship
from functionmail.message import Message

_THANKED = 200
"""Characters of folded text in which an automatic answer thanks for the mail."""

_SHORT = 1_200
"""Characters of folded text; longer mail is not taken for an automatic answer by words."""

_ABSENT = (
    "jag ar pa semester",
    "har semester",
    "ar pa semester",
    "jag ar ledig",
    "ar bortrest",
    "ar pa resa",
    "foraldraledig",
    "tjanstledig",
    "inte pa kontoret",
    "ar inte i tjanst",
    "ater pa kontoret",
    "tillbaka pa kontoret",
    "ater i tjanst",
    "begransad tillgang till",
    "begransad mojlighet att",
    "laser inte mejl",
    "laser inte min",
    "laser inte denna",
    "laser inte mail",
    "stangt for semester",
    "sommarstangt",
    "julstangt",
    "semesterstangt",
    "kontoret ar stangt",
    "vidarebefordras inte",
    "will not be reading my mail",
    "vid bradskande arenden",
    "vid akuta arenden",
    "akuta arenden",
    "out of the office",
    "out of office",
    "away from the office",
    "on vacation",
    "on holiday",
    "on annual leave",
    "on parental leave",
    "on leave",
    "i am away",
    "limited access to",
    "back in the office",
    "return to the office",
    "do not read this mailbox",
    "office is closed",
    "for urgent matters",
    "nicht im buro",
    "nicht im haus",
    "im urlaub",
    "auf urlaub",
    "bin abwesend",
    "nicht erreichbar",
    "olen poissa",
    "olen lomalla",
    "olen vuosilomalla",
    "en tavoitettavissa",
    "pa ferie",
    "ikke pa kontoret",
    "ikke til stede",
    "har ferie",
    "tilbage pa kontoret",
    "tilbake pa kontoret",
    "er bortreist",
    "niet aanwezig",
    "ben afwezig",
    "met vakantie",
    "op vakantie",
    "absent du bureau",
    "suis absent",
    "serai absent",
    "en conge",
    "de vacaciones",
    "fuera de la oficina",
    "in ferie",
    "fuori ufficio",
    "de ferias",
    "na urlopie",
    "poza biurem",
)
_THANKS = (
    "tack for ditt mejl",
    "tack for ditt mail",
    "tack for ditt meddelande",
    "tack for ert mejl",
    "tack for ert meddelande",
    "tack for din e-post",
    "tack for ditt e-post",
    "thank you for your e-mail",
    "thank you for your email",
    "thank you for your message",
    "thank you for contacting",
    "thanks for your email",
    "vielen dank fur ihre",
    "takk for din",
    "kiitos viestista",
    "danke fur ihre",
    "danke fur deine",
    "bedankt voor uw",
    "merci pour votre",
    "gracias por su",
    "grazie per",
    "takk for e-posten",
    "tak for din",
    "tack for att du kontaktar",
    "tack for att ni kontaktar",
)
_RECEIVED = (
    "har mottagit ditt arende",
    "har mottagit ert arende",
    "har tagit emot ditt arende",
    "har tagit emot ert arende",
    "har mottagit ditt meddelande",
    "har tagit emot ditt meddelande",
    "har mottagit ditt mejl",
    "har tagit emot ditt mejl",
    "har mottagit ditt mail",
    "har tagit emot ditt mail",
    "har mottagit din forfragan",
    "har tagit emot din forfragan",
    "har mottagit din e-post",
    "ditt arende har registrerats",
    "ditt arende ar registrerat",
    "ditt arende har mottagits",
    "ditt arende har skapats",
    "ditt arende har fatt",
    "arendet har registrerats",
    "din anmalan ar mottagen",
    "mottagningsbekraftelse",
    "mottagningskvitto",
    "kvittensnr",
    "kvittensnummer",
    "have received your request",
    "have received your message",
    "have received your e-mail",
    "have received your email",
    "have received your ticket",
    "have received your enquiry",
    "have received your inquiry",
    "ticket has been received",
    "ticket has been created",
    "request has been received",
    "request has been registered",
    "message has been received",
    "case has been created",
    "case has been registered",
    "vi har modtaget din",
    "vi har mottatt din",
    "wir haben ihre anfrage erhalten",
    "olemme vastaanottaneet",
)
_BY_MACHINE = (
    "automatiskt",
    "automatisk",
    "autogenererat",
    "autosvar",
    "automated",
    "automatic",
    "automatically",
    "svara inte pa",
    "kan inte besvaras",
    "kan ej besvaras",
    "gar inte att besvara",
    "ingen atgard kravs",
    "do not reply",
    "no reply is needed",
    "automatisch",
    "automaattinen",
)
_RECEIVED_NUMBER = re.compile(
    r"(?:ticket|request|case|message|enquiry|inquiry|incident|issue) (?:\(?#?[\w-]{2,20}\)?:? )?"
    r"(?:has been|was) (?:\w{4,12} )?(?:received|created|registered|logged|opened)|"
    r"(?:di(?:tt|n)|er|ert) (?:arende|forfragan|anmalan|meddelande|mejl)(?: \S{2,40}){0,6}? "
    r"(?:har (?:registrerats|mottagits|tagits emot|skapats)|ar (?:registrera[dt]|mottage[nt]))"
)
_TAKEN = (
    *("received", "created", "registered", "logged", "opened"),
    *("registrera", "mottagits", "mottage", "tagits emot", "skapats"),
)
"""One of these is in whatever `_RECEIVED_NUMBER` matches."""

_NUMBERED = re.compile(
    r"(?:ticket|arende|request|case|kvittens|incident|sak)[a-z]{0,8}[ .:#\[(-]{1,4}\w{0,6}\d{3}"
)
_MATTER = re.compile(
    r"\b(?:faktur|rakning|avgift|betal|inkomst|hyra|skuld|anstand|paminnelse|inkasso|"
    r"invoice|bill\b|payment|pay\b|fee\b|rent\b)"
)
"""What a person on leave writes about; a program may as well, but then hears a person."""

_PERSONAL = re.compile(
    r"\b(?:jag (?:vill|har fatt|undrar|behover|onskar|vantar|skulle|forstar|bestrider)|"
    r"kan (?:ni|du|nagon)|kunde ni|snalla|vanligen (?:makulera|stoppa|kreditera|aterkom)|"
    r"could you|can you|would you|please (?:cancel|stop|help|confirm)|"
    r"i (?:would|want|need|have not|never|received))\b"
)
_ANSWER = re.compile(r"\bmethod\s?=\s?\"?reply\b")


def by_headers(message: Message) -> Authorship | None:
    """Recognise an automatic answer by what programs put into its headers."""
    if "disposition-notification" in headers.report_types(message, nested=False):
        return _automatic("read_receipt", "disposition-notification")
    if not headers.speak_of_machines(message):
        return None
    submitted = headers.auto_submitted(message).replace("_", "-")
    if submitted.startswith("auto-replied"):
        return _automatic("auto_submitted", "auto-submitted: auto-replied")
    if "auto_reply" in headers.precedences(message):
        return _automatic("precedence", "precedence: auto_reply")
    name = headers.autoresponder_header(message)
    return _automatic("autoresponder_header", name) if name else None


def by_subject(reading: Reading) -> Authorship | None:
    """Recognise an automatic answer by how its subject begins or ends."""
    return _automatic("automatic_subject", "subject") if has_automatic_subject(reading) else None


def by_calendar(reading: Reading) -> Authorship | None:
    """Recognise the answer that a calendar gives to an invitation, where nobody added a word.

    Source: RFC 5546, section 3.2.3.
    """
    message = reading.message
    if "text/calendar" not in message.content_types or _asks_for_something(reading):
        return None
    declared = (message.header("content-type") or "").lower()
    if _ANSWER.search(declared) or subjects.ANSWERED.match(reading.subject):
        return _automatic("calendar_answer", "text/calendar")
    return None


def _asks_for_something(reading: Reading) -> bool:
    text = "" if reading.text.startswith("begin:vcalendar") else reading.text
    return "?" in text or any(wish.search(text) for wish in (_PERSONAL, _MATTER))


def by_words(reading: Reading) -> Authorship | None:
    """Recognise absence, read receipts and other systems' receipts by several words together."""
    if reading.forwarded:
        return None
    if len(reading.text) > _SHORT or "?" in reading.text or _PERSONAL.search(reading.text):
        return None
    absent = reading.text_word(_ABSENT)
    if absent and _is_absence(reading):
        return _automatic("absence", absent)
    if subjects.READ.match(reading.subject) and _is_read_text(reading.text):
        return _automatic("read_receipt", "read")
    return _receipt(reading)


def _is_absence(reading: Reading) -> bool:
    """Tell a notice of absence from a person who is away and writes about a matter."""
    if _MATTER.search(reading.text):
        return False
    on_leave = subjects.LEAVE.match(reading.subject) or subjects.LEAVE_END.search(reading.subject)
    return bool(on_leave) or any(word in reading.text[:_THANKED] for word in _THANKS)


def has_automatic_subject(reading: Reading) -> bool:
    """Tell whether the subject shows that a program chose it."""
    patterns = (subjects.AUTOMATIC, subjects.LEAVE_BEFORE_REPLY)
    starts = any(pattern.match(reading.subject) for pattern in patterns)
    return (
        starts
        or subjects.AUTOMATIC_END.search(reading.subject) is not None
        or (subjects.AUTO_START.match(reading.subject) is not None and _tells_of_absence(reading))
    )


def _tells_of_absence(reading: Reading) -> bool:
    return bool(reading.subject_word(_ABSENT) or reading.text_word(_ABSENT))


def _receipt(reading: Reading) -> Authorship | None:
    received = reading.text_word(_RECEIVED) or reading.subject_word(_RECEIVED)
    if not received and reading.text_word(_TAKEN) and _RECEIVED_NUMBER.search(reading.text):
        received = "received under a number"
    if not received:
        return None
    sender = reading.message.sender
    by_machine = (
        (sender is not None and headers.is_no_reply(sender))
        or reading.text_word(_BY_MACHINE)
        or headers.auto_submitted(reading.message)
    )
    numbered = _NUMBERED.search(reading.subject) or _NUMBERED.search(reading.text)
    if by_machine or (numbered and reading.text_word(_THANKS)):
        return _automatic("receipt", received)
    return None


def _is_read_text(text: str) -> bool:
    words = ("lastes", "har lasts", "was read", "has been read", "displayed", "wurde gelesen")
    return text == "" or any(word in text for word in words)


def _automatic(rule: str, words: str) -> Authorship:
    return Authorship(kind=Author.AUTO_REPLY, rule=rule, words=words)
