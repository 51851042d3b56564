"""What a database that was restored must be told, since it has forgotten what came after.

Mail that came after the backup lies in the mailboxes still and is taken in once more, into
new cases. Two things could go wrong with that, and are seen to here: a number that stands in
somebody's receipt could be given to another case, and that somebody could get a second one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from bot.store.counters import CASE_SERIAL, take
from bot.store.tables import ActionRow, DeliveryRow, EventRow, MailboxRow, ReplyTaskRow
from bot.vocabulary import ActionKind

GAP_A_DAY = 1000
"""Case numbers left out for each day, or part of one, that the database has missed."""


def mark_restored(connection: Connection, now: datetime) -> None:
    """Give out no case number twice, and answer no mail that may have been answered.

    Our Message-IDs are made of case numbers, too: a new case of an old number would count
    as answered. See `MailboxState.restored_at` for the other. What was still to be sent at
    the time of the backup is sent if it does not lie in Sent; what was to be written is
    written for a person to send.
    """
    last = _last_sign_of_life(connection)
    if last is None:
        return
    gap = GAP_A_DAY * (max(now - last, timedelta()).days + 1)
    for year in range(last.year, (now + timedelta(days=1)).year + 1):
        take(connection, f"{CASE_SERIAL}{year}", gap)
    connection.execute(update(MailboxRow).values(connected_at=now))
    connection.execute(update(ReplyTaskRow).values(automatic=False))
    # What was begun before is looked for in Sent; who knows what was.
    begun = (ActionRow.kind == ActionKind.REPLY, ActionRow.attempts == 0)
    connection.execute(update(ActionRow).where(*begun).values(attempts=1))


def _last_sign_of_life(connection: Connection) -> datetime | None:
    columns = (func.max(DeliveryRow.seen_at), func.max(EventRow.at))
    found = [connection.scalar(select(column)) for column in columns]
    return max((one for one in found if one is not None), default=None)
