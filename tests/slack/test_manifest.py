"""``manifest.json`` asks Slack for what the code uses, and for nothing else."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import bot.slack
from bot.slack.app import listener_modules
from bot.slack.permissions import SCOPES
from tests.slack.office import Office
from tests.slack.web_api import METHODS
from tests.slack.workspace import MANIFEST

CODE = Path(bot.slack.__file__).parent
FEATURES, SETTINGS = MANIFEST["features"], MANIFEST["settings"]
MADE_OF = {
    "files.upload.v2": ("files.getUploadURLExternal", "files.completeUploadExternal"),
    "say": ("chat.postMessage",),
    "set.status": ("assistant.threads.setStatus",),
    "set.suggested.prompts": ("assistant.threads.setSuggestedPrompts",),
}
"""What Bolt and the SDK offer under names of their own."""
SCOPES_OF_EVENTS = {
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "user_change": "users:read",
}
LIMITS = {"name": 35, "description": 140, "long_description": 4000}


class Recorder:
    """Stands for the Bolt app and notes what is hooked into it."""

    def __init__(self):
        self.heard = []

    def __getattr__(self, kind):
        def hook(what, *_more, **_options):
            self.heard.append((kind, what))
            return lambda listener: listener

        return hook


class Recording:
    """Registers all listeners with a recorder instead of the app."""

    def __init__(self):
        self.recorder = Recorder()

    def register(self, app, house):
        for module in listener_modules():
            module.register(self.recorder, house)


@pytest.fixture
def heard(tmp_path, sqlite_url, slack, clock):
    recording = Recording()
    office = Office(tmp_path / "mail", sqlite_url, slack, clock, modules=(recording,))
    office.close()
    return recording.recorder.heard


def of_kind(heard, *kinds):
    return {str(what) for kind, what in heard if kind in kinds}


def methods_used():
    """Return the methods of the Web API that the code calls, as Slack names them."""
    found = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in METHODS:
                found.add(node.value)
            if isinstance(node, ast.Attribute):
                found.add(node.attr.replace("_", "."))
            if isinstance(node, ast.Name):
                found.add(node.id.replace("_", "."))
    made = {method for name in found & set(MADE_OF) for method in MADE_OF[name]}
    return (found | made) & set(METHODS)


def test_every_event_that_is_listened_to_is_subscribed_to_and_no_other(heard):
    events = {"message.im" if name == "message" else name for name in of_kind(heard, "event")}
    assert events == set(SETTINGS["event_subscriptions"]["bot_events"])


def test_the_slash_commands_are_those_that_are_listened_to(heard):
    assert of_kind(heard, "command") == {c["command"] for c in FEATURES["slash_commands"]}


def test_the_shortcuts_are_those_that_are_listened_to(heard):
    listened = of_kind(heard, "shortcut", "global_shortcut", "message_shortcut")
    assert listened == {shortcut["callback_id"] for shortcut in FEATURES["shortcuts"]}


def test_interactivity_is_on_where_there_are_buttons(heard):
    assert SETTINGS["interactivity"]["is_enabled"] == bool(of_kind(heard, "action", "view"))


def test_the_permissions_of_the_code_are_those_of_the_manifest():
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_every_permission_is_needed_and_none_is_missing():
    needed = {scope for method in methods_used() for scope in METHODS[method][1]}
    events = SETTINGS["event_subscriptions"]["bot_events"]
    needed |= {SCOPES_OF_EVENTS[event] for event in events if event in SCOPES_OF_EVENTS}
    assert needed | {"commands"} == SCOPES


def test_the_manifest_is_for_one_workspace_by_socket_mode():
    assert SETTINGS["socket_mode_enabled"]
    assert not SETTINGS["org_deploy_enabled"]
    assert not SETTINGS["token_rotation_enabled"]
    assert "redirect_urls" not in MANIFEST["oauth_config"]


@pytest.mark.parametrize("name", LIMITS)
def test_what_the_manifest_says_fits_where_slack_shows_it(name):
    assert len(MANIFEST["display_information"][name]) <= LIMITS[name]


def test_what_the_manifest_calls_things_fits_too():
    assert len(FEATURES["bot_user"]["display_name"]) <= 80
    assert all(len(shortcut["name"]) <= 24 for shortcut in FEATURES["shortcuts"])
    assert all(len(prompt["title"]) <= 75 for prompt in FEATURES["agent_view"]["suggested_prompts"])
    assert re.fullmatch("#[0-9a-f]{6}", MANIFEST["display_information"]["background_color"])
