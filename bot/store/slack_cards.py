"""The one card of each case: what it shows, and whether that is still so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, literal, or_, select, update

from bot.store.engine import insert_if_new
from bot.store.tables import IS_OPEN, CaseRow, SlackCardRow, SlackChannelRow
from bot.vocabulary import NOT_CLOSED, CaseId, ProcessKey, TeamKey, Urgency

_AT_ONCE = 500

PlaceOf = Callable[[TeamKey, ProcessKey | None], str]
"""Returns the channel of a case by its team and process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCard:
    """A card that does not show its case as it is.

    Attributes:
        ts: Slack's name of the message; None: there is none, as far as we know.
        begun_at: When an earlier attempt to post it began, whose end is not known.
        attempts: How many have failed in a row.
    """

    case_id: CaseId
    channel: str
    ts: str | None
    begun_at: datetime | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Where the card of a case stands."""

    channel: str
    ts: str


class SlackCards:
    """Works inside the caller's transaction; never commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, channel: str, now: datetime) -> None:
        """Let a channel hold the cards of cases that open from now on; done once."""
        newest = self._connection.scalar(select(func.max(CaseRow.id))) or 0
        row = {"channel": channel, "next_at": now, "cards_after": newest}
        insert_if_new(self._connection, SlackChannelRow, [row])
        self._connection.execute(
            update(SlackChannelRow)
            .where(SlackChannelRow.channel == channel, SlackChannelRow.cards_after.is_(None))
            .values(cards_after=newest)
        )

    def add_new(self, channel: str, now: datetime, place: PlaceOf | None = None) -> None:
        """Owe a card to each case that has opened since.

        Ids of cases are given out in the order of commits, so that none is passed over.

        Args:
            place: Where the card of a case stands; default: all in the one channel.
        """
        after = self._connection.scalar(
            select(SlackChannelRow.cards_after).where(SlackChannelRow.channel == channel)
        )
        opened = self._connection.execute(
            select(CaseRow.id, CaseRow.team, CaseRow.process)
            .where(CaseRow.id > (after or 0))
            .order_by(CaseRow.id)
            .limit(_AT_ONCE)
        ).all()
        if not opened:
            return
        rows = [
            {
                "case_id": case.id,
                "channel": channel if place is None else place(case.team, case.process),
                "shown_closed": False,
                "due_at": now,
                "attempts": 0,
            }
            for case in opened
        ]
        insert_if_new(self._connection, SlackCardRow, rows)
        self._connection.execute(
            update(SlackChannelRow)
            .where(SlackChannelRow.channel == channel, SlackChannelRow.cards_after == after)
            .values(cards_after=opened[-1].id)
        )

    def claim_due(
        self, now: datetime, *, lease: timedelta, urgent_only: bool = False
    ) -> DueCard | None:
        """Reserve a card to post or to update: urgent ones first, new ones before others.

        Two workers never get one card; a crashed worker's claim ends with its lease.
        """
        for shown_closed in (False, True):
            row = self._connection.execute(_due(now, shown_closed, urgent_only)).first()
            if row is not None and self._claim(row, now, lease):
                return DueCard(
                    case_id=CaseId(row.case_id),
                    channel=row.channel,
                    ts=row.ts,
                    begun_at=row.begun_at,
                    attempts=row.attempts,
                )
        return None

    def _claim(self, row: Row[Any], now: datetime, lease: timedelta) -> bool:
        values: dict[str, Any] = {"claimed_until": now + lease}
        if row.ts is None:
            values["begun_at"] = row.begun_at or now
        changed = self._connection.execute(
            update(SlackCardRow)
            .where(SlackCardRow.case_id == row.case_id, _free(now))
            .values(**values)
        )
        return changed.rowcount == 1

    def shown(self, case_id: CaseId, *, ts: str, version: int | None, closed: bool) -> None:
        """Note what the card shows now; version None: something, it must be updated."""
        self._set(
            case_id,
            ts=ts,
            shown_version=version,
            shown_closed=closed,
            begun_at=None,
            attempts=0,
            claimed_until=None,
        )

    def put_off(self, case_id: CaseId, *, until: datetime, attempts: int, begun: bool) -> None:
        """Give a card back for later; `begun`: its message may stand in Slack all the same."""
        values: dict[str, Any] = {} if begun else {"begun_at": None}
        self._set(case_id, due_at=until, attempts=attempts, claimed_until=None, **values)

    def moves(self, case_id: CaseId, channel: str, now: datetime) -> None:
        """Let a card stand in another channel; it is posted there anew."""
        self._set(
            case_id,
            channel=channel,
            ts=None,
            shown_version=None,
            shown_closed=False,
            begun_at=None,
            claimed_until=None,
            attempts=0,
            due_at=now,
        )

    def lost(self, case_id: CaseId) -> None:
        """Note that the message is gone: somebody deleted it, so it is posted anew."""
        self._set(case_id, ts=None, shown_version=None, begun_at=None, claimed_until=None)

    def refresh(self, case_id: CaseId) -> None:
        """Let a card be drawn anew although its case has not changed."""
        self._set(case_id, shown_version=None, shown_closed=False)

    def of_case(self, case_id: CaseId) -> Card | None:
        """Return where the card of a case stands; None while it is not posted."""
        row = self._connection.execute(
            select(SlackCardRow.channel, SlackCardRow.ts).where(SlackCardRow.case_id == case_id)
        ).first()
        return None if row is None or row.ts is None else Card(channel=row.channel, ts=row.ts)

    def is_to_come(self, case_id: CaseId) -> bool:
        """Tell whether the card of a case will be posted, and is not yet."""
        begun = select(SlackChannelRow.channel).where(SlackChannelRow.cards_after < case_id)
        waits = select(SlackCardRow.ts).where(SlackCardRow.case_id == case_id)
        row = self._connection.execute(waits).first()
        if row is not None:
            return row.ts is None
        return self._connection.execute(begun.limit(1)).first() is not None

    def owes(self) -> bool:
        """Tell whether any card is missing, or does not show its case as it is."""
        no_card = select(CaseRow.id).where(CaseRow.id > SlackChannelRow.cards_after).limit(1)
        asked = (no_card, _stale(False), _stale(True))
        return any(self._connection.execute(query).first() is not None for query in asked)

    def _set(self, case_id: CaseId, **values: Any) -> None:  # noqa: ANN401 - columns of a row
        self._connection.execute(
            update(SlackCardRow).where(SlackCardRow.case_id == case_id).values(**values)
        )


