"""Escalating by hand: a person lets the next one on the ladder know of an urgent case now."""

from __future__ import annotations

from dataclasses import replace

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError
from bot.ladder import Cause, Rung, Until, next_at
from bot.plan import plan_ladder_alert
from bot.services.new_case import House
from bot.store.unit_of_work import Database
from bot.vocabulary import EventKind, PersonKey


class Escalating:
    """Takes the next step of the ladder before it is due; each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def escalate(self, case: Case, *, by: PersonKey) -> Rung:
        """Tell the next person on the ladder, and return which rung that is.

        Raises:
            DataError: Nobody watches over the case, or a person has acknowledged it, or
                somebody else took the step at the same time.
        """
        now = self._clock.now()
        with self._database.work() as work:
            case = work.cases.get(case.id)
            stored = work.watches.get(case.id)
            if stored is None:
                raise DataError("ärende {case} är inte brådskande", case=case.number)
            if stored.next_at is None:
                raise DataError("ärende {case} är redan kvitterat", case=case.number)
            number = stored.watch.step
            rung = Rung.SUBSTITUTE if number <= 1 else Rung.HEAD
            watch = replace(stored.watch, step=number + 1)
            later = next_at(watch, Until.of(case), self._house.ladder, self._house.calendar)
            if not work.watches.go_on(case.id, watch, later, was=stored.next_at):
                raise DataError("någon annan har just eskalerat ärende {case}", case=case.number)
            alert = plan_ladder_alert(
                case,
                Cause.UNACKNOWLEDGED,
                rung,
                since=stored.watch.begun_at,
                number=number,
                now=now,
            )
            work.actions.plan([alert], now)
            event = Event.on(
                case,
                EventKind.ESCALATED,
                now,
                self._house.calendar,
                actor=by,
                cause=Cause.UNACKNOWLEDGED.value,
                rung=rung.value,
            )
            work.cases.record([event])
        return rung
