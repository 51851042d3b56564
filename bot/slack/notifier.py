"""Alerts in Slack, in the channel of those they are for; with Slack down, others must tell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.notifying import Alert, NotifierUnavailable
from bot.services.slack_outbox import NewPost, Outbox
from bot.slack.client import SlackClient
from bot.slack.errors import SlackBusy, SlackDown, SlackError, SlackRefused
from bot.slack.message import SlackMessage
from bot.slack.reach import Reach
from bot.slack.sender import LOOK_BACK

log = structlog.get_logger()

_PATIENCE = timedelta(seconds=60)
"""Longer than this an alert does not wait for its turn in a channel."""

_CLOSED = frozenset({"channel_not_found", "is_archived", "not_in_channel"})

RenderAlert = Callable[[Alert], SlackMessage]


class SlackNotifier:
    """Posts alerts at once, ahead of all cards.

    An alert is posted at least once: where it is not known whether it was, it is looked for
    first, and posted again if it is not found. Two are better than none.
    """

    def __init__(
        self,
        client: SlackClient,
        outbox: Outbox,
        reach: Reach,
        *,
        channel: Callable[[Alert], str],
        otherwise: str,
        render: RenderAlert,
        sleep: Callable[[float], None],
    ) -> None:
        """Make a notifier.

        Args:
            channel: Where an alert is told.
            otherwise: Where it is told when that channel is gone, or we are not in it any more.
            sleep: Waits so many seconds, for the turn in the channel.
        """
        self._client = client
        self._outbox = outbox
        self._reach = reach
        self._channel = channel
        self._otherwise = otherwise
        self._render = render
        self._sleep = sleep

    def notify(self, alert: Alert) -> None:
        """See `Notifier.notify`. Takes up to a minute where Slack asks us to wait."""
        if self._reach.is_down:
            raise NotifierUnavailable("Slack svarar inte; larmet väntar")
        message = self._render(alert)
        key = alert.key
        channel = self._channel(alert)
        post = NewPost(key=key, channel=channel, body={}, urgent=True)
        begun = self._outbox.begin_post(post)
        if begun.ts is not None:
            return
        try:
            ts = None
            if begun.begun_at is not None:
                ts = self._client.find(channel, key, since=begun.begun_at - LOOK_BACK)
            if ts is None:
                channel, ts = self._post_where_possible(channel, message, key)
        except SlackError as error:
            self._after(error)
            raise NotifierUnavailable("Slack tog inte emot larmet") from error
        self._outbox.posted(key, ts, channel=channel)
        self._reach.worked()

    def _post_where_possible(
        self, channel: str, message: SlackMessage, key: str
    ) -> tuple[str, str]:
        """Post where an alert belongs; where that channel is closed to us, in that of all.

        Returns:
            The channel in which it stands, and Slack's name of it there.
        """
        try:
            return channel, self._post(channel, message, key)
        except SlackRefused as error:
            if channel == self._otherwise or error.reason not in _CLOSED:
                raise
            log.error("slack_refused", reason=error.reason, what="alert")
        return self._otherwise, self._post(self._otherwise, message, key)

    def _post(self, channel: str, message: SlackMessage, key: str) -> str:
        patience = _PATIENCE
        while True:
            patience = self._wait_for_turn(channel, patience)
            try:
                return self._client.post(channel, message, key=key)
            except SlackBusy as busy:
                self._outbox.hold(channel, busy.retry_after_s)
            except SlackRefused as error:
                if not message.blocks or error.shuts_us_out:
                    raise
                log.error("slack_refused", reason=error.reason, what="alert")
                message = SlackMessage(text=message.text)

    def _wait_for_turn(self, channel: str, patience: timedelta) -> timedelta:
        """Wait until a channel is free; return how much patience is left.

        Raises:
            SlackBusy: It would take too long.
        """
        wait = self._outbox.reserve_turn(channel, patience=patience)
        if wait is None:
            raise SlackBusy("chat.postMessage", patience.total_seconds())
        if wait:
            self._sleep(wait.total_seconds())
        return patience - wait

    def _after(self, error: SlackError) -> None:
        if isinstance(error, SlackDown):
            self._reach.failed(type(error.__cause__).__name__)
        elif isinstance(error, SlackRefused) and error.shuts_us_out:
            self._reach.failed(error.reason)
