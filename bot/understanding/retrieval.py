"""Which text answers a question: plain words in, ranked texts with the reasons out. Pure.

Texts are compared by the stems of their words, by the parts of compounds (``påminnelseavgift``
is also ``påminnelse`` and ``avgift``) and, where a word of the question stands nowhere, by the
word that is spelt most like it. ``ändra`` is not ``andra``, unless a question is written without
å, ä and ö. The same texts and question give the same answer. The words of
a title and the other names of a text weigh more than those within it.

Source: BM25F, Robertson & Zaragoza, The Probabilistic Relevance Framework (2009).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from bot.language.folding import fold
from bot.language.stems import stem
from bot.language.tokens import WORD
from bot.vocabulary import Language

LONGEST: Final = 1_000
"""Characters of a question that are read."""
_TITLE, _ALSO, _TEXT = 4.0, 3.0, 0.7
_SATURATION, _LENGTH = 1.2, 0.4
_PART: Final = 0.5
_PART_LETTERS: Final = 4
_SHORT_PART: Final = 3
"""So short may a part be where the other is known too: svarstid."""
_NEAR: Final = 0.7
_NEAR_LETTERS: Final = 5
_NEAR_ENOUGH: Final = 85
_TOGETHER: Final = 1.0
"""What a text gains, at most, where one passage and its names hold the whole question."""
_IN_PASSAGE: Final = 0.15
"""How much a long passage is held back, for each fold of the mean length."""
_SMALL: Final[Mapping[Language, frozenset[str]]] = {
    Language.SWEDISH: frozenset(
        (
            "och", "att", "det", "som", "pa", "en", "ett", "av", "for", "med", "till", "den",
            "har", "inte", "om", "jag", "vi", "ni", "kan", "ska", "var", "fran", "men", "mig",
            "oss", "er", "min", "mitt", "ar", "nar", "hur", "vad", "nu", "sa", "far", "fick",
            "eller", "efter", "hos", "hade", "blir", "skulle", "vill", "ocksa", "de", "dem", "han",
            "hon", "hen", "man", "i", "gor", "gora", "vem", "vilka", "vilken", "vilket", "nagon",
            "nagot", "ga", "gar", "sin", "sitt", "sina", "hennes", "hans", "du", "dig", "din",
            "bara", "maste", "behover", "finns", "ha", "fa", "bli", "vara", "ut", "in", "upp",
            "gatt", "gick", "gjort", "fatt",
            "ju", "val", "da", "dar", "detta", "denna", "dessa", "vid", "under", "utan", "sager",
            "saga", "sagt", "undrar", "fragar", "fraga", "innehaller", "star", "gallande", "galler",
            "angaende", "hej", "tack", "sedan", "redan", "kommer", "kom", "tar", "ta", "ger", "ge",
            "vart", "vander", "er", "ert", "era", "nar", "varfor", "alla", "mer",
            "sig", "dom", "deras", "mycket", "manga", "just", "lite", "sadan", "samma",
            "mellan", "tva", "tre",
        )
    ),
    Language.ENGLISH: frozenset(
        (
            "the", "and", "to", "of", "is", "that", "it", "for", "you", "we", "are", "this",
            "have", "has", "not", "with", "my", "our", "your", "be", "was", "will", "can", "could",
            "would", "from", "on", "at", "by", "an", "a", "if", "but", "they", "there", "been",
            "do", "does", "did", "when", "what", "how", "which", "who", "as", "or", "any", "all",
            "me", "us", "in", "i", "he", "she", "his", "her", "their", "them", "should", "may",
            "must", "so", "up", "out", "about", "where", "why", "says", "say", "asks", "ask",
            "wonders", "hello", "thanks", "please", "need", "needs", "get", "gets",
        )
    ),
}  # fmt: skip


class How(StrEnum):
    """In what way a word of the question was found."""

    WORD = "word"
    PART = "part"
    NEAR = "near"


class Field(StrEnum):
    """Where it was found; the place that weighs most."""

    TITLE = "title"
    ALSO = "also"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What may answer, in one language.

    Attributes:
        also: Other words by which people ask for it.
    """

    title: str
    also: Sequence[str] = ()
    passages: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A word of the question that a text holds, and what that adds to its points.

    Attributes:
        asked: As in the question, in small letters.
        met: A word of the text, in small letters.
    """

    asked: str
    met: str
    how: How
    field: Field
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A text that may answer.

    Attributes:
        text: Its position among the texts.
        passage: The position of the passage that answers best.
        points: The sum of those of the hits.
        covered: How much of the question it holds, rare words counting more; in [0, 1].
        hits: The weightiest first.
    """

    text: int
    passage: int
    points: float
    covered: float
    hits: tuple[Hit, ...]


