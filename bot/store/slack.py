"""What Slack told us, how fast we may speak there, and how our connections stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from bot.store.engine import insert_if_new, insert_one_if_new
from bot.store.tables import SlackChannelRow, SlackEventRow, SlackLinkRow


class SlackEvents:
    """Events by their id, which repeats keep. Works inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remember(
        self, event_id: str, body: Mapping[str, Any], now: datetime, *, lease: timedelta
    ) -> bool:
        """Store an event; False where it was stored before.

        Args:
            lease: So long it counts as being handled by the worker that stored it.
        """
        row = {
            "event_id": event_id,
            "received_at": now,
            "claimed_until": now + lease,
            "body": dict(body),
        }
        return insert_one_if_new(self._connection, SlackEventRow, row)

    def handled(self, event_id: str, now: datetime) -> None:
        """Note that an event was handled, and forget what it said."""
        self._connection.execute(
            update(SlackEventRow)
            .where(SlackEventRow.event_id == event_id)
            .values(handled_at=now, claimed_until=None, body=None)
        )

    def claim_unhandled(
        self, now: datetime, *, lease: timedelta, since: datetime, limit: int = 50
    ) -> list[tuple[str, dict[str, Any]]]:
        """Reserve events that a worker left behind when it died: (id, body), oldest first."""
        free = (
            SlackEventRow.handled_at.is_(None),
            SlackEventRow.received_at >= since,
            or_(SlackEventRow.claimed_until.is_(None), SlackEventRow.claimed_until <= now),
        )
        rows = self._connection.execute(
            select(SlackEventRow.event_id, SlackEventRow.body)
            .where(*free)
            .order_by(SlackEventRow.received_at, SlackEventRow.event_id)
            .limit(limit)
        ).all()
        return [
            (row.event_id, row.body)
            for row in rows
            if row.body is not None and self._claim(row.event_id, now + lease, free)
        ]

    def _claim(self, event_id: str, until: datetime, free: tuple[Any, ...]) -> bool:
        changed = self._connection.execute(
            update(SlackEventRow)
            .where(SlackEventRow.event_id == event_id, *free)
            .values(claimed_until=until)
        )
        return changed.rowcount == 1

    def forget(self, before: datetime) -> int:
        """Delete what came before an instant; Slack repeats nothing that is so old."""
        done = self._connection.execute(
            delete(SlackEventRow).where(SlackEventRow.received_at < before)
        )
        return done.rowcount


class SlackPace:
    """When the next message may go to a channel; shared by all workers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, channel: str, now: datetime, *, gap: timedelta) -> bool:
        """Take the turn in a channel; False where it is not free yet."""
        insert_if_new(self._connection, SlackChannelRow, [{"channel": channel, "next_at": now}])
        taken = self._connection.execute(
            update(SlackChannelRow)
            .where(SlackChannelRow.channel == channel, SlackChannelRow.next_at <= now)
            .values(next_at=now + gap)
        )
        return taken.rowcount == 1

    def reserve(
        self, channel: str, now: datetime, *, gap: timedelta, most: timedelta
    ) -> datetime | None:
        """Reserve the next turn in a channel and return when it is, ahead of all who take one.

        None where that would be later than `most` from now; nothing is reserved then.
        """
        insert_if_new(self._connection, SlackChannelRow, [{"channel": channel, "next_at": now}])
        while True:
            free_at = self._connection.scalar(
                select(SlackChannelRow.next_at).where(SlackChannelRow.channel == channel)
            )
            turn = max(now, free_at or now)
            if turn - now > most:
                return None
            reserved = self._connection.execute(
                update(SlackChannelRow)
                .where(SlackChannelRow.channel == channel, SlackChannelRow.next_at == free_at)
                .values(next_at=turn + gap)
            )
            if reserved.rowcount == 1:
                return turn

    def hold(self, channel: str, until: datetime) -> None:
        """Post nothing to a channel before an instant, as Slack asked."""
        self._connection.execute(
            update(SlackChannelRow)
            .where(SlackChannelRow.channel == channel, SlackChannelRow.next_at < until)
            .values(next_at=until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How one worker's connection to Slack stands.

    Attributes:
        last_frame_at: When anything came from Slack; None: nothing yet.
        seen_at: When the worker last looked.
    """

    worker: str
    transport: str
    connected: bool
    last_frame_at: datetime | None
    seen_at: datetime


class SlackLinks:
    """Connections of all workers. Works inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def report(self, link: Link) -> None:
        """Store how a connection stands."""
        values = {
            "worker": link.worker,
            "transport": link.transport,
            "connected": link.connected,
            "last_frame_at": link.last_frame_at,
            "seen_at": link.seen_at,
        }
        insert_if_new(self._connection, SlackLinkRow, [values])
        self._connection.execute(
            update(SlackLinkRow).where(SlackLinkRow.worker == link.worker).values(**values)
        )

    def leave(self, worker: str) -> None:
        """Forget the connection of a worker that stops."""
        self._connection.execute(delete(SlackLinkRow).where(SlackLinkRow.worker == worker))

    def seen_since(self, since: datetime) -> list[Link]:
        """Return the connections that were looked at since an instant."""
        rows = self._connection.execute(
            select(SlackLinkRow.__table__)
            .where(SlackLinkRow.seen_at >= since)
            .order_by(SlackLinkRow.worker)
        )
        return [Link(**row._mapping) for row in rows]
