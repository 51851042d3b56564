"""The server: uvicorn in a thread of its own, beside the worker."""

from __future__ import annotations

import asyncio
import socket
import threading

import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SettingsError

log = structlog.get_logger()

_PATIENCE_S = 5.0
_SLOWEST_S = 15.0
"""So long may a browser take for the head of a request; see `guard` for what follows."""
_MOST_CONNECTIONS = 500


class _Impatient(H11Protocol):
    """Closes a connection that does not come to its request; uvicorn would wait for ever."""

    slowest_s = _SLOWEST_S
    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering():
            self._forget()
        elif self._limit is None:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._forget()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect(self) -> None:
        self._limit = self.loop.call_later(self.slowest_s, self._give_up)

    def _forget(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _give_up(self) -> None:
        self._limit = None
        if not self._is_answering():
            self.transport.close()


class WebServer:
    """Answers from `start` to `stop`.

    Args:
        listening: From `listen`; closed at the end.
    """

    def __init__(self, app: ASGIApp, listening: socket.socket) -> None:
        self._socket = listening
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=_Impatient,
                ws="none",
                limit_concurrency=_MOST_CONNECTIONS,
                log_config=None,
                log_level="critical",  # it would write the words of an error, see `app`
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=3,
                lifespan="off",
            )
        )
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    @property
    def port(self) -> int:
        """Return where it listens."""
        return port_of(self._socket)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()
        log.info("web_started", port=self.port)

    def stop(self) -> None:
        """End; requests that run may finish for a few seconds."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(timeout=_PATIENCE_S)
        self._socket.close()
        log.info("web_stopped")

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def listen(host: str, port: int) -> socket.socket:
    """Take an address, so that nobody else can; whoever comes waits until a server answers.

    Args:
        port: 0 lets the system choose one; see `port_of`.

    Raises:
        SettingsError: The address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise SettingsError(
            "web: {host}:{port} kan inte användas; är den upptagen? Välj en annan port",
            host=host,
            port=port,
        ) from error
    return listening


def port_of(listening: socket.socket) -> int:
    """Return the port of `listen`."""
    return int(listening.getsockname()[1])
