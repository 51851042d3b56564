"""Posting through the outbox: what is handed over here reaches Slack also after a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.services.slack_outbox import Card, DuePost, NewPost, Outbox
from bot.slack.message import SlackMessage
from bot.vocabulary import CaseId


class Poster:
    """Hands messages to the outbox; the sender posts them, about one a second and channel."""

    def __init__(self, outbox: Outbox, *, wake: Callable[[], None] = lambda: None) -> None:
        """Make a poster.

        Args:
            wake: Tells the sender that there is something to do.
        """
        self._outbox = outbox
        self._wake = wake

    def post(
        self,
        key: str,
        channel: str,
        message: SlackMessage,
        *,
        thread: str | None = None,
        urgent: bool = False,
    ) -> None:
        """Let a message be posted, once for each key.

        Args:
            key: At most 200 characters; found again in the message's metadata.
            channel: Id of a channel, or of a user for a direct message.
            thread: Slack's name of the message that it answers.
            urgent: It overtakes what is not.
        """
        self._outbox.plan(
            NewPost(
                key=key,
                channel=channel,
                body=packed(message),
                thread=thread,
                urgent=urgent,
            )
        )
        self._wake()

    def update(self, channel: str, ts: str, message: SlackMessage) -> None:
        """Let a message take the place of one of ours; of several, only the last is shown."""
        key = f"update:{channel}:{ts}"
        self._outbox.plan(NewPost(key=key, channel=channel, body=packed(message), replaces=ts))
        self._wake()

    def refresh_card(self, case_id: CaseId) -> None:
        """Let the card of a case be drawn anew; a change of the case itself does so too."""
        self._outbox.refresh_card(case_id)
        self._wake()

    def card_of(self, case_id: CaseId) -> Card | None:
        """Return where the card of a case stands; None while it is not posted."""
        return self._outbox.card_of(case_id)

    def nudge(self) -> None:
        """Tell the sender that a case has changed, so that its card follows at once."""
        self._wake()


def packed(message: SlackMessage) -> dict[str, Any]:
    """Return a message as the outbox keeps it."""
    return {"text": message.text, "blocks": [dict(block) for block in message.blocks]}


def unpacked(post: DuePost) -> SlackMessage:
    """Return the message of a claimed post."""
    return SlackMessage(text=post.body["text"], blocks=tuple(post.body["blocks"]))
