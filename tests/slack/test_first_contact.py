"""The whole way through: real slack-bolt by Socket Mode, a case, its card, an alert."""

from __future__ import annotations

import pytest

from bot.clock import SystemClock
from bot.duty import who
from tests.letters import ORDINARY, URGENT_INVOICE
from tests.slack.office import Office, slack_user
from tests.slack.slack_server import SlackServer
from tests.slack_blocks import mentions_in


@pytest.fixture
def live(tmp_path, sqlite_url):
    slack = SlackServer()
    office = Office(tmp_path / "mail", sqlite_url, slack, SystemClock())
    with office.connected():
        yield office
    office.close()
    slack.close()


def test_a_new_case_gets_a_card_in_the_channel_within_seconds(live):
    live.receive(**ORDINARY)
    (card,) = live.slack.space.wait(live.cards, "a card")
    assert str(live.cases()[0].number) in card["text"]


def test_an_urgent_case_gets_a_card_and_is_announced_to_the_person_on_duty(office):
    office.begin()
    office.receive(**URGENT_INVOICE)
    office.tell()
    (case,), (card,), (alert,) = office.cases(), office.cards(), office.alerts_told()
    assert str(case.number) in card["text"]
    assert str(case.number) in alert["text"]
    on_duty = who(office.app.knowledge.duty, case.mailbox, office.clock.now()).on_duty
    assert set(mentions_in(alert)) == {f"<@{slack_user(on_duty)}>"}
    assert mentions_in(card) == []


def test_a_case_that_changes_several_times_is_shown_once_as_it_is(office):
    office.begin()
    office.receive(**ORDINARY)
    office.tell()
    (case,) = office.cases()
    person = next(iter(office.app.knowledge.people))
    for change in (office.app.casework.take, office.app.casework.close):
        change(case, by=person)
    office.tell()
    (card,) = office.cards()
    assert card["edited"] == 1
    assert office.say.code("status.closed") in card["text"]
