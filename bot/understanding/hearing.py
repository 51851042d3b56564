"""A question as it is read: its words, the cues in it, and everything that it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.language.folding import fold, readable
from bot.language.periods import Period, find_periods
from bot.language.tokens import WORD, Sentence
from bot.understanding.mentions import (
    CustomerNames,
    Mention,
    Numbers,
    ProcessMention,
    ProcessNames,
    find_numbers,
)
from bot.understanding.words import Hit, WordBook
from bot.vocabulary import MatterKey

LONGEST: Final = 1_000
"""Characters of a question that are read."""
_MOST_WORDS: Final = 120
_DIGIT: Final = re.compile(r"\d")

MatterEar = Callable[[str], Mapping[MatterKey, float]]
"""Tells which matters a text speaks of, as triage hears it: matter -> score, none below 0."""

_NOT_WANTED: Final = re.compile(
    r"(?<![a-z])(?:jag (?:vill|behover|ska|letar|soker|tanker|undrar) (?:inte|ingen|inget|inga)"
    r"|(?:vill|behover|letar|soker) (?:inte|ingen|inget|inga)|inte for att|inte hela|inte sjalva"
    r"|det (?:ar|ska) inte|i (?:don't|do not|dont) (?:want|need)|not looking for|no need for"
    r"|not the)"
    r"(?:(?![,.;:–]| men | utan | bara | but | just | only ).){0,80}"
)
"""A clause that says what is not wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Everything that a question shows.

    Attributes:
        shown, folded: The question, and its folded twin, equally long.
        sentence: Its words, numbers of cases as one digit, those of dates blanked out.
        matters: Matter -> score, as triage hears it.
        foreign: Matters that nobody here handles.
        asked: Matter -> chance, in [0, 1], that this is what is to be sent somewhere, if
            anything is; learned from questions. Empty where nothing was learned.
        asked_by: Matter -> the words that such a chance goes by; of the likeliest ones only.
    """

    shown: str
    folded: str
    masked: str
    sentence: Sentence
    hits: tuple[Hit, ...]
    numbers: Numbers
    periods: tuple[Period, ...]
    processes: tuple[ProcessMention, ...]
    customer: Mention | None
    matters: Mapping[MatterKey, float]
    foreign: frozenset[MatterKey] = frozenset()
    asked: Mapping[MatterKey, float] = field(default_factory=dict)
    asked_by: Mapping[MatterKey, str] = field(default_factory=dict)

    def words_of(self, hit: Hit) -> str:
        """Return the words that a cue took, as they were written."""
        spots = [match.span() for match in WORD.finditer(self.masked)][hit.start : hit.end]
        return self.shown[spots[0][0] : spots[-1][1]][:80] if spots else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """What hearing takes, compiled once."""

    book: WordBook
    processes: ProcessNames
    customers: CustomerNames
    matters: MatterEar
    foreign: frozenset[MatterKey] = frozenset()


def hear(text: str, today: date, ears: Ears) -> Heard:
    """Read a question. Bounded work whatever its size."""
    shown = " ".join(readable(text[: 4 * LONGEST]).split())[:LONGEST]
    folded = fold(shown)
    first = find_numbers(folded, shown)
    certain = [*first.cases, *first.invoices]
    without = _blank(folded, certain, " ")
    periods = tuple(find_periods(without, today))
    blanked = _digits_away(folded, periods)
    numbers = find_numbers(blanked, shown)
    customer = ears.customers.find(folded, shown)
    masked = _nameless(_masked(blanked, numbers), customer)
    found = [match.group() for match in WORD.finditer(masked)][:_MOST_WORDS]
    masked = _NOT_WANTED.sub(lambda match: " " * len(match.group()), masked)
    sentence = Sentence(0, len(masked), tuple(found), "?" in shown)
    return Heard(
        shown=shown,
        folded=folded,
        masked=masked,
        sentence=sentence,
        hits=tuple(ears.book.find(sentence)),
        numbers=numbers,
        periods=periods,
        processes=tuple(ears.processes.find(without, shown)),
        customer=customer,
        matters=ears.matters(_nameless(shown, customer)),
        foreign=ears.foreign,
    )


def _blank(text: str, mentions: list[Mention], filling: str) -> str:
    for mention in mentions:
        size = mention.end - mention.start
        text = text[: mention.start] + filling * size + text[mention.end :]
    return text


def _digits_away(text: str, periods: tuple[Period, ...]) -> str:
    for period in periods:
        inside = _DIGIT.sub("x", text[period.start : period.end])
        text = text[: period.start] + inside + text[period.end :]
    return text


_SOMEBODY: Final = ("forvaltningen", "kontoret", "sdf")


def _nameless(text: str, customer: Mention | None) -> str:
    """Put somebody in place of a customer, whose name speaks of its own work and not of ours."""
    if customer is None:
        return text
    room = customer.end - customer.start
    fitting = next((word for word in _SOMEBODY if len(word) <= room), "")
    return text[: customer.start] + fitting.ljust(room) + text[customer.end :]


def _masked(text: str, numbers: Numbers) -> str:
    """Make one digit of the number of each case, so that it is one word."""
    for mention in numbers.cases:
        size = mention.end - mention.start
        text = text[: mention.start] + "1" + " " * (size - 1) + text[mention.end :]
    return text
