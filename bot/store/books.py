"""The books: every message that a mailbox has shown us, and its one outcome."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    TextClause,
    and_,
    delete,
    func,
    or_,
    select,
    text,
    tuple_,
    update,
)

from bot.store import by_age
from bot.store.engine import by_index, chunks, flagged, insert_if_new, insert_rows
from bot.store.records import Delivery, DueMark, IgnoredMail, Quarantined
from bot.store.tables import CaseRow, DeliveryRow, MessageRow, QuarantineRow
from bot.store.tables.mail import CONTRADICTING
from bot.vocabulary import (
    FILE_KEY,
    SENT,
    CaseId,
    MailboxKey,
    MessageId,
    Outcome,
    PersonKey,
)
from functionmail.message import MessageKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many messages there are, and how many of them people have moved or deleted since."""

    every: int
    gone: int


class Books:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen(self, mailbox: MailboxKey, keys: Collection[MessageKey]) -> frozenset[MessageKey]:
        """Return those keys of a mailbox that have their outcome already."""
        found: set[MessageKey] = set()
        for chunk in chunks(sorted(keys)):
            found.update(key for _, key in self.seen_in({mailbox: chunk}))
        return frozenset(found)

    def seen_in(
        self, keys: Mapping[MailboxKey, Collection[MessageKey]]
    ) -> set[tuple[MailboxKey, MessageKey]]:
        """Return those of a few keys in each mailbox that have their outcome already."""
        if not keys:
            return set()
        asked = (
            and_(DeliveryRow.mailbox == mailbox, DeliveryRow.key.in_(sorted(some)))
            for mailbox, some in keys.items()
        )
        rows = self._connection.execute(
            select(DeliveryRow.mailbox, DeliveryRow.key).where(or_(*asked))
        )
        return {(MailboxKey(mailbox), MessageKey(key)) for mailbox, key in rows}

    def opened(self, mailbox: MailboxKey, case_id: CaseId) -> bool:
        """Tell whether a mail that a mailbox showed us opened a case."""
        count = self._connection.scalar(
            select(func.count())
            .select_from(DeliveryRow)
            .where(
                DeliveryRow.case_id == case_id,
                DeliveryRow.mailbox == mailbox,
                DeliveryRow.outcome == Outcome.CASE,
            )
        )
        return bool(count)

    def deliver(self, deliveries: Iterable[Delivery]) -> None:
        """Write outcomes into the books."""
        rows = [_delivery_values(delivery) for delivery in deliveries]
        insert_rows(self._connection, DeliveryRow, rows)

    def settle(self, delivery: Delivery) -> None:
        """Replace the outcome of a message: quarantined mail read at last, ignored mail opened."""
        values = _delivery_values(delivery)
        self._connection.execute(
            update(DeliveryRow)
            .where(DeliveryRow.mailbox == delivery.mailbox, DeliveryRow.key == delivery.key)
            .values(
                {name: values[name] for name in ("outcome", "because", "message_id", "case_id")}
            )
        )

    def due_marks(self, mailbox: MailboxKey, *, limit: int) -> list[DueMark]:
        """Return messages whose marks in the mailbox are to be set, the first seen first."""
        # In the order of keys SQLite would look through all that the mailbox ever showed.
        rows = self._connection.execute(
            select(DeliveryRow.key, MessageRow.mid, DeliveryRow.case_id, CaseRow.owner)
            .join(CaseRow, CaseRow.id == DeliveryRow.case_id)
            .join(MessageRow, MessageRow.id == DeliveryRow.message_id)
            .where(DeliveryRow.mailbox == mailbox, flagged("delivery.mark_due"))
            .order_by(DeliveryRow.seen_at, DeliveryRow.key)
            .limit(limit)
        )
        return [
            DueMark(
                key=MessageKey(row.key),
                message_id=row.mid,
                case_id=CaseId(row.case_id),
                owner=None if row.owner is None else PersonKey(row.owner),
            )
            for row in rows
        ]

    def marked(self, mailbox: MailboxKey, mark: DueMark) -> None:
        """Note that a message bears its marks, unless its case has a new owner meanwhile."""
        owner_now = select(CaseRow.owner).where(CaseRow.id == mark.case_id).scalar_subquery()
        self._connection.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.mailbox == mailbox,
                DeliveryRow.key == mark.key,
                owner_now.is_not_distinct_from(mark.owner),
            )
            .values(mark_due=False)
        )

    def mark_case(self, case_id: CaseId) -> None:
        """Have the marks of all messages of a case set anew; mail from files has none."""
        self._connection.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.case_id == case_id,
                DeliveryRow.key.not_like(f"{FILE_KEY}%"),
                DeliveryRow.mailbox.not_like(f"%{SENT}"),
            )
            .values(mark_due=True)
        )

    def note_presence(
        self, mailbox: MailboxKey, present: Collection[MessageKey], now: datetime
    ) -> int:
        """Note which messages people moved or deleted, and which are back; count the former."""
        rows = self._connection.execute(
            select(DeliveryRow.key, DeliveryRow.gone_at).where(DeliveryRow.mailbox == mailbox)
        )
        gone: list[str] = []
        back: list[str] = []
        for key, gone_at in rows:
            if (key in present) is (gone_at is None):
                continue
            (back if gone_at is not None else gone).append(key)
        for keys, instant in ((gone, now), (back, None)):
            for chunk in chunks(keys):
                self._connection.execute(
                    update(DeliveryRow)
                    .where(DeliveryRow.mailbox == mailbox, DeliveryRow.key.in_(chunk))
                    .values(gone_at=instant)
                )
        return len(gone)

    def quarantine(self, mail: Quarantined) -> None:
        """Keep a mail that our own code failed on."""
        insert_if_new(
            self._connection,
            QuarantineRow,
            [
                {
                    "mailbox": mail.mailbox,
                    "key": mail.key,
                    "received_at": mail.received_at,
                    "content": mail.content,
                    "transport_headers": {
                        "headers": [list(pair) for pair in mail.transport_headers]
                    },
                    "error": mail.error,
                    "attempts": mail.attempts,
                    "retry_at": mail.retry_at,
                }
            ],
        )

    def quarantined(self, *, due_at: datetime | None = None, limit: int = 100) -> list[Quarantined]:
        """Return quarantined mails, those first that are tried again first."""
        query = select(QuarantineRow.__table__).order_by(QuarantineRow.retry_at, QuarantineRow.key)
        if due_at is not None:
            query = query.where(QuarantineRow.retry_at <= due_at)
        return [
            Quarantined(
                mailbox=MailboxKey(row.mailbox),
                key=MessageKey(row.key),
                received_at=row.received_at,
                content=row.content,
                transport_headers=header_pairs(row.transport_headers),
                error=row.error,
                attempts=row.attempts,
                retry_at=row.retry_at,
            )
            for row in self._connection.execute(query.limit(limit))
        ]

    def retry_quarantined(self, mail: Quarantined, *, at: datetime, error: str) -> None:
        """Note one more failure and when to try again."""
        self._connection.execute(
            update(QuarantineRow)
            .where(QuarantineRow.mailbox == mail.mailbox, QuarantineRow.key == mail.key)
            .values(attempts=QuarantineRow.attempts + 1, retry_at=at, error=error)
        )

    def withdraw(self, mail: Quarantined) -> bool:
        """Take a mail out of quarantine and out of the books, to be registered anew.

        False where another worker has done so before; its outcome then holds.
        """
        kept = self._connection.execute(
            delete(QuarantineRow).where(
                QuarantineRow.mailbox == mail.mailbox, QuarantineRow.key == mail.key
            )
        )
        if kept.rowcount != 1:
            return False
        self._connection.execute(
            delete(DeliveryRow).where(
                DeliveryRow.mailbox == mail.mailbox, DeliveryRow.key == mail.key
            )
        )
        return True

    def outcomes(self) -> dict[tuple[MailboxKey, Outcome], Counted]:
        """Return how many messages each mailbox has shown us, by outcome."""
        # Of an index alone: at a million cases the rows themselves take seconds to read.
        rows = self._connection.execute(
            select(
                DeliveryRow.mailbox,
                DeliveryRow.outcome,
                func.count().label("every"),
                func.count(DeliveryRow.gone_at).label("gone"),
            )
            .group_by(DeliveryRow.outcome, DeliveryRow.mailbox)
            .order_by(DeliveryRow.outcome, DeliveryRow.mailbox)
        )
        return {
            (MailboxKey(row.mailbox), Outcome(row.outcome)): Counted(every=row.every, gone=row.gone)
            for row in rows
        }

    def faulty_outcomes(self) -> int:
        """Count book entries that contradict what is stored; 0 when the books balance.

        A case or follow-up must point at a case and a mail, ignored mail and duplicates at
        a mail, quarantined mail at kept bytes.
        """
        # SQLite left alone reads all entries without a case, to look at each.
        few = by_index(self._connection, "delivery", "ix_delivery_contradicting")
        points_nowhere = select(func.count()).select_from(few).where(text(f"({CONTRADICTING})"))
        kept = select(QuarantineRow.mailbox, QuarantineRow.key)
        no_bytes = select(func.count()).where(
            DeliveryRow.outcome == Outcome.QUARANTINED,
            tuple_(DeliveryRow.mailbox, DeliveryRow.key).not_in(kept),
        )
        return sum(self._connection.scalar(query) or 0 for query in (points_nowhere, no_bytes))

    def ignored(
        self, *, glance_only: bool = False, below: MessageId | None = None, limit: int = 200
    ) -> list[IgnoredMail]:
        """Return mails that became no case, newest first.

        Args:
            glance_only: Only those that hold words of urgency.
            below: Only those behind this one; where it is gone there are none.
        """
        query = (
            select(
                MessageRow.id,
                MessageRow.mailbox,
                MessageRow.received_at,
                MessageRow.glance,
                _BECAUSE.label("because"),
            )
            .where(*_is_ignored(glance_only))
            .order_by(MessageRow.received_at.desc(), MessageRow.id.desc())
            .limit(limit)
        )
        if below is not None:
            place, before = by_age.places(MessageRow, below)
            query = query.where(place < before)
        return [
            IgnoredMail(
                id=MessageId(row.id),
                mailbox=MailboxKey(row.mailbox),
                because=row.because,
                received_at=row.received_at,
                glance=row.glance,
            )
            for row in self._connection.execute(query)
        ]

    def ignored_above(
        self, message_id: MessageId, *, places: int, glance_only: bool = False
    ) -> MessageId | None:
        """Return the one so many places above a mail in that list; None where there are fewer."""
        found = by_age.above(
            self._connection, MessageRow, _is_ignored(glance_only), message_id, places
        )
        return None if found is None else MessageId(found)


_BECAUSE: Final = (
    select(func.min(DeliveryRow.because))
    .where(DeliveryRow.message_id == MessageRow.id, DeliveryRow.outcome == Outcome.IGNORED)
    .scalar_subquery()
)


def _is_ignored(glance_only: bool) -> tuple[ColumnElement[bool] | TextClause, ...]:
    if glance_only:
        # The plus keeps SQLite from reading by case, which is all mail of this kind.
        on_no_case = text("+message.case_id IS NULL")
        return _BECAUSE.is_not(None), on_no_case, flagged("message.glance")
    return _BECAUSE.is_not(None), MessageRow.case_id.is_(None)


def _delivery_values(delivery: Delivery) -> dict[str, Any]:
    return {
        "mailbox": delivery.mailbox,
        "key": delivery.key,
        "outcome": delivery.outcome,
        "because": delivery.because,
        "message_id": delivery.message_id,
        "case_id": delivery.case_id,
        "seen_at": delivery.seen_at,
        "mark_due": delivery.mark_due,
    }


def header_pairs(stored: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return transport headers as they were given to the store."""
    return tuple((name, value) for name, value in stored.get("headers", []))
