"""The brakes on automatic mail, asked before each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.actions.workplace import Workplace
from bot.cases import Case
from bot.plan import BrakeLimits, SentSoFar, Withheld, brake, plan_operator_alert
from bot.store.unit_of_work import Work
from bot.vocabulary import MailboxKey, TemplateKey, Urgency
from functionmail.message import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Brakes:
    """The limits for senders we know and for those we do not."""

    customer: BrakeLimits
    unknown: BrakeLimits


class Braking:
    """Counts what went out automatically, and stops what would be too much."""

    def __init__(self, workplace: Workplace, brakes: Brakes) -> None:
        self._at = workplace
        self._brakes = brakes

    def stops(
        self, case: Case, template: TemplateKey, recipient: Address, mailbox: MailboxKey
    ) -> Withheld | None:
        """Return what stops one more automatic mail, or None; staff hear of an open breaker."""
        known = self._at.knowledge.is_customer_address(recipient.address)
        limits = self._brakes.customer if known else self._brakes.unknown
        sender_hash = self._at.identity.hash_address(recipient.address)
        now = self._at.clock.now()
        with self._at.database.work() as work:
            sent = _sent_so_far(work, case, template, sender_hash, mailbox, now=now)
            stopped = brake(sent, limits, urgent=case.urgent is not Urgency.NO)
            _tend_breakers(work, sent, limits, mailbox, now)
        return stopped


def _tend_breakers(
    work: Work, sent: SentSoFar, limits: BrakeLimits, mailbox: MailboxKey, now: datetime
) -> None:
    states = (
        (mailbox, sent.from_mailbox_last_hour >= limits.mailbox_per_hour),
        ("*", sent.everything_last_hour >= limits.everything_per_hour),
    )
    for scope, is_over in states:
        if not is_over:
            work.sent_replies.close_breaker(scope)
        elif work.sent_replies.open_breaker(scope, now):
            alert = plan_operator_alert(
                "breaker_open", f"{scope}:{now.isoformat()}", now=now, mailbox=mailbox
            )
            work.actions.plan([alert], now)


def _sent_so_far(
    work: Work,
    case: Case,
    template: TemplateKey,
    sender_hash: str,
    mailbox: MailboxKey,
    *,
    now: datetime,
) -> SentSoFar:
    hour, day = now - timedelta(hours=1), now - timedelta(days=1)
    count = work.sent_replies.count
    return SentSoFar(
        to_sender_last_hour=count(since=hour, sender_hash=sender_hash),
        to_sender_last_day=count(since=day, sender_hash=sender_hash),
        same_template_to_sender_last_hour=count(
            since=hour, sender_hash=sender_hash, template=template
        ),
        same_template_on_case=work.messages.sent_count(case.id, template=template),
        unanswered_on_case=work.messages.automatic_since_human(case.id),
        from_mailbox_last_hour=count(since=hour, mailbox=mailbox),
        everything_last_hour=count(since=hour),
    )
