"""Learn the weights of questions from the labelled ones under tests/data: `make learn`.

Multinomial logistic regression by scikit-learn. The half of tests/data/questions.jsonl that is
set aside stays unseen, and so do odd_questions.jsonl and fresh_questions.jsonl:
tests/understanding/test_figures.py measures on them. What people
leave out is learned from copies with words left out.
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
from bot.knowledge.learned_questions import save_learned
from bot.material import load_material
from bot.services.question_words import understander_with
from bot.settings import Settings
from bot.understanding import Intent, Learned, LearnedQuestions, Understander
from bot.understanding.learned import Answer, features_of, features_of_matter
from bot.vocabulary import NONE, MatterKey

DATA = Path(__file__).parent / "data"
DEVELOPMENT = DATA / "development" / "chat.jsonl"
QUESTIONS = DATA / "questions.jsonl"
MORE = DATA / "more_questions.jsonl"
SPOKEN = DATA / "spoken_questions.jsonl"
_LEAST = 2
"""Features of fewer questions are left out."""
_FREEDOM = 1.0
_FREEDOM_OF_MATTERS = 3.0
"""How large weights may grow: scikit-learn's C, chosen on parts left out in turn."""
_WEIGHT = {intent.value: 3.0 if intent is Intent.ROUTE else 1.0 for intent in Intent}
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
    path = save_learned(learned, bundled_folder())
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


def learn(rows: Sequence[Row], understander: Understander) -> LearnedQuestions:
    """Learn how much each feature speaks for each intent, and for each matter."""
    shortened = list(with_words_left_out(rows))
    told = (*rows, *shortened)
    loud = [1.0] * len(rows) + [_SHORTENED] * len(shortened)
    heard = [understander.hear(row["text"], _day(row)) for row in told]
    intents = _fitted(
        [features_of(one) for one in heard],
        [Intent(row["intent"]) for row in told],
        _model(C=_FREEDOM, class_weight=_WEIGHT),
        loud,
    )
    sent = [(row, one) for row, one in zip(rows, heard, strict=False) if _tells_matter(row)]
    matters = _fitted(
        [features_of_matter(one) for _, one in sent],
        [MatterKey(row["slots"].get("matter", NONE)) for row, _ in sent],
        _model(C=_FREEDOM_OF_MATTERS),
        [1.0] * len(sent),
    )
    return LearnedQuestions(intents=intents, matters=matters)


def _model(**options: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=3000, **options)


def _tells_matter(row: Row) -> bool:
    """Tell whether a question names a matter, or asks for the place of something else."""
    return "matter" in row.get("slots", ()) or ("slots" in row and row["intent"] == Intent.ROUTE)


def _fitted(
    seen: Sequence[Mapping[str, float]],
    answers: Sequence[Answer],
    model: Any,
    loud: Sequence[float],
) -> Learned[Answer]:
    """Return the weights of what is seen for answers, as loud as they count."""
    from sklearn.feature_extraction import DictVectorizer

    often = Counter(feature for features in seen for feature in features)
    kept = [{name: own for name, own in one.items() if often[name] >= _LEAST} for one in seen]
    vectorizer = DictVectorizer()
    model.fit(vectorizer.fit_transform(kept), list(answers), sample_weight=loud)
    names = vectorizer.get_feature_names_out()
    columns = zip(names, model.coef_.T.tolist(), strict=True)
    by_name = {str(answer): answer for answer in answers}
    return Learned(
        answers=tuple(by_name[name] for name in model.classes_),
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
