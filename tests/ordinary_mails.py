"""Ordinary mails in any number, made from parts: what a weekday brings, for speed and load.

Deterministic for a seed. About 2 kB each, one in six a reply with history, one in eight
with an attachment, a third urgent.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

START = datetime(2026, 2, 2, 7, tzinfo=UTC)

_NAMES = ("Karin Lund", "Erik Åberg", "Fatima Öztürk", "Lars-Göran Ek", "Åsa Sjö", "Mika Virta")
_UNITS = ("Farsbo sdf", "Idrottsförvaltningen", "Kulturförvaltningen", "Exempelhem AB")
_MATTERS = (
    (
        "kundreskontra",
        "[KR] Anstånd – faktura {n}",
        "Kunden ber om anstånd med faktura {n} som "
        "förfaller {due}. Vi har godkänt att den flyttas till {later}. Kan ni lägga in det?",
    ),
    (
        "kundreskontra",
        "KR makulering faktura {n}",
        "Faktura {n} är ställd till fel mottagare och "
        "ska makuleras. Underlaget skickades in två gånger av misstag, den rätta ska vara kvar.",
    ),
    (
        "kundreskontra",
        "Avbetalningsplan {n}",
        "Jag kan inte betala hela faktura {n} på en gång. "
        "Går det att dela upp den på fyra månader? Jag kan betala 1 500 kr i månaden.",
    ),
    (
        "leverantorsreskontra",
        "Obetald faktura {n}",
        "Vår faktura {n} på 23 750 kr förföll {due} "
        "men vi ser ingen betalning. Kan ni kontrollera om den har kommit in för skanning?",
    ),
    (
        "redovisning",
        "[RED] Omföring verifikat {n}",
        "Kostnaden på verifikat {n} har hamnat på fel "
        "kostnadsställe. Kan ni boka om den från 2310 till 2320, gärna före periodstängningen?",
    ),
    (
        "systemforvaltning",
        "SYS behörighet ny kollega",
        "Vår nya ekonomiassistent behöver läsa och "
        "attestera på ansvar 3310. Blanketten är undertecknad av chefen och bifogas.",
    ),
    (
        "hyresadministration",
        "Fråga om hyran",
        "Min mamma flyttade från boendet i förra månaden. "
        "När upphör hyran, och vart ska vi lämna nycklarna? Avtalet har nummer {n}.",
    ),
    (
        "avgiftshantering",
        "Inkomst förskola",
        "Vår inkomst har ändrats sedan jag blev föräldraledig. "
        "Hur anmäler vi det, och från när räknas avgiften om för vårt barn?",
    ),
    (
        "kassa-bank",
        "KB okänd inbetalning",
        "Vi har fått in 12 500 kr på konto 9894 som vi inte vet "
        "vad det är. Kan ni se vem som har betalat? Inbetalningen kom {due}.",
    ),
    (
        "tid-projekt",
        "TP projektkod",
        "Vi behöver en ny projektkod från årsskiftet för "
        "utvecklingsarbetet. Ansvar 4410, projektledare enligt bifogad blankett.",
    ),
)
_FILLER = (
    "Vi har haft dialog med verksamheten om detta och alla är överens.",
    "Hör gärna av er om ni behöver fler uppgifter från oss.",
    "Återkoppla när det är klart så meddelar vi de berörda.",
    "Ärendet har varit uppe på vårt enhetsmöte och chefen är informerad.",
    "Vi är tacksamma för ett snabbt svar, men förstår att ni har mycket att göra.",
    "Underlaget finns i vår samarbetsyta om ni vill se det i sin helhet.",
)


def ordinary_mails(count: int, *, seed: int = 1) -> Iterator[bytes]:
    """Yield raw mails, each with a Message-ID of its own."""
    chance = random.Random(seed)
    for number in range(count):
        yield _mail(number, chance).as_bytes()


def _mail(number: int, chance: random.Random) -> EmailMessage:
    mailbox, subject, matter = chance.choice(_MATTERS)
    sent = START + timedelta(minutes=3 * number)
    facts = {
        "n": 40_000_000 + 17 * number,
        "due": (sent + timedelta(days=10)).date().isoformat(),
        "later": (sent + timedelta(days=40)).date().isoformat(),
    }
    name = chance.choice(_NAMES)
    mail = EmailMessage(policy=SMTP)
    mail["Received"] = f"from relay by mx.exempelstad.example; {sent:%a, %d %b %Y %H:%M:%S} +0000"
    mail["From"] = f"{name} <p{number % 900}@kund{number % 40}.example>"
    mail["To"] = f"{mailbox}@exempelstad.example"
    mail["Subject"] = subject.format(**facts)
    mail["Date"] = sent
    mail["Message-ID"] = f"<{number}.{chance.randrange(10**9)}@kund.example>"
    filler = "\n\n".join(chance.sample(_FILLER, k=4))
    text = f"Hej!\n\n{matter.format(**facts)}\n\n{filler}\n\nMed vänlig hälsning\n{name}\n"
    text += f"Ekonomihandläggare\n{chance.choice(_UNITS)}\nTfn 08-465 004 {number % 90 + 10}\n"
    if number % 6 == 0:
        history = "\n".join(f"> {line}" for line in filler.splitlines())
        text += (
            f"\nDen 2 februari 2026 kl. 10:12 skrev Kundsupport <info@kund.example>:\n{history}\n"
        )
    mail.set_content(text, cte="quoted-printable")
    if number % 8 == 0:
        mail.add_attachment(
            b"%PDF-1.4\n" + bytes(2000),
            maintype="application",
            subtype="pdf",
            filename="blankett.pdf",
        )
    return mail
