"""A Slack workspace as it stands: people, channels, messages, modals, files."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.clock import SystemClock

MANIFEST = json.loads((Path(__file__).parents[2] / "manifest.json").read_text("utf-8"))
TEAM, APP, BOT_USER, BOT_ID = "T0CITY", "A0SAMMADAG", "U0BOT0000", "B0BOT0000"
CASES, ALERTS, PRIVATE = "C0CASES00", "C0ALERTS0", "C0PRIVATE"
TRIGGER_S = 3.0


@dataclass(frozen=True)
class Call:
    """A request to Slack: what was asked, and every byte of it."""

    method: str
    args: dict[str, Any]
    raw: bytes
    at: float


@dataclass
class Channel:
    """A channel, or a direct message with one person."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    archived: bool = False

    @property
    def is_direct(self) -> bool:
        return self.id.startswith("D")


class Workspace:
    """What Slack's servers know. All who change it hold `changed`.

    Attributes:
        now: Slack's own clock, in seconds since 1970; names of messages are made of it.
        scopes: What the bot's token may do.
        messages: Of all channels, oldest first.
        ephemerals: What only one person was shown, once.
        triggers: When each was given out; each opens one modal within three seconds.
    """

    def __init__(self, now: Callable[[], float] = lambda: SystemClock().now().timestamp()) -> None:
        self.now = now
        self.changed = threading.Condition()
        self.scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
        self.users: dict[str, dict[str, Any]] = {}
        self.channels = {
            channel.id: channel
            for channel in (
                Channel(CASES, "ekonomiservice", {BOT_USER}),
                Channel(ALERTS, "inkasso-larm", {BOT_USER}),
                Channel(PRIVATE, "ledningen"),
            )
        }
        self.calls: list[Call] = []
        self.messages: list[dict[str, Any]] = []
        self.ephemerals: list[dict[str, Any]] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self.prompts: list[dict[str, Any]] = []
        self.triggers: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self.add_user(BOT_USER, "sammadag", "", is_bot=True)

    def number(self) -> int:
        """Return a number that was not used before."""
        return next(self._numbers)

    def ts(self) -> str:
        """Return the name of a new message: the time, made unlike all others."""
        return f"{int(self.now())}.{self.number():06d}"

    def add_user(self, user: str, name: str, email: str, **more: Any) -> str:
        """Let somebody join the workspace."""
        self.users[user] = {
            "id": user,
            "team_id": TEAM,
            "name": name,
            "real_name": name.title(),
            "locale": "sv-SE",
            "is_bot": False,
            "deleted": False,
            "is_email_confirmed": True,
            "profile": {"email": email, "real_name": name.title()},
            **more,
        }
        return user

    def direct(self, user: str) -> Channel:
        """Return the direct messages between somebody and the bot."""
        channel_id = f"D{user[1:]}"
        return self.channels.setdefault(channel_id, Channel(channel_id, "direct", {user, BOT_USER}))

    def trigger(self) -> str:
        """Return a new right to open one modal."""
        trigger = f"{self.number()}.{TEAM}"
        self.triggers[trigger] = time.monotonic()
        return trigger

    def said(self, channel: str, *, thread: str | None = None) -> list[dict[str, Any]]:
        """Return the messages of a channel that stand in no thread, or those of one."""
        return [
            message
            for message in self.messages
            if message["channel"] == channel and message.get("thread_ts") == thread
        ]

    def wait(self, found: Callable[[], Any], what: str = "", *, seconds: float = 10.0) -> Any:
        """Wait until something holds, and return it."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while True:
                if value := found():
                    return value
                left = deadline - time.monotonic()
                assert left > 0, f"Slack waited in vain for {what or found}"
                self.changed.wait(min(left, 0.1))
