"""What words that mean the same have in common, in Swedish and English: the stem of a word.

Small letters, with å, ä and ö or folded. The Swedish rules are those of Snowball, applied until
nothing changes, with the endings -an and -ing and the participles in -ld and -lt added, since
``fakturan``, ``betalning`` and ``betalt`` must meet ``faktura`` and ``betala``. A stem is no word
and is shown to nobody.

Source: Porter, Swedish stemming algorithm (snowballstem.org).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from bot.vocabulary import Language

_VOWELS: Final = frozenset("aeiouyåäö")
_SHORTEST: Final = 3
_ROUNDS: Final = 3
_SHORTEST_LATER: Final = 5
"""No round makes a stem shorter than this, but the first: omfattar would end as omf."""
_S_AFTER: Final = frozenset("bcdfghjklmnoprtvy")
SWEDISH_ENDINGS: Final = tuple(
    sorted(
        (
            "a", "arna", "erna", "heterna", "orna", "ad", "e", "ade", "ande", "arne", "are",
            "aste", "en", "anden", "aren", "heten", "ern", "ar", "er", "heter", "or", "as",
            "arnas", "ernas", "ornas", "es", "ades", "andes", "ens", "arens", "hetens", "erns",
            "at", "andet", "het", "ast", "an", "ans", "et", "ets", "ing", "ingen", "ingens",
            "ingar", "ingarna", "ings", "ning", "ningen", "ningens", "ningar", "ningarna", "nings",
        ),
        key=lambda ending: (-len(ending), ending),
    )
)  # fmt: skip
_DOUBLED: Final = ("dd", "gd", "nn", "dt", "gt", "kt", "tt", "ld", "lt")
_SWEDISH_LAST: Final = ("lig", "els", "ig")
_ENGLISH: Final = (
    "ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ed", "es", "ly", "er", "s",
    "e", "y",
)  # fmt: skip


@lru_cache(maxsize=20_000)
def stem(word: str, language: Language) -> str:
    """Return the stem of a word; a short word and a number are their own."""
    if len(word) <= _SHORTEST or not word.isalpha():
        return word
    if language is Language.ENGLISH:
        return _english(word)
    start = _start_of_endings(word)
    found = _swedish(word, start)
    for _ in range(_ROUNDS):  # leverantörerna -> leverantör -> leverant, as leverantör itself
        shorter = _swedish(found, start)
        if shorter == found or len(shorter) < _SHORTEST_LATER:
            break
        found = shorter
    return found


def _start_of_endings(word: str) -> int:
    """Return where endings may begin: after the first vowel and a consonant, at least 3 in."""
    after_vowel = False
    for at, letter in enumerate(word):
        if letter in _VOWELS:
            after_vowel = True
        elif after_vowel:
            return max(_SHORTEST, at + 1)
    return len(word)


def _swedish(word: str, start: int) -> str:
    for ending in SWEDISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= start:
            word = word[: -len(ending)]
            break
    else:
        if word.endswith("s") and len(word) > start and word[-2] in _S_AFTER:
            word = word[:-1]
    if word.endswith(_DOUBLED) and len(word) - 1 >= start:
        word = word[:-1]
    for ending in _SWEDISH_LAST:
        if word.endswith(ending) and len(word) - len(ending) >= start:
            return word[: -len(ending)]
    return word


def _english(word: str) -> str:
    for ending in _ENGLISH:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("ll") else word
