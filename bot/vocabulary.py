"""The words of the house, as types. Keys are checked against knowledge when it is loaded."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

MailboxKey = NewType("MailboxKey", str)
ProcessKey = NewType("ProcessKey", str)
MatterKey = NewType("MatterKey", str)
UnitKey = NewType("UnitKey", str)
TeamKey = NewType("TeamKey", str)
PersonKey = NewType("PersonKey", str)
CustomerKey = NewType("CustomerKey", str)
LineKey = NewType("LineKey", str)
"""A phone line."""
TemplateKey = NewType("TemplateKey", str)
CaseId = NewType("CaseId", int)
MessageId = NewType("MessageId", int)
"""The row of a stored message; not the Message-ID header."""
DraftId = NewType("DraftId", int)
"""The row of a reply that is being written; not the key of a draft in a mailbox."""

FILE_KEY = "file:"
"""Begins the keys of mail from files: no mailbox holds it, and no worker answers it by itself."""

SENT = "/sent"
"""Ends the key under which the Sent folder of a mailbox is watched."""


def sent_folder(mailbox: MailboxKey) -> MailboxKey:
    """Return the key under which the Sent folder of a mailbox is watched."""
    return MailboxKey(mailbox + SENT)


def mailbox_of_sent(folder: MailboxKey) -> MailboxKey:
    """Return the mailbox of a Sent folder; see `sent_folder`."""
    return MailboxKey(folder.removesuffix(SENT))


def is_sent_folder(mailbox: MailboxKey) -> bool:
    """Tell whether a key names a Sent folder; see `sent_folder`."""
    return mailbox.endswith(SENT)


NONE = "none"
"""How "no process" and "no matter" are written in JSON and in the labelled corpora."""


class Kind(StrEnum):
    """What a mail is, whatever it is about."""

    CASE = "case"
    FOLLOW_UP = "follow_up"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SPAM = "spam"

    @property
    def for_people(self) -> bool:
        """Tell whether a person must look at such a mail."""
        return self in (Kind.CASE, Kind.FOLLOW_UP)


class Urgency(StrEnum):
    """Why a case must not wait.

    collections: unless handled in time a customer invoice wrongly goes on to collection.
    payout: unless stopped in time a wrong outgoing payment is made.
    """

    COLLECTIONS = "collections"
    PAYOUT = "payout"
    NO = "no"


class InvoiceStage(StrEnum):
    """How far a customer invoice has come, as the ledger says."""

    OPEN = "open"
    REMINDED = "reminded"
    COLLECTION = "collection"
    PAID = "paid"
    CREDITED = "credited"


class Language(StrEnum):
    """Languages that people read here."""

    SWEDISH = "sv"
    ENGLISH = "en"


class Missing(StrEnum):
    """What a handler must ask for before a matter can be handled."""

    INVOICE_NUMBER = "invoice_number"
    CUSTOMER = "customer"
    REASON = "reason"
    NEW_DATE = "new_date"
    CONTACT = "contact"
    AUTHORISATION = "authorisation"
    ATTACHMENT = "attachment"


class Status(StrEnum):
    """Where a case stands."""

    NEW = "new"
    OPEN = "open"
    WAITING_CUSTOMER = "waiting_customer"
    WAITING_OTHER = "waiting_other"
    CLOSED = "closed"


NOT_CLOSED = tuple(status for status in Status if status is not Status.CLOSED)
"""Where an open case may stand."""


class CaseStanding(StrEnum):
    """Whether the words of a case may be deleted: only of a closed one that nobody holds."""

    CLOSED = "closed"
    OPEN = "open"
    HELD = "held"


class Channel(StrEnum):
    """How a case reached us."""

    EMAIL = "email"
    PHONE = "phone"


class Outcome(StrEnum):
    """What became of a message that a mailbox has shown us; exactly one each."""

    CASE = "case"
    FOLLOW_UP = "follow_up"
    IGNORED = "ignored"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


class IgnoredBecause(StrEnum):
    """Why a mail did not become a case."""

    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    SPAM = "spam"
    OWN_LOOP = "own_loop"
    OWN_BOUNCE = "own_bounce"
    DELAY_NOTICE = "delay_notice"
    OWN_COPY = "own_copy"
    NO_CASE = "no_case"


class Mode(StrEnum):
    """How far the assistant may go in a mailbox."""

    OFF = "off"
    SHADOW = "shadow"
    DRAFT = "draft"
    AUTO = "auto"


class EventKind(StrEnum):
    """What can happen to a case. A new fact in a report needs an event here first."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    RETAGGED = "retagged"
    ASSIGNED = "assigned"
    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    MOVED_PROCESS = "moved_process"
    RECEIPT_SENT = "receipt_sent"
    RECEIPT_WITHHELD = "receipt_withheld"
    REPLY_SENT = "reply_sent"
    REPLY_WITHHELD = "reply_withheld"
    SEND_UNCERTAIN = "send_uncertain"
    SEND_SETTLED = "send_settled"
    ANSWERED = "answered"
    FEEDBACK_ONGOING = "feedback_ongoing"
    FEEDBACK_DONE = "feedback_done"
    WAITING = "waiting"
    RESUMED = "resumed"
    ALERT_SENT = "alert_sent"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    STOP_CONFIRMED = "stop_confirmed"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    UNDONE = "undone"
    VIEWED = "viewed"
    DELIVERY_FAILED = "delivery_failed"
    REMARK_REGISTERED = "remark_registered"
    HOLD_PUT = "hold_put"
    HOLD_LIFTED = "hold_lifted"
    EXPORTED = "exported"
    CONTROLLED = "controlled"