def _free(now: datetime) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy's
    return or_(SlackCardRow.claimed_until.is_(None), SlackCardRow.claimed_until <= now)


def _stale(shown_closed: bool) -> Select[Any]:
    """Return cards that do not show their case as it is.

    Cards that show a closed case are asked for apart, by the few cases that are open: they
    become ever more, and only a reopened case can need one.
    """
    found = (
        select(SlackCardRow.__table__)
        .join(CaseRow, CaseRow.id == SlackCardRow.case_id)
        .where(
            SlackCardRow.shown_closed.is_(shown_closed),
            or_(
                SlackCardRow.shown_version.is_(None),
                SlackCardRow.shown_version != CaseRow.version,
            ),
        )
        .limit(1)
    )
    return found.where(CaseRow.status.in_(NOT_CLOSED), IS_OPEN) if shown_closed else found


def _due(now: datetime, shown_closed: bool, urgent_only: bool) -> Select[Any]:
    urgent = and_(SlackCardRow.ts.is_(None), CaseRow.urgent != Urgency.NO)
    busy = (
        select(literal(1))
        .where(SlackChannelRow.channel == SlackCardRow.channel, SlackChannelRow.next_at > now)
        .exists()
    )
    found = (
        _stale(shown_closed)
        .where(SlackCardRow.due_at <= now, _free(now), ~busy)
        .order_by(
            case((urgent, 0), (SlackCardRow.ts.is_(None), 1), else_=2),
            SlackCardRow.due_at,
            SlackCardRow.case_id,
        )
    )
    return found.where(urgent) if urgent_only else found
