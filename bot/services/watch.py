"""Watching the mailboxes: one round at a time, and what to do when one does not answer."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import DatabaseUnavailable
from bot.plan import plan_operator_alert
from bot.services.chores import Chores
from bot.services.intake import Intake
from bot.services.leadership import Leadership
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey
from functionmail.connectors.base import MailSource
from functionmail.errors import ConnectorError

log = structlog.get_logger()

_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 300.0
FOLLOWER_WAIT_S = 3.0
"""How often a worker asks whether a mailbox that another leads has become free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """When to look at a mailbox again.

    Attributes:
        wait_s: Seconds; 0 when more mail waits, None for the usual pause.
        news: Something was stored, so that the outbox may have work.
    """

    wait_s: float | None = None
    news: bool = False


@dataclass(slots=True)
class _Health:
    last_good: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    because: str = ""
    alarmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How a mailbox has answered this process of late.

    Attributes:
        last_good: Of the last successful round; None before the first.
        failing_since: Of the first failure since then.
        because: A code of `functionmail.errors`, or ``database``; empty while all is well.
    """

    last_good: datetime | None
    failing_since: datetime | None
    failures: int
    because: str


class Watch:
    """Takes in mail from every mailbox; one that fails does not stop the others."""

    def __init__(
        self,
        sources: Mapping[MailboxKey, MailSource],
        intake: Intake,
        database: Database,
        clock: Clock,
        *,
        chores: Chores | None = None,
        leadership: Leadership | None = None,
        alarm_after: timedelta = timedelta(minutes=10),
    ) -> None:
        """Make a watch.

        Args:
            leadership: Who leads which mailbox; None where no other worker can be.
            alarm_after: So long may a mailbox be without a successful round.
        """
        self._sources = sources
        self._intake = intake
        self._chores = chores or Chores((), clock.monotonic)
        self._leadership = leadership
        self._alarm_after = alarm_after
        self._database = database
        self._clock = clock
        self._health = {mailbox: _Health() for mailbox in sources}

    @property
    def mailboxes(self) -> tuple[MailboxKey, ...]:
        """Return the watched mailboxes."""
        return tuple(self._sources)

    def standing(self, mailbox: MailboxKey) -> Watched:
        """Return how a mailbox has answered of late; may be asked by any thread."""
        health = self._health[mailbox]
        return Watched(
            last_good=health.last_good,
            failing_since=health.failing_since,
            failures=health.failures,
            because=health.because,
        )

    def round(self, mailbox: MailboxKey) -> Next:
        """Take in what a mailbox has now, and say when to come back."""
        try:
            if self._leadership is not None and not self._leadership.leads(mailbox):
                self._health[mailbox] = _Health(last_good=self._clock.now())
                return Next(wait_s=FOLLOWER_WAIT_S)
            found = self._intake.round(self._sources[mailbox])
            if not found.more:
                self._chores.run_due(mailbox)
        except (ConnectorError, DatabaseUnavailable) as error:
            return Next(wait_s=self._after_failure(mailbox, error))
        self._recovered(mailbox)
        return Next(wait_s=0.0 if found.more else None, news=found.mails > 0)

    def wait(self, mailbox: MailboxKey, timeout_s: float) -> bool:
        """Wait for news of a mailbox, at most so long; True when to look now."""
        if self._sources[mailbox].wait(timeout_s):
            return True
        try:
            if self._leadership is not None and not self._leadership.leads(mailbox):
                return True
            self._chores.run_due(mailbox)
        except (ConnectorError, DatabaseUnavailable):
            return True  # the next round finds the same, and tells
        return False

    def close(self, mailbox: MailboxKey) -> None:
        """Let go of a mailbox: of the connection, and of the lead."""
        self._sources[mailbox].close()
        if self._leadership is not None:
            with contextlib.suppress(DatabaseUnavailable):
                self._leadership.resign(mailbox)

    def raise_alarms(self) -> None:
        """Raise the alarm for each mailbox that has had no successful round for too long.

        For a timer of another thread: a round that hangs cannot speak for itself.
        """
        now = self._clock.now()
        for mailbox, health in self._health.items():
            since = health.failing_since or health.last_good
            if since is not None and not health.alarmed and now - since >= self._alarm_after:
                health.alarmed = self._alarm(mailbox, since, "unavailable")

    def _recovered(self, mailbox: MailboxKey) -> None:
        health = self._health[mailbox]
        if health.failures or health.alarmed:
            log.info("mailbox_back", mailbox=mailbox, failures=health.failures)
        self._health[mailbox] = _Health(last_good=self._clock.now())

    def _after_failure(
        self, mailbox: MailboxKey, error: ConnectorError | DatabaseUnavailable
    ) -> float:
        health = self._health[mailbox]
        now = self._clock.now()
        health.failures += 1
        health.failing_since = health.failing_since or now
        health.because = error.code if isinstance(error, ConnectorError) else "database"
        wait = min(_FIRST_WAIT_S * 2.0 ** min(health.failures - 1, 20), _LONGEST_WAIT_S)
        if not error.retryable:
            wait = _LONGEST_WAIT_S
        if isinstance(error, ConnectorError) and error.retry_after_s is not None:
            wait = max(wait, error.retry_after_s)
        if health.failures == 1:
            log.warning("mailbox_unreachable", mailbox=mailbox, error=str(error))
        overdue = now - health.failing_since >= self._alarm_after or not error.retryable
        if overdue and not health.alarmed:
            health.alarmed = self._alarm(mailbox, health.failing_since, health.because)
        return wait

    def _alarm(self, mailbox: MailboxKey, since: datetime, because: str) -> bool:
        now = self._clock.now()
        scope = f"{mailbox}:{since.isoformat()}"
        alert = plan_operator_alert(
            "mailbox_down", scope, now=now, mailbox=mailbox, because=because
        )
        try:
            with self._database.work() as work:
                work.actions.plan([alert], now)
        except DatabaseUnavailable:
            return False
        log.error("mailbox_down", mailbox=mailbox)
        return True
