"""The file of learned weights, ``knowledge/learned/weights.json``: written by a program.

``answers`` and ``bias`` are those of `Learned`; ``weights`` holds for each feature the
places and the weights in hundredths, one after the other. Without the file triage goes by the
rules alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bot.knowledge import learned_file
from bot.triage.learned import QUESTIONS
from bot.triage.weights import Learned, pack, unpack

_FILE: Final = "weights.json"


def load(folder: Path) -> Learned | None:
    """Read the weights of a knowledge folder; None where there are none.

    Raises:
        KnowledgeError: The file is not what `save` writes.
    """
    return learned_file.read(folder, _FILE, _learned)


def save(learned: Learned, folder: Path) -> Path:
    """Write the weights of a knowledge folder, one feature a line; return the file."""
    lines = learned_file.a_line_each(
        (feature, _flat(packed, len(learned.bias)))
        for feature, packed in sorted(learned.weights.items())
    )
    answers, bias = json.dumps(dict(learned.answers)), json.dumps(learned.bias)
    text = f'{{"answers": {answers},\n"bias": {bias},\n"weights": {lines}}}'
    return learned_file.write(folder, _FILE, text)


def _learned(content: Mapping[str, Any]) -> Learned:
    answers = {question: tuple(own) for question, own in content["answers"].items()}
    if not answers.keys() >= set(QUESTIONS):
        raise ValueError("a question without weights")
    weights = {
        feature: pack(zip(flat[::2], flat[1::2], strict=True))
        for feature, flat in content["weights"].items()
    }
    return Learned(answers=answers, bias=tuple(content["bias"]), weights=weights)


def _flat(packed: int, places: int) -> str:
    weights = enumerate(unpack(packed, places))
    flat = [number for place, hundredths in weights if hundredths for number in (place, hundredths)]
    return json.dumps(flat, separators=(",", ":"))
