"""News of a mailbox from the server, as a wake-up and no more.

Events between two connections are lost, so each new subscription counts as news, and whoever
waits asks the server now and then all the same. A stream holds one of the account's
connections as long as it lasts; where all that may be streams are taken, or the server
offers none, a mailbox is asked at its own pace.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from exchangelib import Account
from exchangelib.services import SubscribeToStreaming, Unsubscribe

from functionmail.connectors.exchange_account import ExchangeMailbox, inbox, sent
from functionmail.connectors.exchange_errors import FOREIGN
from functionmail.connectors.exchange_services import Listen
from functionmail.errors import ConnectorError

POLL_S = 15.0
"""How often a mailbox without a stream is asked."""

ASK_ANYWAY_S = 55.0
"""How often a mailbox with a stream is asked, in case an event was lost."""

_MINUTES = 5
_LONGEST_PAUSE_S = 120.0
_TROUBLE: tuple[type[Exception], ...] = (ConnectorError, *FOREIGN)
_EVENTS = ("NewMailEvent", "CreatedEvent", "MovedEvent")


class News:
    """The stream of one mailbox, for its Inbox and its Sent folder alike.

    Args:
        monotonic: Seconds from an arbitrary start.
        spread: Gives numbers between 0 and 1; spreads the pauses of many mailboxes.
        first_pause_s: After a stream that broke; doubled each time.
    """

    def __init__(
        self,
        box: ExchangeMailbox,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        spread: Callable[[], float] = random.random,
        first_pause_s: float = 2.0,
    ) -> None:
        self._box = box
        self._monotonic = monotonic
        self._spread = spread
        self._first_pause_s = first_pause_s
        self._told = threading.Condition()
        self._count = 0
        self._streaming = False
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def count(self) -> int:
        """Return a number that grows with all that is heard."""
        with self._told:
            return self._count

    def wait(self, seen: int, since: float, timeout_s: float) -> bool:
        """Wait until there is news, or until it is time to ask anyway; tell whether to ask.

        Args:
            seen: The count when the mailbox was last asked.
            since: When that was, as `monotonic` tells it.
        """
        self._start()
        with self._told:
            self._told.wait_for(lambda: self._count != seen, timeout_s)
            asking = ASK_ANYWAY_S if self._streaming else POLL_S
            return self._count != seen or self._monotonic() >= since + asking

    def close(self) -> None:
        """Let the stream end with the server's next sign of life."""
        with self._told:
            self._stop.set()
            self._thread = None

    def _start(self) -> None:
        with self._told:
            if self._thread is None or not self._thread.is_alive():
                self._stop = threading.Event()
                self._thread = threading.Thread(
                    target=self._run, args=(self._stop,), name="exchange-news", daemon=True
                )
                self._thread.start()

    def _run(self, stop: threading.Event) -> None:
        if not self._box.endpoint.streams.acquire(blocking=False):
            stop.wait(_LONGEST_PAUSE_S)
            return
        pause_s = self._first_pause_s
        try:
            while not stop.is_set():
                try:
                    self._listen(stop)
                    pause_s = self._first_pause_s
                except _TROUBLE:
                    stop.wait(pause_s * (0.5 + self._spread() / 2))
                    pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                except _Stopped:
                    return
        finally:
            self._box.endpoint.streams.release()

    def _listen(self, stop: threading.Event) -> None:
        """Subscribe and hear what comes until the server ends the connection."""
        account, subscription = self._box.perform("subscribing", _subscribe)
        self._tell()

        def heard() -> None:
            self._streaming = True
            if stop.is_set():
                raise _Stopped

        service = Listen(account=account, heard=heard)
        try:
            for _event in service.call([subscription], connection_timeout=_MINUTES):
                self._tell()
        finally:
            self._streaming = False
        self._box.perform("unsubscribing", lambda account: _unsubscribe(account, subscription))

    def _tell(self) -> None:
        with self._told:
            self._count += 1
            self._told.notify_all()


class _Stopped(Exception):
    """Nobody wants to hear any more."""


def _subscribe(account: Account) -> tuple[Account, str]:
    subscription = SubscribeToStreaming(account=account).get(
        folders=[inbox(account), sent(account)], event_types=_EVENTS
    )
    return account, subscription


def _unsubscribe(account: Account, subscription: str) -> None:
    Unsubscribe(account=account).get(subscription_id=subscription)