class StopReason(StrEnum):
    """What a person did, or found, when ticking the stop of an urgent case."""

    DUE_DATE_MOVED = "due_date_moved"
    CREDITED = "credited"
    INSTALMENTS = "instalments"
    DUNNING_STOPPED = "dunning_stopped"
    PAYMENT_STOPPED = "payment_stopped"
    RECALLED = "recalled"
    ALREADY_PAID = "already_paid"
    WITHDRAWN = "withdrawn"
    NOT_OURS = "not_ours"
    NO_GROUNDS = "no_grounds"

    @property
    def stops(self) -> bool:
        """Tell whether something was stopped; else no stop was needed."""
        return self not in _NO_STOP_NEEDED


_NO_STOP_NEEDED = frozenset(
    {
        StopReason.ALREADY_PAID,
        StopReason.WITHDRAWN,
        StopReason.NOT_OURS,
        StopReason.NO_GROUNDS,
    }
)


class ActionKind(StrEnum):
    """What the outbox can hold."""

    REPLY = "reply"
    ALERT = "alert"
    DIGEST = "digest"


class ActionState(StrEnum):
    """Where a planned action stands."""

    PLANNED = "planned"
    HELD = "held"
    DONE = "done"
    DROPPED = "dropped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Right(StrEnum):
    """What somebody who is signed in may do on the web page; nothing without STAFF.

    staff: cases, registers, figures, the assistant. manager: reports, drawing for internal
    control, figures from elsewhere.
    editor: change knowledge and templates. operator: mailboxes, books, quarantine.
    protected: see cases with protected data.
    """

    STAFF = "staff"
    MANAGER = "manager"
    EDITOR = "editor"
    OPERATOR = "operator"
    PROTECTED = "protected"


class Verdict(StrEnum):
    """What a person says about a mail that may have been sent or not."""

    SENT = "sent"
    AGAIN = "again"


class Step(StrEnum):
    """Named instants on a mail's way, where a crash test may stop the process."""

    FETCHED = "fetch"
    PARSED = "parse"
    INSERTED = "insert"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    CHECKPOINTED = "checkpoint"
    CLAIMED = "claim"
    DRAFT_SAVED = "draft_saved"
    SENT = "sent"
    RECORDED = "recorded"
