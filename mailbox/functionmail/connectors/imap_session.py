"""One connection to an IMAP server: made when needed, kept, dropped when it fails.

With `imap_errors` the only module that knows IMAPClient. What lies in a folder is read
with EXAMINE and BODY.PEEK, so that reading changes nothing.
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from imapclient import IMAPClient  # type: ignore[import-untyped]
from imapclient.exceptions import (  # type: ignore[import-untyped]
    IMAPClientError,
    IMAPClientReadOnlyError,
)

from functionmail.connectors.imap_errors import TROUBLE, server_errors
from functionmail.connectors.mail_server import (
    Account,
    Encryption,
    MailServer,
    SignIn,
    deadline,
)
from functionmail.errors import ConnectorError, SignInRefused

INBOX = "INBOX"

_RENEW_IDLE_S = 9 * 60.0
"""Before NAT and firewalls forget the connection; servers allow 29 minutes (RFC 2177)."""

_FAREWELL_S = 5.0
_MESSAGE_ID = "HEADER.FIELDS (MESSAGE-ID)"
_FIRST_WINDOW = 1000
_WIDEST_WINDOW = 80_000
"""UIDs asked for at a time: the library refuses an answer with a line above 1 MB."""

_APPENDED = re.compile(rb"\[APPENDUID ([0-9]+) ([0-9]+)\]")
_COPIED = re.compile(rb"([0-9]+) [0-9]+ ([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that was opened.

    Attributes:
        next_uid: What a new mail would have got when the folder was opened; 0 if not said.
        keeps: Flags and keywords that last, in lower case; ``\\*`` allows any keyword.
    """

    name: str
    uidvalidity: int
    next_uid: int
    keeps: frozenset[str]

    def keeps_keyword(self, keyword: str) -> bool:
        """Tell whether a keyword or flag may be set for good."""
        return "\\*" in self.keeps or keyword.lower() in self.keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Uid:
    """A mail for ever: a UID and the UIDVALIDITY of its folder."""

    uidvalidity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.uidvalidity}.{self.uid}"

    @classmethod
    def read(cls, text: str) -> Uid | None:
        """Return what `str` made, or None for any other text."""
        first, dot, second = text.partition(".")
        if not dot or len(text) > 21 or not all(_is_number(part) for part in (first, second)):
            return None
        return cls(uidvalidity=int(first), uid=int(second))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a server knows of a mail.

    Attributes:
        received_at: Aware; None where the server gives no readable instant.
    """

    size: int
    received_at: datetime | None


class ImapSession:
    """Calls to one server for one mailbox; one thread at a time.

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

    def look_into(self, name: str, *, anew: bool = False) -> Folder:
        """Open a folder to read, if it is not open to read already; `anew` in any case."""
        return self._select(name, readonly=True, anew=anew)

    def open(self, name: str) -> Folder:
        """Open a folder to change something in it; the library raises if that is not allowed."""
        return self._select(name, readonly=False)

    def open_if_allowed(self, name: str) -> Folder | None:
        """Open a folder to change something in it; None where the account may only read."""
        try:
            return self.open(name)
        except IMAPClientReadOnlyError:
            return None

    def uids(self, after: int = 0) -> Iterator[int]:
        """Yield the UIDs of the open folder above one, ascending.

        Asked for in windows. ``n:*`` names the last mail even if its UID is below n.
        """
        self._said_exists()
        low, window = after + 1, _FIRST_WINDOW
        newest = self._folder.next_uid - 1 if self._folder else 0
        while low + window <= newest:
            found = self._search(f"{low}:{low + window - 1}")
            yield from found
            low += window
            window = min(window * 2, _WIDEST_WINDOW)
        yield from (uid for uid in self._search(f"{low}:*") if uid >= low)

    def has(self, uid: int) -> bool:
        """Tell whether the open folder holds a mail now."""
        self._client.noop()
        return uid in self._search(str(uid))

    def find(self, message_id: str) -> list[int]:
        """Return the mails of the open folder whose header holds a text; a rough search."""
        return self._numbers(lambda: self._client.search(["HEADER", "Message-ID", message_id]))

    def facts(self, uids: Iterable[int]) -> dict[int, Facts]:
        """Return what the server knows of each mail; those that are gone are left out."""
        return {
            uid: Facts(size=said.get(b"RFC822.SIZE") or 0, received_at=said.get(b"INTERNALDATE"))
            for uid, said in self._fetch(uids, "RFC822.SIZE", "INTERNALDATE").items()
        }

    def contents(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the bytes of each mail; those that are gone are left out."""
        found = self._fetch(uids, "BODY.PEEK[]")
        return {uid: said.get(b"BODY[]") or b"" for uid, said in found.items()}

    def message_id_fields(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the Message-ID fields of each mail as header lines."""
        found = self._fetch(uids, f"BODY.PEEK[{_MESSAGE_ID}]")
        name = f"BODY[{_MESSAGE_ID}]".encode()
        return {uid: said.get(name) or b"" for uid, said in found.items()}

    def flags(self, uid: int) -> frozenset[str] | None:
        """Return flags and keywords of a mail in lower case, None if it is not there."""
        said = self._fetch([uid], "FLAGS").get(uid)
        return None if said is None else _lower(said.get(b"FLAGS", ()))

    def modseq(self, uid: int) -> int | None:
        """Return a mail's MODSEQ, where the server counts changes (CONDSTORE)."""
        if not self.can("CONDSTORE"):
            return None
        said = self._fetch([uid], "MODSEQ").get(uid, {}).get(b"MODSEQ")
        return int(said[0]) if said else None

    def store(self, uid: int, sign: str, keywords: Iterable[str]) -> None:
        """Set (``+``) or take off (``-``) flags and keywords of a mail."""
        change = self._client.add_flags if sign == "+" else self._client.remove_flags
        change([uid], sorted(keywords), silent=True)

    def store_unless_changed(self, uid: int, keyword: str, modseq: int) -> bool:
        """Set a keyword unless the mail was changed after `modseq`; False if it was.

        For servers with CONDSTORE (RFC 7162): two programs cannot both set it.
        """
        self._code("MODIFIED")
        self._client._command_and_check(  # the library has no conditional STORE
            "store", str(uid), f"(UNCHANGEDSINCE {modseq})", "+FLAGS.SILENT", f"({keyword})",
            uid=True,
        )  # fmt: skip
        return self._code("MODIFIED") is None

    def append(self, folder: str, content: bytes, flags: Iterable[str]) -> Uid | None:
        """Put a mail into a folder; return where it lies, if the server says so."""
        said = _APPENDED.search(self._client.append(folder, content, tuple(flags)))
        return Uid(uidvalidity=int(said[1]), uid=int(said[2])) if said else None

    def move(self, uid: int, folder: str) -> Uid | None:
        """Move a mail of the open folder; return where it lies, if the server says so.

        Without MOVE it is copied and deleted; without UIDPLUS the original stays, marked
        as deleted: EXPUNGE would take what people have marked, too.
        """
        self._code("COPYUID")
        if self.can("MOVE"):
            self._client.move([uid], folder)
        else:
            self._client.copy([uid], folder)
        said = _COPIED.fullmatch(self._code("COPYUID") or b"")
        if not self.can("MOVE"):
            self.delete(uid)
        return Uid(uidvalidity=int(said[1]), uid=int(said[2])) if said else None

    def delete(self, uid: int) -> None:
        """Delete a mail of the open folder for good, where the server can do so for one."""
        self.store(uid, "+", ["\\Deleted"])
        if self.can("UIDPLUS"):
            self._client.uid_expunge([uid])

    def create(self, folder: str) -> None:
        """Make a folder and show it to people's programs."""
        self._client.create_folder(folder)
        with suppress(IMAPClientError):
            self._client.subscribe_folder(folder)

    def folders(self) -> list[tuple[frozenset[str], str, str]]:
        """Return flags (lower case), separator and name of every folder."""
        return [
            (_lower(flags), _text(separator or b"/"), name)
            for flags, separator, name in self._client.list_folders()
        ]

    def personal_prefix(self) -> str:
        """Return what the names of the account's own folders begin with, such as ``INBOX.``."""
        if not self.can("NAMESPACE"):
            return ""
        personal = self._client.namespace().personal
        return str(personal[0][0]) if personal else ""

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

    def _said_exists(self) -> bool:
        """Tell whether the server told of mail since this was last asked."""
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
        else:
            client.login(account.user, secret)

    def _select(self, name: str, *, readonly: bool, anew: bool = False) -> Folder:
        is_open = self._folder is not None and self._folder.name == name
        if self._folder is not None and is_open and self._readonly is readonly and not anew:
            return self._folder
        self._folder = None
        said = self._client.select_folder(name, readonly=readonly)
        self._folder = Folder(
            name=name,
            uidvalidity=int(said.get(b"UIDVALIDITY", 0)),
            next_uid=int(said.get(b"UIDNEXT", 0)),
            keeps=_lower(said.get(b"PERMANENTFLAGS", ())),
        )
        self._readonly = readonly
        return self._folder

    def _fetch(
        self, uids: Iterable[int], *items: str
    ) -> Mapping[int, Mapping[bytes, Any]]:  # the library's values have many types
        wanted = list(uids)
        return self._client.fetch(wanted, items) if wanted else {}

    def _search(self, uids: str) -> list[int]:
        return self._numbers(lambda: self._client.search(["UID", uids]))

    def _numbers(self, search: Callable[[], Iterable[int]]) -> list[int]:
        try:
            return sorted(search())
        except ValueError as error:
            raise IMAPClientError("not a list of numbers") from error

    def _cut_off(self) -> None:
        """End the connection under a call that takes too long; called from another thread."""
        self._overdue = True
        client = self._client
        if client is not None:
            with suppress(OSError):
                client.socket().shutdown(socket.SHUT_RDWR)


def _lower(flags: Iterable[bytes | str | int]) -> frozenset[str]:
    """Return flags in lower case; the library makes a number of one that looks like it."""
    return frozenset(_text(flag).lower() for flag in flags)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10


def _text(value: bytes | str | int) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
