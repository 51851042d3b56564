"""Watching the mailboxes: one round at a time, and what to do when one does not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.errors import DatabaseUnavailable
from bot.plan import plan_operator_alert
from bot.services.intake import Intake
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey
from functionmail.connectors.base import MailSource
from functionmail.errors import ConnectorError

log = structlog.get_logger()

_FIRST_WAIT_S = 2.0
_LONGEST_WAIT_S = 300.0
ALARM_AFTER = timedelta(minutes=10)


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
    failures: int = 0
    failing_since: datetime | None = None
    alarmed: bool = False


class Watch:
    """Takes in mail from every mailbox; one that fails does not stop the others."""

    def __init__(
        self,
        sources: Mapping[MailboxKey, MailSource],
        intake: Intake,
        database: Database,
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._database = database
        self._clock = clock
        self._health = {mailbox: _Health() for mailbox in sources}

    @property
    def mailboxes(self) -> tuple[MailboxKey, ...]:
        """Return the watched mailboxes."""
        return tuple(self._sources)

    def round(self, mailbox: MailboxKey) -> Next:
        """Take in what a mailbox has now, and say when to come back."""
        try:
            found = self._intake.round(self._sources[mailbox])
        except (ConnectorError, DatabaseUnavailable) as error:
            return Next(wait_s=self._after_failure(mailbox, error))
        self._recovered(mailbox)
        return Next(wait_s=0.0 if found.more else None, news=found.mails > 0)

    def wait(self, mailbox: MailboxKey, timeout_s: float) -> bool:
        """Wait for news of a mailbox, at most so long; True when to look now."""
        return self._sources[mailbox].wait(timeout_s)

    def close(self, mailbox: MailboxKey) -> None:
        """Let go of the connection to a mailbox."""
        self._sources[mailbox].close()

    def _recovered(self, mailbox: MailboxKey) -> None:
        health = self._health[mailbox]
        if health.failures:
            log.info("mailbox_back", mailbox=mailbox, failures=health.failures)
            self._health[mailbox] = _Health()

    def _after_failure(
        self, mailbox: MailboxKey, error: ConnectorError | DatabaseUnavailable
    ) -> float:
        health = self._health[mailbox]
        now = self._clock.now()
        health.failures += 1
        health.failing_since = health.failing_since or now
        wait = min(_FIRST_WAIT_S * 2.0 ** min(health.failures - 1, 20), _LONGEST_WAIT_S)
        if not error.retryable:
            wait = _LONGEST_WAIT_S
        if isinstance(error, ConnectorError) and error.retry_after_s is not None:
            wait = max(wait, error.retry_after_s)
        if health.failures == 1:
            log.warning("mailbox_unreachable", mailbox=mailbox, error=str(error))
        overdue = now - health.failing_since >= ALARM_AFTER or not error.retryable
        if overdue and not health.alarmed:
            because = error.code if isinstance(error, ConnectorError) else "database"
            health.alarmed = self._alarm(mailbox, health.failing_since, because)
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
