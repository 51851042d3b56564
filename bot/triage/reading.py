"""A mail as triage reads it: which text speaks, cut into sentences, with the cues in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.language.folding import fold, readable
from bot.language.phrases import Match, words_between
from bot.language.tokens import Sentence, sentences
from bot.triage.cues import Cue, Theme
from bot.triage.model import Reason
from bot.triage.rules import TriageRules
from functionmail.message import Message
from functionmail.subject import strip_prefixes

_FIRST = 14_000
_LAST = 4_000
"""Characters read from the beginning and the end of a long text."""
_QUOTED = 6_000
_MOST_SENTENCES = 400
_CLIP = 80


class Place(StrEnum):
    """Where words stand; the values of `Reason.where` that triage uses for text."""

    SUBJECT = "subject"
    BODY = "body"
    QUOTED = "quoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One readable text and its folded twin, equally long."""

    place: Place
    shown: str
    folded: str

    @classmethod
    def of(cls, place: Place, text: str) -> Text:
        """Make raw text readable and fold it."""
        shown = readable(text)
        return cls(place=place, shown=shown, folded=fold(shown))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A cue that was found in a sentence."""

    cue: Cue
    match: Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence, where it stands, and the cues in it."""

    text: Text
    sentence: Sentence
    hits: tuple[Hit, ...]

    def has(self, *themes: Theme) -> bool:
        """Tell whether a cue of one of the themes is in the sentence."""
        return any(hit.cue.theme in themes for hit in self.hits)

    def first(self, *themes: Theme) -> Hit | None:
        """Return the first cue of one of the themes."""
        return next((hit for hit in self.hits if hit.cue.theme in themes), None)

    def reason(self, rule: str, hit: Hit) -> Reason:
        """Return the reason that a cue gives, with the words as they stand in the mail."""
        start, end = words_between(
            self.text.folded,
            self.sentence,
            hit.match.start,
            max(hit.match.end, hit.match.start + 1),
        )
        words = " ".join(self.text.shown[start:end].split())
        return Reason(rule=rule, words=words[:_CLIP], where=self.text.place.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything the rules look at.

    Attributes:
        statements: Of the subject and of the text that speaks, in order.
        speaking: The text that speaks: the sender's own, or what was forwarded.
        forwarded: The sender's own text is nearly empty, so the quoted text speaks.
    """

    message: Message
    subject: Text
    speaking: Text
    own: Text
    quoted: Text
    statements: tuple[Statement, ...]
    forwarded: bool

    @property
    def body(self) -> Iterable[Statement]:
        """Return the statements outside the subject."""
        return (s for s in self.statements if s.text.place is not Place.SUBJECT)

    def having(self, *themes: Theme) -> Iterable[Statement]:
        """Return the statements with a cue of one of the themes."""
        return (statement for statement in self.statements if statement.has(*themes))


def read(message: Message, rules: TriageRules) -> Reading:
    """Read a mail. Bounded work whatever its size."""
    subject = Text.of(Place.SUBJECT, strip_prefixes(message.subject[:300]))
    own = Text.of(Place.BODY, _clipped(message.text))
    quoted = Text.of(Place.QUOTED, message.quoted[:_QUOTED])
    forwarded = _is_nearly_empty(own) and bool(quoted.shown.strip())
    speaking = quoted if forwarded else own
    statements = list(_statements(subject, rules))
    statements += _statements(own, rules)
    if forwarded:
        statements += _statements(quoted, rules)
    return Reading(
        message=message,
        subject=subject,
        speaking=speaking,
        own=own,
        quoted=quoted,
        statements=tuple(statements[:_MOST_SENTENCES]),
        forwarded=forwarded,
    )


def _clipped(text: str) -> str:
    if len(text) <= _FIRST + _LAST:
        return text
    return text[:_FIRST] + "\n\n" + text[-_LAST:]


def _is_nearly_empty(own: Text) -> bool:
    return len(own.folded.split()) <= 3


def _statements(text: Text, rules: TriageRules) -> Iterable[Statement]:
    for sentence in sentences(text.folded, text.shown):
        found = rules.book.find(sentence)
        yield Statement(
            text=text,
            sentence=sentence,
            hits=tuple(Hit(cue=rules.cues[match.label], match=match) for match in found),
        )
