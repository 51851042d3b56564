"""An Exchange server on loopback that the real exchangelib talks to, faults included."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import spnego
from lxml import etree

from tests.ews import operations, streaming, writing
from tests.ews.operations import Call
from tests.ews.soap import PARSER, S, T, answer, envelope, failure, fault, q
from tests.ews.world import EwsError, User, World

OPERATIONS: dict[str, Callable[[Call], etree._Element]] = {
    "GetFolder": operations.get_folder,
    "FindFolder": operations.find_folder,
    "FindItem": operations.find_item,
    "GetItem": operations.get_item,
    "SyncFolderItems": operations.sync_folder_items,
    "CreateItem": writing.create_item,
    "SendItem": writing.send_item,
    "UpdateItem": writing.update_item,
    "MoveItem": writing.move_item,
    "DeleteItem": writing.delete_item,
    "CreateFolder": writing.create_folder,
    "Subscribe": streaming.subscribe,
    "Unsubscribe": streaming.unsubscribe,
}


@dataclass
class Fault:
    """What goes wrong with one call.

    Attributes:
        operation: Which one; empty: any.
        after: Do what was asked first, and lose only the answer.
        times: How often; less than 1: until it is taken back.
        code: Answer with this response code; `soap`: as a SOAP fault instead.
        status, headers: Answer with this HTTP status.
        back_off_ms: Answer that the server is busy.
        drop, half, hang: Close the connection; send half of the answer; send nothing.
        cut: Send half of the answer as if it were all.
        mailbox: Whose calls; empty: anyone's.
    """

    operation: str = ""
    after: bool = False
    times: int = 1
    code: str = ""
    soap: bool = False
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    back_off_ms: int | None = None
    drop: bool = False
    half: bool = False
    cut: bool = False
    hang: bool = False
    mailbox: str = ""


class EwsServer:
    """A server that is up from the start; `url` stays the same when it goes down and up."""

    def __init__(self, *, minute_s: float = 60.0, certificate: str | None = None) -> None:
        self.world = World()
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.mistakes: list[BaseException | None] = []
        self.sign_ins = 0
        self.tokens: set[str] = set()
        self.token_life_s = 3600
        self.client_secret = "hemlig"
        self.speaks_ntlm = False
        self.tokens_given = 0
        self.minute_s = minute_s
        self.shows: datetime | None = None
        self._certificate = certificate
        self._port = 0
        self._before: list[tuple[str, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._released = threading.Event()
        self._http: _Http | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"{self.base}/EWS/Exchange.asmx"

    @property
    def base(self) -> str:
        return f"{'https' if self._certificate else 'http'}://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._released.clear()
        self._http = _Http(("127.0.0.1", self._port), _Handler)
        self._http.ews = self
        if self._certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Go down: no new connections, and every open one is closed."""
        self._released.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None
        self.drop_connections()

    def close(self) -> None:
        """Go down for good.

        Raises:
            AssertionError: This server made a mistake that a test would blame on others.
        """
        self.stop()
        if self.mistakes:
            raise AssertionError(f"the server failed: {self.mistakes}") from self.mistakes[0]

    def drop_connections(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def release(self) -> None:
        """Let everything that hangs go on."""
        self._released.set()

    @property
    def stopped(self) -> bool:
        return self._released.is_set()

    def wait_for_release(self) -> None:
        self._released.wait(30)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def fail(self, operation: str = "", **what: Any) -> Fault:
        made = Fault(operation=operation, **what)
        with self._lock:
            self.faults.append(made)
        return made

    def before(self, operation: str, act: Callable[[], object], *, times: int = 1) -> None:
        """Let the world do something right before each of so many calls."""
        with self._lock:
            self._before += [(operation, act)] * times

    def take_fault(self, operation: str, mailbox: str) -> Fault | None:
        found = next((one for one in self._before if one[0] == operation), None)
        if found is not None:
            self._before.remove(found)
            found[1]()
        with self._lock:
            self.calls.append(operation)
            for found in self.faults:
                if found.operation in ("", operation) and found.mailbox in ("", mailbox):
                    found.times -= 1
                    if found.times == 0:
                        self.faults.remove(found)
                    return found
        return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    ews: EwsServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what is a mistake of this server; connections that break are part of the tests."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.ews.mistakes.append(error)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.ews.opened(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.ews.closed(request)
        super().shutdown_request(request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Http
    _challenge = ""
    _ntlm: spnego.ContextProxy | None = None

    def log_message(self, *_args: Any) -> None:
        """Tests need no access log."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the time that a test sets, or the machine's."""
        shown = self.server.ews.shows
        return super().date_time_string(shown.timestamp() if shown else timestamp)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/token"):
            self._give_token(raw)
            return
        user = self._ntlm_user() if self.server.ews.speaks_ntlm else self._user()
        if user is None:
            offer = self._challenge or 'Basic realm="ews"'
            self._send(401, b"", {"WWW-Authenticate": offer})
            return
        root = etree.fromstring(raw, parser=PARSER)
        header, body = root.find(q(S, "Header")), root.find(q(S, "Body"))[0]
        self._answer(user, header, body)

    def _answer(self, user: User, header: Any, body: etree._Element) -> None:
        ews = self.server.ews
        operation = etree.QName(body).localname
        wrong = ews.take_fault(operation, self.headers.get("X-AnchorMailbox", ""))
        if wrong is not None and not wrong.after and self._go_wrong(wrong, operation):
            return
        acting_as = None
        if header is not None and header.find(q(T, "ExchangeImpersonation")) is not None:
            acting_as = "".join(header.find(q(T, "ExchangeImpersonation")).itertext()).strip()
            if acting_as not in user.impersonates:
                self._send(500, fault("ErrorImpersonateUserDenied"))
                return
        call = Call(ews.world, user, body, acting_as)
        if operation == "GetStreamingEvents":
            self._stream(call, half=wrong is not None and wrong.half)
            return
        try:
            with ews.world.lock:
                content = envelope(OPERATIONS[operation](call))
        except EwsError as error:
            content = envelope(answer(operation, [failure(operation, error.code)]))
        if wrong is not None and wrong.cut:
            content = content[: len(content) // 2]
        elif wrong is not None and (wrong.after or wrong.half):
            self._lose(wrong, content)
            return
        self._send(200, content)

    def _go_wrong(self, wrong: Fault, operation: str) -> bool:
        """Answer with a fault; False when the answer is only cut later."""
        if wrong.half or wrong.cut:
            return False
        if wrong.drop or wrong.hang:
            self._lose(wrong, b"")
        elif wrong.status:
            self._send(wrong.status, b"<html>proxy</html>", wrong.headers)
        elif wrong.back_off_ms is not None:
            self._send(500, fault("ErrorServerBusy", wrong.back_off_ms))
        elif wrong.soap:
            self._send(500, fault(wrong.code))
        else:
            self._send(200, envelope(answer(operation, [failure(operation, wrong.code)])))
        return True

    def _lose(self, wrong: Fault, content: bytes) -> None:
        if wrong.hang:
            self.server.ews.wait_for_release()
        if wrong.half:
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
        self.close_connection = True

    def _stream(self, call: Call, *, half: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        ews = self.server.ews

        def write(content: bytes) -> None:
            if half:
                self.wfile.write(b"%x\r\n%s" % (len(content), content[: len(content) // 2]))
                self.wfile.flush()
                raise ConnectionAbortedError
            self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))
            self.wfile.flush()

        try:
            streaming.stream(call, write, minute_s=ews.minute_s, stopped=lambda: ews.stopped)
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def _user(self) -> User | None:
        ews = self.server.ews
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer":
            return next(iter(ews.world.users.values())) if value in ews.tokens else None
        ews.sign_ins += 1
        if kind != "Basic":
            return None
        name, _, password = base64.b64decode(value).decode("latin-1").partition(":")
        user = ews.world.users.get(name)
        return user if user is not None and user.password == password else None

    def _ntlm_user(self) -> User | None:
        """Let a connection in after the three steps of NTLM; it stays in (MS-NTHT)."""
        ews = self.server.ews
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind == "NTLM":
            if self._ntlm is None or self._ntlm.complete:
                self._ntlm = spnego.server(protocol="ntlm")
            ews.sign_ins += self._challenge.startswith("NTLM ")
            try:
                reply = self._ntlm.step(base64.b64decode(value))
            except spnego.exceptions.SpnegoError:
                reply, self._ntlm = None, None
            self._challenge = "NTLM" + (f" {base64.b64encode(reply).decode()}" if reply else "")
        if self._ntlm is not None and self._ntlm.complete:
            return next(iter(ews.world.users.values()))
        self._challenge = self._challenge or "NTLM"
        return None

    def _give_token(self, raw: bytes) -> None:
        ews = self.server.ews
        wrong = ews.take_fault("token", "")
        if wrong is not None and self._go_wrong(wrong, "token"):
            return
        asked = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
        if asked.get("client_secret") != ews.client_secret:
            self._send(401, b'{"error": "invalid_client"}', {}, "application/json")
            return
        ews.tokens_given += 1
        token = f"token-{ews.tokens_given}"
        ews.tokens.add(token)
        given = {"access_token": token, "token_type": "Bearer", "expires_in": ews.token_life_s}
        self._send(200, json.dumps(given).encode(), {}, "application/json")

    def _send(
        self,
        status: int,
        content: bytes,
        headers: dict[str, str] | None = None,
        kind: str = "text/xml; charset=utf-8",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def every_operation() -> Iterator[str]:
    yield from OPERATIONS
