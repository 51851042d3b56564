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

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import BadValue
from bot.language.common_words import COMMON_WORDS
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
_REMEMBERED = 30_000
"""Words; numbers are not remembered, there are too many."""
_SPLIT_WORD_FROM = 8
"""Letters of a word that may stand split in two: ``avbetalnings plan``."""


class BadPhrase(BadValue):
    """A phrase cannot be read; says which one and why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Elements in order, and how many words may stand before each of them."""

    elements: tuple[int, ...]
    gaps: tuple[int, ...]
    needed: frozenset[int]


class _Places:
    """Where the elements of a sentence stand; looked up when a phrase asks for them.

    Attributes:
        possible: Elements that may stand in the sentence; all others do not.
    """

    __slots__ = ("_by_word", "_entries", "_spans", "possible")

    def __init__(
        self,
        by_word: Sequence[tuple[Span, frozenset[int]]],
        possible: frozenset[int],
        entries: Mapping[int, Sequence[Phrase]],
        spans: Hits,
    ) -> None:
        self._by_word = by_word
        self._entries = entries
        self._spans = spans
        self.possible = possible

    def of(self, element: int) -> Sequence[Span]:
        """Return the spans of an element."""
        found = self._spans.get(element)
        if found is None:
            found = [span for span, elements in self._by_word if element in elements]
            for phrase in self._entries.get(element, ()):
                if phrase.needed <= self.possible:
                    found += self.fits(phrase)
            self._spans[element] = found
        return found

    def fits(self, phrase: Phrase) -> Sequence[Span]:
        """Return the spans of a phrase; bounded, so that a repeated word cannot cost much."""
        elements = phrase.elements
        reached = self.of(elements[0])
        if len(elements) == 1 or not reached:
            return reached[:_MAX_SPANS]
        for element, gap in zip(elements[1:], phrase.gaps[1:], strict=True):
            following = self.of(element)
            if not following:
                return ()
            reached = [
                (begin, stop)
                for begin, end in reached[:_MAX_SPANS]
                for first, stop in following[:_MAX_SPANS]
                if end <= first <= end + gap
            ]
            if not reached:
                break
        return reached[:_MAX_SPANS]


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
    fuzzy: dict[str, set[int]] = field(default_factory=dict)


