"""Microsoft Graph and its sign-in service on this machine: TLS, sockets, faults on demand."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import jwt

from tests.graph.graph_calls import TENANT, Answer, Call, as_error, as_json
from tests.graph.graph_mailbox import GraphError, GraphMailbox
from tests.graph.loopback_ca import authority

CLIENT_ID, SECRET = "app-1", "a secret of the tests"


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call.

    Attributes:
        status, reason, retry_after: An error that is answered; status 0: none is.
        do: First do what was asked, and lose only the answer.
        how: Without a status: ``drop``, ``half`` (of the answer), ``hang``, ``drip``, or
            ``page``: somebody else answers; empty: nothing, it is only `meanwhile`.
        meanwhile: What somebody does just before.
    """

    status: int = 0
    reason: str = ""
    retry_after: str | None = None
    do: bool = False
    how: str = "drop"
    meanwhile: Callable[[], object] | None = None


class GraphServer:
    """A tenant with mailboxes.

    Attributes:
        boxes: By address.
        rights: What the application may do; with no right at all every mailbox is closed.
        granted_in_entra: What stands in the tokens, since it holds in the whole tenant.
        shows: The time that the server tells; None: the machine's.
        secret: The one that is accepted; None: only the registered certificate is.
        calls: Name of the route of every call, in order.
        without_immutable: Calls on mailboxes that did not ask for immutable ids.
        tokens_given: How many tokens were given out; only the last one is accepted.
    """

    def __init__(self, *addresses: str) -> None:
        self.boxes = {address: GraphMailbox(address) for address in addresses}
        self.rights = {"Mail.ReadWrite", "Mail.Send"}
        self.granted_in_entra: set[str] = set()
        self.shows: datetime | None = None
        self.secret: str | None = SECRET
        self.calls: list[str] = []
        self.without_immutable: list[str] = []
        self.tokens_given = 0
        self._valid = ""
        self._faults: dict[str, deque[Fault | None]] = {}
        self._closing = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._port = 0
        self.start()

    @property
    def authority(self) -> str:
        """Return where applications sign in."""
        return f"https://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """Return where Graph answers."""
        return f"{self.authority}/v1.0"

    def start(self) -> None:
        """Begin to answer, on the port of before if there was one."""
        owner = self

        class Handler(_Handler):
            server_side = owner

        self._server = _Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """Answer no more; connections in hand are cut."""
        if self._server is not None:
            self._server.shutdown()
            self._server.cut()
            self._server.server_close()
            self._thread.join()
            self._server = None

    def close(self) -> None:
        """Stop for good; whoever hangs is let go."""
        self._closing.set()
        self.stop()

    def fail(self, route: str, fault: Fault, *, times: int = 1) -> None:
        """Let the next calls of a route go wrong; ``*`` is any call on a mailbox."""
        self._faults.setdefault(route, deque()).extend([fault] * times)

    def fail_after(self, route: str, good: int, fault: Fault, *, times: int = 1) -> None:
        """Let so many calls of a route succeed before the next ones go wrong."""
        self._faults.setdefault(route, deque()).extend([*[None] * good, *[fault] * times])

    def renew(self, address: str) -> GraphMailbox:
        """Return an empty mailbox in the place of the one at an address."""
        self.boxes[address] = GraphMailbox(address)
        return self.boxes[address]

    def mend(self) -> None:
        """Let nothing more go wrong."""
        self._faults.clear()

    def expire_token(self) -> None:
        """Accept no token that was given out so far."""
        self._valid = ""

    def wait_until_closed(self) -> None:
        """Hang."""
        self._closing.wait(30)

    def is_closing(self, seconds: float) -> bool:
        """Wait a little; tell whether the server ends."""
        return self._closing.wait(seconds)

    def planned(self, route: str) -> Fault | None:
        """Return what goes wrong with a call, if anything does."""
        for name in (route, "*" if route not in ("token", "discovery") else route):
            if self._faults.get(name):
                return self._faults[name].popleft()
        return None

    def sign_in(self, form: dict[str, str]) -> Answer:
        """Answer a call to the token endpoint."""
        code = self._why_not(form)
        if code:
            return as_json(401, {"error": "invalid_client", "error_codes": [code]})
        self.tokens_given += 1
        self._valid = f"token-{self.tokens_given}"
        if self.granted_in_entra:
            claims = {"roles": sorted(self.granted_in_entra), "jti": self._valid}
            self._valid = jwt.encode(claims, "a key of the tests that is long enough", "HS256")
        content = {"token_type": "Bearer", "expires_in": 3599, "access_token": self._valid}
        return as_json(200, content)

    def _why_not(self, form: dict[str, str]) -> int:
        if form.get("client_id") != CLIENT_ID:
            return 700016
        if "client_assertion" in form:
            key = authority().app_certificate.public_key()
            try:
                jwt.decode(
                    form["client_assertion"],
                    key,
                    algorithms=["PS256"],
                    audience=f"{self.authority}/{TENANT}/oauth2/v2.0/token",
                    issuer=CLIENT_ID,
                )
            except jwt.InvalidTokenError:
                return 700027
            return 0
        is_right = self.secret is not None and form.get("client_secret") == self.secret
        return 0 if is_right else 7000215

    def is_known(self, bearer: str) -> bool:
        """Tell whether a token is the last one given out."""
        return bool(self._valid) and bearer == f"Bearer {self._valid}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args) -> None:
        self.open: set[socket.socket] = set()
        super().__init__(*args)

    def get_request(self):
        connection, address = super().get_request()
        connection.settimeout(30)
        secured = authority().server.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        )
        self.open.add(secured)
        return secured, address

    def shutdown_request(self, request) -> None:
        self.open.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        for connection in list(self.open):
            _cut(connection)

    def handle_error(self, request, client_address) -> None:
        pass  # a client that goes away is no news


class _Handler(BaseHTTPRequestHandler):
    server_side: GraphServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_args) -> None:
        pass

    def date_time_string(self, timestamp=None) -> str:
        shown = self.server_side.shows
        return super().date_time_string(shown.timestamp() if shown else timestamp)

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PATCH = do_DELETE = do_GET

    def _handle(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        call = Call(self.server_side, self.command, parts.path, parts.query, self.headers, content)
        route = call.route()
        self.server_side.calls.append(route)
        fault = self.server_side.planned(route)
        if fault is not None and fault.meanwhile is not None:
            fault.meanwhile()
        if fault is None or not (fault.status or fault.how):
            self._answer(call.answer())
        elif fault.how == "page":
            self._answer(Answer(200, b"<html>Sign in to the guest network</html>", "text/html"))
        elif fault.status:
            error = GraphError(fault.status, fault.reason, retry_after=fault.retry_after)
            if fault.do:
                call.answer()
            self._answer(as_error(error))
        else:
            self._fail(fault, call.answer() if fault.do or fault.how != "drop" else Answer(200))

    def _answer(self, answer: Answer) -> None:
        self._head(answer)
        self.wfile.write(answer.content)

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.content)))
        if answer.retry_after is not None:
            self.send_header("Retry-After", answer.retry_after)
        self.end_headers()

    def _fail(self, fault: Fault, answer: Answer) -> None:
        if fault.how == "half":
            self._head(answer)
            self.wfile.write(answer.content[: len(answer.content) // 2])
        elif fault.how == "hang":
            self.server_side.wait_until_closed()
        elif fault.how == "drip":
            self._drip(answer)
        self.close_connection = True
        _cut(self.connection)

    def _drip(self, answer: Answer) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while not self.server_side.is_closing(0.02):
            self.wfile.write(b"x")


def _cut(connection: socket.socket) -> None:
    """Reset a connection, so that the other side sees it at once."""
    try:
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass
