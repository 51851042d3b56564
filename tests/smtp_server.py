"""A small SMTP server on loopback that refuses, drops and falls silent on request."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

HOST = "127.0.0.1"


class Trouble(Enum):
    """What happens at a command in the place of an answer."""

    DROP = auto()
    HANG = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenMail:
    """A mail that the server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(slots=True)
class _Plan:
    at: str
    answer: bytes | Trouble
    times: int


@dataclass(slots=True)
class _Talk:
    """What one client has said so far."""

    connection: socket.socket
    buffer: bytes = b""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    signed_in: bool = False


class SmtpServer:
    """Takes mail until told otherwise.

    Commands are named by their first word; ``"content"`` is what follows DATA, and
    ``"taken"`` the same after the server has taken the mail.

    Args:
        accounts: User and password; with none, nobody has to sign in.
        tls_folder: Holds server.pem and server.key; STARTTLS is offered then.
        from_the_start: TLS comes before anything is said, instead of STARTTLS.
        ways: What it signs in by.

    Attributes:
        port: On HOST.
        taken: Mails, in order.
        commands: First words, of all clients.
    """

    def __init__(
        self,
        *,
        accounts: dict[str, str] | None = None,
        tls_folder: Path | None = None,
        from_the_start: bool = False,
        ways: str = "PLAIN XOAUTH2",
    ) -> None:
        self.taken: list[TakenMail] = []
        self.commands: list[str] = []
        self._accounts = accounts or {}
        self._ways = ways
        self._tls = _context(tls_folder) if tls_folder else None
        self._from_the_start = from_the_start
        self._plans: list[_Plan] = []
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._closed = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def plan(self, at: str, answer: bytes | Trouble, *, times: int = 1) -> None:
        """Answer a command otherwise, such as ``b"550 5.7.60 no"``, or not at all."""
        with self._lock:
            self._plans.append(_Plan(at, answer, times))

    def close(self) -> None:
        """End everything."""
        self._closed.set()
        with self._lock:
            connections = [self._listener, *self._open]
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._tls is not None and self._from_the_start:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.append(connection)
            talk = _Talk(connection)
            if self._answer(talk, "greeting", b"220 test ESMTP"):
                while self._one_command(talk):
                    pass
        connection.close()

    def _one_command(self, talk: _Talk) -> bool:
        line = _read_until(talk, b"\r\n")
        word = line.split(b" ", 1)[0].decode("ascii", "replace").upper().strip()
        with self._lock:
            self.commands.append(word)
        if word == "STARTTLS" and self._tls is not None:
            talk.connection.sendall(b"220 go on\r\n")
            talk.connection = self._tls.wrap_socket(talk.connection, server_side=True)
            with self._lock:
                self._open.append(talk.connection)
            return True
        if word == "DATA":
            return self._data(talk)
        if word == "AUTH":
            return self._auth(talk, line)
        return self._answer(talk, word, self._usual(talk, word, line)) and word != "QUIT"

    def _usual(self, talk: _Talk, word: str, line: bytes) -> bytes:
        if word == "EHLO":
            offers = ["test", "SIZE 50000000", "8BITMIME", "ENHANCEDSTATUSCODES"]
            offers += [f"AUTH {self._ways}"] if self._accounts else []
            offers += ["STARTTLS"] if self._tls and not self._from_the_start else []
            return _lines("250", offers)
        if self._accounts and not talk.signed_in and word in ("MAIL", "RCPT"):
            return b"530 5.7.0 sign in first"
        if word == "MAIL":
            talk.sender, talk.recipients = _address(line), []
        if word == "RCPT":
            talk.recipients.append(_address(line))
        return b"221 bye" if word == "QUIT" else b"250 2.0.0 ok"

    def _data(self, talk: _Talk) -> bool:
        planned = self._planned("DATA")
        if planned is not None:
            return self._say(talk, planned)
        talk.connection.sendall(b"354 go on\r\n")
        content = _read_until(talk, b"\r\n.\r\n")
        before = self._planned("content")
        if before is not None:
            return self._say(talk, before)
        mail = TakenMail(
            sender=talk.sender,
            recipients=tuple(talk.recipients),
            content=(content + b"\r\n").replace(b"\r\n..", b"\r\n."),
        )
        with self._lock:
            self.taken.append(mail)
        return self._answer(talk, "taken", b"250 2.0.0 taken")

    def _auth(self, talk: _Talk, line: bytes) -> bool:
        planned = self._planned("AUTH")
        if planned is not None:
            return self._say(talk, planned)
        words = line.decode("ascii").split()
        way = words[1].upper()
        if way == "LOGIN":
            given = [self._ask(talk, b"VXNlcm5hbWU6"), self._ask(talk, b"UGFzc3dvcmQ6")]
        else:
            first = words[2] if len(words) > 2 else self._ask(talk, b"")
            given = _given(way, base64.b64decode(first).decode())
        talk.signed_in = self._accounts.get(given[0]) == given[1]
        if not talk.signed_in and way == "XOAUTH2":
            self._ask(talk, base64.b64encode(b'{"status":"401"}'))
        said = b"235 2.7.0 welcome" if talk.signed_in else b"535 5.7.8 no"
        return self._say(talk, said)

    def _ask(self, talk: _Talk, challenge: bytes) -> str:
        talk.connection.sendall(b"334 " + challenge + b"\r\n")
        return base64.b64decode(_read_until(talk, b"\r\n")).decode()

    def _answer(self, talk: _Talk, at: str, usual: bytes) -> bool:
        return self._say(talk, self._planned(at) or usual)

    def _planned(self, at: str) -> bytes | Trouble | None:
        with self._lock:
            for plan in self._plans:
                if plan.at == at and plan.times > 0:
                    plan.times -= 1
                    return plan.answer
        return None

    def _say(self, talk: _Talk, answer: bytes | Trouble) -> bool:
        if answer is Trouble.DROP:
            return False
        if isinstance(answer, Trouble):
            self._closed.wait()
            return False
        talk.connection.sendall(answer + b"\r\n")
        return True


def _read_until(talk: _Talk, end: bytes) -> bytes:
    while end not in talk.buffer:
        data = talk.connection.recv(65536)
        if not data:
            raise OSError("the client went away")
        talk.buffer += data
    found, _end, talk.buffer = talk.buffer.partition(end)
    return found


def _given(way: str, text: str) -> list[str]:
    if way == "PLAIN":
        return text.split("\0")[1:]
    user, token = text.split("\1")[:2]
    return [user.removeprefix("user="), token.removeprefix("auth=Bearer ")]


def _address(line: bytes) -> str:
    return line.decode("ascii").partition("<")[2].partition(">")[0]


def _lines(code: str, texts: list[str]) -> bytes:
    last = len(texts) - 1
    parts = [f"{code}{' ' if at == last else '-'}{text}" for at, text in enumerate(texts)]
    return "\r\n".join(parts).encode()


def _context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context
