"""How the phrases of rules are found in sentences.

A misspelling of a listed word counts as the word (see `lexicon`), a word split in two as well.

Each phrase is filed under the rarest of its elements. What a word fulfils, and which phrases
are filed there, is looked up once for a word and remembered; so a sentence is put together
from its words, and only phrases are tried whose rarest element stands in it. All other
elements of a phrase have a bit each: that they stand in the sentence too is one operation.
"""

from __future__ import annotations

import functools
import itertools
import operator
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.language.common_words import COMMON_WORDS
from bot.language.lexicon import Lexicon
from bot.language.phrase_notation import (
    ASKS,
    FIRST,
    LAST,
    NUMBER,
    BadPhrase,
    Phrase,
    PhraseCompiler,
)
from bot.language.tokens import WORD, Sentence

__all__ = ["BadPhrase", "Match", "PhraseBook", "words_between"]

Span = tuple[int, int]
_Labelled = tuple[int, Phrase]
_Anchor = Callable[[Phrase], int]
"""Tells which element of a phrase is the rarest."""

_MAX_PLACES = 40
_REMEMBERED = 30_000
"""Words; of numbers only those that a rule names, there are too many."""


class Match(NamedTuple):
    """A phrase that was found; matches compare by their place.

    Attributes:
        start, end: Index of its first word and after its last word in the sentence.
        label: What the phrase stands for; given by the caller of `PhraseBook`.
    """

    start: int
    end: int
    label: int


_Steps = tuple[tuple[int, int], ...]
"""Elements, and how many words may stand before each of them."""


class _Filed(NamedTuple):
    """A phrase where it is filed: under the rarest of its elements.

    Attributes:
        others: The bits of its other elements.
        label: Of the caller, or the element of the list whose entry it is.
        before, after: Its other elements, the nearest first.
    """

    others: int
    label: int
    before: _Steps
    after: _Steps


class _Known(NamedTuple):
    """Everything known of a word.

    Attributes:
        bits: Of the elements that it fulfils.
        entries, phrases: Filed under one of its elements: entries of lists, and phrases.
        begins: It is the beginning of a longer word that may stand split in two.
    """

    elements: frozenset[int]
    bits: int
    entries: tuple[_Filed, ...]
    phrases: tuple[_Filed, ...]
    begins: bool


ANY_NUMBER = "#"
"""Stands for every number that no phrase names."""

_NOTHING = _Known(frozenset(), 0, (), (), False)
_Unit = tuple[int, int, _Known]
"""A word, or another thing that fulfils elements: where it begins, where it ends, what it is."""


class _Places:
    """Where elements stand in one sentence.

    Attributes:
        spans: Of the elements that more than single words fulfil: marks, lists, split words.
    """

    __slots__ = ("_words", "spans")

    def __init__(self, words: Sequence[_Known], spans: dict[int, list[Span]]) -> None:
        self._words = words
        self.spans = spans

    def of(self, element: int) -> list[Span]:
        """Return the spans of an element."""
        spans = self.spans.get(element)
        if spans is None:
            words = enumerate(self._words)
            spans = [(at, at + 1) for at, word in words if element in word.elements]
        return spans

    def put(self, element: int, spans: Iterable[Span]) -> None:
        """Add spans of an element to those of single words."""
        self.spans[element] = [*self.of(element), *spans]

    def around(self, begin: int, end: int, before: _Steps, after: _Steps) -> list[Span]:
        """Return the spans of a phrase whose rarest element stands at a place."""
        if not (before or after):
            return [(begin, end)]
        ends = [end]
        for element, gap in after:
            ends = self._ends(element, ends, gap)
        begins = [begin] if ends else []
        for element, gap in before:
            begins = self._begins(element, begins, gap)
        if len(begins) == len(ends) == 1:
            return [(begins[0], ends[0])]
        return [(first, last) for first in begins for last in ends]

    def _ends(self, element: int, ends: list[int], gap: int) -> list[int]:
        """Return where an element ends that begins at one of some ends, or soon after."""
        spans, words = self.spans.get(element), self._words
        if spans is None:
            found = [
                at
                for end in ends
                for at, word in enumerate(words[end : end + gap + 1], start=end + 1)
                if element in word[0]
            ]
        else:
            found = [last for end in ends for first, last in spans if end <= first <= end + gap]
        return found if len(found) < 2 else _few(found)

    def _begins(self, element: int, begins: list[int], gap: int) -> list[int]:
        """Return where an element begins that ends at one of some places, or shortly before."""
        spans, words = self.spans.get(element), self._words
        if spans is None:
            found = [
                at
                for begin in begins
                for at in range(max(0, begin - gap - 1), begin)
                if element in words[at][0]
            ]
        else:
            found = [f for begin in begins for f, last in spans if last <= begin <= last + gap]
        return found if len(found) < 2 else _few(found)


def _few(places: Iterable[int]) -> list[int]:
    """Return places without repeats; bounded, so that a repeated word cannot cost much."""
    return list(dict.fromkeys(places))[:_MAX_PLACES]


