"""What triage says about a mail: a decision, and every rule that took part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.vocabulary import NONE, Kind, Language, MatterKey, Missing, ProcessKey, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that fired.

    Attributes:
        rule: Code of the rule, e.g. ``tag.exact``; `texts` makes a sentence of it.
        words: What it saw in the mail, clipped to 80 characters; personal data masked.
        where: ``subject``, ``body``, ``quoted``, ``header``, ``sender``, ``attachment`` or
            ``mailbox``.
    """

    rule: str
    words: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What a mail is and what it needs; the labels of the corpora, and why.

    Attributes:
        process, matter: None where no process or matter applies (``none`` in JSON).
        possible: Not urgent by the rules, but a person should glance within the hour.
        customer: Key or name of the customer unit if one was recognised.
        due: The due date that the sender states for the invoice.
        confidence: In [0, 1], that process and matter are right.
        tag: Of which process the subject bears the code; None where it bears none.
        tag_exact: The code stood as it should; None where no subject was read.
    """

    kind: Kind
    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency = Urgency.NO
    possible: bool = False
    complaint: bool = False
    protected: bool = False
    misdirected: bool = False
    invoices: tuple[str, ...] = ()
    due: date | None = None
    lang: Language = Language.SWEDISH
    missing: tuple[Missing, ...] = ()
    customer: str | None = None
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    tag: ProcessKey | None = None
    tag_exact: bool | None = None

    def labels(self) -> Mapping[str, Any]:
        """Return the eleven label keys as JSON values, in the order of the schema."""
        return {
            "kind": self.kind.value,
            "process": self.process or NONE,
            "matter": self.matter or NONE,
            "urgent": self.urgent.value,
            "complaint": self.complaint,
            "protected": self.protected,
            "misdirected": self.misdirected,
            "invoices": list(self.invoices),
            "due": self.due.isoformat() if self.due else None,
            "lang": self.lang.value,
            "missing": [item.value for item in self.missing],
        }

    def as_json(self) -> Mapping[str, Any]:
        """Return everything `sammadag triage` prints beside the mail's id."""
        return {
            **self.labels(),
            "possible": self.possible,
            "customer": self.customer,
            "confidence": round(self.confidence, 3),
            "reasons": [
                {"rule": reason.rule, "words": reason.words, "where": reason.where}
                for reason in self.reasons
            ],
        }
