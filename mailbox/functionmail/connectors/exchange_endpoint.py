"""One Exchange server and one service account: what all mailboxes under it share.

The server counts connections by service account, so there is one pool for all mailboxes. A
password that was refused is not tried again by the next mailbox a moment later: twenty
mailboxes would lock the account. Nothing is asked of the server before the first call.
"""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exchangelib import DELEGATE, IMPERSONATION, UTC, Account, Build, Configuration, Version
from exchangelib.credentials import Credentials, OAuth2Credentials
from exchangelib.errors import ErrorServerBusy, SessionPoolMinSizeReached, UnauthorizedError
from exchangelib.protocol import FailFast, Protocol
from exchangelib.transport import AUTH_TYPE_MAP, BASIC, GSSAPI, NTLM, OAUTH2
from requests.adapters import HTTPAdapter

from functionmail.connectors.exchange_deadline import DeadlinePassed, within

REFUSED_FOR_S = 240.0
"""How long a refused password is not tried again: well within what locks an account, and
shorter than the pause after which a mailbox that was refused is looked at again."""

AUTHORITY = "https://login.microsoftonline.com"

_VERSION = Version(build=Build(15, 1))
"""What is asked for until the server names its own: 2016 and everything later understand it."""

_BUSY = frozenset({429, 503})
_CLOSING_S = 2.0
_LONGEST_WAIT_S = 3600


class Auth(StrEnum):
    """How the service account signs in."""

    NTLM = "ntlm"
    BASIC = "basic"
    OAUTH2 = "oauth2"
    KERBEROS = "kerberos"


class Access(StrEnum):
    """As whom the service account opens a mailbox: as itself, or as the mailbox."""

    DELEGATE = "delegate"
    IMPERSONATION = "impersonation"


