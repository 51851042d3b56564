"""The morning digest: what waits for each team, who answers today, and what nobody answers.

It is told once on each working day while the office is open, as soon as it opens, and only
where there is something to say. Who answers is looked up when it is told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from bot.cases import PlannedAction
from bot.clock import Clock
from bot.duty import unstaffed
from bot.plan import plan_operator_alert
from bot.registers import Item
from bot.services.new_case import House
from bot.services.registers import Registers
from bot.store.records import TeamLoad
from bot.store.unit_of_work import Database
from bot.vocabulary import TeamKey


class Morning:
    """Plans the digest and the alarm about unstaffed places."""

    def __init__(
        self, database: Database, house: House, registers: Registers, clock: Clock
    ) -> None:
        self._database = database
        self._house = house
        self._registers = registers
        self._clock = clock
        self._done: date | None = None

    def run_due(self) -> int:
        """Plan today's digest if the office is open; return how many alerts that makes.

        A second call on the same day plans nothing more, also after a restart.
        """
        now = self._clock.now()
        calendar = self._house.calendar
        day = calendar.local_date(now)
        openings = calendar.openings(day)
        if day == self._done or not openings or not openings[0][0] <= now < openings[-1][1]:
            return 0
        overdue = Counter(self._team_of(item) for item in self._registers.overdue(day))
        with self._database.work() as work:
            loads = work.cases.team_loads(handle_until=openings[-1][1])
            alerts = [*self._unstaffed(day, now), *_digests(loads, overdue, day, now)]
            work.actions.plan(alerts, now)
        self._done = day
        return len(alerts)

    def _unstaffed(self, day: date, now: datetime) -> Iterator[PlannedAction]:
        duty = self._house.knowledge.duty
        for empty in unstaffed(duty, day, duty.posts):
            yield plan_operator_alert(
                "unstaffed", f"{empty.place}:{day}", now=now, place=str(empty.place)
            )

    def _team_of(self, item: Item) -> TeamKey:
        """Return the team that hears of an item: its owner's, or of whoever wrote it down.

        A head has no team; the first team of the unit hears of what is theirs.
        """
        knowledge = self._house.knowledge
        key = item.facts.owner or item.opened_by
        person = knowledge.people.get(key) or knowledge.people.get(item.opened_by)
        if person is not None and person.team is not None:
            return person.team
        unit = item.facts.unit if person is None else knowledge.unit_of(person.key)
        teams = knowledge.teams.values()
        return next((team.key for team in teams if team.unit == unit), next(iter(knowledge.teams)))


def _digests(
    loads: Iterable[TeamLoad], overdue: Mapping[TeamKey, int], day: date, now: datetime
) -> Iterator[PlannedAction]:
    by_team = {load.team: load for load in loads}
    for team in sorted({*by_team, *overdue}):
        load = by_team.get(team) or TeamLoad(team=team, urgent=0, unanswered=0, due=0)
        if load.is_nothing and not overdue.get(team):
            continue
        yield plan_operator_alert(
            "digest",
            f"{team}:{day}",
            now=now,
            team=team,
            urgent=load.urgent,
            unanswered=load.unanswered,
            today=load.due,
            overdue=overdue.get(team, 0),
        )
