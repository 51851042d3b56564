"""The timer: mail in and actions out in a loop, until told to stop.

One thread watches each mailbox, so that one that hangs does not hold up the others; one
thread performs the outbox.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from bot.errors import DatabaseUnavailable
from bot.services.dispatch import Dispatch
from bot.services.watch import Watch
from bot.vocabulary import MailboxKey

log = structlog.get_logger()

_UPKEEP_S = 30.0
_LONGEST_PAUSE_S = 1.0
_LOOK_ANYWAY_S = 30.0
"""Half of the shortest `mailbox_alarm_minutes`: only a round says that a mailbox answers."""
_PATIENCE_S = 3.0
"""How long all rounds in hand together may take after `stop`."""


class Wake(Protocol):
    """How the loops wake each other."""

    def call(self) -> None:
        """Wake the waiter."""

    def wait(self, timeout_s: float) -> None:
        """Wait until called, at most so long."""

    def close(self) -> None:
        """Let go of what was held."""


class Worker:
    """Runs the loops; `stop` ends them after the action in hand."""

    def __init__(
        self,
        watch: Watch,
        dispatch: Dispatch,
        timers: Sequence[Callable[[], object]],
        wake: Wake,
        *,
        poll_s: float,
        monotonic: Callable[[], float],
        spread: Callable[[], float] = lambda: 1.0,
    ) -> None:
        """Make a worker.

        Args:
            timers: Called in order every half minute; one that fails holds up no other.
            spread: By how much to lengthen a pause each time, at least 1, so that mailboxes
                that failed together do not all ask their server at the same instant.
        """
        self._watch = watch
        self._dispatch = dispatch
        self._timers = timers
        self._wake = wake
        self._poll_s = poll_s
        self._monotonic = monotonic
        self._spread = spread
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Ask the loops to end; safe to call from a signal handler."""
        self._stopping.set()
        self._wake.call()

    def run(self) -> None:
        """Run until `stop`, then finish the action in hand."""
        threads = [
            threading.Thread(
                target=self._watch_mailbox, args=(mailbox,), name=f"watch-{mailbox}", daemon=True
            )
            for mailbox in self._watch.mailboxes
        ]
        for thread in threads:
            thread.start()
        log.info("worker_started", mailboxes=len(threads))
        try:
            self._perform_outbox()
        finally:
            self._stopping.set()
            deadline = self._monotonic() + _PATIENCE_S
            for thread in threads:
                thread.join(timeout=max(0.0, deadline - self._monotonic()))
            self._wake.close()
            log.info("worker_stopped")

    def _watch_mailbox(self, mailbox: MailboxKey) -> None:
        with structlog.contextvars.bound_contextvars(mailbox=mailbox):
            while not self._stopping.is_set():
                pause_s = self._one_round(mailbox)
                if pause_s is None:
                    self._wait_for_news(mailbox)
                else:
                    self._stopping.wait(pause_s * self._spread())
            self._watch.close(mailbox)

    def _wait_for_news(self, mailbox: MailboxKey) -> None:
        """Wait until the server tells of mail; look now and then even if it tells nothing."""
        until = self._monotonic() + _LOOK_ANYWAY_S
        while not self._stopping.is_set() and self._monotonic() < until:
            if self._watch.wait(mailbox, self._poll_s):
                return

    def _one_round(self, mailbox: MailboxKey) -> float | None:
        """Take in what has come; return how long to pause, None until there is news."""
        try:
            found = self._watch.round(mailbox)
        except Exception:  # the worker's loop is where a bug is logged and outlived
            log.exception("round_failed")
            return _UPKEEP_S
        if found.news:
            self._wake.call()
        return found.wait_s

    def _perform_outbox(self) -> None:
        next_upkeep = self._monotonic()
        waiting_for_database = False

        def is_time() -> bool:
            return self._stopping.is_set() or self._monotonic() >= next_upkeep

        while not self._stopping.is_set():
            try:
                if is_time():
                    self._run_timers()
                    next_upkeep = self._monotonic() + _UPKEEP_S
                self._dispatch.run_due(stop=is_time)
            except DatabaseUnavailable as error:
                if not waiting_for_database:
                    log.warning("outbox_waits", error=str(error))
                waiting_for_database = True
                self._stopping.wait(_LONGEST_PAUSE_S)
                continue
            except Exception:  # the worker's loop is where a bug is logged and outlived
                log.exception("outbox_failed")
                self._stopping.wait(_LONGEST_PAUSE_S)
                continue
            waiting_for_database = False
            if not is_time():
                self._wake.wait(_LONGEST_PAUSE_S)

    def _run_timers(self) -> None:
        for timer in self._timers:
            try:
                timer()
            except DatabaseUnavailable:
                raise
            except Exception:  # the worker's loop is where a bug is logged and outlived
                log.exception("timer_failed")
