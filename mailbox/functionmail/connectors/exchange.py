"""A function mailbox on an Exchange Server, by EWS.

What a sync with a stored state lists is the truth; the stream of notifications only wakes
who waits. See `exchange_sync` for what a checkpoint holds, `exchange_account` for what keeps
a call from waiting for ever.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from exchangelib import Account
from exchangelib.folders import BaseFolder

from functionmail.connectors.examining import Examination
from functionmail.connectors.exchange_account import DEADLINE_S, ExchangeMailbox, inbox, sent
from functionmail.connectors.exchange_endpoint import (
    AUTHORITY,
    Access,
    Auth,
    Endpoint,
    Server,
    is_protected,
    kerberos_is_installed,
)
from functionmail.connectors.exchange_errors import BEGIN_AGAIN
from functionmail.connectors.exchange_examining import examine_inbox
from functionmail.connectors.exchange_marks import Marks
from functionmail.connectors.exchange_news import News
from functionmail.connectors.exchange_reading import Reader
from functionmail.connectors.exchange_send import ExchangeSender
from functionmail.connectors.exchange_services import list_page
from functionmail.connectors.exchange_sync import (
    Changes,
    Entry,
    Position,
    Round,
    read_checkpoint,
    same_round,
)
from functionmail.errors import MailboxUnavailable
from functionmail.message import Batch, Checkpoint, MessageKey, Moved, RawMessage

__all__ = [
    "AUTHORITY",
    "DEADLINE_S",
    "Access",
    "Auth",
    "Endpoint",
    "ExchangeMailbox",
    "ExchangeSender",
    "ExchangeSource",
    "News",
    "Server",
    "inbox",
    "is_protected",
    "kerberos_is_installed",
    "sent",
]

_BATCH_BYTES = 64 * 1024 * 1024


class _StateUnknown(Exception):
    """The server does not know a sync state any more."""


class ExchangeSource:
    """A `MailSource` over one folder of a mailbox.

    Args:
        name: As in `MailSource.mailbox`; default: the mailbox's own.
        news: The mailbox's stream; shared by its sources.
        folder: Which folder is read: `inbox`, or `sent`.
        monotonic: Seconds from an arbitrary start.
    """

    def __init__(
        self,
        box: ExchangeMailbox,
        news: News,
        *,
        name: str = "",
        folder: Callable[[Account], BaseFolder] = inbox,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._box = box
        self._name = name or box.name
        self._news = news
        self._folder = folder
        self._monotonic = monotonic
        self._reader = Reader(box)
        self._marks = Marks(box)
        self._round: Round | None = None
        self._seen = -1
        self._asked_at = monotonic()

    @property
    def mailbox(self) -> str:
        """See `MailSource.mailbox`."""
        return self._name

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        """See `MailSource.fetch`. A batch of large mails is shorter, to spare memory."""
        if limit < 1:
            raise ValueError(f"limit must be at least 1, got {limit}")
        self._seen, self._asked_at = self._news.count, self._monotonic()
        position = read_checkpoint(after)
        try:
            position, found = self._go_to(position)
        except _StateUnknown:
            position, found = self._go_to(Position())
        self._round = found
        if found is None:
            return Batch(messages=(), checkpoint=position.to_checkpoint())
        messages, position = self._take(found, position, limit)
        return Batch(
            messages=messages,
            checkpoint=position.to_checkpoint(),
            more=position.end is not None,
        )

    def latest(self) -> Checkpoint:
        """See `MailSource.latest`."""
        return Position(begin=self._changes(None).state).to_checkpoint()

    def keys(self) -> Iterator[MessageKey]:
        """See `MailSource.keys`."""
        listed = self._changes(None).arrived
        return iter(dict.fromkeys(entry.key for entry in listed))

    def wait(self, timeout_s: float) -> bool:
        """See `MailSource.wait`."""
        return self._news.wait(self._seen, self._asked_at, timeout_s)

    def label(
        self,
        key: MessageKey,
        labels: frozenset[str],
        *,
        instead_of: frozenset[str] = frozenset(),
        moved: Moved | None = None,
    ) -> None:
        """See `MailSource.label`. Labels are categories, beside those of people."""
        self._marks.label(key, labels, instead_of)

    def move(self, key: MessageKey, folder: str) -> None:
        """See `MailSource.move`. The folder lies below the Inbox, or beside it."""
        self._marks.move(key, folder)

    def examine(self) -> Examination:
        """See `Examinable.examine`."""
        return examine_inbox(self._box)

    def close(self) -> None:
        """See `MailSource.close`."""
        self._news.close()
        self._box.endpoint.close_idle()

    def _go_to(self, position: Position) -> tuple[Position, Round | None]:
        """Return the round that a position stands in or before, or no round and where it is now.

        Raises:
            _StateUnknown: The server does not know the position any more.
        """
        held = self._round
        if held is not None and position.end is not None and held.holds(position):
            return position, held
        listed = self._changes(position.begin)
        if position.end is not None:
            later = {entry.item_id for entry in self._changes(position.end).arrived}
            return position, same_round(position, listed, later)
        if listed.quiet and position.begin is not None:
            return position, None
        if not listed.arrived:
            return Position(begin=listed.state), None
        return position, Round(position.begin, listed.state, listed.arrived)

    def _changes(self, state: str | None) -> Changes:
        """Return all that happened in the folder behind a state."""
        arrived: list[Entry] = []
        quiet, done, reached = True, False, state
        while not done:
            page, done = self._box.perform("listing", partial(self._page, reached))
            arrived += page.arrived
            quiet, reached = quiet and page.quiet, page.state
        if reached is None:
            raise MailboxUnavailable(self._name, "listing", "the server gave no state")
        return Changes(arrived=tuple(arrived), state=reached, quiet=quiet)

    def _page(self, state: str | None, account: Account) -> tuple[Changes, bool]:
        try:
            return list_page(account, self._folder(account), state)
        except BEGIN_AGAIN as error:
            if state is None:
                raise
            raise _StateUnknown from error

    def _take(
        self, found: Round, position: Position, limit: int
    ) -> tuple[tuple[RawMessage, ...], Position]:
        """Read the mails behind a position, past those that went away; return where that ends."""
        taken: dict[MessageKey, RawMessage] = {}
        size = 0
        while not taken:
            entries = found.behind(position, limit)
            last: Entry | None = None
            for entry, raw in self._reader.read(entries):
                last = entry
                if raw is not None:
                    self._marks.remember(entry.key, entry.item_id)
                    taken.setdefault(entry.key, raw)
                    size += len(raw.content)
                if size >= _BATCH_BYTES:
                    break
            position = found.after(last)
            if position.end is None:
                break
        return tuple(taken.values()), position
