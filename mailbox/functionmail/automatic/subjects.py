"""How the subjects of automatic answers begin and end, in Swedish and two dozen languages more.

Folded as `quoting.words.fold` does; ``\\S`` stands for a letter whose mark it keeps.
"""

from __future__ import annotations

import re

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
    r"automatisch antwoord",
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
"""Begins people's subjects as well; counts before "Re:" or with words of absence in the text."""

_READ_WORDS = (
    r"(?:last|olast borttaget|ej last|lastes|read|not read|lest|gelesen|ulest|luettu|laskvitto)"
)

AUTOMATIC = re.compile(rf"(?:{'|'.join(_SUBJECTS)}) ?(?:[:-]|$|\b(?:re|sv|vb|aw|fw|vs)\b ?:)")
AUTOMATIC_END = re.compile(
    r"\((?:autosvar|automatiskt svar|auto(?:matic)?[- ]?(?:reply|response)|out of office)\)$"
)
LEAVE_BEFORE_REPLY = re.compile(
    rf"(?:{'|'.join(_LEAVE)}) ?[:-]? ?(?:re|sv|vb|aw|fw|vs)(?:\[\d\])? ?:"
)
LEAVE = re.compile(rf"(?:{'|'.join(_LEAVE)})\b")
LEAVE_END = re.compile(
    r"(?:(?:is|am|ar|er) (?:currently |just nu )?"
    r"(?:out of (?:the )?office|away from the office|inte pa kontoret|ikke pa kontoret)|"
    r"is(?:t)? (?:auf|im) urlaub|ist (?:nicht im haus|abwesend))"
    r"[.!]?(?: ?\([^()]{1,60}\))?\.?$"
)
"""How the out-of-office programs of group mail systems end a subject."""

AUTO_START = re.compile(r"auto ?: ")
"""What one such program puts first, and a person with a car might."""

READ = re.compile(rf"{_READ_WORDS} ?:")

ANSWERED = re.compile(
    r"(?:(?:preliminart |tentatively )?(?:accepter(?:at|ad)|accepted|godkan[dt])|"
    r"avboj[dt]|declined|tentative|preliminart|forelopigt|godtatt|avslatt|accepteret|afvist|"
    r"zugesagt|abgelehnt|mit vorbehalt|hyvaksytty|hylatty)\s?:"
)
"""How calendars begin the answer to an invitation."""
