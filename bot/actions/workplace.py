"""What every performer of replies works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.actions.policy import reply_policy
from bot.cases import SYSTEM, Case, Event
from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.plan import AnswerPolicy
from bot.reply_rules import Policy
from bot.store.unit_of_work import Database
from bot.templates import Templates
from bot.vocabulary import EventKind, MailboxKey, Mode, TemplateKey
from bot.worktime import Calendar
from functionmail.identity import Identity
from functionmail.message import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """The house, as far as replies need it.

    Attributes:
        policies: Mailbox and first contact -> how far automatic mail may go there.
    """

    database: Database
    templates: Templates
    knowledge: Knowledge
    calendar: Calendar
    identity: Identity
    clock: Clock
    policies: Callable[[MailboxKey, datetime], AnswerPolicy]

    def mode(self, mailbox: MailboxKey) -> Mode:
        """Return how far automatic mail may go in a mailbox now."""
        return self.policies(mailbox, self.clock.now()).mode

    def policy(self, case: Case, name: TemplateKey, *, beyond_doubt: bool) -> Policy:
        """Return how far the assistant may go with a reply; see `reply_policy`."""
        return reply_policy(
            case,
            name,
            templates=self.templates,
            replies=self.knowledge.replies,
            mode=self.mode(case.mailbox),
            beyond_doubt=beyond_doubt,
        )

    def sender_of(self, mailbox: MailboxKey) -> Address:
        """Return the From of our mail from a mailbox; never a person's name."""
        own = self.knowledge.mailboxes[mailbox]
        return Address(name=self.knowledge.links.sender_name, address=own.address)

    def event(
        self,
        case: Case,
        kind: EventKind,
        *,
        actor: str = SYSTEM,
        **data: str | int | bool | None,
    ) -> Event:
        """Return what happens to a case now."""
        return Event.on(case, kind, self.clock.now(), self.calendar, actor=actor, **data)
