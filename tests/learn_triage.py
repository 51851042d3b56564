"""Learn the weights of triage from the labelled mails under tests/data: `make learn`.

Multinomial logistic regression, question by question, by scikit-learn. One set stays
unseen: tests/triage/test_unseen.py measures on it.

The development set and the examples under tests/data/triage were before the eyes of those
who wrote the rules, so what the rules say of them is left out: they would be believed too
much.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.knowledge import bundled_folder, learned_weights
from bot.knowledge.triage_rules import build_unlearned
from bot.services.triage_files import message_of
from bot.triage import TriageRules
from bot.triage.learned import NO, QUESTIONS, RULE, YES
from bot.triage.pipeline import features_seen
from bot.triage.weights import Features, Learned, pack
from bot.vocabulary import NONE

DATA = Path(__file__).parent / "data"
HELD_OUT = "g"
SETS = (
    DATA / "development" / "cases.jsonl",
    *sorted((DATA / "written").glob("*.jsonl")),
    *sorted((DATA / "triage").glob("*.jsonl")),
)
TEACHES: Mapping[str, tuple[str, ...]] = {
    "aa": ("complaint",),
    "t": tuple(question for question in QUESTIONS if question != "complaint"),
    "y": ("complaint", "urgent"),
    "z": ("complaint", "urgent"),
}
"""Sets that teach of some questions alone.

How most of them are mixed would mislead about the others. In t a mild jest is a complaint, which
it is nowhere else: without its word on them more are told right in sets left out in turn.
"""
_MACHINES = ("auto_reply", "bounce")
_LEAST = 3
"""Features of fewer mails are left out."""
_FREEDOM = 8.0
"""How large weights may grow: scikit-learn's C, chosen on sets left out in turn."""
_TELLING = 0.12
"""A feature is kept where it speaks at least this loudly for or against some answer."""
_HEARD = 0.04
"""A weight smaller than this counts as none."""
_LOUDNESS = (0.3, 0.5, 1.5)
"""How loud a feature is while yes or no is learned: at the least, more for each unit of the
log of how much commoner it is with one answer, and at the most. So what a mail is about is
believed less, and how it says it more.

Source: Wang & Manning 2012, Baselines and Bigrams (log-count ratios); chosen on sets left out
in turn.
"""

Example = tuple[Mapping[str, Any], Features]


def main() -> None:
    """Learn from all sets but those left out, and write the weights."""
    given = options(__doc__)
    rules = build_unlearned(given.folder)
    sets = [path for path in SETS if path.stem not in given.without]
    examples = [example for path in sets for example in examples_of(path, rules)]
    path = learned_weights.save(learn(examples), given.folder)
    print(f"{len(examples)} mails learned, {path.stat().st_size:,} bytes written")  # noqa: T201


def options(description: str | None) -> argparse.Namespace:
    """Read which sets are left out, and for which knowledge folder is learned."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--without", nargs="*", default=[HELD_OUT], help="sets to leave out")
    parser.add_argument("--folder", type=Path, default=bundled_folder(), help="knowledge folder")
    return parser.parse_args()


def examples_of(path: Path, rules: TriageRules) -> Iterator[Example]:
    """Yield what is known of each mail of a set, and what triage sees of it.

    Of mail that a machine sent nothing is asked but what it is.
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label = row.get("label", row)
        if label.get("kind") in _MACHINES:
            label = {"kind": label["kind"]}
        if path.stem in TEACHES:
            label = {key: label[key] for key in TEACHES[path.stem] if key in label}
        features = features_seen(message_of(row), mailbox=row.get("mailbox", "info"), rules=rules)
        if path.parent.name != "written":
            signs = [sign for sign in features.signs if not sign.startswith(RULE)]
            features = replace(features, signs=signs)
        yield label, features


def learn(examples: Sequence[Example]) -> Learned:
    """Learn the five questions; an answer that is not known teaches nothing."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([features.by_loudness() for _, features in examples])
    often = (table != 0).sum(axis=0).A1 >= _LEAST
    table = table[:, often]
    names = [str(name) for name in vectorizer.get_feature_names_out()[often]]
    answers: dict[str, tuple[str, ...]] = {}
    bias: list[float] = []
    entries: list[list[tuple[int, int]]] = [[] for _ in names]
    for question in QUESTIONS:
        known = [place for place, (label, _) in enumerate(examples) if question in label]
        right = [_answer(examples[place][0][question]) for place in known]
        loud = _loudness(table[known], right)
        model = LogisticRegression(C=_FREEDOM, max_iter=500)
        model.fit(table[known].multiply(loud).tocsr(), right)
        weights, own_bias = (model.coef_ * loud).tolist(), model.intercept_.tolist()
        columns, own_bias = _for_each_answer(weights, own_bias)
        for feature, own in enumerate(zip(*columns, strict=True)):
            if max(map(abs, own)) >= _TELLING:
                entries[feature] += _heard(own, len(bias))
        answers[question] = tuple(map(str, model.classes_))
        bias += [round(value, 3) for value in own_bias]
    return Learned(
        answers=answers,
        bias=tuple(bias),
        weights={name: pack(own) for name, own in zip(names, entries, strict=True) if own},
    )


def _loudness(table: Any, right: Sequence[str]) -> Any:
    """Return how loud each feature is; where there are more answers than two, all alike."""
    import numpy as np

    if set(right) != {YES, NO}:
        return np.ones(table.shape[1])
    found = np.array(right) == YES
    shares = [
        (np.asarray((table[own] != 0).sum(axis=0)).ravel() + 1) / (own.sum() + 2)
        for own in (found, ~found)
    ]
    least, step, most = _LOUDNESS
    return np.minimum(least + step * np.abs(np.log(shares[0] / shares[1])), most)


def _for_each_answer(
    rows: list[list[float]], bias: list[float]
) -> tuple[list[list[float]], list[float]]:
    """Return a row for each answer; of two answers the model gives the difference alone."""
    if len(rows) > 1:
        return rows, bias
    halves = [weight / 2 for weight in rows[0]]
    return [[-half for half in halves], halves], [-bias[0] / 2, bias[0] / 2]


def _answer(label: str | bool | None) -> str:
    if isinstance(label, bool):
        return YES if label else NO
    return label or NONE


def _heard(weights: Sequence[float], start: int) -> list[tuple[int, int]]:
    return [
        (start + place, round(100 * weight))
        for place, weight in enumerate(weights)
        if abs(weight) >= _HEARD
    ]


if __name__ == "__main__":
    main()
