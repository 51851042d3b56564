"""What staff ask for in words: text and plain values in, an intent with its slots out. Pure.

The same text, vocabulary and day give the same answer, with reasons. Whether a case, a person
or an invoice exists makes no difference; `bot.services.assistant` looks them up.
"""

from __future__ import annotations

from bot.understanding.learned import Learned, LearnedQuestions
from bot.understanding.model import (
    ClaimAction,
    Intent,
    Measure,
    QueueFilter,
    Reason,
    Slot,
    Understanding,
    Vocabulary,
    Whose,
)
from bot.understanding.thread import Topic, understand_after, understand_as
from bot.understanding.understander import Understander
from bot.understanding.words import IntentWords, MatterWords, Words

__all__ = [
    "ClaimAction",
    "Intent",
    "IntentWords",
    "Learned",
    "LearnedQuestions",
    "MatterWords",
    "Measure",
    "QueueFilter",
    "Reason",
    "Slot",
    "Topic",
    "Understander",
    "Understanding",
    "Vocabulary",
    "Whose",
    "Words",
    "understand_after",
    "understand_as",
]
