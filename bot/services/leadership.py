"""Several workers on one database: one of them leads each mailbox.

A lease in the database says who. It is renewed while its holder lives; when that one is
killed, another takes over as soon as the lease has run out. What two workers do at the same
time by mistake is done once all the same: the books and the outbox know each key once.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey

log = structlog.get_logger()

LEASE = timedelta(seconds=15)
_RENEW_AFTER_S = 3.0


class Leadership:
    """What this worker leads."""

    def __init__(self, database: Database, clock: Clock, *, worker: str) -> None:
        self._database = database
        self._clock = clock
        self._worker = worker
        self._asked_at: dict[MailboxKey, float] = {}
        self._leads: dict[MailboxKey, bool] = {}

    def leads(self, mailbox: MailboxKey) -> bool:
        """Tell whether this worker leads a mailbox; takes or renews the lease now and then.

        Raises:
            DatabaseUnavailable: Nobody knows.
        """
        now_s = self._clock.monotonic()
        asked_at = self._asked_at.get(mailbox)
        if asked_at is not None and now_s < asked_at + _RENEW_AFTER_S:
            return self._leads[mailbox]
        now = self._clock.now()
        self._leads[mailbox] = False
        with self._database.work() as work:
            work.mailboxes.connect(mailbox, now)
            leads = work.mailboxes.lead(mailbox, self._worker, now, until=now + LEASE)
        if leads and asked_at is None:
            log.info("mailbox_led", mailbox=mailbox)
        self._asked_at[mailbox], self._leads[mailbox] = now_s, leads
        return leads

    def resign(self, mailbox: MailboxKey) -> None:
        """Let another worker take over at once."""
        self._asked_at.pop(mailbox, None)
        self._leads[mailbox] = False
        with self._database.work() as work:
            work.mailboxes.resign(mailbox, self._worker)
