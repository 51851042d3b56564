"""The plain values that rules are made of: cues, features, combinations, matters, tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.vocabulary import MatterKey, ProcessKey, Urgency


class Says(StrEnum):
    """How much a cue of a matter says; the blocks of a file in ``lexicon/matters``."""

    NAMED = "named"
    CLEAR = "clear"
    LIKELY = "likely"
    HINT = "hint"
    AGAINST = "against"
    WITHDRAWN = "withdrawn"
    GENERAL = "general"


WEIGHTS: Mapping[Says, float] = {
    Says.NAMED: 6.0,
    Says.CLEAR: 4.0,
    Says.LIKELY: 2.0,
    Says.HINT: 1.0,
    Says.AGAINST: -4.0,
    Says.WITHDRAWN: 4.0,
    Says.GENERAL: 3.0,
}
"""What a cue adds to its matter. A withdrawal or a general question names the matter too."""


class Feature(StrEnum):
    """What a mail may speak of beside its matter, as far as the code asks for it.

    The files in ``lexicon/features`` may name further ones, for combinations to use.
    """

    THANKS = "thanks"
    THANKS_AHEAD = "thanks_ahead"
    SETTLED = "settled"
    WITHDRAWAL = "withdrawal"
    GENERAL_QUESTION = "general_question"
    OWN_CASE = "own_case"
    REQUEST = "request"
    FOLLOW_UP = "follow_up"
    NEW_MATTER = "new_matter"
    FORWARD = "forward"
    CALL = "call"
    OWN_ACCESS = "own_access"
    SPAM = "spam"
    SPAM_STRONG = "spam_strong"
    BOILERPLATE = "boilerplate"
    COMPLAINT = "complaint"
    GRUMBLE = "grumble"
    PRAISE = "praise"
    IDENTITY = "identity"
    HEALTH = "health"
    NOT_PROTECTED = "not_protected"
    SUPPLIER_VOICE = "supplier_voice"
    AT_SUPPLIERS = "at_suppliers"
    YOUR_INVOICE = "your_invoice"
    STOP = "stop"
    CUSTOMER_INVOICE = "customer_invoice"
    DEMAND = "demand"
    AT_BANK = "at_bank"
    KEPT = "kept"
    STATUS = "status"
    BANK_CHANGED = "bank_changed"
    DUE = "due"
    PAY_DAY = "pay_day"
    NOT_DUE = "not_due"
    REASON = "reason"
    NEW_DATE = "new_date"
    NEW_DATE_SAID = "new_date_said"
    AUTHORISED = "authorised"
    ATTACHED = "attached"
    CUSTOMER_NAMED = "customer_named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One phrase that a rule looks for; it speaks of a matter or of a feature.

    Attributes:
        phrase: In the notation of `bot.language.phrase_notation`.
        blocks: Where it stands, the sentence says nothing of that matter or feature.
        name: What it says, for the learned weights.
    """

    phrase: str
    blocks: bool = False
    matter: MatterKey | None = None
    says: Says = Says.HINT
    feature: str | None = None
    name: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        name = f"{self.matter} {self.says}" if self.matter else self.feature or ""
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Features that together speak for a matter.

    Attributes:
        when: All of these must be in the mail, in sentences that count.
        unless: None of these may be.
    """

    matter: MatterKey
    says: Says
    when: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRule:
    """A matter as triage needs it.

    Attributes:
        process: None where it belongs to no process here, or to any.
        urgent: What it is when it is asked for in earnest.
        names: Words that name it in a subject line.
        rank: Between equal scores the lower one wins.
    """

    key: MatterKey
    process: ProcessKey | None
    urgent: Urgency
    names: tuple[str, ...] = ()
    rank: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRule:
    """A code that customers put into the subject, and what they write in its place."""

    code: str
    process: ProcessKey
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRule:
    """A customer unit, by the names that it goes by."""

    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRules:
    """Words before a number, folded, that say what it is.

    Attributes:
        invoice: It is an invoice, also at some distance.
        other: It is something else, where they stand right before it.
        never: It is something else, where they stand among the three words before it.
        plain_lengths: Numbers of so many digits are invoices without any word.
    """

    invoice: frozenset[str] = frozenset()
    other: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    other_beginnings: tuple[str, ...] = ()
    plain_lengths: frozenset[int] = frozenset()