_AUTH_TYPES = {Auth.NTLM: NTLM, Auth.BASIC: BASIC, Auth.OAUTH2: OAUTH2, Auth.KERBEROS: GSSAPI}
_ACCESS_TYPES = {Access.DELEGATE: DELEGATE, Access.IMPERSONATION: IMPERSONATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where an Exchange server is and how to sign in to it.

    Attributes:
        url: Of EWS; plain HTTP only to this very machine.
        user: For NTLM and Basic.
        tenant, client_id, authority: For OAuth 2.0 (hybrid modern auth).
        ca_file: PEM with the city's own authority, trusted beside the system's.
    """

    url: str
    auth: Auth = Auth.NTLM
    access: Access = Access.DELEGATE
    user: str = ""
    tenant: str = ""
    client_id: str = ""
    authority: str = AUTHORITY
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if not is_protected(self.url):
            raise ValueError("plain HTTP is for this very machine only; use https")


def is_protected(url: str) -> bool:
    """Tell whether nobody on the way to a URL can read what is sent: TLS, or no way at all."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return host != ""
    with suppress(ValueError):
        return parts.scheme == "http" and ip_address(host).is_loopback
    return parts.scheme == "http" and host == "localhost"


def kerberos_is_installed() -> bool:
    """Tell whether the library's own extra for Kerberos is there."""
    return GSSAPI in AUTH_TYPE_MAP


class RefusedBefore(Exception):
    """The account was refused a moment ago; the server is not asked again yet."""


class Endpoint:
    """The connections to one server under one service account. Safe in many threads.

    Args:
        secret: Gives the account's password or the app's secret; asked at each new sign-in.
        silence_s: How long the server may be silent within one answer.
        connections: The most that are open at once; opened when needed. The server allows
            27 (EWSMaxConcurrency) unless told otherwise.
        streams: How many of them may wait for news; further mailboxes are polled.
        monotonic: Seconds from an arbitrary start.

    Raises:
        OSError: The file of certificates cannot be read.
    """

    def __init__(
        self,
        server: Server,
        secret: Callable[[], str],
        *,
        silence_s: float = 50.0,
        connections: int = 20,
        streams: int = 8,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        _keep_quiet()
        self._server = server
        self._secret = secret
        self._trust = _trust(server)
        self._silence_s = silence_s
        self._connections = connections
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._protocol: Protocol | None = None
        self._accounts: dict[str, Account] = {}
        self._refused_until: float | None = None
        self._is_welcome = False
        self._first = threading.Lock()
        self.streams = threading.BoundedSemaphore(streams)

    @property
    def has_tokens(self) -> bool:
        """Tell whether a refusal may mean no more than that a token is too old."""
        return self._server.auth is Auth.OAUTH2

    @property
    def acts_as_mailbox(self) -> bool:
        """Tell whether each mailbox is opened as itself, with all its own rights."""
        return self._server.access is Access.IMPERSONATION

    @contextmanager
    def turn(self, patience_s: float) -> Iterator[None]:
        """Let a call through; only one at a time until the server has let one in.

        Raises:
            RefusedBefore: The account was refused a moment ago.
            TimeoutError: Another mailbox has been signing in all this time.
        """
        with ExitStack() as stack:
            if not self._is_welcome:
                if not self._first.acquire(timeout=patience_s):
                    raise TimeoutError("another mailbox is signing in")
                stack.callback(self._first.release)
            with self._lock:
                until = self._refused_until
                if until is not None and self._monotonic() < until:
                    raise RefusedBefore("the service account was refused a moment ago; check it")
            yield

    def welcomed(self) -> None:
        """Note that the server has let the account in."""
        with self._lock:
            self._is_welcome = True
            self._refused_until = None

    def refuse(self) -> None:
        """Let nobody sign in for a while."""
        with self._lock:
            self._is_welcome = False
            self._refused_until = self._monotonic() + REFUSED_FOR_S

    def account(self, address: str) -> Account:
        """Return the account of a mailbox; the same one until it is renewed."""
        with self._lock:
            if self._protocol is None:
                self._protocol = self._new_protocol()
            account = self._accounts.get(address)
            if account is None:
                account = Account(
                    address,
                    config=self._protocol.config,
                    autodiscover=False,
                    access_type=_ACCESS_TYPES[self._server.access],
                    default_timezone=UTC,
                )
                account.protocol = self._protocol
                self._accounts[address] = account
            return account

    def renew(self, account: Account | None) -> None:
        """Forget all connections, unless that has been done since the account was made."""
        with self._lock:
            protocol = self._protocol
            if protocol is None or account is None or account.protocol is not protocol:
                return
            with suppress(KeyError):
                del Protocol[protocol.config]
            self._protocol = None
            self._accounts = {}
        _close(protocol)

    def close_idle(self) -> None:
        """Close the connections that nobody uses at this moment."""
        with self._lock:
            protocol = self._protocol
        if protocol is not None:
            _close(protocol)

    def _new_protocol(self) -> Protocol:
        """Return a pool of connections; the library's process-wide one is put aside."""
        server = self._server
        config = Configuration(
            service_endpoint=server.url,
            credentials=_credentials(server, self._secret),
            auth_type=_AUTH_TYPES[server.auth],
            version=_VERSION,
            retry_policy=_Once(),
            max_connections=self._connections,
        )
        with suppress(KeyError):
            del Protocol[config]
        return _Pool(config=config, trust=self._trust, silence_s=self._silence_s)


class _Once(FailFast):  # type: ignore[misc]
    """Nothing is repeated by the library; who called decides, and when."""

    def raise_response_errors(self, response: Any) -> None:
        """See the library; what forbids is told from what is busy, whatever else it says."""
        if response.status_code in (401, 403):
            raise UnauthorizedError(f"HTTP {response.status_code}")
        if response.status_code in _BUSY:
            raise ErrorServerBusy(
                f"HTTP {response.status_code}",
                back_off=_seconds(response.headers.get("Retry-After", "")),
            )
        super().raise_response_errors(response)


class _Pool(Protocol):  # type: ignore[misc]
    """The library's pool, with the trust of this server and without two of its traps."""

    USERAGENT = "samma-dag"

    def __init__(
        self, *, config: Configuration, trust: ssl.SSLContext | None, silence_s: float
    ) -> None:
        super().__init__(config=config)
        self._trust = trust
        self.TIMEOUT = silence_s

    def raw_session(self, prefix: str, **kwargs: Any) -> Any:
        """See the library; a class method there, which cannot know whom to trust."""
        session = super().raw_session(prefix, **kwargs)
        if self._trust is not None:
            for mounted in [url for url in session.adapters if url.startswith("https")]:
                session.mount(mounted, _Trusting(self._trust))
        return session

    def decrease_poolsize(self) -> None:
        """See the library, which waits for itself here when all connections are in use."""
        raise SessionPoolMinSizeReached("the pool keeps its size")


class _Trusting(HTTPAdapter):
    """HTTPS with certificates of our own choice beside the library's."""

    def __init__(self, trust: ssl.SSLContext) -> None:
        self._trust = trust
        super().__init__(pool_connections=1, pool_maxsize=1, pool_block=True, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """See the library."""
        super().init_poolmanager(*args, ssl_context=self._trust, **kwargs)


class _Token(OAuth2Credentials):  # type: ignore[misc]
    """The app's own sign-in by client credentials, for a server in the city's own house."""

    def __init__(self, server: Server, secret: str) -> None:
        super().__init__(server.client_id, secret, tenant_id=server.tenant)
        self._token_url = f"{server.authority.rstrip('/')}/{server.tenant}/oauth2/v2.0/token"
        self._scope = f"https://{urlsplit(server.url).hostname}/.default"

    @property
    def token_url(self) -> str:
        """See the library."""
        return self._token_url

    @property
    def scope(self) -> list[str]:
        """See the library."""
        return [self._scope]

    def session_params(self) -> dict[str, object]:
        """See the library; a token that is too old is fetched anew, since none can be refreshed."""
        return {"token": self.access_token}


def _credentials(server: Server, secret: Callable[[], str]) -> Credentials | None:
    if server.auth is Auth.OAUTH2:
        return _Token(server, secret())
    if server.auth is Auth.BASIC:
        return Credentials(server.user, _basic_password(secret()))
    return Credentials(server.user, secret()) if server.auth is Auth.NTLM else None


def _basic_password(password: str) -> str | bytes:
    """Return a password as the library can send it: it knows no letters beyond Latin-1."""
    try:
        password.encode("latin-1")
    except UnicodeEncodeError:
        return password.encode()
    return password


def _trust(server: Server) -> ssl.SSLContext | None:
    if server.url.startswith("http:"):
        return None
    context = ssl.create_default_context()
    if server.ca_file is not None:
        context.load_verify_locations(cafile=server.ca_file)
    return context


def _seconds(text: str) -> float | None:
    """Return what a Retry-After header asks for, in seconds; None for a date or nonsense."""
    known = text.isascii() and text.isdecimal() and len(text) < 9
    return float(min(int(text), _LONGEST_WAIT_S)) if known and int(text) > 0 else None


def _close(protocol: Protocol) -> None:
    """Close what is idle; a call that hangs with the library's lock in its hand is left alone."""
    with suppress(DeadlinePassed):
        within(_CLOSING_S, protocol.close)


def _keep_quiet() -> None:
    """Keep the library's own log out of ours: it repeats whole requests, mail and all.

    What it has to say reaches us as exceptions.
    """
    log = logging.getLogger("exchangelib")
    log.propagate = False
    if not log.handlers:
        log.addHandler(logging.NullHandler())
