"""A way to a server on loopback that breaks on request: dropped, silent, half, refused.

Faults wait for a command: bytes that the client sends. Each is used up a number of times.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

HOST = "127.0.0.1"
_PIECE = 65536


class Fault(Enum):
    """What happens at a command."""

    DROP = auto()  # the connection ends, the command reaches nobody
    HALF = auto()  # the server gets it, and the connection ends within its answer
    HANG = auto()  # from now on nothing passes
    DRIP = auto()  # the answer comes, a byte at a time and slowly
    SAY = auto()  # the proxy answers in the server's stead
    AFTER = auto()  # something else happens first


@dataclass(slots=True)
class _Planned:
    command: bytes
    fault: Fault
    times: int
    said: bytes = b""
    passes: int = 20
    act: Callable[[], object] | None = None


class FaultyProxy:
    """Listens on a port of its own and passes everything on, as long as nothing is planned.

    Attributes:
        port: On HOST; the same also after `break_down` and `recover`.
        connections: How many were made so far.
        commands: What clients sent, piece by piece.
    """

    def __init__(self, target_port: int, *, pause: Callable[[], object] | None = None) -> None:
        self._target_port = target_port
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []
        self._rewritten: list[tuple[bytes, bytes]] = []
        self._open: set[socket.socket] = set()
        self._closed = threading.Event()
        self._pause = pause or (lambda: self._closed.wait(0.05))
        self.connections = 0
        self.commands: list[bytes] = []
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._listen()

    def plan(
        self, command: bytes, fault: Fault, *, times: int = 1, passes: int = 20, says: bytes = b""
    ) -> None:
        """Let something go wrong when a client sends a command.

        Args:
            command: Part of what it sends.
            passes: Bytes of the answer that still come through, for `Fault.HALF`.
            says: Behind the client's own tag, for `Fault.SAY`.
        """
        with self._lock:
            self._planned.append(_Planned(command, fault, times, says, passes))

    def before(self, command: bytes, act: Callable[[], object]) -> None:
        """Do something once before a command reaches the server."""
        with self._lock:
            self._planned.append(_Planned(command, Fault.AFTER, 1, act=act))

    def rewrite(self, old: bytes, new: bytes) -> None:
        """Replace words of the server, such as an extension that it offers."""
        self._rewritten.append((old, new))

    def forget_plans(self) -> None:
        """Let everything pass again."""
        with self._lock:
            self._planned.clear()
            self._rewritten.clear()

    def break_down(self) -> None:
        """End all connections and refuse new ones."""
        _end(self._listener)
        self.drop_connections()

    def drop_connections(self) -> None:
        """End all connections; new ones are welcome."""
        with self._lock:
            connections = list(self._open)
            self._open.clear()
        for connection in connections:
            _end(connection)

    def recover(self) -> None:
        """Take connections again, on the same port."""
        self._listener = socket.create_server((HOST, self.port))
        self._listen()

    def close(self) -> None:
        """End everything."""
        self._closed.set()
        self.break_down()

    def _listen(self) -> None:
        listener = self._listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((HOST, self._target_port))
            except OSError:
                _end(client)
                continue
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open |= {client, server}
            way = _Way(self, client, server)
            for pump in (way.to_server, way.to_client):
                threading.Thread(target=pump, daemon=True).start()

    def due(self, data: bytes) -> _Planned | None:
        """Return what is planned for these bytes, and use it up."""
        with self._lock:
            self.commands.append(data)
            for planned in self._planned:
                if planned.times > 0 and planned.command.upper() in data.upper():
                    planned.times -= 1
                    return planned
        return None

    def rewritten(self, data: bytes) -> bytes:
        for old, new in self._rewritten:
            data = data.replace(old, new)
        return data

    def pause(self) -> None:
        self._pause()


class _Way:
    """One connection and its two directions."""

    def __init__(self, proxy: FaultyProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy = proxy
        self._client = client
        self._server = server
        self._fault: _Planned | None = None

    def to_server(self) -> None:
        with suppress(OSError):
            while data := self._client.recv(_PIECE):
                planned = self._proxy.due(data)
                if planned is not None and planned.fault is Fault.SAY:
                    tag = data.split(b" ", 1)[0]
                    self._client.sendall(tag + b" " + planned.said + b"\r\n")
                    continue
                if planned is not None and planned.act is not None:
                    planned.act()
                elif planned is not None:
                    self._fault = planned
                if self._is(Fault.DROP):
                    break
                if not self._is(Fault.HANG):
                    self._server.sendall(data)
        self._end()

    def to_client(self) -> None:
        with suppress(OSError):
            while data := self._server.recv(_PIECE):
                data = self._proxy.rewritten(data)
                if self._is(Fault.HANG):
                    continue
                if self._fault is not None and self._is(Fault.HALF):
                    self._client.sendall(data[: self._fault.passes])
                    break
                if self._is(Fault.DRIP):
                    for value in data:
                        self._client.sendall(bytes([value]))
                        self._proxy.pause()
                    continue
                self._client.sendall(data)
        self._end()

    def _is(self, fault: Fault) -> bool:
        return self._fault is not None and self._fault.fault is fault

    def _end(self) -> None:
        _end(self._client)
        _end(self._server)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
