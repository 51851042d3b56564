"""Learned weights of what stands around a number or a date: does the sender mean it?

Logistic regression. ``make learn`` makes the weights; `bot.triage.mentions` says what is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Seen = Mapping[str, int]
"""Feature -> how loudly it speaks, in tenths."""
LOUDEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionWeights:
    """What speaks for one answer, and against it.

    Attributes:
        bias: Added always, in thousandths.
        weights: Feature -> its weight, in hundredths.
    """

    bias: int
    weights: Mapping[str, int]

    def favour(self, seen: Seen) -> int:
        """Return how much what is seen speaks for the answer, in thousandths.

        It is more likely than not where that is above zero.
        """
        get = self.weights.get
        return self.bias + sum([get(name, 0) * loudness for name, loudness in seen.items()])


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedMentions:
    """The weights for both questions: is a number a concerned invoice, is a day its due date."""

    invoice: MentionWeights
    due: MentionWeights
