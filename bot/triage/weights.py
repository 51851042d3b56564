"""Learned weights: how much each feature of a mail speaks for each answer to some questions.

The weights of a mail's features add up, and the sums become probabilities, question by
question: multinomial logistic regression. Which words decided can be told.
`make learn` makes the weights, `bot.triage.learned` asks them.

A mail has some hundred features and there are some forty answers. So that adding them up
costs tens of microseconds in plain Python, all weights of a feature, in whole hundredths, are
packed into one integer, a field of `_BITS` bits for each answer: one addition adds them all.
A field holds sums up to two thousand million either way, far more than a mail can reach.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

Features = Sequence[tuple[float, Collection[str]]]
"""Features by how loudly they speak. A feature without a blank is a word or two."""

_BITS = 32
_HALF = 1 << (_BITS - 1)
_FIELD = (1 << _BITS) - 1


def pack(entries: Iterable[tuple[int, int]]) -> int:
    """Pack (place of an answer, weight in hundredths) into one integer."""
    return sum(hundredths << (_BITS * place) for place, hundredths in entries)


def unpack(packed: int, places: int) -> list[int]:
    """Return the weights, or sums of weights, in hundredths, one for each place."""
    lifted = (packed + _halves(places)).to_bytes(places * _BITS // 8, "little")
    return [number - _HALF for number in struct.unpack(f"<{places}I", lifted)]


@cache
def _halves(places: int) -> int:
    """Return half a field in every field: added, no field is below zero."""
    return pack((place, _HALF) for place in range(places))


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

    def chances(self, features: Features) -> dict[str, dict[str, float]]:
        """Return question -> answer -> probability; those of a question add up to one."""
        sums = list(self.bias)
        get = self.weights.get
        for loudness, names in features:
            packed = sum(filter(None, map(get, names)))
            for place, hundredths in enumerate(unpack(packed, len(sums))):
                sums[place] += loudness * hundredths / 100
        found, start = {}, 0
        for question, answers in self.answers.items():
            own = sums[start : start + len(answers)]
            start += len(answers)
            found[question] = dict(zip(answers, _softmax(own), strict=True))
        return found

    def words_for(
        self, question: str, answer: str, features: Features, *, most: int = 3
    ) -> tuple[str, ...]:
        """Return the words of a mail that speak most for an answer, the strongest first."""
        place = self._place(question, answer)
        halves, shift = _halves(len(self.bias)), _BITS * place
        found = [
            (((self.weights[name] + halves >> shift) & _FIELD) - _HALF, name)
            for _, names in features
            for name in names
            if name in self.weights and " " not in name
        ]
        best = sorted((pair for pair in found if pair[0] > 0), reverse=True)[:most]
        return tuple(_shown(name) for _, name in best)

    def _place(self, question: str, answer: str) -> int:
        start = 0
        for name, answers in self.answers.items():
            if name == question:
                return start + answers.index(answer)
            start += len(answers)
        raise KeyError(question)


def _softmax(sums: list[float]) -> Iterator[float]:
    highest = max(sums)
    powers = [math.exp(total - highest) for total in sums]
    whole = sum(powers)
    return (power / whole for power in powers)


def _shown(feature: str) -> str:
    return feature.removeprefix("s:").replace("_", " ").removesuffix("*")
