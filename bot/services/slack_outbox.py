"""What is owed to Slack: cards, posts, and whose turn it is in a channel."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.cases import Case
from bot.clock import Clock
from bot.services.slack_channels import Channels
from bot.store.slack_cards import Card, DueCard
from bot.store.slack_posts import Begun, DuePost, NewPost, Place
from bot.store.unit_of_work import Database
from bot.vocabulary import CaseId, Status

__all__ = ["Begun", "Card", "DueCard", "DuePost", "NewPost", "Outbox", "Place"]

_LEASE = timedelta(seconds=60)
GAP = timedelta(seconds=1)
"""Slack takes about one message a second and channel."""


class Outbox:
    """Claims what is due and notes what became of it; each call is one transaction."""

    def __init__(self, database: Database, clock: Clock, channels: Channels | None = None) -> None:
        """Make it.

        Args:
            channels: Where cards stand; default: all in the one channel that holds them.
        """
        self._database = database
        self._clock = clock
        self._channels = channels

    def begin(self, channel: str) -> None:
        """Let a channel hold the cards of cases that open from now on; done once."""
        with self._database.work() as work:
            work.slack_cards.begin(channel, self._clock.now())

    def claim_card(self, channel: str, *, urgent_only: bool = False) -> DueCard | None:
        """Claim a card that does not show its case as it is, and the turn in its channel."""
        now = self._clock.now()
        place = None if self._channels is None else self._channels.of_card
        with self._database.work() as work:
            work.slack_cards.add_new(channel, now, place)
            card = work.slack_cards.claim_due(now, lease=_LEASE, urgent_only=urgent_only)
            if card is None or work.slack_pace.take(card.channel, now, gap=GAP):
                return card
            work.slack_cards.put_off(
                card.case_id, until=now + GAP, attempts=card.attempts, begun=bool(card.begun_at)
            )
            return None

    def claim_post(self, *, urgent: bool) -> DuePost | None:
        """Claim a message that waits, and the turn in its channel."""
        now = self._clock.now()
        with self._database.work() as work:
            post = work.slack_posts.claim_due(now, lease=_LEASE, urgent=urgent)
            if post is None or work.slack_pace.take(post.channel, now, gap=GAP):
                return post
            work.slack_posts.put_off(
                post.key, until=now + GAP, attempts=post.attempts, begun=bool(post.begun_at)
            )
            return None

    def owes(self) -> bool:
        """Tell whether anything is left to post or to update, now or later."""
        with self._database.reading() as work:
            return work.slack_cards.owes() or work.slack_posts.owes()

    def case(self, case_id: CaseId) -> Case:
        """Return a case as it is now."""
        with self._database.reading() as work:
            return work.cases.get(case_id)

    def card_shown(self, case: Case, ts: str) -> None:
        """Note that a card shows a case as it was read."""
        with self._database.work() as work:
            work.slack_cards.shown(
                case.id, ts=ts, version=case.version, closed=case.status is Status.CLOSED
            )

    def card_found(self, case_id: CaseId, ts: str) -> None:
        """Note that a card stands in Slack after all; what it shows may be old."""
        with self._database.work() as work:
            work.slack_cards.shown(case_id, ts=ts, version=None, closed=False)

    def card_lost(self, case_id: CaseId) -> None:
        """Note that somebody deleted a card: it is posted anew."""
        with self._database.work() as work:
            work.slack_cards.lost(case_id)

    def elsewhere(self, card: DueCard, case: Case) -> str | None:
        """Return in which other channel a posted card belongs now; None where it stands right."""
        if self._channels is None or card.ts is None or case.status is Status.CLOSED:
            return None
        wanted = self._channels.of_case(case)
        return None if wanted == card.channel else wanted

    def move_card(self, card: DueCard, channel: str, instead: Mapping[str, Any]) -> None:
        """Let a card be posted in another channel, and leave a word where it stood.

        Args:
            instead: The message that takes its place there.
        """
        assert card.ts is not None  # what is not posted stands nowhere
        now = self._clock.now()
        key = f"update:{card.channel}:{card.ts}"
        post = NewPost(key=key, channel=card.channel, body=instead, replaces=card.ts)
        with self._database.work() as work:
            work.slack_posts.plan(post, now)
            work.slack_cards.moves(card.case_id, channel, now)

    def put_card_off(self, card: DueCard, until: datetime, *, begun: bool) -> None:
        """Give a card back for later; `begun`: it may stand in Slack all the same."""
        with self._database.work() as work:
            work.slack_cards.put_off(
                card.case_id, until=until, attempts=card.attempts + 1, begun=begun
            )

    def refresh_card(self, case_id: CaseId) -> None:
        """Let a card be drawn anew although its case has not changed."""
        with self._database.work() as work:
            work.slack_cards.refresh(case_id)

    def card_of(self, case_id: CaseId) -> Card | None:
        """Return where the card of a case stands; None while it is not posted."""
        with self._database.reading() as work:
            return work.slack_cards.of_case(case_id)

    def card_is_to_come(self, case_id: CaseId) -> bool:
        """Tell whether the card of a case will be posted, and is not yet."""
        with self._database.reading() as work:
            return work.slack_cards.is_to_come(case_id)

    def plan(self, post: NewPost) -> None:
        """Let a message be posted; the same key is posted once."""
        with self._database.work() as work:
            work.slack_posts.plan(post, self._clock.now())

    def told(self, keys: Collection[str]) -> dict[str, Place]:
        """Return which of some messages are planned or posted, and where, by key."""
        with self._database.reading() as work:
            return work.slack_posts.told(keys)

    def begin_post(self, post: NewPost) -> Begun:
        """Note that the caller is about to post a message; return how far it had come."""
        with self._database.work() as work:
            return work.slack_posts.begin(post, self._clock.now())

    def posted(
        self,
        key: str,
        ts: str,
        *,
        planned_at: datetime | None = None,
        channel: str | None = None,
    ) -> None:
        """Note that a message stands in Slack; see `SlackPosts.sent`."""
        with self._database.work() as work:
            work.slack_posts.sent(
                key, ts, self._clock.now(), planned_at=planned_at, channel=channel
            )

    def put_post_off(self, key: str, until: datetime, *, attempts: int, begun: bool) -> None:
        """Give a message back for later; `begun`: it may stand in Slack all the same."""
        with self._database.work() as work:
            work.slack_posts.put_off(key, until=until, attempts=attempts, begun=begun)

    def post_failed(self, key: str, because: str) -> None:
        """Note that a message will never be posted."""
        with self._database.work() as work:
            work.slack_posts.failed(key, because, self._clock.now())

    def reserve_turn(self, channel: str, *, patience: timedelta) -> timedelta | None:
        """Reserve the next turn in a channel; return how long to wait for it.

        None where that is longer than `patience`; nothing is reserved then.
        """
        now = self._clock.now()
        with self._database.work() as work:
            turn = work.slack_pace.reserve(channel, now, gap=GAP, most=patience)
        return None if turn is None else turn - now

    def hold(self, channel: str, seconds: float) -> None:
        """Post nothing to a channel for so long, as Slack asked."""
        with self._database.work() as work:
            work.slack_pace.hold(channel, self._clock.now() + timedelta(seconds=seconds))
