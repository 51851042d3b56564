"""Cases, what happened to them, and what we owe about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import BigId, Row, ShortJson


class CounterRow(Row):
    """Running numbers, taken in blocks inside the transaction that uses them."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


_SEEN_IN_INBOX = (
    "mailbox", "process", "team", "owner", "urgent", "possible", "protected", "status",
)  # fmt: skip
"""What the inbox is filtered by: in its indexes, so that no row is read to be left out."""
_OPEN: Final = "status <> 'closed'"


def _partial(name: str, *columns: str, where: str) -> Index:
    only = text(where)
    return Index(name, *columns, sqlite_where=only, postgresql_where=only)


class CaseRow(Row):
    """A case as it stands; its history is in ``event``."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        _partial("ix_case_file_open_by_status", "status", "urgent", where=_OPEN),
        _partial("ix_case_file_open_by_team", "team", "status", where=_OPEN),
        Index(None, "received_at"),
        Index(None, "serial", "year"),
        _partial(
            "ix_case_file_customer_received_at",
            "customer",
            "received_at",
            where="customer IS NOT NULL",
        ),
        _partial("ix_case_file_complaint", "received_at", "id", where="complaint"),
        _partial(
            "ix_case_file_open_by_deadline",
            "handle_by",
            "id",
            *_SEEN_IN_INBOX,
            where=f"{_OPEN} AND handle_by IS NOT NULL",
        ),
        _partial(
            "ix_case_file_open_by_age",
            "received_at",
            "id",
            *_SEEN_IN_INBOX,
            "handle_by",
            where=f"{_OPEN} AND handle_by IS NULL",
        ),
        _partial(
            "ix_case_file_open_by_owner",
            "owner",
            "id",
            where=f"{_OPEN} AND owner IS NOT NULL",
        ),
        _partial(
            "ix_case_file_open_by_process",
            "process",
            "protected",
            "status",
            where=_OPEN,
        ),
        _partial(
            "ix_case_file_open_by_mailbox",
            "mailbox",
            "protected",
            "status",
            where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int]
    serial: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    mailbox: Mapped[str] = mapped_column(String(60))
    process: Mapped[str | None] = mapped_column(String(60))
    matter: Mapped[str | None] = mapped_column(String(60))
    urgent: Mapped[str] = mapped_column(String(20))
    possible: Mapped[bool]
    protected: Mapped[bool]
    complaint: Mapped[bool]
    misdirected: Mapped[bool]
    customer: Mapped[str | None] = mapped_column(String(120))
    team: Mapped[str] = mapped_column(String(60))
    owner: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    received_at: Mapped[datetime]
    clock_started_at: Mapped[datetime]
    stop_confirmed: Mapped[bool]
    version: Mapped[int]
    handle_by: Mapped[datetime | None]
    safe_until: Mapped[datetime | None]
    deadline_reasons: Mapped[list[dict[str, Any]] | None] = mapped_column(ShortJson)


IS_OPEN: Final = CaseRow.status != literal_column("'closed'")
"""A case is open, in the words of those indexes that hold only open cases."""


NOT_FOUND_BY_TIME: Final = (
    "acknowledged", "alert_sent", "assigned", "escalated", "resumed", "taken", "viewed", "waiting",
)  # fmt: skip
"""Frequent kinds of events that nobody asks for by the time at which they happened."""


class EventRow(Row):
    """What happened, in order; append-only."""

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "case_id"),
        _partial("ix_event_found_by_time", "kind", "at", where=f"kind NOT IN {NOT_FOUND_BY_TIME}"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    wall_seconds: Mapped[int]
    working_seconds: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(ShortJson)


IS_FOUND_BY_TIME: Final = EventRow.kind.not_in(
    [literal_column(f"'{kind}'") for kind in NOT_FOUND_BY_TIME]
)
"""An event can be found by its time, in the words of the index that says when it happened."""


class ActionRow(Row):
    """The outbox: what is planned, written with the case in one transaction."""

    __tablename__ = "action"
    __table_args__ = (
        Index(
            "ix_action_due",
            "due_at",
            "key",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        _partial(
            "ix_action_unfinished",
            "state",
            "due_at",
            "key",
            where="state IN ('held', 'failed', 'uncertain')",
        ),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    data: Mapped[dict[str, Any]] = mapped_column(ShortJson)
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    because: Mapped[str | None] = mapped_column(String(60))
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    draft: Mapped[str | None] = mapped_column(String(500))
    planned_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


IS_UNFINISHED: Final = ActionRow.state.in_(
    [literal_column(f"'{state}'") for state in ("held", "failed", "uncertain")]
)
"""An action was not done and is not planned, in the words of the index of those."""


class SentReplyRow(Row):
    """One automatic mail that went out, for the brakes; the sender only as a keyed hash."""

    __tablename__ = "sent_reply"
    __table_args__ = (
        Index(None, "sender_hash", "at"),
        Index(None, "mailbox", "at"),
        Index(None, "at"),
    )

    action_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    sender_hash: Mapped[str] = mapped_column(String(64))
    mailbox: Mapped[str] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]


class BreakerRow(Row):
    """A brake on a whole mailbox (or ``*``, on everything) that is open now."""

    __tablename__ = "breaker"

    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    open_since: Mapped[datetime]


class PhoneCallRow(Row):
    """What a caller said; personal data, deleted with the texts of mails."""

    __tablename__ = "phone_call"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    customer: Mapped[str] = mapped_column(Text)
    callback: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)


class PromiseRow(Row):
    """The promise of feedback the same day; a reopened case gets a new one."""

    __tablename__ = "promise"
    __table_args__ = (
        Index(None, "kept_at", "due_at"),
        _partial("ix_promise_unkept", "due_at", "case_id", "number", where="kept_at IS NULL"),
    )

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    reminders: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[datetime | None]
    kept_with: Mapped[str | None] = mapped_column(String(20))
    broken_at: Mapped[datetime | None]


class RegisterEntryRow(Row):
    """An entry of a register (remarks, customer log, process log); append-only.

    ``entry`` groups what belongs together: a remark, its owner, its answer.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        Index(None, "register", "at"),
        Index(None, "register", "subject"),
        Index(None, "register", "entry"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(20))
    entry: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str | None] = mapped_column(String(120))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]
    text: Mapped[str | None] = mapped_column(Text)
