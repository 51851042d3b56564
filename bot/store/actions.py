"""The outbox: what is planned, claimed and done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, or_, select, text, update

from bot.cases import PlannedAction
from bot.store.engine import insert_if_new, insert_one_if_new
from bot.store.records import ClaimedAction
from bot.store.tables import IS_UNFINISHED, ActionRow, BreakerRow, SentReplyRow
from bot.vocabulary import ActionKind, ActionState, CaseId, MailboxKey, Verdict

CHANNEL = "sammadag_action"
"""PostgreSQL workers listen here for new actions."""
COUNTED_FOR: Final = timedelta(days=2)
"""So long it is known what went out automatically; the longest of the brakes looks back a day."""


class ActionQueue:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, actions: Iterable[PlannedAction], now: datetime) -> None:
        """Store actions; one whose key was planned before is left as it is."""
        rows = [_values(action, now) for action in actions]
        insert_if_new(self._connection, ActionRow, rows)
        if rows and self._connection.dialect.name == "postgresql":
            self._connection.execute(text(f"NOTIFY {CHANNEL}"))

    def claim_due(
        self,
        now: datetime,
        *,
        worker: str,
        lease: timedelta,
        keys_like: str = "%",
        kinds: Collection[ActionKind] = tuple(ActionKind),
    ) -> ClaimedAction | None:
        """Reserve the oldest due action of some kinds, or return None.

        Two workers never get one action: the UPDATE repeats the condition of the SELECT,
        and only the worker that changed a row owns it. A crashed worker's claim ends with
        its lease.
        """
        free = (
            ActionRow.state == ActionState.PLANNED,
            ActionRow.due_at <= now,
            or_(ActionRow.claimed_until.is_(None), ActionRow.claimed_until <= now),
        )
        oldest = (
            select(ActionRow.key)
            .where(*free, ActionRow.key.like(keys_like), ActionRow.kind.in_(kinds))
            .order_by(ActionRow.due_at, ActionRow.key)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(ActionRow)
            .where(ActionRow.key == oldest.scalar_subquery(), *free)
            .values(claimed_by=worker, claimed_until=now + lease, attempts=ActionRow.attempts + 1)
            .returning(*ActionRow.__table__.columns)
        )
        row = self._connection.execute(claim).one_or_none()
        return None if row is None else _claimed(row)

    def next_due(self) -> datetime | None:
        """Return when the next planned action is due, or None."""
        return self._connection.scalar(
            select(func.min(ActionRow.due_at)).where(ActionRow.state == ActionState.PLANNED)
        )

    def remember_draft(self, action: ClaimedAction, draft: str) -> None:
        """Remember the saved draft, before it is sent."""
        self._connection.execute(
            update(ActionRow).where(ActionRow.key == action.key).values(draft=draft)
        )

    def finish(
        self,
        action: ClaimedAction,
        now: datetime,
        *,
        state: ActionState = ActionState.DONE,
        because: str | None = None,
    ) -> bool:
        """Record the end of an action; False when somebody else ended it before."""
        changed = self._connection.execute(
            update(ActionRow)
            .where(ActionRow.key == action.key, ActionRow.state == ActionState.PLANNED)
            .values(state=state, because=because, finished_at=now, claimed_until=None)
        )
        return changed.rowcount == 1

    def retry(self, action: ClaimedAction, *, at: datetime, because: str) -> None:
        """Give an action back, to be tried again at an instant.

        One that another worker has claimed since the lease ran out is left to that one.
        """
        self._connection.execute(
            update(ActionRow)
            .where(
                ActionRow.key == action.key,
                ActionRow.state == ActionState.PLANNED,
                ActionRow.attempts == action.attempts,
            )
            .values(due_at=at, because=because, claimed_by=None, claimed_until=None)
        )

    def cancel(self, key: str, now: datetime, *, because: str) -> bool:
        """Drop an action that is not performed yet; tell whether there was one."""
        changed = self._connection.execute(
            update(ActionRow)
            .where(
                ActionRow.key == key,
                ActionRow.state.in_((ActionState.PLANNED, ActionState.HELD)),
            )
            .values(state=ActionState.DROPPED, because=because, finished_at=now)
        )
        return changed.rowcount == 1

    def settle(self, case_id: CaseId, verdict: Verdict, now: datetime) -> int:
        """Put a case's sendings in doubt back into the outbox with a person's verdict."""
        in_doubt = ActionRow.state == ActionState.UNCERTAIN
        doubtful = (ActionRow.case_id == case_id, in_doubt, IS_UNFINISHED)
        rows = self._connection.execute(select(ActionRow.key, ActionRow.data).where(*doubtful))
        settled = 0
        for key, data in rows.all():
            changed = self._connection.execute(
                update(ActionRow)
                .where(ActionRow.key == key, ActionRow.state == ActionState.UNCERTAIN)
                .values(
                    state=ActionState.PLANNED,
                    data={**data, "verdict": verdict},
                    due_at=now,
                    because=None,
                    finished_at=None,
                    claimed_until=None,
                )
            )
            settled += changed.rowcount
        return settled

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many actions there are by kind and state."""
        rows = self._connection.execute(
            select(ActionRow.kind, ActionRow.state, func.count()).group_by(
                ActionRow.kind, ActionRow.state
            )
        )
        return {(kind, state): count for kind, state, count in rows}

    def of_case(self, case_id: CaseId) -> list[tuple[str, str, str | None]]:
        """Return (key, state, because) of a case's actions, oldest first."""
        rows = self._connection.execute(
            select(ActionRow.key, ActionRow.state, ActionRow.because)
            .where(ActionRow.case_id == case_id)
            .order_by(ActionRow.planned_at, ActionRow.key)
        )
        return [(row.key, row.state, row.because) for row in rows]


