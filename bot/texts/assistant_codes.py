"""The Swedish sentence of each code that the assistant uses; part of `bot.texts.codes`.

``intent`` is what a question may be about, ``measure`` what is counted, ``part`` what a proposal
needs to know: parts of longer sentences. ``ask`` are examples of questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ASSISTANT: Final[Mapping[str, str]] = {
    "intent.route": "vem som tar hand om något",
    "intent.template": "en svarsmall",
    "intent.case": "hur det går för ett ärende",
    "intent.queue": "en lista med ärenden",
    "intent.urgent": "det som är brådskande",
    "intent.stats": "statistik",
    "intent.duty": "vem som bemannar en brevlåda",
    "intent.claim": "att ta, lämna över eller avsluta ett ärende",
    "intent.log_phone": "att lägga upp ett telefonärende",
    "intent.feedback": "att notera en återkoppling",
    "intent.remark": "att registrera en synpunkt",
    "intent.idea": "att skriva in en idé i processloggen",
    "intent.knowledge": "vad som gäller",
    "intent.help": "vad jag kan göra",
    "intent.unknown": "något som inte är för mig",
    "ask.route": "vem tar frågor om anstånd?",
    "ask.template": "mall för makulering",
    "ask.case": "hur går det för 2018-000123?",
    "ask.queue": "mina ärenden, eller vad ligger i KR-lådan?",
    "ask.urgent": "vad är brådskande?",
    "ask.stats": "svarstider KR förra veckan",
    "ask.duty": "vem har KR-lådan i morgon?",
    "ask.claim": "jag tar 2018-000123",
    "ask.log_phone": "logga samtal: kulturförvaltningen ringde om en faktura",
    "ask.feedback": "kunden i 2018-000123 har fått svar, klart",
    "ask.remark": "registrera klagomål på hyres: långa svarstider",
    "ask.idea": "idé till processloggen KR: en gemensam blankett",
    "ask.knowledge": "vad gäller vid dödsbo?",
    "measure.response_time": "Svarstid",
    "measure.same_day": "Svar samma dag",
    "measure.volume": "Antal ärenden",
    "measure.urgent_in_time": "Brådskande i tid",
    "measure.complaints": "Synpunkter",
    "measure.backlog": "Öppna ärenden",
    "part.case": "ärendets nummer",
    "part.to": "vem som ska ha ärendet",
    "part.state": "om det pågår eller är klart",
    "part.process": "vilken process det gäller",
    "part.matter": "vilken ärendetyp det gäller",
    "part.customer": "vilken kund det gäller",
    "part.callback": "var den som ringde nås",
    "part.text": "vad som ska stå",
}
