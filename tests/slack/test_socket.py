"""The websocket lives through all that Slack, proxies and firewalls do to it."""

from __future__ import annotations

import pytest

from bot.slack import socket_link
from bot.slack.socket_link import SocketLink
from tests.slack.office import Office, slack_user
from tests.slack.slack_server import Fault

pytestmark = pytest.mark.slow


class Echo:
    """Answers a slash command."""

    def register(self, app, house):
        app.command("/sammadag")(self._answer)

    def _answer(self, ack):
        ack("Jag lyder")


@pytest.fixture
def house(tmp_path, sqlite_url, slack, clock, monkeypatch):
    monkeypatch.setattr(socket_link, "PING_S", 0.4)
    office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=(Echo(),))
    yield office
    office.close()


def obeys(house):
    """Tell whether a command gets its answer, within what Slack grants.

    Asked three times, as a person does: with pings so short, a busy machine looks like silence
    and the websocket is replaced, perhaps under the command.
    """
    somebody = house.slack.member(slack_user(next(iter(house.app.knowledge.people))))
    answers = (somebody.command("hjälp").response for _ in range(3))
    return {"text": "Jag lyder"} in answers


def reconnected(house, times=2):
    return house.slack.space.wait(
        lambda: house.slack.links_opened >= times and house.slack.links, "a new websocket"
    )


def test_a_routine_refresh_is_followed_at_once(house):
    with house.connected():
        house.slack.refresh_links()
        reconnected(house)
        assert obeys(house)


def test_a_closed_websocket_is_opened_anew(house):
    with house.connected():
        house.slack.close_links()
        reconnected(house)
        assert obeys(house)


def test_a_websocket_that_ends_without_a_word_is_opened_anew(house):
    with house.connected():
        house.slack.end_links()
        reconnected(house)
        assert obeys(house)


def test_a_websocket_that_falls_silent_is_replaced(house):
    with house.connected():
        house.slack.mute_links()
        reconnected(house)
        assert obeys(house)


def test_a_slack_that_opens_no_websocket_is_asked_until_it_does(house):
    with house.connected():
        house.slack.fail("apps.connections.open", Fault(status=503), times=2)
        house.slack.close_links()
        reconnected(house)
        assert obeys(house)


def test_a_slack_that_is_away_at_the_start_is_waited_for(house):
    house.slack.outage = Fault(status=503)
    house.face.start()
    try:
        assert not house.face.standing().connected
        house.slack.outage = None
        reconnected(house, times=1)
        assert obeys(house)
    finally:
        house.face.stop()


def test_health_knows_whether_the_websocket_stands_and_when_it_was_heard(house):
    with house.connected():
        assert obeys(house)
        standing = house.face.standing()
        assert standing.connected
        assert standing.last_frame_at == house.clock.now()
    assert not house.face.standing().connected


class Session:
    last_ping_pong_time = None


class Client:
    """A websocket client of which only the last answer to a ping is asked."""

    def __init__(self):
        self.current_session = Session()
        self.renewed = 0

    def connect_to_new_endpoint(self, force):
        self.renewed += 1


def test_only_real_silence_counts_not_a_clock_that_was_set(house, monkeypatch):
    now = [100.0]
    link = SocketLink(house.face.app, "xapp-x", house.clock, ping_s=3.0, monotonic=lambda: now[0])
    try:
        client = Client()
        monkeypatch.setattr(link._handler, "client", client)
        for answered in (5.0, 5_000_000.0, 6.0):
            client.current_session.last_ping_pong_time = answered
            link._look()
            now[0] += 7.0
        assert client.renewed == 0
        now[0] += 1.0
        link._look()
        assert client.renewed == 1
    finally:
        monkeypatch.undo()
        link._handler.client.close()
