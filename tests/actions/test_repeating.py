"""Performing an action again after a crash does no harm, wherever the crash was."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from bot.actions.alert import AlertPerformer
from bot.actions.result import Done, Dropped
from bot.vocabulary import ActionKind
from functionmail.connectors.memory import MemoryMailbox, MemorySender
from tests.city import City
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.outbox import reply_performer

LEASE = timedelta(minutes=5)


@pytest.fixture
def city(tmp_path):
    city = City(tmp_path / "mail", f"sqlite:///{tmp_path / 'a.db'}")
    yield city
    city.close()


def claim(city, kind):
    """Claim the one due action of a kind, as the outbox does."""
    city.later(minutes=5)
    with city.app.database.work() as work:
        pattern = "alert:%" if kind is ActionKind.ALERT else "reply:%"
        return work.actions.claim_due(
            city.clock.now(), worker="test", lease=LEASE, keys_like=pattern
        )


@pytest.fixture
def box():
    return MemoryMailbox("kundreskontra")


@pytest.fixture
def performer(city, box):
    return reply_performer(city, {"kundreskontra": MemorySender(box)})


@pytest.fixture
def receipt(city):
    """The claimed receipt of an ordinary mail."""
    city.post(**ORDINARY)
    city.take_in()
    return claim(city, ActionKind.REPLY)


def test_a_receipt_is_sent_recorded_and_done(city, box, performer, receipt):
    assert performer.perform(receipt) == Done()
    (case,) = city.cases()
    assert len(box.sent) == 1
    assert city.actions(case) == {"reply:receipt": "done"}


def test_a_receipt_that_was_recorded_before_the_crash_is_not_sent_again(
    city, box, performer, receipt
):
    performer.perform(receipt)
    again = dataclasses.replace(receipt, attempts=2)
    assert isinstance(performer.perform(again), Dropped)
    (case,) = city.cases()
    assert len(box.sent) == 1
    assert city.withheld(case) == []


def test_a_receipt_that_was_sent_and_not_recorded_is_only_recorded(city, box, performer, receipt):
    own_id = city.app.identity.own_message_id(str(city.cases()[0].number), 1)
    sender = MemorySender(box)
    sender.send(sender.save_draft(own_id, b"what went out before the crash"))
    assert performer.perform(dataclasses.replace(receipt, attempts=2)) == Done()
    assert len(box.sent) == 1
    assert city.events(city.cases()[0]).count("receipt_sent") == 1


def test_a_receipt_that_was_saved_and_not_sent_is_sent_from_its_draft(
    city, box, performer, receipt
):
    own_id = city.app.identity.own_message_id(str(city.cases()[0].number), 1)
    MemorySender(box).save_draft(own_id, b"what was saved before the crash")
    performer.perform(dataclasses.replace(receipt, attempts=2))
    assert [mail.content for mail in box.sent] == [b"what was saved before the crash"]
    assert box.drafts == {}


def test_one_action_always_writes_the_same_mail(city, box, performer, receipt):
    performer.perform(receipt)
    own_id = city.app.identity.own_message_id(str(city.cases()[0].number), 1)
    assert [mail.message_id for mail in box.sent] == [own_id]


@pytest.fixture
def alerts(city):
    return AlertPerformer(
        city.app.database,
        city.notifier,
        city.app.knowledge,
        city.app.knowledge.calendar,
        city.clock,
    )


@pytest.fixture
def urgent(city):
    """The claimed alert about an urgent mail from a registered customer."""
    city.post(**URGENT_INVOICE, sender="Eva Ek <eva.ek@utb.exempelstad.example>")
    city.take_in()
    return claim(city, ActionKind.ALERT)


def test_an_alert_names_case_process_matter_and_team_and_no_person(city, alerts, urgent):
    alerts.perform(urgent)
    (alert,), (case,) = city.notifier.alerts, city.cases()
    assert (alert.case_number, alert.team) == (str(case.number), case.team)
    assert (alert.process, alert.matter, alert.urgent) == ("kundreskontra", "anstand", case.urgent)
    assert "Eva" not in repr(alert)
    assert "utb" not in repr(alert)


def test_an_alert_that_is_told_twice_is_one_event_on_the_case_with_one_key(city, alerts, urgent):
    for attempt in (1, 2):
        alerts.perform(dataclasses.replace(urgent, attempts=attempt))
    (case,) = city.cases()
    assert city.events(case).count("alert_sent") == 1
    assert len({alert.key for alert in city.notifier.alerts}) == 1
