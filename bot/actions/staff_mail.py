"""E-mail to one of the staff, out of a mailbox of ours: twice rather than never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from bot.clock import Clock
from bot.knowledge import Knowledge
from bot.knowledge.models import Person
from bot.notifying import NotifierUnavailable
from bot.texts import Say
from bot.vocabulary import MailboxKey
from functionmail.compose import compose
from functionmail.connectors.base import MailSender
from functionmail.errors import FunctionMailError
from functionmail.identity import Identity
from functionmail.message import Address, Outgoing

_OF_NO_CASE = "0001-000001"
_NUMBERS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is mailed.

    Attributes:
        key: Of the action; the same key is the same mail.
        mailbox: Out of which it goes if it can.
        case_number: What it is about; empty for no case.
    """

    key: str
    subject: str
    text: str
    mailbox: MailboxKey | None = None
    case_number: str = ""


class StaffMailer:
    """Mails notes. Marked as automatic, so that no program answers them."""

    def __init__(
        self,
        senders: Mapping[MailboxKey, MailSender],
        knowledge: Knowledge,
        identity: Identity,
        clock: Clock,
    ) -> None:
        self._senders = senders
        self._knowledge = knowledge
        self._identity = identity
        self._clock = clock

    def send(self, note: Note, person: Person, say: Say) -> None:
        """Mail a note; a repeat finds its mail in Sent and sends no second one.

        One of which nobody knows whether it went is sent again, where it is not in Sent.

        Raises:
            NotifierUnavailable: No mailbox can send, or the one that can does not answer.
        """
        mailbox, sender = self._sender(note.mailbox)
        message_id = self._message_id(note)
        own = self._knowledge.mailboxes[mailbox]
        names = self._knowledge.names_in(say.language)
        mail = Outgoing(
            message_id=message_id,
            sender=Address(name=names.mailbox(mailbox), address=own.address),
            recipient=Address(name=person.name, address=person.email),
            subject=note.subject,
            text=note.text,
            auto_submitted="auto-generated",
            language=say.language,
            sent_at=self._clock.now(),
        )
        try:
            if sender.find_sent(message_id):
                return
            begun = sender.find_draft(message_id)
            if begun is None:
                sender.send(sender.save_draft(message_id, compose(mail)))
            else:
                sender.send_again(begun)  # told twice rather than never
        except FunctionMailError as error:
            raise NotifierUnavailable("larmet gick inte att mejla") from error

    def _sender(self, wanted: MailboxKey | None) -> tuple[MailboxKey, MailSender]:
        ranked = sorted(self._senders, key=lambda mailbox: mailbox != wanted)
        if not ranked:
            raise NotifierUnavailable("ingen brevlåda kan skicka larm")
        return ranked[0], self._senders[ranked[0]]

    def _message_id(self, note: Note) -> str:
        number = int(sha256(note.key.encode()).hexdigest(), 16) % _NUMBERS
        return self._identity.own_message_id(note.case_number or _OF_NO_CASE, number)
