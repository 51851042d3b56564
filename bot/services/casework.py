"""What people do with a case: take, hand over, wait, acknowledge, tick the stop, close, reopen.

Each act that changes the case can be taken back, see `bot.services.undoing`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from bot.actions.overtaken import discard_overtaken
from bot.cases import Case, Event
from bot.clock import Clock
from bot.errors import DataError
from bot.services.deadlines import deadline_anew
from bot.services.delays import delay_of_reopened
from bot.services.new_case import House
from bot.services.undoing import Act, remember
from bot.services.urgent_cases import watch_over
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import (
    EventKind,
    PersonKey,
    Status,
    StopReason,
    TeamKey,
    Urgency,
    Verdict,
)


class CaseTaken(DataError):
    """Somebody else has the case already.

    Attributes:
        owner: Who has it.
    """

    def __init__(self, case: Case, owner: PersonKey) -> None:
        super().__init__("ärende {case} är redan taget av någon annan", case=case.number)
        self.owner = owner


class Casework:
    """Changes cases on behalf of people; each call is one transaction."""

    def __init__(self, database: Database, house: House, clock: Clock) -> None:
        self._database = database
        self._house = house
        self._clock = clock

    def take(self, case: Case, *, by: PersonKey) -> Case:
        """Make a person the owner, whoever it was; a new case is open from then on.

        Raises:
            IllegalChange: It is closed.
        """

        def change(work: Work, now_case: Case) -> Case:
            now_case.require_open()
            return self._taken(work, now_case, by)

        return self._act(Act.TAKE, case, change, by)

    def hand_over(
        self, case: Case, *, by: PersonKey, to: PersonKey | None = None, team: TeamKey | None = None
    ) -> Case:
        """Give a case to a colleague, or to a team; the other team gets it with the colleague.

        Raises:
            IllegalChange: It is closed.
            DataError: It is there already, or there is nobody of that name.
        """
        people, teams = self._house.knowledge.people, self._house.knowledge.teams
        if (to is None) == (team is None) or not (to in people or team in teams):
            raise DataError("välj en kollega eller ett team att lämna ärendet till")

        def change(work: Work, now_case: Case) -> Case:
            now_case.require_open()
            receiving = team if to is None else people[to].team
            given = dataclasses.replace(now_case, owner=to, team=receiving or now_case.team)
            if (given.owner, given.team) == (now_case.owner, now_case.team):
                raise DataError("ärende {case} är redan där", case=now_case.number)
            work.books.mark_case(given.id)
            return self._store(
                work, given, EventKind.HANDED_OVER, by, to=given.owner, team=given.team
            )

        return self._act(Act.GIVE, case, change, by)

    def wait(self, case: Case, status: Status, *, by: PersonKey) -> Case:
        """Let a case wait, for the customer or for others.

        Raises:
            IllegalChange: It is closed, or waits so already.
        """
        if status not in (Status.WAITING_CUSTOMER, Status.WAITING_OTHER):
            raise DataError("välj vem ärendet väntar på")

        def change(work: Work, now_case: Case) -> Case:
            now_case.require_open()
            now_case.allow(status)
            waiting = dataclasses.replace(now_case, status=status)
            return self._store(work, waiting, EventKind.WAITING, by, on=status.value)

        return self._act(Act.WAIT, case, change, by)

    def resume(self, case: Case, *, by: PersonKey) -> Case:
        """Go on with a case that waited.

        Raises:
            DataError: It does not wait.
        """

        def change(work: Work, now_case: Case) -> Case:
            if now_case.status not in (Status.WAITING_CUSTOMER, Status.WAITING_OTHER):
                raise DataError("ärende {case} väntar inte", case=now_case.number)
            resumed = dataclasses.replace(now_case, status=Status.OPEN)
            return self._store(work, resumed, EventKind.RESUMED, by)

        return self._act(Act.RESUME, case, change, by)

    def claim(self, case: Case, *, by: PersonKey) -> Case:
        """Take a case that nobody has; of two who do so at once, one gets it.

        Raises:
            CaseTaken: Somebody else has it.
            IllegalChange: It is closed.
        """

        def change(work: Work, now_case: Case) -> Case:
            now_case.require_open()
            if now_case.owner not in (None, by):
                raise CaseTaken(now_case, now_case.owner)
            return now_case if now_case.owner == by else self._taken(work, now_case, by)

        try:
            return self._act(Act.TAKE, case, change, by)
        except CaseTaken:
            raise
        except DataError:
            # Changed by somebody else between reading and writing; now it shows what it was.
            return self._act(Act.TAKE, case, change, by)

    def acknowledge(self, case: Case, *, by: PersonKey) -> Case:
        """Say that a person has seen an urgent case: the ladder stops. It is not solved by that.

        Raises:
            DataError: The case is not urgent, or was acknowledged already.
        """

        def change(work: Work, now_case: Case) -> Case:
            if now_case.urgent is Urgency.NO:
                raise DataError("ärende {case} är inte brådskande", case=now_case.number)
            if not work.watches.acknowledge(now_case.id, by, self._clock.now()):
                raise DataError("ärende {case} är redan kvitterat", case=now_case.number)
            work.cases.record([self._event(now_case, EventKind.ACKNOWLEDGED, by)])
            return now_case

        return self._do(case, change)

    def confirm_stop(self, case: Case, reason: StopReason, *, by: PersonKey) -> Case:
        """Tick that the invoice or payment is stopped, or that no stop is needed, and why.

        Raises:
            DataError: The case is not urgent.
        """

        def change(work: Work, now_case: Case) -> Case:
            if now_case.urgent is Urgency.NO:
                raise DataError("ärende {case} är inte brådskande", case=now_case.number)
            work.watches.acknowledge(now_case.id, by, self._clock.now())
            ticked = dataclasses.replace(now_case, stop_confirmed=True)
            return self._store(
                work,
                ticked,
                EventKind.STOP_CONFIRMED,
                by,
                reason=reason.value,
                stopped=reason.stops,
            )

        return self._act(Act.STOP, case, change, by)

    def close(self, case: Case, *, by: PersonKey) -> Case:
        """Close a case.

        Raises:
            IllegalChange: It is closed already, or urgent and without the stop tick.
        """

        def change(work: Work, now_case: Case) -> Case:
            now_case.allow(Status.CLOSED)
            work.watches.end([now_case.id])
            discard_overtaken(work, now_case.id, self._clock.now())
            closed = dataclasses.replace(now_case, status=Status.CLOSED)
            return self._store(work, closed, EventKind.CLOSED, by)

        return self._act(Act.CLOSE, case, change, by)

    def reopen(self, case: Case, *, by: PersonKey) -> Case:
        """Open a closed case again; its clock starts anew.

        An urgent one needs the tick anew, gets a new deadline and is watched over again.

        Raises:
            DataError: The case is not closed.
        """

        def change(work: Work, now_case: Case) -> Case:
            if now_case.status is not Status.CLOSED:
                raise DataError("ärende {case} är inte stängt", case=now_case.number)
            now = self._clock.now()
            work.merges.forget(now_case.id)
            opened = dataclasses.replace(
                now_case, status=Status.OPEN, clock_started_at=now, stop_confirmed=False
            )
            delay = delay_of_reopened(opened, self._house)
            if delay is not None:
                work.reply_tasks.put(delay)
            if opened.urgent is Urgency.NO:
                return self._store(work, opened, EventKind.REOPENED, by)
            invoices = work.case_invoices.of_cases([opened.id]).get(opened.id, ())
            opened = deadline_anew(opened, invoices, self._house)
            stored = self._store(work, opened, EventKind.REOPENED, by)
            because = f"reopened:{int(now.timestamp())}"
            watch_over(work, stored, self._house, now, because=because)
            return stored

        return self._act(Act.REOPEN, case, change, by)

    def settle_sending(self, case: Case, verdict: Verdict, *, by: PersonKey) -> Case:
        """Say of an answer that may have been sent: it lies in Sent, or is to be sent again.

        Raises:
            DataError: No sending of the case is in doubt.
        """

        def change(work: Work, now_case: Case) -> Case:
            if not work.actions.settle(now_case.id, verdict, self._clock.now()):
                raise DataError(
                    "ärende {case}: inget svar väntar på besked om det är skickat",
                    case=now_case.number,
                )
            event = self._event(now_case, EventKind.SEND_SETTLED, by, verdict=verdict.value)
            work.cases.record([event])
            return now_case

        return self._do(case, change)

    def _taken(self, work: Work, case: Case, by: PersonKey) -> Case:
        taken = dataclasses.replace(case, owner=by)
        if taken.status is Status.NEW:
            taken.allow(Status.OPEN)
            taken = dataclasses.replace(taken, status=Status.OPEN)
        if taken.owner != case.owner:
            work.books.mark_case(taken.id)
        return self._store(work, taken, EventKind.TAKEN, by)

    def _act(
        self, act: Act, case: Case, change: Callable[[Work, Case], Case], by: PersonKey
    ) -> Case:
        """Change a case, and remember how it stood before."""

        def remembered(work: Work, before: Case) -> Case:
            after = change(work, before)
            if after.version != before.version:
                remember(work, before, after, act, by=by, now=self._clock.now())
            return after

        return self._do(case, remembered)

    def _do(self, case: Case, change: Callable[[Work, Case], Case]) -> Case:
        with self._database.work() as work:
            return change(work, work.cases.get(case.id))

    def _store(
        self,
        work: Work,
        case: Case,
        kind: EventKind,
        by: PersonKey,
        **data: str | int | bool | None,
    ) -> Case:
        stored = work.cases.change(case)
        work.cases.record([self._event(case, kind, by, **data)])
        return stored

    def _event(
        self, case: Case, kind: EventKind, by: PersonKey, **data: str | int | bool | None
    ) -> Event:
        return Event.on(case, kind, self._clock.now(), self._house.calendar, actor=by, **data)
