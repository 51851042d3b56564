"""Learned weights: how much each feature of a mail speaks for each answer to some questions.

The weights of a mail's features add up, and the sums become probabilities, question by
question: multinomial logistic regression. Which words decided can be told.
`make learn` makes the weights, `bot.triage.learned` asks them.

A mail has some hundred features and there are some forty answers. So that adding them up
costs tens of microseconds in plain Python, all weights of a feature, in whole hundredths, are
packed into one integer, a field of `_BITS` bits for each answer: one addition adds them all.
A field holds sums up to two thousand million either way, far more than a mail can reach. What
a word shows is worked out once and remembered, and what a sentence shows: both come again.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, pairwise
from typing import NamedTuple

_BITS = 32
_HALF = 1 << (_BITS - 1)

_PLAIN = 5.0
_FEW = 200
"""So few features are not made louder, or a mail of three words would shout."""
_SIGN = 250
_FACT = 600
"""How loud each sort of feature is, in thousandths, beside the words, whose squares add up
to 25."""

_STEM = 6
_PIECE = 5
"""Letters that words share which are inflected, misspelt or put together."""
_LONGEST = 40
"""Letters of a word that are looked at; longer ones are no words."""
_WORDS_REMEMBERED = 10_000
_RUNS_REMEMBERED = 1_000
_LONGEST_REMEMBERED = 200
"""Letters of a run of words; who writes longer ones hardly writes the same again."""

Run = tuple[str, ...]
"""Words side by side, such as those of a sentence without its numbers."""
_Weights = dict[str, int | None]
"""Features, and their packed weights; None where nothing was learned of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a mail shows, each thing once.

    Attributes:
        runs: Words side by side; each word shows its `parts`, and a run its `pairs`.
        wordings: Further features of what is written, such as words of the subject.
        signs: What the rules see in it.
        facts: What is known beside the text.
    """

    runs: Sequence[Run] = ()
    wordings: Collection[str] = ()
    signs: Collection[str] = ()
    facts: Collection[str] = ()

    def by_loudness(self) -> dict[str, float]:
        """Return all features and how loudly they speak."""
        words = chain.from_iterable(self.runs)
        written = frozenset(self.wordings).union(*map(parts, words), *map(pairs, self.runs))
        return (
            dict.fromkeys(written, _loudness(len(written)))
            | dict.fromkeys(self.signs, _SIGN / 1000)
            | dict.fromkeys(self.facts, _FACT / 1000)
        )


def parts(word: str) -> frozenset[str]:
    """Return the features of a word: itself, its beginning, and its runs of letters.

    The runs, the ends of the word marked, begin with ``+`` and a blank: no word is named so.
    """
    marked = f"<{word[:_LONGEST]}>"
    runs = {f"+ {marked[at : at + _PIECE]}" for at in range(len(marked) - _PIECE + 1)}
    return frozenset((*runs, word, *stems(word)))


def stems(word: str) -> tuple[str, ...]:
    """Return the feature of a long word's beginning; nothing for a short one."""
    return (f"{word[:_STEM]}*",) if len(word) > _STEM else ()


def pairs(run: Iterable[str]) -> Iterator[str]:
    """Yield the features of words side by side."""
    return map("_".join, pairwise(run))


def _loudness(written: int) -> float:
    """Return how loudly each thing speaks that is written, where there are so many."""
    return _PLAIN / math.sqrt(max(_FEW, written))


def pack(entries: Iterable[tuple[int, int]]) -> int:
    """Pack (place of an answer, weight in hundredths) into one integer."""
    return sum(hundredths << (_BITS * place) for place, hundredths in entries)


