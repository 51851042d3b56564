"""Tables. They stay in this package; callers get value objects.

Three groups, so that personal data can be deleted without breaking the record:
what a mail or a caller said (``message_raw``, ``message_text``, ``message_address``,
``message_triage``, ``attachment``, ``quarantine``, ``phone_call``), what it became
(``delivery``, ``message``, ``case_file``), and what happened (``event``, ``action``), which
hold keys, codes and numbers only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant, on SQLite (which forgets zones) and PostgreSQL alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; refuse a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: attach a zone before storing it")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Hand out aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only for a column of type INTEGER.
_BigId = BigInteger().with_variant(Integer, "sqlite")


class Row(DeclarativeBase):
    """Base of all mapped classes."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
    }


class CounterRow(Row):
    """Running numbers, taken in blocks inside the transaction that uses them."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class MailboxRow(Row):
    """What we remember of a mailbox between two rounds."""

    __tablename__ = "mailbox"

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    checkpoint: Mapped[str | None] = mapped_column(Text, default=None)
    connected_at: Mapped[datetime]
    caught_up_at: Mapped[datetime | None] = mapped_column(default=None)
    last_round_at: Mapped[datetime | None] = mapped_column(default=None)
    leader: Mapped[str | None] = mapped_column(String(80), default=None)
    leader_until: Mapped[datetime | None] = mapped_column(default=None)


class DeliveryRow(Row):
    """The books: one row, and so one outcome, for each message a mailbox has shown us."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "outcome", "mailbox"),
        Index(
            "ix_delivery_mark_due",
            "mailbox",
            sqlite_where=text("mark_due"),
            postgresql_where=text("mark_due"),
        ),
    )

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    because: Mapped[str | None] = mapped_column(String(40), default=None)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    seen_at: Mapped[datetime]
    mark_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    gone_at: Mapped[datetime | None] = mapped_column(default=None)


class QuarantineRow(Row):
    """Mail that our own code failed on: kept whole, tried again."""

    __tablename__ = "quarantine"

    mailbox: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    received_at: Mapped[datetime]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    transport_headers: Mapped[dict[str, Any]]
    error: Mapped[str] = mapped_column(String(200))
    attempts: Mapped[int] = mapped_column(default=1)
    retry_at: Mapped[datetime] = mapped_column(index=True)


class CaseRow(Row):
    """A case as it stands; its history is in ``event``."""

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("year", "serial"),
        Index(None, "status", "urgent"),
        Index(None, "team", "status"),
        Index(None, "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    year: Mapped[int]
    serial: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    mailbox: Mapped[str] = mapped_column(String(60))
    process: Mapped[str | None] = mapped_column(String(60))
    matter: Mapped[str | None] = mapped_column(String(60))
    urgent: Mapped[str] = mapped_column(String(20))
    possible: Mapped[bool]
    protected: Mapped[bool]
    complaint: Mapped[bool]
    misdirected: Mapped[bool]
    customer: Mapped[str | None] = mapped_column(String(120))
    team: Mapped[str] = mapped_column(String(60))
    owner: Mapped[str | None] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    received_at: Mapped[datetime]
    clock_started_at: Mapped[datetime]
    stop_confirmed: Mapped[bool]
    version: Mapped[int]
    handle_by: Mapped[datetime | None] = mapped_column(index=True)
    safe_until: Mapped[datetime | None]
    deadline_reasons: Mapped[list[dict[str, Any]] | None]


class MessageRow(Row):
    """A mail in or out: identity and what it became, nothing of what it says."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("direction", "mid", "content_hash"),
        Index(None, "mid"),
        Index(None, "case_id", "received_at"),
        Index(
            "ix_message_glance",
            "received_at",
            sqlite_where=text("glance"),
            postgresql_where=text("glance"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    direction: Mapped[str] = mapped_column(String(3))
    mid: Mapped[str] = mapped_column(String(1000))
    content_hash: Mapped[str] = mapped_column(String(64))
    mailbox: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str | None] = mapped_column(String(20))
    automatic: Mapped[bool]
    glance: Mapped[bool]
    template: Mapped[str | None] = mapped_column(String(60))
    template_version: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime]
    size: Mapped[int]
    faults: Mapped[list[str]]


class MessageRawRow(Row):
    """The exact bytes."""

    __tablename__ = "message_raw"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)
    transport_headers: Mapped[dict[str, Any]]


class MessageTextRow(Row):
    """What the mail says."""

    __tablename__ = "message_text"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    quoted: Mapped[str] = mapped_column(Text)


class MessageAddressRow(Row):
    """Who wrote to whom."""

    __tablename__ = "message_address"
    __table_args__ = (Index(None, "address"),)

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    role: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)


class MessageTriageRow(Row):
    """What triage said and why; holds words of the mail."""

    __tablename__ = "message_triage"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    triage: Mapped[dict[str, Any]]


class AttachmentRow(Row):
    """An attachment; its bytes are found again in ``message_raw`` by position."""

    __tablename__ = "attachment"

    message_id: Mapped[int] = mapped_column(
        ForeignKey("message.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]


class EventRow(Row):
    """What happened, in order; append-only."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "case_id", "id"), Index(None, "kind", "at"), Index(None, "at"))

    id: Mapped[int] = mapped_column(_BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    wall_seconds: Mapped[int]
    working_seconds: Mapped[int]
    data: Mapped[dict[str, Any]]


class ActionRow(Row):
    """The outbox: what is planned, written with the case in one transaction."""

    __tablename__ = "action"
    __table_args__ = (
        Index(
            "ix_action_due",
            "due_at",
            "key",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index(None, "case_id"),
    )

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    data: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    because: Mapped[str | None] = mapped_column(String(60))
    claimed_by: Mapped[str | None] = mapped_column(String(60))
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int]
    draft: Mapped[str | None] = mapped_column(String(500))
    planned_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class SentReplyRow(Row):
    """One automatic mail that went out, for the brakes; the sender only as a keyed hash."""

    __tablename__ = "sent_reply"
    __table_args__ = (
        Index(None, "sender_hash", "at"),
        Index(None, "mailbox", "at"),
        Index(None, "at"),
    )

    action_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    sender_hash: Mapped[str] = mapped_column(String(64))
    mailbox: Mapped[str] = mapped_column(String(60))
    template: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]


class BreakerRow(Row):
    """A brake on a whole mailbox (or ``*``, on everything) that is open now."""

    __tablename__ = "breaker"

    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    open_since: Mapped[datetime]


class LedgerGenerationRow(Row):
    """One import of the open customer invoices."""

    __tablename__ = "ledger_generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    begun_at: Mapped[datetime]
    switched_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)


