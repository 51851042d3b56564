"""The loopback Slack is as strict as the real one, to the real slack-sdk."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.slack.slack_server import APP_TOKEN, BOT_TOKEN, Fault
from tests.slack.workspace import CASES, PRIVATE

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Prov"},
    "blocks": [{"type": "divider"}],
}
TOO_LONG = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}


@pytest.fixture
def client(slack):
    return WebClient(token=BOT_TOKEN, base_url=slack.url, retry_handlers=[])


def refusal(call, **arguments):
    """Return the word with which Slack refuses a call."""
    with pytest.raises(SlackApiError) as caught:
        call(**arguments)
    return caught.value.response["error"]


def test_a_file_is_uploaded_in_three_steps_and_shared(slack, client):
    client.files_upload_v2(
        channel=CASES,
        filename="ärenden.png",
        content=b"not really a picture",
        alt_txt="Ärenden i mars: 12",
        initial_comment="Mars",
    )
    (message,) = slack.space.said(CASES)
    (file,) = message["files"]
    assert file["alt_txt"] == "Ärenden i mars: 12"
    assert slack.space.files[file["id"]]["data"] == b"not really a picture"


def test_what_is_only_read_does_not_understand_json(client):
    assert client.users_info(user="U0BOT0000")["ok"]
    with pytest.raises(SlackApiError, match="user_not_found"):
        client.api_call("users.info", json={"user": "U0BOT0000"})


def test_a_token_of_another_kind_is_refused(slack, client):
    other = WebClient(token=APP_TOKEN, base_url=slack.url, retry_handlers=[])
    assert refusal(other.auth_test) == "invalid_auth"
    assert refusal(client.apps_connections_open, app_token=BOT_TOKEN) == "invalid_auth"


def test_what_the_token_does_not_allow_is_refused(slack, client):
    slack.space.scopes.remove("chat:write")
    assert refusal(client.chat_postMessage, channel=CASES, text="Hej") == "missing_scope"


def test_blocks_beyond_a_limit_are_refused(client):
    found = refusal(client.chat_postMessage, channel=CASES, text="Hej", blocks=[TOO_LONG])
    assert found == "invalid_blocks"


@pytest.mark.parametrize(
    ("channel", "error"), [("C0NOWHERE", "channel_not_found"), (PRIVATE, "not_in_channel")]
)
def test_a_channel_that_the_bot_is_not_in_is_refused(client, channel, error):
    assert refusal(client.chat_postMessage, channel=channel, text="Hej") == error


def test_a_trigger_opens_one_modal(slack, client):
    trigger = slack.space.trigger()
    assert client.views_open(trigger_id=trigger, view=MODAL)["ok"]
    assert refusal(client.views_open, trigger_id=trigger, view=MODAL) == "exchanged_trigger_id"


def test_a_trigger_is_of_no_use_after_three_seconds(slack, client):
    trigger = slack.space.trigger()
    slack.space.triggers[trigger] -= 3.1
    assert refusal(client.views_open, trigger_id=trigger, view=MODAL) == "expired_trigger_id"


def test_a_modal_that_was_changed_meanwhile_is_not_overwritten(slack, client):
    opened = client.views_open(trigger_id=slack.space.trigger(), view=MODAL)["view"]
    change = {"view_id": opened["id"], "hash": opened["hash"], "view": MODAL}
    client.views_update(**change)
    assert refusal(client.views_update, **change) == "hash_conflict"


def test_only_ones_own_messages_can_be_changed(slack, client):
    user = slack.space.add_user("U0ANNA000", "anna", "anna@stad.example")
    slack.member(user)._write("hej", CASES, None)
    (message,) = slack.space.said(CASES)
    found = refusal(client.chat_update, channel=CASES, ts=message["ts"], text="nej")
    assert found == "cant_update_message"


def test_too_many_messages_are_refused_with_how_long_to_wait(slack, client):
    slack.per_channel_s = 1.0
    client.chat_postMessage(channel=CASES, text="ett")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=CASES, text="två")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"


def test_metadata_is_shown_only_to_who_asks_for_it(client):
    metadata = {"event_type": "prov", "event_payload": {"key": "a"}}
    client.chat_postMessage(channel=CASES, text="Hej", metadata=metadata)
    (plain,) = client.conversations_history(channel=CASES)["messages"]
    (whole,) = client.conversations_history(channel=CASES, include_all_metadata=True)["messages"]
    assert "metadata" not in plain
    assert whole["metadata"] == metadata


def test_an_answer_can_be_lost_after_the_deed(slack, client):
    slack.fail("chat.postMessage", Fault(drop=True, done=True))
    with pytest.raises(OSError, match=r"closed|reset"):
        client.chat_postMessage(channel=CASES, text="Hej")
    assert len(slack.space.said(CASES)) == 1
