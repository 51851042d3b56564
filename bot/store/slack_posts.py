"""Messages to Slack that are no cards: answers that may wait, digests, alerts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, delete, literal, or_, select, update
from sqlalchemy.orm import aliased

from bot.store.engine import insert_if_new, insert_one_if_new
from bot.store.tables import ActionRow, CaseRow, SlackChannelRow, SlackPostRow, WatchRow
from bot.vocabulary import CaseId, Status, Urgency


class PostState(StrEnum):
    """Where a message stands.

    begun: whoever planned it posts it too, and tries again.
    """

    WAITING = "waiting"
    BEGUN = "begun"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """A message to be posted.

    Attributes:
        key: The same for a repeat; a message is posted once for each.
        replaces: The message that it takes the place of; of several, only the last is shown.
    """

    key: str
    channel: str
    body: Mapping[str, Any]
    thread: str | None = None
    replaces: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePost:
    """A message that was claimed; as `NewPost`.

    Attributes:
        begun_at: When an earlier attempt began, whose end is not known.
        planned_at: Tells what was claimed from what took its place since.
    """

    key: str
    channel: str
    body: Mapping[str, Any]
    thread: str | None
    replaces: str | None
    begun_at: datetime | None
    planned_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """How far a message has come that its caller posts: `ts` once it is posted."""

    ts: str | None
    begun_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands or will stand; `ts` once it is posted."""

    channel: str
    ts: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedAlert:
    """An alert of a case that stands in Slack as it was posted; `code` says why staff were told."""

    channel: str
    ts: str
    case_id: CaseId
    code: str


