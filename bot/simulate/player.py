"""Playing one item of a history: a mail that becomes a case or is ignored, or a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from random import Random
from statistics import NormalDist
from typing import Any, Final, TypeVar

from bot.cases import PlannedAction
from bot.simulate.case_state import CaseState, Value, packed_json
from bot.simulate.city import City, Moulds
from bot.simulate.deflating import Values
from bot.simulate.hours import DAY, seconds
from bot.simulate.rows import Rows
from bot.vocabulary import ActionKind, EventKind, PersonKey, Status

WORKER: Final = "simulate"
LAG: Final = 3
"""Seconds until a mail is seen."""
MESSAGES: Final = 10
"""Ids of mails that belong to one item."""
_FIRST_INVOICE: Final = 40_000_000
_SPANS: Final = tuple(exp(NormalDist().inv_cdf((each + 0.5) / 4_096)) for each in range(4_096))
"""What a log-normal quantity of median 1 is, as often each."""
_T = TypeVar("_T")


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
        asks: Send what the house has drafted to ask for facts.
        merges: Two mails of one customer become one case.
    """

    looks: float = 0.7
    undoes: float = 0.01
    hands_over: float = 0.03
    corrects: float = 0.025
    moves: float = 0.2
    logs: float = 0.008
    waits: float = 0.04
    asks: float = 0.3
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

    def values_for(self, item: Item, *, more: dict[str, str]) -> Values:
        """Return what stands in the slots of a mail; nobody writes twice in a quarter."""
        city, draw = self.city, self.chance.random
        serial, name = divmod(item.index, len(city.names))
        # Neighbours in time do not share a name, though each name comes once a round.
        named = city.names[name * 1999 % len(city.names)]
        values = Values(named, named.letters)
        values.update(self.pick(city.places))
        amount = 200 + int(59_800 * draw())
        if serial:
            values["local"] += str(serial)
        values["n"] = str(_FIRST_INVOICE + item.index)
        values["amount"] = f"{amount // 1000} {amount % 1000:03}" if amount >= 1000 else str(amount)
        values["day"] = city.hours.day_in_text(item.at + (int(35 * draw()) - 5) * DAY)
        values.update(more)
        return values

    def pick(self, some: Sequence[_T]) -> _T:
        """Return one of some, each as likely."""
        return some[int(len(some) * self.chance.random())]

    def colleague(self, case: CaseState, *, but: PersonKey | None = None) -> PersonKey:
        """Return somebody of the team of a case."""
        team: Sequence[PersonKey] = self.city.people[case.team]
        found = self.pick(team)
        if found == but:
            found = team[(team.index(found) + 1) % len(team)]
        return found

    def happens(self, at: int) -> bool:
        """Tell whether an instant has been reached when the history ends."""
        return at <= self.city.end

    def working(self, median: int) -> int:
        """Return a span of working seconds around a median, sometimes far longer."""
        drawn = int(median * _SPANS[int(len(_SPANS) * self.chance.random())])
        return min(max(drawn, 30), 200_000)

    def take(self, case: CaseState, at: int, person: PersonKey) -> bool:
        """Let somebody take a case."""
        if not self.happens(at):
            return False
        case.reach(at)
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
        case.reach(at)
        case.discard_overtaken(at)
        case.status = Status.CLOSED
        case.version += 1
        case.happened(EventKind.CLOSED, at, person)
        self.note(at, "close", case, by=person)
        return True

    def done(self, action: PlannedAction, planned_at: int) -> bool:
        """Add an action, performed when it is due; tell whether it was."""
        kind, due = action.kind, seconds(action.due_at)
        return self.acted(action.key, kind, action.case_id, action.data, due, planned_at)

    def acted(
        self,
        key: str,
        kind: ActionKind,
        case_id: int | None,
        data: Mapping[str, Value],
        due: int,
        planned_at: int,
    ) -> bool:
        """Add an action as `done` does, with instants in seconds."""
        is_done = self.happens(due)
        self.rows["action"].append(
            (
                key,
                kind._value_,
                case_id,
                packed_json(data),
                due,
                "done" if is_done else "planned",
                None,
                WORKER if is_done else None,
                int(is_done),
                planned_at,
                due if is_done else None,
            )
        )
        return is_done
