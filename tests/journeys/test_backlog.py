"""Mail that lay in a mailbox before we came: cases for all of it, and one alert for the lot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.city import TUESDAY
from tests.letters import ORDINARY, URGENT_INVOICE

OLD = TUESDAY - timedelta(days=3)


@pytest.fixture
def house(build_city):
    return build_city(answer_from=None)


def backlog(city):
    return [alert for alert in city.notifier.alerts if alert.code == "backlog"]


def test_a_backlog_raises_one_alert_that_counts_it_and_not_one_for_each_case(house):
    for minute in range(3):
        house.post(**URGENT_INVOICE, date=OLD + timedelta(minutes=minute))
    house.post(**ORDINARY, date=OLD)
    house.work_off()
    (alert,) = house.notifier.alerts
    assert alert.code == "backlog"
    assert alert.mailbox == "kundreskontra"
    assert alert.values == {"cases": 4, "urgent": 3}


def test_a_backlog_becomes_cases_without_receipts(house):
    house.post(**ORDINARY, date=OLD)
    house.work_off()
    assert house.outcomes() == {"case": 1}
    assert house.sent() == []


def test_an_empty_mailbox_raises_no_alert_at_first_contact(house):
    house.work_off()
    assert house.alerts() == []


def test_urgent_mail_after_first_contact_is_announced_on_its_own(house):
    house.post(**ORDINARY, date=OLD)
    house.work_off()
    house.later(minutes=5)
    house.post(**URGENT_INVOICE)
    house.work_off()
    assert house.alerts() == ["backlog", "urgent"]


def test_old_mail_that_is_moved_in_later_is_announced_on_its_own(house):
    house.work_off()
    house.later(minutes=5)
    house.post(**URGENT_INVOICE, date=OLD)
    house.work_off()
    assert house.alerts() == ["urgent"]


def test_a_backlog_in_several_batches_raises_one_alert(house):
    for minute in range(120):
        letter = URGENT_INVOICE if minute % 10 == 0 else ORDINARY
        house.post(**letter, date=OLD + timedelta(minutes=minute))
    house.work_off()
    (alert,) = house.notifier.alerts
    assert alert.values == {"cases": 120, "urgent": 12}


def test_a_backlog_that_was_interrupted_raises_one_alert_after_the_restart(build_city):
    first = build_city(answer_from=None)
    for minute in range(6):
        first.post(**URGENT_INVOICE, date=OLD + timedelta(minutes=minute))
    first.app.intake.round(first.app.sources["kundreskontra"], limit=4)
    second = build_city(answer_from=None, clock=first.clock)
    second.later(minutes=1)
    second.work_off()
    (alert,) = second.notifier.alerts
    assert alert.values == {"cases": 6, "urgent": 6}


def test_each_mailbox_sums_up_its_own_backlog(house):
    house.post(**URGENT_INVOICE, date=OLD)
    house.post(**ORDINARY, date=OLD, mailbox="info")
    house.work_off()
    assert {alert.mailbox: alert.values["cases"] for alert in backlog(house)} == {
        "kundreskontra": 1,
        "info": 1,
    }


def test_old_mail_that_lay_in_another_mailbox_than_it_was_addressed_to_is_announced_too(house):
    house.post(**URGENT_INVOICE, date=OLD, mailbox="info", to="kundreskontra@exempelstad.example")
    house.work_off()
    (alert,) = house.notifier.alerts
    assert alert.values == {"cases": 1, "urgent": 1}


def test_old_mail_is_announced_by_the_terms_of_the_mailbox_in_which_it_lay(build_city):
    city = build_city(answer_from=TUESDAY, answers_from={"info": OLD - timedelta(days=9)})
    city.post(**URGENT_INVOICE, date=OLD, mailbox="info", to="kundreskontra@exempelstad.example")
    city.work_off()
    assert city.alerts() == ["urgent"]


def test_what_people_closed_meanwhile_is_not_counted(build_city):
    first = build_city(answer_from=None)
    for minute in range(2):
        first.post(**ORDINARY, date=OLD + timedelta(minutes=minute))
    first.app.intake.round(first.app.sources["kundreskontra"], limit=1)
    first.set_status(first.cases()[0], "closed")
    first.work_off()
    (alert,) = first.notifier.alerts
    assert alert.values["cases"] == 1


def test_an_urgent_follow_up_within_the_backlog_is_counted_and_not_announced_on_its_own(house):
    first = house.post(**ORDINARY, date=OLD)
    for minute in range(60):
        house.post(**ORDINARY, date=OLD + timedelta(minutes=minute))
    house.post(**URGENT_INVOICE, date=OLD + timedelta(hours=2), headers=[("References", first)])
    house.work_off()
    (alert,) = house.notifier.alerts
    assert alert.values == {"cases": 61, "urgent": 1}


def test_an_urgent_follow_up_in_a_backlog_on_a_case_from_elsewhere_is_announced(build_city):
    alone = build_city("kundreskontra", answer_from=None)
    alone.work_off()
    alone.later(minutes=1)
    first = alone.post(**ORDINARY)
    alone.work_off()
    both = build_city(answer_from=None, clock=alone.clock)
    both.later(minutes=1)
    more = {"message_id": "<more@kund.example>", "headers": [("References", first)]}
    both.post(**URGENT_INVOICE, **more, mailbox="info")
    both.later(minutes=1)
    both.work_off()
    assert both.alerts() == ["urgent"]
