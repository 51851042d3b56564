"""The plain values that rules are made of: cues by theme, matters, tags, customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.vocabulary import MatterKey, ProcessKey, Urgency


class Theme(StrEnum):
    """What a cue speaks about. The lists of themes in the lexicon have these names."""

    NAMED = "named"
    CLEAR = "clear"
    LIKELY = "likely"
    HINT = "hint"
    AGAINST = "against"
    WITHDRAWN = "withdrawn"
    GENERAL = "general"
    THANKS = "thanks"
    SETTLED = "settled"
    FOLLOW_UP = "follow_up"
    FORWARDED = "forwarded"
    SPAM = "spam"
    COMPLAINT = "complaint"
    GRUMBLE = "grumble"
    PROTECTED = "protected"
    PROCESS = "process"
    PRESSURE = "pressure"
    SUPPLIER = "supplier"
    OWN_MATTER = "own_matter"
    OUTGOING = "outgoing"
    AT_BANK = "at_bank"
    REASON = "reason"
    AUTHORISED = "authorised"
    ATTACHED = "attached"
    CUSTOMER = "customer"
    CONTACT = "contact"
    NEW_DATE = "new_date"
    DOCUMENT = "document"
    BOILERPLATE = "boilerplate"


WEIGHTS: Mapping[Theme, float] = {
    Theme.NAMED: 6.0,
    Theme.CLEAR: 4.0,
    Theme.LIKELY: 2.0,
    Theme.HINT: 1.0,
    Theme.AGAINST: -4.0,
}
"""How much a cue of a matter says. From here on two clear cues outweigh one name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One phrase that a rule looks for.

    Attributes:
        phrase: In the notation of `bot.language.phrases`.
        matter: What it speaks for or against, where the theme belongs to a matter.
        process: What it speaks for, where the theme is `PROCESS`.
    """

    theme: Theme
    phrase: str
    matter: MatterKey | None = None
    process: ProcessKey | None = None

    @property
    def weight(self) -> float:
        """Return what the cue adds to the score of its matter."""
        return WEIGHTS.get(self.theme, 0.0)


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
