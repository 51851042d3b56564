"""Where a mail server is, how the way to it is encrypted, and who signs in there.

Certificates are always verified. Without encryption only this very machine is reached.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Encryption(StrEnum):
    """How a connection is encrypted."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class SignIn(StrEnum):
    """How an account proves who it is."""

    PASSWORD = "password"
    XOAUTH2 = "xoauth2"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A server and how long to be patient with it.

    Attributes:
        ca_file: PEM with certificates that are trusted beside the system's.
        silence_s: How long the server may say nothing.
        deadline_s: How long one call may take in all, however much the server says.
    """

    host: str
    port: int
    encryption: Encryption = Encryption.TLS
    ca_file: Path | None = None
    silence_s: float = 30.0
    deadline_s: float = 300.0

    def __post_init__(self) -> None:
        """Refuse to send secrets in the clear over a network."""
        if self.encryption is Encryption.NONE and not is_this_machine(self.host):
            raise ValueError(
                f"a connection without encryption may only go to this machine, not to {self.host}"
            )

    def tls(self) -> ssl.SSLContext:
        """Return what verifies the server's certificate and name.

        Raises:
            OSError: `ca_file` cannot be read or holds no certificate.
        """
        context = ssl.create_default_context()
        if self.ca_file is not None:
            context.load_verify_locations(self.ca_file)
        return context


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who signs in.

    Attributes:
        secret: Returns the password, or the access token; asked at each sign-in, since a
            token is renewed and a password changed meanwhile. Raises OSError if it cannot.
    """

    user: str
    secret: Callable[[], str] = field(repr=False)
    sign_in: SignIn = SignIn.PASSWORD

    def bearer(self) -> str:
        """Return what XOAUTH2 sends (developers.google.com/gmail/imap/xoauth2-protocol)."""
        return f"user={self.user}\1auth=Bearer {self.secret()}\1\1"


def is_this_machine(host: str) -> bool:
    """Tell whether a host is this machine's loopback, without asking a name server."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@contextmanager
def deadline(seconds: float, cut: Callable[[], None]) -> Iterator[None]:
    """Call `cut` from another thread if the block takes longer than so many seconds.

    A time-out of a socket starts anew with each byte, so a server that drips would hold
    its caller for ever.
    """
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
