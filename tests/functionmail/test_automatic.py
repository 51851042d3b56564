"""Who wrote a mail, and may we answer it: headers in real-life capitalisation, words, laws."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.automatic import (
    Author,
    NoAnswer,
    authorship,
    delivery_failure,
    is_delay_notice,
    may_answer,
)
from functionmail.identity import Identity
from functionmail.message import Address, DeliveryReport, Message
from functionmail.parse import parse

US = Identity(keys=(b"k" * 32,), domain="stad.example")
BOX = "kr@stad.example"
OURS = US.own_message_id("2018-000123", 1)
QUESTION = "Hej! Kan vi få anstånd på faktura 40012345 till den 28 februari?"


def raw(body: str = QUESTION, **headers: str) -> bytes:
    """Return a mail from Anna; underscores in header names stand for hyphens, None removes."""
    given = {
        "From": "Anna Berg <anna@bolaget.example>",
        "To": f"Kundreskontra <{BOX}>",
        "Subject": "Anstånd",
        "Message_ID": "<a1@bolaget.example>",
        "Content_Type": "text/plain; charset=utf-8",
        **headers,
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
    return "\r\n".join([*lines, "", body]).encode()


def mail(body: str = QUESTION, **headers: str) -> Message:
    return parse(raw(body, **headers))


def author_of(message: Message) -> Author:
    return authorship(message, identity=US).kind


def reasons(message: Message) -> set[NoAnswer]:
    return set(may_answer(message, own_addresses={BOX, "lr@stad.example"}, identity=US))


def report(kind: str, *parts: str, **headers: str) -> Message:
    pieces = "\r\n".join(f"--b\r\n{part}\r\n" for part in parts)
    return mail(
        f"{pieces}--b--\r\n",
        Content_Type=f'multipart/report; report-type={kind}; boundary="b"',
        **headers,
    )


def bounce(action: str = "failed", status: str = "5.1.1", original: str = OURS) -> Message:
    return report(
        "delivery-status",
        "Content-Type: text/plain\r\n\r\nYour message was not delivered.",
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x.example\r\n\r\n"
        f"Final-Recipient: rfc822; bo@x.example\r\nAction: {action}\r\nStatus: {status}",
        f"Content-Type: message/rfc822\r\n\r\nMessage-ID: <{original}>\r\nSubject: x\r\n\r\n"
        "STOPPA BETALNINGEN I DAG!",
        From="MAILER-DAEMON@x.example",
        Subject="Undelivered Mail Returned to Sender",
    )


# May we answer?


def test_a_persons_mail_may_be_answered():
    assert may_answer(mail(), own_addresses={BOX}, identity=US) == ()


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Return_Path": "<>"}, NoAnswer.EMPTY_RETURN_PATH),
        ({"Auto_Submitted": "auto-replied"}, NoAnswer.AUTO_SUBMITTED),
        ({"Auto_Submitted": "Auto-Generated (failure)"}, NoAnswer.AUTO_SUBMITTED),
        ({"AUTO_SUBMITTED": "auto-notified; owner-email=a@x"}, NoAnswer.AUTO_SUBMITTED),
        ({"Content_Type": "multipart/report; boundary=b"}, NoAnswer.REPORT),
        ({"X_Failed_Recipients": "bo@x.example"}, NoAnswer.FAILED_RECIPIENTS),
        ({"Precedence": "bulk"}, NoAnswer.PRECEDENCE),
        ({"PRECEDENCE": "Junk"}, NoAnswer.PRECEDENCE),
        ({"precedence": "list"}, NoAnswer.PRECEDENCE),
        ({"X_Precedence": "auto-reply"}, NoAnswer.PRECEDENCE),
        ({"List_Id": "<a.x.example>"}, NoAnswer.LIST),
        ({"LIST_UNSUBSCRIBE": "<mailto:u@x.example>"}, NoAnswer.LIST),
        ({"X_Auto_Response_Suppress": "All"}, NoAnswer.SUPPRESSED),
        ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, NoAnswer.SUPPRESSED),
        ({"X_Autoreply": "yes"}, NoAnswer.AUTORESPONDER),
        ({"x_autorespond": "Semester"}, NoAnswer.AUTORESPONDER),
        ({"X_AutoResponder": "1"}, NoAnswer.AUTORESPONDER),
        ({"X_FC_MachineGenerated": "TRUE"}, NoAnswer.AUTORESPONDER),
        ({"X_Apple_Action": "VACATION"}, NoAnswer.AUTORESPONDER),
        ({"Delivered_To": "Autoresponder"}, NoAnswer.AUTORESPONDER),
        ({"X_Loop": "a@x.example"}, NoAnswer.LOOP_HEADER),
        ({"X_MS_Exchange_Inbox_Rules_Loop": "a@x.example"}, NoAnswer.LOOP_HEADER),
        ({"X_Ack": "No"}, NoAnswer.LOOP_HEADER),
        ({"From": ""}, NoAnswer.NO_SENDER),
        ({"From": "MAILER-DAEMON@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "PostMaster <postmaster@x.example>"}, NoAnswer.MACHINE_SENDER),
        ({"From": "noreply@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "No-Reply@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "no_reply.billing@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "noreply-recon@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "invoice-noreply@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "do-not-reply@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "donotreply@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "svara-ej@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"From": "bounces+123@x.example"}, NoAnswer.MACHINE_SENDER),
        ({"Subject": "Autosvar: Anstånd"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Automatiskt svar: Anstånd"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "AUTOMATIC REPLY: invoice"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Out of Office: invoice"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Auto reply: invoice"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Frånvaro: SV: Anstånd"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Automatisk svar: faktura"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Automaattinen vastaus: lasku"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Abwesenheitsnotiz: Rechnung"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"Subject": "Re: invoice (Automatic Response)"}, NoAnswer.AUTOMATIC_SUBJECT),
        ({"From": f"<{BOX}>"}, NoAnswer.OWN_ADDRESS),
        ({"From": "LR <LR@Stad.Example>"}, NoAnswer.OWN_ADDRESS),
        ({"X_Samma_Dag": "1"}, NoAnswer.OWN_MARK),
        ({"Message_ID": f"<{OURS}>"}, NoAnswer.OWN_MARK),
        ({"To": "bo@x.example"}, NoAnswer.NOT_ADDRESSED),
        ({"To": ""}, NoAnswer.NOT_ADDRESSED),
        (
            {"Authentication_Results": "mx; dmarc=fail header.from=x"},
            NoAnswer.AUTHENTICATION_FAILED,
        ),
        ({"X_Spam_Flag": "YES"}, NoAnswer.SPAM_SCORE),
        ({"X_Spam_Status": "Yes, score=9"}, NoAnswer.SPAM_SCORE),
        ({"X_MS_Exchange_Organization_SCL": "7"}, NoAnswer.SPAM_SCORE),
        ({"X_Forefront_Antispam_Report": "CIP:1;SCL:9;SRV:"}, NoAnswer.SPAM_SCORE),
    ],
)
def test_a_mail_is_not_answered(headers, reason):
    assert reason in reasons(mail(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": "No"},
        {"Return_Path": "<anna@bolaget.example>"},
        {"X_Auto_Response_Suppress": "DR, RN, NRN"},
        {"Precedence": "first-class"},
        {"X_Spam_Flag": "NO"},
        {"X_MS_Exchange_Organization_SCL": "1"},
        {"Authentication_Results": "mx; dmarc=pass"},
        {"X_Ack": "yes"},
        {"From": "Nora Plyhn <nora.plyhn@bolaget.example>"},
        {"From": "bouncer@bolaget.example"},
        {"Subject": "Frånvaro i tidrapporten"},
        {"Subject": "SV: Autosvar: Anstånd"},
        {"To": "bo@x.example", "Cc": BOX},
    ],
)
def test_what_a_human_program_writes_does_not_stop_an_answer(headers):
    assert reasons(mail(**headers)) == set()


def test_every_occurrence_of_a_header_counts():
    content = raw(Auto_Submitted="no").replace(
        b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:"
    )

    assert NoAnswer.AUTO_SUBMITTED in reasons(parse(content))


def test_headers_that_only_the_server_knows_count():
    message = parse(raw(), transport_headers=(("Auto-Submitted", "auto-replied"),))

    assert NoAnswer.AUTO_SUBMITTED in reasons(message)
    assert author_of(message) is Author.AUTO_REPLY


def test_a_mail_that_only_words_show_to_be_a_machines_is_not_answered():
    message = mail(
        "Your message was rejected because the attachment exceeds 10 MB (error 552 5.3.4).",
        From="Mailfilter <filter@x.example>",
        Subject="Message blocked",
    )

    assert reasons(message) == {NoAnswer.NOT_A_PERSON}


capitals = st.lists(st.booleans(), min_size=40, max_size=40)


@given(st.sampled_from(["Auto-Submitted", "List-Id", "X-Loop", "X-Autoreply"]), capitals)
def test_capitals_in_header_names_make_no_difference(name, upper):
    pairs = zip(name, upper, strict=False)
    spelled = "".join(char.upper() if big else char.lower() for char, big in pairs)

    assert reasons(mail(**{spelled: "auto-generated"}))


# Who wrote it?


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": "auto-generated"},
        {"From": "Agresso <noreply@agresso.example>", "Auto_Submitted": "auto-generated"},
        {"From": "Webbformulär <webform@kundwebb.example>"},
        {"To": "dold@x.example"},
        {"Authentication_Results": "mx; dmarc=fail"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Samma_Dag": "1"},
        {"X_Loop": "a@x.example"},
        {"X_MS_Exchange_Inbox_Rules_Loop": "a@x.example"},
        {"X_Spam_Flag": "YES"},
        {"List_Id": "<ekonomer.stad.example>", "Precedence": "list"},
        {"From": f"<{BOX}>"},
        {"Subject": "VB: Undelivered Mail Returned to Sender"},
        {"Subject": "SV: Autosvar: Anstånd"},
        {"Subject": "Frånvaro: hur rapporterar jag den?"},
        {"Subject": "Semester i tidrapporten"},
        {"Subject": "Kvittens saknas på inbetalning"},
        {"Message_ID": "<fm.2018-000123.1.aaaaaaaaaa@stad.example>"},
    ],
)
def test_what_forbids_an_answer_does_not_make_a_machine_of_the_author(headers):
    assert author_of(mail(**headers)) is Author.PERSON


def test_a_mail_with_our_own_id_is_our_loop():
    assert author_of(mail(Message_ID=f"<{OURS}>")) is Author.OWN_LOOP


def test_a_reply_to_our_mail_is_no_loop():
    assert author_of(mail(In_Reply_To=f"<{OURS}>", X_Samma_Dag="1")) is Author.PERSON


BOUNCES = {
    "delivery status": bounce(),
    "delivery status that quotes something urgent": bounce(original="x@x.example"),
    "feedback report": report(
        "feedback-report",
        "Content-Type: text/plain\r\n\r\nThis is an email abuse report.",
        "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse",
    ),
    "report without a type": mail(
        "--b\r\n\r\nx\r\n--b--", Content_Type="multipart/report; boundary=b"
    ),
    "exim": mail("A message could not be delivered", X_Failed_Recipients="bo@x.example"),
    "empty return path": mail("Kunde inte nås.", Return_Path="<>"),
    "mailer-daemon": mail("?", From="Mail Delivery System <MAILER-DAEMON@x.example>"),
    "mailer-daemon in the return path": mail("?", Return_Path="<MAILER-DAEMON>"),
    "postmaster": mail("Okänd mottagare", From="Postmaster@x.example"),
    "exchange": mail(
        "Delivery has failed to these recipients or groups",
        From="Microsoft Outlook <MicrosoftExchange329e71ec88ae46@x.example>",
        Subject="Undeliverable: Receipt",
    ),
    "postfix passed on": mail(
        "This is the mail system at host mx.x.example.\n\nI'm sorry.", From="relay@x.example"
    ),
    "qmail": mail(
        "Hi. This is the qmail-send program.\nI'm afraid I wasn't able to deliver your message\n"
        "<bo@x.example>:\n550 5.1.1 no mailbox here",
        From="daemon@x.example",
        Subject="failure notice",
    ),
    "gateway sv": mail(
        "Ditt meddelande till bo@x.example har inte levererats.",
        From="E-postfilter <mailfilter@x.example>",
        Subject="Meddelandet har inte levererats",
    ),
    "mail service by web hook": mail(
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent"}}',
        From="no-reply@sns.x.example",
        Subject="Notification Message",
    ),
    "old japanese host": mail(
        "\u9001\u4fe1\u3067\u304d\u307e\u305b\u3093\u3067\u3057\u305f\u3002\n550 User unknown",
        From="no-reply@mobile.example",
        Subject="\u30e1\u30fc\u30eb\u30a8\u30e9\u30fc",
    ),
    "auto-replied bounce": mail(
        "Your message was not delivered: 550 5.1.1 user unknown",
        From="System Administrator <admin@x.example>",
        Subject="Undeliverable: x",
        Auto_Submitted="auto-replied",
    ),
    "daemon without a domain": mail("Ej levererat.", From="MAILER-DAEMON"),
    "daemon with a name and no domain": mail("?", From="Mail System <mailer-daemon>"),
    "daemon with something added": mail("?", From="postmaster-/a1b2/w@x.example"),
    "daemon at nobody's address": mail("?", From="Postmaster <>"),
    "daemon that marks itself as replying": mail(
        "We had trouble delivering your message.",
        From="mailer-daemon",
        Auto_Submitted="auto-replied",
    ),
    "exim passed on": mail(
        "This message was created automatically by mail delivery software.\n\nA message failed.",
        From="relay@x.example",
    ),
    "no-reply host that returns the mail": mail(
        "--o\r\n\r\nThe mail could not be delivered to bo@x.example.\r\n--o\r\n"
        "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nHej\r\n--o--",
        From="no-reply@mobile.example",
        Subject="Mail",
        Content_Type="multipart/mixed; boundary=o",
    ),
    "picture message host": mail(
        "Message could not be delivered to the telephone.",
        From="sysadmin@mobile.example",
        Subject="Undeliverable message",
    ),
    "complaint that only encloses the mail": mail(
        "--o\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nHej\r\n--o--",
        From="crew@webbpost.example",
        Subject="complaint about message from 192.0.2.7",
        Content_Type="multipart/mixed; boundary=o",
    ),
    "list server that found a loop": mail(
        "Duplicated Message-ID <a@x.example>.\n\nThe mail was:",
        From="ekonomer-admin@x.example",
        Subject="Loop Alert: Duplicated Message-ID",
        X_MLServer="lists 1.0",
    ),
    "list server that refuses in its own words": mail(
        "You are not a member of this mailing list.",
        From="ekonomer-admin@x.example",
        Subject="You anna@bolaget.example are not member",
        X_MLServer="lists 1.0",
    ),
    "list server that refuses": mail(
        "You are not a member of this mailing list.",
        From="owner-ekonomer@x.example",
        Subject="NOT MEMBER article from anna@bolaget.example",
    ),
    "web hook inside a notice": mail(
        '{ "Type" : "Notification", "Message" : "{\\"eventType\\":\\"Bounce\\"}" }',
        From="no-reply@sns.x.example",
        Subject="Notice",
    ),
    "japanese subject as bare bytes": parse(
        raw("Could not be delivered.", From="no-reply@mobile.example", Subject="?").replace(
            b"Subject: ?",
            b"Subject: " + "\u30e1\u30fc\u30eb\u30a8\u30e9\u30fc".encode("iso2022_jp"),
        )
    ),
    "japanese text under a wrong charset": mail(
        "\u9001\u4fe1\u3067\u304d\u307e\u305b\u3093\u3067\u3057\u305f\u3002 550 5.1.1",
        From="no-reply@mobile.example",
        Content_Type="text/plain; charset=ISO-2022-JP",
    ),
}
AUTO_REPLIES = {
    "auto-replied": mail("Jag är borta.", Auto_Submitted="auto-replied"),
    "auto-replied (vacation)": mail("Borta.", Auto_Submitted="Auto-Replied (vacation)"),
    "auto-replied without a return path": mail(Auto_Submitted="auto-replied", Return_Path="<>"),
    "precedence": mail("Away.", Precedence="Auto_Reply"),
    "apple": mail("Away.", X_Apple_Action="VACATION"),
    "autoresponder": mail("Away.", X_Autoresponse="yes"),
    "delivered-to": mail("Away.", Delivered_To="autoresponder"),
    "read receipt": report(
        "disposition-notification",
        "Content-Type: text/plain\r\n\r\nYour message was displayed.",
        "Content-Type: message/disposition-notification\r\n\r\nDisposition: manual; displayed",
        Subject="Läst: Anstånd",
    ),
    "read receipt in words": mail("Ditt meddelande lästes den 8 mars.", Subject="Läst: Anstånd"),
    "sv": mail("Jag har semester.", Subject="Autosvar: SV: Anstånd"),
    "sv exchange": mail("Jag är ledig.", Subject="Automatiskt svar: Anstånd"),
    "en exchange": mail("I am away.", Subject="Automatic reply: Invoice"),
    "en": mail("I am away.", Subject="Out of Office AutoReply: Invoice"),
    "en ooo": mail("I am away.", Subject="OOO Re: Invoice"),
    "auto reply": mail("I am away.", Subject="Auto reply: Invoice"),
    "de": mail("Ich bin im Urlaub.", Subject="Automatische Antwort: Rechnung"),
    "de notiz": mail("Ich bin im Urlaub.", Subject="Abwesenheitsnotiz: Rechnung"),
    "fi": mail("Olen lomalla.", Subject="Automaattinen vastaus: Lasku"),
    "fi poissa": mail("Olen lomalla.", Subject="Poissaoloviesti: Lasku"),
    "nb": mail("Jeg er på ferie.", Subject="Automatisk svar: Faktura"),
    "da": mail("Jeg er på ferie.", Subject="Autosvar: Faktura"),
    "group mail system": mail(
        "Jag är inte på kontoret. Ring växeln.\n" + "Detta mejl kan vara hemligt. " * 60,
        Subject="AUTO: Anna Berg är inte på kontoret (åter 2018-01-05)",
    ),
    "group mail system en": mail(
        "I will be back on Monday and answer then.",
        Subject="AUTO: Anna Berg is out of the office. (returning 05/01/2018)",
    ),
    "absence told by name": mail(
        "I am out of the office and will read this on Monday.",
        Subject="Anna Berg is out of the office.",
    ),
    "closed": mail(
        "Tack för ditt meddelande!\nVi har sommarstängt v 28-31.", Subject="Semesterstängt Re: x"
    ),
    "absence in words": mail(
        "Hej, jag är på semester och åter på kontoret den 5 mars.\nAnna", Subject="Frånvarande"
    ),
    "absence as a reply": mail(
        "Tack för ditt mejl. Jag är ledig till den 5 mars. Vid akuta ärenden ring växeln.",
        Subject="Sv: Anstånd",
    ),
    "receipt sv": mail(
        "Tack! Vi har mottagit ditt ärende.\nDetta är ett automatiskt svar, svara inte på det.",
        Subject="Ärende 12345",
        From="support@x.example",
    ),
    "receipt en": mail(
        "Your ticket has been received. This is an automated message.",
        Subject="[Ticket#5512] We have received your request",
        From="support@x.example",
    ),
    "receipt from nobody": mail(
        "Vi har tagit emot ditt ärende.", From="noreply@x.example", Subject="Kvittens"
    ),
}
SPAM = {
    "newsletter": mail(
        "Höstens kurser! Boka före 1 juni och få 20 % rabatt.\nAvregistrera dig här.",
        List_Unsubscribe="<mailto:u@x.example>",
        Precedence="bulk",
        Subject="Nyhetsbrev",
    ),
    "newsletter en": mail(
        "Our autumn offers. Click here.\nYou are receiving this newsletter because you signed up.",
        List_Unsubscribe="<https://x.example/u>",
        Subject="Newsletter",
    ),
    "advertising": mail(
        "Hej inköpare! Just nu 20 % rabatt på papper. Beställ senast 1 mars.\n"
        "Vill du inte ha fler erbjudanden? Svara STOPP.",
        Subject="Erbjudande",
    ),
    "mailbox full": mail(
        "Kära användare, din brevlåda har överskridit lagringsgränsen. Verifiera ditt konto inom "
        "24 timmar: http://webmail-login.x.example/a",
        Subject="Brevlådan full",
    ),
    "verify your account": mail(
        "Dear user, your account will be suspended. Please verify your account here: "
        "https://secure-login.x.example",
        Subject="Action needed",
    ),
    "parcel": mail(
        "Ditt paket väntar, fraktavgiften är inte betald. Betala inom 48 timmar: "
        "http://paket.x.example/pay",
        Subject="Ditt paket",
    ),
    "windfall": mail(
        "Hello dear, you have won 2 million USD in the lottery. Pay the small release fee within "
        "24 hours.",
        Subject="Congratulations",
    ),
    "chief": mail(
        "Är du på kontoret? Jag behöver att du gör en överföring i dag. Jag sitter i möte och kan "
        "inte ta samtal. Konfidentiellt.",
        Subject="Brådskande",
    ),
}


@pytest.mark.parametrize("message", BOUNCES.values(), ids=BOUNCES.keys())
def test_bounces_are_recognised(message):
    assert author_of(message) is Author.BOUNCE
    assert reasons(message)


@pytest.mark.parametrize("message", AUTO_REPLIES.values(), ids=AUTO_REPLIES.keys())
def test_automatic_answers_are_recognised(message):
    assert author_of(message) is Author.AUTO_REPLY
    assert reasons(message)


@pytest.mark.parametrize("message", SPAM.values(), ids=SPAM.keys())
def test_spam_is_recognised(message):
    assert author_of(message) is Author.SPAM


PEOPLE = {
    "pastes a bounce": (
        "Kommer inte fram",
        "Hej, jag får det här när jag mejlar er. This is the mail system at host mx.x.example.",
    ),
    "tells of a bounce": (
        "Leveransproblem",
        "Hej, mitt mejl till er kom i retur: kunde inte levereras, 550 5.1.1. Vad gör jag?",
    ),
    "tells of goods": (
        "Undeliverable goods",
        "The goods could not be delivered to the school. Whom should we invoice?",
    ),
    "quotes our receipt": (
        "SV: Ärende 12345",
        "Ni skrev att ni har mottagit ditt ärende, men jag har inte hört något på två veckor.",
    ),
    "asks about an automatic answer": (
        "Fick bara ett automatiskt svar",
        "Jag fick bara ett automatiskt svar om att ni har tagit emot ditt ärende. Vem hjälper mig?",
    ),
    "leads with cars": ("Auto: leasing", "Fakturan för leasingbilarna är fel, se bifogat."),
    "asks who stands in": (
        "Anna Berg is out of the office",
        "She is away from the office until May. Who can answer about our invoice instead?",
    ),
    "tells of returned goods": (
        "Undeliverable goods",
        "Varorna kom i retur. Vart ska fakturan skickas?",
    ),
    "pastes what a web hook said": (
        "Fel i kopplingen",
        'Vi får detta från er: {"eventType":"Bounce"}. Vad betyder det?',
    ),
    "goes on leave": (
        "Semester",
        "Jag är på semester från måndag, så kan ni stoppa faktura 40012345 före fredag?",
    ),
    "is on leave and wants something": (
        "Sv: Faktura",
        "Tack för ditt mejl. Jag är ledig i dag men vill att ni makulerar fakturan, kan ni det?",
    ),
    "talks of discounts": (
        "Rabatt på faktura",
        "Hej, vi skulle ha 20 % rabatt på vår faktura 40012345. Kan ni rätta den?",
    ),
    "talks of seminars": (
        "Faktura för seminarium",
        "Vi har bokat ett seminarium hos er och fått fel faktura. Klicka här i kalendern ser ni "
        "datumet. Kan ni kreditera den?",
    ),
    "changes bank account": (
        "New bank account",
        "Please note that we have a new bank account. Please update before the next payment.",
    ),
    "wants access": (
        "Inloggning",
        "Mitt konto är spärrat och jag kan inte logga in med BankID. Kan ni återställa lösenordet?",
    ),
    "paid with a link": (
        "Betald faktura",
        "Hej, jag betalade min faktura via https://betala.bank.example/kvitto i går. Ser ni den?",
    ),
    "is sent to an internal list": (
        "Periodstängning",
        "Hej, perioden stänger på fredag. Kan ni lämna era underlag före dess?",
    ),
    "writes a receipt of his own": (
        "Sv: Beställning",
        "Tack, vi har tagit emot ditt meddelande och kommer med fakturan i morgon. Mvh Bo",
    ),
}


@pytest.mark.parametrize(("subject", "body"), PEOPLE.values(), ids=PEOPLE.keys())
def test_a_person_who_uses_such_words_stays_a_person(subject, body):
    assert author_of(mail(body, Subject=subject)) is Author.PERSON


@pytest.mark.parametrize(("subject", "body"), PEOPLE.values(), ids=PEOPLE.keys())
def test_a_person_on_a_mailing_list_stays_a_person(subject, body):
    message = mail(body, Subject=subject, List_Unsubscribe="<mailto:u@x.example>")

    assert author_of(message) is Author.PERSON


def test_a_person_who_attaches_a_bounce_is_no_bounce_but_gets_no_answer():
    attached = bounce_bytes()
    message = mail(
        f"--o\r\nContent-Type: text/plain\r\n\r\nSe bifogat, vad är fel?\r\n--o\r\n"
        f"Content-Type: message/rfc822\r\n\r\n{attached}\r\n--o--\r\n",
        Content_Type="multipart/mixed; boundary=o",
    )

    assert author_of(message) is Author.PERSON


def bounce_bytes() -> str:
    return (
        "From: MAILER-DAEMON@x.example\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n--b--"
    )


def test_a_link_that_shows_another_domain_is_a_sign_of_phishing():
    body = "Bekräfta ditt konto: www.banken.example"
    shown = mail(
        "<p>Bekräfta ditt konto: <a href='http://evil.example/x'>www.banken.example</a></p>",
        Content_Type="text/html; charset=utf-8",
    )

    assert author_of(mail(body)) is Author.PERSON
    assert author_of(shown) is Author.SPAM


def test_the_verdict_tells_its_rule_and_no_text_of_the_mail():
    found = authorship(
        mail("Borta, ring 070-174 06 11", Auto_Submitted="auto-replied"), identity=US
    )

    assert (found.rule, found.words) == ("auto_submitted", "auto-submitted: auto-replied")


# Failures of our own mail


def test_a_bounce_of_our_mail_names_the_case():
    failure = delivery_failure(bounce(), US)

    assert failure is not None
    assert [own.case_number for own in failure.own_ids] == ["2018-000123"]
    assert failure.permanent


def test_a_bounce_of_somebody_elses_mail_is_no_failure_of_ours():
    assert delivery_failure(bounce(original="x@x.example"), US) is None


def test_a_forged_id_in_a_bounce_is_no_failure_of_ours():
    stranger = Identity(keys=(b"x" * 32,), domain="stad.example")

    assert delivery_failure(bounce(original=stranger.own_message_id("2018-000123", 1)), US) is None


def test_a_delay_is_a_failure_that_is_not_permanent():
    message = bounce(action="delayed", status="4.4.1")

    failure = delivery_failure(message, US)

    assert failure is not None
    assert not failure.permanent
    assert is_delay_notice(message)


def test_a_final_bounce_is_no_delay_notice():
    assert not is_delay_notice(bounce())


@pytest.mark.parametrize(
    "subject",
    ["Delivery Status Notification (Delay)", "Delayed Mail (still being retried)"],
)
def test_a_delay_is_recognised_by_its_words(subject):
    message = mail("?", From="MAILER-DAEMON@x.example", Subject=subject, In_Reply_To=f"<{OURS}>")

    failure = delivery_failure(message, US)

    assert is_delay_notice(message)
    assert failure is not None
    assert not failure.permanent


@pytest.mark.parametrize("header", ["In_Reply_To", "References"])
def test_our_mail_is_found_in_the_thread_headers_of_a_bounce(header):
    message = mail("550 5.1.1", From="MAILER-DAEMON@x.example", **{header: f"<{OURS}>"})

    failure = delivery_failure(message, US)

    assert failure is not None
    assert failure.permanent


def test_our_mail_is_found_in_the_text_of_an_old_bounce():
    body = f"user unknown\n\n--- Original message\nMessage-ID: <{OURS}>\nSubject: x"

    assert delivery_failure(mail(body, From="MAILER-DAEMON@x.example"), US) is not None


def test_a_persons_answer_to_our_mail_is_no_failure():
    assert delivery_failure(mail(In_Reply_To=f"<{OURS}>"), US) is None


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_failure(action):
    assert delivery_failure(bounce(action=action, status="2.0.0"), US) is None


def test_a_complaint_about_our_mail_is_no_delivery_failure():
    message = Message(
        message_id="c@x.example",
        content_hash="",
        content_types=("multipart/report", "message/feedback-report"),
        report=DeliveryReport(action="", original_ids=(OURS,)),
    )

    assert delivery_failure(message, US) is None


# Laws


words = st.sampled_from(
    ["undelivered", "autosvar:", "re:", "550", "5.1.1", "unsubscribe", "\u2028", "https://x", "?"]
)
texts = st.lists(words | st.text(max_size=20), max_size=12).map(" ".join)


@given(texts, texts, st.none() | texts, st.lists(st.tuples(texts, texts), max_size=4))
def test_any_mail_gets_one_verdict_and_only_people_may_be_answered(subject, text, html, headers):
    message = Message(
        message_id="a@x.example",
        content_hash="",
        headers=tuple((name.lower(), value) for name, value in headers),
        sender=Address(address="anna@x.example"),
        to=(Address(address=BOX),),
        subject=subject,
        text=text,
        body=text,
        html=html,
    )

    found = author_of(message)

    assert (found is Author.PERSON) or reasons(message)
    is_delay_notice(message)
    delivery_failure(message, US)


@pytest.mark.parametrize(
    "piece",
    [
        "https://a ",
        "vi på ",
        "paket ",
        "brevlåda ",
        "vill du inte ha ",
        "<a href=http://x.se>y.se<",
        "<a ",
        "(",
        "fm.2018-000123.1.aaaaaaaaaa@a ",
        "automatiskt svar ",
    ],
)
def test_hostile_text_takes_linear_time(piece):
    text = piece * (200_000 // len(piece))
    message = Message(
        message_id="a@x.example", content_hash="", subject=text, text=text, body=text, html=text
    )

    started = time.process_time()
    may_answer(message, own_addresses={BOX}, identity=US)
    delivery_failure(message, US)

    assert time.process_time() - started < 0.5
