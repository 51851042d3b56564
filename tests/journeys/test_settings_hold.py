"""What a setting says is what the house does, where other tests go by the default."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.settings import BrakeSettings, LadderSettings
from bot.vocabulary import MailboxKey
from tests.letters import URGENT_INVOICE
from tests.web_city import WebCity

KUNDRESKONTRA = MailboxKey("kundreskontra")


def pass_time(city, *, minutes):
    """Let a worker look at the mailbox and at what is due, each minute."""
    for _ in range(minutes):
        city.later(minutes=1)
        city.app.watch.round(KUNDRESKONTRA)
        city.app.urgency_watch.run_due()
        city.app.dispatch.run_due()


def test_staff_are_told_of_a_mailbox_after_the_minutes_of_the_settings(build_city):
    city = build_city("kundreskontra", mailbox_alarm_minutes=3)
    city.look()
    (city.folder / "kundreskontra").rename(city.folder / "away")
    city.app.watch.round(KUNDRESKONTRA)
    pass_time(city, minutes=2)
    assert city.alerts() == []
    pass_time(city, minutes=2)
    assert city.alerts() == ["mailbox_down"]


def test_the_ladder_is_climbed_in_the_minutes_of_the_settings(build_city):
    city = build_city("kundreskontra", ladder=LadderSettings(to_substitute=10, to_head=20))
    city.post(**URGENT_INVOICE)
    city.work_off()
    pass_time(city, minutes=11)
    rungs = [alert.values.get("rung") for alert in city.notifier.alerts]
    assert rungs == [None, "substitute"]
    pass_time(city, minutes=10)
    rungs = [alert.values.get("rung") for alert in city.notifier.alerts]
    assert rungs == [None, "substitute", "head"]


@pytest.mark.parametrize("limit", ["customer_per_hour", "customer_per_day"])
def test_a_customer_gets_as_many_receipts_as_the_settings_allow(build_city, limit):
    city = build_city("kundreskontra", brakes=BrakeSettings(**{limit: 2}))
    for number in range(4):
        invoice = {"subject": f"[KR] Anstånd – faktura 4001234{number}"}
        city.post(**URGENT_INVOICE | invoice, sender="Eva Ek <eva.ek@utb.exempelstad.example>")
    city.work_off()
    assert len(city.sent()) == 2


def test_our_message_ids_have_the_domain_of_the_settings(build_city):
    city = build_city("kundreskontra", mail_domain="storstad.example")
    city.post(**URGENT_INVOICE)
    city.work_off()
    (receipt,) = city.receipts()
    assert receipt["Message-ID"].endswith("@storstad.example>")


def test_a_sign_in_holds_for_the_hours_of_the_settings(city):
    page = WebCity(city, session_hours=2)
    now = city.clock.now()
    assert page.browser(at=now - timedelta(minutes=119)).get("/").status_code == 200
    assert page.browser(at=now - timedelta(minutes=121)).get("/").status_code == 303


def test_metrics_open_for_the_token_of_a_file(city, tmp_path):
    (tmp_path / "token").write_text("a token of its own for monitoring\n", "utf-8")
    stranger = WebCity(city, metrics_token_file=tmp_path / "token").stranger()
    right = {"Authorization": "Bearer a token of its own for monitoring"}
    assert stranger.get("/metrics", headers=right).status_code == 200
    assert stranger.get("/metrics", headers={"Authorization": "Bearer x"}).status_code != 200
