"""A mail prepared for word lists: folded, cut to size, with what was passed on told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from functionmail.message import Message
from functionmail.quoting.words import fold
from functionmail.subject import is_forward, is_reply

_TEXT = 6_000
_SUBJECT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the word rules look at.

    Attributes:
        subject, text: Folded, single spaces. The text is the sender's own; where that is
            empty, the whole body.
        passed_on: The subject says SV: or VB:, so its other words are somebody else's.
    """

    message: Message
    subject: str
    text: str
    passed_on: bool

    def subject_start(self, starts: Iterable[str]) -> str:
        """Return the first entry that the subject starts with, or the empty string."""
        return next((start for start in starts if self.subject.startswith(start)), "")

    def subject_word(self, words: Iterable[str]) -> str:
        """Return the first entry that the subject holds, or the empty string."""
        return next((word for word in words if word in self.subject), "")

    def text_word(self, words: Iterable[str]) -> str:
        """Return the first entry that the text holds, or the empty string."""
        return next((word for word in words if word in self.text), "")


def read(message: Message) -> Reading:
    """Prepare a mail; costs no more than a few thousand characters, whatever its size."""
    text = message.text if message.text.strip() else message.body
    return Reading(
        message=message,
        subject=_line(message.subject[:_SUBJECT]),
        text=_line(text[:_TEXT]),
        passed_on=is_reply(message.subject) or is_forward(message.subject),
    )


def _line(text: str) -> str:
    return " ".join(fold(text).split())