class SlackPosts:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, post: NewPost, now: datetime) -> None:
        """Store a message to be posted; one that replaces another takes a waiting one's place."""
        insert_if_new(self._connection, SlackPostRow, [_values(post, now, PostState.WAITING)])
        if post.replaces is not None:
            self._connection.execute(
                update(SlackPostRow)
                .where(SlackPostRow.key == post.key)
                .values(body=dict(post.body), state=PostState.WAITING, due_at=now, planned_at=now)
            )

    def begin(self, post: NewPost, now: datetime) -> Begun:
        """Note that the caller is about to post a message, and return how far it had come."""
        values = {**_values(post, now, PostState.BEGUN), "body": None, "begun_at": now}
        if insert_one_if_new(self._connection, SlackPostRow, values):
            return Begun(ts=None, begun_at=None)
        row = self._connection.execute(
            select(SlackPostRow.ts, SlackPostRow.begun_at).where(SlackPostRow.key == post.key)
        ).one()
        if row.ts is None and row.begun_at is None:
            self._set(post.key, begun_at=now)
        return Begun(ts=row.ts, begun_at=row.begun_at)

    def claim_due(self, now: datetime, *, lease: timedelta, urgent: bool) -> DuePost | None:
        """Reserve the oldest message that is due in a channel that is free."""
        free = or_(SlackPostRow.claimed_until.is_(None), SlackPostRow.claimed_until <= now)
        busy = (
            select(literal(1))
            .where(SlackChannelRow.channel == SlackPostRow.channel, SlackChannelRow.next_at > now)
            .exists()
        )
        row = self._connection.execute(
            select(SlackPostRow.__table__)
            .where(
                SlackPostRow.state == PostState.WAITING,
                SlackPostRow.urgent.is_(urgent),
                SlackPostRow.due_at <= now,
                free,
                ~busy,
            )
            .order_by(SlackPostRow.due_at, SlackPostRow.key)
            .limit(1)
        ).first()
        if row is None:
            return None
        claimed = self._connection.execute(
            update(SlackPostRow)
            .where(SlackPostRow.key == row.key, SlackPostRow.state == PostState.WAITING, free)
            .values(claimed_until=now + lease, begun_at=row.begun_at or now)
        )
        if claimed.rowcount != 1:
            return None
        return DuePost(
            key=row.key,
            channel=row.channel,
            body=row.body or {},
            thread=row.thread,
            replaces=row.replaces,
            begun_at=row.begun_at,
            planned_at=row.planned_at,
            attempts=row.attempts,
        )

    def sent(
        self,
        key: str,
        ts: str,
        now: datetime,
        *,
        planned_at: datetime | None = None,
        channel: str | None = None,
    ) -> None:
        """Note that a message stands in Slack, and forget what it said.

        Args:
            planned_at: Of what was posted; what took its place since is still to come.
            channel: Where it stands, if that is not where it was to stand.
        """
        place = {} if channel is None else {"channel": channel}
        self._set(key, ts=ts, begun_at=None, claimed_until=None, attempts=0, **place)
        done = update(SlackPostRow).where(SlackPostRow.key == key)
        if planned_at is not None:
            done = done.where(SlackPostRow.planned_at == planned_at)
        self._connection.execute(done.values(state=PostState.SENT, sent_at=now, body=None))

    def failed(self, key: str, because: str, now: datetime) -> None:
        """Note that a message will never be posted."""
        self._set(
            key, state=PostState.FAILED, because=because[:60], sent_at=now, claimed_until=None
        )

    def put_off(self, key: str, *, until: datetime, attempts: int, begun: bool) -> None:
        """Give a message back for later; `begun`: it may stand in Slack all the same."""
        values: dict[str, Any] = {} if begun else {"begun_at": None}
        self._set(key, due_at=until, attempts=attempts, claimed_until=None, **values)

    def ts_of(self, key: str) -> str | None:
        """Return Slack's name of a posted message; None while it is not posted."""
        return self._connection.scalar(select(SlackPostRow.ts).where(SlackPostRow.key == key))

    def told(self, keys: Collection[str]) -> dict[str, Place]:
        """Return which of some messages are planned or posted, and where, by key."""
        rows = self._connection.execute(
            select(SlackPostRow.key, SlackPostRow.channel, SlackPostRow.ts)
            .where(SlackPostRow.key.in_(keys))
            .order_by(SlackPostRow.key)
        )
        return {row.key: Place(channel=row.channel, ts=row.ts) for row in rows}

    def owes(self) -> bool:
        """Tell whether any message waits to be posted."""
        waiting = select(SlackPostRow.key).where(SlackPostRow.state == PostState.WAITING).limit(1)
        return self._connection.execute(waiting).first() is not None

    def answered_alerts(self, since: datetime) -> list[PostedAlert]:
        """Return the alerts posted since an instant that stand unchanged and need no answer now.

        Their cases are closed, acknowledged, or not urgent any more.
        """
        changed = aliased(SlackPostRow)
        key = literal("update:") + SlackPostRow.channel + ":" + SlackPostRow.ts
        rows = self._connection.execute(
            select(SlackPostRow.channel, SlackPostRow.ts, ActionRow.case_id, ActionRow.data)
            .join(ActionRow, ActionRow.key == SlackPostRow.key)
            .join(CaseRow, CaseRow.id == ActionRow.case_id)
            .outerjoin(WatchRow, WatchRow.case_id == CaseRow.id)
            .where(
                SlackPostRow.state == PostState.SENT,
                SlackPostRow.due_at >= since,
                SlackPostRow.urgent,
                SlackPostRow.ts.is_not(None),
                or_(
                    CaseRow.status == Status.CLOSED,
                    CaseRow.urgent == Urgency.NO,
                    WatchRow.acknowledged_at.is_not(None),
                ),
                ~select(literal(1)).where(changed.key == key).exists(),
            )
            .order_by(SlackPostRow.due_at, SlackPostRow.key)
        )
        return [
            PostedAlert(
                channel=row.channel,
                ts=row.ts,
                case_id=CaseId(row.case_id),
                code=row.data["code"],
            )
            for row in rows
        ]

    def forget(self, before: datetime, *, alerts_before: datetime) -> int:
        """Delete what was planned before an instant and waits no more.

        Args:
            alerts_before: The same of alerts, and of what took the place of a message, which
                must be remembered as long: else it would be put there again.
        """
        is_answer = and_(SlackPostRow.urgent.is_(False), SlackPostRow.replaces.is_(None))
        old = or_(
            SlackPostRow.planned_at < alerts_before,
            and_(is_answer, SlackPostRow.planned_at < before),
        )
        done = self._connection.execute(
            delete(SlackPostRow).where(SlackPostRow.state != PostState.WAITING, old)
        )
        return done.rowcount

    def _set(self, key: str, **values: Any) -> None:  # noqa: ANN401 - columns of a row
        self._connection.execute(
            update(SlackPostRow).where(SlackPostRow.key == key).values(**values)
        )


def _values(post: NewPost, now: datetime, state: PostState) -> dict[str, Any]:
    return {
        "key": post.key,
        "channel": post.channel,
        "thread": post.thread,
        "replaces": post.replaces,
        "urgent": post.urgent,
        "body": dict(post.body),
        "state": state,
        "due_at": now,
        "attempts": 0,
        "planned_at": now,
    }
