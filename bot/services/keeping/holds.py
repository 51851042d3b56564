"""Holds: cases that must be kept whatever their age, for a dispute or a request for records."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError
from bot.services.new_case import House
from bot.store.keeping import Hold
from bot.store.unit_of_work import Database
from bot.vocabulary import EventKind, PersonKey


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCase:
    """A case with its hold."""

    case: Case
    hold: Hold


class Holds:
    """Each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def add(self, case: Case, *, by: PersonKey) -> None:
        """Keep a case until the hold is lifted.

        Raises:
            DataError: It is held already, or its words are gone.
        """
        now = self._clock.now()
        with self._database.work() as work:
            if work.keeping.erased_at(case.id) is not None:
                raise DataError("ärende {case} är redan gallrat", case=case.number)
            if not work.keeping.hold(case.id, by, now):
                raise DataError("ärende {case} är redan undantaget från gallring", case=case.number)
            work.cases.record([self._event(case, EventKind.HOLD_PUT, by)])

    def lift(self, case: Case, *, by: PersonKey) -> None:
        """Let a case be deleted with the others again.

        Raises:
            DataError: It is not held.
        """
        with self._database.work() as work:
            if not work.keeping.lift(case.id):
                raise DataError("ärende {case} är inte undantaget från gallring", case=case.number)
            work.cases.record([self._event(case, EventKind.HOLD_LIFTED, by)])

    def listed(self) -> list[HeldCase]:
        """Return what is held, the oldest hold first."""
        with self._database.reading() as work:
            holds = work.keeping.holds()
            cases = work.cases.get_many([hold.case_id for hold in holds])
        return [HeldCase(case=cases[hold.case_id], hold=hold) for hold in holds]

    def _event(self, case: Case, kind: EventKind, by: PersonKey) -> Event:
        return Event.on(case, kind, self._clock.now(), self._house.calendar, actor=by)
