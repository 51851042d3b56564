"""What somebody thinks of an answer of the assistant: codes and keys, never what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.vocabulary import PersonKey, ProcessKey


class Face(StrEnum):
    """Where an answer was given."""

    SLACK = "slack"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What somebody thinks of one answer.

    Attributes:
        answer: By which the answer is known again, whatever its face calls it; kept hashed.
        intent: As the question was understood, a code.
        process: To which the answer pointed, if to any.
    """

    answer: str
    person: PersonKey
    face: Face
    intent: str
    process: ProcessKey | None
    helped: bool
