"""What became of performing an action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.store.records import ClaimedAction
from bot.store.unit_of_work import Work
from bot.vocabulary import Step

Probe = Callable[[Step], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Performed and on record; nothing is left to do."""

    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Not performed, for good, and why."""

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """Not performed, for good, although it should have been; a person must know.

    Attributes:
        because: Name of the exception class.
    """

    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Not performed yet; the action goes back to the outbox."""

    at: datetime
    because: str


Result = Done | Dropped | Failed | TryAgain


class Performer(Protocol):
    """Performs one kind of action."""

    def perform(self, action: ClaimedAction) -> Result:
        """Perform an action that may have been begun before, by a worker that crashed."""

    def gave_up(self, work: Work, action: ClaimedAction, because: str) -> None:
        """Note where people look that an action will never be performed; staff are told."""
