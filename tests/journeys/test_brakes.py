"""Brakes on automatic mail: to one sender, on one case, from one mailbox, in all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.services.registering import SYSTEM
from bot.store.records import SentMessage
from bot.vocabulary import EventKind
from functionmail.parse import parse
from tests.city import mail
from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE, URGENT_PAYMENT

CUSTOMER = "Eva Ek <eva.ek@utb.exempelstad.example>"


def post_urgent(city, count, **parts):
    """Post urgent mails, which are exempt from the rule about the same template."""
    for _ in range(count):
        city.post(**URGENT_INVOICE, **parts)
    city.work_off()


def reasons(city):
    return [because for case in city.cases() for because in city.withheld(case)]


def test_an_unknown_sender_gets_three_receipts_an_hour(city):
    post_urgent(city, 5)
    assert len(city.sent()) == 3
    assert reasons(city) == ["sender_hour", "sender_hour"]


def test_an_hour_later_the_same_sender_is_answered_again(city):
    post_urgent(city, 4)
    city.later(hours=1, seconds=1)
    post_urgent(city, 1)
    assert len(city.sent()) == 4


def test_the_limit_holds_over_all_mailboxes_together(city):
    post_urgent(city, 2)
    post_urgent(city, 2, mailbox="info")
    assert len(city.sent()) + len(city.sent("info")) == 3


def test_one_sender_does_not_use_up_what_another_may_get(city):
    post_urgent(city, 4)
    post_urgent(city, 1, sender="Annan <annan@kund.example>")
    assert len(city.sent()) == 4


def went_out_before(city, count, address, *, minutes_ago):
    """Put automatic mails to an address on record, as if they had gone out."""
    with city.app.database.work() as work:
        for n in range(count):
            work.sent_replies.record(
                action_key=f"before:{n}",
                sender_hash=city.app.identity.hash_address(address),
                mailbox="stadskassan",
                template="received",
                at=city.clock.now() - timedelta(minutes=minutes_ago),
            )


@pytest.mark.parametrize(
    ("before", "minutes_ago", "withheld"),
    [
        pytest.param(29, 59, [], id="thirty-an-hour"),
        pytest.param(30, 59, ["sender_hour"], id="no-more-an-hour"),
        pytest.param(149, 23 * 60, [], id="a-hundred-and-fifty-a-day"),
        pytest.param(150, 23 * 60, ["sender_day"], id="no-more-a-day"),
        pytest.param(200, 24 * 60 + 1, [], id="the-day-before-does-not-count"),
    ],
)
def test_a_registered_customer_gets_more_receipts(city, before, minutes_ago, withheld):
    went_out_before(city, before, "eva.ek@utb.exempelstad.example", minutes_ago=minutes_ago)
    post_urgent(city, 1, sender=CUSTOMER)
    assert reasons(city) == withheld
    assert len(city.sent()) == 1 - len(withheld)


def test_one_sender_gets_the_same_template_once_an_hour(city):
    for _ in range(2):
        city.post(**ORDINARY)
    city.work_off()
    assert len(city.sent()) == 1
    assert reasons(city) == ["same_template_hour"]


def test_one_sender_may_get_another_template_within_the_hour(city):
    for letter in (ORDINARY, PROTECTED, URGENT_PAYMENT):
        city.post(**letter)
    city.work_off()
    assert len(city.sent()) == 3


def test_an_urgent_case_gets_the_same_template_within_the_hour(city):
    post_urgent(city, 2)
    assert len(city.sent()) == 2


def put_on_case(city, case, n):
    """Put a mail of ours on a case, as a later reply will be."""
    content = mail("Svar", message_id=f"<svar{n}@exempelstad.example>")
    with city.app.database.work() as work:
        work.messages.insert_sent(
            SentMessage(
                message=parse(content),
                content=content,
                mailbox="kundreskontra",
                case_id=case.id,
                automatic=True,
                template="reply",
                template_version="1",
                sent_at=city.clock.now(),
            )
        )


@pytest.mark.parametrize(("before", "sent"), [(2, 1), (3, 0)])
def test_at_most_three_of_our_mails_lie_on_a_case_without_a_mail_from_a_person_between(
    build_city, before, sent
):
    city = build_city(twin_wait=20)
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    for n in range(before):
        put_on_case(city, case, n)
    city.later(seconds=20)
    city.work_off()
    assert len(city.sent()) == sent
    assert city.withheld(case) == ["unanswered_on_case"] * (1 - sent)


def test_a_mail_from_a_person_starts_the_count_on_a_case_anew(build_city):
    city = build_city(twin_wait=20)
    first = city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    for n in range(3):
        put_on_case(city, case, n)
    city.post("En sak till.", headers=[("In-Reply-To", first)])
    city.later(seconds=20)
    city.work_off()
    assert len(city.sent()) == 1


def test_a_braked_receipt_is_noted_on_its_case_and_alarms_nobody(city):
    for _ in range(2):
        city.post(**ORDINARY)
    city.work_off()
    _, braked = city.cases()
    (event,) = [e for e in city.history(braked) if e.kind is EventKind.RECEIPT_WITHHELD]
    assert event.data == {"because": "same_template_hour"}
    assert event.actor == SYSTEM
    assert city.actions(braked) == {"reply:receipt": "dropped"}
    assert city.alerts() == []


@pytest.mark.parametrize(("before", "withheld"), [(9, []), (10, ["sender_day"])])
def test_an_unknown_sender_gets_ten_receipts_a_day(city, before, withheld):
    went_out_before(city, before, "karin@kund.example", minutes_ago=23 * 60)
    post_urgent(city, 1)
    assert reasons(city) == withheld


def post_from_many(city, count, mailbox="kundreskontra"):
    for n in range(count):
        now = city.clock.now().timestamp()
        city.post(**ORDINARY, mailbox=mailbox, sender=f"p{n}@{mailbox}{now:.0f}.example")
    city.work_off()


@pytest.fixture
def narrow(build_city):
    return build_city(brakes={"mailbox_per_hour": 2, "everything_per_hour": 3})


def breakers(city):
    return [alert.key.split(":")[2] for alert in city.notifier.alerts]


def test_a_mailbox_that_sends_too_much_is_stopped_and_alarms_once(narrow):
    post_from_many(narrow, 5)
    assert len(narrow.sent()) == 2
    assert reasons(narrow) == ["mailbox_breaker"] * 3
    assert narrow.alerts() == ["breaker_open"]
    assert breakers(narrow) == ["kundreskontra"]


def test_too_much_from_all_mailboxes_together_is_stopped_and_alarms_once(narrow):
    post_from_many(narrow, 2)
    post_from_many(narrow, 3, "info")
    assert len(narrow.sent()) + len(narrow.sent("info")) == 3
    assert breakers(narrow) == ["*"]


def test_an_open_breaker_stops_urgent_cases_too(narrow):
    post_from_many(narrow, 2)
    narrow.post(**URGENT_INVOICE)
    narrow.work_off()
    assert len(narrow.sent()) == 2
    assert "urgent" in narrow.alerts()


def test_a_breaker_closes_by_itself_and_alarms_again_the_next_time(narrow):
    post_from_many(narrow, 3)
    narrow.later(hours=1, minutes=1)
    post_from_many(narrow, 3)
    assert len(narrow.sent()) == 4
    assert breakers(narrow) == ["kundreskontra", "kundreskontra"]


def test_a_breaker_stays_known_over_a_restart(build_city):
    limits = {"mailbox_per_hour": 2, "everything_per_hour": 300}
    first = build_city(brakes=limits)
    post_from_many(first, 3)
    second = build_city(brakes=limits, clock=first.clock)
    second.later(minutes=1)
    post_from_many(second, 1)
    assert first.alerts() == ["breaker_open"]
    assert second.alerts() == []


def test_brakes_count_addresses_without_keeping_them(city):
    post_urgent(city, 1)
    with city.app.database.reading() as work:
        known = city.app.identity.hash_address("Karin@KUND.example")
        since = datetime(2020, 1, 1, tzinfo=UTC)
        assert work.sent_replies.count(since=since, sender_hash=known) == 1
        assert work.sent_replies.count(since=since, sender_hash="karin@kund.example") == 0
