"""What an IMAP server says when it cannot, sorted into what a caller can do about it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import (  # type: ignore[import-untyped]
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from functionmail.errors import ConnectorError, MailboxUnavailable, SignInRefused

TROUBLE = (IMAPClientError, OSError)
"""Everything that a connection can end in."""

_CODE = re.compile(r"\[([A-Z-]{1,40})")
_NOT_NOW = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})
"""Response codes that pass (RFC 5530 and 9051)."""

_ROOM_S = 600.0


@contextmanager
def server_errors(mailbox: str, doing: str) -> Iterator[None]:
    """Turn what the library and the network say into what a connector says."""
    try:
        yield
    except ConnectorError:
        raise
    except TROUBLE as error:
        raise sorted_error(mailbox, doing, error) from error


def sorted_error(mailbox: str, doing: str, error: Exception) -> ConnectorError:
    """Return what an error of the library or the network means.

    Nothing of its own text is kept: it may hold an address.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        advice = "its certificate is not trusted; name the authority's file in ca_file"
        return SignInRefused(mailbox, doing, advice)
    if isinstance(error, IMAPClientReadOnlyError) or response_code(error) == "NOPERM":
        return SignInRefused(mailbox, doing, "let the account write in the mailbox")
    if isinstance(error, CapabilityError):
        return SignInRefused(mailbox, doing, "the server lacks an extension that is needed")
    if isinstance(error, LoginError) and not _passes(error):
        return SignInRefused(mailbox, doing, "check user, password or token")
    if is_full(error):
        return MailboxUnavailable(
            mailbox, doing, "the mailbox is full; make room in it", retry_after_s=_ROOM_S
        )
    if isinstance(error, TimeoutError):
        return MailboxUnavailable(mailbox, doing, "the server says nothing; check that it runs")
    if isinstance(error, IMAPClientAbortError | OSError):
        return MailboxUnavailable(mailbox, doing, "no connection; check server and network")
    return MailboxUnavailable(mailbox, doing, "the server said no; see its log")


def response_code(error: BaseException) -> str:
    """Return the code that a server gave with its answer, such as TRYCREATE, or ""."""
    found = _CODE.search(str(error)) if isinstance(error, IMAPClientError) else None
    return found[1] if found else ""


def says_no(error: BaseException) -> bool:
    """Tell whether the server answered no, and the connection lives."""
    return isinstance(error, IMAPClientError) and not isinstance(error, IMAPClientAbortError)


def is_full(error: BaseException) -> bool:
    """Tell whether the mailbox has no room left."""
    return response_code(error) == "OVERQUOTA"


def _passes(error: LoginError) -> bool:
    """Tell whether a sign-in failed for another reason than its secret.

    The library makes a LoginError of a connection that broke during the sign-in, too.
    """
    broken = isinstance(error.__context__, IMAPClientAbortError | OSError)
    return broken or response_code(error) in _NOT_NOW
