"""How the house stands, for those who run it: mailboxes, outbox, database. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from bot.cases import CaseNumber
from bot.store.engine import Storage, storage_of
from bot.store.tables import IS_UNFINISHED, ActionRow, CaseRow, MailboxRow, QuarantineRow
from bot.vocabulary import ActionKind, ActionState, MailboxKey
from functionmail.message import MessageKey

_PLANNED = text("action.state = 'planned'")
_TROUBLED = (ActionState.UNCERTAIN, ActionState.FAILED)
_MOST_COUNTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMailbox:
    """What the database knows of a mailbox.

    Attributes:
        leader: The worker that watched it last, where several share a database.
        led_until: So long does its lease hold.
    """

    key: MailboxKey
    caught_up_at: datetime | None
    last_round_at: datetime | None
    leader: str | None
    led_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """An action that did not come to a good end.

    Attributes:
        because: A code.
    """

    kind: ActionKind
    state: ActionState
    case: CaseNumber | None
    because: str | None
    attempts: int
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAside:
    """A mail in quarantine, without what it holds.

    Attributes:
        error: Names an exception and a place in our code.
    """

    mailbox: MailboxKey
    key: MessageKey
    received_at: datetime
    error: str
    attempts: int
    retry_at: datetime


class Operating:
    """Works inside the caller's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mailboxes(self) -> list[StoredMailbox]:
        """Return all mailboxes and Sent folders that were ever read, by key."""
        rows = self._connection.execute(select(MailboxRow.__table__).order_by(MailboxRow.mailbox))
        return [
            StoredMailbox(
                key=MailboxKey(row.mailbox),
                caught_up_at=row.caught_up_at,
                last_round_at=row.last_round_at,
                leader=row.leader,
                led_until=row.leader_until,
            )
            for row in rows
        ]

    def unfinished(self) -> Mapping[ActionState, int]:
        """Return how many actions are not done, by state; those of no state are absent."""
        rows = self._connection.execute(
            select(ActionRow.state, func.count()).where(IS_UNFINISHED).group_by(ActionRow.state)
        )
        counts = {ActionState(state): count for state, count in rows}
        planned = self._count_planned()
        return counts | ({ActionState.PLANNED: planned} if planned else {})

    def overdue(self, before: datetime) -> int:
        """Return how many planned actions were due before an instant."""
        return self._count_planned(ActionRow.due_at < before)

    def troubled(self, *, limit: int) -> list[Troubled]:
        """Return actions that failed or may have been done or not, the newest first."""
        rows = self._connection.execute(
            select(
                ActionRow.kind,
                ActionRow.state,
                ActionRow.because,
                ActionRow.attempts,
                ActionRow.due_at,
                CaseRow.year,
                CaseRow.serial,
            )
            .join(CaseRow, CaseRow.id == ActionRow.case_id, isouter=True)
            .where(IS_UNFINISHED, ActionRow.state.in_(_TROUBLED))
            .order_by(ActionRow.state.desc(), ActionRow.due_at.desc(), ActionRow.key.desc())
            .limit(limit)
        )
        return [
            Troubled(
                kind=ActionKind(row.kind),
                state=ActionState(row.state),
                case=None if row.year is None else CaseNumber(year=row.year, serial=row.serial),
                because=row.because,
                attempts=row.attempts,
                due_at=row.due_at,
            )
            for row in rows
        ]

    def count_quarantined(self) -> int:
        """Return how many mails our own code failed on."""
        return self._connection.scalar(select(func.count()).select_from(QuarantineRow)) or 0

    def quarantined(self, *, limit: int) -> list[PutAside]:
        """Return mails that our own code failed on, those first that are tried again first."""
        rows = self._connection.execute(
            select(
                QuarantineRow.mailbox,
                QuarantineRow.key,
                QuarantineRow.received_at,
                QuarantineRow.error,
                QuarantineRow.attempts,
                QuarantineRow.retry_at,
            )
            .order_by(QuarantineRow.retry_at, QuarantineRow.key)
            .limit(limit)
        )
        return [
            PutAside(
                mailbox=MailboxKey(row.mailbox),
                key=MessageKey(row.key),
                received_at=row.received_at,
                error=row.error,
                attempts=row.attempts,
                retry_at=row.retry_at,
            )
            for row in rows
        ]

    def last_alert(self, code: str) -> tuple[datetime, Mapping[str, Any]] | None:
        """Return when operators were told of something last, and the values of the alert."""
        row = self._connection.execute(
            select(ActionRow.planned_at, ActionRow.data)
            .where(ActionRow.key >= f"alert:{code}:", ActionRow.key < f"alert:{code};")
            .order_by(ActionRow.planned_at.desc(), ActionRow.key.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else (row.planned_at, row.data)

    def storage(self) -> Storage:
        """Return how much room the database takes."""
        return storage_of(self._connection)

    def _count_planned(self, *conditions: Any) -> int:  # noqa: ANN401 - SQLAlchemy's own
        some = select(ActionRow.key).where(_PLANNED, *conditions).limit(_MOST_COUNTED).subquery()
        return self._connection.scalar(select(func.count()).select_from(some)) or 0