class SentReplies:
    """What went out automatically, for the brakes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(
        self, *, action_key: str, sender_hash: str, mailbox: MailboxKey, template: str, at: datetime
    ) -> None:
        """Count one automatic mail; the same action counts once.

        Forgets what went out long before, which no brake asks for.
        """
        self._connection.execute(delete(SentReplyRow).where(SentReplyRow.at < at - COUNTED_FOR))
        values = {
            "action_key": action_key,
            "sender_hash": sender_hash,
            "mailbox": mailbox,
            "template": template,
            "at": at,
        }
        insert_if_new(self._connection, SentReplyRow, [values])

    def count(
        self,
        *,
        since: datetime,
        sender_hash: str | None = None,
        mailbox: MailboxKey | None = None,
        template: str | None = None,
    ) -> int:
        """Count automatic mails since an instant, to one sender or from one mailbox."""
        query = select(func.count()).select_from(SentReplyRow).where(SentReplyRow.at > since)
        if sender_hash is not None:
            query = query.where(SentReplyRow.sender_hash == sender_hash)
        if mailbox is not None:
            query = query.where(SentReplyRow.mailbox == mailbox)
        if template is not None:
            query = query.where(SentReplyRow.template == template)
        return self._connection.scalar(query) or 0

    def open_breaker(self, scope: str, now: datetime) -> bool:
        """Mark a breaker as open; True only for the caller who opened it."""
        values = {"scope": scope, "open_since": now}
        return insert_one_if_new(self._connection, BreakerRow, values)

    def close_breaker(self, scope: str) -> None:
        """Mark a breaker as closed again."""
        self._connection.execute(
            BreakerRow.__table__.delete().where(BreakerRow.scope == scope)  # type: ignore[attr-defined]
        )


def _values(action: PlannedAction, now: datetime) -> dict[str, Any]:
    return {
        "key": action.key,
        "kind": action.kind,
        "case_id": action.case_id,
        "data": dict(action.data),
        "due_at": action.due_at,
        "state": ActionState.HELD if action.held else ActionState.PLANNED,
        "attempts": 0,
        "planned_at": now,
    }


def _claimed(row: Row[Any]) -> ClaimedAction:
    return ClaimedAction(
        key=row.key,
        kind=ActionKind(row.kind),
        case_id=None if row.case_id is None else CaseId(row.case_id),
        data=row.data,
        due_at=row.due_at,
        planned_at=row.planned_at,
        attempts=row.attempts,
        draft=row.draft,
    )
