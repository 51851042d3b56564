"""Events are kept before they are acknowledged, and each is handled once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text as sql

from bot.slack.message import SlackMessage
from tests.slack.office import Office, slack_user
from tests.slack.workspace import CASES


class Ears:
    """A module of listeners that notes what it hears."""

    def __init__(self):
        self.heard = []
        self.hold = threading.Event()
        self.hold.set()
        self.breaks = False

    def register(self, app, house):
        app.event("app_mention")(self._hear)
        app.command("/sammadag")(self._commanded)

    def _hear(self, event, say):
        self.hold.wait(20)
        self.heard.append(event["text"])
        if self.breaks:
            raise RuntimeError
        say(text="Jag hör", thread_ts=event["ts"])

    def _commanded(self, ack):
        ack("Jag lyder")


@pytest.fixture
def ears():
    return Ears()


@pytest.fixture
def house(tmp_path, sqlite_url, slack, clock, ears):
    office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=(ears,))
    yield office
    ears.hold.set()
    office.close()


@pytest.fixture
def somebody(house):
    return house.slack.member(slack_user(next(iter(house.app.knowledge.people))))


def kept(house):
    """Return (body, handled) of the events that are kept."""
    with house.app.database.engine.connect() as connection:
        rows = connection.execute(sql("SELECT body, handled_at FROM slack_event")).all()
    return [(body, handled is not None) for body, handled in rows]


def until(house, found):
    """Wait until something holds that Slack does not see."""
    return house.slack.space.wait(found, "the house")


def test_an_event_is_answered_in_its_thread_and_then_forgotten(house, somebody):
    with house.connected():
        assert somebody.mention("hej").acknowledged
        until(house, lambda: [handled for _, handled in kept(house)] == [True])
    (question,) = [m for m in house.slack.space.said(CASES) if "bot_id" not in m]
    (answer,) = house.slack.space.said(CASES, thread=question["ts"])
    assert answer["text"] == "Jag hör"
    assert "hej" not in str(kept(house))


def test_an_event_that_slack_repeats_is_acknowledged_and_handled_once(house, somebody, ears):
    with house.connected():
        first = somebody.mention("hej")
        until(house, lambda: ears.heard)
        event = first.payload["event"]
        again = house.slack.deliveries.event(event, event_id=first.payload["event_id"])
        assert again.acknowledged
    assert len(ears.heard) == 1


def test_an_event_is_kept_before_it_is_acknowledged(house, somebody, ears):
    ears.hold.clear()
    with house.connected():
        assert somebody.mention("hej").acknowledged
        ((body, handled),) = kept(house)
        assert "hej" in str(body)
        assert not handled
        ears.hold.set()


def test_an_event_that_cannot_be_kept_is_not_acknowledged_and_comes_again(house, somebody, ears):
    with house.connected():
        with house.app.database.engine.begin() as connection:
            connection.execute(sql("ALTER TABLE slack_event RENAME TO away"))
        house.slack.deliveries.ack_s = 0.3
        house.slack.deliveries.repeat_after_s = (0.5, 0.5)
        delivery = threading.Thread(target=somebody.mention, args=("hej",))
        delivery.start()
        until(house, lambda: house.slack.deliveries.all and house.slack.deliveries.all[0].attempts)
        with house.app.database.engine.begin() as connection:
            connection.execute(sql("ALTER TABLE away RENAME TO slack_event"))
        house.slack.deliveries.ack_s = 20.0  # from now on there is no reason to be late
        delivery.join()
        until(house, lambda: ears.heard)
    (delivered,) = house.slack.deliveries.all
    assert delivered.acknowledged
    assert len(ears.heard) == 1


def test_an_event_that_a_dead_worker_left_behind_is_handled_by_the_next(house, somebody, ears):
    body = {
        "type": "event_callback",
        "event_id": "Ev1",
        "team_id": "T0CITY",
        "event": {
            "type": "app_mention",
            "user": somebody.user,
            "text": "hej",
            "ts": house.slack.space.ts(),
            "channel": CASES,
        },
    }
    house.face.events.remember("Ev1", body)
    assert house.face.events.left_behind() == []
    house.later(minutes=3)
    with house.connected():
        until(house, lambda: ears.heard)
        until(house, lambda: [handled for _, handled in kept(house)] == [True])


def test_an_event_from_long_before_is_answered_no_more(house, ears):
    house.face.events.remember("Ev1", {"type": "event_callback", "event_id": "Ev1"})
    house.later(hours=2)
    assert house.face.events.left_behind() == []


def test_events_are_forgotten_when_slack_repeats_them_no_more(house):
    house.face.events.remember("Ev1", {"type": "event_callback", "event_id": "Ev1"})
    house.later(days=3)
    house.face.events.tidy()
    assert kept(house) == []


def test_a_listener_that_fails_is_not_run_again(house, somebody, ears):
    ears.breaks = True
    with house.connected():
        assert somebody.mention("hej").acknowledged
        until(house, lambda: [handled for _, handled in kept(house)] == [True])
    assert len(ears.heard) == 1


def test_an_event_that_nobody_listens_to_is_acknowledged(house, somebody):
    with house.connected():
        delivery = somebody.open_home()
    assert delivery.acknowledged
    assert delivery.attempts == 1


def test_slow_listeners_do_not_keep_a_command_waiting(house, somebody, ears):
    ears.hold.clear()
    with house.connected():
        for number in range(12):
            assert somebody.mention(f"fråga {number}").acknowledged
        command = somebody.command("hjälp")
        assert command.acknowledged
        assert command.response == {"text": "Jag lyder"}
        assert command.seconds < 1.0
        ears.hold.set()
        until(house, lambda: len(ears.heard) == 12)


def test_what_the_bot_itself_writes_is_not_heard(house, somebody, ears):
    with house.connected():
        house.poster.post("a", somebody.user, SlackMessage(text="Hej"))
        house.face.work_off()
        until(house, lambda: house.slack.deliveries.all)
        until(house, lambda: house.slack.deliveries.all[-1].acknowledged)
    assert kept(house) == []
