"""The values of the registers: entries, what they say, and how an item stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from bot.cases import CaseNumber
from bot.vocabulary import CaseId, CustomerKey, PersonKey, ProcessKey, UnitKey


class Register(StrEnum):
    """The three registers."""

    REMARKS = "remarks"
    CUSTOMER_LOG = "customer_log"
    PROCESS_LOG = "process_log"


class EntryKind(StrEnum):
    """What can happen to an item; the first entry is always `OPENED`.

    closed: Ended without an answer or a measure, with the reason.
    feedback: The person who made the proposal has been told.
    corrected: Something written before was wrong; this is how it should read.
    """

    OPENED = "opened"
    HANDED_OVER = "handed_over"
    DISCUSSED = "discussed"
    MEASURE = "measure"
    ANSWERED = "answered"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    FEEDBACK = "feedback"
    COMMENTED = "commented"
    CORRECTED = "corrected"
    CLOSED = "closed"
    REOPENED = "reopened"


class State(StrEnum):
    """How an item stands.

    noted: Written down for the record; nothing is owed.
    resolved: Decided, but the proposer has not been told yet.
    """

    NOTED = "noted"
    OPEN = "open"
    DISCUSSED = "discussed"
    ACTING = "acting"
    RESOLVED = "resolved"
    DONE = "done"


class Nature(StrEnum):
    """What sort of item it is; each register has its own."""

    COMPLAINT = "complaint"
    OPINION = "opinion"
    SUGGESTION = "suggestion"
    PRAISE = "praise"
    EVENT = "event"
    RECURRING = "recurring"
    INFORMATION_NEED = "information_need"
    MEETING = "meeting"
    PROPOSAL = "proposal"
    FAULT = "fault"
    SUPPORT = "support"


class Source(StrEnum):
    """How a remark or a note for the customer log reached us."""

    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"
    MEETING = "meeting"
    SURVEY = "survey"
    OTHER = "other"


class Rung(StrEnum):
    """A rung of the support ladder; the last three are side by side at the top.

    manager: processansvarig (PA), a unit head. owner: processägare, outside the centre.
    """

    FIRST_LINE = "first_line"
    SPECIALIST = "specialist"
    KAIZEN = "kaizen"
    MANAGER = "manager"
    SUPPLIER = "supplier"
    OWNER = "owner"

    @property
    def level(self) -> int:
        """Height on the ladder, from 1; level 0 is the written routine or a colleague."""
        return _LEVELS[self]


_LEVELS: Final[Mapping[Rung, int]] = {
    Rung.FIRST_LINE: 1,
    Rung.SPECIALIST: 2,
    Rung.KAIZEN: 3,
    Rung.MANAGER: 4,
    Rung.SUPPLIER: 4,
    Rung.OWNER: 4,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an entry says beside its text; None says nothing, and leaves it as it was.

    Attributes:
        owner: Who is to see to the item.
        proposer: Who is to be told what became of a point in the process log.
        due: Local date by which a remark is answered, or a point followed up.
    """

    nature: Nature | None = None
    source: Source | None = None
    unit: UnitKey | None = None
    process: ProcessKey | None = None
    customer: CustomerKey | None = None
    owner: PersonKey | None = None
    proposer: PersonKey | None = None
    rung: Rung | None = None
    due: date | None = None

    def said(self) -> dict[str, Any]:  # Any: each fact has a type of its own
        """Return what is said, by name."""
        pairs = ((each.name, getattr(self, each.name)) for each in dataclasses.fields(self))
        return {name: value for name, value in pairs if value is not None}

    def then(self, later: Facts) -> Facts:
        """Return the facts after a later entry; what it says replaces what stood before."""
        return dataclasses.replace(self, **later.said())


NOTHING_SAID: Final = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a person wants to enter. The text is free text of staff and stays in the register."""

    kind: EntryKind
    text: str | None = field(default=None, repr=False)
    facts: Facts = NOTHING_SAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as it stands in a register; never changed.

    Attributes:
        id: Grows with each entry of any register; 0 until it is stored.
        number: Of the item; no two items of any register share one.
        text: None where there was none, or where it was deleted for its age.
    """

    id: int = 0
    register: Register
    number: int
    kind: EntryKind
    at: datetime
    actor: PersonKey
    text: str | None = field(default=None, repr=False)
    facts: Facts = NOTHING_SAID
    case_id: CaseId | None = None
    case_number: CaseNumber | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """How a remark or a point of a log stands. Holds keys, codes and days, no text."""

    register: Register
    number: int
    state: State
    facts: Facts
    case_number: CaseNumber | None
    opened_at: datetime
    opened_by: PersonKey
    changed_at: datetime

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has something to do."""
        return self.state not in (State.NOTED, State.DONE)

    def is_overdue(self, today: date) -> bool:
        """Tell whether the day by which it was to be seen to has passed."""
        return self.is_open and self.facts.due is not None and self.facts.due < today
