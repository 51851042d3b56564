"""Learn which numbers and days of a mail are meant, from the labelled mails under tests/data.

Logistic regression, by scikit-learn; part of `make learn`. What triage decides of a mail as a
whole is among what is seen, so the weights of `learn_triage` are learned first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.knowledge import learned_mentions
from bot.knowledge.triage_rules import build
from bot.services.triage_files import message_of, received_of
from bot.triage import TriageRules, triage
from bot.triage.due import days_seen
from bot.triage.invoices import cite, seen_of_numbers
from bot.triage.mention_weights import LOUDEST, LearnedMentions, MentionWeights, Seen
from bot.triage.mentions import Judged
from bot.triage.reading import read
from functionmail.automatic import authorship
from functionmail.identity import Identity
from tests.learn_triage import DATA, SETS, options

MENTIONS = tuple(sorted((DATA / "mentions").glob("*.jsonl")))
_LEAST = 3
"""What is seen of fewer numbers or days is left out."""
_FREEDOM = {"invoice": 3.0, "due": 1.0}
"""How large weights may grow: scikit-learn's C, chosen on sets left out in turn."""
_NOBODY = Identity(keys=(b"no mail here is our own",), domain="exempelstad.example")

Examples = dict[str, list[tuple[Seen, bool]]]


def main() -> None:
    """Learn from all sets but those left out, and write the weights."""
    given = options(__doc__)
    rules = build(given.folder)
    examples: Examples = {"invoice": [], "due": []}
    for path in (*SETS, *MENTIONS):
        if path.stem not in given.without:
            for line in path.read_text(encoding="utf-8").splitlines():
                add(json.loads(line), rules, examples)
    path = learned_mentions.save(learn(examples), given.folder)
    counts = ", ".join(f"{len(own)} for {question}" for question, own in examples.items())
    print(f"{counts} learned, {path.stat().st_size:,} bytes written")  # noqa: T201


def add(row: Mapping[str, Any], rules: TriageRules, examples: Examples) -> None:
    """Add what is seen of the numbers and days of a labelled mail, and which are meant."""
    label = row.get("label", row)
    message, received_at = message_of(row), received_of(row)
    found = triage(
        message,
        mailbox=row.get("mailbox", "info"),
        received_at=received_at,
        authorship=authorship(message, identity=_NOBODY),
        rules=rules,
    )
    if not found.kind.for_people:
        return
    reading, judged = read(message, rules), Judged(matter=found.matter, urgent=found.urgent)
    lenient = row.get("lenient") or ()
    if "invoices" in label and "invoices" not in lenient:
        seen_of = seen_of_numbers(cite(reading, rules), reading, judged)
        examples["invoice"] += [
            (seen, digits in label["invoices"]) for digits, seen in seen_of.items()
        ]
    if "due" in label and "due" not in lenient:
        examples["due"] += [
            (one.seen, one.day.isoformat() == label["due"])
            for one in days_seen(reading, received_at, judged)
        ]


def learn(examples: Examples) -> LearnedMentions:
    """Learn both questions."""
    return LearnedMentions(
        invoice=_learn(examples["invoice"], _FREEDOM["invoice"]),
        due=_learn(examples["due"], _FREEDOM["due"]),
    )


def _learn(examples: Sequence[tuple[Seen, bool]], freedom: float) -> MentionWeights:
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = DictVectorizer()
    table = vectorizer.fit_transform([dict(_shares(seen)) for seen, _ in examples])
    often = (table != 0).sum(axis=0).A1 >= _LEAST
    names = [str(name) for name in vectorizer.get_feature_names_out()[often]]
    model = LogisticRegression(C=freedom, max_iter=1000)
    model.fit(table[:, often], [meant for _, meant in examples])
    weights = {
        name: hundredths
        for name, weight in zip(names, model.coef_[0].tolist(), strict=True)
        if (hundredths := round(100 * weight))
    }
    return MentionWeights(bias=round(1000 * model.intercept_[0]), weights=weights)


def _shares(seen: Seen) -> Iterator[tuple[str, float]]:
    return ((name, loudness / LOUDEST) for name, loudness in seen.items())


if __name__ == "__main__":
    main()
