"""A second way to staff, for when the first is down: e-mail to the person it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.knowledge.name_book import NameBook
from bot.notifying import Alert, Notifier, NotifierUnavailable, sentence
from bot.texts import Say
from bot.vocabulary import MailboxKey
from functionmail.compose import compose
from functionmail.connectors.base import MailSender
from functionmail.errors import FunctionMailError
from functionmail.identity import Identity
from functionmail.message import Address, Outgoing

_OF_NO_CASE = "0001-000001"
_NUMBERS = 1_000_000_000


class FallbackNotifier:
    """Tries one channel, and the next when that is down."""

    def __init__(
        self,
        first: Notifier,
        second: Notifier,
        *,
        only: Callable[[Alert], bool] = lambda _alert: True,
    ) -> None:
        """Make a notifier of two.

        Args:
            only: Which alerts go by the second channel; the others wait for the first.
        """
        self._first = first
        self._second = second
        self._only = only

    def notify(self, alert: Alert) -> None:
        """See `Notifier.notify`. Where both are down, the first one's trouble is told."""
        try:
            self._first.notify(alert)
        except NotifierUnavailable as down:
            if not self._only(alert):
                raise
            try:
                self._second.notify(alert)
            except NotifierUnavailable:
                raise down from None


class MailNotifier:
    """Sends an alert by e-mail to the person whom it is for.

    The mail holds no more than the alert does: case number, process, matter, customer unit
    and numbers. It goes out of the mailbox of the case, or of another one that can send.
    """

    def __init__(
        self,
        senders: Mapping[MailboxKey, MailSender],
        knowledge: Knowledge,
        identity: Identity,
        clock: Clock,
        say: Say,
    ) -> None:
        self._senders = senders
        self._knowledge = knowledge
        self._identity = identity
        self._clock = clock
        self._say = say
        self._names: NameBook = knowledge.names_in(say.language)

    def notify(self, alert: Alert) -> None:
        """See `Notifier.notify`. A repeat finds its mail in Sent and sends no second one."""
        person = None if alert.to is None else self._knowledge.people.get(alert.to)
        if person is None:
            raise NotifierUnavailable("larmet gäller ingen bestämd person; ingen att mejla till")
        mailbox, sender = self._sender(alert.mailbox)
        message_id = self._message_id(alert)
        own = self._knowledge.mailboxes[mailbox]
        text = sentence(alert, self._say, self._names)
        mail = Outgoing(
            message_id=message_id,
            sender=Address(name=self._names.mailbox(mailbox), address=own.address),
            recipient=Address(name=person.name, address=person.email),
            subject=self._say("Samma dag: larm"),
            text=text,
            auto_submitted="auto-generated",
            language=self._say.language,
            sent_at=self._clock.now(),
        )
        try:
            if not sender.find_sent(message_id):
                sender.send(
                    sender.find_draft(message_id) or sender.save_draft(message_id, compose(mail))
                )
        except FunctionMailError as error:
            raise NotifierUnavailable("larmet gick inte att mejla") from error

    def _sender(self, wanted: MailboxKey | None) -> tuple[MailboxKey, MailSender]:
        ranked = sorted(self._senders, key=lambda mailbox: mailbox != wanted)
        if not ranked:
            raise NotifierUnavailable("ingen brevlåda kan skicka larm")
        return ranked[0], self._senders[ranked[0]]

    def _message_id(self, alert: Alert) -> str:
        number = int(sha256(alert.key.encode()).hexdigest(), 16) % _NUMBERS
        return self._identity.own_message_id(alert.case_number or _OF_NO_CASE, number)
