"""Servers that write bounces as a person would, and programs that answer in other languages."""

from __future__ import annotations

import pytest

from functionmail.automatic import Author, authorship
from functionmail.identity import Identity
from functionmail.message import Message
from functionmail.parse import parse

US = Identity(keys=(b"k" * 32,), domain="stad.example")


def mail(body: str, *, sender: str, subject: str, **headers: str) -> Message:
    given = {"From": sender, "To": "kr@stad.example", "Subject": subject, **headers}
    kind = given.pop("Content_Type", "text/plain; charset=utf-8")
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items()]
    return parse("\r\n".join([*lines, f"Content-Type: {kind}", "", body]).encode())


def author_of(message: Message) -> Author:
    return authorship(message, identity=US).kind


BOUNCES = {
    "empty address beside a name": mail(
        "The mail cannot be delivered to the address(es) below.\n bo@x.example, box out of space",
        sender='"Post Office" <>',
        subject="Mail Error",
        Sender="ekonomer-owner@y.example",
    ),
    "smtp service": mail(
        "------ Recipients that failed ------\n<bo@x.example>: mailbox unavailable [550]",
        sender="q7_smtp_service@x.example",
        subject="Returned Mail - Error",
    ),
    "server product": mail(
        "bo@x.example - nobody here has that name.",
        sender="MDaemon@x.example",
        subject="Warning: bo@x.example",
    ),
    "virus scanner": mail(
        "*** From the scanner ***\n\nThe following mail could not be delivered.\nReason: gave up.",
        sender="inet7@x.example",
        subject="Mail could not be delivered",
    ),
    "plain address that lists recipients": mail(
        "Your message could not be delivered to the following recipients:\n\nbo@x.example",
        sender="gw@x.example",
        subject="Delivery failure notification",
    ),
    "report in an administrator's name": mail(
        "--- Report ---\nThis mail could not be delivered to the following user:\nbo@x.example",
        sender="it@x.example",
        subject="Non-Delivery: Kvittens",
    ),
    "marked as outside mail": mail(
        "Ditt meddelande kunde inte levereras till bo@x.example. 550 5.1.1",
        sender="E-postserver <server@x.example>",
        subject="[EXTERN] Meddelandet har inte levererats",
    ),
    "nobody's address about an invoice that came back": mail(
        "Your message could not be delivered: 550 5.1.1 user unknown\n\nSubject: Faktura",
        sender="noreply@x.example",
        subject="Undeliverable: Faktura 40012345",
    ),
}


@pytest.mark.parametrize("message", BOUNCES.values(), ids=BOUNCES.keys())
def test_a_bounce_of_an_odd_server_is_recognised(message):
    assert author_of(message) is Author.BOUNCE


AUTOMATIC_SUBJECTS = (
    "Réponse automatique : facture",
    "Automatisch antwoord: factuur",
    "Fuera de la oficina: factura",
    "Risposta automatica: fattura",
    "Resposta automática: fatura",
    "Sjálfvirkt svar: reikningur",
    "Automaatvastus: arve",
    "Automātiskā atbilde: rēķins",
    "Automatinis atsakymas: x",
    "Odpowiedź automatyczna: faktura",
    "Automatická odpověď: faktura",
    "Automatikus válasz: számla",
    "Răspuns automat: factură",
    "Otomatik yanıt: fatura",
    "\u0410\u0432\u0442\u043e\u043c\u0430\u0442\u0438\u0447\u0435\u0441\u043a\u0438\u0439 "
    "\u043e\u0442\u0432\u0435\u0442: x",
    "\u0410\u0432\u0442\u043e\u043c\u0430\u0442\u0438\u0447\u043d\u0430 "
    "\u0432\u0456\u0434\u043f\u043e\u0432\u0456\u0434\u044c: x",
    "\u81ea\u52d5\u5fdc\u7b54: x",
    "\u81ea\u52a8\u7b54\u590d: x",
    "\uc790\ub3d9 \ud68c\uc2e0: x",
    "[EXTERN] Automatiskt svar: Faktura",
    "[External] Automatic reply: Invoice",
    "Auto-response for your message",
    "Automated reply from Bolaget",
    "Inte på kontoret Re: Faktura",
)


@pytest.mark.parametrize("subject", AUTOMATIC_SUBJECTS)
def test_a_program_that_answers_is_recognised_by_its_subject(subject):
    message = mail("-", sender="bo@x.example", subject=subject)

    assert author_of(message) is Author.AUTO_REPLY


AUTO_REPLIES = {
    "absent, in Norwegian": mail(
        "Hei! Jeg har ferie og er tilbake på kontoret 5. august.",
        sender="bo@x.example",
        subject="Ferie",
    ),
    "absent, in Dutch": mail(
        "Ik ben afwezig tot 5 maart.", sender="bo@x.example", subject="Afwezig"
    ),
    "absent, in French": mail(
        "Je suis absent du bureau jusqu'au 5 mars.", sender="bo@x.example", subject="Absence"
    ),
    "absent until a day": mail(
        "I am on holiday and back on 5 March.",
        sender="bo@x.example",
        subject="Out of office until 5 March",
    ),
    "vacation program": mail(
        "I will not be reading my mail for a while. It will be read when I return.",
        sender="bo@x.example",
        subject="away from my mail",
    ),
    "thanks in German": mail(
        "Vielen Dank für Ihre Nachricht. Ich bin bis zum 5. März nicht im Büro.",
        sender="bo@x.example",
        subject="Ihre Anfrage",
    ),
    "mobile mail service": mail(
        "I am away.", sender="bo@x.example", subject="Re: x", X_Amazon_Auto_Reply="true"
    ),
    "underscored": mail(
        "Borta.", sender="bo@x.example", subject="Re: x", Auto_Submitted="auto_replied"
    ),
    "request under a number": mail(
        "Your request (#40123) has been received and will be read by our staff.\n"
        "This is an automated message.",
        sender="support@x.example",
        subject="Request #40123",
    ),
    "matter in one's own words": mail(
        'Ert ärende INC0040123 "Inloggning" har registrerats. Svara inte på detta meddelande.',
        sender="servicedesk@x.example",
        subject="INC0040123 mottaget",
    ),
}


