"""From raw mail to a decision about it: parse, who wrote it, triage. No store, no clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from bot.knowledge import Knowledge
from bot.triage import TriageRules, triage
from bot.triage.model import Triage
from bot.vocabulary import FILE_KEY, IgnoredBecause, Kind, MailboxKey, Urgency
from functionmail import automatic, conversation
from functionmail.automatic import Author, Authorship, DeliveryFailure
from functionmail.conversation import Candidates
from functionmail.identity import Identity
from functionmail.message import Message, RawMessage
from functionmail.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A raw mail and the function mailbox that showed it to us.

    Attributes:
        settled: A person has named the mailbox; what stands in To does not change it.
        message: The mail parsed, where that was done on the way; else None.
    """

    mailbox: MailboxKey
    raw: RawMessage
    message: Message | None = None
    settled: bool = False

    @property
    def is_from_file(self) -> bool:
        """Tell whether no mailbox holds the mail."""
        return self.raw.key.startswith(FILE_KEY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One mail, read.

    Attributes:
        mailbox: The function mailbox that answers: the first one in To, else in Cc, else
            the one it arrived in.
        no_answer: Codes of the loop rules that forbid an automatic answer.
        ignored: Why the mail is nobody's case, or None.
        glance: The mail is ignored, yet holds words of urgency.
        failure: The mail says that a mail of ours did not arrive.
    """

    arrival: Arrival
    mailbox: MailboxKey
    message: Message
    triage: Triage
    no_answer: tuple[str, ...]
    ignored: IgnoredBecause | None
    glance: bool
    failure: DeliveryFailure | None
    candidates: Candidates


class Reader:
    """Reads mails by the rules that hold now."""

    def __init__(
        self,
        knowledge: Knowledge,
        rules: TriageRules,
        identity: Identity,
        *,
        watched: Collection[MailboxKey] = (),
    ) -> None:
        """Make a reader.

        Args:
            watched: The mailboxes that can answer; empty means all that are known.
        """
        self._rules = rules
        self._identity = identity
        self._addresses: Mapping[str, MailboxKey] = knowledge.mailbox_by_address
        self._answering = {
            address: mailbox
            for address, mailbox in self._addresses.items()
            if not watched or mailbox in watched
        }

    def read(self, arrival: Arrival) -> Reading:
        """Read one mail. Whatever the mail holds, only a fault of ours can raise."""
        message = arrival.message or _parse(arrival)
        mailbox = arrival.mailbox
        if not arrival.settled:
            mailbox = conversation.primary_mailbox(message, self._answering, mailbox)
        author = automatic.authorship(message, identity=self._identity)
        found = self._triage(message, mailbox, arrival, author)
        failure = automatic.delivery_failure(message, self._identity, author=author)
        ignored = _ignored(author, found.kind, message, failure)
        return Reading(
            arrival=arrival,
            mailbox=mailbox,
            message=message,
            triage=found,
            no_answer=tuple(
                automatic.may_answer(
                    message,
                    own_addresses=self._addresses,
                    identity=self._identity,
                    author=author,
                )
            ),
            ignored=ignored,
            glance=ignored is not None and self._sounds_urgent(message, mailbox, arrival),
            failure=failure,
            candidates=conversation.candidates(message, self._identity),
        )

    def triage_message(
        self, message: Message, *, mailbox: MailboxKey, received_at: datetime
    ) -> Triage:
        """Triage a message that came without its bytes, such as a labelled one."""
        return triage(
            message,
            mailbox=mailbox,
            received_at=received_at,
            authorship=automatic.authorship(message, identity=self._identity),
            rules=self._rules,
        )

    def read_as_case(self, arrival: Arrival, mailbox: MailboxKey) -> Reading:
        """Read a mail that a person has declared to be a case, whoever seems to have sent it."""
        reading = self.read(arrival)
        found = self._triage(reading.message, mailbox, arrival, automatic.BY_A_PERSON)
        if not found.kind.for_people:
            found = dataclasses.replace(found, kind=Kind.CASE)
        return Reading(
            arrival=arrival,
            mailbox=mailbox,
            message=reading.message,
            triage=found,
            no_answer=reading.no_answer,
            ignored=None,
            glance=False,
            failure=None,
            candidates=reading.candidates,
        )

    def _triage(
        self, message: Message, mailbox: MailboxKey, arrival: Arrival, author: Authorship
    ) -> Triage:
        return triage(
            message,
            mailbox=mailbox,
            received_at=arrival.raw.received_at,
            authorship=author,
            rules=self._rules,
        )

    def _sounds_urgent(self, message: Message, mailbox: MailboxKey, arrival: Arrival) -> bool:
        found = self._triage(message, mailbox, arrival, automatic.BY_A_PERSON)
        return found.urgent is not Urgency.NO or found.possible


def _parse(arrival: Arrival) -> Message:
    """Parse a mail; one that its server could not hand over is told apart by its key."""
    raw = arrival.raw
    message = parse(raw.content, transport_headers=raw.transport_headers)
    if raw.content:
        return message
    unique = sha256(f"{arrival.mailbox}:{raw.key}".encode()).hexdigest()
    return dataclasses.replace(message, message_id=f"empty.{unique}@missing.invalid")


_IGNORED = {
    Kind.AUTO_REPLY: IgnoredBecause.AUTO_REPLY,
    Kind.BOUNCE: IgnoredBecause.BOUNCE,
    Kind.SPAM: IgnoredBecause.SPAM,
}


def _ignored(
    author: Authorship, kind: Kind, message: Message, failure: DeliveryFailure | None
) -> IgnoredBecause | None:
    if author.kind is Author.OWN_LOOP:
        return IgnoredBecause.OWN_LOOP
    if author.kind is Author.BOUNCE and automatic.is_delay_notice(message):
        return IgnoredBecause.DELAY_NOTICE
    if failure is not None and failure.permanent:
        return None
    return _IGNORED.get(kind)
