"""Plain language: what makes a letter hard to read, and what a good one must not lack.

Measures a letter as text and returns codes with values, never a sentence of its own. The
limits, and the words to avoid with what to say instead, are the centre's
(``knowledge/klarsprak.yaml``). Passives are found by the forms of words: good enough to advise a
person, not to decide anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.vocabulary import Language

LONGEST: Final = 20_000
"""Characters of a letter that are looked at; the rest is left out."""
_SHOWN_WORDS: Final = 6
_A_LINK: Final = re.compile(r"https?://\S+")
_WORD: Final = re.compile(r"[^\W_]+(?:[-.:/][^\W_]+)*")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_STOP: Final = re.compile(r"[.!?:](?=\s|$)")
_SENTENCE_END: Final = re.compile(
    r"(?<!\bkl)(?<!\bnr)(?<!\bca)(?<!\bbl\.a)(?<!\bt\.ex)[.!?:](?=\s|$)|\n"
)
_PARAGRAPH_END: Final = re.compile(r"\n\s*\n")
_SHOUTED: Final = re.compile(r"\b[A-ZÅÄÖ]{6,}\b")
_LONG_WORD: Final = 6


class Hint(StrEnum):
    """What may be better in a letter."""

    HARD_TO_READ = "hard_to_read"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    LONG_SENTENCE = "long_sentence"
    LONG_PARAGRAPH = "long_paragraph"
    JARGON = "jargon"
    PASSIVE = "passive"
    LOUD = "loud"
    NO_GREETING = "no_greeting"
    NO_CONTACT = "no_contact"
    NO_LINK = "no_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that may be better.

    Attributes:
        values: For the sentence of the code ``plain.<hint>``.
    """

    hint: Hint
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how hard a letter may be, in one language.

    Attributes:
        lix: The highest readability index.
        fewest_words, most_words: Of the whole letter, greeting and signature included.
        passive_percent: So many of a hundred sentences may have a passive; one always may.
    """

    lix: int
    fewest_words: int
    most_words: int
    sentence_words: int
    paragraph_words: int
    passive_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the centre holds for plain in one language.

    Attributes:
        say_instead: A word or several to avoid -> what to write in its place. A word with a
            star at its end stands for all words that begin so.
    """

    language: Language
    limits: Limits
    say_instead: Mapping[str, str]


def lix(text: str) -> float:
    """Return the readability index: words a sentence plus per cent of words over six letters.

    Addresses of pages are no words. A full stop, an exclamation mark, a question mark and a
    colon end a sentence; a text without any counts as one. Nothing gives 0.

    Source: Björnsson, Läsbarhet (1968).
    """
    words = _words(text)
    if not words:
        return 0.0
    long = sum(len(word) > _LONG_WORD for word in words)
    stops = len(_STOP.findall(_A_LINK.sub("", text[:LONGEST])))
    return len(words) / max(1, stops) + 100 * long / len(words)


def review(
    text: str, rules: Rules, *, contacts: Collection[str], whole: bool = True
) -> tuple[Finding, ...]:
    """Return what may be better in a letter, the gravest first.

    Args:
        contacts: Telephone numbers and addresses; a letter must name at least one.
        whole: A whole letter; else a piece of one, which needs no greeting, contact or link.
    """
    text = text[:LONGEST]
    found = [*_measures(text, rules.limits, whole=whole), *_jargon(text, rules)]
    found += [*_passives(text, rules), *_loudness(text)]
    return tuple([*_lacks(text, rules.language, contacts), *found] if whole else found)


def _words(text: str) -> list[str]:
    return _WORD.findall(_A_LINK.sub("", text[:LONGEST]))


def _finding(hint: Hint, **values: object) -> Finding:
    return Finding(hint=hint, values=values)


_GREETINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    Language.SWEDISH: ("hej", "god dag", "bästa "),
    Language.ENGLISH: ("hello", "hi", "dear ", "good "),
}


def _lacks(text: str, language: Language, contacts: Collection[str]) -> Iterator[Finding]:
    if not text.lstrip().lower().startswith(_GREETINGS[language]):
        yield _finding(Hint.NO_GREETING)
    if not any(contact and contact in text for contact in contacts):
        yield _finding(Hint.NO_CONTACT)
    if _A_LINK.search(text) is None:
        yield _finding(Hint.NO_LINK)


def _measures(text: str, limits: Limits, *, whole: bool) -> Iterator[Finding]:
    words, index = len(_words(text)), lix(text)
    if index > limits.lix:
        yield _finding(Hint.HARD_TO_READ, lix=round(index), most=limits.lix)
    if whole and words > limits.most_words:
        yield _finding(Hint.TOO_LONG, words=words, most=limits.most_words)
    if whole and words < limits.fewest_words:
        yield _finding(Hint.TOO_SHORT, words=words, fewest=limits.fewest_words)
    for sentence in _sentences(text):
        if (length := len(_words(sentence))) > limits.sentence_words:
            yield _finding(
                Hint.LONG_SENTENCE,
                words=length,
                most=limits.sentence_words,
                beginning=" ".join(sentence.split()[:_SHOWN_WORDS]),
            )
    for paragraph in _PARAGRAPH_END.split(text):
        if (length := len(_words(paragraph))) > limits.paragraph_words:
            yield _finding(
                Hint.LONG_PARAGRAPH,
                words=length,
                most=limits.paragraph_words,
                beginning=" ".join(paragraph.split()[:_SHOWN_WORDS]),
            )


