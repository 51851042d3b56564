"""Learn the weights of questions from the labelled ones under tests/data: `make learn`.

Multinomial logistic regression by scikit-learn. The half of tests/data/questions.jsonl that is
set aside stays unseen, and so does odd_questions.jsonl: tests/understanding/test_figures.py
measures on them. What people leave out is learned from copies with words left out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from bot.knowledge import bundled_folder
from bot.knowledge.learned_intents import save_intents
from bot.material import load_material
from bot.services.question_words import understander_with
from bot.settings import Settings
from bot.understanding import Intent, LearnedIntents, Understander
from bot.understanding.learned import features_of

DATA = Path(__file__).parent / "data"
DEVELOPMENT = DATA / "development" / "chat.jsonl"
QUESTIONS = DATA / "questions.jsonl"
MORE = DATA / "more_questions.jsonl"
SPOKEN = DATA / "spoken_questions.jsonl"
_LEAST = 2
"""Features of fewer questions are left out."""
_FREEDOM = 1.0
"""How large weights may grow: scikit-learn's C, chosen on parts left out in turn."""
_WEIGHT = {intent.value: 2.0 if intent is Intent.ROUTE else 1.0 for intent in Intent}
"""A question that is sent to the wrong place costs most."""
_LEFT_OUT = 0.15
_LONG = 4
_SHORTENED = 0.5
"""The share of words left out of a copy, of how long a question, and how much the copy counts."""
_HEARD = 0.02
"""A weight smaller than this counts as none."""

Row = Mapping[str, Any]


def main() -> None:
    """Learn from all questions but those set aside, and write the weights."""
    rows = [
        *rows_of(QUESTIONS, half="tuning"),
        *rows_of(MORE),
        *rows_of(SPOKEN),
        *rows_of(DEVELOPMENT),
    ]
    learned = learn(rows, unlearned())
    path = save_intents(learned, bundled_folder())
    print(f"{len(rows)} questions learned, {path.stat().st_size:,} bytes written")  # noqa: T201


def rows_of(path: Path, *, half: str | None = None) -> Iterator[Row]:
    """Yield the labelled questions of a file, or of one half of it."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if half is None or row["half"] == half:
            yield row


def unlearned() -> Understander:
    """Return what understands questions by the rules alone."""
    material = load_material(Settings())
    return understander_with(bundled_folder(), material.knowledge, material.rules, None)


def learn(rows: Sequence[Row], understander: Understander) -> LearnedIntents:
    """Learn how much each feature speaks for each intent."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    shortened = list(with_words_left_out(rows))
    seen = [features_of(understander.hear(row["text"], _day(row))) for row in (*rows, *shortened)]
    often = Counter(feature for features in seen for feature in features)
    kept = [{name: own for name, own in one.items() if often[name] >= _LEAST} for one in seen]
    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform(kept)
    model = LogisticRegression(C=_FREEDOM, max_iter=3000, class_weight=_WEIGHT)
    weights = [1.0] * len(rows) + [_SHORTENED] * len(shortened)
    intents = [row["intent"] for row in (*rows, *shortened)]
    model.fit(table, intents, sample_weight=weights)
    names = vectorizer.get_feature_names_out()
    columns = zip(names, model.coef_.T.tolist(), strict=True)
    return LearnedIntents(
        intents=tuple(Intent(name) for name in model.classes_),
        bias=tuple(round(value, 3) for value in model.intercept_.tolist()),
        weights={
            str(name): tuple(weight if abs(weight) >= _HEARD else 0.0 for weight in own)
            for name, own in columns
            if max(map(abs, own)) >= _HEARD
        },
    )


def with_words_left_out(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield copies of questions of four words or more with a word in seven left out, by lot."""
    chance = Random(5)
    for row in rows:
        words = row["text"].split()
        kept = [word for word in words if chance.random() > _LEFT_OUT]
        if len(words) >= _LONG and 3 <= len(kept) < len(words):
            yield {**row, "text": " ".join(kept)}


def _day(row: Row) -> Any:
    return datetime.fromisoformat(row["now"]).date()


if __name__ == "__main__":
    main()
