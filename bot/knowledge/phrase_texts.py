"""What a phrase of the lexicon stands for, written out as people would write it.

The other way round from `bot.language.phrase_notation`, whose notation it follows: from a phrase to
texts in which it should be found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.language.folding import fold
from bot.language.wordforms import forms

_PART = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[a-z_0-9]+\}|<[a-z?]+>|\.\.\.|\.\.|\S+")
_GAPS = {"..": 3, "...": 8}
_MARKS = ("^", "$", "<?>")
_NUMBER = "<tal>"
_FILLER = "qq"
"""A word that no phrase asks for."""
_ENDING = "qqq"
_MISSPELT_FROM = 7
"""Letters of a word from which one slip is forgiven; see `bot.language.lexicon.CUT_OFF`."""
_MOST = 40
"""Texts tried for one part of a phrase."""


def parts_of(phrase: str) -> list[str]:
    """Return the parts of a phrase as they were written."""
    # Folding keeps places, so the parts are cut where the reader of phrases cuts them.
    return [phrase[match.start() : match.end()] for match in _PART.finditer(fold(phrase))]


def normal(phrase: str) -> str:
    """Return a phrase in the form in which two that mean the same are equal."""
    return " ".join(fold(phrase).split())


def list_in(phrase: str) -> str | None:
    """Return the folded name of the list that a phrase consists of, if it is just that."""
    parts = parts_of(phrase)
    return fold(parts[0])[1:-1] if len(parts) == 1 and parts[0][0] == "{" else None


def choices_in(phrase: str) -> list[str]:
    """Return the phrases inside a phrase of which each should be found alone.

    They are its words, lists, and what stands between brackets; marks and gaps are none.
    """
    found: list[str] = []
    for part in parts_of(phrase):
        if part[0] in "([":
            for choice in part[1:-1].split("|"):
                found += choices_in(choice) if part[0] == "[" else _choice(choice)
        elif part not in _GAPS and part not in _MARKS:
            found.append(part)
    return found


def _choice(choice: str) -> list[str]:
    spoken = [part for part in parts_of(choice) if part not in _GAPS and part not in _MARKS]
    return [choice.strip()] if spoken else []


class PhraseTexts:
    """Writes phrases out, by the lists that they use."""

    def __init__(self, lists: Mapping[str, Sequence[str]], possible: Callable[[str], bool]) -> None:
        """Take lists by their folded names, and what tells whether a phrase is ever found."""
        self._lists = lists
        self._possible = possible

    def plain(self, phrase: str) -> Iterator[str]:
        """Yield the text that is just the phrase: with all that may be left out, and without."""
        parts = parts_of(phrase)
        for bare in (False, True):
            text = self._joined(parts, bare=bare)
            if text is not None:
                yield text

    def varied(self, phrase: str) -> Iterator[str]:
        """Yield texts that hold the phrase: in all forms, far apart, among words, misspelt."""
        parts = parts_of(phrase)
        yield from self.plain(phrase)
        for bare in (False, True):
            around = self._joined(parts, bare=bare, spread=True)
            if around is not None:
                yield around
                yield from _misspelt(around)
        for place, part in enumerate(parts):
            for text in self._texts_of(part)[:_MOST]:
                whole = self._joined(parts, instead={place: text}, spread=True)
                if whole is not None:
                    yield whole

    def _joined(
        self,
        parts: Sequence[str],
        *,
        bare: bool = False,
        spread: bool = False,
        instead: Mapping[int, str] | None = None,
    ) -> str | None:
        """Write out one text; None where a list is empty or nothing is left."""
        written: list[str] = []
        for place, part in enumerate(parts):
            if part in _GAPS:
                written += [_FILLER] * (_GAPS[part] if spread else 0)
            elif part in _MARKS or (bare and part[0] == "["):
                continue
            else:
                text = instead[place] if instead and place in instead else self._first(part)
                if text is None:
                    return None
                written.append(text)
        if not any(written):
            return None
        if spread:
            written = [_FILLER, *written, _FILLER]
        return " ".join(written) + ("?" if "<?>" in parts else "")

    def _first(self, part: str) -> str | None:
        """Return what a part stands for first; None where that is nothing at all."""
        if part == _NUMBER:
            return "1"
        choices = self._choices(part)
        if choices is None:
            return _bare(part)
        possible = [choice for choice in choices if self._possible(choice)]
        for choice in possible:
            text = next(self.plain(choice), None)
            if text is not None:
                return text
        return None

    def _choices(self, part: str) -> Sequence[str] | None:
        if part[0] == "{":
            return self._lists.get(fold(part)[1:-1], ())
        if part[0] in "([":
            return [choice.strip() for choice in part[1:-1].split("|")]
        return None

    def _texts_of(self, part: str) -> list[str]:
        """Return what else a part may stand for, in all forms of its words."""
        if part in _GAPS or part in _MARKS:
            return []
        if part == _NUMBER:
            return ["1", "22"]
        choices = self._choices(part)
        if choices is not None:
            return [text for choice in choices for text in self.plain(choice)]
        core = _bare(part)
        if part[-1] == "*":
            return [core, core + _ENDING]
        spelt = sorted(forms(fold(core))) if part[-1] == "~" else [core]
        return [*spelt, *(_ENDING + form for form in spelt)] if part[0] == "*" else spelt


def _misspelt(text: str) -> Iterator[str]:
    """Yield a text with two letters of one long word changed about, for each such word."""
    for match in re.finditer(rf"[^\W\d_]{{{_MISSPELT_FROM},}}", text):
        middle = match.start() + len(match.group()) // 2
        yield text[: middle - 1] + text[middle] + text[middle - 1] + text[middle + 1 :]


def _bare(part: str) -> str:
    lead = 1 if part[0] in "*=" else 0
    return part[lead:].rstrip("*~") if len(part) > 1 else part
