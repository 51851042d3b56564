"""The server's end of a websocket (RFC 6455), as much of it as Slack's client speaks."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import socket
import struct
import threading
from typing import Any

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


def accept_key(key: str) -> str:
    """Return what proves that a websocket server has read the client's key."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()


class WebSocket:
    """One connection after the handshake.

    Attributes:
        mute: Read, and answer nothing, as a connection that a firewall has forgotten.
    """

    def __init__(self, connection: socket.socket, reader: Any) -> None:
        self._connection = connection
        self._reader = reader
        self._lock = threading.Lock()
        self.mute = False

    def send(self, message: object) -> None:
        """Send a message as JSON."""
        if not self.mute:
            self._frame(TEXT, json.dumps(message).encode())

    def close(self, code: int = 1000) -> None:
        """Send a CLOSE frame."""
        self._frame(CLOSE, struct.pack("!H", code))

    def end(self) -> None:
        """End the stream without a CLOSE frame, as a proxy does that loses patience."""
        self._quietly(lambda: self._connection.shutdown(socket.SHUT_RDWR))

    def receive(self) -> object | None:
        """Return the next message; None when the connection has ended. Pings are answered."""
        while True:
            frame = self._read_frame()
            if frame is None or frame[0] == CLOSE:
                return None
            opcode, content = frame
            if opcode == PING and not self.mute:
                self._frame(PONG, content)
            if opcode == TEXT:
                return json.loads(content)

    def _read_frame(self) -> tuple[int, bytes] | None:
        try:
            head = self._exactly(2)
            length = head[1] & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._exactly(8))
            mask = self._exactly(4) if head[1] & 0x80 else b"\0\0\0\0"
            content = self._exactly(length)
        except (OSError, EOFError, ValueError):
            return None
        return head[0] & 0x0F, bytes(byte ^ mask[n % 4] for n, byte in enumerate(content))

    def _exactly(self, count: int) -> bytes:
        found = self._reader.read(count)
        if len(found) < count:
            raise EOFError
        return bytes(found)

    def _frame(self, opcode: int, content: bytes) -> None:
        length = len(content)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 127, length)
        with self._lock:
            self._quietly(lambda: self._connection.sendall(head + content))

    def _quietly(self, do: Any) -> None:
        with contextlib.suppress(OSError):  # the client was quicker
            do()
