"""Hand one mail over to its server, at most once.

The order is: save the draft, remember its key, send. Whatever was done before a crash is found
again by our own Message-ID, which is the same every time for one action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from bot.actions.result import Probe
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Database
from bot.vocabulary import MailboxKey, Step, Verdict
from functionmail.connectors.base import MailSender
from functionmail.errors import MessageGone, Refusal, SendRefused, SendUncertain
from functionmail.message import DraftKey


class Handover(Enum):
    """What became of a mail that no server refused."""

    SENT = "sent"
    LEFT_AS_DRAFT = "left_as_draft"
    UNCERTAIN = "uncertain"


class Post:
    """Sends from the function mailboxes."""

    def __init__(
        self, database: Database, senders: Mapping[MailboxKey, MailSender], probe: Probe
    ) -> None:
        self._database = database
        self._senders = senders
        self._probe = probe

    def serves(self, mailbox: MailboxKey) -> bool:
        """Tell whether mail can go out from a mailbox."""
        return mailbox in self._senders

    def hand_over(
        self,
        action: ClaimedAction,
        content: bytes,
        *,
        mailbox: MailboxKey,
        message_id: str,
        record: Callable[[], None],
        only_draft: bool = False,
    ) -> Handover | Refusal:
        """Send the mail of an action, or leave it among the drafts of its mailbox.

        An action that was begun before is looked for in Sent and among the drafts first. A
        draft that was remembered and is in neither place may be on its way, or somebody has
        thrown it away. What a person said of a mail in doubt holds.

        Args:
            record: Puts on record that the mail is out; called then, and only then.
        """
        sender, verdict = self._senders[mailbox], verdict_of(action)
        begun_before = action.attempts > 1
        if verdict is Verdict.SENT or (begun_before and sender.find_sent(message_id)):
            return self._sent(record)
        try:
            key = sender.find_draft(message_id) if begun_before else None
            if key is None and action.draft is not None and verdict is not Verdict.AGAIN:
                return Handover.UNCERTAIN
            if key is None:
                key = sender.save_draft(message_id, content)
            with self._database.work() as work:
                work.actions.remember_draft(action, key)
            self._probe(Step.DRAFT_SAVED)
            if only_draft:
                return Handover.LEFT_AS_DRAFT
            _send(sender, key, message_id, again=verdict is Verdict.AGAIN)
        except SendRefused as error:
            return error.refusal
        except SendUncertain:
            return Handover.UNCERTAIN
        self._probe(Step.SENT)
        return self._sent(record)

    def _sent(self, record: Callable[[], None]) -> Handover:
        record()
        self._probe(Step.RECORDED)
        return Handover.SENT


def _send(sender: MailSender, key: DraftKey, message_id: str, *, again: bool) -> None:
    try:
        if again:
            sender.send_again(key)
        else:
            sender.send(key)
    except MessageGone:
        if not sender.find_sent(message_id):
            raise


def verdict_of(action: ClaimedAction) -> Verdict | None:
    """Return what a person said of a mail whose sending was in doubt."""
    said = action.data.get("verdict")
    return None if said is None else Verdict(said)
