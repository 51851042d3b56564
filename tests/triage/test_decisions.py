"""How triage decides, behaviour by behaviour."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from bot.vocabulary import Kind, Language, Missing, Urgency
from functionmail.parse import parse
from tests.triage.desk import read, rules, triaged

ASKS = "Kan ni lägga in anstånd på faktura 40078001 till den 30 april?"


def test_an_automatic_reply_is_nobodys_matter_even_with_a_perfect_tag():
    found = triaged(
        "Jag är på semester till den 3 augusti.",
        subject="Automatiskt svar: [KR] Anstånd – faktura 40078001",
        headers={"Auto-Submitted": "auto-replied"},
    )
    assert found.kind is Kind.AUTO_REPLY
    assert (found.process, found.matter, found.urgent) == (None, None, Urgency.NO)
    assert (found.invoices, found.due, found.missing) == ((), None, ())


def test_a_bounce_that_quotes_an_urgent_mail_is_not_urgent():
    found = triaged(
        "550 5.1.1 User unknown\n\nOriginal message:\nVi har beviljat anstånd på 40078001.",
        subject="Undelivered Mail Returned to Sender",
        sender="mailer-daemon@mx.example",
        headers={"Content-Type": "multipart/report; report-type=delivery-status"},
    )
    assert (found.kind, found.urgent) == (Kind.BOUNCE, Urgency.NO)


def test_a_bounce_with_a_personal_number_is_protected():
    found = triaged(
        "Mailbox full\n\nOriginal message:\nPlanen gäller dig, 19121212-1212.",
        subject="Delivery Status Notification (Failure)",
        sender="postmaster@mx.example",
        headers={"Content-Type": "multipart/report; report-type=delivery-status"},
    )
    assert found.kind is Kind.BOUNCE
    assert found.protected


def test_a_notice_from_a_system_that_nobody_reads_is_a_case():
    found = triaged(
        "Filen HYRA_0312.txt kunde inte läsas in. Antal poster på fellista: 14",
        subject="Fellista - huvudboksinläsning",
        sender="noreply@system.example",
        headers={"Auto-Submitted": "auto-generated"},
    )
    assert (found.kind, found.matter) == (Kind.CASE, "systemfel")


@pytest.mark.parametrize("code", ["kr", "lr", "kb", "tp"])
def test_the_check_letters_of_our_own_reference_are_no_tag(code):
    found = triaged("Här kommer kvittot som ni bad om.", subject=f"SV: Hej [#2018-000031-{code}]")
    assert found.tag is None


def test_a_tag_beside_our_own_reference_is_read():
    found = triaged("Här kommer det.", subject="SV: [LR] Kvitto [#2018-000031-kr]")
    assert (found.tag, found.tag_exact) == ("leverantorsreskontra", True)


def test_a_wish_is_urgent_and_says_why():
    found = triaged(ASKS)
    assert found.urgent is Urgency.COLLECTIONS
    assert any(reason.words.lower() == "anstånd" for reason in found.reasons)
    assert all(reason.where in ("subject", "body", "header") for reason in found.reasons)


@pytest.mark.parametrize(
    "body",
    [
        "Vi behöver inte längre något anstånd på 40078001, kunden har betalat.",
        "Ni kan bortse från min begäran om anstånd.",
        "Anståndet på 40078001 behövs inte.",
        "Kunden återtar sin ansökan om anstånd.",
    ],
)
def test_a_withdrawal_names_the_matter_but_is_calm(body):
    found = triaged(body, subject="[KR] Anstånd – faktura 40078001")
    assert (found.matter, found.urgent) == ("anstand", Urgency.NO)


@pytest.mark.parametrize(
    "body",
    [
        "Vi kan inte betala 40078001 utan anstånd till den 30:e.",
        "Jag har inte fått svar om mitt anstånd på 40078001.",
        "Vi fick inte anstånd sist, men behöver det nu på 40078001.",
        "Anståndet på 40078001 verkar inte ha gått igenom, kunden har fått påminnelse.",
    ],
)
def test_a_not_beside_the_matter_is_mostly_not_its_negation(body):
    assert triaged(body).urgent is Urgency.COLLECTIONS


def test_thanks_alone_is_calm_whatever_the_subject_says():
    found = triaged("Stort tack för snabb hjälp!", subject="SV: [KR] Makulering – 40078002")
    assert (found.kind, found.matter, found.urgent) == (Kind.FOLLOW_UP, "makulering", Urgency.NO)


def test_thanks_followed_by_a_new_wish_is_urgent():
    found = triaged(f"Tack för hjälpen sist! {ASKS}", subject="SV: Faktura")
    assert found.urgent is Urgency.COLLECTIONS


@pytest.mark.parametrize("subject", ["Faktura", "Förfallodatum"])
def test_a_wish_is_heard_though_the_subject_but_hints_at_it(subject):
    found = triaged(
        "Faktura 40078003 förfaller på fredag. Vi vill flytta till sista mars. Går det?",
        subject=subject,
        mailbox="kundreskontra",
    )
    assert (found.matter, found.urgent) == ("anstand", Urgency.COLLECTIONS)


def test_a_question_in_general_is_calm():
    found = triaged("Hur gör man för att söka anstånd, och vem beslutar?", subject="Fråga")
    assert (found.matter, found.urgent) == ("anstand", Urgency.NO)


def test_the_same_question_about_an_invoice_of_ones_own_is_urgent():
    found = triaged("Hur gör jag för att söka anstånd? Min faktura 40078003 förfaller på fredag.")
    assert found.urgent is Urgency.COLLECTIONS


def test_urgent_words_in_history_alone_do_not_make_a_reply_urgent():
    found = triaged(
        "Tack, då vet jag!\n\n> Faktura 40078004 går till inkasso om du inte betalar.",
        subject="SV: Faktura",
        headers={"In-Reply-To": "<a@b.example>"},
    )
    assert found.urgent is Urgency.NO
    assert found.invoices == ()


def test_a_forward_without_words_of_its_own_is_judged_by_what_it_forwards():
    found = triaged(
        "Se nedan.\n\nFrån: Lena Ek\nSkickat: den 3 mars 2018 10:12\nTill: Ekonomi\n"
        "Ämne: räkning\n\nJag kan inte betala 40078005 förrän i april.",
        subject="VB: räkning",
    )
    assert (found.kind, found.urgent) == (Kind.CASE, Urgency.COLLECTIONS)
    assert found.invoices == ("40078005",)


@pytest.mark.parametrize(
    "body",
    [
        "Kan man betala hyran med bitcoin, eller bara med bankgiro?",
        "Jag fick faktura 40078005 för ett nyhetsbrev nr 3 som jag aldrig beställt. Kan ni "
        "kreditera den?",
        "Vi sålde lotter på basaren och fick faktura 40078005 för lokalen. Stämmer den?",
    ],
)
def test_a_word_of_advertising_in_a_persons_matter_makes_no_spam(body):
    assert triaged(body).kind is Kind.CASE


@pytest.mark.parametrize(
    "body",
    [
        "Invest in bitcoin now and double your money in a week. Contact our broker today.",
        "Din inkorg är nästan full. Klicka här för att behålla dina meddelanden.",
        "Nyhetsbrev nr 4. Läs om vår nya produkt. Avregistrera dig längst ned.",
        "Välkommen på kostnadsfritt frukostseminarium om e-handel. Boka demo med oss.",
    ],
)
def test_advertising_is_spam(body):
    assert triaged(body).kind is Kind.SPAM


@pytest.mark.parametrize(
    "forwarded",
    [
        "Faktura 40078005 ska makuleras, den gick till fel förvaltning.\n\nAvregistrera dig här.",
        "Vi har skickat faktura 40078005 till inkasso.\n\nVill du inte ha fler mejl kan du "
        "avregistrera dig här.",
        "Your invoice 40078005 is overdue. Pay or tell us why you dispute it.\n\nUnsubscribe",
        "Tack! Vi har mottagit ditt ärende. Detta är ett automatiskt svar.",
        "Your message could not be delivered: 550 5.1.1 user unknown",
    ],
)
@pytest.mark.parametrize("own", ["", "Hej", "Se nedan."])
def test_what_a_person_forwards_is_a_case_whatever_wrote_it(own, forwarded):
    found = triaged(
        f"{own}\n\nFrån: Lena Ek <lena@bolaget.example>\nSkickat: den 3 mars 2018 10:12\n"
        f"Till: Ekonomi\nÄmne: räkning\n\n{forwarded}",
        subject="VB: räkning",
    )
    assert found.kind is Kind.CASE


BOUNCED = (
    "This is the mail system at host mx.example. I'm sorry to have to inform you that your "
    "message could not be delivered to one or more recipients.\n"
    "<kundreskontr@exempelstad.example>: user unknown"
)


def test_whoever_sends_a_bounce_on_to_ask_for_help_is_heard():
    found = triaged(
        f"Hej, mitt mejl kom inte fram, se nedan. {ASKS} Den förfaller den 12 mars.\n\n{BOUNCED}",
        subject="VB: Undelivered Mail Returned to Sender",
    )
    assert (found.kind, found.urgent) == (Kind.CASE, Urgency.COLLECTIONS)
    assert triaged(BOUNCED, subject="Undelivered Mail Returned to Sender").kind is Kind.BOUNCE


def test_a_text_that_could_not_be_read_as_a_mail_is_a_case():
    # A file in UTF-16: its headers are words of the text, as in many a bounce.
    message = parse(
        "From: a@mail.example\nTo: kundreskontra@exempelstad.example\n"
        "Subject: Anstand faktura 40030017\nMessage-ID: <u16@mail.example>\n\n"
        "Jag kan inte betala 40030017, förfaller 30/11.\n".encode("utf-16")
    )
    assert read(message).kind is Kind.CASE


def test_a_supplier_who_threatens_the_city_is_not_collections():
    found = triaged(
        "Vår faktura 5521 är fortfarande obetald. Om ni inte betalar går den till inkasso."
    )
    assert (found.matter, found.urgent) == ("leverantorsfaktura", Urgency.NO)


def test_of_two_matters_the_urgent_one_is_the_label():
    found = triaged(f"Vi har bytt adress till Ekvägen 4. {ASKS}", subject="Adressändring")
    assert (found.matter, found.urgent) == ("anstand", Urgency.COLLECTIONS)


def test_an_urgent_point_in_a_postscript_is_found():
    found = triaged(
        "Hej!\nKan ni skicka vårt serviceavtal?\n\nMed vänlig hälsning\nKim\n\n"
        "PS. Faktura 40078006 är felaktig och ska makuleras."
    )
    assert found.urgent is Urgency.COLLECTIONS


def test_a_payment_that_the_bank_has_goes_to_the_treasury():
    found = triaged("Stoppa BX-utbetalningen löpnr 00411, filen är redan hos banken.")
    assert (found.process, found.urgent) == ("stadskassan", Urgency.PAYOUT)


def test_a_payment_not_yet_with_the_bank_stays_with_the_supplier_ledger():
    found = triaged("Lägg betalstopp på leverantörsfaktura 8812, varan är inte levererad.")
    assert (found.process, found.urgent) == ("leverantorsreskontra", Urgency.PAYOUT)


def test_the_words_outweigh_a_wrong_tag():
    found = triaged(
        "Kunden vill ha anstånd på 40078007 till 31 maj.",
        subject="[LR] Anstånd",
        mailbox="leverantorsreskontra",
    )
    assert found.process == "kundreskontra"
    assert found.misdirected


def test_nothing_is_misdirected_in_the_common_box():
    assert not triaged(ASKS, mailbox="info").misdirected


def test_what_belongs_to_nobody_here_has_no_process_and_is_not_misdirected():
    found = triaged("Jag vill söka bygglov för ett garage.", mailbox="redovisning")
    assert (found.process, found.matter, found.misdirected) == (None, "wrong_recipient", False)


def test_invoice_numbers_are_told_from_everything_else():
    found = triaged(
        "Fakturorna 40078010, 40078011 och 4007 8012 (OCR 4007801017, kundnr 118455) är fel. "
        "Order 55123, tel 08-465 004 11, bg 5050-1055, 12 345 kr, verifikat 20180777."
    )
    assert found.invoices == ("40078010", "40078011", "40078012")


def test_a_range_is_listed_one_by_one():
    assert triaged("Makulera 40078020–22.").invoices == ("40078020", "40078021", "40078022")


def test_a_supplier_number_loses_all_but_its_digits():
    assert triaged("När betalas vår faktura F-20418?").invoices == ("20418",)


def test_the_invoice_that_is_to_stay_is_not_concerned():
    found = triaged("Makulera 40078031. Den riktiga är 40078030 och ska vara kvar.")
    assert found.invoices == ("40078031",)


@pytest.mark.parametrize(
    ("body", "due"),
    [
        ("Fakturan förfaller 2018-03-30.", date(2018, 3, 30)),
        ("Den ska vara betald sista mars.", date(2018, 3, 31)),
        ("Den förföll i fredags.", date(2018, 3, 2)),
        ("Förfallodagen är i övermorgon.", date(2018, 3, 7)),
        ("Ena förfaller 30/3, den andra förfaller 15/3.", date(2018, 3, 15)),
        ("Fakturan förfaller i slutet av månaden.", None),
        ("Kan jag få betala den senast 30 april?", None),
        ("Nytt förfallodatum kan vara 30 april.", None),
        ("The invoice is due 30 March.", date(2018, 3, 30)),
    ],
)
def test_the_due_date_is_what_the_sender_states_not_what_is_wished(body, due):
    at = datetime.fromisoformat("2018-03-05T10:00:00+01:00")
    assert triaged(f"Det gäller faktura 40078040. {body}", at=at).due == due


@pytest.mark.parametrize(
    "stated",
    [
        "Vår faktura 40078001 förfaller den 28:e",
        "Förfallodag för vår faktura 40078001 är den 28:e",
        "Fakturan gick ut i går och förfaller den 28:e",
        "Our invoice 40078001 was wrong and is due on the 28th",
    ],
)
def test_a_day_to_come_is_due_whatever_was_before(stated):
    assert triaged(f"{stated}. Kan vi få anstånd?").due == date(2018, 3, 28)


@pytest.mark.parametrize(
    "named", ["Kundnummer: 70012345", "Ordernr 12345678", "Bankgiro 12345678", "Konto 12345678"]
)
def test_the_number_of_something_else_is_no_invoice_and_the_invoice_is_missing(named):
    found = triaged(f"Kan vi få anstånd på fakturan? {named}.")
    assert found.invoices == ()
    assert Missing.INVOICE_NUMBER in found.missing


@pytest.mark.parametrize(
    "name", ["Faktura 2018-10-12.pdf", "invoice 2018.pdf", "faktura_20181012.pdf"]
)
def test_a_day_in_the_name_of_an_attachment_is_no_invoice(name):
    body = "Hej! Här kommer vår faktura för betalning. Vänliga hälsningar, Bageri Ek AB"
    found = triaged(body, attachments=(name,), mailbox="leverantorsreskontra")
    assert (found.matter, found.invoices) == ("leverantorsfaktura", ())


def test_a_personal_number_protects_the_mail_and_is_not_shown():
    found = triaged("Det gäller min dotter, 121212-1212, avgiften stämmer inte.")
    assert found.protected
    assert not any("1212" in reason.words for reason in found.reasons)


def test_illness_protects_the_mail():
    assert triaged("Jag har legat på sjukhus och missade fakturan 40078041.").protected


def test_a_complaint_is_seen_whatever_else_the_mail_is_about():
    found = triaged(f"Det är under all kritik att ingen svarar i telefon. {ASKS}")
    assert found.complaint
    assert found.urgent is Urgency.COLLECTIONS


def test_a_dispute_alone_is_no_complaint():
    assert not triaged("Jag bestrider faktura 40078042, bilen var inte min.").complaint


def test_an_anstand_without_number_and_date_lacks_both():
    found = triaged("Jag vill ha anstånd.")
    assert found.missing == (Missing.INVOICE_NUMBER, Missing.NEW_DATE)


def test_new_bank_details_by_mail_lack_an_authorisation():
    found = triaged("Please note that we have a new bank account: SE45 5000 0000 0583 9825 7466.")
    assert Missing.AUTHORISATION in found.missing


def test_english_is_told_from_swedish():
    assert triaged("Could you please send me a copy of the invoice?").lang is Language.ENGLISH
    assert triaged("Kan ni skicka en kopia på fakturan?").lang is Language.SWEDISH


def test_a_unit_in_no_list_is_recognised_by_the_form_of_its_name():
    found = triaged(f"{ASKS}\n\nMed vänlig hälsning\nKim Ek\nGranbergets stadsdelsförvaltning")
    assert found.customer == "Granbergets stadsdelsförvaltning"


def test_an_empty_mail_is_a_case_for_a_person():
    found = triaged("", subject="")
    assert (found.kind, found.matter, found.urgent) == (Kind.CASE, "ovrigt", Urgency.NO)
    assert found.confidence < 0.5


@pytest.mark.parametrize(
    ("subject", "process", "matter"),
    [
        ("[tid och projekt] fel vecka", "tid-projekt", None),
        ("[Kassa och bank] okänd inbetalning", "kassa-bank", "inbetalning"),
        ("[KR] Kopia på faktura 40012345", "kundreskontra", "fakturering"),
        ("LR byte av bankgiro", "leverantorsreskontra", "leverantorsregister"),
    ],
)
def test_a_tag_and_a_matter_may_be_several_words(subject, process, matter):
    tag = rules().tags.read(subject)
    assert (tag.process, tag.matter) == (process, matter)


@pytest.mark.parametrize(
    ("body", "due"),
    [
        ("Faktura 40012345, förf. 30/3. Kunden vill dela upp den.", date(2018, 3, 30)),
        ("40012345 (ffd 2018-03-30) är fel.", date(2018, 3, 30)),
        ("Räkning 40012345 ska in på fredag, kan jag få vänta?", date(2018, 3, 9)),
        (
            "Faktura;Datum;Förfallodag;Belopp\n40012345;2018-02-14;2018-03-14;4310",
            date(2018, 3, 14),
        ),
    ],
)
def test_a_due_date_is_read_in_short_forms_and_tables(body, due):
    assert triaged(body).due == due


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("Fakturorna 40201140, -41 och -45 ska krediteras.", ("40201140", "40201141", "40201145")),
        ("Anstånd för 40161002 t o m 40161004.", ("40161002", "40161003", "40161004")),
        ("Kund 34408 (71117765) ber om anstånd.", ("71117765",)),
    ],
)
def test_invoices_are_read_from_endings_ranges_and_brackets(body, numbers):
    assert triaged(body).invoices == numbers


def answered(text, question, *, tag="[LR]", mailbox="leverantorsreskontra"):
    """Answer a question that stands in the quoted mail."""
    return triaged(
        f"{text}\n\nFrån: Servicecentrum\nSkickat: den 4 mars 2019 09:12\n"
        f"Ämne: SV: {tag} faktura 7718\nHej, {question}",
        subject=f"SV: {tag} faktura 7718",
        headers={"In-Reply-To": "<7718@servicecentrum.example>"},
        mailbox=mailbox,
    )


@pytest.mark.parametrize("yes", ["Ja, gör det.", "Ja tack!", "Jättegärna.", "Hej! Absolut."])
def test_a_yes_says_what_it_was_asked(yes):
    found = answered(yes, "7718 går ut i kväll. Ska vi stoppa utbetalningen?")
    assert (found.kind, found.matter) == (Kind.FOLLOW_UP, "betalstopp")
    assert found.urgent is Urgency.PAYOUT


@pytest.mark.parametrize("no", ["Nej, låt den gå.", "Absolut inte.", "Nej."])
def test_what_a_no_was_asked_is_not_urgent(no):
    found = answered(no, "7718 går ut i kväll. Ska vi stoppa utbetalningen?")
    assert found.urgent is Urgency.NO


def test_a_yes_to_something_harmless_is_calm_whatever_else_was_written():
    found = answered("Ja, det stämmer.", "vi har stoppat utbetalningen. Är Ask rätt attestant?")
    assert found.urgent is Urgency.NO


def test_a_payer_who_writes_where_suppliers_write_is_heard():
    found = triaged(
        "Hej, er faktura 40078001 ligger hos en kollega som ska attestera den men är ledig. "
        "Kan ni flytta fram den till den 20 april så att den inte går till inkasso?",
        mailbox="leverantorsreskontra",
    )
    assert (found.process, found.matter) == ("kundreskontra", "anstand")
    assert found.urgent is Urgency.COLLECTIONS
    assert found.misdirected


def test_a_supplier_who_sent_an_invoice_is_no_payer_astray():
    found = triaged(
        "Hej, vi skickade er faktura 4471 den 2 maj, den förföll i fredags. Ligger den för attest?",
        mailbox="leverantorsreskontra",
    )
    assert (found.process, found.urgent) == ("leverantorsreskontra", Urgency.NO)


@pytest.mark.parametrize(
    "text",
    [
        "Det här är femte mejlet. Jag bestred 40078001 i september, svara någon gång.",
        "Hej, har ni hunnit med makuleringen av 40078001? Familjen ringer varje dag om den.",
        "Kunden på 40078001 har nu betalat sista raten, se kvitto. Planen kan avslutas.",
    ],
)
def test_a_mail_goes_on_with_a_case_though_it_is_no_reply(text):
    assert triaged(text, mailbox="kundreskontra").kind is Kind.FOLLOW_UP


@pytest.mark.parametrize(
    "text",
    [
        "Vi drog tillbaka ansökan om kolonilott skriftligt i mars. Kan ni makulera 40078001?",
        "Tack för nyhetsbrevet! Vårt konto i Agresso är låst sedan i morse, kan ni öppna det igen?",
        "Jag ringde banken i mars om att 40078001 dragits två gånger. Kan jag få tillbaka den ena?",
        "Kund 219310 har inte längre skyddad identitet. Ta bort spärren och uppdatera adressen.",
    ],
)
def test_what_was_said_to_others_is_no_case_of_ours(text):
    assert triaged(text, mailbox="kundreskontra").kind is Kind.CASE


def test_payments_that_need_no_stop_are_calm():
    found = triaged(
        "Fakturorna 10021 och 10022 väntar på kredit från leverantören till den 15:e. "
        "Ni behöver inte spärra dem, de är inte attesterade.",
        mailbox="leverantorsreskontra",
    )
    assert found.urgent is Urgency.NO


def test_an_invoice_for_somebody_else_is_urgent_in_english_too():
    found = triaged(
        "Hello, invoice 40078001 (waste fee) is addressed to another company in the building. "
        "Please cancel it and send it to them. We will not pay.",
        mailbox="kundreskontra",
    )
    assert found.urgent is Urgency.COLLECTIONS
