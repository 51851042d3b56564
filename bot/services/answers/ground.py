"""What every answer stands on: who asks, when, in which language, and the house's knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.cases import Case
from bot.knowledge import Knowledge
from bot.knowledge.name_book import NameBook
from bot.store.unit_of_work import Database
from bot.texts import Say
from bot.understanding import Slot
from bot.vocabulary import MatterKey, PersonKey, ProcessKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One question, as those who answer it see it.

    Attributes:
        at: Aware: when it was asked.
        person: Who asks; None for somebody who is not of the staff, or did not say.
        database: None where nothing has been stored yet.
        text: As it was written.
        sees_protected: Cases with protected data may be told of; else they are only counted.
    """

    text: str
    slots: Mapping[Slot, str]
    at: datetime
    person: PersonKey | None
    say: Say
    knowledge: Knowledge
    database: Database | None
    sees_protected: bool = True

    @property
    def names(self) -> NameBook:
        """What things are called in the language of who asks."""
        return self.knowledge.names_in(self.say.language)

    @property
    def today(self) -> date:
        """The local day on which it was asked."""
        return self.knowledge.calendar.local_date(self.at)

    @property
    def process(self) -> ProcessKey | None:
        """The process that is named, if the knowledge has it."""
        key = self.slots.get(Slot.PROCESS)
        return ProcessKey(key) if key and key in self.knowledge.processes else None

    @property
    def matter(self) -> MatterKey | None:
        """The matter that is named, if the knowledge has it."""
        key = self.slots.get(Slot.MATTER)
        return MatterKey(key) if key and key in self.knowledge.matters else None

    def seen(self, cases: Iterable[Case]) -> list[Case]:
        """Return those of some cases that may be told of."""
        return [case for case in cases if self.sees_protected or not case.protected]

    def day(self, slot: Slot) -> date | None:
        """Return the day that a slot names."""
        return date.fromisoformat(self.slots[slot]) if slot in self.slots else None