class _Term(NamedTuple):
    """A stem to look for: of which word of the question, how it came about, what it weighs.

    Attributes:
        worth: How rare the word of the question is.
    """

    stem: str
    asked: str
    how: How
    weight: float
    worth: float


class Index:
    """Texts of one language, ready to be asked."""

    __slots__ = (
        "_dotted",
        "_entries",
        "_language",
        "_mean",
        "_rarity",
        "_rarity_as_name",
        "_stems",
        "_word_of",
    )

    def __init__(self, texts: Iterable[Text], language: Language) -> None:
        """Read the texts once."""
        self._language = language
        listed = list(texts)
        self._word_of: dict[str, str] = {}
        self._dotted: dict[str, str] = {}
        for text in listed:
            for word in self._words("\n".join((text.title, *text.also, *text.passages))):
                found = self._word_of.setdefault(stem(word, language), word)
                self._dotted.setdefault(stem(fold(word), language), stem(found, language))
        self._stems = sorted(found for found in self._word_of if len(found) >= _PART_LETTERS)
        self._entries = [self._entry(text) for text in listed]
        self._mean = sum(entry.length for entry in self._entries) / max(1, len(listed))
        self._rarity = self._rarities(entry.fields for entry in self._entries)
        named = self._rarities(entry.names for entry in self._entries)
        self._rarity_as_name = {
            found: sqrt(rarity * self._rarity[found]) for found, rarity in named.items()
        }

    def find(self, question: str) -> tuple[Match, ...]:
        """Return the texts that hold a word of a question, the best first; perhaps none."""
        asked = dict.fromkeys(self._words(question[:LONGEST]))
        plain = "".join(asked).isascii()
        terms = [term for word in asked for term in self._terms(word, plain)]
        if not terms:
            return ()
        most = sum(self._worth(word, plain) for word in asked)
        found = (self._match(at, terms, most) for at in range(len(self._entries)))
        hit = [match for match in found if match is not None]
        return tuple(sorted(hit, key=lambda match: (-match.points, match.text)))

    def _rarities(self, held: Iterable[Iterable[str]]) -> dict[str, float]:
        """Return how much each stem tells, from which stems each text has."""
        numbers = Counter(found for stems in held for found in stems)
        every = len(self._entries)
        return {found: log(1 + (every - n + 0.5) / (n + 0.5)) for found, n in numbers.items()}

    def _words(self, text: str) -> Iterator[str]:
        """Yield every word that may tell something, in small letters."""
        small = _SMALL[self._language]
        for found in WORD.finditer(fold(text)):
            if found.group() not in small:
                yield text[found.start() : found.end()].lower()

    def _stem(self, word: str, plain: bool) -> str:
        """Return the stem of a word, with its å, ä and ö where it is written without."""
        found = stem(word, self._language)
        if plain and found not in self._word_of:
            return self._dotted.get(found, found)
        return found

    def _worth(self, word: str, plain: bool) -> float:
        """Return the rarity of a word; of one that stands nowhere, which may be a slip, half."""
        return self._rarity.get(self._stem(word, plain), log(len(self._entries) + 1) / 2)

    def _terms(self, word: str, plain: bool) -> Iterator[_Term]:
        """Yield what to look for, for one word of a question.

        Args:
            plain: The question is written without å, ä and ö.
        """
        own, worth = self._stem(word, plain), self._worth(word, plain)
        known = own in self._word_of
        if known:
            yield _Term(own, word, How.WORD, 1.0, worth)
        parts = self._parts(word, plain)
        for part in parts:
            yield _Term(part, word, How.PART, _PART, worth)
        if known or parts or len(word) < _NEAR_LETTERS:
            return
        near = process.extractOne(own, self._stems, scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
        if near is not None:
            yield _Term(near[0], word, How.NEAR, _NEAR, worth)

    def _parts(self, word: str, plain: bool = False) -> tuple[str, ...]:
        """Return the stems of the words that a compound is made of, as far as we know them.

        Two before one, longer ones before shorter.
        """
        own = self._stem(word, plain)
        best: tuple[str, ...] = ()
        for at in range(_SHORT_PART, len(word) - _SHORT_PART + 1):
            heads = (word[:at].removesuffix("s"), word[:at])
            tail = self._known(word[at:], own, plain)
            head = next((part for each in heads if (part := self._known(each, own, plain))), None)
            parts = tuple(found for found in (head, tail) if found is not None)
            if len(parts) == 1 and len(parts[0]) < _PART_LETTERS:
                continue
            if parts and (len(parts), sum(map(len, parts))) > (len(best), sum(map(len, best))):
                best = parts
        return best

    def _known(self, part: str, own: str, plain: bool) -> str | None:
        """Return the stem of a part of a word if texts hold it by itself."""
        if len(part) < _SHORT_PART:
            return None
        found = self._stem(part, plain)
        return found if found != own and found in self._word_of else None

    def _entry(self, text: Text) -> _Entry:
        entry = _Entry()
        for field, weight, said in (
            (Field.TITLE, _TITLE, [text.title]),
            (Field.ALSO, _ALSO, text.also),
            (Field.TEXT, _TEXT, text.passages),
        ):
            for piece in said:
                counted = self._counted(piece)
                share = 1 if field is not Field.ALSO else max(1, len(list(self._words(piece))))
                if field is Field.TEXT:
                    entry.passages.append(counted)
                    entry.length += sum(counted.values())
                weights = entry.texts if field is Field.TEXT else entry.names
                for found, number in counted.items():
                    weights[found] += weight * number / share
                    entry.fields.setdefault(found, field)
        return entry

    def _counted(self, piece: str) -> dict[str, float]:
        """Return how often each stem stands in a piece of text; a part of a word is half."""
        counted: dict[str, float] = defaultdict(float)
        for word in self._words(piece):
            counted[stem(word, self._language)] += 1
            for part in self._parts(word):
                counted[part] += _PART
        return counted

    def _match(self, at: int, terms: Sequence[_Term], most: float) -> Match | None:
        entry = self._entries[at]
        whole = {term.asked for term in terms if term.how is How.WORD and term.stem in entry.fields}
        terms = [term for term in terms if term.how is How.WORD or term.asked not in whole]
        passage, together = self._best_passage(entry, terms)
        scale = 1 + _TOGETHER * together / most
        hits = [hit for term in terms if (hit := self._hit(entry, term, scale)) is not None]
        if not hits:
            return None
        return Match(
            text=at,
            passage=passage,
            points=sum(hit.points for hit in hits),
            covered=min(1.0, self._held(terms, entry.fields) / most),
            hits=tuple(sorted(hits, key=lambda hit: (-hit.points, hit.asked, hit.met))),
        )

    def _hit(self, entry: _Entry, term: _Term, scale: float) -> Hit | None:
        if term.stem not in entry.fields:
            return None
        long = 1 - _LENGTH + _LENGTH * entry.length / self._mean
        named = _filled(entry.names.get(term.stem, 0.0), 1.0)
        said = _filled(entry.texts.get(term.stem, 0.0), long)
        tells = named * self._rarity_as_name.get(term.stem, 0.0) + said * self._rarity[term.stem]
        return Hit(
            asked=term.asked,
            met=self._word_of[term.stem],
            how=term.how,
            field=entry.fields[term.stem],
            points=term.weight * tells * scale,
        )

    def _best_passage(self, entry: _Entry, terms: Sequence[_Term]) -> tuple[int, float]:
        """Return the passage that answers best, and the worth of what it and the names hold."""
        mean = max(1.0, entry.length / max(1, len(entry.passages)))

        def held(at: int) -> float:
            return self._held(terms, entry.passages[at])

        def worth(at: int) -> tuple[float, int]:
            length = sum(entry.passages[at].values())
            return held(at) / (1 + _IN_PASSAGE * length / mean), -at

        best = max(range(len(entry.passages)), key=worth, default=0)
        own = entry.passages[best] if entry.passages else {}
        return best, self._held(terms, own.keys() | entry.names.keys())

    def _held(self, terms: Sequence[_Term], stems: Container[str]) -> float:
        """Return the worth of the words of a question of which a stem is among some."""
        best: dict[str, float] = {}
        for term in terms:
            if term.stem in stems:
                held = term.weight * term.worth
                best[term.asked] = max(best.get(term.asked, 0.0), held)
        return sum(best.values())


def _filled(weight: float, long: float) -> float:
    """Return what so many of a word amount to; ever more of them add ever less."""
    return weight * (_SATURATION + 1) / (weight + _SATURATION * long) if weight else 0.0


class _Entry:
    """A text, counted.

    Attributes:
        names: Stem -> how often it stands in the title or among other words for the same,
            each by its weight.
        texts: The same of the passages.
        fields: Stem -> the weightiest field that holds it.
        passages: The stems of each passage.
    """

    __slots__ = ("fields", "length", "names", "passages", "texts")

    def __init__(self) -> None:
        self.texts: dict[str, float] = defaultdict(float)
        self.fields: dict[str, Field] = {}
        self.names: dict[str, float] = defaultdict(float)
        self.passages: list[Mapping[str, float]] = []
        self.length = 0.0
