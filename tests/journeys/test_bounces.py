"""What happens when a mail of ours does not arrive."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.vocabulary import Kind, Status
from tests.city import TUESDAY
from tests.hostile import hostile_mails
from tests.hostile_families.bounces import ORIGINAL_ID
from tests.letters import ORDINARY, URGENT_INVOICE, URGENT_PAYMENT

FAILED = [
    mail.content
    for mail in hostile_mails()
    if mail.action == "failed" and ORIGINAL_ID.encode() in mail.content
]
DELAYED = [
    mail.content
    for mail in hostile_mails()
    if mail.action == "delayed" and ORIGINAL_ID.encode() in mail.content
]


def about(content, receipt, number=0):
    """Turn a bounce of somebody's mail into one of this receipt, with an id of its own."""
    own_id = receipt["Message-ID"].strip("<>")
    numbered = content.replace(b"<4711@", f"<4711.{number}@".encode())
    return numbered.replace(ORIGINAL_ID.encode(), own_id.encode())


@pytest.fixture
def opened(city):
    """Post a letter, let the house acknowledge it, and return (case, receipt)."""

    def open_case(letter):
        city.post(**letter)
        city.work_off()
        city.later(minutes=5)
        return city.cases()[-1], city.receipts()[-1]

    return open_case


def test_a_bounce_of_our_mail_joins_its_case_as_a_failed_delivery(city, opened):
    case, receipt = opened(ORDINARY)
    city.deliver(about(FAILED[0], receipt))
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1}
    assert city.events(case).count("delivery_failed") == 1


def test_the_team_of_the_case_is_told(city, opened):
    case, receipt = opened(ORDINARY)
    city.deliver(about(FAILED[0], receipt))
    city.work_off()
    (alert,) = city.notifier.alerts
    assert (alert.code, alert.case_number, alert.team) == (
        "reply_bounced",
        str(case.number),
        case.team,
    )


def test_a_bounce_is_not_answered_and_starts_no_second_receipt(city, opened):
    _, receipt = opened(ORDINARY)
    city.deliver(about(FAILED[0], receipt))
    city.work_off()
    assert len(city.receipts()) == 1


def test_the_bounce_is_kept_as_a_bounce_and_counts_as_no_mail_from_a_person(city, opened):
    case, receipt = opened(ORDINARY)
    city.deliver(about(FAILED[0], receipt))
    city.work_off()
    with city.app.database.reading() as work:
        assert len(work.messages.incoming_of_case(case.id)) == 1
        (event,) = [e for e in work.cases.events(case.id) if e.kind == "delivery_failed"]
        stored = work.messages.stored(event.data["message"])
    assert stored.kind is Kind.BOUNCE
    assert stored.content == about(FAILED[0], receipt)


def test_a_bounce_opens_a_closed_case_again_with_a_new_clock(city, opened):
    case, receipt = opened(ORDINARY)
    city.set_status(case, Status.CLOSED)
    city.deliver(about(FAILED[0], receipt))
    city.work_off()
    (after,) = city.cases()
    assert after.status is Status.OPEN
    assert after.clock_started_at == TUESDAY + timedelta(minutes=5)
    assert "reopened" in city.events(case)


@pytest.mark.parametrize("letter", [URGENT_INVOICE, URGENT_PAYMENT], ids=["invoice", "payment"])
def test_an_urgent_case_is_announced_again_when_our_mail_did_not_arrive(city, opened, letter):
    _, receipt = opened(letter)
    city.deliver(about(FAILED[0], receipt))
    city.work_off()
    assert sorted(city.alerts()) == ["reply_bounced", "urgent", "urgent"]


def test_the_same_bounce_twice_changes_the_case_once(city, opened):
    case, receipt = opened(ORDINARY)
    for mailbox in city.mailboxes:
        city.deliver(about(FAILED[0], receipt), mailbox)
    city.work_off()
    assert city.outcomes() == {"case": 1, "follow_up": 1, "duplicate": 1}
    assert city.events(case).count("delivery_failed") == 1


def test_the_bounces_of_the_common_mail_servers_all_find_their_case(city):
    for n in range(len(FAILED)):
        city.post(**URGENT_INVOICE, sender=f"p{n}@k{n}.example")
    city.work_off()
    receipts = {receipt["To"]: receipt for receipt in city.receipts()}
    for n, content in enumerate(FAILED):
        city.deliver(about(content, receipts[f"p{n}@k{n}.example"], n))
    city.work_off()
    missing = [
        n for n, case in enumerate(city.cases()) if "delivery_failed" not in city.events(case)
    ]
    assert missing == []
    assert len(city.cases()) == len(FAILED) > 20


def test_the_delay_notices_of_the_common_mail_servers_change_nothing(city, opened):
    case, receipt = opened(URGENT_INVOICE)
    city.set_status(case, Status.CLOSED, stop_confirmed=True)
    before, told = city.events(case), city.alerts()
    for n, content in enumerate(DELAYED):
        city.deliver(about(content, receipt, n))
    city.work_off()
    (after,) = city.cases()
    assert city.outcomes() == {"case": 1, "ignored": len(DELAYED)}
    assert len(DELAYED) >= 3
    assert (city.events(case), after.status, city.alerts()) == (before, Status.CLOSED, told)


def test_a_delay_notice_is_kept_and_listed_as_one(city, opened):
    _, receipt = opened(ORDINARY)
    city.deliver(about(DELAYED[0], receipt))
    city.work_off()
    (ignored,) = city.app.ignored.listed()
    assert ignored.because == "delay_notice"


def test_a_bounce_of_somebody_elses_mail_is_no_case_and_tells_nobody(city):
    city.deliver(FAILED[0])
    city.work_off()
    assert city.outcomes() == {"ignored": 1}
    assert city.alerts() == []
    assert [mail.because for mail in city.app.ignored.listed()] == ["bounce"]


def test_a_bounce_with_a_made_up_id_of_ours_touches_no_case(city, opened):
    case, _ = opened(ORDINARY)
    forged = f"fm.{case.number}.1.aaaaaaaaaa@exempelstad.example"
    city.deliver(FAILED[0].replace(ORIGINAL_ID.encode(), forged.encode()))
    city.work_off()
    assert "delivery_failed" not in city.events(case)


def test_a_bounce_of_ours_whose_case_is_not_here_is_kept_apart(city):
    own_id = city.app.identity.own_message_id("2020-000001", 1)
    city.deliver(FAILED[0].replace(ORIGINAL_ID.encode(), own_id.encode()))
    city.work_off()
    assert [mail.because for mail in city.app.ignored.listed()] == ["own_bounce"]