class PhraseBook:
    """Phrases compiled once; `find` reads a sentence in time linear in its words and hits."""

    __slots__ = (
        "_alike",
        "_always",
        "_asks",
        "_bits",
        "_entries",
        "_lexicon",
        "_marks",
        "_nested",
        "_number",
        "_phrases",
        "_seen",
    )

    def __init__(
        self,
        phrases: Iterable[tuple[int, str]],
        *,
        lists: Mapping[str, Sequence[str]],
        never_fuzzy: Iterable[str] = (),
    ) -> None:
        """Compile labelled phrases.

        Args:
            phrases: (label, phrase in the notation of `phrase_notation`).
            lists: Name -> words or phrases; a list may use the lists before it.
            never_fuzzy: Words that must not be taken for a misspelling of another.

        Raises:
            BadPhrase: A phrase is empty, uses an unknown list or mark, or is too wide.
        """
        compiler = PhraseCompiler(lists)
        compiled = [(label, phrase) for label, text in phrases for phrase in compiler.phrases(text)]
        self._lexicon = compiler.lexicon(never_fuzzy)
        self._marks = compiler.marks
        self._alike, entries = _without_alike(compiler)
        anchor = _anchors(compiler, self._lexicon, [phrase for _, phrase in (*compiled, *entries)])
        wide = {element for element, _ in entries}
        flat = [entry for entry in entries if wide.isdisjoint(entry[1].elements)]
        nested = [entry for entry in entries if not wide.isdisjoint(entry[1].elements)]
        self._bits = _bits((*compiled, *entries), anchor, wide)
        self._entries = self._file(flat, anchor)
        self._nested = [self._nest(label, phrase, anchor(phrase)) for label, phrase in nested]
        self._phrases = self._file(compiled, anchor)
        self._seen: dict[str, _Known] = {}
        self._always = self._bits_of((self._marks[FIRST], self._marks[LAST]))
        self._asks = self._known({self._marks[ASKS]})
        self._number = self._known({self._marks[NUMBER]})

    def generalised(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return words with `ANY_NUMBER` for each number that `find` cannot tell from another."""
        named = self._lexicon.elements
        return tuple(
            [ANY_NUMBER if word[0].isdigit() and not named(word) else word for word in words]
        )

    def find(self, sentence: Sentence) -> list[Match]:
        """Return every label whose phrase stands in a sentence, one match each, by place."""
        seen, look_up = self._seen.get, self._look_up
        words = [seen(word) or look_up(word) for word in sentence.words]
        size = len(words)
        marks = self._marks
        places = _Places(words, {marks[FIRST]: [(0, 0)], marks[LAST]: [(size, size)]})
        units = [(at, at + 1, word) for at, word in enumerate(words) if word is not _NOTHING]
        units += self._further_units(sentence, words, places)
        bits = self._always
        for _, _, word in units:
            bits |= word.bits
        bits, lists = self._lists(places, units, bits)
        found: dict[int, Match] = {}
        for begin, end, phrases in itertools.chain(
            ((begin, end, word.phrases) for begin, end, word in units if word.phrases), lists
        ):
            for others, label, before, after in phrases:
                if others & bits == others:
                    for first, last in places.around(begin, end, before, after):
                        match = Match(first, last, label)
                        found[label] = min(match, found.get(label, match))
        return sorted(found.values())

    def _further_units(
        self, sentence: Sentence, words: Sequence[_Known], places: _Places
    ) -> list[_Unit]:
        """Return words that stand in two parts, and the marks, and let their places be known."""
        size = len(words)
        units: list[_Unit] = []
        if sentence.question:
            places.spans[self._marks[ASKS]] = [(size, size)]
            units.append((size, size, self._asks))
        for at, first in enumerate(words):
            if first.begins and at + 1 < size:
                halves = sentence.words[at], sentence.words[at + 1]
                if self._lexicon.is_split(*halves):
                    whole = self._look_up("".join(halves))
                    units.append((at, at + 2, whole))
                    for element in whole.elements:
                        places.put(element, [(at, at + 2)])
        return units

    def _lists(
        self, places: _Places, units: Iterable[_Unit], bits: int
    ) -> tuple[int, list[tuple[int, int, tuple[_Filed, ...]]]]:
        """Find the lists of which an entry of several words stands in a sentence.

        Returns:
            The bits with theirs; where they begin and end, and what is filed under them.
        """
        found: list[tuple[int, int, tuple[_Filed, ...]]] = []

        def look(begin: int, end: int, filed: _Filed) -> int:
            _, label, before, after = filed
            spans = places.around(begin, end, before, after)
            if not spans:
                return 0
            places.put(label, spans)
            if phrases := self._phrases.get(label):
                found.extend((first, last, phrases) for first, last in spans)
            return self._bits.get(label, 0)

        for begin, end, word in units:
            for filed in word.entries:
                if filed[0] & bits == filed[0]:
                    bits |= look(begin, end, filed)
        for needed, anchor, filed in self._nested:
            if needed & bits == needed:
                for begin, end in places.of(anchor):
                    bits |= look(begin, end, filed)
        return bits, found

    def _look_up(self, word: str) -> _Known:
        """Return what is known of a word, and remember it."""
        elements = self._lexicon.elements(word)
        if word == ANY_NUMBER or word[0].isdigit():
            if not elements:
                return self._number
            elements |= {self._marks[NUMBER]}
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        begins = self._lexicon.may_be_split_after(word)
        known = self._known(elements, begins=begins) if elements or begins else _NOTHING
        self._seen[word] = known
        return known

    def _known(self, elements: Collection[int], *, begins: bool = False) -> _Known:
        """Put together what is known of a word that fulfils these elements."""
        waiting, reached = list(elements), set(elements)
        while waiting:
            new = self._alike.get(waiting.pop(), set()) - reached
            waiting.extend(new)
            reached |= new
        ordered = sorted(reached)
        return _Known(
            elements=frozenset(reached),
            bits=self._bits_of(ordered),
            entries=tuple(filed for one in ordered for filed in self._entries.get(one, ())),
            phrases=tuple(filed for one in ordered for filed in self._phrases.get(one, ())),
            begins=begins,
        )

    def _bits_of(self, elements: Iterable[int]) -> int:
        return functools.reduce(operator.or_, (self._bits.get(one, 0) for one in elements), 0)

    def _file(
        self, labelled: Iterable[_Labelled], anchor: _Anchor
    ) -> dict[int, tuple[_Filed, ...]]:
        """File each phrase under its rarest element, so that few are tried for a sentence."""
        filed: dict[int, list[_Filed]] = {}
        for label, phrase in labelled:
            at = anchor(phrase)
            filed.setdefault(phrase.elements[at], []).append(self._filed(label, phrase, at))
        return {element: tuple(own) for element, own in filed.items()}

    def _filed(self, label: int, phrase: Phrase, at: int) -> _Filed:
        elements, gaps = phrase.elements, phrase.gaps
        before = tuple((elements[place - 1], gaps[place]) for place in range(at, 0, -1))
        after = tuple(zip(elements[at + 1 :], gaps[at + 1 :], strict=True))
        others = self._bits_of(element for element, _ in (*before, *after))
        return _Filed(others, label, before, after)

    def _nest(self, label: int, phrase: Phrase, at: int) -> tuple[int, int, _Filed]:
        """Return what all an entry needs that uses other lists, its rarest element, and itself."""
        return self._bits_of(phrase.elements), phrase.elements[at], self._filed(label, phrase, at)


def words_between(folded: str, sentence: Sentence, start: int, end: int) -> Span:
    """Return the place in the text of the words from `start` up to `end` of a sentence."""
    places = [
        m.span() for m in itertools.islice(WORD.finditer(folded, sentence.start, sentence.end), end)
    ]
    if not places or start >= len(places):
        return sentence.start, sentence.start
    return places[start][0], places[-1][1]


def _without_alike(
    compiler: PhraseCompiler,
) -> tuple[dict[int, set[int]], list[tuple[int, Phrase]]]:
    """Tell the lists that a single element fulfils from entries that take several words.

    Returns:
        Element -> lists that each word has which has the element; and all other entries.
    """
    alike: dict[int, set[int]] = {}
    entries: list[tuple[int, Phrase]] = []
    apart = {compiler.marks[mark] for mark in (FIRST, LAST, ASKS)}
    for element, phrase in compiler.list_phrases:
        if len(phrase.elements) == 1 and phrase.elements[0] not in apart:
            alike.setdefault(phrase.elements[0], set()).add(element)
        else:
            entries.append((element, phrase))
            apart.add(element)
    return alike, entries


def _anchors(compiler: PhraseCompiler, lexicon: Lexicon, phrases: Iterable[Phrase]) -> _Anchor:
    """Return a function that tells which element of a phrase is the rarest.

    It counts how often an element stands in a sentence, and in phrases, as far as is known.
    """
    often: dict[int, float] = dict.fromkeys((compiler.marks[FIRST], compiler.marks[LAST]), 9.0)
    for place, word in enumerate(COMMON_WORDS, start=1):
        for element in lexicon.elements(word):
            often[element] = often.get(element, 0.0) + 1 / place
    for element, phrase in compiler.list_phrases:
        rarest = min(often.get(part, 0.0) for part in phrase.elements)
        often[element] = often.get(element, 0.0) + rarest
    uses = Counter(element for phrase in phrases for element in set(phrase.elements))

    def anchor(phrase: Phrase) -> int:
        rareness = [(often.get(one, 0.0), uses[one]) for one in phrase.elements]
        return rareness.index(min(rareness))

    return anchor


def _bits(labelled: Iterable[_Labelled], anchor: _Anchor, wide: Collection[int]) -> dict[int, int]:
    """Give a bit to each list, and each element that stands in a phrase beside the rarest one.

    The elements of most phrases get the lowest bits, which are the quickest to compare.
    """
    uses = Counter(
        element
        for _, phrase in labelled
        for at, element in enumerate(phrase.elements)
        if at != anchor(phrase) or element in wide
    )
    return {element: 1 << place for place, (element, _) in enumerate(uses.most_common())}
