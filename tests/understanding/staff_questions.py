"""Labelled questions of staff, what understands them, and figures by the rules of the labels."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.knowledge import bundled_folder
from bot.material import load_material
from bot.services.question_words import make_understander
from bot.settings import Settings
from bot.understanding import Understander, Understanding
from bot.vocabulary import NONE

DATA = Path(__file__).parent.parent / "data"
Row = Mapping[str, Any]


@cache
def understander() -> Understander:
    """What understands questions in the sample city, compiled once."""
    material = load_material(Settings())
    return make_understander(bundled_folder(), material.knowledge, material.rules)


def rows_of(name: str, *, half: str | None = None) -> Iterator[Row]:
    """Yield the questions of a file under tests/data, or of one half of it."""
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if half is None or row["half"] == half:
            yield row


def day_of(row: Row) -> date:
    return datetime.fromisoformat(row["now"]).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares in [0, 1], and counts.

    Attributes:
        slots: Of those whose intent is right.
    """

    intent: float
    slots: float
    wrongly_routed: int
    missed_out_of_scope: int


def figures(rows: Iterable[Row], matters: Mapping[str, str]) -> Figures:
    """Compare with the labels; `lenient` slots are not scored, text without regard to case.

    Args:
        matters: Matter -> the process that usually handles it.
    """
    pairs = [(row, understander().understand(row["text"], day_of(row))) for row in rows]
    right = [(row, found) for row, found in pairs if found.intent == row["intent"]]
    routes = [(row, found) for row, found in pairs if row["intent"] == "route"]
    strangers = [found for row, found in pairs if row["intent"] == "unknown"]
    return Figures(
        intent=len(right) / len(pairs),
        slots=sum(slots_are_right(row, found) for row, found in right) / len(right),
        wrongly_routed=sum(found.handled_by != handler(row, matters) for row, found in routes),
        missed_out_of_scope=sum(found.intent != "unknown" for found in strangers),
    )


def slots_are_right(row: Row, found: Understanding) -> bool:
    lenient = row.get("lenient", ())
    wanted = {key: value.lower() for key, value in row["slots"].items() if key not in lenient}
    got = {str(key): value.lower() for key, value in found.slots.items() if key not in lenient}
    return wanted == got


def handler(row: Row, matters: Mapping[str, str]) -> str:
    slots = row["slots"]
    return slots.get("process") or matters.get(slots["matter"], NONE)
