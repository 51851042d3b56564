"""Phrases that rules look for: their notation, and how they are found in sentences.

One phrase a line, in any case and with or without å ä ö::

    anstånd*                     a word that begins so
    faktura~                     any inflection: fakturan, fakturor, betala~: betalar, betalat
    *faktura~                    also as the end of a compound: hyresfakturan
    kan inte betala              words side by side
    flytta .. datum~             up to three words between
    inte ... betala~             up to eight words between
    (ta bort|stryk~) fakturan    one of several
    [redan] betald               may be left out
    {kan_inte} .. {betala}       lists of words or phrases, defined beside the cues
    <tal>                        a number
    ^  $  <?>                    the beginning and the end of a sentence; the sentence asks
    =mån                         only exactly so, never as a misspelling

A misspelling of a listed word counts as the word (see `lexicon`), a word split in two as well.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.language.folding import fold
from bot.language.lexicon import SHORTEST_FUZZY, Lexicon
from bot.language.tokens import WORD, Sentence
from bot.language.wordforms import forms

Span = tuple[int, int]
Hits = dict[int, list[Span]]

_PART = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[a-z_0-9]+\}|<[a-z?]+>|\.\.\.|\.\.|\S+")
_SHORT_GAP = 3
_LONG_GAP = 8
_MARKS = ("<tal>", "<?>", "^", "$")
_MAX_ALTERNATIVES = 256
_MAX_SPANS = 40
_SPLIT_WORD_FROM = 8
"""Letters of a word that may stand split in two: ``avbetalnings plan``."""


class BadPhrase(ValueError):
    """A phrase cannot be read; says which one and why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Elements in order, and how many words may stand before each of them."""

    elements: tuple[int, ...]
    gaps: tuple[int, ...]
    needed: frozenset[int]


class _Places:
    """Where the elements of a sentence stand; looked up when a phrase asks for them."""

    __slots__ = ("_by_word", "present", "spans")

    def __init__(self, by_word: Sequence[frozenset[int]], present: frozenset[int]) -> None:
        self._by_word = by_word
        self.present = set(present)
        self.spans: Hits = {}

    def of(self, element: int) -> list[Span]:
        """Return the spans of an element, by place."""
        found = self.spans.get(element)
        if found is None:
            found = [(i, i + 1) for i, word in enumerate(self._by_word) if element in word]
            self.spans[element] = found
        return found

    def add(self, element: int, spans: Iterable[Span]) -> None:
        """Add spans of an element that are not single words."""
        self.spans[element] = sorted((*self.of(element), *spans))
        self.present.add(element)


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found.

    Attributes:
        label: What the phrase stands for; given by the caller of `PhraseBook`.
        start, end: Index of its first word and after its last word in the sentence.
    """

    label: int
    start: int
    end: int


@dataclass(slots=True)
class _Words:
    exact: dict[str, set[int]] = field(default_factory=dict)
    prefixes: dict[str, set[int]] = field(default_factory=dict)
    suffixes: dict[str, set[int]] = field(default_factory=dict)
    fuzzy: set[str] = field(default_factory=set)


