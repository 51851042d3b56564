"""The file of what was learned about numbers and dates, ``knowledge/learned/mentions.json``.

Written by a program, one feature a line: what it weighs, in hundredths. Without the file the
rules alone decide which number and which date is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.knowledge import learned_file
from bot.triage.mention_weights import LearnedMentions, MentionWeights

_FILE: Final = "mentions.json"


def load(folder: Path) -> LearnedMentions | None:
    """Read the weights of a knowledge folder; None where there are none.

    Raises:
        KnowledgeError: The file is not what `save` writes.
    """
    return learned_file.read(folder, _FILE, _learned)


def save(learned: LearnedMentions, folder: Path) -> Path:
    """Write the weights of a knowledge folder; return the file."""
    invoice, due = _written(learned.invoice), _written(learned.due)
    return learned_file.write(folder, _FILE, f'{{"invoice": {invoice},\n"due": {due}}}')


def _learned(content: Mapping[str, Any]) -> LearnedMentions:
    return LearnedMentions(invoice=_weights(content["invoice"]), due=_weights(content["due"]))


def _weights(content: Mapping[str, Any]) -> MentionWeights:
    weights = {str(name): int(weight) for name, weight in content["weights"].items()}
    return MentionWeights(bias=int(content["bias"]), weights=weights)


def _written(weights: MentionWeights) -> str:
    lines = learned_file.a_line_each(sorted(weights.weights.items()))
    return f'{{"bias": {weights.bias}, "weights": {lines}}}'
