"""What a sentence says to the rules: the cues in it, and what follows from them alone.

Mail says much again and again: greetings, closings, what every mail of a house ends with. What
a sentence says depends on its words and its question mark, so it is remembered with them; which
number stands in it makes no difference, unless a cue names one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from bot.language.date_forms import may_name_day
from bot.language.detection import Counts, counts
from bot.language.phrases import Match, PhraseBook
from bot.language.tokens import Sentence
from bot.triage.cues import WEIGHTS, Cue, Says
from bot.vocabulary import MatterKey

_REMEMBERED = 4_000
_MOST_IN_PAIRS = 12
_ALONE = frozenset((Says.AGAINST, Says.WITHDRAWN, Says.GENERAL))
"""What is said in these ways counts whatever else the same words say."""


class Hit(NamedTuple):
    """A cue that was found in a sentence."""

    cue: Cue
    match: Match


class Heard(NamedTuple):
    """What a sentence says.

    Attributes:
        hits: The cues in it, by place.
        features: That it speaks of.
        counting: The cues that count for a matter, and how much.
        withdrawn, general: Matters that it withdraws, or asks about in general.
        signs: What the learned weights know it by.
        words: Its words without the numbers: those say who and which, never what about.
        dated: A date may stand in it.
        language: The small words of both languages in it.
    """

    hits: tuple[Hit, ...] = ()
    features: frozenset[str] = frozenset()
    counting: tuple[tuple[MatterKey, Hit, float], ...] = ()
    withdrawn: frozenset[MatterKey] = frozenset()
    general: frozenset[MatterKey] = frozenset()
    signs: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    dated: bool = False
    language: Counts = (0, 0)


class Hearing:
    """Cues, and the phrases by which they are found; shared between threads."""

    __slots__ = ("_book", "_cues", "_remembered")

    def __init__(self, cues: Sequence[Cue], book: PhraseBook) -> None:
        """Make it of cues; the book labels each phrase with the place of its cue."""
        self._cues = cues
        self._book = book
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._listen)

    def hear(self, sentence: Sentence) -> Heard:
        """Return what a sentence says."""
        words = sentence.words
        if not all(map(str.isalpha, words)):
            words = self._book.generalised(words)
        return self._remembered(words, sentence.question)

    def _listen(self, words: tuple[str, ...], question: bool) -> Heard:
        said = Heard(
            words=tuple(filter(str.isalpha, words)),
            dated=may_name_day(words),
            language=counts(words),
        )
        found = self._book.find(Sentence(0, 0, words, question))
        if not found:
            return said
        hits = _unblocked([Hit(self._cues[match.label], match) for match in found])
        return said._replace(
            hits=hits,
            features=frozenset([hit.cue.feature for hit in hits if hit.cue.feature]),
            counting=tuple(_counting(hits)),
            withdrawn=_matters(hits, Says.WITHDRAWN),
            general=_matters(hits, Says.GENERAL),
            signs=frozenset(_signs(hits, question)),
        )


def _unblocked(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Leave out what a blocking cue says not to count, and the blocking cues themselves."""
    blocked = {hit.cue.matter or hit.cue.feature for hit in hits if hit.cue.blocks}
    if not blocked:
        return tuple(hits)
    return tuple(hit for hit in hits if (hit.cue.matter or hit.cue.feature) not in blocked)


def _matters(hits: Iterable[Hit], says: Says) -> frozenset[MatterKey]:
    return frozenset([hit.cue.matter for hit in hits if hit.cue.matter and hit.cue.says is says])


def _counting(hits: Sequence[Hit]) -> Iterator[tuple[MatterKey, Hit, float]]:
    """Yield the cues of a sentence; of those that share words, only the strongest counts."""
    taken: dict[MatterKey, list[tuple[int, int]]] = {}
    cues = [(hit.cue.matter, hit) for hit in hits if hit.cue.matter]
    for matter, hit in sorted(cues, key=lambda cue: -abs(WEIGHTS[cue[1].cue.says])):
        start, end = hit.match.start, hit.match.end
        spans = taken.setdefault(matter, [])
        if hit.cue.says not in _ALONE:
            if any(start < last and first < end for first, last in spans):
                continue
            spans.append((start, end))
        yield matter, hit, WEIGHTS[hit.cue.says]


def _signs(hits: Sequence[Hit], question: bool) -> Iterator[str]:
    """Yield each cue, and the pairs that stand in the sentence: what is asked of what."""
    names = sorted({hit.cue.name for hit in hits})
    for name in names:
        yield f"cue {name}"
    for first, second in combinations(names[:_MOST_IN_PAIRS], 2):
        yield f"pair {first}&{second}"
    if question:
        for name in names:
            yield f"ask {name}"
