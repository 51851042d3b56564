"""The server: uvicorn in a thread of its own, beside the worker."""

from __future__ import annotations

import socket
import threading

import structlog
import uvicorn
from starlette.types import ASGIApp

from bot.errors import SettingsError

log = structlog.get_logger()

_PATIENCE_S = 5.0


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
                log_config=None,
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
