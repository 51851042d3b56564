"""The start stops, with what to do, at what only an operator can set right."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.settings import load
from bot.slack.permissions import SCOPES
from bot.slack.starting import require_ready
from tests.slack.office import Office
from tests.slack.slack_server import BOT_TOKEN, Fault
from tests.slack.workspace import CASES, PRIVATE


@pytest.fixture
def build(tmp_path, sqlite_url, slack, clock):
    """Build a house with settings of the test's choice."""
    offices = []

    def build(**given):
        office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=(), **given)
        offices.append(office)
        return office

    yield build
    for office in offices:
        office.close()


def test_all_is_well(build):
    with build().connected() as office:
        assert office.face.standing().connected


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"bot_token": SecretStr("")}, "SLACK_BOT_TOKEN"),
        ({"app_token": SecretStr("")}, "SLACK_APP_TOKEN"),
        ({"bot_token": SecretStr("xapp-of-the-tests")}, "xoxb-"),
        ({"app_token": SecretStr("xoxb-of-the-tests")}, "xapp-"),
        ({"url": "http://slack.example/api/"}, "https"),
        ({"ca_file": __file__}, "slack.ca_file"),
    ],
    ids=["no bot token", "no app token", "wrong bot token", "wrong app token", "plain", "no CA"],
)
def test_a_setting_that_cannot_be_right_stops_before_slack_is_asked(build, slack, given, said):
    with pytest.raises(SettingsError, match=said):
        build(**given)
    assert slack.space.calls == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"bot_token": SecretStr("xoxb-another")}, "slack.bot_token.*OAuth & Permissions"),
        ({"app_token": SecretStr("xapp-another")}, "slack.app_token.*Socket Mode"),
        ({"channel": "C0NOWHERE"}, "C0NOWHERE.*channel_not_found"),
        ({"channel": PRIVATE}, f"{PRIVATE}.*/invite"),
        ({"alert_channel": PRIVATE}, f"{PRIVATE}.*/invite"),
    ],
    ids=["bot token", "app token", "no channel", "not in the channel", "not among the alerts"],
)
def test_what_slack_does_not_accept_stops_the_start(build, given, said):
    with pytest.raises(SettingsError, match=said):
        build(**given).face.start()


def test_an_archived_channel_stops_the_start(build, slack):
    slack.space.channels[CASES].archived = True
    with pytest.raises(SettingsError, match="arkiverad"):
        build().face.start()


def test_missing_permissions_are_named_at_the_start(build, slack):
    slack.space.scopes -= {"users:read.email", "files:write"}
    with pytest.raises(SettingsError, match=r"files:write, users:read\.email"):
        build().face.start()


def test_a_slack_that_does_not_answer_stops_nothing(build, slack):
    office = build()
    slack.outage = Fault(drop=True)
    office.face.start()
    office.face.stop()


def test_the_start_neither_posts_nor_changes_anything_in_slack(build, slack):
    office = build()
    client = office.face.client
    assert require_ready(client, (CASES,), app_token_client=None)
    assert {call.method for call in slack.space.calls} == {"auth.test", "conversations.info"}
    assert slack.space.scopes == SCOPES


def test_no_token_shows_in_what_is_said_or_printed(build):
    office = build(bot_token=SecretStr(BOT_TOKEN + "-another"))
    with pytest.raises(SettingsError) as caught:
        office.face.start()
    assert "-another" not in f"{caught.value}{caught.value.__cause__}{office.app.settings!r}"


def test_tokens_are_taken_from_slacks_own_variables(build, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-of-the-tests")
    with build(bot_token=None, app_token=None).connected() as office:
        assert office.face.standing().connected


def test_what_would_let_bolt_sign_in_another_way_changes_nothing(build, monkeypatch):
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "another way")
    with build().connected() as office:
        user = next(iter(office.slack.space.users))
        assert office.slack.member(user).open_home().acknowledged


def test_tokens_do_not_belong_in_the_settings_file(tmp_path):
    file = tmp_path / "sammadag.toml"
    file.write_text('[slack]\nchannel = "C1"\nbot_token = "xoxb-1"\n')
    with pytest.raises(SettingsError, match="bot_token_file"):
        load(file)


def test_a_token_may_lie_in_a_file_of_its_own(build, tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{BOT_TOKEN}\n")
    with build(bot_token=None, bot_token_file=file).connected() as office:
        assert office.face.standing().connected
