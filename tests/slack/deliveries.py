"""What Slack tells the app: envelopes that must be acknowledged in time, and repeats."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from bot.clock import SystemClock
from tests.slack.workspace import APP, MANIFEST, TEAM

if TYPE_CHECKING:
    from tests.slack.slack_server import SlackServer

_SUBSCRIBED = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


@dataclass
class Delivery:
    """One thing that Slack told the app, and what came back.

    Attributes:
        attempts: How often it was sent.
        acknowledged: Whether the app said in time that it has it.
        response: What it said with that: the errors of a modal, say.
        seconds: How long the acknowledgement took.
    """

    kind: str
    payload: dict[str, Any]
    envelope_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempts: int = 0
    response: Any = None
    seconds: float = 0.0
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def acknowledged(self) -> bool:
        return self.done.is_set()


class Deliveries:
    """Delivers to the app, by Socket Mode or to its address.

    Attributes:
        ack_s: So long the app has for an acknowledgement.
        repeat_after_s: An event that was not acknowledged is sent again after each of these.
        http_url: Where the app listens; empty: it has a websocket.
        secret: Signs what is sent there.
    """

    def __init__(self, slack: SlackServer, *, ack_s: float) -> None:
        self._slack = slack
        self.ack_s = ack_s
        self.repeat_after_s = (0.05, 0.1, 0.2)
        self.http_url = ""
        self.secret = "a signing secret"
        self.all: list[Delivery] = []
        self._waiting: dict[str, Delivery] = {}
        self._turn = 0
        self._closing = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=32, thread_name_prefix="slack-delivers")

    def close(self) -> None:
        """Deliver nothing more."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def event(
        self, event: dict[str, Any], *, wait: bool = True, event_id: str | None = None
    ) -> Delivery:
        """Tell the app of an event, if its manifest asks for such events."""
        name = event["type"]
        if name == "message":
            name = f"message.{event.get('channel_type', 'channels')}"
        assert name in _SUBSCRIBED, f"manifest.json does not subscribe to {name}"
        body = {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": APP,
            "type": "event_callback",
            "event_id": event_id or f"Ev{self._slack.space.number():010}",
            "event_time": int(self._slack.space.now()),
            "event": event,
        }
        return self.deliver("events_api", body, wait=wait)

    def deliver(self, kind: str, payload: dict[str, Any], *, wait: bool = True) -> Delivery:
        """Deliver something; with `wait` until it is acknowledged or given up."""
        delivery = Delivery(kind, payload)
        self.all.append(delivery)
        work = self._pool.submit(self._deliver, delivery)
        if wait:
            work.result(timeout=30)
        return delivery

    def acknowledged(self, envelope_id: str, response: Any) -> None:
        """Note an acknowledgement that came by websocket."""
        delivery = self._waiting.pop(envelope_id, None)
        if delivery is not None:
            delivery.response = response
            delivery.done.set()

    def _deliver(self, delivery: Delivery) -> None:
        pauses = (0.0, *self.repeat_after_s) if delivery.kind == "events_api" else (0.0,)
        for pause in pauses:
            if self._closing.wait(pause):
                return
            begun = time.monotonic()
            if self._attempt(delivery):
                delivery.seconds = time.monotonic() - begun
                return
            delivery.envelope_id = str(uuid.uuid4())

    def _attempt(self, delivery: Delivery) -> bool:
        if self.http_url:
            return self._by_http(delivery)
        link = self._link(wait_s=10.0 if delivery.kind == "events_api" else 1.0)
        if link is None:
            return False
        envelope = {
            "envelope_id": delivery.envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope["retry_attempt"] = delivery.attempts
            envelope["retry_reason"] = "timeout" if delivery.attempts else ""
        delivery.attempts += 1
        self._waiting[delivery.envelope_id] = delivery
        link.send(envelope)
        return delivery.done.wait(self.ack_s)

    def _link(self, *, wait_s: float) -> Any:
        """Return the next of the app's websockets, each in its turn."""
        deadline = time.monotonic() + wait_s
        with self._slack.space.changed:
            while not self._slack.links:
                if time.monotonic() >= deadline or self._closing.is_set():
                    return None
                self._slack.space.changed.wait(0.05)
            self._turn += 1
            return self._slack.links[self._turn % len(self._slack.links)]

    def _by_http(self, delivery: Delivery) -> bool:
        if delivery.kind == "events_api":
            body, kind = json.dumps(delivery.payload), "application/json"
        else:
            form = delivery.payload
            if delivery.kind == "interactive":
                form = {"payload": json.dumps(delivery.payload)}
            body, kind = urlencode(form), "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **self.signed(body.encode(), _now())}
        if delivery.attempts:
            headers["X-Slack-Retry-Num"] = str(delivery.attempts)
        delivery.attempts += 1
        status, content = self.post(body.encode(), headers)
        if status != 200:
            return False
        delivery.response = json.loads(content) if content[:1] == b"{" else content.decode() or None
        delivery.done.set()
        return True

    def signed(self, body: bytes, at: int, *, secret: str | None = None) -> dict[str, str]:
        """Return the headers by which the app knows that Slack sent a body."""
        base = b"v0:%d:" % at + body
        digest = hmac.new((secret or self.secret).encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """Send bytes to the app's address as they are."""
        url = urlsplit(self.http_url)
        connection = HTTPConnection(url.hostname or "", url.port, timeout=self.ack_s)
        try:
            connection.request("POST", url.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            return 0, b""
        finally:
            connection.close()


def _now() -> int:
    return int(SystemClock().now().timestamp())
