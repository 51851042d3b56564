"""A second way to staff, for when the first is down: e-mail to the person it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.actions.staff_mail import Note, StaffMailer
from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.knowledge.name_book import NameBook
from bot.notifying import Alert, Notifier, NotifierUnavailable, sentence
from bot.texts import Say
from bot.vocabulary import MailboxKey
from functionmail.connectors.base import MailSender
from functionmail.identity import Identity


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
        self._mailer = StaffMailer(senders, knowledge, identity, clock)
        self._knowledge = knowledge
        self._say = say
        self._names: NameBook = knowledge.names_in(say.language)

    def notify(self, alert: Alert) -> None:
        """See `Notifier.notify`. A repeat finds its mail in Sent and sends no second one."""
        person = None if alert.to is None else self._knowledge.people.get(alert.to)
        if person is None:
            raise NotifierUnavailable("larmet gäller ingen bestämd person; ingen att mejla till")
        note = Note(
            key=alert.key,
            subject=self._say("Samma dag: larm"),
            text=sentence(alert, self._say, self._names),
            mailbox=alert.mailbox,
            case_number=alert.case_number or "",
        )
        self._mailer.send(note, person, self._say)
