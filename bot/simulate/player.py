"""Playing one item of a history: a mail that becomes a case or is ignored, or a call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from bot.cases import PlannedAction
from bot.simulate.case_state import CaseState, packed_json
from bot.simulate.city import City, Moulds
from bot.simulate.hours import seconds, stored
from bot.simulate.rows import Rows
from bot.simulate.slots import Person, local_part, slots_of
from bot.vocabulary import EventKind, PersonKey, Status

WORKER: Final = "simulate"
LAG: Final = 3
"""Seconds until a mail is seen."""
MESSAGES: Final = 10
"""Ids of mails that belong to one item."""
_FIRST_INVOICE: Final = 40_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One arrival of the history.

    Attributes:
        index: From 0; numbers mails.
        at: Instant in seconds.
        case_id: None for a mail that is nobody's case.
    """

    index: int
    at: int
    case_id: int | None
    year: int
    serial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that was done, for whoever wants to do the same again.

    Attributes:
        name: Of the call that does it.
        case_id: Of the history; None where there is no case yet.
    """

    at: int
    name: str
    case_id: int | None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often people do what they do seldom, as shares of the cases in which they could.

    Attributes:
        looks: Open the page of a case before they take it.
        undoes: Take back that they took it.
        corrects: Put right what it is about; a share of `moves` to another process.
        logs: Enter what it shows in a log.
        waits: Let it wait for the customer.
        merges: Two mails of one customer become one case.
    """

    looks: float = 0.7
    undoes: float = 0.01
    hands_over: float = 0.03
    corrects: float = 0.025
    moves: float = 0.2
    logs: float = 0.008
    waits: float = 0.04
    merges: float = 0.008


@dataclass(kw_only=True)
class Stage:
    """Where items are played.

    Attributes:
        chance: Of the chunk that is being played.
        counted_from: Instant in seconds; automatic mails that went out before are forgotten.
        acts: What is done is noted here, if anything is to be.
    """

    city: City
    moulds: Moulds
    rows: Rows
    chance: Random
    habits: Habits = Habits()
    counted_from: int = 0
    acts: list[Act] | None = None

    def note(self, at: int, name: str, case: CaseState | None = None, **values: Any) -> None:  # noqa: ANN401
        """Note what is done."""
        if self.acts is not None:
            case_id = None if case is None else case.id
            self.acts.append(Act(at=at, name=name, case_id=case_id, values=values))

    def values_for(self, item: Item, *, more: dict[str, str]) -> dict[str, str]:
        """Return what stands in the slots of a mail; nobody writes twice in a quarter."""
        words, chance = self.city.wording, self.chance
        names = len(words.first_names) * len(words.last_names)
        serial, name = divmod(item.index, names)
        # Neighbours in time do not share a name, though each name comes once a round.
        first, last = divmod(name * 1999 % names, len(words.last_names))
        person = Person(
            words.first_names[first],
            words.last_names[last],
            local_part(words.first_names[first], words.last_names[last], serial),
        )
        amount = chance.randrange(200, 60_000)
        due = self.city.hours.local_day(item.at + chance.randrange(-5, 30) * 86_400)
        return slots_of(
            person=person,
            place=chance.choice(words.places),
            number=str(_FIRST_INVOICE + item.index),
            amount=f"{amount // 1000} {amount % 1000:03}" if amount >= 1000 else str(amount),
            day=due.isoformat(),
            more=more,
        )

    def colleague(self, case: CaseState, *, but: PersonKey | None = None) -> PersonKey:
        """Return somebody of the team of a case."""
        team: Sequence[PersonKey] = self.city.people[case.team]
        found = self.chance.choice(team)
        if found == but:
            found = team[(team.index(found) + 1) % len(team)]
        return found

    def happens(self, at: int) -> bool:
        """Tell whether an instant has been reached when the history ends."""
        return at <= self.city.end

    def working(self, median: int) -> int:
        """Return a span of working seconds around a median, sometimes far longer."""
        drawn = int(median * self.chance.lognormvariate(0, 1.0))
        return min(max(drawn, 30), 200_000)

    def take(self, case: CaseState, at: int, person: PersonKey) -> bool:
        """Let somebody take a case."""
        if not self.happens(at):
            return False
        case.owner = person
        case.status = Status.OPEN if case.status is Status.NEW else case.status
        case.version += 1
        case.happened(EventKind.TAKEN, at, person)
        self.note(at, "take", case, by=person)
        return True

    def close(self, case: CaseState, at: int, person: PersonKey) -> bool:
        """Let somebody close a case."""
        if not self.happens(at):
            return False
        case.status = Status.CLOSED
        case.version += 1
        case.happened(EventKind.CLOSED, at, person)
        self.note(at, "close", case, by=person)
        return True

    def done(self, action: PlannedAction, planned_at: int) -> bool:
        """Add an action, performed when it is due; tell whether it was."""
        due = seconds(action.due_at)
        is_done = self.happens(due)
        self.rows["action"].append(
            (
                action.key,
                action.kind.value,
                action.case_id,
                packed_json(action.data),
                stored(due),
                "done" if is_done else "planned",
                None,
                WORKER if is_done else None,
                int(is_done),
                stored(planned_at),
                stored(due) if is_done else None,
            )
        )
        return is_done
