"""Slack's servers on this machine: Web API, Socket Mode, response addresses and uploads.

Real slack-bolt and slack-sdk talk to it over sockets. It checks tokens, scopes and the shape of
what is posted, keeps every request, and fails on demand.
"""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.slack.deliveries import Deliveries
from tests.slack.people import Member
from tests.slack.web_api import ONLY_READ, Refused, answer
from tests.slack.websocket import WebSocket, accept_key
from tests.slack.workspace import BOT_ID, BOT_USER, Call, Workspace

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-of-the-tests", "xapp-of-the-tests", "a signing secret"
_AS_JSON = ("blocks", "view", "metadata", "files", "prompts", "attachments")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call.

    Attributes:
        status, retry_after: An HTTP error that is answered.
        error: A refusal with status 200.
        hang_s: Before anything else.
        drop: The connection ends without an answer.
        done: What was asked is done first; only the answer is lost.
    """

    status: int = 0
    retry_after: float | None = None
    error: str = ""
    hang_s: float = 0.0
    drop: bool = False
    done: bool = False


class SlackServer:
    """One workspace, and the servers before it.

    Attributes:
        space: What stands in Slack.
        deliveries: What Slack has told the app.
        outage: Goes wrong with every call while it is set; websockets are refused too.
        per_channel_s: So long must lie between two messages in a channel; 0: no limit.
        witness: Told of each call before it is done and before it is answered.
    """

    def __init__(self, space: Workspace | None = None, *, ack_s: float = 3.0) -> None:
        self.space = space or Workspace()
        self.deliveries = Deliveries(self, ack_s=ack_s)
        self.outage: Fault | None = None
        self.per_channel_s = 0.0
        self.witness: Callable[[str, bool], None] = lambda _method, _is_done: None
        self.bot_token, self.app_token = BOT_TOKEN, APP_TOKEN
        self.links: list[WebSocket] = []
        self.links_opened = 0
        self._faults: dict[str, deque[Fault]] = {}
        self._tickets: set[str] = set()
        self._last_post: dict[str, float] = {}
        self._closing = threading.Event()
        owner = self

        class Handler(_Handler):
            slack = owner

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def base(self) -> str:
        """Return the address of everything."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        """Return the address of the Web API."""
        return f"{self.base}/api/"

    def member(self, user: str) -> Member:
        """Return somebody who does things in Slack."""
        return Member(self, user)

    def close(self) -> None:
        """End everything."""
        self._closing.set()
        self.deliveries.close()
        for link in list(self.links):
            link.end()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, method: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls of a method go wrong."""
        self._faults.setdefault(method, deque()).extend([fault] * times)

    def calls(self, method: str) -> list[Call]:
        """Return the calls of a method, oldest first."""
        return [call for call in self.space.calls if call.method == method]

    def everything_sent(self) -> str:
        """Return all that was ever sent to Slack, as text."""
        return "\n".join(call.raw.decode("utf-8", "replace") for call in self.space.calls)

    def refresh_links(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours, and close soon after."""
        for link in self._leave_links():
            link.send({"type": "disconnect", "reason": "refresh_requested"})
            threading.Timer(0.05, link.close).start()

    def close_links(self) -> None:
        """Close all websockets with a CLOSE frame."""
        for link in self._leave_links():
            link.close(1001)

    def end_links(self) -> None:
        """End all websockets without a CLOSE frame."""
        for link in self._leave_links():
            link.end()

    def mute_links(self) -> None:
        """Answer on no websocket any more, and end none."""
        for link in self._leave_links():
            link.mute = True

    def _leave_links(self) -> list[WebSocket]:
        left, self.links = self.links, []
        return left

    def note(self, method: str, args: dict[str, Any], raw: bytes) -> None:
        """Keep a request."""
        with self.space.changed:
            self.space.calls.append(Call(method, args, raw, self.space.now()))
            self.space.changed.notify_all()

    def api(self, method: str, args: dict[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        """Answer a call, or raise `_Lost` where no answer comes."""
        self.witness(method, False)
        fault = self.outage or self._next_fault(method)
        if fault is not None and fault.hang_s:
            self._closing.wait(fault.hang_s)
        if fault is not None and not fault.done:
            return _gone_wrong(fault)
        status, said = self._answer(method, args, token)
        self.witness(method, True)
        return (status, said) if fault is None else _gone_wrong(fault)

    def _next_fault(self, method: str) -> Fault | None:
        waiting = self._faults.get(method)
        return waiting.popleft() if waiting else None

    def _answer(self, method: str, args: dict[str, Any], token: str) -> tuple[int, dict[str, Any]]:
        wanted = self.app_token if method == "apps.connections.open" else self.bot_token
        if token != wanted:
            return 200, {"ok": False, "error": "invalid_auth" if token else "not_authed"}
        if method == "apps.connections.open":
            ticket = uuid.uuid4().hex
            self._tickets.add(ticket)
            return 200, {"ok": True, "url": f"ws{self.base[4:]}/link/?ticket={ticket}"}
        if method == "chat.postMessage" and self._too_soon(args):
            return 429, {"ok": False, "error": "ratelimited", "retry_after": 1}
        args = {**args, "base": self.base}
        try:
            with self.space.changed:
                said = answer(self.space, method, args)
                self.space.changed.notify_all()
        except Refused as no:
            shown = {"messages": list(no.messages)}
            return 200, {"ok": False, "error": no.error, "response_metadata": shown}
        if method == "chat.postMessage":
            self._echo(said["message"])
        return 200, {"ok": True, **said}

    def _too_soon(self, args: dict[str, Any]) -> bool:
        channel, now = str(args.get("channel")), self.space.now()
        before = self._last_post.get(channel)
        if self.per_channel_s and before is not None and now - before < self.per_channel_s:
            return True
        self._last_post[channel] = now
        return False

    def _echo(self, message: dict[str, Any]) -> None:
        """Tell the app of its own message, as Slack does where it listens to messages."""
        channel = self.space.channels[message["channel"]]
        if channel.is_direct and self.links:
            own = {"user": BOT_USER, "bot_id": BOT_ID, "channel_type": "im"}
            said = {name: message[name] for name in ("type", "ts", "channel")}
            self.deliveries.event({**said, **own, "text": message.get("text", "")}, wait=False)

    def upload(self, file_id: str, data: bytes) -> int:
        """Take in the bytes of a file; return the status."""
        file = self.space.files.get(file_id)
        if file is None or len(data) != file["length"]:
            return 400
        file["data"] = data
        return 200

    def respond(self, parts: list[str], said: dict[str, Any]) -> None:
        """Do what was sent to a response address: ``channel/ts/user``."""
        channel, ts, user = parts
        with self.space.changed:
            shown = [m for m in self.space.messages if (m["channel"], m["ts"]) == (channel, ts)]
            if said.get("delete_original"):
                self.space.messages = [m for m in self.space.messages if m not in shown]
            elif said.get("replace_original") and shown:
                shown[0].update({k: said[k] for k in ("text", "blocks") if k in said})
            elif said.get("response_type") == "in_channel":
                new = {"type": "message", "ts": self.space.ts(), "channel": channel}
                self.space.messages.append({**new, "user": BOT_USER, "bot_id": BOT_ID, **said})
            else:
                self.space.ephemerals.append({"channel": channel, "user": user, **said})
            self.space.changed.notify_all()

    def link(self, ticket: str, link: WebSocket) -> bool:
        """Serve one websocket until it ends; False where the ticket is none."""
        if ticket not in self._tickets or self.outage is not None:
            return False
        self._tickets.discard(ticket)
        link.send({"type": "hello", "num_connections": len(self.links) + 1})
        with self.space.changed:
            self.links.append(link)
            self.links_opened += 1
            self.space.changed.notify_all()
        while (message := link.receive()) is not None:
            self.note("socket", message, json.dumps(message, ensure_ascii=False).encode())
            self.deliveries.acknowledged(message["envelope_id"], message.get("payload"))
        with self.space.changed:
            if link in self.links:
                self.links.remove(link)
            self.space.changed.notify_all()
        return True


class _Lost(Exception):
    """No answer is given."""


def _gone_wrong(fault: Fault) -> tuple[int, dict[str, Any]]:
    if fault.drop:
        raise _Lost
    said = {"ok": False, "error": fault.error or "fatal_error"}
    if fault.retry_after is not None:
        return 429, {**said, "error": "ratelimited", "retry_after": fault.retry_after}
    return fault.status or 200, said


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that a client, or a fault, has cut."""


class _Handler(BaseHTTPRequestHandler):
    slack: SlackServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind, _, rest = url.path.strip("/").partition("/")
        if kind == "link":
            self._websocket(dict(parse_qsl(url.query)).get("ticket", ""))
        elif kind == "upload":
            self.slack.note("upload", {"file": rest}, raw)
            self._answer(self.slack.upload(rest, raw), b"OK", "text/plain")
        elif kind == "respond":
            said = json.loads(raw)
            self.slack.note("response_url", said, json.dumps(said, ensure_ascii=False).encode())
            self.slack.respond(rest.split("/"), said)
            self._answer(200, b"ok", "text/plain")
        else:
            self._api(rest, url.query, raw)

    def _api(self, method: str, query: str, raw: bytes) -> None:
        args, shown = self._args(method, query, raw)
        self.slack.note(method, args, shown)
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        token = token or str(args.pop("token", ""))
        try:
            status, said = self.slack.api(method, args, token)
        except _Lost:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        retry = said.pop("retry_after", None)
        more = {} if retry is None else {"Retry-After": str(int(retry))}
        more["x-oauth-scopes"] = ",".join(sorted(self.slack.space.scopes))
        self._answer(status, json.dumps(said).encode(), "application/json", more)

    def _args(self, method: str, query: str, raw: bytes) -> tuple[dict[str, Any], bytes]:
        """Return what was asked, and all of it readable for a search."""
        args: dict[str, Any] = dict(parse_qsl(query))
        kind = self.headers.get("Content-Type", "")
        if "json" in kind:
            sent = json.loads(raw) if raw.strip() else {}
            args |= {} if method in ONLY_READ else sent
            return args, json.dumps([args, sent], ensure_ascii=False).encode()
        args |= dict(parse_qsl(raw.decode()))
        for name in _AS_JSON:
            if isinstance(args.get(name), str):
                args[name] = json.loads(args[name])
        return args, json.dumps(args, ensure_ascii=False).encode()

    def _websocket(self, ticket: str) -> None:
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        key = self.headers.get("Sec-WebSocket-Key", "")
        self.send_header("Sec-WebSocket-Accept", accept_key(key))
        self.end_headers()
        self.wfile.flush()
        link = WebSocket(self.connection, self.rfile)
        if not self.slack.link(ticket, link):
            link.close(4001)
        self.close_connection = True

    def _answer(
        self, status: int, content: bytes, kind: str, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
