"""The outbox of a test's house, sending through whatever senders the test gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.actions.alert import AlertPerformer
from bot.actions.reply import Brakes, ReplyPerformer
from bot.plan import AnswerPolicy, BrakeLimits
from bot.services.dispatch import Dispatch
from bot.services.intake import no_probe
from bot.vocabulary import ActionKind, MailboxKey, Mode
from functionmail.connectors.base import MailSender
from tests.city import LONG_AGO, City, shipped_material

_LIMITS = BrakeLimits(
    sender_per_hour=3,
    sender_per_day=10,
    unanswered_per_case=3,
    mailbox_per_hour=60,
    everything_per_hour=300,
)


def reply_performer(city: City, senders: Mapping[str, MailSender]) -> ReplyPerformer:
    """Return what sends receipts, automatically, whatever the city's own settings say."""
    knowledge = city.app.knowledge
    policy = AnswerPolicy(mode=Mode.AUTO, answer_from=LONG_AGO, twin_wait=timedelta())
    return ReplyPerformer(
        city.app.database,
        senders={MailboxKey(name): sender for name, sender in senders.items()},
        templates=shipped_material().templates,
        knowledge=knowledge,
        calendar=knowledge.calendar,
        identity=city.app.identity,
        brakes=Brakes(customer=_LIMITS, unknown=_LIMITS),
        policies=lambda _mailbox, _at: policy,
        clock=city.clock,
        probe=no_probe,
    )


def outbox_of(city: City, senders: Mapping[str, MailSender]) -> Dispatch:
    """Return an outbox that sends receipts through these senders."""
    knowledge = city.app.knowledge
    alert = AlertPerformer(
        city.app.database, city.notifier, knowledge, knowledge.calendar, city.clock
    )
    return Dispatch(
        city.app.database,
        {ActionKind.REPLY: reply_performer(city, senders), ActionKind.ALERT: alert},
        city.clock,
        worker="test",
        probe=no_probe,
    )
