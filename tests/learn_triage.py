"""Learn the weights of triage from the labelled mails under tests/data: `make learn`.

The development set and the examples under tests/data/triage were before the eyes of those
who wrote the rules, so what the rules say of them is left out: they would be believed too
much.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.app import load_material
from bot.knowledge import bundled_folder, learned_weights
from bot.services.triage_files import message_of
from bot.settings import Settings
from bot.triage import TriageRules
from bot.triage.learned import RULE
from bot.triage.learning import learn
from bot.triage.pipeline import features_seen
from bot.triage.weights import Features, Learned

DATA = Path(__file__).parent / "data"
SETS = (
    DATA / "development" / "cases.jsonl",
    *sorted((DATA / "written").glob("*.jsonl")),
    *sorted((DATA / "triage").glob("*.jsonl")),
)
_MACHINES = ("auto_reply", "bounce")

Example = tuple[Mapping[str, Any], Features]


def main() -> None:
    """Learn from all sets but those left out, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without", nargs="*", default=[], help="names of sets to leave out")
    parser.add_argument("--folder", type=Path, default=bundled_folder(), help="knowledge folder")
    given = parser.parse_args()
    rules = load_material(Settings()).rules
    sets = [path for path in SETS if path.stem not in given.without]
    examples = [example for path in sets for example in examples_of(path, rules)]
    path = learned_weights.save(learn_all(examples), given.folder)
    print(f"{len(examples)} mails learned, {path.stat().st_size:,} bytes written")  # noqa: T201


def learn_all(examples: list[Example]) -> Learned:
    """Learn the four questions from mails that people wrote, and spam."""
    questions = ("kind", "process", "matter", "urgent")
    answers = {name: [row.get(name) for row, _ in examples] for name in questions}
    return learn([features for _, features in examples], answers)


def examples_of(path: Path, rules: TriageRules) -> Iterator[Example]:
    """Yield what is known of each mail of a set, and what triage sees of it."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label = row.get("label", row)
        if label.get("kind") in _MACHINES:
            continue
        features = features_seen(message_of(row), mailbox=row.get("mailbox", "info"), rules=rules)
        if path.parent.name != "written":
            features = [
                (loudness, [name for name in names if not name.startswith(RULE)])
                for loudness, names in features
            ]
        yield label, features


if __name__ == "__main__":
    main()
