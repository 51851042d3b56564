"""Runs, dunning rules, invoices and deadlines as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from bot.errors import BadValue
from bot.vocabulary import InvoiceStage, ProcessKey

DEFAULT_GROUP: Final = "default"
"""The group of customers about whom nothing else is known."""
LONGEST_WAIT: Final = 3660
"""Days; no step of dunning comes later than ten years after the due date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRun:
    """A batch run that starts on certain weekdays, always at the same time.

    Attributes:
        weekdays: Monday is 0; never empty.
        at: Wall-clock time in the zone of the calendar. What arrives at that very time is too
            late for the run.
        moves_before_days_off: A run that would fall on a day off takes place on the working
            day before it. Else it runs on days off too, which is the safe thing to believe
            where nobody knows.
    """

    weekdays: frozenset[int]
    at: time
    moves_before_days_off: bool = False

    def __post_init__(self) -> None:
        if not self.weekdays:
            raise BadValue("en körning behöver minst en veckodag")
        if not self.weekdays <= frozenset(range(7)):
            raise ValueError("weekdays are 0 (Monday) to 6 (Sunday)")
        if self.at.tzinfo is not None:
            raise BadValue("en körnings tid är ett klockslag utan tidszon")


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningStep:
    """A step towards collection: from which day on a run takes an invoice along.

    Attributes:
        after_days: Calendar days from the due date to the first day on which a run may take
            the invoice; in [0, `LONGEST_WAIT`].
    """

    after_days: int
    run: WeeklyRun

    def __post_init__(self) -> None:
        if not 0 <= self.after_days <= LONGEST_WAIT:
            raise ValueError(f"after_days must be in [0, {LONGEST_WAIT}], got {self.after_days}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningGroup:
    """How invoices of one group of customers are dunned.

    Attributes:
        reminder: None where no reminder is sent.
        collection: None where nothing ever goes to the collector, as between the city's own
            units.
    """

    reminder: DunningStep | None
    collection: DunningStep | None

    def __post_init__(self) -> None:
        reminder, collection = self.reminder, self.collection
        if reminder and collection and collection.after_days < reminder.after_days:
            raise BadValue("inkasso kan inte komma före påminnelsen")


@dataclass(frozen=True, slots=True, kw_only=True)
class DunningRules:
    """The dunning calendar: one group for everybody, and groups that differ.

    Attributes:
        default: Of every group that `groups` does not have.
    """

    default: DunningGroup
    groups: Mapping[str, DunningGroup] = field(default_factory=dict)

    def group(self, key: str) -> DunningGroup:
        """Return the rules of a group; an unknown key has those of `default`."""
        return self.groups.get(key, self.default)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRun:
    """When outgoing payments of a process are sent to the bank.

    Attributes:
        run: Its time is the cut-off, after which a payment can no longer be held back.
    """

    process: ProcessKey
    run: WeeklyRun


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenInvoice:
    """What is known about a customer invoice that a case is about.

    Attributes:
        due: None where neither the ledger nor the sender tells.
        stage: None where the ledger does not have the invoice.
        group: Key of a group of the dunning rules; `DEFAULT_GROUP` where it is not known.
    """

    due: date | None
    stage: InvoiceStage | None
    group: str = DEFAULT_GROUP


class DeadlineCode(StrEnum):
    """The rules that a deadline can come from; ``deadline.<code>`` has the sentence."""

    BEFORE_DUE = "before_due"
    DUE_UNKNOWN = "due_unknown"
    DUE_PASSED = "due_passed"
    COLLECTION_MENTIONED = "collection_mentioned"
    REMINDER_RUN = "reminder_run"
    COLLECTION_RUN = "collection_run"
    PAYMENT_RUN = "payment_run"
    PAYMENT_RUN_UNKNOWN = "payment_run_unknown"
    PAYMENT_DATE_UNKNOWN = "payment_date_unknown"
    NEXT_WORKING_DAY = "next_working_day"
    LOST_BEFORE_OPENING = "lost_before_opening"
    NO_RUN_KNOWN = "no_run_known"
    AT_COLLECTOR = "at_collector"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineReason:
    """One rule that took part in a deadline.

    Attributes:
        until: By when it wants the case handled, in UTC; None for one that only explains.
        due: The due date that it saw.
        run_at: The run that it saw, in UTC.
    """

    code: DeadlineCode
    until: datetime | None = None
    due: date | None = None
    run_at: datetime | None = None

    def values(self) -> Mapping[str, str]:
        """Return what it saw as text in ISO 8601, by name; nothing for None."""
        found = (("until", self.until), ("due", self.due), ("run_at", self.run_at))
        return {name: value.isoformat() for name, value in found if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """By when a case must be handled, and until when it can be.

    Attributes:
        handle_by: In UTC, a moment in opening hours or a closing time, and after the arrival.
            Queues, ladder and figures use it.
        safe_until: The last working moment before the first run after the arrival that could
            take an invoice (or the payment) along, in UTC. It is before the arrival when the
            run goes before the office opens again. None if no such run is known.
        reasons: What both came from; the rule that decided `handle_by` first.
    """

    handle_by: datetime | None
    safe_until: datetime | None
    reasons: tuple[DeadlineReason, ...] = ()
