"""Which of the words that rules ask for a word in a mail is, misspelt or compounded.

A rule asks for *elements*; each has a number. An element is a spelling, an inflected word, the
beginning or the end of a word, or a list of such. `Lexicon.elements` answers for one word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

CUT_OFF = 85
"""Least likeness in percent for a misspelling; below it, false friends outnumber typos."""
SHORTEST_FUZZY = 5
"""Words of four letters or fewer are compared exactly."""
SPLIT_FROM = 8
"""Letters of a word that may stand split in two: ``avbetalnings plan``."""
_NOTHING: frozenset[int] = frozenset()
_FUZZY_PER_FIRST_LETTER_SPAN = 2


class Lexicon:
    """Compiled words."""

    __slots__ = (
        "_by_letter",
        "_exact",
        "_fuzzy",
        "_known",
        "_long",
        "_prefix_lengths",
        "_prefixes",
        "_suffixes",
    )

    def __init__(
        self,
        *,
        exact: Mapping[str, frozenset[int]],
        prefixes: Mapping[str, frozenset[int]],
        suffixes: Mapping[str, frozenset[int]],
        fuzzy: Mapping[str, frozenset[int]],
        never_fuzzy: Iterable[str],
    ) -> None:
        """Compile.

        Args:
            exact: Folded spelling -> elements it fulfils.
            prefixes, suffixes: Folded beginning or end -> elements.
            fuzzy: Those spellings of `exact` that may be misspelt -> elements that forgive it.
            never_fuzzy: Words of a mail that are right as they are.
        """
        self._exact = dict(exact)
        self._long = sorted(word for word in exact if len(word) >= SPLIT_FROM)
        self._prefixes = dict(prefixes)
        self._suffixes = dict(suffixes)
        self._prefix_lengths = sorted({len(prefix) for prefix in prefixes}, reverse=True)
        self._known = frozenset(never_fuzzy)
        self._fuzzy = {word: found for word, found in fuzzy.items() if len(word) >= SHORTEST_FUZZY}
        by_letter: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self._fuzzy):
            by_letter.setdefault((word[0], len(word)), []).append(word)
        self._by_letter = by_letter

    def elements(self, word: str) -> frozenset[int]:
        """Return the elements that a folded word fulfils; empty for most words."""
        if word[0].isdigit():
            return self._exact.get(word, _NOTHING)
        found = set(self._exact.get(word, ()))
        known = bool(found)
        size = len(word)
        for length in self._prefix_lengths:
            if length <= size:
                hit = self._prefixes.get(word[:length])
                if hit:
                    found |= hit
                    known = True
        for begin in range(2, size - 2):
            hit = self._suffixes.get(word[begin:])
            if hit:
                found |= hit
                known = True
        if not known and size >= SHORTEST_FUZZY and word not in self._known and word.isalpha():
            nearest = self._nearest(word)
            if nearest:
                found |= self._fuzzy[nearest]
        return frozenset(found)

    def is_split(self, first: str, second: str) -> bool:
        """Tell whether two words side by side are one long word of a rule."""
        return len(first) + len(second) >= SPLIT_FROM and first + second in self._exact

    def may_be_split_after(self, word: str) -> bool:
        """Tell whether a long word of a rule begins with a word and goes on."""
        following = bisect_right(self._long, word)
        return following < len(self._long) and self._long[following].startswith(word)

    def _nearest(self, word: str) -> str | None:
        size = len(word)
        near: list[str] = []
        for length in range(
            size - _FUZZY_PER_FIRST_LETTER_SPAN, size + _FUZZY_PER_FIRST_LETTER_SPAN + 1
        ):
            near.extend(self._by_letter.get((word[0], length), ()))
        if not near:
            return None
        best = process.extractOne(
            word, near, scorer=OSA.normalized_similarity, score_cutoff=CUT_OFF / 100
        )
        return best[0] if best else None
