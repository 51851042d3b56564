"""The notation of phrases that rules look for, and how it is read.

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
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import BadValue
from bot.language.folding import fold
from bot.language.lexicon import SHORTEST_FUZZY, Lexicon
from bot.language.tokens import WORD
from bot.language.wordforms import forms

NUMBER, ASKS, FIRST, LAST = "<tal>", "<?>", "^", "$"
_MARKS = (NUMBER, ASKS, FIRST, LAST)
_PART = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[a-z_0-9]+\}|<[a-z?]+>|\.\.\.|\.\.|\S+")
_SHORT_GAP = 3
_LONG_GAP = 8
_MAX_ALTERNATIVES = 256


class BadPhrase(BadValue):
    """A phrase cannot be read; says which one and why."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Elements in order, and how many words may stand before each of them."""

    elements: tuple[int, ...]
    gaps: tuple[int, ...]


@dataclass(slots=True)
class _Words:
    exact: dict[str, set[int]] = field(default_factory=dict)
    prefixes: dict[str, set[int]] = field(default_factory=dict)
    suffixes: dict[str, set[int]] = field(default_factory=dict)
    fuzzy: dict[str, set[int]] = field(default_factory=dict)


class PhraseCompiler:
    """Reads phrases; numbers what they ask for.

    Attributes:
        marks: Mark -> its element.
        list_phrases: (element of a list, one of its entries that is more than a word); an
            entry stands after those of the lists that it uses.
    """

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._numbers: dict[str, int] = {}
        self._words = _Words()
        self.marks = {mark: self._number(mark) for mark in _MARKS}
        self.list_phrases: list[tuple[int, Phrase]] = []
        self._list_names: set[str] = set()
        for name, entries in lists.items():
            self.define(name, entries)

    def lexicon(self, never_fuzzy: Iterable[str]) -> Lexicon:
        """Return the words of everything that has been read."""
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

    def define(self, name: str, entries: Sequence[str]) -> None:
        """Read a list, which what is read from now on may use."""
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
        return Phrase(tuple(elements), tuple(gaps))

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
