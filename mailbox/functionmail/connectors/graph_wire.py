"""HTTP over one verified connection, where every call has an end.

A time-out of a socket starts anew with each byte, so beside it stands a deadline for the
whole call. Whatever goes wrong on the way becomes `MailboxUnavailable`, or `AnswerLost`
where the server may have done what was asked.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from functionmail.connectors.mail_server import deadline, is_this_machine
from functionmail.errors import MailboxUnavailable

_LARGEST_ANSWER = 200 * 1024 * 1024
"""Above the largest mail that Exchange Online takes (150 MB)."""

_LONGEST_PAUSE_S = 3600.0


class AnswerLost(MailboxUnavailable):
    """The connection ended, or the server stumbled, after the call was on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call may take.

    Attributes:
        silence_s: How long the server may say nothing.
        deadline_s: How long one call may take in all, however much the server says.
    """

    silence_s: float = 30.0
    deadline_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered.

    Attributes:
        headers: Lower-cased names.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def retry_after_s(self) -> float | None:
        """Return how long the server asks us to stay away (RFC 9110, 10.2.3), if it does."""
        asked = self.headers.get("retry-after", "").strip()
        if asked.isascii() and asked.isdecimal():
            return min(float(asked), _LONGEST_PAUSE_S)
        try:
            until = parsedate_to_datetime(asked)
            now = parsedate_to_datetime(self.headers.get("date", ""))
            return min(max((until - now).total_seconds(), 0.0), _LONGEST_PAUSE_S)
        except (ValueError, TypeError):
            return None


def trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return what trusts the system's certificates, and those of a PEM file beside them.

    Raises:
        OSError: The file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


class Wire:
    """Calls over one connection, which is opened when needed; for one thread at a time.

    Args:
        mailbox: For error messages.
        tls: What verifies the server's certificate and name; see `trust`.
    """

    def __init__(
        self, mailbox: str, tls: ssl.SSLContext, *, patience: Patience | None = None
    ) -> None:
        self._mailbox = mailbox
        self._tls = tls
        self._patience = patience or Patience()
        self._client: httpx2.Client | None = None
        self._socket: socket.socket | None = None

    def call(
        self,
        method: str,
        url: str,
        doing: str,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
    ) -> Answer:
        """Send a request and return the whole answer, whatever its status.

        Raises:
            AnswerLost: The request was sent, wholly or in part, and no answer came.
            MailboxUnavailable: The server was not reached.
        """
        try:
            with deadline(self._patience.deadline_s, self._cut):
                return self._exchange(method, url, headers, content)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
            self.close()
            raise MailboxUnavailable(self._mailbox, doing, _advice(error)) from error
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            self.close()
            raise AnswerLost(self._mailbox, doing, "the server did not answer in full") from error

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        client, self._client, self._socket = self._client, None, None
        if client is not None:
            client.close()

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> Answer:
        client = self._open(url)
        trace = {"trace": self._remember_socket}
        pieces: list[bytes] = []
        size = 0
        with client.stream(
            method, url, headers=dict(headers), content=content, extensions=trace
        ) as response:
            for piece in response.iter_bytes():
                pieces.append(piece)
                size += len(piece)
                if size > _LARGEST_ANSWER:
                    raise httpx2.DecodingError("the answer is too large")
            return Answer(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                content=b"".join(pieces),
            )

    def _open(self, url: str) -> httpx2.Client:
        if self._client is None:
            self._client = httpx2.Client(
                verify=self._tls,
                timeout=self._patience.silence_s,
                limits=httpx2.Limits(max_connections=1, max_keepalive_connections=1),
                trust_env=not is_this_machine(urlsplit(url).hostname or ""),
            )
        return self._client

    def _remember_socket(self, event: str, info: Mapping[str, Any]) -> None:
        # Any: what httpcore tells differs from event to event.
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        """End the call in hand from another thread: the socket's reader wakes with an error."""
        held = self._socket
        if held is not None:
            # Not SSLSocket.shutdown, which would turn a reader in the middle to plain text.
            with suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)


def _advice(error: BaseException) -> str:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLCertVerificationError):
            return "its certificate is not trusted; see graph.ca_file"
        seen = seen.__cause__ or seen.__context__
    return "the server cannot be reached"
