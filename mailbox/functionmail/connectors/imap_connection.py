"""One connection to an IMAP server: made when needed, kept, dropped when it fails.

With `imap_session` and `imap_errors` the only module that knows IMAPClient.
"""

from __future__ import annotations

import select
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imapclient import IMAPClient  # type: ignore[import-untyped]

from functionmail.connectors.imap_errors import TROUBLE, server_errors
from functionmail.connectors.imap_values import Folder
from functionmail.connectors.mail_server import (
    Account,
    Encryption,
    MailServer,
    SignIn,
    deadline,
)
from functionmail.errors import ConnectorError, SignInRefused

_RENEW_IDLE_S = 9 * 60.0
"""Before NAT and firewalls forget the connection; servers allow 29 minutes (RFC 2177)."""

_FAREWELL_S = 5.0


class ImapConnection:
    """A connection that signs in when it is needed; one thread at a time.

    Args:
        mailbox: Its name, for errors.
        monotonic: Seconds from an arbitrary start.
    """

    def __init__(
        self,
        server: MailServer,
        account: Account,
        mailbox: str,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.mailbox = mailbox
        self._server = server
        self._account = account
        self._monotonic = monotonic
        self._client: Any = None  # the library has no types
        self._folder: Folder | None = None
        self._readonly = False
        self._idle_since: float | None = None
        self._overdue = False

    @property
    def connected(self) -> bool:
        """Tell whether a connection is held."""
        return self._client is not None

    @contextmanager
    def call(self, doing: str) -> Iterator[None]:
        """Be signed in while the block runs; drop the connection if it fails there.

        Raises:
            MailboxUnavailable: No connection, or it broke, or the server took too long.
            SignInRefused: The server refused the account, or its certificate is not trusted.
        """
        self._overdue = False
        try:
            with (
                server_errors(self.mailbox, doing),
                deadline(self._server.deadline_s, self._cut_off),
            ):
                self._wake()
                yield
        except ConnectorError as error:
            if error.__cause__ is not None:
                self.drop()
            raise
        except BaseException:
            self.drop()
            raise

    def close(self) -> None:
        """Take leave of the server, if it is there."""
        client = self._client
        if client is not None:
            with suppress(*TROUBLE), deadline(_FAREWELL_S, self._cut_off):
                client.socket().settimeout(_FAREWELL_S)
                self._stop_idling()
                client.logout()
        self.drop()

    def drop(self) -> None:
        """Let go of the connection without a word."""
        client, self._client = self._client, None
        self._folder = self._idle_since = None
        if client is not None:
            with suppress(*TROUBLE):
                client.shutdown()

    def reopen(self) -> None:
        """Drop the connection and sign in anew."""
        self.drop()
        if self._overdue:
            raise TimeoutError("no time is left for this call")
        self._open()

    def can(self, capability: str) -> bool:
        """Tell whether the server offers an extension."""
        return bool(self._client.has_capability(capability))

    def tells_of_mail(self) -> bool:
        """Tell whether the server tells of new mail by itself (IDLE, RFC 2177)."""
        try:
            return self.can("IDLE")
        except TROUBLE:
            return True

    def heard(self, timeout_s: float) -> bool:
        """Tell whether the open folder may have got mail, after so many seconds at most.

        True also when the connection breaks or something else was done meanwhile. Never
        raises what the library or the network raise.
        """
        return self._listen(timeout_s, lambda: self._idle(timeout_s))

    def asked(self) -> bool:
        """Ask whether the open folder has got mail; as `heard`, without waiting."""
        return self._listen(0.0, self._client.noop)

    def _listen(self, timeout_s: float, listen: Callable[[], object]) -> bool:
        if self._folder is None or not self._readonly or self._said_exists():
            return True
        try:
            with deadline(self._server.deadline_s + timeout_s, self._cut_off):
                listen()
                return self._said_exists()
        except TROUBLE:
            self.drop()
            return True

    def _idle(self, timeout_s: float) -> None:
        if self._idle_since is None:
            self._client.idle()
            self._idle_since = self._monotonic()
        spoke = self._speaks(timeout_s)
        if spoke or self._monotonic() - self._idle_since >= _RENEW_IDLE_S:
            self._stop_idling()

    def _speaks(self, timeout_s: float) -> bool:
        """Tell whether the server says something, also what was read with an earlier line.

        The library's own check looks at the socket alone, and takes the end of the
        connection for silence.
        """
        connection = self._client.socket()
        connection.settimeout(0)
        try:
            if self._client._imap.file.peek(1):
                return True
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            connection.settimeout(self._server.silence_s)
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        return bool(poll.poll(timeout_s * 1000))

    def _stop_idling(self) -> None:
        if self._idle_since is not None:
            self._idle_since = None
            self._client.idle_done()

    def forget_news(self) -> None:
        """Count as news only what the server tells from now on; for who searches next."""
        self._said_exists()

    def _said_exists(self) -> bool:
        """Tell whether the server told of mail since this was last asked.

        With any answer it may, so each of the connector's calls may have heard it.
        """
        return self._code("EXISTS") is not None

    def _code(self, name: str) -> bytes | None:
        """Return and forget a response that the server gave beside its answers."""
        found = self._client._imap.response(name)[1]  # the library hands these out nowhere
        return bytes(found[-1]) if found and found[-1] is not None else None

    def _wake(self) -> None:
        """See that the connection lives; one that was kept may have died meanwhile."""
        if self._client is not None:
            with suppress(*TROUBLE):
                if self._idle_since is not None:
                    self._stop_idling()
                self._client.noop()
                return
            self.drop()
        self._open()

    def _open(self) -> None:
        server = self._server
        context = None if server.encryption is Encryption.NONE else server.tls()
        self._client = client = IMAPClient(
            server.host,
            port=server.port,
            ssl=server.encryption is Encryption.TLS,
            ssl_context=context,
            timeout=server.silence_s,
        )
        client.normalise_times = False
        # The library sends some commands in two pieces; Nagle would hold the second 40 ms.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.encryption is Encryption.STARTTLS:
            client.starttls(context)
        self._sign_in()
        if self.can("ENABLE") and self.can("CONDSTORE"):
            client.enable("CONDSTORE")

    def _sign_in(self) -> None:
        account, client = self._account, self._client
        try:
            secret = account.bearer() if account.sign_in is SignIn.XOAUTH2 else account.secret()
        except OSError as error:
            advice = "the file with the password or token cannot be read"
            raise SignInRefused(self.mailbox, "signing in", advice) from error
        if account.sign_in is SignIn.XOAUTH2:
            replies = iter([secret])
            client.sasl_login("XOAUTH2", lambda _challenge: next(replies, ""))
        elif client.has_capability("AUTH=PLAIN"):
            client.plain_login(account.user, secret)
        elif secret.isascii() and account.user.isascii():
            client.login(account.user, secret)
        else:
            advice = "the server takes only plain ASCII in user and password"
            raise SignInRefused(self.mailbox, "signing in", advice)

    def _cut_off(self) -> None:
        """End the connection under a call that takes too long; called from another thread."""
        self._overdue = True
        client = self._client
        if client is not None:
            with suppress(OSError):
                client.socket().shutdown(socket.SHUT_RDWR)
