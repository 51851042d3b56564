"""What a replay of stored mail found: the figures, and the cases behind them.

Cases are named by number, mails that are no case by the number that they have on record.
Nothing of what stands in a mail is held but words that are knowledge; see `LexiconWords`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cases import CaseNumber
from bot.triage.model import Reason
from bot.vocabulary import NONE, Kind, MatterKey, MessageId, ProcessKey, Status, Urgency

Value = str | bool | tuple[str, ...] | None
"""A value of a field of triage; None where there is none, or where it must not be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one mail would be now."""

    kind: Kind
    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency
    possible: bool

    def as_json(self) -> Mapping[str, Any]:
        """Return the verdict under the names of the labels."""
        return {
            "kind": self.kind.value,
            "process": self.process or NONE,
            "matter": self.matter or NONE,
            "urgent": self.urgent.value,
            "possible": self.possible,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UrgentChange:
    """A case, or a mail that is none, whose urgency would be another.

    Attributes:
        message: The mail that decides.
        urgent: What it is today, or would become where it is not urgent today.
        process, matter: What the case stands as today; of a mail that is no case, what it
            would become.
        becomes: What the mail would be; None where our own code failed on it.
        reasons: What made it urgent and vanished, or what is new and would make it so.
        already: So it is with the knowledge that holds today, too.
    """

    case: CaseNumber | None
    status: Status | None
    message: MessageId
    urgent: Urgency
    process: ProcessKey | None
    matter: MatterKey | None
    becomes: Verdict | None
    reasons: tuple[Reason, ...] = ()
    already: bool = False

    def as_json(self) -> Mapping[str, Any]:
        """Return the change as the command line prints it."""
        return {
            "case": None if self.case is None else str(self.case),
            "status": None if self.status is None else self.status.value,
            "message": self.message,
            "urgent": self.urgent.value,
            "process": self.process or NONE,
            "matter": self.matter or NONE,
            "becomes": None if self.becomes is None else self.becomes.as_json(),
            "reasons": [
                {"rule": reason.rule, "words": reason.words, "where": reason.where}
                for reason in self.reasons
            ],
            "already": self.already,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """All mails in which one field would go from one value to another.

    Attributes:
        before, after: Both None for a field that is only counted, since its value stands
            in the mail.
        already: How many of the mails are judged so with the knowledge that holds today.
        cases: The cases that the mails belong to, each once, by number.
    """

    field: str
    before: Value
    after: Value
    mails: int
    already: int
    cases: tuple[CaseNumber, ...]

    def as_json(self) -> Mapping[str, Any]:
        """Return the change as the command line prints it."""
        return {
            "field": self.field,
            "from": self.before,
            "to": self.after,
            "mails": self.mails,
            "already": self.already,
            "cases": [str(number) for number in self.cases],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """How often people have changed what triage said, and how often they would agree now."""

    field: str
    cases: int
    agreeing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The result of a replay.

    Attributes:
        mails: Replayed mails, also those that our own code failed on.
        changed: Mails of which something would be judged otherwise.
        already: Changed mails that are judged wholly so with the knowledge of today.
        deleted: Mails whose words were deleted, so that they cannot be replayed.
        lost: Cases that are urgent today and would not be.
        later: Cases that would be urgent only from a later mail than today.
        gained: Cases, and mails that are no case, that would become urgent.
        changes: By field, those with most mails first.
    """

    mails: int = 0
    changed: int = 0
    already: int = 0
    deleted: int = 0
    failed: int = 0
    lost: tuple[UrgentChange, ...] = ()
    later: tuple[UrgentChange, ...] = ()
    gained: tuple[UrgentChange, ...] = ()
    changes: tuple[Change, ...] = ()
    corrected: tuple[Corrected, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Tell whether nothing urgent would be lost and no mail made our code fail."""
        return not self.lost and not self.failed

    def as_json(self) -> Mapping[str, Any]:
        """Return the result as the command line prints it."""
        return {
            "mails": self.mails,
            "changed": self.changed,
            "already": self.already,
            "deleted": self.deleted,
            "failed": self.failed,
            "urgent_lost": len(self.lost),
            "urgent_later": len(self.later),
            "urgent_gained": len(self.gained),
            "lost": [change.as_json() for change in self.lost],
            "later": [change.as_json() for change in self.later],
            "gained": [change.as_json() for change in self.gained],
            "changes": [change.as_json() for change in self.changes],
            "corrected": [
                {"field": one.field, "cases": one.cases, "agreeing": one.agreeing}
                for one in self.corrected
            ],
        }
