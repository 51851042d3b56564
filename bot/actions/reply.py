"""Send mail to customers, each at most once: receipts, and replies that were written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.actions.braking import Brakes, Braking
from bot.actions.letter import LetterPerformer
from bot.actions.post import Post
from bot.actions.receipt import ReceiptPerformer
from bot.actions.result import Performer, Probe, Result
from bot.actions.workplace import Workplace
from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.plan import AnswerPolicy
from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Database, Work
from bot.templates import Templates
from bot.vocabulary import MailboxKey
from bot.worktime import Calendar
from functionmail.connectors.base import MailSender
from functionmail.identity import Identity

__all__ = ["Brakes", "ReplyPerformer"]


class ReplyPerformer:
    """Gives each mail to the one who can send it."""

    def __init__(
        self,
        database: Database,
        *,
        senders: Mapping[MailboxKey, MailSender],
        templates: Templates,
        knowledge: Knowledge,
        calendar: Calendar,
        identity: Identity,
        brakes: Brakes,
        policies: Callable[[MailboxKey, datetime], AnswerPolicy],
        clock: Clock,
        probe: Probe,
    ) -> None:
        workplace = Workplace(
            database=database,
            templates=templates,
            knowledge=knowledge,
            calendar=calendar,
            identity=identity,
            clock=clock,
            policies=policies,
        )
        post, braking = Post(database, senders, probe), Braking(workplace, brakes)
        self._of: Mapping[str, Performer] = {
            "receipt": ReceiptPerformer(workplace, post, braking),
            "draft": LetterPerformer(workplace, post, braking),
        }

    def perform(self, action: ClaimedAction) -> Result:
        """See `Performer.perform`."""
        return self._of[action.data["what"]].perform(action)

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """See `Performer.gave_up`."""
        self._of[action.data["what"]].gave_up(work, action, because)
