"""Words to search by: what is kept of a text for that, and what a question asks for.

Both databases are given the same words, so that they find alike. A word is letters and digits,
small, at least three of them. The commonest Swedish words are left out on both sides: the
dictionary of PostgreSQL leaves them out too, and they tell no case from another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.language.stems import SWEDISH_ENDINGS, stem
from bot.vocabulary import Language

SHORTEST: Final = 3
LONGEST: Final = 40
"""A longer word is cut; whoever looks for it whole finds it still."""
MOST_WORDS: Final = 1_000
"""Different words of one text; the rest is not found by."""
MOST_ASKED: Final = 8
_LONGEST_TEXT: Final = 20_000
_LONGEST_QUESTION: Final = 400
_SHORTEST_ROOT: Final = 4
_WORD: Final = re.compile(r"[^\W_]{3,}")
"""At least `SHORTEST` letters and digits."""
_STOP_TEXT: Final = """
    och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke
    mig du henne då sin nu har inte hans honom skulle hennes där min man ej vid kunde något från ut
    när efter upp vi dem vara vad över än dig kan sina här ha mot alla under någon eller allt mycket
    sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din dessa några deras
    blir mina samma vilken er sådan vår blivit dess inom mellan sådant varför varje vilka ditt vem
    vilket sitt sådana vart dina vars vårt våra ert era vilkas
"""
_STOP_WORDS: Final = frozenset(_STOP_TEXT.split())
"""Source: the Swedish stop words of Snowball, which PostgreSQL ships."""
_BEGUN_ENDINGS: Final = frozenset(
    ending[:end] for ending in SWEDISH_ENDINGS for end in range(1, len(ending))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWord:
    """A word that a question asks for.

    Attributes:
        stem: What the words that are meant begin with.
        roots: What the word would have as its stem if its ending were typed to the end, as
            ``faktur`` for ``fakturo``; for an index that holds stems only.
    """

    word: str
    stem: str
    roots: tuple[str, ...] = ()


def entry_words(*texts: str) -> str:
    """Return the different words of some texts, by first appearance, with a blank between."""
    words = _words("\n".join(text[:_LONGEST_TEXT] for text in texts))
    return " ".join(words[:MOST_WORDS])


def asked_words(question: str) -> tuple[AskedWord, ...]:
    """Return the words that a question asks for, at most `MOST_ASKED`; there may be none."""
    return tuple(map(_asked, _words(question[:_LONGEST_QUESTION])[:MOST_ASKED]))


def position(text: str, asked: AskedWord) -> tuple[int, int] | None:
    """Return where in a text the first word that a question means begins and ends."""
    for found in _WORD.finditer(text):
        if asked.stem in found.group().lower():
            return found.span()
    return None


def _words(text: str) -> list[str]:
    plain = text if text.isascii() else unicodedata.normalize("NFC", text)
    found = dict.fromkeys(_WORD.findall(plain.lower()))
    kept = [word for word in found if word not in _STOP_WORDS]
    if len(max(kept, key=len, default="")) > LONGEST:
        return list(dict.fromkeys(word[:LONGEST] for word in kept))
    return kept


def _asked(word: str) -> AskedWord:
    found = stem(word, Language.SWEDISH)
    return AskedWord(word=word, stem=found, roots=tuple(_roots(word)) if found == word else ())


def _roots(word: str) -> Iterator[str]:
    for end in range(len(word) - 1, _SHORTEST_ROOT - 1, -1):
        if word[end:] in _BEGUN_ENDINGS:
            yield word[:end]
