"""What goes in and out of the store: value objects, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.vocabulary import (
    ActionKind,
    CaseId,
    IgnoredBecause,
    Kind,
    MailboxKey,
    MessageId,
    Outcome,
    PersonKey,
    TeamKey,
    TemplateKey,
)
from functionmail.message import Message, MessageKey, RawMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxState:
    """What we remember of a mailbox.

    Attributes:
        connected_at: When we first read it, or when the database was restored; mail from
            before is backlog.
        caught_up_at: When a round first reached its end, or None.
    """

    mailbox: MailboxKey
    checkpoint: str | None
    connected_at: datetime
    caught_up_at: datetime | None
    last_round_at: datetime | None

    @property
    def restored_at(self) -> datetime | None:
        """Return when the database was restored; mail from before may have been answered."""
        if self.caught_up_at is None or self.connected_at <= self.caught_up_at:
            return None
        return self.connected_at


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessage:
    """A stored mail, as far as a new one needs it."""

    id: MessageId
    mid: str
    content_hash: str
    incoming: bool
    case_id: CaseId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """An incoming mail to store whole."""

    id: MessageId
    message: Message
    content: bytes
    transport_headers: tuple[tuple[str, str], ...]
    mailbox: MailboxKey
    case_id: CaseId | None
    kind: Kind
    automatic: bool
    glance: bool
    received_at: datetime
    triage: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """A mail of ours to store."""

    message: Message
    content: bytes
    mailbox: MailboxKey
    case_id: CaseId | None
    automatic: bool
    template: TemplateKey | None
    template_version: str | None
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The outcome of one message in one mailbox.

    Attributes:
        mark_due: People are to see in the mailbox what became of it.
    """

    mailbox: MailboxKey
    key: MessageKey
    outcome: Outcome
    because: IgnoredBecause | None = None
    message_id: MessageId | None = None
    case_id: CaseId | None = None
    seen_at: datetime
    mark_due: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueMark:
    """A message in a mailbox whose marks do not say how its case stands.

    Attributes:
        message_id: Of its header, without brackets.
    """

    key: MessageKey
    message_id: str
    case_id: CaseId
    owner: PersonKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A mail that our own code failed on.

    Attributes:
        error: Name of the exception class and the place in our code; never mail text.
    """

    mailbox: MailboxKey
    key: MessageKey
    received_at: datetime
    content: bytes
    transport_headers: tuple[tuple[str, str], ...]
    error: str
    attempts: int
    retry_at: datetime

    def as_raw(self) -> RawMessage:
        """Return the mail as its mailbox gave it to us."""
        return RawMessage(
            key=self.key,
            received_at=self.received_at,
            content=self.content,
            transport_headers=self.transport_headers,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredMail:
    """A mail that became no case, for the list that people look through."""

    id: MessageId
    mailbox: MailboxKey
    because: str
    received_at: datetime
    glance: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """The bytes of a stored mail and what is known about it."""

    id: MessageId
    mailbox: MailboxKey
    case_id: CaseId | None
    kind: Kind | None
    received_at: datetime
    content: bytes
    transport_headers: tuple[tuple[str, str], ...]

    def as_raw(self) -> RawMessage:
        """Return the mail as its mailbox gave it to us, under a key of the store."""
        return RawMessage(
            key=MessageKey(f"stored:{self.id}"),
            received_at=self.received_at,
            content=self.content,
            transport_headers=self.transport_headers,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedMail:
    """An incoming mail and what was decided about it, without what it says.

    Attributes:
        kind: What became of it: it opened a case, joined one, or was put aside.
        automatic: No person seemed to have written it when it came.
        triage: `Triage.as_json` of then; None when it was deleted.
    """

    id: MessageId
    case_id: CaseId | None
    kind: Kind
    automatic: bool
    glance: bool
    triage: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedAction:
    """An action that this worker owns until its lease runs out."""

    key: str
    kind: ActionKind
    case_id: CaseId | None
    data: Mapping[str, Any]
    due_at: datetime
    planned_at: datetime
    attempts: int
    draft: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLoad:
    """How many open cases wait for a team.

    Attributes:
        unanswered: No person has answered or given feedback.
        due: They must be handled today, or should have been before.
    """

    team: TeamKey
    urgent: int
    unanswered: int
    due: int

    @property
    def is_nothing(self) -> bool:
        """Tell whether there is nothing to say."""
        return not (self.urgent or self.unanswered or self.due)
