"""Automatic answers: out of office, read receipts, receipts of other case systems.

Headers decide where there are any. Words decide only together: a person may write of
leave, of automatic answers and of receipts, and stays a person.
"""

from __future__ import annotations

import re

from functionmail.automatic import headers
from functionmail.automatic.reading import Reading
from functionmail.automatic.verdicts import Author, Authorship
from functionmail.message import Message

_SHORT = 1_200
"""Characters of folded text; longer mail is not taken for an automatic answer by words."""

_SUBJECTS = (
    r"auto[- ]?svar",
    r"automat(?:iskt |iska )?svar",
    r"automatiserat svar",
    r"franvaro(?:meddelande|besked)",
    r"auto(?:matic)?[- ]?(?:reply|response|respons|answer)",
    r"automated (?:reply|response)",
    r"auto(?:mat(?:ed|ic))?[- ]?(?:reply|response) (?:from\b.*|(?:for|to) your .*)",
    r"out[- ]of[- ](?:the[- ])?office(?: (?:auto[- ]?reply|reply|notice|notification|message))?",
    r"ooo",
    r"automatisk svar",
    r"fravar(?:smelding|sbesked|smeddelelse)",
    r"automaattinen vastaus",
    r"automaattivastaus",
    r"poissaolo(?:viesti|ilmoitus)",
    r"abwesenheits(?:notiz|nachricht|meldung|info\w*|assistent)",
    r"automatische (?:antwort|afwezigheid\w*)",
    r"autom?(?:atisch)? ?antwo?o?rd",
    r"afwezigheids\w+",
    r"reponse automatique",
    r"(?:message|avis|notification) d'absence",
    r"absence du bureau",
    r"respuesta automatica",
    r"fuera de (?:la )?oficina",
    r"risposta automatica",
    r"fuori (?:sede|ufficio)",
    r"resposta automatica",
    r"fora do escritorio",
    r"sjalfvirkt svar",
    r"automaatvastus",
    r"autom\Stisk\S atbilde",
    r"automatinis atsakymas",
    r"odpowied\S automatyczna",
    r"automatyczna odpowied\S",
    r"autoodpowied\S",
    r"automatick\S odpov\S{2,4}",
    r"automatikus valasz\w*",
    r"r\Sspuns automat",
    r"automatski odgovor",
    r"otomatik yan\St",
    "\u0430\u0432\u0442\u043e\u043c\u0430\u0442\u0438\u0447\\w{2,6} "
    "(?:\u043e\u0442\u0432\u0435\u0442|\u0432\\w\u0434\u043f\u043e\u0432\\w\u0434\u044c)",
    "\u0430\u0432\u0442\u043e\u043e\u0442\u0432\u0435\u0442",
    "\u81ea\u52d5(?:\u5fdc\u7b54|\u8fd4\u4fe1)",
    "\u81ea\u52a8(?:\u7b54\u590d|\u56de\u590d)",
    "\uc790\ub3d9 ?\ud68c\uc2e0",
)
"""Only programs begin a subject so, before a colon or where the subject ends.

The last five are Russian and Ukrainian, Russian, Japanese, Chinese and Korean.
"""

_LEAVE = (
    r"franvaro",
    r"franvarande",
    r"semester\w*",
    r"sommar\w*",
    r"jul(?:stangt|ledighet)",
    r"stangt",
    r"ledig\w*",
    r"(?:foraldra|tjanst|barn)ledig\w*",
    r"vacation",
    r"holiday",
    r"on leave",
    r"away",
    r"out of (?:the )?office",
    r"ooo",
    r"(?:inte|ej|ikke|ikke til) (?:pa kontoret|pa plats|stede)",
    r"ferie\w*",
    r"fravar\w*",
    r"loma\w*",
    r"poissa\w*",
    r"urlaub\w*",
    r"abwesen\w*",
    r"afwezig\w*",
    r"absence",
    r"absent",
    r"conges?",
    r"vacaciones",
    r"ausencia",
    r"assenza",
    r"assente",
    r"ausente",
    r"puhkus\w*",
    r"urlop\w*",
    r"nieobecn\w*",
)
"""Begins people's subjects as well; counts before "Re:" or with `_ABSENT` in the text."""

_READ = r"(?:last|olast borttaget|ej last|lastes|read|not read|lest|gelesen|ulest|luettu|laskvitto)"

_SUBJECT = re.compile(rf"(?:{'|'.join(_SUBJECTS)}) ?(?:[:-]|$|\b(?:re|sv|vb|aw|fw|vs)\b ?:)")
_SUBJECT_END = re.compile(
    r"\((?:autosvar|automatiskt svar|auto(?:matic)?[- ]?(?:reply|response)|out of office)\)$"
)
_LEAVE_BEFORE_REPLY = re.compile(
    rf"(?:{'|'.join(_LEAVE)}) ?[:-]? ?(?:re|sv|vb|aw|fw|vs)(?:\[\d\])? ?:"
)
_LEAVE_START = re.compile(rf"(?:{'|'.join(_LEAVE)})\b")
_LEAVE_END = re.compile(
    r"(?:(?:is|am|ar|er) (?:currently |just nu )?"
    r"(?:out of (?:the )?office|away from the office|inte pa kontoret|ikke pa kontoret)|"
    r"is(?:t)? (?:auf|im) urlaub|ist (?:nicht im haus|abwesend))"
    r"[.!]?(?: ?\([^()]{1,60}\))?\.?$"
)
"""How the out-of-office programs of group mail systems end a subject."""

_AUTO_START = re.compile(r"auto ?: ")
"""What one such program puts first, and a person with a car might."""

_READ_START = re.compile(rf"{_READ} ?:")

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


def by_words(reading: Reading) -> Authorship | None:
    """Recognise absence, read receipts and other systems' receipts by several words together."""
    if reading.forwarded:
        return None
    if len(reading.text) > _SHORT or "?" in reading.text or _PERSONAL.search(reading.text):
        return None
    absent = "" if _MATTER.search(reading.text) else reading.text_word(_ABSENT)
    on_leave = _LEAVE_START.match(reading.subject) or _LEAVE_END.search(reading.subject)
    if on_leave and absent:
        return _automatic("absence", absent)
    thanks = reading.text[:200] if reading.text_word(_THANKS) else ""
    if absent and any(word in thanks for word in _THANKS):
        return _automatic("absence", absent)
    if _READ_START.match(reading.subject) and _is_read_text(reading.text):
        return _automatic("read_receipt", "read")
    return _receipt(reading)


def has_automatic_subject(reading: Reading) -> bool:
    """Tell whether the subject shows that a program chose it."""
    patterns = (_SUBJECT, _LEAVE_BEFORE_REPLY)
    starts = any(pattern.match(reading.subject) for pattern in patterns)
    return (
        starts
        or _SUBJECT_END.search(reading.subject) is not None
        or (_AUTO_START.match(reading.subject) is not None and _tells_of_absence(reading))
    )


def _tells_of_absence(reading: Reading) -> bool:
    return bool(reading.subject_word(_ABSENT) or reading.text_word(_ABSENT))


def _receipt(reading: Reading) -> Authorship | None:
    received = reading.text_word(_RECEIVED) or reading.subject_word(_RECEIVED)
    if not received and _RECEIVED_NUMBER.search(reading.text):
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