class PhraseBook:
    """Phrases compiled once; `find` reads a sentence in time linear in its words and hits."""

    __slots__ = (
        "_anchored",
        "_anchors",
        "_entries",
        "_lexicon",
        "_marks",
        "_raises",
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
        rareness = _rareness(
            compiler, self._lexicon, [phrase for _, phrase in (*compiled, *compiler.list_phrases)]
        )
        self._anchored = _by_anchor(compiled, rareness)
        self._anchors = frozenset(self._anchored)
        entries: dict[int, list[Phrase]] = {}
        for element, phrase in compiler.list_phrases:
            entries.setdefault(element, []).append(phrase)
        self._entries = {element: tuple(listed) for element, listed in entries.items()}
        self._raises = _raised(compiler.list_phrases, rareness)
        self._seen: dict[str, tuple[frozenset[int], frozenset[int]]] = {}

    def find(self, sentence: Sentence) -> list[Match]:
        """Return every label whose phrase stands in a sentence, one match each, by place."""
        places = self._places(sentence)
        possible = places.possible
        found: dict[int, Match] = {}
        for anchor in possible & self._anchors:
            for label, phrase in self._anchored[anchor]:
                if phrase.needed <= possible and label not in found:
                    spans = places.fits(phrase)
                    if spans:
                        start, end = min(spans)
                        found[label] = Match(label, start, end)
        return sorted(found.values(), key=_by_place)

    def _places(self, sentence: Sentence) -> _Places:
        words, marks, seen = sentence.words, self._marks, self._seen
        size = len(words)
        spans: Hits = {marks["^"]: [(0, 0)], marks["$"]: [(size, size)]}
        if sentence.question:
            spans[marks["<?>"]] = [(size, size)]
        by_word: list[tuple[Span, frozenset[int]]] = []
        possible: list[frozenset[int]] = []
        last = ""
        for index, word in enumerate(words):
            elements, raised = seen.get(word) or self._look_up(word)
            if raised:
                by_word.append(((index, index + 1), elements))
                possible.append(raised)
            both = last + word
            if len(both) >= _SPLIT_WORD_FROM and last and self._lexicon.knows(both):
                elements, raised = seen.get(both) or self._look_up(both)
                by_word.append(((index - 1, index + 1), elements))
                possible.append(raised)
            last = word
        return _Places(by_word, frozenset(spans).union(*possible), self._entries, spans)

    def _look_up(self, word: str) -> tuple[frozenset[int], frozenset[int]]:
        """Return the elements that a word fulfils, and those that it makes possible."""
        elements = self._lexicon.elements(word)
        number = word[0].isdigit()
        if number:
            elements |= {self._marks["<tal>"]}
        raised = elements.union(*[self._raises.get(element, ()) for element in elements])
        if not number:
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[word] = elements, raised
        return elements, raised


def _by_place(match: Match) -> tuple[int, int, int]:
    return match.start, match.end, match.label


def words_between(folded: str, sentence: Sentence, start: int, end: int) -> Span:
    """Return the place in the text of the words from `start` up to `end` of a sentence."""
    places = [
        m.span() for m in itertools.islice(WORD.finditer(folded, sentence.start, sentence.end), end)
    ]
    if not places or start >= len(places):
        return sentence.start, sentence.start
    return places[start][0], places[-1][1]


def _by_anchor(
    compiled: Sequence[tuple[int, Phrase]], rareness: Callable[[int], tuple[float, int]]
) -> dict[int, tuple[tuple[int, Phrase], ...]]:
    """File each phrase under its rarest element, so that few are tried for a sentence."""
    anchored: dict[int, list[tuple[int, Phrase]]] = {}
    for label, phrase in compiled:
        anchored.setdefault(min(phrase.elements, key=rareness), []).append((label, phrase))
    return {anchor: tuple(listed) for anchor, listed in anchored.items()}


def _rareness(
    compiler: _Compiler, lexicon: Lexicon, phrases: Iterable[Phrase]
) -> Callable[[int], tuple[float, int]]:
    """Return how often an element stands in a sentence, and in phrases, as far as is known."""
    often: dict[int, float] = dict.fromkeys((compiler.marks["^"], compiler.marks["$"]), 1.0)
    for place, word in enumerate(COMMON_WORDS, start=1):
        for element in lexicon.elements(word):
            often[element] = often.get(element, 0.0) + 1 / place
    for element, phrase in compiler.list_phrases:
        rarest = min(often.get(part, 0.0) for part in phrase.elements)
        often[element] = often.get(element, 0.0) + rarest
    uses = Counter(element for phrase in phrases for element in phrase.needed)
    return lambda element: (often.get(element, 0.0), uses[element])


def _raised(
    list_phrases: Sequence[tuple[int, Phrase]], rareness: Callable[[int], tuple[float, int]]
) -> dict[int, frozenset[int]]:
    """Tell for each element which lists it makes possible, directly or through other lists."""
    direct = {
        anchor: frozenset(element for element, _ in listed)
        for anchor, listed in _by_anchor(list_phrases, rareness).items()
    }
    closed: dict[int, frozenset[int]] = {}
    for element in direct:
        reached: set[int] = set()
        waiting = [element]
        while waiting:
            for further in direct.get(waiting.pop(), ()):
                if further not in reached:
                    reached.add(further)
                    waiting.append(further)
        closed[element] = frozenset(reached)
    return closed


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
            fuzzy={word: frozenset(found) for word, found in words.fuzzy.items()},
            never_fuzzy={fold(word) for word in never_fuzzy},
        )

    def phrases(self, text: str) -> list[Phrase]:
        """Read one phrase; a part that may be left out makes two of it."""
        parts = _PART.findall(fold(text).strip())
        if not parts:
            raise BadPhrase("frasen är tom")
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
            raise BadPhrase("inget att leta efter i {part}; parentes i parentes?", part=part)
        pieces[0] = lead + pieces[0]
        pieces[-1] += tail
        return pieces

    def _element(self, part: str, text: str) -> int:
        if part[0] == "{":
            if part[1:-1] not in self._list_names:
                raise BadPhrase("listan {part} finns inte ({text})", part=part, text=text)
            return self._number(part)
        if part[0] in "<^$":
            if part not in self.marks:
                raise BadPhrase("tecknet {part} finns inte ({text})", part=part, text=text)
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
                raise BadPhrase("ett val är tomt ({text})", text=text)
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
                raise BadPhrase(
                    "{part} kan inte vara öppet i båda ändar ({text})", part=part, text=text
                )
            return
        spelt = forms(core) if part[-1] == "~" else frozenset({core})
        for form in spelt:
            words.exact.setdefault(form, set()).add(number)
            if ending:
                words.suffixes.setdefault(form, set()).add(number)
            if not exactly and len(form) >= SHORTEST_FUZZY:
                words.fuzzy.setdefault(form, set()).add(number)


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
            raise BadPhrase("för många delar kan utelämnas ({text})", text=text)
    return made
