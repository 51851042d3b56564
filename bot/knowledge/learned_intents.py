"""The file of what was learned about questions, ``knowledge/learned/intents.json``.

Written by a program. ``weights`` holds for each feature the places of intents and the weights in
hundredths, one after the other. Without the file the assistant goes by the rules alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.errors import KnowledgeError, Saying
from bot.understanding import Intent, LearnedIntents

_FILE: Final = Path("learned") / "intents.json"


def load_intents(folder: Path) -> LearnedIntents | None:
    """Read the weights of a knowledge folder; None where there are none.

    Raises:
        KnowledgeError: The file is not what `save_intents` writes.
    """
    path = folder / _FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        intents = tuple(Intent(name) for name in content["intents"])
        weights = {
            feature: _row(flat, len(intents)) for feature, flat in content["weights"].items()
        }
        return LearnedIntents(intents=intents, bias=tuple(content["bias"]), weights=weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        what = Saying("går inte att läsa; gör den på nytt med make learn")
        raise KnowledgeError(path.name, None, what) from error


def save_intents(learned: LearnedIntents, folder: Path) -> Path:
    """Write the weights of a knowledge folder, one feature a line; return the file."""
    path = folder / _FILE
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{_flat(row)}"
        for feature, row in sorted(learned.weights.items())
    )
    intents, bias = json.dumps(learned.intents), json.dumps(learned.bias)
    path.write_text(
        f'{{"intents": {intents},\n"bias": {bias},\n"weights": {{\n{lines}}}}}\n', encoding="utf-8"
    )
    return path


def _row(flat: Sequence[int], places: int) -> tuple[float, ...]:
    row = [0.0] * places
    for at in range(0, len(flat), 2):
        row[flat[at]] = flat[at + 1] / 100
    return tuple(row)


def _flat(row: Sequence[float]) -> str:
    hundredths = enumerate(round(100 * weight) for weight in row)
    flat = [number for place, own in hundredths if own for number in (place, own)]
    return json.dumps(flat, separators=(",", ":"))