def unpack(packed: int, places: int) -> list[int]:
    """Return the weights, or sums of weights, in hundredths, one for each place."""
    lifted = (packed + _halves(places)).to_bytes(places * _BITS // 8, "little")
    return [number - _HALF for number in struct.unpack(f"<{places}I", lifted)]


def _field(packed: int, place: int, places: int) -> int:
    """Return the weight at one place, in hundredths."""
    return ((packed + _halves(places)) >> (_BITS * place)) % (1 << _BITS) - _HALF


@cache
def _halves(places: int) -> int:
    """Return half a field in every field: added, no field is below zero."""
    return pack((place, _HALF) for place in range(places))


class Weighed(NamedTuple):
    """What the features of one mail weigh, packed.

    Attributes:
        written: Of each that is written.
        beside: Of all others together, in hundred thousandths.
    """

    written: _Weights
    beside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """Questions, their answers, and what speaks for each.

    Attributes:
        answers: Question -> its answers. All answers of all questions, in this order, have
            consecutive places.
        bias: One number for each place.
        weights: Feature -> its packed weights.
    """

    answers: Mapping[str, tuple[str, ...]]
    bias: tuple[float, ...]
    weights: Mapping[str, int]
    _words: dict[str, _Weights] = field(default_factory=dict, init=False, compare=False)
    _runs: dict[Run, _Weights] = field(default_factory=dict, init=False, compare=False)
    _speaking: dict[int, dict[str, int]] = field(default_factory=dict, init=False, compare=False)

    def weigh(self, features: Features) -> Weighed:
        """Return what the features of a mail weigh."""
        written = self._weigh(features.wordings)
        known, look_up = self._runs.get, self._look_up_run
        for run in features.runs:
            written.update(known(run) or look_up(run))
        weight = self.weights.get
        beside = _SIGN * _sum(map(weight, features.signs)) + _FACT * _sum(
            map(weight, features.facts)
        )
        return Weighed(written=written, beside=beside)

    def chances(self, features: Features) -> dict[str, dict[str, float]]:
        """Return question -> answer -> probability; those of a question add up to one."""
        return self.chances_of(self.weigh(features))

    def chances_of(self, seen: Weighed) -> dict[str, dict[str, float]]:
        """Return the same of a mail whose features have been weighed."""
        size, loudness = len(self.bias), _loudness(len(seen.written)) / 100
        said, beside = unpack(_sum(seen.written.values()), size), unpack(seen.beside, size)
        sums = [
            own + loudness * in_words + other / 100_000
            for own, in_words, other in zip(self.bias, said, beside, strict=True)
        ]
        found, start = {}, 0
        for question, answers in self.answers.items():
            own = sums[start : start + len(answers)]
            start += len(answers)
            found[question] = dict(zip(answers, _softmax(own), strict=True))
        return found

    def words_for(
        self, question: str, answer: str, seen: Weighed, *, most: int = 3
    ) -> tuple[str, ...]:
        """Return the words of a mail that speak most for an answer, the strongest first."""
        speaking = self._speaking_for(self._place(question, answer))
        names = speaking.keys() & seen.written.keys()
        found = sorted([(speaking[name], name) for name in names], reverse=True)
        return tuple(_shown(name) for _, name in found[:most])

    def _look_up_run(self, run: Run) -> _Weights:
        """Return what the words and pairs of a run weigh, and remember it."""
        found = self._weigh(pairs(run))
        for word in run:
            found.update(self._words.get(word) or self._look_up(word))
        if sum(map(len, run)) <= _LONGEST_REMEMBERED:
            if len(self._runs) >= _RUNS_REMEMBERED:
                self._runs.clear()
            self._runs[run] = found
        return found

    def _look_up(self, word: str) -> _Weights:
        """Return what the parts of a word weigh, and remember it."""
        if len(self._words) >= _WORDS_REMEMBERED:
            self._words.clear()
        found = self._words[word] = self._weigh(parts(word))
        return found

    def _weigh(self, features: Iterable[str]) -> _Weights:
        weight = self.weights.get
        return {name: weight(name) for name in features}

    def _speaking_for(self, place: int) -> Mapping[str, int]:
        """Return the words, and pairs of words, that speak for an answer, and how much."""
        found = self._speaking.get(place)
        if found is None:
            size = len(self.bias)
            words = [(name, packed) for name, packed in self.weights.items() if " " not in name]
            weights = ((name, _field(packed, place, size)) for name, packed in words)
            found = self._speaking[place] = {name: own for name, own in weights if own > 0}
        return found

    def _place(self, question: str, answer: str) -> int:
        start = 0
        for name, answers in self.answers.items():
            if name == question:
                return start + answers.index(answer)
            start += len(answers)
        raise KeyError(question)


def _sum(packed: Iterable[int | None]) -> int:
    """Add up packed weights. Nothing was learned of most features, and nothing is not added."""
    return sum(filter(None, packed))


def _softmax(sums: list[float]) -> list[float]:
    highest = max(sums)
    powers = [math.exp(total - highest) for total in sums]
    whole = sum(powers)
    return [power / whole for power in powers]


def _shown(feature: str) -> str:
    return feature.removeprefix("s:").replace("_", " ").removesuffix("*")
