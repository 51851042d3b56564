"""The phrases by which intents and matters are recognised, compiled once from plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.language.phrases import PhraseBook
from bot.language.tokens import Sentence
from bot.understanding.model import Intent, Slot
from bot.vocabulary import MatterKey, ProcessKey


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentWords:
    """Phrases of an intent: those that say it, and those that point at it."""

    strong: Sequence[str] = ()
    fair: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterWords:
    """Phrases of a matter; where one of `unless` stands, the others do not count.

    Attributes:
        elsewhere: Another process of the matter -> phrases by which it is that one's.
    """

    say: Sequence[str] = ()
    unless: Sequence[str] = ()
    elsewhere: Mapping[ProcessKey, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """All phrases, in the notation of `bot.language.phrase_notation`.

    Attributes:
        values: Slot with a few values -> value -> phrases; the first value that is said holds.
        signs: Class of words -> phrases of it; for the learned weights.
        domain: Phrases of the centre's own work.
        never_fuzzy: Words that are right as they stand.
    """

    intents: Mapping[Intent, IntentWords]
    matters: Mapping[MatterKey, MatterWords] = field(default_factory=dict)
    values: Mapping[Slot, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    signs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    domain: Sequence[str] = ()
    never_fuzzy: Sequence[str] = ()


class Cue(NamedTuple):
    """What a phrase speaks of: an intent, a matter, a process that takes
    over a matter, the value of a slot, or else the centre's own work."""

    name: str
    intent: Intent | None = None
    matter: MatterKey | None = None
    blocks: bool = False
    weight: float = 0.0
    process: ProcessKey | None = None
    slot: Slot | None = None
    value: str = ""
    rank: int = 0
    sign: bool = False


class Hit(NamedTuple):
    """A cue that was found, and which words of the sentence it took."""

    cue: Cue
    start: int
    end: int


DOMAIN = "domain"
"""The name of cues of the centre's own work."""

STRONG, FAIR = 4.0, 1.0
"""What a phrase adds to its intent by the rules alone."""


class WordBook:
    """The phrases, ready to be looked for."""

    __slots__ = ("_book", "_cues")

    def __init__(self, words: Words) -> None:
        """Compile. Raises BadPhrase for a phrase that cannot be read."""
        labelled = list(_cues(words))
        self._cues = tuple(cue for cue, _ in labelled)
        self._book = PhraseBook(
            enumerate(phrase for _, phrase in labelled), lists={}, never_fuzzy=words.never_fuzzy
        )

    def find(self, sentence: Sentence) -> list[Hit]:
        """Return every cue of a sentence, by place."""
        return [
            Hit(self._cues[match.label], match.start, match.end)
            for match in self._book.find(sentence)
        ]


def _cues(words: Words) -> Iterator[tuple[Cue, str]]:
    for intent, own in words.intents.items():
        for phrase in own.strong:
            yield Cue(f"{intent}.strong", intent=intent, weight=STRONG), phrase
        for phrase in own.fair:
            yield Cue(f"{intent}.fair", intent=intent, weight=FAIR), phrase
    for slot, values in words.values.items():
        for rank, (value, phrases) in enumerate(values.items()):
            cue = Cue(f"{slot}.{value}", slot=slot, value=value, rank=rank)
            yield from ((cue, phrase) for phrase in phrases)
    yield from ((Cue(DOMAIN), phrase) for phrase in words.domain)
    for name, phrases in words.signs.items():
        yield from ((Cue(name, sign=True), phrase) for phrase in phrases)
    for matter, found in words.matters.items():
        yield from _cues_of_matter(matter, found)


def _cues_of_matter(matter: MatterKey, words: MatterWords) -> Iterator[tuple[Cue, str]]:
    for phrase in words.say:
        yield Cue(f"matter.{matter}", matter=matter), phrase
    for phrase in words.unless:
        yield Cue(f"matter.{matter}", matter=matter, blocks=True), phrase
    for process, phrases in words.elsewhere.items():
        for phrase in phrases:
            yield Cue(f"at.{process}", process=process), phrase
