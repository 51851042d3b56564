"""Socket Mode: a websocket that we open to Slack, and somebody who sees that it lives.

Slack's own client may sit for a minute on a connection that a firewall dropped without a word
(measured: 57 s, with one core busy). Answers to its pings are watched here, and a connection
that has been silent for too long is replaced.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.builtin import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.clock import Clock
from bot.slack.standing import Standing

log = structlog.get_logger()

PING_S = 3.0
_SILENT_AFTER = 2.5
"""Pings without an answer."""
_LONGEST_WAIT_S = 30.0
_WORKERS = 16
_BUFFER = 65_536
"""The client reads a frame by itself calling itself, piece by piece; small pieces overflow."""

TRANSPORT = "socket"


class SocketLink:
    """Keeps one websocket to Slack."""

    def __init__(
        self,
        app: App,
        app_token: str,
        clock: Clock,
        *,
        proxy: str | None = None,
        ping_s: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._clock = clock
        self._proxy = proxy
        self._ping_s = ping_s or PING_S
        self._monotonic = monotonic
        self._stopping = threading.Event()
        self._last_frame_at: datetime | None = None
        self._heard: tuple[object, float] = (None, 0.0)
        self._failures = 0
        self._handler = self._make()
        self._thread = threading.Thread(target=self._watch, name="slack-socket", daemon=True)

    def start(self) -> None:
        """Connect, and stay connected until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Close the connection; nothing more comes in."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        client = self._handler.client
        client.auto_reconnect_enabled = False
        self._wake_reader()
        client.close()

    def _wake_reader(self) -> None:
        """End the wait of the client's reader, which its own `close` would sit out: 3 s."""
        session = self._handler.client.current_session
        if session is not None and session.sock is not None:
            with contextlib.suppress(OSError):
                session.sock.shutdown(socket.SHUT_RDWR)

    def standing(self) -> Standing:
        """Return how the connection stands."""
        connected = bool(self._handler.client.is_connected()) and not self._is_silent()
        return Standing(transport=TRANSPORT, connected=connected, last_frame_at=self._last_frame_at)

    def _make(self) -> SocketModeHandler:
        handler = SocketModeHandler(
            self._app,
            self._app_token,
            proxy=self._proxy,
            ping_interval=self._ping_s,
            receive_buffer_size=_BUFFER,
            concurrency=_WORKERS,
        )
        handler.client.on_message_listeners.append(self._note_frame)
        return handler

    def _note_frame(self, _message: str) -> None:
        self._last_frame_at = self._clock.now()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            wait_s = self._look()
            self._stopping.wait(wait_s)

    def _look(self) -> float:
        """Connect anew where that is needed; return how long until the next look."""
        client = self._handler.client
        if client.current_session is None:
            return self._connect(lambda: client.connect_to_new_endpoint(force=True))
        if self._is_silent():
            log.warning("slack_silent", pings_s=self._ping_s)
            self._heard = (None, self._monotonic())
            return self._connect(lambda: client.connect_to_new_endpoint(force=True))
        return self._ping_s / 2

    def _connect(self, connect: Callable[[], None]) -> float:
        try:
            connect()
        except (SlackApiError, SlackClientError, OSError, ValueError) as error:
            self._failures += 1
            if self._failures == 1:
                log.warning("slack_socket_failed", because=type(error).__name__)
            return min(2.0 ** min(self._failures - 1, 10), _LONGEST_WAIT_S)
        self._failures = 0
        self._heard = (None, self._monotonic())
        log.info("slack_connected", transport=TRANSPORT)
        return self._ping_s / 2

    def _is_silent(self) -> bool:
        """Tell whether no ping has been answered for too long.

        The session's own time of the last answer is compared with what it was, not with a
        clock, so that a clock that is set does not count as silence.
        """
        session = self._handler.client.current_session
        answered = (id(session), None if session is None else session.last_ping_pong_time)
        if answered != self._heard[0]:
            self._heard = (answered, self._monotonic())
            return False
        return self._monotonic() - self._heard[1] > self._ping_s * _SILENT_AFTER
