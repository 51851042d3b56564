"""The automatic acknowledgement: which one, how it is addressed, and that it comes once."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.clock import FixedClock
from tests.city import TUESDAY
from tests.letters import ENGLISH, ORDINARY, PROTECTED, URGENT_INVOICE, URGENT_PAYMENT

LATE_ON_FRIDAY = datetime.fromisoformat("2026-03-06T19:00:00+01:00")


def text_of(receipt):
    return receipt.get_body(("plain",)).get_content()


@pytest.fixture
def receipt_for(city):
    """Post a letter, let the house work, and return the one receipt."""

    def write(letter, **parts):
        city.post(**letter, **parts)
        city.work_off()
        (receipt,) = city.receipts()
        return receipt

    return write


def test_an_ordinary_mail_is_acknowledged_with_the_number_of_its_case(city, receipt_for):
    receipt = receipt_for(ORDINARY)
    (case,) = city.cases()
    assert str(case.number) in text_of(receipt)
    assert city.app.identity.case_reference(str(case.number)) in receipt["Subject"]
    assert receipt["To"] == "karin@kund.example"
    assert receipt["From"].addresses[0].addr_spec == "kundreskontra@exempelstad.example"


def test_a_receipt_says_that_a_machine_sent_it_and_wants_no_machine_to_answer(receipt_for):
    receipt = receipt_for(ORDINARY)
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "OOF" in receipt["X-Auto-Response-Suppress"]
    assert "NDR" not in receipt["X-Auto-Response-Suppress"].replace("NRN", "")


def test_a_receipt_stands_in_the_thread_of_the_mail_that_it_answers(receipt_for):
    receipt = receipt_for(
        ORDINARY,
        message_id="<this@kund.example>",
        headers=[("References", "<before@kund.example>")],
    )
    assert receipt["In-Reply-To"] == "<this@kund.example>"
    assert receipt["References"].split() == ["<before@kund.example>", "<this@kund.example>"]


def test_a_receipt_carries_a_message_id_that_only_we_can_make(city, receipt_for):
    receipt = receipt_for(ORDINARY)
    (case,) = city.cases()
    own = city.app.identity.read_own(receipt["Message-ID"])
    assert own is not None
    assert own.case_number == str(case.number)


def test_a_receipt_is_kept_in_sent_and_on_record_and_nothing_stays_among_the_drafts(
    city, receipt_for
):
    receipt_for(ORDINARY)
    (case,) = city.cases()
    assert city.drafts() == []
    assert city.events(case).count("receipt_sent") == 1
    with city.app.database.reading() as work:
        assert work.messages.sent_count(case.id, template="received") == 1


def test_outside_the_opening_hours_the_receipt_says_when_we_open_again(build_city):
    city = build_city(clock=FixedClock(LATE_ON_FRIDAY))
    city.post(**ORDINARY)
    city.work_off()
    (receipt,) = city.receipts()
    assert "måndag 9 mars kl. 08:00" in text_of(receipt)


def test_the_receipt_of_an_urgent_invoice_names_it_and_says_that_it_is_urgent(receipt_for):
    text = text_of(receipt_for(URGENT_INVOICE))
    assert "faktura 40012345" in text
    assert "bråttom" in text
    assert "gäller som vanligt tills" in text


def test_the_receipt_names_every_invoice_of_the_mail(receipt_for):
    text = text_of(
        receipt_for(
            {
                "subject": "[KR] Makulering – faktura 40012345 och 40012346",
                "text": "Hej!\n\nMakulera fakturorna 40012345 och 40012346, de är dubbletter.",
            }
        )
    )
    assert "fakturorna 40012345, 40012346" in text


def test_an_urgent_invoice_without_a_number_is_acknowledged_without_one(receipt_for):
    text = text_of(
        receipt_for(
            {
                "subject": "[KR] Anstånd",
                "text": "Hej!\n\nJag kan inte betala fakturan i tid. Kan jag få anstånd en månad?",
            }
        )
    )
    assert "Tack för ditt mejl. Ditt ärende" in text
    assert "bråttom" in text


def test_the_receipt_of_an_urgent_payment_asks_the_sender_to_call_too(receipt_for):
    text = text_of(receipt_for(URGENT_PAYMENT))
    assert "Ring också" in text
    assert "som planerat tills" in text


def test_a_mail_with_protected_data_gets_the_neutral_receipt_even_when_it_is_urgent(
    city, receipt_for
):
    text = text_of(receipt_for(PROTECTED))
    assert "40012345" not in text
    assert "bråttom" not in text
    assert "urgent" in city.alerts()


def test_an_english_mail_gets_an_english_receipt(receipt_for):
    receipt = receipt_for(ENGLISH)
    assert "Thank you for your e-mail" in text_of(receipt)
    assert receipt["Content-Language"] == "en"


def test_a_receipt_never_carries_what_the_sender_wrote(receipt_for):
    receipt = receipt_for(
        {"subject": "[KR] Kundregister – Zebraskolan", "text": "Hej! Ändra Zebraskolans adress."}
    )
    assert "Zebraskol" not in receipt.as_string()


def test_a_follow_up_gets_no_second_receipt(city, receipt_for):
    first = receipt_for(ORDINARY)
    city.later(minutes=90)
    city.post("Hej igen! En sak till.", headers=[("In-Reply-To", first["Message-ID"])])
    city.work_off()
    assert len(city.cases()) == 1
    assert len(city.receipts()) == 1


def test_a_receipt_goes_to_the_reply_address_within_the_senders_own_domain(receipt_for):
    receipt = receipt_for(ORDINARY, headers=[("Reply-To", "ekonomi@kund.example")])
    assert receipt["To"] == "ekonomi@kund.example"


def test_a_receipt_never_goes_to_a_reply_address_in_a_strange_domain(receipt_for):
    receipt = receipt_for(ORDINARY, headers=[("Reply-To", "offer@annan.example")])
    assert receipt["To"] == "karin@kund.example"
    assert receipt["Cc"] is None


def test_the_first_receipt_waits_for_a_twin_in_another_mailbox(build_city):
    city = build_city(twin_wait=20)
    city.post(**ORDINARY)
    city.work_off()
    city.later(seconds=19)
    city.work_off()
    assert city.receipts() == []
    city.later(seconds=1)
    city.work_off()
    assert len(city.receipts()) == 1


def test_an_alert_does_not_wait_for_twins(build_city):
    city = build_city(twin_wait=20)
    city.post(**URGENT_INVOICE)
    city.work_off()
    assert city.alerts() == ["urgent"]


def test_a_sender_that_cannot_be_written_to_gets_no_receipt_and_the_case_says_so(city):
    city.post(**ORDINARY, sender="Karin <karin åkesson@kund.example>")
    city.work_off()
    (case,) = city.cases()
    assert city.receipts() == []
    assert city.withheld(case)


def test_our_own_receipt_that_comes_back_is_no_case_and_gets_no_answer(city, receipt_for):
    receipt_for(ORDINARY)
    (own,) = city.sent()
    city.deliver(own)
    city.work_off()
    assert city.outcomes() == {"case": 1, "ignored": 1}
    assert len(city.receipts()) == 1


def test_the_receipt_event_counts_from_when_the_mail_came(city):
    city.post(**ORDINARY)
    city.later(minutes=5)
    city.work_off()
    (case,) = city.cases()
    event = next(event for event in city.history(case) if event.kind.value == "receipt_sent")
    assert case.received_at == TUESDAY
    assert (event.wall_seconds, event.working_seconds) == (300, 300)
