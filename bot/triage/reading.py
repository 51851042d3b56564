"""A mail as triage reads it: which text speaks, cut into sentences, with the cues in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.language.folding import fold, readable
from bot.language.phrases import words_between
from bot.language.tokens import Sentence, sentences
from bot.triage.cues import Feature, Says
from bot.triage.hearing import Heard, Hit
from bot.triage.model import Reason
from bot.triage.rules import TriageRules
from functionmail.message import Message
from functionmail.subject import is_forward, is_reply, strip_prefixes

_FIRST = 14_000
_LAST = 4_000
"""Characters read from the beginning and the end of a long text."""
_QUOTED = 6_000
_SUBJECT = 300
_FIRST_SENTENCES = 200
_LAST_SENTENCES = 60
_CLIP = 80
_NO_FEATURES: frozenset[str] = frozenset()
_NEARLY_EMPTY = 3
_LONGEST_YES = 14
_ASKED_WITHIN = 15
"""Words of an answer that may be a mere yes, and sentences in which its question is looked for."""
_ANSWER = re.compile(
    r"\W*(?:hej[^\n.!?]{0,30}[\s,.!]+)?(?:(?P<no>nej|nix|no|nope|(?:absolut|gor det) (?:inte|ej))\b"
    r"|(?:ja|jo|japp|jada|jajamen|javisst|absolut|precis|stammer|(?:jatte)?garna|gor det|gor sa"
    r"|yes|please do)\b)"
)
"""A yes or a no that a text begins with, after a greeting."""
_A_FEW = 20
_SHORT = 60
"""Words: of a text that says nothing, of a few words before a forwarded mail, and of a text
that may only point at what it forwards."""


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
        if not text:
            return cls(place=place, shown="", folded="")
        shown = readable(text)
        return cls(place=place, shown=shown, folded=fold(shown))


class Statement(NamedTuple):
    """A sentence, where it stands, and the cues in it."""

    text: Text
    sentence: Sentence
    heard: Heard
    hits: tuple[Hit, ...]
    features: frozenset[str]

    @property
    def in_subject(self) -> bool:
        """Tell whether it stands in the subject."""
        return self.text.place is Place.SUBJECT

    @property
    def folded(self) -> str:
        """Return its folded text."""
        return self.text.folded[self.sentence.start : self.sentence.end]

    def has(self, *features: str) -> bool:
        """Tell whether it speaks of one of the features."""
        return not self.features.isdisjoint(features)

    def first(self, *features: str) -> Hit | None:
        """Return the first cue of one of the features."""
        return next((hit for hit in self.hits if hit.cue.feature in features), None)

    def reason(self, rule: str, hit: Hit) -> Reason:
        """Return the reason that a cue gives, with the words as they stand in the mail."""
        first = hit.match.start
        start, end = words_between(
            self.text.folded, self.sentence, first, max(hit.match.end, first + 1)
        )
        words = " ".join(self.text.shown[start:end].split())
        return Reason(rule=rule, words=words[:_CLIP], where=self.text.place.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything the rules look at.

    Attributes:
        statements: Of the subject and of the text that speaks, in order.
        telling: Those with a cue, and what a bare yes agrees to in the mail that it answers.
        features: Of all statements together.
        forwarded: The sender's own text is nearly empty, so the quoted text speaks too.
        marked_reply, marked_forward: What a mail client put before the subject.
    """

    message: Message
    subject: Text
    own: Text
    quoted: Text
    statements: tuple[Statement, ...]
    telling: tuple[Statement, ...]
    features: frozenset[str]
    forwarded: bool
    marked_reply: bool
    marked_forward: bool

    @property
    def texts(self) -> Iterator[Text]:
        """Return the texts that count: subject, own text, and the forwarded one."""
        yield self.subject
        yield self.own
        if self.forwarded:
            yield self.quoted

    @property
    def is_whole(self) -> bool:
        """Tell whether no sentence was left out of the statements."""
        return len(self.statements) < _FIRST_SENTENCES + _LAST_SENTENCES

    @property
    def body(self) -> Iterator[Statement]:
        """Return the statements outside the subject."""
        return (statement for statement in self.statements if not statement.in_subject)

    def in_text(self, text: Text) -> Iterator[Statement]:
        """Return the statements of one of the texts that count."""
        return (statement for statement in self.statements if statement.text is text)

    def having(self, *features: str) -> Iterator[Statement]:
        """Return the statements that speak of one of the features."""
        if self.features.isdisjoint(features):
            return iter(())
        return (statement for statement in self.telling if statement.has(*features))

    def has(self, *features: str) -> bool:
        """Tell whether any statement speaks of one of the features."""
        return not self.features.isdisjoint(features)

    def reasons(self, rule: str, *features: str) -> tuple[Reason, ...]:
        """Return one reason for each statement that speaks of one of the features."""
        return tuple(
            statement.reason(rule, hit)
            for statement in self.having(*features)
            if (hit := statement.first(*features))
        )


