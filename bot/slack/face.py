"""Slack as one of the house's faces: it starts, works in threads of its own, and stops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from slack_bolt import App
from slack_sdk import WebClient

from bot.cases import Case
from bot.clock import Clock
from bot.errors import DatabaseUnavailable
from bot.services.slack_channels import Channels
from bot.services.slack_events import Events, Link
from bot.services.slack_outbox import Outbox
from bot.slack.approvals import Approvals
from bot.slack.client import SlackClient
from bot.slack.inbox import Inbox
from bot.slack.message import SlackMessage
from bot.slack.sender import Sender
from bot.slack.settling import Settling
from bot.slack.standing import Standing
from bot.slack.starting import require_ready

log = structlog.get_logger()

_PAUSE_S = 0.5
_UPKEEP_S = 20.0
_TIDY_S = 3600.0
_PATIENCE_S = 5.0


class Connected(Protocol):
    """A way for Slack to reach us."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End; nothing more comes in."""

    def standing(self) -> Standing:
        """Return how it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the face is made of.

    Attributes:
        approvals: Tells of letters that wait for a second person.
        settling: Takes the buttons off alerts that were acknowledged.
        alerts: Tells staff of one alert that is due; False when there is none.
        end_listeners: Waits for the listeners that still run.
        app_token_client: Signs in with the app's own token; None without Socket Mode.
    """

    client: SlackClient
    app: App
    link: Connected
    inbox: Inbox
    events: Events
    outbox: Outbox
    sender: Sender
    approvals: Approvals
    settling: Settling
    alerts: Callable[[], bool]
    end_listeners: Callable[[], None]
    app_token_client: WebClient | None
    channels: Channels
    worker: str
    wake: threading.Event


class SlackFace:
    """Cards and alerts go out in one thread, what people do comes in through others."""

    def __init__(self, parts: Parts, clock: Clock) -> None:
        self._parts = parts
        self._clock = clock
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, name="slack-sender", daemon=True),
            threading.Thread(target=self._tell, name="slack-alerts", daemon=True),
        ]

    @property
    def outbox(self) -> Outbox:
        """Return what is owed to Slack."""
        return self._parts.outbox

    @property
    def approvals(self) -> Approvals:
        """Return what tells of letters that two people must stand behind."""
        return self._parts.approvals

    @property
    def client(self) -> SlackClient:
        """Return what speaks to Slack."""
        return self._parts.client

    @property
    def app(self) -> App:
        """Return the Bolt app."""
        return self._parts.app

    @property
    def link(self) -> Connected:
        """Return how Slack reaches us."""
        return self._parts.link

    @property
    def events(self) -> Events:
        """Return what Slack has told us."""
        return self._parts.events

    def draw(self, case: Case) -> SlackMessage:
        """Return the card of a case."""
        return self._parts.sender.render(case)

    def start(self) -> None:
        """Check what an operator must have set right, and begin.

        Raises:
            SettingsError: A token is refused, a permission missing or a channel unusable.
        """
        parts = self._parts
        require_ready(
            parts.client,
            parts.channels.every,
            app_token_client=parts.app_token_client,
        )
        parts.outbox.begin(parts.channels.cards)
        parts.link.start()
        for thread in self._threads:
            thread.start()
        log.info("slack_started", transport=parts.link.standing().transport)

    def stop(self) -> None:
        """End: first what comes in, then what goes out; what is left waits for the next start."""
        parts = self._parts
        self._stopping.set()
        parts.wake.set()
        parts.link.stop()
        parts.end_listeners()
        deadline = self._clock.monotonic() + _PATIENCE_S
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=max(0.1, deadline - self._clock.monotonic()))
        try:
            parts.events.leave(parts.worker)
        except DatabaseUnavailable:
            log.warning("slack_link_not_noted")
        log.info("slack_stopped")

    def standing(self) -> Standing:
        """Return how the connection stands."""
        return self._parts.link.standing()

    def work_off(self) -> int:
        """Tell all alerts and post all that is due now, in the caller's thread."""
        count = 0
        while self._parts.alerts():
            count += 1
        self._parts.approvals.tell()
        self._parts.settling.tell()
        return count + self._parts.sender.run_due(stop=self._stopping.is_set)

    def _send(self) -> None:
        parts = self._parts
        next_upkeep = next_tidy = self._clock.monotonic()
        while not self._stopping.is_set():
            parts.wake.clear()
            try:
                parts.sender.run_due(stop=self._stopping.is_set)
                now = self._clock.monotonic()
                if now >= next_upkeep:
                    self._note_standing()
                    parts.approvals.tell()
                    parts.settling.tell()
                    parts.inbox.resume(parts.app)
                    next_upkeep = now + _UPKEEP_S
                if now >= next_tidy:
                    parts.events.tidy()
                    next_tidy = now + _TIDY_S
            except DatabaseUnavailable as error:
                log.warning("slack_waits_for_database", error=str(error))
            except Exception:  # the face's loop is where a bug is logged and outlived
                log.exception("slack_sender_failed")
            parts.wake.wait(_PAUSE_S)

    def _tell(self) -> None:
        """Tell alerts in a thread of its own, so that no card stands before one."""
        while not self._stopping.is_set():
            try:
                while not self._stopping.is_set() and self._parts.alerts():
                    pass
            except DatabaseUnavailable as error:
                log.warning("slack_waits_for_database", error=str(error))
            except Exception:  # the face's loop is where a bug is logged and outlived
                log.exception("slack_alerts_failed")
            self._stopping.wait(_PAUSE_S)

    def _note_standing(self) -> None:
        standing = self.standing()
        self._parts.events.report(
            Link(
                worker=self._parts.worker,
                transport=standing.transport,
                connected=standing.connected,
                last_frame_at=standing.last_frame_at,
                seen_at=self._clock.now(),
            )
        )
