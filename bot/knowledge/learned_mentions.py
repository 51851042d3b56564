"""The file of what was learned about numbers and dates, ``knowledge/learned/mentions.json``.

Written by a program, one feature a line: what it weighs, in hundredths. Without the file the
rules alone decide which number and which date is meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.errors import KnowledgeError, Saying
from bot.triage.mention_weights import LearnedMentions, MentionWeights

_FILE: Final = Path("learned") / "mentions.json"
_QUESTIONS: Final = ("invoice", "due")


def load(folder: Path) -> LearnedMentions | None:
    """Read the weights of a knowledge folder; None where there are none.

    Raises:
        KnowledgeError: The file is not what `save` writes.
    """
    path = folder / _FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        invoice, due = (_weights(content[question]) for question in _QUESTIONS)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            path.name, None, Saying("går inte att läsa; gör den på nytt med make learn")
        ) from error
    return LearnedMentions(invoice=invoice, due=due)


def save(learned: LearnedMentions, folder: Path) -> Path:
    """Write the weights of a knowledge folder; return the file."""
    path = folder / _FILE
    path.parent.mkdir(exist_ok=True)
    parts = zip(_QUESTIONS, (learned.invoice, learned.due), strict=True)
    written = ",\n".join(f'"{question}": {_written(weights)}' for question, weights in parts)
    path.write_text(f"{{{written}}}\n", encoding="utf-8")
    return path


def _weights(content: Mapping[str, Any]) -> MentionWeights:
    weights = {str(name): int(weight) for name, weight in content["weights"].items()}
    return MentionWeights(bias=int(content["bias"]), weights=weights)


def _written(weights: MentionWeights) -> str:
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}:{weight}"
        for name, weight in sorted(weights.weights.items())
    )
    return f'{{"bias": {weights.bias}, "weights": {{\n{lines}}}}}'
