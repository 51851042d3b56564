"""A mail prepared for word lists: folded, cut to size, with what was passed on told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from functionmail.message import Message
from functionmail.quoting.words import fold
from functionmail.subject import is_forward, is_reply, strip_prefixes

_TEXT = 6_000
_SUBJECT = 500


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What the word rules look at; each part is prepared when a rule asks for it."""

    message: Message

    @cached_property
    def subject(self) -> str:
        """Return the subject, folded, with single spaces, without marks of outside mail.

        What was passed on keeps its prefixes.
        """
        subject = self.message.subject[:_SUBJECT]
        return _line(subject if self.passed_on else strip_prefixes(subject))

    @cached_property
    def text(self) -> str:
        """Return the sender's own text likewise; where that is empty, the whole body."""
        message = self.message
        return _line((message.text if message.text.strip() else message.body)[:_TEXT])

    @cached_property
    def passed_on(self) -> bool:
        """Tell whether the subject says SV: or VB:, so that its words are somebody else's."""
        return is_reply(self.message.subject) or is_forward(self.message.subject)

    @cached_property
    def forwarded(self) -> bool:
        """Tell whether nothing but somebody else's mail is passed on, as the subject says."""
        return not self.message.text.strip() and is_forward(self.message.subject)

    def subject_start(self, starts: tuple[str, ...]) -> str:
        """Return the first entry that the subject starts with, or the empty string."""
        if not self.subject.startswith(starts):
            return ""
        return next((start for start in starts if self.subject.startswith(start)), "")

    def subject_word(self, words: Iterable[str]) -> str:
        """Return the first entry that the subject holds, or the empty string."""
        return next((word for word in words if word in self.subject), "")

    def text_word(self, words: Iterable[str]) -> str:
        """Return the first entry that the text holds, or the empty string."""
        return next((word for word in words if word in self.text), "")


def read(message: Message) -> Reading:
    """Prepare a mail; costs no more than a few thousand characters, whatever its size."""
    return Reading(message=message)


def _line(text: str) -> str:
    return " ".join(fold(text).split())
