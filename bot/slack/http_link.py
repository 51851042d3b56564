"""Slack calls us: one address, checked before Bolt sees it, answered from threads.

Bolt's own adapter runs listeners on the event loop, where a slow one holds up all others, and
answers a timestamp that is no number with a traceback.
"""

from __future__ import annotations

import threading
from datetime import datetime

import structlog
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.clock import Clock
from bot.slack.standing import Standing

log = structlog.get_logger()

PATH = "/slack/events"
MOST_BYTES = 1_000_000
TRANSPORT = "http"
_MOST_DIGITS = 12
_SIGNED_WITH = ("x-slack-signature", "x-slack-request-timestamp")


class HttpLink:
    """A small web server for Slack; the city's reverse proxy stands before it."""

    def __init__(self, app: App, clock: Clock, *, host: str, port: int) -> None:
        self._app = app
        self._clock = clock
        self._last_frame_at: datetime | None = None
        config = uvicorn.Config(
            Starlette(routes=[Route(PATH, self._receive, methods=["POST"])]),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="slack-http", daemon=True)

    @property
    def port(self) -> int:
        """Return where the server listens; 0 while it does not yet."""
        servers = getattr(self._server, "servers", ())
        return int(servers[0].sockets[0].getsockname()[1]) if servers else 0

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, after the requests in hand."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def standing(self) -> Standing:
        """Return whether we listen, and when Slack last called."""
        listens = self._server.started and self._thread.is_alive()
        return Standing(transport=TRANSPORT, connected=listens, last_frame_at=self._last_frame_at)

    async def _receive(self, request: Request) -> Response:
        signature, timestamp = (request.headers.get(name, "") for name in _SIGNED_WITH)
        if not (signature and _is_instant(timestamp)):
            return PlainTextResponse("not signed", 401)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            return PlainTextResponse("not UTF-8", 400)
        answer = await run_in_threadpool(self._app.dispatch, to_bolt_request(request, body))
        if answer.status != 401:
            self._last_frame_at = self._clock.now()
        return to_starlette_response(answer)


def _is_instant(timestamp: str) -> bool:
    """Tell whether a text is a number of seconds; Bolt trips over any other."""
    return timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MOST_DIGITS


async def _body(request: Request) -> bytes | None:
    """Return what was sent; None where it is too much."""
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > MOST_BYTES:
            return None
    return bytes(received)
