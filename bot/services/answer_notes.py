"""What staff think of the assistant's answers, for the people who edit the knowledge.

A rating is kept without question and answer. A note on an answer becomes a point in the process
log; the registers are kept in Swedish, and their retention is that of such notes too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from bot.clock import Clock
from bot.ratings import Rating
from bot.registers import EntryKind, Facts, Nature, Register, Step, clean_text
from bot.services.registers import Registers
from bot.store.unit_of_work import Database
from bot.texts.codes import CODES
from bot.vocabulary import PersonKey, ProcessKey

log = structlog.get_logger()

_ABOUT: Final = "Assistentens svar var inte till hjälp. Frågan förstods så: {intent}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """How the answers to one kind of question were rated.

    Attributes:
        intent: A code.
        unhelpful: Process to which an answer pointed that did not help -> how often; None: to
            none.
    """

    intent: str
    helped: int
    unhelpful: Mapping[ProcessKey | None, int]

    @property
    def count(self) -> int:
        """How many were rated; at least one."""
        return self.helped + sum(self.unhelpful.values())

    @property
    def share(self) -> float:
        """The share that helped, in [0, 1]."""
        return self.helped / self.count


class AnswerNotes:
    """Keeps ratings, and notes what should have been answered."""

    def __init__(self, database: Database, registers: Registers, clock: Clock) -> None:
        self._database = database
        self._registers = registers
        self._clock = clock

    def rate(self, rating: Rating) -> None:
        """Keep what somebody thinks of an answer; their last word counts.

        What is not an intent of ours is left out: it may have been made up on its way.
        """
        if f"intent.{rating.intent}" not in CODES:
            return
        with self._database.work() as work:
            work.ratings.put(rating, self._clock.now())
        log.info("answer_rated", intent=rating.intent, right=rating.helped)

    def rated(self, since: datetime) -> list[Rated]:
        """Return how answers were rated since an instant, by intent, the least helpful first."""
        with self._database.reading() as work:
            counts = work.ratings.counted(since)
        helped = Counter[str]()
        unhelpful: dict[str, dict[ProcessKey | None, int]] = {}
        for one in counts:
            wrong = unhelpful.setdefault(one.intent, {})
            if one.helped:
                helped[one.intent] += one.count
            else:
                wrong[one.process] = one.count
        found = [
            Rated(intent=intent, helped=helped[intent], unhelpful=wrong)
            for intent, wrong in unhelpful.items()
        ]
        return sorted(found, key=lambda one: (one.share, -one.count, one.intent))

    def note_wrong(self, process: ProcessKey, note: str, intent: str, *, by: PersonKey) -> int:
        """Keep a note on an answer that did not help; return its number in the process log.

        Args:
            note: What would have been right, in the person's own words.
            intent: As the question was understood; what is no intent is left out.

        Raises:
            DataError: The note is not fit for a register.
        """
        facts = Facts(nature=Nature.PROPOSAL, process=process)
        text = clean_text(note)
        code = f"intent.{intent}"
        if code in CODES:
            text = f"{_ABOUT.format(intent=CODES[code])}\n{text}"
        step = Step(kind=EntryKind.OPENED, text=text, facts=facts)
        return self._registers.open(Register.PROCESS_LOG, step, by=by).number
