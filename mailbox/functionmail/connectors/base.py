"""What every connector promises. The promises are tested in tests/contracts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from functionmail.message import Batch, Checkpoint, DraftKey, MessageKey, Moved


class MailSource(Protocol):
    """Reads one shared function mailbox.

    Any method may raise `MailboxUnavailable` (try again, not before ``retry_after_s``)
    or `SignInRefused` (needs a person). Instants are aware UTC. One thread at a time.
    """

    @property
    def mailbox(self) -> str:
        """Name of the mailbox, for logs and error messages; never personal data."""

    def fetch(self, after: Checkpoint | None, *, limit: int = 50) -> Batch:
        """Return messages that the mailbox got after a checkpoint, oldest first.

        "After" is the order in which the server received them, not their Date header:
        a late mail with an older date is still returned. Reading changes nothing on the
        server, so a crash between `fetch` and storing the checkpoint repeats messages but
        never loses one. A checkpoint that the server no longer knows starts from the
        beginning; the caller recognises what it has already seen by its key.

        Args:
            after: What the previous batch carried, or None for the beginning.
            limit: At most this many messages; the source may return fewer.

        Returns:
            A batch whose checkpoint is valid even when it holds no messages. The same
            checkpoint gives the same messages, apart from what came or went since.
            A message that cannot be read is returned with empty content rather than left out;
            one that went away meanwhile is left out, and one that only needs other rights to
            be read comes once they are given. A message that people flag, label or move back
            may be returned again.

        Raises:
            ValueError: `limit` is below 1.
        """

    def latest(self) -> Checkpoint:
        """Return the checkpoint behind everything that lies in the mailbox now.

        For a folder whose history is of no interest; costs a listing, not the contents.
        """

    def keys(self) -> Iterator[MessageKey]:
        """Yield the key of every message now in the mailbox, in any order.

        For the full comparison of the books; costs a listing, not the contents.
        """

    def wait(self, timeout_s: float) -> bool:
        """Wait until something may have come, at most so long; True when to fetch now.

        A server that tells of new mail wakes the caller at once; where it tells nothing,
        the source says by its own pace when asking is worth while. A broken connection is
        left for the next `fetch` to find. A hint and no more: fetch now and then anyway.
        """

    def label(
        self,
        key: MessageKey,
        labels: frozenset[str],
        *,
        instead_of: frozenset[str] = frozenset(),
        moved: Moved | None = None,
    ) -> None:
        """Show people in the shared mailbox what became of a message.

        Labels are added; those set before stay, whoever set them, but for those in
        `instead_of`, which are taken off. Setting the same labels twice is a no-op, and
        labelling makes no message come again. A message that was moved is labelled where
        it lies, if the server can find it.

        Args:
            moved: Where `move` has put the message at some time, if it has; a source that
                was started anew since may need it to find the message.

        Raises:
            MessageGone: Somebody moved or deleted it; not an error for the caller.
        """

    def move(self, key: MessageKey, folder: str) -> None:
        """Put a message into a folder of the same mailbox, which is made if it is missing.

        Its key stays its own: it may be labelled afterwards, where the server can find it.
        A message that lies there already stays; the Inbox no longer lists it.

        Raises:
            MessageGone: Somebody moved or deleted it; not an error for the caller.
        """

    def close(self) -> None:
        """Let go of connections; the source may be used again afterwards."""


class MailSender(Protocol):
    """Sends from one function mailbox and keeps the copy in its Sent folder.

    The order is: `save_draft`, remember the key, `send`. After a crash, look with
    `find_sent` and `find_draft` before doing anything again. Any method may raise
    `MailboxUnavailable` or `SignInRefused`.
    """

    @property
    def mailbox(self) -> str:
        """Name of the mailbox, for logs and error messages; never personal data."""

    def save_draft(self, message_id: str, content: bytes) -> DraftKey:
        """Put a complete mail among the drafts and return its key.

        The key stays good after a restart. The Message-ID (without brackets) stands in
        the mail's header too.
        """

    def send(self, draft: DraftKey) -> None:
        """Send a draft; afterwards it lies in Sent and no longer among the drafts.

        Raises:
            MessageGone: There is no such draft: it was sent or deleted; look in Sent.
            SendRefused: The server will never take this mail; it stays among the drafts.
            SendUncertain: It may have been sent or not, now or when `send` was called
                before; the draft stays, and only a person may send it again.
        """

    def find_draft(self, message_id: str) -> DraftKey | None:
        """Return the draft that carries a Message-ID (without brackets), or None."""

    def find_sent(self, message_id: str) -> bool:
        """Tell whether a mail with this Message-ID (without brackets) lies in Sent."""

    def send_again(self, draft: DraftKey) -> None:
        """Send a draft whose outcome was uncertain, because a person says so.

        Raises:
            As `send`.
        """

    def close(self) -> None:
        """Let go of connections; the sender may be used again afterwards."""
