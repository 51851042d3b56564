"""The morning digest: what waits for each team, and what nobody answers today.

It is told once on each working day when the office opens, and only where there is something
to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from bot.cases import PlannedAction
from bot.clock import Clock
from bot.duty import unstaffed
from bot.plan import plan_operator_alert
from bot.services.new_case import House
from bot.store.unit_of_work import Database, Work


class Morning:
    """Plans the digest and the alarm about unstaffed places."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock
        self._done: date | None = None

    def run_due(self) -> int:
        """Plan today's digest if the office has opened; return how many alerts that makes.

        A second call on the same day plans nothing more, also after a restart.
        """
        now = self._clock.now()
        calendar = self._house.calendar
        day = calendar.local_date(now)
        openings = calendar.openings(day)
        if day == self._done or not openings or now < openings[0][0]:
            return 0
        with self._database.work() as work:
            alerts = [*self._unstaffed(day, now), *self._digests(work, day, openings[-1][1], now)]
            work.actions.plan(alerts, now)
        self._done = day
        return len(alerts)

    def _unstaffed(self, day: date, now: datetime) -> Iterator[PlannedAction]:
        duty = self._house.knowledge.duty
        for empty in unstaffed(duty, day, duty.posts):
            yield plan_operator_alert(
                "unstaffed", f"{empty.place}:{day}", now=now, place=str(empty.place)
            )

    def _digests(
        self, work: Work, day: date, closing: datetime, now: datetime
    ) -> Iterator[PlannedAction]:
        for load in work.cases.team_loads(handle_until=closing):
            if load.is_nothing:
                continue
            yield plan_operator_alert(
                "digest",
                f"{load.team}:{day}",
                now=now,
                team=load.team,
                urgent=load.urgent,
                unanswered=load.unanswered,
                today=load.due,
            )
