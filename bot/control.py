"""Internal control: which cases of a period are drawn, and what a colleague says of each.

Drawing is a lottery with a known seed: whoever draws again gets the same cases, and nobody can
choose them. Source: the plan of internal control (domain.md R135, R140, R155).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.errors import WrongPart
from bot.texts import mark
from bot.vocabulary import CaseId, PersonKey, ProcessKey

MOST = 200
"""Cases of one sample."""


class Question(StrEnum):
    """What a reviewer answers about each case; domain.md R155."""

    INTERFACE_FOLLOWED = "interface_followed"
    LEAD_TIME_KEPT = "lead_time_kept"
    ROUTINE_EXISTS = "routine_exists"
    ROUTINE_CLEAR = "routine_clear"


class Reply(StrEnum):
    """The answer to a question."""

    YES = "yes"
    NO = "no"
    NOT_ASKED = "not_asked"


class Why(StrEnum):
    """Why a case is looked at: drawn by lot, or since all such cases are listed."""

    DRAWN = "drawn"
    LISTED = "listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOrder:
    """What is to be drawn.

    Attributes:
        first, last: Local days on which the cases were closed, both included.

    Raises:
        WrongPart: The days, the size or the seed make no sense.
    """

    process: ProcessKey
    first: date
    last: date
    size: int
    seed: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise WrongPart(mark("sista dagen ligger före den första"), part="last")
        if not 0 <= self.size <= MOST:
            raise WrongPart(mark("ett urval har högst {n} ärenden"), part="size", n=MOST)
        if not self.seed.strip() or len(self.seed) > 60:
            raise WrongPart(
                mark("ange ett frö på högst 60 tecken, så att urvalet går att göra om"),
                part="seed",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a colleague says of a case.

    Attributes:
        answers: One for each `Question`.
    """

    by: PersonKey
    at: datetime
    answers: dict[Question, Reply]
    note: str = ""

    @property
    def is_fault(self) -> bool:
        """Tell whether something was not as it should be."""
        return Reply.NO in self.answers.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleItem:
    """One case of a sample."""

    case_id: CaseId
    why: Why
    review: Review | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A sample that was drawn, its items in the order in which they are looked at.

    Attributes:
        population: How many cases it was drawn from.
    """

    id: int
    order: SampleOrder
    population: int
    drawn_at: datetime
    drawn_by: PersonKey
    items: tuple[SampleItem, ...] = ()

    @property
    def reviewed(self) -> int:
        """Return how many cases were reviewed."""
        return sum(item.review is not None for item in self.items)

    @property
    def faults(self) -> int:
        """Return of how many something was wrong."""
        return sum(item.review is not None and item.review.is_fault for item in self.items)


def draw(case_ids: Iterable[CaseId], *, seed: str, size: int) -> list[CaseId]:
    """Draw cases by lot: the same ones for the same seed, in whatever order they are given."""
    return sorted(case_ids, key=lambda case_id: (_lot(seed, case_id), case_id))[:size]


def _lot(seed: str, case_id: CaseId) -> bytes:
    return hashlib.sha256(f"{seed.strip()}:{case_id}".encode()).digest()
