"""Slack calls us: signed, in time, and nothing of it in the log."""

from __future__ import annotations

import json
import logging
import threading

import pytest
from pydantic import SecretStr

from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.slack.http_link import MOST_BYTES
from tests.slack.office import Office, slack_user
from tests.slack.slack_server import SIGNING_SECRET, SlackServer


class Ears:
    """Answers commands and mentions."""

    def __init__(self):
        self.hold = threading.Event()
        self.hold.set()
        self.heard = []

    def register(self, app, house):
        app.command("/sammadag")(self._answer)
        app.event("app_mention")(self._hear)

    def _answer(self, ack, command):
        if command["text"] == "vänta":
            self.hold.wait(10)
        ack("Jag lyder")

    def _hear(self, event):
        self.heard.append(event["text"])


@pytest.fixture
def ears():
    return Ears()


@pytest.fixture
def house(tmp_path, sqlite_url, ears):
    slack = SlackServer()
    office = Office(
        tmp_path / "mail",
        sqlite_url,
        slack,
        SystemClock(),
        modules=(ears,),
        transport="http",
        port=0,
        app_token=None,
    )
    office.face.start()
    link = office.face.link
    slack.space.wait(lambda: link.port, "the web server")
    slack.deliveries.http_url = f"http://127.0.0.1:{link.port}/slack/events"
    slack.deliveries.secret = SIGNING_SECRET
    yield office
    ears.hold.set()
    office.face.stop()
    office.close()
    slack.close()


@pytest.fixture
def somebody(house):
    return house.slack.member(slack_user(next(iter(house.app.knowledge.people))))


def now():
    return int(SystemClock().now().timestamp())


def send(house, body=b"{}", *, at=None, secret=None, **headers):
    """Send bytes to our address and return the status."""
    signed = house.slack.deliveries.signed(body, at or now(), secret=secret)
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in {**signed, **more}.items() if value is not None}
    return house.slack.deliveries.post(body, {"Content-Type": "application/json", **kept})[0]


def test_a_command_is_answered(somebody):
    assert somebody.command("hjälp").response == "Jag lyder"


def test_an_event_is_heard_once_though_slack_repeats_it(house, somebody, ears):
    first = somebody.mention("hej")
    house.slack.deliveries.event(first.payload["event"], event_id=first.payload["event_id"])
    house.slack.space.wait(lambda: ears.heard, "the listener")
    assert len(ears.heard) == 1


def test_slack_proves_the_address_by_a_challenge(house):
    body = json.dumps({"type": "url_verification", "challenge": "abc", "token": "x"}).encode()
    headers = house.slack.deliveries.signed(body, now())
    status, said = house.slack.deliveries.post(
        body, {"Content-Type": "application/json", **headers}
    )
    assert (status, json.loads(said)) == (200, {"challenge": "abc"})


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({"secret": "another secret"}, 401),
        ({"at": 1_000_000_000}, 401),
        ({"X_Slack_Signature": None}, 401),
        ({"X_Slack_Request_Timestamp": None}, 401),
        ({"X_Slack_Request_Timestamp": "igår"}, 401),
        ({"X_Slack_Request_Timestamp": "9" * 400}, 401),
        ({"X_Slack_Request_Timestamp": "-5"}, 401),
        ({"body": b"x" * (MOST_BYTES + 1)}, 413),
        ({"body": b"\xff\xfe"}, 400),
    ],
    ids=[
        "another secret",
        "old",
        "no signature",
        "no timestamp",
        "no number",
        "a huge number",
        "a negative number",
        "too large",
        "no UTF-8",
    ],
)
def test_what_is_not_slacks_is_turned_away(house, how, status):
    assert send(house, **how) == status


def test_the_address_answers_while_a_listener_is_slow(house, somebody, ears):
    ears.hold.clear()
    slow = threading.Thread(target=somebody.command, args=("vänta",))
    slow.start()
    quick = somebody.command("hjälp")
    assert quick.response == "Jag lyder"
    assert quick.seconds < 1.5
    ears.hold.set()
    slow.join()


def test_a_request_that_is_turned_away_is_not_written_to_the_log(house, caplog):
    with caplog.at_level(logging.DEBUG):
        send(house, b'{"text": "Karin Lund"}', secret="another secret")
    assert "Karin Lund" not in caplog.text


def test_health_knows_that_the_address_is_served_and_when_slack_called(house, somebody):
    assert house.face.standing().connected
    assert house.face.standing().last_frame_at is None
    somebody.command("hjälp")
    assert house.face.standing().last_frame_at is not None


def test_without_a_signing_secret_http_does_not_start(tmp_path, sqlite_url, slack, clock):
    with pytest.raises(SettingsError, match="signing_secret"):
        Office(
            tmp_path / "mail",
            sqlite_url,
            slack,
            clock,
            modules=(),
            transport="http",
            signing_secret=SecretStr(""),
        )
