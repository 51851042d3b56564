"""What Slack told us, the cards that stand there, and what waits to be posted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import Row


class SlackEventRow(Row):
    """An event of Slack's, stored before it is acknowledged.

    ``body`` holds what staff wrote to the assistant, and is emptied once it is handled.
    """

    __tablename__ = "slack_event"
    __table_args__ = (Index(None, "handled_at"),)

    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    body: Mapped[dict[str, Any] | None]


class SlackCardRow(Row):
    """The one card of a case.

    ``ts`` is Slack's name of the message; ``begun_at`` says that posting has begun and its end
    is not known; ``shown_version`` is the version of the case that the card shows.
    """

    __tablename__ = "slack_card"
    __table_args__ = (Index(None, "shown_closed"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    channel: Mapped[str] = mapped_column(String(40))
    ts: Mapped[str | None] = mapped_column(String(40))
    begun_at: Mapped[datetime | None]
    shown_version: Mapped[int | None]
    shown_closed: Mapped[bool]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    claimed_until: Mapped[datetime | None]


class SlackPostRow(Row):
    """Another message to Slack; ``body`` is emptied once it is posted."""

    __tablename__ = "slack_post"
    __table_args__ = (Index(None, "state", "due_at"),)

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    channel: Mapped[str] = mapped_column(String(40))
    thread: Mapped[str | None] = mapped_column(String(40))
    replaces: Mapped[str | None] = mapped_column(String(40))
    urgent: Mapped[bool]
    body: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(String(20))
    ts: Mapped[str | None] = mapped_column(String(40))
    because: Mapped[str | None] = mapped_column(String(60))
    begun_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    claimed_until: Mapped[datetime | None]
    planned_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class SlackChannelRow(Row):
    """A channel: when the next message may go there, and from which case on it holds cards."""

    __tablename__ = "slack_channel"

    channel: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[datetime]
    cards_after: Mapped[int | None]


class SlackLinkRow(Row):
    """How a worker's connection to Slack stands."""

    __tablename__ = "slack_link"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    transport: Mapped[str] = mapped_column(String(10))
    connected: Mapped[bool]
    last_frame_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]
