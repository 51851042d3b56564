"""One mailbox on an Exchange server: every call in time, and every error sorted.

The library can wait for ever: for a session that was lost while it was renewed, or for an
answer that comes drop by drop. So each call runs in a thread of its own with a deadline.
Where it passes, the connections are given up and the next call makes new ones; the thread
that hangs is left behind and ends with its socket.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from exchangelib import Account
from exchangelib.errors import UnauthorizedError
from exchangelib.folders import (
    DeletedItems,
    Drafts,
    Folder,
    Inbox,
    MsgFolderRoot,
    Outbox,
    Root,
    SentItems,
)
from exchangelib.properties import DistinguishedFolderId, Mailbox

from functionmail.connectors.exchange_deadline import DeadlinePassed, within
from functionmail.connectors.exchange_endpoint import Endpoint, RefusedBefore
from functionmail.connectors.exchange_errors import FOREIGN, SIGN_IN, sorted_error
from functionmail.errors import MailboxUnavailable, SignInRefused

Result = TypeVar("Result")

DEADLINE_S = 60.0
"""For one request, beside the time that its bytes take."""

_SLOWEST_LINE = 125_000
"""Bytes a second that any line carries: 1 Mbit/s."""


class ExchangeMailbox:
    """What source and sender of one mailbox share. Safe in many threads.

    Args:
        name: As in `MailSource.mailbox`.
        address: Under which the server knows the mailbox.
        deadline_s: For each call.
    """

    def __init__(
        self, endpoint: Endpoint, name: str, address: str, *, deadline_s: float = DEADLINE_S
    ) -> None:
        self.endpoint = endpoint
        self.name = name
        self._address = address
        self._deadline_s = deadline_s

    def perform(self, doing: str, act: Callable[[Account], Result], *, transfer: int = 0) -> Result:
        """Do one thing on the server and return what it gave.

        Args:
            transfer: Bytes to come, for which a slow line is given more time.

        Raises:
            MailboxUnavailable: No answer, no answer in time, or a request to come later; what
                was asked may have been done all the same.
            SignInRefused: The account, or its rights on the mailbox, are refused. A password
                is tried once, whichever mailbox asked.
        """
        if self.endpoint.has_tokens:
            with suppress(_TokenRefused):
                return self._attempt(doing, act, transfer, renewing=True)
        return self._attempt(doing, act, transfer)

    def _attempt(
        self,
        doing: str,
        act: Callable[[Account], Result],
        transfer: int,
        *,
        renewing: bool = False,
    ) -> Result:
        deadline_s = self._deadline_s + transfer / _SLOWEST_LINE
        account: Account | None = None
        try:
            with self.endpoint.turn(self._deadline_s):
                account = self.endpoint.account(self._address)
                try:
                    result = within(deadline_s, partial(act, account))
                except SIGN_IN as error:
                    self._refused(account, error, renewing=renewing)
                    raise
                self.endpoint.welcomed()
                return result
        except DeadlinePassed as error:
            self.endpoint.renew(account)
            raise MailboxUnavailable(self.name, doing, "no answer in time") from error
        except RefusedBefore as error:
            raise SignInRefused(self.name, doing, str(error)) from error
        except FOREIGN as error:
            raise sorted_error(error, self.name, doing) from error

    def _refused(self, account: Account, error: Exception, *, renewing: bool) -> None:
        """Let nobody else try the same password or token.

        Raises:
            _TokenRefused: A new token may do.
        """
        self.endpoint.renew(account)
        if renewing and isinstance(error, UnauthorizedError):
            raise _TokenRefused from error
        self.endpoint.refuse()


class _TokenRefused(Exception):
    """The server does not take a token that is not too old."""


def inbox(account: Account) -> Inbox:
    """Return the Inbox, without asking the server: rights on it alone are enough."""
    return _known(Inbox, account)


def sent(account: Account) -> SentItems:
    """Return the mailbox's own Sent folder, without asking the server."""
    return _known(SentItems, account)


def drafts(account: Account) -> Drafts:
    """Return the Drafts folder, without asking the server."""
    return _known(Drafts, account)


def outbox(account: Account) -> Outbox:
    """Return the Outbox, where mail waits that is on its way, without asking the server."""
    return _known(Outbox, account)


def deleted(account: Account) -> DeletedItems:
    """Return the folder of what people deleted, without asking the server."""
    return _known(DeletedItems, account)


def top(account: Account) -> Folder:
    """Return what people see as the top of the mailbox, without asking the server."""
    return _known(MsgFolderRoot, account)


def _known(kind: type[Folder], account: Account) -> Folder:
    """Return a folder that every mailbox has, named by its role and the mailbox's address."""
    role = DistinguishedFolderId(
        id=kind.DISTINGUISHED_FOLDER_ID,
        mailbox=Mailbox(email_address=account.primary_smtp_address),
    )
    return kind(root=Root(account=account), _distinguished_id=role)
