"""The one who posts: what is owed goes to Slack, about one message a second and channel.

Urgent comes first, then new cards, then the rest; a card that changed several times is updated
once. A message whose posting began and whose end is not known, after a crash or when the
connection broke, is looked for in Slack before it is posted again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot.cases import Case
from bot.clock import Clock
from bot.errors import NotFound
from bot.services.slack_outbox import DueCard, DuePost, Outbox
from bot.slack.client import SlackClient
from bot.slack.errors import SlackBusy, SlackDown, SlackError, SlackRefused
from bot.slack.message import SlackMessage
from bot.slack.poster import packed, unpacked
from bot.slack.reach import Reach

log = structlog.get_logger()

Render = Callable[[Case], SlackMessage]
"""Draws the card of a case."""

LOOK_BACK = timedelta(minutes=10)
"""So much may Slack's clock and ours differ."""
SETTLED = timedelta(seconds=10)
"""A message that was under way when the connection broke stands in Slack after so long."""
_LATER = timedelta(minutes=5)
_GONE = ("message_not_found", "cant_update_message", "edit_window_closed")
_SHAPE = ("invalid_blocks", "invalid_blocks_format", "invalid_arguments", "msg_blocks_too_long")


class Sender:
    """Works off the outbox; one thread calls it."""

    def __init__(
        self,
        client: SlackClient,
        outbox: Outbox,
        reach: Reach,
        clock: Clock,
        *,
        channel: str,
        render: Render,
        farewell: Render,
    ) -> None:
        """Make one.

        Args:
            channel: Holds the cards that have no other place.
            farewell: Draws what stays where a card has left for another channel.
        """
        self._client = client
        self._outbox = outbox
        self._reach = reach
        self._clock = clock
        self._channel = channel
        self.render = render
        self._farewell = farewell

    def run_due(self, *, stop: Callable[[], bool] = lambda: False) -> int:
        """Post all that is due and whose channel is free; return how much that was."""
        count = 0
        while not stop() and not self._reach.is_down and self.run_one():
            count += 1
        return count

    def run_one(self) -> bool:
        """Post or update one message, the most urgent first; False when nothing can be done."""
        return (
            self._one_post(urgent=True)
            or self._one_card(urgent_only=True)
            or self._one_post(urgent=False)
            or self._one_card(urgent_only=False)
        )

    def _one_card(self, *, urgent_only: bool) -> bool:
        card = self._outbox.claim_card(self._channel, urgent_only=urgent_only)
        if card is None:
            return False
        try:
            self._show(card)
        except NotFound:
            log.warning("slack_card_without_case", case_id=card.case_id)
            self._outbox.put_card_off(card, self._clock.now() + _LATER, begun=False)
        except SlackError as error:
            until, begun = self._after(error, card.channel, card.attempts, card.begun_at)
            self._outbox.put_card_off(card, until, begun=begun)
        else:
            self._reach.worked()
        return True

    def _show(self, card: DueCard) -> None:
        if card.ts is None and card.begun_at is not None:
            found = self._client.find(card.channel, card_key(card), since=card.begun_at - LOOK_BACK)
            if found is not None:
                self._outbox.card_found(card.case_id, found)
                return
        case = self._outbox.case(card.case_id)
        elsewhere = self._outbox.elsewhere(card, case)
        if elsewhere is not None:
            self._outbox.move_card(card, elsewhere, packed(self._farewell(case)))
            return
        message = self.render(case)
        try:
            ts = self._put(card, message)
        except SlackRefused as error:
            if error.reason in _GONE and card.ts is not None:
                self._outbox.card_lost(card.case_id)
                return
            if error.reason not in _SHAPE:
                raise
            log.error("slack_refused", reason=error.reason, what="card")
            ts = self._put(card, SlackMessage(text=message.text))
        self._outbox.card_shown(case, ts)

    def _put(self, card: DueCard, message: SlackMessage) -> str:
        if card.ts is None:
            return self._client.post(card.channel, message, key=card_key(card))
        self._client.update(card.channel, card.ts, message)
        return card.ts

    def _one_post(self, *, urgent: bool) -> bool:
        post = self._outbox.claim_post(urgent=urgent)
        if post is None:
            return False
        try:
            ts = self._post(post)
        except SlackRefused as error:
            if error.shuts_us_out:
                self._put_post_off(post, error)
            else:
                log.error("slack_refused", reason=error.reason, what="post")
                self._outbox.post_failed(post.key, error.reason)
        except SlackError as error:
            self._put_post_off(post, error)
        else:
            self._outbox.posted(post.key, ts, planned_at=post.planned_at)
            self._reach.worked()
        return True

    def _post(self, post: DuePost) -> str:
        message = unpacked(post)
        if post.replaces is not None:
            self._client.update(post.channel, post.replaces, message)
            return post.replaces
        channel = self._place(post.channel)
        if post.begun_at is not None:
            since = post.begun_at - LOOK_BACK
            found = self._client.find(channel, post.key, since=since, thread=post.thread)
            if found is not None:
                return found
        try:
            return self._client.post(channel, message, key=post.key, thread=post.thread)
        except SlackRefused as error:
            if error.reason not in _SHAPE:
                raise
            log.error("slack_refused", reason=error.reason, what="post")
            text = SlackMessage(text=message.text)
            return self._client.post(channel, text, key=post.key, thread=post.thread)

    def _place(self, channel: str) -> str:
        """Return the channel of a direct message, where a user is named instead."""
        if not channel.startswith(("U", "W")):
            return channel
        return str(self._client.call("conversations.open", users=channel)["channel"]["id"])

    def _put_post_off(self, post: DuePost, error: SlackError) -> None:
        until, begun = self._after(error, post.channel, post.attempts, post.begun_at)
        self._outbox.put_post_off(post.key, until, attempts=post.attempts + 1, begun=begun)

    def _after(
        self, error: SlackError, channel: str, attempts: int, begun_before: datetime | None
    ) -> tuple[datetime, bool]:
        """Return when to try again, and whether the message may stand in Slack already."""
        now = self._clock.now()
        if isinstance(error, SlackBusy):
            self._outbox.hold(channel, error.retry_after_s)
            return now, begun_before is not None
        if isinstance(error, SlackDown):
            self._reach.failed(type(error.__cause__).__name__)
            begun = error.uncertain or begun_before is not None
            return now + (SETTLED if begun else timedelta()), begun
        assert isinstance(error, SlackRefused)
        if error.shuts_us_out:
            self._reach.failed(error.reason)
        if attempts == 0:
            log.error("slack_refused", reason=error.reason, what="card")
        return now + _LATER, begun_before is not None


def card_key(card: DueCard) -> str:
    """Return by what the card of a case is found in Slack."""
    return f"card:{card.case_id}"
