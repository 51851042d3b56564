"""Slack is away: nothing is lost, urgent alerts go by e-mail, and all is right afterwards."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from bot.duty import who
from bot.plan import plan_operator_alert
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.slack.office import slack_user
from tests.slack.slack_server import Fault
from tests.slack_blocks import mentions_in

pytestmark = pytest.mark.slow

AWAY = Fault(status=503)


@pytest.fixture
def begun(machine):
    machine.begin()
    return machine


def mailed(office):
    """Return (recipient, text) of the alerts that went out by e-mail."""
    raw = [content for mailbox in office.mailboxes for content in office.sent(mailbox)]
    mails = [message_from_bytes(content, policy=default) for content in raw]
    return [
        (str(mail["To"]), mail.get_content())
        for mail in mails
        if mail["Subject"] == "Samma dag: larm"
    ]


def live_through_an_hour(office):
    """Let an hour pass with mail every five minutes, every third urgent."""
    for number in range(12):
        letter = URGENT_INVOICE if number % 3 == 0 else ORDINARY
        office.receive(**letter, sender=f"p{number}@kund{number}.example")
        for _ in range(5):
            office.app.dispatch.run_due()
            office.face.work_off()
            office.later(minutes=1)


def test_after_an_hour_without_slack_every_case_has_its_one_card(begun):
    begun.slack.outage = AWAY
    live_through_an_hour(begun)
    begun.slack.outage = None
    begun.tell()
    cases = begun.cases()
    assert len(cases) == 12
    for case in cases:
        assert sum(str(case.number) in card["text"] for card in begun.cards()) == 1


def test_after_an_hour_without_slack_cards_show_the_cases_as_they_are(begun):
    begun.receive(**ORDINARY)
    begun.tell()
    begun.slack.outage = AWAY
    live_through_an_hour(begun)
    begun.app.casework.close(begun.cases()[0], by=next(iter(begun.app.knowledge.people)))
    begun.slack.outage = None
    begun.tell()
    card = next(card for card in begun.cards() if str(begun.cases()[0].number) in card["text"])
    assert begun.say.code("status.closed") in card["text"]


def test_without_slack_urgent_alerts_go_by_mail_to_the_person_on_duty(begun):
    begun.slack.outage = AWAY
    begun.receive(**URGENT_INVOICE)
    begun.tell(seconds=120)
    (case,) = begun.cases()
    on_duty = who(begun.app.knowledge.duty, case.mailbox, begun.clock.now()).on_duty
    ((recipient, text),) = mailed(begun)
    assert begun.app.knowledge.people[on_duty].email in recipient
    assert str(case.number) in text
    assert begun.events(case).count("alert_sent") == 1


def test_an_alert_that_went_by_mail_is_not_told_once_more_in_slack(begun):
    begun.slack.outage = AWAY
    begun.receive(**URGENT_INVOICE)
    begun.tell(seconds=120)
    begun.slack.outage = None
    begun.tell(seconds=120)
    assert begun.alerts_told() == []
    assert len(begun.cards()) == 1


def test_an_alert_that_can_wait_waits_for_slack(begun):
    now = begun.clock.now()
    with begun.app.database.work() as work:
        work.actions.plan(
            [plan_operator_alert("backlog", "once", now=now, mailbox="info", cases=3)], now
        )
    begun.slack.outage = AWAY
    begun.tell(seconds=120)
    assert mailed(begun) == []
    begun.slack.outage = None
    begun.tell()
    assert len(begun.alerts_told()) == 1


def test_a_slack_that_hangs_is_not_waited_for_by_every_alert(begun):
    for number in range(6):
        begun.receive(**URGENT_INVOICE, sender=f"p{number}@kund{number}.example")
    begun.slack.outage = Fault(drop=True)
    begun.face.work_off()
    assert len(begun.slack.calls("chat.postMessage")) == 1
    assert len(mailed(begun)) == 6


def test_an_alert_whose_posting_ended_unknown_is_told_at_most_once_more(begun):
    begun.slack.fail("chat.postMessage", Fault(drop=True, done=True))
    begun.receive(**URGENT_INVOICE)
    begun.tell()
    assert len(begun.alerts_told()) == 1
    assert len(mailed(begun)) == 1


def test_an_alert_waits_for_its_turn_rather_than_going_by_mail(begun):
    begun.slack.fail("chat.postMessage", Fault(retry_after=30))
    begun.receive(**URGENT_INVOICE)
    begun.tell()
    assert len(begun.alerts_told()) == 1
    assert mailed(begun) == []


def test_an_alert_that_would_wait_for_minutes_goes_by_mail(begun):
    begun.slack.fail("chat.postMessage", Fault(retry_after=300))
    begun.receive(**URGENT_INVOICE)
    begun.face.work_off()
    assert len(mailed(begun)) == 1


def test_an_alert_mentions_nobody_but_the_person_on_duty(begun):
    begun.receive(**URGENT_INVOICE)
    begun.tell()
    (case,), (alert,) = begun.cases(), begun.alerts_told()
    on_duty = who(begun.app.knowledge.duty, case.mailbox, begun.clock.now()).on_duty
    assert set(mentions_in(alert)) == {f"<@{slack_user(on_duty)}>"}


def test_an_alert_that_slack_does_not_understand_is_told_as_text(begun):
    begun.slack.fail("chat.postMessage", Fault(error="invalid_blocks"))
    begun.receive(**URGENT_INVOICE)
    begun.tell()
    assert len(begun.alerts_told()) == 1


def test_alerts_are_told_although_cards_wait_for_minutes(begun):
    for number in range(60):
        begun.receive(**ORDINARY, sender=f"p{number}@kund{number}.example")
    begun.receive(**URGENT_INVOICE)
    before = begun.clock.now()
    begun.face.work_off()
    assert len(begun.alerts_told()) == 1
    assert begun.clock.now() - before < timedelta(seconds=2)