def read(message: Message, rules: TriageRules) -> Reading:
    """Read a mail. Bounded work whatever its size."""
    subject = Text.of(Place.SUBJECT, strip_prefixes(message.subject[:_SUBJECT]))
    own = Text.of(Place.BODY, _clipped(message.text))
    quoted = Text.of(Place.QUOTED, message.quoted[:_QUOTED])
    statements = [*_statements(subject, rules), *_statements(own, rules)]
    replies, forwards = is_reply(message.subject), is_forward(message.subject)
    answer = _ANSWER.match(own.folded) if replies and quoted.folded else None
    forwarded = (
        bool(quoted.shown.strip())
        and not answer
        and _only_forwards(own, statements, forwards and not replies)
    )
    if forwarded:
        statements += _statements(quoted, rules)
    kept = tuple(statements)
    telling = tuple([statement for statement in kept if statement.hits])
    if answer and not answer["no"]:
        telling += tuple(_agreed_to(own, quoted, rules))
    return Reading(
        message=message,
        subject=subject,
        own=own,
        quoted=quoted,
        statements=kept,
        telling=telling,
        features=_NO_FEATURES.union(*[statement.features for statement in telling]),
        forwarded=forwarded,
        marked_reply=replies,
        marked_forward=forwards,
    )


def _agreed_to(own: Text, quoted: Text, rules: TriageRules) -> Iterator[Statement]:
    """Yield what was asked in the mail that a few words say yes to, as if it were said."""
    if len(own.folded.split()) > _LONGEST_YES:
        return
    for sentence in sentences(quoted.folded, quoted.shown)[:_ASKED_WITHIN]:
        if sentence.question:
            heard = rules.hearing.hear(sentence._replace(question=False))
            if heard.hits:
                yield Statement(quoted, sentence, heard, heard.hits, heard.features)


def statements_of(text: Text, rules: TriageRules) -> tuple[Statement, ...]:
    """Return the statements of a text that did not speak, such as the history of a reply."""
    return tuple(_statements(text, rules))


def _clipped(text: str) -> str:
    if len(text) <= _FIRST + _LAST:
        return text
    return text[:_FIRST] + "\n\n" + text[-_LAST:]


def _only_forwards(own: Text, statements: Iterable[Statement], marked: bool) -> bool:
    """Tell whether the sender passes on another's text and says little of their own."""
    size = len(own.folded.split())
    body = [statement for statement in statements if not statement.in_subject]
    points = marked or any(statement.has(Feature.FORWARD) for statement in body)
    closes = any(statement.has(Feature.THANKS, Feature.SETTLED) for statement in body)
    if size <= _NEARLY_EMPTY:
        return not closes
    tells = any(
        hit.cue.matter and hit.cue.says in (Says.NAMED, Says.CLEAR)
        for statement in body
        for hit in statement.hits
    )
    tells = tells and not (marked and size <= _A_FEW)
    return points and not tells and not closes and size <= _SHORT


def _statements(text: Text, rules: TriageRules) -> Iterator[Statement]:
    listed = sentences(text.folded, text.shown)
    if len(listed) > _FIRST_SENTENCES + _LAST_SENTENCES:
        listed = listed[:_FIRST_SENTENCES] + listed[-_LAST_SENTENCES:]
    hear = rules.hearing.hear
    for sentence in listed:
        heard = hear(sentence)
        yield Statement(text, sentence, heard, heard.hits, heard.features)
