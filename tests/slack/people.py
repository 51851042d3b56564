"""Somebody who does things in Slack: writes, clicks, opens modals, sends them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.slack.deliveries import Delivery
from tests.slack.workspace import APP, BOT_ID, BOT_USER, CASES, MANIFEST, TEAM

if TYPE_CHECKING:
    from tests.slack.slack_server import SlackServer

_COMMANDS = {command["command"] for command in MANIFEST["features"]["slash_commands"]}
_SHORTCUTS = {
    (shortcut["type"], shortcut["callback_id"]) for shortcut in MANIFEST["features"]["shortcuts"]
}


class Member:
    """A member of the workspace.

    Every act returns its `Delivery`: whether the app acknowledged it, and with what.
    """

    def __init__(self, slack: SlackServer, user: str) -> None:
        self._slack = slack
        self.user = user

    def mention(self, text: str, *, channel: str = CASES, thread: str | None = None) -> Delivery:
        """Write in a channel to the bot."""
        said = self._write(f"<@{BOT_USER}> {text}", channel, thread)
        return self._slack.deliveries.event({**said, "type": "app_mention"})

    def write_directly(self, text: str, *, thread: str | None = None) -> Delivery:
        """Write a direct message to the bot."""
        channel = self._slack.space.direct(self.user).id
        said = self._write(text, channel, thread)
        return self._slack.deliveries.event({**said, "channel_type": "im"})

    def command(self, text: str, *, name: str = "/sammadag", channel: str = CASES) -> Delivery:
        """Send a slash command."""
        assert name in _COMMANDS, f"manifest.json has no command {name}"
        return self._slack.deliveries.deliver(
            "slash_commands",
            {
                "token": "unused",
                "team_id": TEAM,
                "team_domain": "exempelstad",
                "channel_id": channel,
                "channel_name": self._channel_name(channel),
                "user_id": self.user,
                "user_name": self._slack.space.users[self.user]["name"],
                "command": name,
                "text": text,
                "api_app_id": APP,
                "trigger_id": self._slack.space.trigger(),
                "response_url": self._respond(channel, "0"),
            },
        )

    def click(
        self, message: dict[str, Any], action_id: str, *, choice: str | None = None
    ) -> Delivery:
        """Use a button or a menu of a message.

        Slack tells nothing of what stood in a message that only one person was shown.

        Args:
            choice: The value that is chosen in a menu.
        """
        channel, ts = message["channel"], message.get("ts", "0.000001")
        acted = _used(message, action_id, choice)
        stays = any(one["ts"] == ts for one in self._slack.space.messages)
        container = {"type": "message", "message_ts": ts, "channel_id": channel}
        return self._interact(
            {
                "type": "block_actions",
                "container": {**container, "is_ephemeral": not stays},
                "channel": {"id": channel, "name": self._channel_name(channel)},
                **({"message": message} if stays else {}),
                "actions": [{**acted, "action_ts": self._slack.space.ts()}],
                "state": {"values": {}},
                "response_url": self._respond(channel, ts),
            }
        )

    def click_in_view(
        self,
        view: dict[str, Any],
        action_id: str,
        *,
        choice: str | None = None,
        state: dict[str, Any] | None = None,
    ) -> Delivery:
        """Use a button or a menu of a modal or of the App Home."""
        acted = _used(view, action_id, choice)
        return self._interact(
            {
                "type": "block_actions",
                "container": {"type": "view", "view_id": view.get("id", "VHOME")},
                "view": self._shown(view, state or {}),
                "actions": [{**acted, "action_ts": self._slack.space.ts()}],
            }
        )

    def shortcut(self, callback_id: str, message: dict[str, Any] | None = None) -> Delivery:
        """Use a global shortcut, or one of a message."""
        kind = "global" if message is None else "message"
        assert (kind, callback_id) in _SHORTCUTS, f"manifest.json has no {kind} {callback_id}"
        payload: dict[str, Any] = {
            "type": "shortcut" if message is None else "message_action",
            "callback_id": callback_id,
            "action_ts": self._slack.space.ts(),
        }
        if message is not None:
            channel, ts = message["channel"], message["ts"]
            payload |= {
                "message": message,
                "message_ts": ts,
                "channel": {"id": channel, "name": self._channel_name(channel)},
                "response_url": self._respond(channel, ts),
            }
        return self._interact(payload)

    def submit(self, view: dict[str, Any], values: dict[str, Any]) -> Delivery:
        """Send a modal: ``block_id`` -> text, chosen value, or list of ticked values."""
        shown = self._shown(view, values)
        return self._interact({"type": "view_submission", "view": shown, "response_urls": []})

    def cancel(self, view: dict[str, Any]) -> Delivery:
        """Close a modal without sending it."""
        return self._interact({"type": "view_closed", "view": self._shown(view, {})})

    def open_home(self, tab: str = "home") -> Delivery:
        """Look at the App Home, or at the direct messages."""
        return self._slack.deliveries.event(
            {
                "type": "app_home_opened",
                "user": self.user,
                "channel": self._slack.space.direct(self.user).id,
                "tab": tab,
                "event_ts": self._slack.space.ts(),
            }
        )

    def changes(self, **profile: Any) -> Delivery:
        """Change one's own profile."""
        user = self._slack.space.users[self.user]
        user["profile"].update(profile)
        return self._slack.deliveries.event({"type": "user_change", "user": user})

    def ephemerals(self) -> list[dict[str, Any]]:
        """Return what only this person was shown."""
        return [one for one in self._slack.space.ephemerals if one.get("user") == self.user]

    def newest_view(self) -> dict[str, Any]:
        """Return the modal that was opened last."""
        return list(self._slack.space.views.values())[-1]

    def _write(self, text: str, channel: str, thread: str | None) -> dict[str, Any]:
        said = {
            "type": "message",
            "user": self.user,
            "team": TEAM,
            "text": text,
            "ts": self._slack.space.ts(),
            "channel": channel,
        }
        if thread is not None:
            said["thread_ts"] = thread
        with self._slack.space.changed:
            self._slack.space.messages.append(dict(said))
        return {**said, "event_ts": said["ts"]}

    def _interact(self, payload: dict[str, Any]) -> Delivery:
        user = self._slack.space.users[self.user]
        who = {"id": self.user, "name": user["name"], "username": user["name"], "team_id": TEAM}
        whole = {
            "team": {"id": TEAM, "domain": "exempelstad"},
            "user": who,
            "api_app_id": APP,
            "token": "unused",
            "trigger_id": self._slack.space.trigger(),
            **payload,
        }
        return self._slack.deliveries.deliver("interactive", whole)

    def _shown(self, view: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        return {
            **view,
            "id": view.get("id", "VHOME"),
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT_ID,
            "state": {"values": dict(_state(view, values))},
        }

    def _respond(self, channel: str, ts: str) -> str:
        return f"{self._slack.base}/respond/{channel}/{ts}/{self.user}"

    def _channel_name(self, channel: str) -> str:
        return self._slack.space.channels[channel].name


def _elements(surface: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each element of a message or view with its block."""
    for at, block in enumerate(surface.get("blocks") or ()):
        named = {"block_id": f"block-{at}", **block}
        for one in (block.get("accessory"), block.get("element")):
            if one:
                yield named, one
        for one in block.get("elements", ()):
            yield named, one


def _used(surface: dict[str, Any], action_id: str, choice: str | None) -> dict[str, Any]:
    for block, element in _elements(surface):
        if element.get("action_id") != action_id:
            continue
        acted = {"action_id": action_id, "block_id": block["block_id"], "type": element["type"]}
        if element["type"] == "button":
            return {**acted, "value": element.get("value"), "text": element["text"]}
        if element["type"] == "feedback_buttons":
            return {**acted, "value": choice}
        return {**acted, "selected_option": _option(element, choice)}
    raise AssertionError(f"there is no {action_id} to use")


def _option(element: dict[str, Any], value: str | None) -> dict[str, Any]:
    groups = element.get("option_groups", ())
    options = [*element.get("options", ()), *(o for g in groups for o in g["options"])]
    found = [option for option in options if option.get("value") == value]
    assert found, f"{value} is none of {[option.get('value') for option in options]}"
    return found[0]


def _state(view: dict[str, Any], values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what stands in each input, as Slack tells it: by block, by action."""
    for block, element in _elements(view):
        if block["type"] != "input":
            continue
        yield block["block_id"], {element["action_id"]: _filled(block, element, values)}
    unknown = set(values) - {block["block_id"] for block, _ in _elements(view)}
    assert not unknown, f"the view has no {sorted(unknown)}"


def _filled(
    block: dict[str, Any], element: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    kind, given = element["type"], values.get(block["block_id"])
    if kind == "plain_text_input":
        shown = element.get("initial_value") if given is None else given
        return {"type": kind, "value": shown or None}
    if kind == "checkboxes":
        ticked = (
            given if given is not None else [o["value"] for o in element.get("initial_options", ())]
        )
        return {"type": kind, "selected_options": [_option(element, one) for one in ticked]}
    chosen = element.get("initial_option") if given is None else _option(element, given)
    return {"type": kind, "selected_option": chosen}
