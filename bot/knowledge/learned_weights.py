"""The file of learned weights, ``knowledge/learned/weights.json``: written by a program.

``answers`` and ``bias`` are those of `Learned`; ``weights`` holds for each feature the
places and the weights in hundredths, one after the other. Without the file triage goes by the
rules alone.
"""

from __future__ import annotations

import json
from pathlib import Path

from bot.errors import KnowledgeError, Saying
from bot.triage.learned import QUESTIONS
from bot.triage.weights import Learned, pack, unpack

_FILE = Path("learned") / "weights.json"


def load(folder: Path) -> Learned | None:
    """Read the weights of a knowledge folder; None where there are none.

    Raises:
        KnowledgeError: The file is not what `save` writes.
    """
    path = folder / _FILE
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        answers = {question: tuple(own) for question, own in content["answers"].items()}
        if not answers.keys() >= set(QUESTIONS):
            raise ValueError("a question without weights")
        bias = tuple(content["bias"])
        weights = {
            feature: pack(zip(flat[::2], flat[1::2], strict=True))
            for feature, flat in content["weights"].items()
        }
        return Learned(answers=answers, bias=bias, weights=weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            path.name, None, Saying("går inte att läsa; gör den på nytt med make learn")
        ) from error


def save(learned: Learned, folder: Path) -> Path:
    """Write the weights of a knowledge folder, one feature a line; return the file."""
    path = folder / _FILE
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{_flat(packed, len(learned.bias))}"
        for feature, packed in sorted(learned.weights.items())
    )
    answers, bias = json.dumps(dict(learned.answers)), json.dumps(learned.bias)
    path.write_text(
        f'{{"answers": {answers},\n"bias": {bias},\n"weights": {{\n{lines}}}}}\n', encoding="utf-8"
    )
    return path


def _flat(packed: int, places: int) -> str:
    weights = enumerate(unpack(packed, places))
    flat = [number for place, hundredths in weights if hundredths for number in (place, hundredths)]
    return json.dumps(flat, separators=(",", ":"))
