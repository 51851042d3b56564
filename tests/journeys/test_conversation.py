"""Which mails belong together, and what a further mail does to a case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.vocabulary import Status, Urgency
from tests.city import SECRET, TUESDAY, mail
from tests.letters import ORDINARY, URGENT_INVOICE, URGENT_PAYMENT

STRANGER = "Någon <nagon@annan.example>"
COLLEAGUE = "Eva Ek <eva.ek@utb.exempelstad.example>"


@pytest.fixture
def opened(city):
    """An ordinary case with its receipt; returns (case, Message-ID, receipt)."""
    message_id = city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    (receipt,) = city.receipts()
    city.later(hours=2)
    return case, message_id, receipt


def reference(city, case):
    return city.app.identity.case_reference(str(case.number))


def test_an_answer_to_our_mail_joins_its_case(city, opened):
    _, _, receipt = opened
    city.post("Tack!", subject="SV: Hej", headers=[("In-Reply-To", receipt["Message-ID"])])
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


def test_an_answer_to_our_mail_joins_its_case_whoever_writes_it(city, opened):
    """Nobody can know our Message-ID who did not get our mail."""
    _, _, receipt = opened
    city.post("Hej!", sender=STRANGER, headers=[("References", receipt["Message-ID"])])
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


NEW_KEY = "another key, since the old one was lost"


@pytest.mark.parametrize(
    ("old", "outcomes"),
    [((SECRET,), {"case": 1, "follow_up": 1}), ((), {"case": 2})],
    ids=["listed", "forgotten"],
)
def test_an_answer_to_mail_under_an_old_key_joins_where_that_key_is_listed(
    build_city, opened, old, outcomes
):
    _, _, receipt = opened
    after = build_city(secret_key=NEW_KEY, old_secret_keys=old)
    written = {"date": TUESDAY + timedelta(hours=3), "message_id": "<answer@annan.example>"}
    answer = mail(
        "Tack!", sender=STRANGER, headers=[("In-Reply-To", receipt["Message-ID"])], **written
    )
    after.deliver(answer, "info")
    after.work_off()
    assert after.outcomes() == outcomes


def test_a_made_up_message_id_of_ours_joins_nothing(city, opened):
    _, _, receipt = opened
    forged = receipt["Message-ID"].replace(".1.", ".2.")
    city.post("Hej!", sender=STRANGER, headers=[("In-Reply-To", forged)])
    city.work_off()
    assert city.outcomes() == {"case": 2}


def test_our_own_ids_come_before_other_references(city, opened):
    _, _, receipt = opened
    city.post(**URGENT_INVOICE, message_id="<other@kund.example>")
    city.work_off()
    city.post(
        "Hej igen!",
        headers=[
            ("In-Reply-To", "<other@kund.example>"),
            ("References", f"{receipt['Message-ID']} <other@kund.example>"),
        ],
    )
    city.work_off()
    first, _ = city.cases()
    assert city.events(first).count("received") == 2


def test_a_sender_who_continues_the_own_thread_joins_the_case(city, opened):
    _, message_id, _ = opened
    city.post("En sak till.", headers=[("References", message_id)])
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


def test_a_colleague_in_a_customers_office_continues_the_thread(city):
    message_id = city.post(**ORDINARY, sender=COLLEAGUE)
    city.post(
        "Det gäller oss båda.",
        sender="Per <per@utb.exempelstad.example>",
        headers=[("In-Reply-To", message_id)],
    )
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


def test_a_neighbour_at_a_public_mail_domain_does_not_continue_the_thread(city):
    message_id = city.post(**ORDINARY, sender="a@mejl.example")
    city.post("Hej!", sender="b@mejl.example", headers=[("In-Reply-To", message_id)])
    city.work_off()
    assert city.outcomes() == {"case": 2}


def test_a_stranger_who_names_a_known_message_id_opens_a_new_case(city, opened):
    _, message_id, _ = opened
    city.post("Hej!", sender=STRANGER, headers=[("In-Reply-To", message_id)])
    city.work_off()
    assert city.outcomes() == {"case": 2}


def test_the_case_reference_joins_a_sender_who_is_on_the_case(city, opened):
    case, _, _ = opened
    city.post("En sak till.", subject=f"Ny adress {reference(city, case)}")
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


def test_a_stranger_who_writes_the_whole_case_reference_opens_a_new_case(city, opened):
    case, _, _ = opened
    city.post("Hej!", sender=STRANGER, subject=f"Ang. {reference(city, case)}")
    city.work_off()
    assert city.outcomes() == {"case": 2}


@pytest.mark.parametrize("written", ["[#{number}]", "[#{number}-zz]", "#{number}", "{number}"])
def test_a_case_number_without_the_right_check_letters_joins_nothing(city, opened, written):
    case, _, _ = opened
    city.post("En sak till.", subject=f"Ang. {written.format(number=case.number)}")
    city.work_off()
    assert city.outcomes() == {"case": 2}


def test_the_same_subject_alone_joins_nothing(city):
    for _ in range(2):
        city.post(**ORDINARY)
    city.work_off()
    assert city.outcomes() == {"case": 2}


def test_a_follow_up_that_comes_in_the_same_batch_as_its_first_mail_joins_it(city_on_both):
    city = city_on_both
    message_id = city.post(**ORDINARY)
    city.post("En sak till.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}


TWIN = mail(**ORDINARY, to="kundreskontra@exempelstad.example, info@exempelstad.example")


def test_the_same_mail_in_two_mailboxes_is_one_case_answered_once(city_on_both):
    city = city_on_both
    for mailbox in city.mailboxes:
        city.deliver(TWIN, mailbox)
    city.work_off()
    assert city.outcomes() == {"case": 1, "duplicate": 1}
    assert (len(city.sent("kundreskontra")), len(city.sent("info"))) == (1, 0)


@pytest.mark.parametrize("order", [("kundreskontra", "info"), ("info", "kundreskontra")])
def test_whichever_copy_comes_first_the_first_mailbox_in_to_answers(build_city, order):
    city = build_city(twin_wait=20)
    for mailbox in order:
        city.deliver(TWIN, mailbox)
        city.work_off()
        city.later(seconds=10)
    city.work_off()
    (case,) = city.cases()
    assert case.mailbox == "kundreskontra"
    assert (len(city.sent("kundreskontra")), len(city.sent("info"))) == (1, 0)


def test_a_mailbox_in_cc_answers_only_where_none_stands_in_to(city):
    city.deliver(
        mail(
            **ORDINARY,
            to="kollega@kund.example",
            headers=[("Cc", "kundreskontra@exempelstad.example, info@exempelstad.example")],
        ),
        "info",
    )
    city.work_off()
    assert len(city.sent("kundreskontra")) == 1


def test_the_same_mail_twice_in_one_mailbox_is_one_case(city_on_both):
    city = city_on_both
    for _ in range(2):
        city.deliver(mail(**ORDINARY))
    city.work_off()
    assert city.outcomes() == {"case": 1, "duplicate": 1}
    assert len(city.sent()) == 1


def test_copies_that_only_the_servers_changed_are_the_same_mail(city):
    city.deliver(mail(**ORDINARY))
    city.deliver(
        mail(**ORDINARY, headers=[("Received", "from a by b; Tue, 3 Mar 2026 09:00:01 +0000")]),
        "info",
    )
    city.work_off()
    assert city.outcomes() == {"case": 1, "duplicate": 1}


def test_the_same_message_id_with_another_body_is_another_mail(city_on_both):
    city = city_on_both
    city.deliver(mail(**ORDINARY))
    city.deliver(mail(**URGENT_INVOICE))
    city.work_off()
    assert city.outcomes() == {"case": 2}


def test_a_stranger_who_copies_a_message_id_opens_a_case_and_breaks_no_thread(city):
    message_id = city.post(**ORDINARY)
    city.post("Något helt annat.", sender=STRANGER, message_id=message_id)
    city.work_off()
    city.post("En sak till.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    assert city.outcomes() == {"case": 2, "follow_up": 1}
    first, _ = city.cases()
    assert city.events(first).count("received") == 2


def test_mail_without_a_message_id_is_told_apart_by_what_it_says(city):
    for text in ("Hej! Vad kostar ett garage?", "Hej! Vad kostar en båtplats?"):
        city.deliver(mail(text, message_id=""))
    city.deliver(mail("Hej! Vad kostar ett garage?", message_id=""), "info")
    city.work_off()
    assert city.outcomes() == {"case": 2, "duplicate": 1}


def test_a_follow_up_on_a_closed_case_opens_it_again_with_a_new_clock(city, opened):
    case, message_id, _ = opened
    city.set_status(case, Status.CLOSED)
    city.later(days=1)
    city.post("Det blev inte rätt.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    (after,) = city.cases()
    assert after.status is Status.OPEN
    assert after.clock_started_at == TUESDAY + timedelta(days=1, hours=2)
    assert after.received_at == case.received_at
    reopened = next(e for e in city.history(after) if e.kind == "reopened")
    assert reopened.wall_seconds == 0


def test_a_follow_up_on_an_open_case_leaves_its_clock_alone(city, opened):
    case, message_id, _ = opened
    city.post("En sak till.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    (after,) = city.cases()
    assert after.clock_started_at == case.clock_started_at
    assert "reopened" not in city.events(after)


@pytest.mark.parametrize("waiting", [Status.WAITING_CUSTOMER, Status.WAITING_OTHER])
def test_a_follow_up_takes_up_a_case_that_waited(city, opened, waiting):
    case, message_id, _ = opened
    city.set_status(case, waiting)
    city.post("Här är underlaget.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    (after,) = city.cases()
    assert after.status is Status.OPEN
    assert "resumed" in city.events(after)


def test_an_urgent_follow_up_makes_its_case_urgent_and_alerts(city, opened):
    _, message_id, _ = opened
    city.post(**URGENT_INVOICE, headers=[("In-Reply-To", message_id)])
    city.work_off()
    (after,) = city.cases()
    assert after.urgent is Urgency.COLLECTIONS
    assert city.alerts() == ["urgent"]


def test_an_ordinary_follow_up_does_not_take_the_urgency_away(city):
    message_id = city.post(**URGENT_INVOICE)
    city.work_off()
    city.post("Tack för hjälpen!", headers=[("In-Reply-To", message_id)])
    city.work_off()
    (after,) = city.cases()
    assert after.urgent is Urgency.COLLECTIONS
    assert city.alerts() == ["urgent"]


def test_a_new_urgent_mail_on_a_case_whose_stop_was_confirmed_asks_for_a_new_stop(city):
    message_id = city.post(**URGENT_PAYMENT)
    city.work_off()
    city.set_status(city.cases()[0], Status.CLOSED, stop_confirmed=True)
    city.post(**URGENT_PAYMENT, headers=[("In-Reply-To", message_id)])
    city.work_off()
    (after,) = city.cases()
    assert after.status is Status.OPEN
    assert not after.stop_confirmed
    assert city.alerts() == ["urgent", "urgent"]


def test_what_is_protected_in_a_follow_up_protects_its_case(city, opened):
    _, message_id, _ = opened
    city.post("Mitt personnummer är 19900101-2384.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    assert city.cases()[0].protected


def test_a_case_keeps_its_number_when_it_gets_further_mail(city, opened):
    case, message_id, _ = opened
    city.post("En sak till.", headers=[("In-Reply-To", message_id)])
    city.work_off()
    assert [after.number for after in city.cases()] == [case.number]


def test_case_numbers_run_without_gaps_within_the_local_year_of_arrival(city_on_both):
    city = city_on_both
    new_year = TUESDAY.replace(year=2025, month=12, day=31, hour=22, minute=59)
    for minute in range(3):
        city.post(**ORDINARY, date=new_year + timedelta(minutes=minute))
    city.work_off()
    numbers = [str(case.number) for case in city.cases()]
    assert numbers == ["2025-000001", "2026-000001", "2026-000002"]
