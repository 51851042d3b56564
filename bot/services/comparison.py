"""The full comparison: everything that lies in a mailbox has its outcome in the books."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.plan import plan_operator_alert
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey
from functionmail.connectors.base import MailSource
from functionmail.message import MessageKey

log = structlog.get_logger()


class Comparison:
    """Compares mailboxes with the books, and notes what people moved or deleted."""

    def __init__(
        self, database: Database, sources: Mapping[MailboxKey, MailSource], clock: Clock
    ) -> None:
        self._database = database
        self._sources = sources
        self._clock = clock
        self._suspected: dict[MailboxKey, frozenset[MessageKey]] = {}

    def run(self, mailbox: MailboxKey) -> int:
        """Compare one mailbox; return how many messages were without outcome twice in a row.

        Mail that came since the last round is not yet a difference, so one comparison only
        suspects. What is still missing at the next raises an alarm, and the mailbox is read
        again from its beginning: nothing known comes twice, and what was missed is taken in.

        Raises:
            ConnectorError: The mailbox does not answer; nothing was changed.
        """
        present = frozenset(self._sources[mailbox].keys())
        now = self._clock.now()
        with self._database.work() as work:
            gone = work.books.note_presence(mailbox, present, now)
            without = present - work.books.seen(mailbox, present)
            missed = without & self._suspected.get(mailbox, frozenset())
            if missed:
                alert = plan_operator_alert(
                    "books_differ",
                    f"{mailbox}:{now.isoformat()}",
                    now=now,
                    mailbox=mailbox,
                    count=len(missed),
                )
                work.actions.plan([alert], now)
                work.mailboxes.read_anew(mailbox)
        self._suspected[mailbox] = without
        if gone:
            log.info("mail_taken_away", count=gone)
        if missed:
            log.error("books_differ", count=len(missed))
        return len(missed)
