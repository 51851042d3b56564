"""How far each mailbox has been read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from bot.store.engine import insert_if_new
from bot.store.records import MailboxState
from bot.store.tables import MailboxRow
from bot.vocabulary import MailboxKey


class Mailboxes:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def connect(self, mailbox: MailboxKey, now: datetime) -> MailboxState:
        """Return what is known of a mailbox; the first call marks `now` as first contact."""
        insert_if_new(self._connection, MailboxRow, [{"mailbox": mailbox, "connected_at": now}])
        found = self.get(mailbox)
        assert found is not None
        return found

    def get(self, mailbox: MailboxKey) -> MailboxState | None:
        """Return what is known of a mailbox, or None before first contact."""
        row = self._connection.execute(
            select(MailboxRow.__table__).where(MailboxRow.mailbox == mailbox)
        ).one_or_none()
        if row is None:
            return None
        return MailboxState(
            mailbox=MailboxKey(row.mailbox),
            checkpoint=row.checkpoint,
            connected_at=row.connected_at,
            caught_up_at=row.caught_up_at,
            last_round_at=row.last_round_at,
        )

    def save(self, mailbox: MailboxKey, checkpoint: str, now: datetime) -> None:
        """Remember where the next round goes on; in the transaction that stores the mail."""
        self._connection.execute(
            update(MailboxRow)
            .where(MailboxRow.mailbox == mailbox)
            .values(checkpoint=checkpoint, last_round_at=now)
        )

    def read_anew(self, mailbox: MailboxKey) -> None:
        """Let the next round begin at the beginning; what is known is recognised by its key."""
        self._connection.execute(
            update(MailboxRow).where(MailboxRow.mailbox == mailbox).values(checkpoint=None)
        )

    def lead(self, mailbox: MailboxKey, worker: str, now: datetime, *, until: datetime) -> bool:
        """Take or renew the lease on a mailbox; False while another worker holds it."""
        changed = self._connection.execute(
            update(MailboxRow)
            .where(
                MailboxRow.mailbox == mailbox,
                or_(
                    MailboxRow.leader == worker,
                    MailboxRow.leader_until.is_(None),
                    MailboxRow.leader_until <= now,
                ),
            )
            .values(leader=worker, leader_until=until)
        )
        return changed.rowcount == 1

    def led(self, since: datetime) -> frozenset[MailboxKey]:
        """Return the mailboxes whose lease a worker has held since an instant."""
        rows = self._connection.scalars(
            select(MailboxRow.mailbox).where(MailboxRow.leader_until > since)
        )
        return frozenset(MailboxKey(row) for row in rows)

    def resign(self, mailbox: MailboxKey, worker: str) -> None:
        """Give up the lease on a mailbox, if it is held."""
        self._connection.execute(
            update(MailboxRow)
            .where(MailboxRow.mailbox == mailbox, MailboxRow.leader == worker)
            .values(leader=None, leader_until=None)
        )

    def caught_up(self, mailbox: MailboxKey, now: datetime) -> bool:
        """Mark the first time that a round reached the end; True for the one caller who did."""
        changed = self._connection.execute(
            update(MailboxRow)
            .where(MailboxRow.mailbox == mailbox, MailboxRow.caught_up_at.is_(None))
            .values(caught_up_at=now)
        )
        return changed.rowcount == 1