def _sentences(text: str) -> list[str]:
    """Return the sentences; a line is one too, so that a list and a signature are several."""
    parts = _SENTENCE_END.split(_A_LINK.sub("", text))
    return [part for part in parts if part and _LETTERS.search(part)]


def _jargon(text: str, rules: Rules) -> Iterator[Finding]:
    words = [word.lower() for word in _LETTERS.findall(_A_LINK.sub("", text))]
    met: set[str] = set()
    for avoided, instead in rules.say_instead.items():
        wanted = avoided.lower().split()
        for at in _places(words, wanted[0]):
            here = words[at : at + len(wanted)]
            if _is_same(here, wanted) and (said := " ".join(here)) not in met:
                met.add(said)
                yield _finding(Hint.JARGON, word=said, instead=instead)


def _places(words: list[str], wanted: str) -> list[int]:
    """Return where a word, or one that begins so, stands."""
    if not wanted.endswith("*"):
        return [at for at, word in enumerate(words) if word == wanted] if wanted in words else []
    begins = wanted[:-1]
    return [at for at, word in enumerate(words) if word.startswith(begins)]


def _is_same(here: list[str], wanted: list[str]) -> bool:
    return len(here) == len(wanted) and all(
        word.startswith(want[:-1]) if want.endswith("*") else word == want
        for word, want in zip(here, wanted, strict=True)
    )


_S_PASSIVE: Final = re.compile(r"\w{2,30}(?:as|ades|ats|erats)")
_S_FORMS: Final = frozenset(
    (
        "görs", "läggs", "tas", "ges", "sänds", "utförs", "ställs", "skrivs", "krävs", "används",
        "förs", "hålls", "sätts", "anges", "avgörs", "begärs", "överförs", "gjordes", "lades",
        "togs", "gavs", "sändes", "utfördes", "ställdes", "skrevs", "krävdes", "användes",
        "gjorts", "lagts", "tagits", "getts", "sänts", "utförts", "ställts", "skrivits", "krävts",
        "använts",
    )
)  # fmt: skip
_NOT_PASSIVE: Final = frozenset(
    (
        "deras", "allas", "hoppas", "minnas", "finnas", "tyckas", "lyckas", "trivas", "andas",
        "plats", "insats", "sats", "arbetsplats", "boplats", "webbplats", "kalas", "sällskaps",
        "annas", "alias",
    )
)  # fmt: skip
_BECOME: Final = frozenset(
    (
        "bli", "blir", "blev", "blivit",
    )
)  # fmt: skip
_PARTICIPLE: Final = re.compile(r"\w{2,30}(?:ad|ade|at|erad|erat)")
_BE: Final = frozenset(
    (
        "is", "are", "was", "were", "be", "been", "being",
    )
)  # fmt: skip
_ENGLISH_PARTICIPLE: Final = re.compile(r"\w{2,30}ed")
_ENGLISH_FORMS: Final = frozenset(
    (
        "made", "sent", "done", "given", "taken", "paid", "written", "shown", "found", "held",
        "kept", "put", "told", "drawn", "set",
    )
)  # fmt: skip
_FEWEST_PASSIVES: Final = 2
"""A single passive is never too many."""


def _passives(text: str, rules: Rules) -> Iterator[Finding]:
    sentences = _sentences(text)
    found = [word for sentence in sentences if (word := _passive_in(sentence, rules.language))]
    share = 100 * len(found) / max(1, len(sentences))
    if len(found) >= _FEWEST_PASSIVES and share > rules.limits.passive_percent:
        yield _finding(Hint.PASSIVE, number=len(found), words=", ".join(dict.fromkeys(found)))


def _passive_in(sentence: str, language: Language) -> str | None:
    """Return the first passive of a sentence."""
    words: list[str] = [word.lower() for word in _LETTERS.findall(sentence)]
    pairs = zip(words, [*words[1:], ""], strict=True)
    if language is Language.ENGLISH:
        return next((f"{be} {after}" for be, after in pairs if _is_english(be, after)), None)
    for word, after in pairs:
        if word in _S_FORMS or (word not in _NOT_PASSIVE and _S_PASSIVE.fullmatch(word)):
            return word
        if word in _BECOME and _PARTICIPLE.fullmatch(after):
            return f"{word} {after}"
    return None


def _is_english(be: str, after: str) -> bool:
    return be in _BE and (
        after in _ENGLISH_FORMS or _ENGLISH_PARTICIPLE.fullmatch(after) is not None
    )


def _loudness(text: str) -> Iterator[Finding]:
    shouted = list(dict.fromkeys(_SHOUTED.findall(_A_LINK.sub("", text))))
    if text.count("!") > 1 or shouted:
        yield _finding(Hint.LOUD, marks=text.count("!"), words=", ".join(shouted))
