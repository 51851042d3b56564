"""The tag that customers put into the subject: ``[KR] Anstånd – faktura 40012345``.

People drop the brackets, misspell, write it last, or use the code of another process; so a tag
is evidence of a strength, never an order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process as nearest
from rapidfuzz.distance import OSA

from bot.language.folding import fold
from bot.triage.cues import MatterRule, TagRule
from bot.vocabulary import MatterKey, ProcessKey

_BRACKETED = re.compile(r"[\[({<]\s*([a-z][a-z /&-]{1,22}?)\s*[\])}>]?(?=[\])}>]|\s*[:|–—-]|\s)")
_CLOSED = re.compile(r"[\[({<]\s*([a-z][a-z /&-]{1,24}?)\s*[\])}>]")
_LEADING = re.compile(r"^[\s#*|\"'.,;:–—\]\[(){}<>/_-]*([a-z]{2,22}(?:[-/& ]?[a-z]{4,16})?)\b")
_TRAILING = re.compile(r"[\s:|/_–—(\[{<#,;.-]([a-z]{2,20})[\s\])}>.!*]*$")
_SEPARATED = re.compile(r"\s*[\])}>:|/_–—.,;-]")
_SEGMENT = re.compile(r"[|–—:;/]|\s-\s|[\[\](){}<>]|\d{3,}")
_LETTERS = re.compile(r"[a-z]+")
_LONGEST = 300
_TYPO_FROM = 3
_NAME_CUT_OFF = 0.8
_LONG_NAME = 6
_CODE_LENGTH = 4
_SIZES = (4, 3, 2, 1)
"""Words that the name of a matter may have, the longest name first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """What the subject says about process and matter.

    Attributes:
        exact: The code stood as it should, in brackets or set off; else it was guessed.
        words: What was seen.
        matter: The matter that the words after the code name, where they name one.
    """

    process: ProcessKey
    exact: bool
    words: str
    matter: MatterKey | None = None
    matter_words: str = ""


class Tags:
    """The codes, compiled."""

    __slots__ = ("_aliases", "_codes", "_long_names", "_names")

    def __init__(self, tags: Iterable[TagRule], matters: Iterable[MatterRule]) -> None:
        """Compile codes, their aliases and the names of matters."""
        self._codes: dict[str, ProcessKey] = {}
        self._aliases: dict[str, ProcessKey] = {}
        for tag in tags:
            self._codes[fold(tag.code)] = tag.process
            self._aliases.update((_squeezed(fold(name)), tag.process) for name in tag.also)
        self._names: dict[str, MatterRule] = {
            _squeezed(fold(name)): matter for matter in matters for name in matter.names
        }
        self._long_names = {
            process: [
                name
                for name, matter in self._names.items()
                if len(name) >= _LONG_NAME and matter.process in (process, None)
            ]
            for process in self._codes.values()
        }

    def read(self, subject: str) -> Tag | None:
        """Return the tag of a subject without ``SV:`` and the like, or None."""
        bare = subject[:_LONGEST]
        folded = fold(bare)
        found = (
            self._bracketed(folded) or self._leading(folded, bare) or self._trailing(folded, bare)
        )
        if found is None:
            return None
        process, exact, start, end = found
        matter, words = self._matter(folded[:start] + " | " + folded[end:], process)
        return Tag(
            process=process,
            exact=exact,
            words=bare[start:end].strip(" []()<>{}:-–/|"),
            matter=matter,
            matter_words=words,
        )

    def _bracketed(self, folded: str) -> tuple[ProcessKey, bool, int, int] | None:
        for match in itertools.chain(_CLOSED.finditer(folded), _BRACKETED.finditer(folded)):
            word = _squeezed(match.group(1))
            process = self._codes.get(word) or self._aliases.get(word)
            if process:
                return process, word in self._codes, match.start(), match.end()
            guessed = self._guess(word)
            if guessed:
                return guessed, False, match.start(), match.end()
        return None

    def _leading(self, folded: str, bare: str) -> tuple[ProcessKey, bool, int, int] | None:
        match = _LEADING.match(folded)
        if match is None:
            return None
        both = match.group(1)
        first = re.match(r"[a-z]+", both)
        for word, end in ((both, match.end(1)), (first.group() if first else "", 0)):
            end = end if word == both else match.start(1) + len(word)
            key = _squeezed(word)
            separated = bool(_SEPARATED.match(folded, end))
            process = self._codes.get(key)
            if process and self._stands_alone(folded, end):
                return process, separated or bare[match.start(1) : end].isupper(), 0, end
            process = self._aliases.get(key)
            if process and separated:
                return process, True, 0, end
            if separated and bare[match.start(1) : end].isupper() and len(key) <= _CODE_LENGTH:
                guessed = self._guess(key)
                if guessed:
                    return guessed, False, 0, end
        return None

    @staticmethod
    def _stands_alone(folded: str, end: int) -> bool:
        rest = folded[end:]
        return not rest or not rest[0].isalnum()

    def _trailing(self, folded: str, bare: str) -> tuple[ProcessKey, bool, int, int] | None:
        match = _TRAILING.search(folded[-40:])
        if match is None:
            return None
        shift = max(0, len(folded) - 40)
        word, start, end = match.group(1), match.start(1) + shift, match.end(1) + shift
        process = self._codes.get(word)
        if process is None:
            return None
        before = folded[:start].rstrip(" ")
        after_number = bool(before) and before[-1].isdigit()
        shouted = bare[start:end].isupper()
        set_off = bool(before) and before[-1] in "([{<#|/–—:-_"
        if not (shouted or set_off) or (
            word == "kr" and after_number and not shouted and not set_off
        ):
            return None
        return process, shouted, start, end

    def _guess(self, word: str) -> ProcessKey | None:
        """Return the process whose code lies one slip away, if there is only one."""
        if len(word) < 2 or len(word) > _CODE_LENGTH + 1:
            if len(word) <= _CODE_LENGTH + 1:
                return None
            near = nearest.extractOne(
                word, list(self._aliases), scorer=OSA.normalized_similarity, score_cutoff=0.8
            )
            return self._aliases[near[0]] if near else None
        close = {
            process
            for code, process in self._codes.items()
            if OSA.distance(word, code) == 1
            and (len(code) >= _TYPO_FROM or sorted(code) == sorted(word))
        }
        return close.pop() if len(close) == 1 else None

    def _matter(self, rest: str, process: ProcessKey) -> tuple[MatterKey | None, str]:
        """Return the matter that the words after the code name, misspelt or not."""
        first = True
        for segment in _SEGMENT.split(rest):
            words = _LETTERS.findall(segment)
            for size in _SIZES:
                for begin in range(min(2, len(words) - size + 1)):
                    shown = " ".join(words[begin : begin + size])
                    named = self._named(_squeezed(shown), process, exactly=not first)
                    if named:
                        return named, shown
            first = first and not words
        return None, ""

    def _named(self, name: str, process: ProcessKey, *, exactly: bool) -> MatterKey | None:
        rule = self._names.get(name)
        if rule and (rule.process in (process, None) or len(name) >= _LONG_NAME):
            return rule.key
        if exactly or len(name) < _LONG_NAME:
            return None
        near = nearest.extractOne(
            name,
            self._long_names.get(process, ()),
            scorer=OSA.normalized_similarity,
            score_cutoff=_NAME_CUT_OFF,
        )
        return self._names[near[0]].key if near else None


def _squeezed(word: str) -> str:
    return "".join(_LETTERS.findall(word))
