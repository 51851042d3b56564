"""Events of Slack's: kept before they are acknowledged, so that a crash loses none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.clock import Clock
from bot.store.slack import Link
from bot.store.unit_of_work import Database

__all__ = ["Events", "Link"]

_LEASE = timedelta(minutes=2)
"""So long may a listener take; after that its worker counts as dead."""
_TOO_OLD = timedelta(hours=1)
"""An answer that comes later than this answers nobody."""
_KEPT = timedelta(days=2)
ALERTS_KEPT = timedelta(days=14)
"""So long is it known where an alert stands, to take its buttons away."""


class Events:
    """Remembers events and what became of them; each call is one transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def remember(self, event_id: str, body: Mapping[str, Any]) -> bool:
        """Store an event; False where it came before.

        Raises:
            DatabaseUnavailable: It is not stored, and must not be acknowledged.
        """
        with self._database.work() as work:
            return work.slack_events.remember(event_id, body, self._clock.now(), lease=_LEASE)

    def handled(self, event_id: str) -> None:
        """Note that an event was handled, and forget what it said."""
        with self._database.work() as work:
            work.slack_events.handled(event_id, self._clock.now())

    def left_behind(self) -> list[tuple[str, dict[str, Any]]]:
        """Claim the events of workers that died: (id, body), oldest first."""
        now = self._clock.now()
        with self._database.work() as work:
            return work.slack_events.claim_unhandled(now, lease=_LEASE, since=now - _TOO_OLD)

    def tidy(self) -> None:
        """Forget what Slack will not repeat any more."""
        before = self._clock.now() - _KEPT
        with self._database.work() as work:
            work.slack_events.forget(before)
            work.slack_posts.forget(before, alerts_before=self._clock.now() - ALERTS_KEPT)

    def report(self, link: Link) -> None:
        """Note how the connection to Slack stands, for `sammadag health`."""
        with self._database.work() as work:
            work.slack_links.report(link)

    def leave(self, worker: str) -> None:
        """Forget the connection of a worker that stops."""
        with self._database.work() as work:
            work.slack_links.leave(worker)
