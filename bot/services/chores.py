"""What is done for a mailbox now and then, in the thread that watches it.

A connector takes one thread at a time, so marks, the Sent folder and the full comparison
wait for their turn behind the mail that comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from bot.vocabulary import MailboxKey
from functionmail.errors import SignInRefused

log = structlog.get_logger()

_NOT_ALLOWED_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """One thing to do for each mailbox.

    Attributes:
        every_s: Seconds between two times.
        run: Does it, for one mailbox.
    """

    name: str
    every_s: float
    run: Callable[[MailboxKey], object]


class Chores:
    """Does what is due."""

    def __init__(self, chores: Sequence[Chore], monotonic: Callable[[], float]) -> None:
        self._chores = tuple(chores)
        self._monotonic = monotonic
        self._due_at: dict[tuple[MailboxKey, str], float] = {}

    def run_due(self, mailbox: MailboxKey) -> None:
        """Do what is due for a mailbox.

        What we may not do there, as marking mail that we may only read, is left for an hour.

        Raises:
            ConnectorError: The mailbox does not answer; what is left is done next time.
            DatabaseUnavailable: So is it here.
        """
        for chore in self._chores:
            now = self._monotonic()
            if now < self._due_at.get((mailbox, chore.name), now):
                continue
            wait_s = chore.every_s
            try:
                chore.run(mailbox)
            except SignInRefused as error:
                log.warning("chore_not_allowed", chore=chore.name, error=str(error))
                wait_s = _NOT_ALLOWED_S
            self._due_at[mailbox, chore.name] = now + wait_s
