"""The file of what was learned about questions, ``knowledge/learned/questions.json``.

Written by a program. ``intents`` and ``matters`` hold their answers, and for each feature the
places of answers and the weights in hundredths, one after the other. Without the file the
assistant goes by the rules alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bot.knowledge import learned_file
from bot.understanding import Intent, Learned, LearnedQuestions
from bot.vocabulary import MatterKey

_FILE: Final = "questions.json"


def load_learned(folder: Path) -> LearnedQuestions | None:
    """Read the weights of a knowledge folder; None where there are none.

    Raises:
        KnowledgeError: The file is not what `save_learned` writes.
    """
    return learned_file.read(folder, _FILE, _learned)


def save_learned(learned: LearnedQuestions, folder: Path) -> Path:
    """Write the weights of a knowledge folder, one feature a line; return the file."""
    intents, matters = _written(learned.intents), _written(learned.matters)
    return learned_file.write(folder, _FILE, f'{{"intents": {intents},\n"matters": {matters}}}')


def _learned(content: Mapping[str, Any]) -> LearnedQuestions:
    intents, matters = content["intents"], content["matters"]
    return LearnedQuestions(
        intents=Learned(
            answers=tuple(Intent(name) for name in intents["answers"]), **_numbers(intents)
        ),
        matters=Learned(
            answers=tuple(MatterKey(name) for name in matters["answers"]), **_numbers(matters)
        ),
    )


def _numbers(content: Mapping[str, Any]) -> dict[str, Any]:
    places = len(content["answers"])
    weights = {feature: _row(flat, places) for feature, flat in content["weights"].items()}
    return {"bias": tuple(content["bias"]), "weights": weights}


def _written(learned: Learned[Any]) -> str:
    lines = learned_file.a_line_each(
        (feature, _flat(row)) for feature, row in sorted(learned.weights.items())
    )
    answers, bias = json.dumps(learned.answers), json.dumps(learned.bias)
    return f'{{"answers": {answers},\n"bias": {bias},\n"weights": {lines}}}'


def _row(flat: Sequence[int], places: int) -> tuple[float, ...]:
    row = [0.0] * places
    for at in range(0, len(flat), 2):
        row[flat[at]] = flat[at + 1] / 100
    return tuple(row)


def _flat(row: Sequence[float]) -> str:
    hundredths = enumerate(round(100 * weight) for weight in row)
    flat = [number for place, own in hundredths if own for number in (place, own)]
    return json.dumps(flat, separators=(",", ":"))
