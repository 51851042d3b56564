"""Learned weights: how much each feature of a question speaks for each intent, and each matter.

Multinomial logistic regression over words, their beginnings, the cues that the rules find and
what is named. ``python tests/learn_questions.py`` makes the weights out of labelled questions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Generic, TypeVar

from bot.language.tokens import WORD
from bot.understanding.hearing import Heard
from bot.understanding.model import Intent
from bot.understanding.words import DOMAIN
from bot.vocabulary import MatterKey

_STEM = 5
_PIECE = 4
_HEARD = 5.0
"""So much of what triage hears names a matter."""
_FEW = 3
_WRITTEN = 3.0
_SIGN = 0.5
_CUE = 0.6
_RULE = 0.05
_MAIL = 0.3
_MOST = 12.0
"""How loud each sort of feature is; chosen on questions left out in turn. What the rules decide
speaks softly, since they have been written with the questions they are right about."""


Answer = TypeVar("Answer", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned(Generic[Answer]):
    """Weights.

    Attributes:
        answers: In the order of the columns.
        bias: One number for each.
        weights: Feature -> one number for each.
    """

    answers: tuple[Answer, ...]
    bias: tuple[float, ...]
    weights: Mapping[str, Sequence[float]]

    def chances(self, features: Mapping[str, float]) -> dict[Answer, float]:
        """Return answer -> probability; they add up to one."""
        sums = list(self.bias)
        for feature, loudness in features.items():
            for place, weight in enumerate(self.weights.get(feature, ())):
                sums[place] += loudness * weight
        highest = max(sums)
        powers = [math.exp(total - highest) for total in sums]
        whole = sum(powers)
        return {answer: power / whole for answer, power in zip(self.answers, powers, strict=True)}

    def words_for(self, answer: Answer, features: Mapping[str, float]) -> tuple[str, ...]:
        """Return up to three words that speak most for an answer, the strongest first."""
        place = self.answers.index(answer)
        speaking = [
            (loudness * self.weights[name][place], name.removeprefix("w "))
            for name, loudness in features.items()
            if name.startswith("w ") and name in self.weights
        ]
        return tuple(name for weight, name in sorted(speaking, reverse=True)[:3] if weight > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedQuestions:
    """What was learned about questions.

    Attributes:
        intents: What is asked for.
        matters: What is to be sent somewhere, of those who ask where to; `NONE` where it is
            no matter but a process that is asked about.
    """

    intents: Learned[Intent]
    matters: Learned[MatterKey]


def features_of(heard: Heard) -> dict[str, float]:
    """Return what a question shows: feature -> how loudly it speaks."""
    words = list(_words(heard))
    written = {f"w {word}" for word in words}
    written |= {f"s {word[:_STEM]}" for word in words if len(word) > _STEM}
    written |= {f"b {first} {second}" for first, second in pairwise(["^", *words, "$"])}
    pieces = {f"g {piece}" for word in words for piece in _pieces(word)}
    found = dict.fromkeys(sorted(written), _WRITTEN / math.sqrt(max(6, len(written))))
    found |= dict.fromkeys(sorted(pieces), _WRITTEN / math.sqrt(max(10, len(pieces))))
    found |= dict.fromkeys(sorted(set(_signs(heard))), _SIGN)
    found |= dict.fromkeys(sorted(set(_cues(heard))), _CUE)
    for intent, score in scores(heard).items():
        found[f"rule {intent}"] = _RULE * min(score, _MOST)
    return found


def features_of_matter(heard: Heard) -> dict[str, float]:
    """Return what a question shows of its matter: feature -> how loudly it speaks."""
    words = [match.group() for match in WORD.finditer(heard.masked)]
    written = {f"w {word}" for word in words}
    written |= {f"s {word[:_STEM]}" for word in words if len(word) > _STEM}
    pieces = {f"g {piece}" for word in words for piece in _pieces(word)}
    found = dict.fromkeys(sorted(written), _WRITTEN / math.sqrt(max(6, len(written))))
    found |= dict.fromkeys(sorted(pieces), _WRITTEN / math.sqrt(max(10, len(pieces))))
    for matter, score in heard.matters.items():
        found[f"heard {matter}"] = _MAIL * score
    cues = {hit.cue for hit in heard.hits if hit.cue.matter}
    found |= dict.fromkeys((f"{'no' if cue.blocks else 'cue'} {cue.matter}" for cue in cues), 1.0)
    found |= dict.fromkeys((f"process {one.process}" for one in heard.processes), 1.0)
    return found


def _pieces(word: str) -> Iterator[str]:
    """Yield the runs of letters that words share which are inflected, misspelt or compounded."""
    if word[0] != "<":
        marked = f"<{word}>"
        yield from (marked[at : at + _PIECE] for at in range(len(marked) - _PIECE + 1))


def scores(heard: Heard) -> dict[Intent, float]:
    """Return what the rules alone say: intent -> the weights of its cues."""
    found: dict[Intent, float] = {}
    for hit in heard.hits:
        if hit.cue.intent is not None:
            found[hit.cue.intent] = found.get(hit.cue.intent, 0.0) + hit.cue.weight
    return found


def _words(heard: Heard) -> Iterator[str]:
    """Yield the words, with what is named replaced by what it is."""
    taken: list[tuple[int, int, str]] = [
        *((one.start, one.end, "<case>") for one in heard.numbers.cases),
        *((one.start, one.end, "<invoice>") for one in heard.numbers.invoices),
        *((one.start, one.end, "<number>") for one in heard.numbers.plain),
        *((one.start, one.end, "<process>") for one in heard.processes),
        *((one.start, one.end, "<period>") for one in heard.periods if not one.is_day),
    ]
    if heard.customer is not None:
        taken.append((heard.customer.start, heard.customer.end, "<customer>"))
    said: set[int] = set()
    for match in WORD.finditer(heard.masked):
        spot = next(
            (at for at, (start, end, _) in enumerate(taken) if start <= match.start() < end), None
        )
        if spot is None:
            yield match.group()
        elif spot not in said:
            said.add(spot)
            yield taken[spot][2]


def _signs(heard: Heard) -> Iterator[str]:
    named = list(_named(heard))
    classes = sorted({hit.cue.name for hit in heard.hits if hit.cue.sign})
    said = sorted({f"{hit.cue.slot}.{hit.cue.value}" for hit in heard.hits if hit.cue.slot})
    yield from (f"has {name}" for name in named)
    yield from (f"says {name}" for name in (*classes, *said))
    yield from (f"with {name} {other}" for name in classes for other in named)
    yield from (f"both {one} {other}" for one, other in combinations(classes, 2))
    if len(heard.sentence.words) <= _FEW:
        yield "has few words"
    if heard.sentence.question:
        yield "has question mark"
    if not is_ours(heard):
        yield "has nothing of ours"


def _cues(heard: Heard) -> Iterator[str]:
    """Yield the intents that a strong phrase speaks for, also together with what is named."""
    for intent in {hit.cue.intent for hit in heard.hits if hit.cue.intent and hit.cue.weight > 1}:
        yield f"cue {intent}"
        yield from (f"cue {intent} {name}" for name in _named(heard))


def is_ours(heard: Heard) -> bool:
    """Tell whether a question speaks of the centre's own work."""
    named = any(name not in _ANYONES for name in _named(heard))
    return named or any(hit.cue.name == DOMAIN for hit in heard.hits)


_ANYONES = frozenset(("number", "day", "period", "foreign"))
"""What people name whatever they speak of."""


def _named(heard: Heard) -> Iterator[str]:
    said = {hit.cue.matter for hit in heard.hits if hit.cue.matter and not hit.cue.blocks}
    mailed = {matter for matter, score in heard.matters.items() if score >= _HEARD}
    shown: dict[str, object] = {
        "case": heard.numbers.cases,
        "invoice": heard.numbers.invoices,
        "number": heard.numbers.plain,
        "process": heard.processes,
        "place": any(one.place for one in heard.processes),
        "customer": heard.customer,
        "day": any(one.is_day for one in heard.periods),
        "period": any(not one.is_day for one in heard.periods),
        "foreign": said & heard.foreign,
        "matter": (said | mailed) - heard.foreign,
    }
    yield from (name for name, thing in shown.items() if thing)