class PhraseBook:
    """Phrases compiled once; `find` reads a sentence in time linear in its words and hits."""

    __slots__ = (
        "_always",
        "_anchored",
        "_anchors",
        "_lexicon",
        "_list_anchors",
        "_list_phrases",
        "_marks",
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
            phrases: (label, phrase in the notation of this module).
            lists: Name -> words or phrases; a list may use the lists before it.
            never_fuzzy: Words that must not be taken for a misspelling of another.

        Raises:
            BadPhrase: A phrase is empty, uses an unknown list or mark, or is too wide.
        """
        compiler = _Compiler(lists)
        compiled = [(label, phrase) for label, text in phrases for phrase in compiler.phrases(text)]
        self._lexicon = compiler.lexicon(never_fuzzy)
        self._marks = compiler.marks
        always = frozenset((compiler.marks["^"], compiler.marks["$"]))
        self._always = always
        self._anchored = _by_anchor(compiled, always)
        self._anchors = frozenset(self._anchored)
        self._list_phrases = tuple(compiler.list_phrases)
        numbered = list(enumerate(phrase for _, phrase in self._list_phrases))
        self._list_anchors = {
            anchor: tuple(order for order, _ in listed)
            for anchor, listed in _by_anchor(numbered, always).items()
        }

    def find(self, sentence: Sentence) -> list[Match]:
        """Return every label whose phrase stands in a sentence, one match each, by place."""
        places = self._places(sentence)
        present = places.present
        found: dict[int, Match] = {}
        for anchor in present & self._anchors:
            for label, phrase in self._anchored[anchor]:
                if phrase.needed <= present and label not in found:
                    spans = _fits(phrase, places)
                    if spans:
                        found[label] = Match(label, spans[0][0], spans[0][1])
        return sorted(found.values(), key=lambda match: (match.start, match.end, match.label))

    def _places(self, sentence: Sentence) -> _Places:
        elements = self._lexicon.elements
        by_word = [elements(word) for word in sentence.words]
        places = _Places(by_word, self._always.union(*by_word))
        self._mark(places, sentence)
        self._join(places, sentence)
        self._add_lists(places)
        return places

    def _mark(self, places: _Places, sentence: Sentence) -> None:
        marks = self._marks
        size = len(sentence.words)
        places.spans[marks["^"]] = [(0, 0)]
        places.spans[marks["$"]] = [(size, size)]
        if sentence.question:
            places.add(marks["<?>"], [(size, size)])
        numbers = [(i, i + 1) for i, word in enumerate(sentence.words) if word[0].isdigit()]
        if numbers:
            places.add(marks["<tal>"], numbers)

    def _join(self, places: _Places, sentence: Sentence) -> None:
        """Find words that stand split in two."""
        knows = self._lexicon.knows
        previous = ""
        for index, word in enumerate(sentence.words):
            if (
                previous
                and len(previous) + len(word) >= _SPLIT_WORD_FROM
                and knows(previous + word)
            ):
                for element in self._lexicon.elements(previous + word):
                    places.add(element, [(index - 1, index + 1)])
            previous = word

    def _add_lists(self, places: _Places) -> None:
        """Add the spans of lists whose entries are phrases; a list may build on earlier ones."""
        waiting = [
            order
            for anchor in places.present & self._list_anchors.keys()
            for order in self._list_anchors[anchor]
        ]
        heapq.heapify(waiting)
        last = -1
        while waiting:
            order = heapq.heappop(waiting)
            element, phrase = self._list_phrases[order]
            if order == last or not phrase.needed <= places.present:
                continue
            last = order
            spans = _fits(phrase, places)
            if spans:
                if element not in places.present:
                    for further in self._list_anchors.get(element, ()):
                        heapq.heappush(waiting, further)
                places.add(element, spans)


def words_between(folded: str, sentence: Sentence, start: int, end: int) -> Span:
    """Return the place in the text of the words from `start` up to `end` of a sentence."""
    places = [
        m.span() for m in itertools.islice(WORD.finditer(folded, sentence.start, sentence.end), end)
    ]
    if not places or start >= len(places):
        return sentence.start, sentence.start
    return places[start][0], places[-1][1]


def _by_anchor(
    compiled: Sequence[tuple[int, Phrase]], always: frozenset[int]
) -> dict[int, tuple[tuple[int, Phrase], ...]]:
    """File each phrase under its rarest element, so that few are tried for a sentence."""
    uses: dict[int, int] = {}
    for _, phrase in compiled:
        for element in set(phrase.elements):
            uses[element] = uses.get(element, 0) + 1
    anchored: dict[int, list[tuple[int, Phrase]]] = {}
    for label, phrase in compiled:
        telling = [element for element in phrase.elements if element not in always]
        anchor = min(telling or phrase.elements, key=lambda element: uses[element])
        anchored.setdefault(anchor, []).append((label, phrase))
    return {anchor: tuple(listed) for anchor, listed in anchored.items()}


def _fits(phrase: Phrase, places: _Places) -> list[Span]:
    """Return the spans of a phrase; bounded, so that a repeated word cannot cost much."""
    elements = phrase.elements
    reached = places.of(elements[0])[:_MAX_SPANS]
    for element, gap in zip(elements[1:], phrase.gaps[1:], strict=True):
        following = places.of(element)[:_MAX_SPANS]
        reached = [
            (begin, stop)
            for begin, end in reached
            for first, stop in following
            if end <= first <= end + gap
        ][:_MAX_SPANS]
        if not reached:
            break
    return reached


class _Compiler:
    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._numbers: dict[str, int] = {}
        self._words = _Words()
        self.marks = {mark: self._number(mark) for mark in _MARKS}
        self.list_phrases: list[tuple[int, Phrase]] = []
        self._list_names: set[str] = set()
        for name, entries in lists.items():
            self._define(name, entries)

    def lexicon(self, never_fuzzy: Iterable[str]) -> Lexicon:
        words = self._words
        return Lexicon(
            exact={word: frozenset(found) for word, found in words.exact.items()},
            prefixes={word: frozenset(found) for word, found in words.prefixes.items()},
            suffixes={word: frozenset(found) for word, found in words.suffixes.items()},
            fuzzy=words.fuzzy,
            never_fuzzy={fold(word) for word in never_fuzzy},
        )

    def phrases(self, text: str) -> list[Phrase]:
        """Read one phrase; a part that may be left out makes two of it."""
        parts = _PART.findall(fold(text).strip())
        if not parts:
            raise BadPhrase(f"empty phrase {text!r}")
        made = [self._phrase(chosen, text) for chosen in _with_and_without(parts, text)]
        return [phrase for phrase in made if phrase.elements]

    def _define(self, name: str, entries: Sequence[str]) -> None:
        folded = fold(name)
        number = self._number("{" + folded + "}")
        self._list_names.add(folded)
        longer: list[Phrase] = []
        for entry in entries:
            parts = _PART.findall(fold(entry).strip())
            if len(parts) == 1 and parts[0][0] not in "{<[(^$":
                self._add_word(parts[0], number, entry)
            else:
                longer.extend(self.phrases(entry))
        self.list_phrases.extend((number, phrase) for phrase in longer)

    def _phrase(self, parts: Sequence[str], text: str) -> Phrase:
        elements: list[int] = []
        gaps: list[int] = []
        gap = 0
        for part in parts:
            if part == "..":
                gap = _SHORT_GAP
            elif part == "...":
                gap = _LONG_GAP
            else:
                for position, word in enumerate(self._split(part)):
                    elements.append(self._element(word, text))
                    gaps.append(gap if position == 0 else 0)
                gap = 0
        return Phrase(tuple(elements), tuple(gaps), frozenset(elements))

    @staticmethod
    def _split(part: str) -> list[str]:
        """Split what the tokeniser will split: ``e-faktura`` is two words."""
        if part[0] in "({<[^$":
            return [part]
        lead = part[0] if part[0] in "*=" else ""
        tail = part[-1] if part[-1] in "*~" else ""
        pieces = WORD.findall(part)
        if not pieces:
            raise BadPhrase(f"nothing to look for in {part!r} (brackets in brackets?)")
        pieces[0] = lead + pieces[0]
        pieces[-1] += tail
        return pieces

    def _element(self, part: str, text: str) -> int:
        if part[0] == "{":
            if part[1:-1] not in self._list_names:
                raise BadPhrase(f"unknown list {part} in {text!r}")
            return self._number(part)
        if part[0] in "<^$":
            if part not in self.marks:
                raise BadPhrase(f"unknown mark {part} in {text!r}")
            return self.marks[part]
        if part[0] == "(":
            return self._alternatives(part, text)
        if part in self._numbers:
            return self._numbers[part]
        number = self._number(part)
        self._add_word(part, number, text)
        return number

    def _alternatives(self, part: str, text: str) -> int:
        if part in self._numbers:
            return self._numbers[part]
        number = self._number(part)
        longer: list[Phrase] = []
        for choice in part[1:-1].split("|"):
            pieces = _PART.findall(choice.strip())
            if not pieces:
                raise BadPhrase(f"empty choice in {text!r}")
            if len(pieces) == 1 and pieces[0][0] not in "{<^$" and len(self._split(pieces[0])) == 1:
                self._add_word(pieces[0], number, text)
            else:
                longer.append(self._phrase(pieces, text))
        self.list_phrases.extend((number, phrase) for phrase in longer)
        return number

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def _add_word(self, part: str, number: int, text: str) -> None:
        words = self._words
        exactly = part[0] == "="
        ending = part[0] == "*"
        core = part.strip("=*~")
        if len(WORD.findall(core)) != 1 or WORD.findall(core)[0] != core:
            self.list_phrases.append((number, self._phrase([part], text)))
            return
        if part[-1] == "*":
            words.prefixes.setdefault(core, set()).add(number)
            if ending:
                raise BadPhrase(f"{part!r}: a word cannot be open at both ends ({text!r})")
            return
        spelt = forms(core) if part[-1] == "~" else frozenset({core})
        for form in spelt:
            words.exact.setdefault(form, set()).add(number)
            if ending:
                words.suffixes.setdefault(form, set()).add(number)
            if not exactly and len(form) >= SHORTEST_FUZZY:
                words.fuzzy.add(form)


def _with_and_without(parts: Sequence[str], text: str) -> list[list[str]]:
    made: list[list[str]] = [[]]
    for part in parts:
        if part[0] == "[":
            inner = part[1:-1].strip()
            choice = f"({inner})" if "|" in inner else inner
            made = [chosen + added for chosen in made for added in ([], _PART.findall(choice))]
        else:
            made = [[*chosen, part] for chosen in made]
        if len(made) > _MAX_ALTERNATIVES:
            raise BadPhrase(f"too many parts that may be left out in {text!r}")
    return made
