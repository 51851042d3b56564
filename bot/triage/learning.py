"""Learning weights from labelled examples, by gradient descent.

Deterministic for the same examples in the same order. AdaGrad (Duchi, Hazan & Singer 2011)
with one rate for each feature, so that rare words learn fast and common ones settle.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.triage.weights import Features, Learned, pack

_EPOCHS = 12
_SETTLING = 4
"""After so many epochs the weights are averaged, so that the last examples do not win."""
_RATE = 0.5
_SHRINK = 1e-5
_SURE = 1e-6
"""An example that is answered this well teaches nothing."""
_LEAST = 3
"""Features of fewer examples are left out."""
_TELLING = 0.3
"""A feature is kept where it speaks at least this loudly for or against some answer."""
_HEARD = 0.15
"""A weight smaller than this counts as none."""

Row = list[tuple[int, float]]


def learn(examples: Sequence[Features], answers: Mapping[str, Sequence[str | None]]) -> Learned:
    """Learn the answers to some questions.

    Args:
        examples: Features of each example.
        answers: Question -> the right answer of each example, in the same order; None where
            it is not known.
    """
    flat = [
        {name: loudness for loudness, names in example for name in names} for example in examples
    ]
    counts = Counter(feature for example in flat for feature in example)
    names = [feature for feature, count in counts.items() if count >= _LEAST]
    places = {feature: place for place, feature in enumerate(names)}
    rows = [
        [(places[feature], value) for feature, value in example.items() if feature in places]
        for example in flat
    ]
    classes = {
        question: tuple(sorted({answer for answer in right if answer is not None}))
        for question, right in answers.items()
    }
    entries: list[list[tuple[int, int]]] = [[] for _ in names]
    bias: list[float] = []
    for question, right in answers.items():
        known = [
            (row, classes[question].index(answer))
            for row, answer in zip(rows, right, strict=True)
            if answer is not None
        ]
        weights, own_bias = _descend(known, len(classes[question]), len(names))
        for feature, numbers in enumerate(weights):
            if max(map(abs, numbers)) >= _TELLING:
                entries[feature] += _heard(numbers, len(bias))
        bias += [round(value, 3) for value in own_bias]
    return Learned(
        answers=classes,
        bias=tuple(bias),
        weights={name: pack(own) for name, own in zip(names, entries, strict=True) if own},
    )


def _heard(numbers: Sequence[float], start: int) -> list[tuple[int, int]]:
    return [
        (start + place, round(10 * value))
        for place, value in enumerate(numbers)
        if abs(value) >= _HEARD
    ]


def _descend(
    known: Sequence[tuple[Row, int]], classes: int, features: int
) -> tuple[list[list[float]], list[float]]:
    weights = [[0.0] * classes for _ in range(features)]
    moved = [1e-8] * features
    bias = [0.0] * classes
    settled = [[0.0] * classes for _ in range(features)]
    for epoch in range(_EPOCHS):
        for place in _mixed(len(known), epoch):
            row, wanted = known[place]
            _step(row, wanted, weights, moved, bias)
        if epoch >= _SETTLING:
            for own, sums in zip(weights, settled, strict=True):
                for answer, weight in enumerate(own):
                    sums[answer] += weight
    counted = _EPOCHS - _SETTLING
    return [[total / counted for total in sums] for sums in settled], bias


def _mixed(count: int, epoch: int) -> list[int]:
    """Return the places of all examples in an order of their own for each epoch.

    By multiplicative hashing (Knuth, TAOCP 3, 6.4), so that learning needs no chance.
    """
    return sorted(range(count), key=lambda place: (place + 1 + epoch * count) * 2654435761 % 2**32)


def _step(
    row: Row, wanted: int, weights: list[list[float]], moved: list[float], bias: list[float]
) -> None:
    error = _chances(row, weights, bias)
    error[wanted] -= 1.0
    size = sum(value * value for value in error)
    if size < _SURE:
        return
    for place, value in row:
        moved[place] += size * value * value
        rate = _RATE * value / math.sqrt(moved[place])
        own = weights[place]
        for answer, slope in enumerate(error):
            own[answer] -= rate * slope + _RATE * _SHRINK * own[answer]
    for answer, slope in enumerate(error):
        bias[answer] -= 0.05 * slope


def _chances(row: Row, weights: list[list[float]], bias: list[float]) -> list[float]:
    sums = list(bias)
    for place, value in row:
        for answer, weight in enumerate(weights[place]):
            sums[answer] += weight * value
    highest = max(sums)
    powers = [math.exp(total - highest) for total in sums]
    whole = sum(powers)
    return [power / whole for power in powers]
