"""What staff look at: their queue, their team's, who answers today, and a case's history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.cases import Case, Event
from bot.clock import Clock
from bot.duty import who
from bot.notifying import Staffed
from bot.services.new_case import House
from bot.store.unit_of_work import Database
from bot.vocabulary import PersonKey, TeamKey

MOST = 20
"""So many cases of a queue are shown; the rest is counted."""
_MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The first cases of a queue, what must be handled first at its head.

    Attributes:
        count: Of all its cases that may be shown, at most a thousand.
        hidden: How many more there are with protected data.
    """

    cases: tuple[Case, ...] = ()
    count: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What waits for a person.

    Attributes:
        team: None for a head, who sees the urgent cases of the whole centre instead.
        others: Of the team, without those of the person.
        staffing: Of the places of the person's unit.
        at: When this was true.
    """

    person: PersonKey
    team: TeamKey | None
    mine: Queue
    others: Queue
    staffing: tuple[Staffed, ...]
    at: datetime


class Overview:
    """Reads only; each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def day(self, person: PersonKey, *, sees_protected: bool = True) -> Day:
        """Return what waits for one of the staff, and who answers today in their unit.

        Args:
            sees_protected: Cases with protected data are shown; else they are only counted.
        """
        now = self._clock.now()
        team = self._house.knowledge.people[person].team
        with self._database.reading() as work:
            mine = work.cases.queue(owner=person, limit=_MOST_COUNTED)
            others = work.cases.queue(team=team, urgent_only=team is None, limit=_MOST_COUNTED)
        return Day(
            person=person,
            team=team,
            mine=_queue(mine, sees_protected),
            others=_queue([case for case in others if case.owner != person], sees_protected),
            staffing=tuple(self._staffing(person, now)),
            at=now.astimezone(self._house.zone),
        )

    def history(self, case: Case) -> tuple[Event, ...]:
        """Return what happened to a case, oldest first."""
        with self._database.reading() as work:
            return tuple(work.cases.events(case.id))

    def _staffing(self, person: PersonKey, now: datetime) -> Iterator[Staffed]:
        knowledge = self._house.knowledge
        unit = knowledge.unit_of(person)
        for place, post in knowledge.duty.posts.items():
            if post.unit == unit:
                yield Staffed(place=place, on_duty=who(knowledge.duty, place, now).on_duty)


def _queue(cases: list[Case], sees_protected: bool) -> Queue:
    seen = [case for case in cases if sees_protected or not case.protected]
    return Queue(cases=tuple(seen[:MOST]), count=len(seen), hidden=len(cases) - len(seen))