@pytest.mark.parametrize("message", AUTO_REPLIES.values(), ids=AUTO_REPLIES.keys())
def test_a_program_that_answers_is_recognised_by_its_words(message):
    assert author_of(message) is Author.AUTO_REPLY


PEOPLE = {
    "goods at several addresses": mail(
        "Varorna kunde inte levereras till följande adresser: Storgatan 1 och Åvägen 4. "
        "Fakturan makuleras.",
        sender="Bo Ek <order@varor.example>",
        subject="Leverans misslyckades",
    ),
    "goods and a list of customers": mail(
        "The parcels could not be delivered to the following addresses: Kungsgatan 1, Ågatan 2. "
        "Who pays?",
        sender="Bo Ek <bo@frakt.example>",
        subject="Undeliverable parcels",
    ),
    "an invoice that a portal could not hand over": mail(
        "E-fakturan 40012345 kunde inte levereras till mottagaren. Logga in och åtgärda.",
        sender="noreply@portal.example",
        subject="Leverans misslyckades",
    ),
    "a collection agency that marks its mail as made by a machine": mail(
        "Invändning har inkommit i ärendet nedan. Ärendet är pausat till 30 november. Fakturanr "
        "40012345. Detta meddelande har skapats automatiskt.",
        sender="inkasso@byran.example",
        subject="Invändning registrerad, ärende FK-7712",
    ),
    "asks why somebody is not in": mail(
        "Vem kan svara i stället? Jag behöver besked om fakturan.",
        sender="bo@x.example",
        subject="Ej på plats: Anna Berg",
    ),
    "is on parental leave and has a matter": mail(
        "Jag är föräldraledig och vill ändra min inkomst, avgiften är fel.",
        sender="bo@x.example",
        subject="Föräldraledig",
    ),
    "is away and pays later": mail(
        "Tack för ditt mejl. Jag är bortrest till den 5 mars och betalar räkningen sedan.",
        sender="bo@x.example",
        subject="Re: Ärende",
    ),
    "forwards a newsletter with its footer": mail(
        "Från: Varor AB <info@varor.example>\nSkickat: den 5 mars 2018 09:00\nTill: Bo Ek\n"
        "Ämne: Faktura\n\nFakturan gäller er beställning.\n\nVill du inte ha fler mejl kan du "
        "avregistrera dig här.",
        sender="bo@x.example",
        subject="VB: Faktura",
    ),
    "names the office": mail(
        "Vi vill flytta fakturan till vårt kontor i Umeå.",
        sender="bo@x.example",
        subject="Kontoret i Umeå",
    ),
    "asks about an absence": mail(
        "Min son har haft hög frånvaro, får vi avdrag på avgiften?",
        sender="bo@x.example",
        subject="Absence",
    ),
}


@pytest.mark.parametrize("message", PEOPLE.values(), ids=PEOPLE.keys())
def test_a_mail_about_such_things_stays_a_case(message):
    assert author_of(message) is Author.PERSON


ANSWER = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nSUMMARY:Genomgång av fakturor?\r\nEND:VCALENDAR"
IN_PARTS = (
    "--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--b\r\n"
    f"Content-Type: text/calendar; method=REPLY\r\n\r\n{ANSWER}\r\n--b--"
)


def answered(text: str, *, subject: str = "Accepterat: Genomgång") -> Message:
    return mail(
        IN_PARTS.format(text=text),
        sender="kim@x.example",
        subject=subject,
        Content_Type="multipart/alternative; boundary=b",
    )


@pytest.mark.parametrize(
    "message",
    [
        mail(
            ANSWER,
            sender="kim@x.example",
            subject="Genomgång",
            Content_Type="text/calendar; charset=utf-8; method=REPLY",
        ),
        answered(""),
        answered("Kim Ek har accepterat inbjudan.", subject="Accepted: Genomgång"),
        answered("", subject="Preliminärt accepterat: Genomgång"),
        answered("", subject="Avböjt: Genomgång"),
    ],
)
def test_the_answer_of_a_calendar_to_an_invitation_is_no_persons_mail(message):
    assert author_of(message) is Author.AUTO_REPLY


@pytest.mark.parametrize(
    "message",
    [
        answered("Jag kommer. Kan ni stoppa fakturan till dess?"),
        mail("Jag kommer.", sender="kim@x.example", subject="Accepterat: Genomgång"),
        mail(
            ANSWER.replace("REPLY", "REQUEST"),
            sender="kim@x.example",
            subject="Genomgång",
            Content_Type="text/calendar; charset=utf-8; method=REQUEST",
        ),
    ],
)
def test_an_invitation_and_an_answer_with_a_wish_in_it_are_a_persons(message):
    assert author_of(message) is Author.PERSON