class LedgerCurrentRow(Row):
    """The one row that says which generation counts; its UPDATE is the switch."""

    __tablename__ = "ledger_current"

    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    generation: Mapped[int | None] = mapped_column(ForeignKey("ledger_generation.id"))


class LedgerInvoiceRow(Row):
    """An invoice as a generation of the ledger has it."""

    __tablename__ = "ledger_invoice"
    __table_args__ = (
        Index(None, "generation", "ocr"),
        Index(None, "generation", "customer_no"),
        {"sqlite_with_rowid": False},
    )

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(30), primary_key=True)
    ocr: Mapped[str | None] = mapped_column(String(30))
    customer_no: Mapped[str | None] = mapped_column(String(30))
    customer: Mapped[str | None] = mapped_column(String(200))
    due: Mapped[date | None]
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    stage: Mapped[str] = mapped_column(String(12))
    paid_on: Mapped[date | None]


class CaseInvoiceRow(Row):
    """An invoice that a case concerns, with what the ledger last said of it.

    ``stage`` is null while the ledger does not know the number.
    """

    __tablename__ = "case_invoice"
    __table_args__ = (Index(None, "number"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[str] = mapped_column(String(30), primary_key=True)
    position: Mapped[int]
    due: Mapped[date | None]
    amount_ore: Mapped[int | None] = mapped_column(BigInteger)
    stage: Mapped[str | None] = mapped_column(String(12))
    customer_no: Mapped[str | None] = mapped_column(String(30))
    customer: Mapped[str | None] = mapped_column(String(200))
    stopped: Mapped[bool] = mapped_column(default=False)
    looked_up_at: Mapped[datetime | None]


class WatchRow(Row):
    """An urgent case until a person acknowledges it, and until it is closed."""

    __tablename__ = "urgency_watch"
    __table_args__ = (Index(None, "next_at"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    begun_at: Mapped[datetime]
    step: Mapped[int]
    next_at: Mapped[datetime | None]
    told_half: Mapped[bool] = mapped_column(default=False)
    told_last_hour: Mapped[bool] = mapped_column(default=False)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(60))


class StopListRow(Row):
    """A stop list as it was given out."""

    __tablename__ = "stop_list"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    run_on: Mapped[date | None]
    made_at: Mapped[datetime]


class StopListLineRow(Row):
    """One line of a stop list that was given out."""

    __tablename__ = "stop_list_line"
    __table_args__ = (Index(None, "invoice"),)

    stop_list_id: Mapped[int] = mapped_column(
        ForeignKey("stop_list.id"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    invoice: Mapped[str | None] = mapped_column(String(30))
    line: Mapped[dict[str, Any]]


class MissRow(Row):
    """An invoice that stood on a stop list and went to the collector all the same."""

    __tablename__ = "stop_list_miss"

    invoice: Mapped[str] = mapped_column(String(30), primary_key=True)
    stop_list_id: Mapped[int] = mapped_column(ForeignKey("stop_list.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    amount_ore: Mapped[int | None] = mapped_column(BigInteger)
    found_at: Mapped[datetime]


class PhoneCallRow(Row):
    """What a caller said; personal data, deleted with the texts of mails."""

    __tablename__ = "phone_call"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    customer: Mapped[str] = mapped_column(Text)
    callback: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)


class PromiseRow(Row):
    """The promise of feedback the same day; a reopened case gets a new one."""

    __tablename__ = "promise"
    __table_args__ = (Index(None, "kept_at", "due_at"),)

    case_id: Mapped[int] = mapped_column(
        ForeignKey("case_file.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    reminders: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[datetime | None]
    kept_with: Mapped[str | None] = mapped_column(String(20))
    broken_at: Mapped[datetime | None]


class RegisterEntryRow(Row):
    """An entry of a register (remarks, customer log, process log); append-only.

    ``entry`` groups what belongs together: a remark, its owner, its answer.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        Index(None, "register", "at"),
        Index(None, "register", "subject"),
        Index(None, "register", "entry"),
    )

    id: Mapped[int] = mapped_column(_BigId, primary_key=True)
    register: Mapped[str] = mapped_column(String(20))
    entry: Mapped[int]
    kind: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str | None] = mapped_column(String(120))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]
    text: Mapped[str | None] = mapped_column(Text)
