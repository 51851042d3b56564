"""What a question can ask for, and what it can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.vocabulary import MatterKey, ProcessKey


class Intent(StrEnum):
    """What a person wants of the assistant."""

    ROUTE = "route"
    TEMPLATE = "template"
    CASE = "case"
    QUEUE = "queue"
    URGENT = "urgent"
    STATS = "stats"
    DUTY = "duty"
    CLAIM = "claim"
    LOG_PHONE = "log_phone"
    FEEDBACK = "feedback"
    REMARK = "remark"
    IDEA = "idea"
    KNOWLEDGE = "knowledge"
    HELP = "help"
    UNKNOWN = "unknown"

    @property
    def proposes(self) -> bool:
        """Tell whether something would be changed, so that a person must confirm it."""
        return self in _PROPOSE


_PROPOSE = frozenset((Intent.CLAIM, Intent.LOG_PHONE, Intent.FEEDBACK, Intent.REMARK, Intent.IDEA))


class Slot(StrEnum):
    """What a question can name, in the order in which it is shown.

    ``to`` is the last day of a period, and whom a case is handed over to.
    """

    PROCESS = "process"
    MATTER = "matter"
    CASE = "case"
    INVOICE = "invoice"
    CUSTOMER = "customer"
    WHOSE = "whose"
    FILTER = "filter"
    MEASURE = "measure"
    FROM = "from"
    TO = "to"
    ON = "on"
    ACTION = "action"
    STATE = "state"
    TEMPLATE_ABOUT = "template_about"


class Measure(StrEnum):
    """What is counted."""

    RESPONSE_TIME = "response_time"
    SAME_DAY = "same_day"
    VOLUME = "volume"
    URGENT_IN_TIME = "urgent_in_time"
    COMPLAINTS = "complaints"
    BACKLOG = "backlog"


class Whose(StrEnum):
    """Whose cases a queue holds."""

    MINE = "mine"
    TEAM = "team"
    UNASSIGNED = "unassigned"


class QueueFilter(StrEnum):
    """Which cases of a queue are asked for."""

    OPEN = "open"
    OVERDUE = "overdue"
    NO_FEEDBACK_TODAY = "no_feedback_today"


class ClaimAction(StrEnum):
    """What a person does with a case."""

    TAKE = "take"
    GIVE = "give"
    CLOSE = "close"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something was understood.

    Attributes:
        rule: A code, such as ``intent.queue`` or ``slot.process``.
        words: What was read, as it stands in the question.
    """

    rule: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What things are called, as plain values out of the knowledge.

    Attributes:
        processes: Process -> its names, codes and what staff say for short.
        matters: Matter -> the processes that may handle it, the usual one first; none where
            nobody here does. What may belong to any process is left out.
        customers: Every way to write the name of a unit.
        people: Names of the staff.
    """

    processes: Mapping[ProcessKey, Sequence[str]]
    matters: Mapping[MatterKey, Sequence[ProcessKey]]
    customers: Sequence[str] = ()
    people: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a question was taken to mean.

    Attributes:
        slots: What it names, only what applies to the intent.
        confidence: That the intent is right, in [0, 1].
        second: The next likely intent.
        handled_by: The process that handles what a `route` names; ``none`` where nobody
            here does, None where nothing tells.
        compares: A period is compared with another, which is not in the slots.
    """

    intent: Intent
    slots: Mapping[Slot, str] = field(default_factory=dict)
    confidence: float = 1.0
    second: Intent | None = None
    handled_by: str | None = None
    compares: bool = False
    reasons: tuple[Reason, ...] = ()
