"""What somebody who answers the telephone needs at hand: who waits, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.cases import Case
from bot.clock import Clock
from bot.errors import DataError, IllegalChange
from bot.knowledge import Knowledge
from bot.services.phone import Feedback, Phone, PhoneCase
from bot.services.proposals import Done, Proposals
from bot.services.proposing import Act
from bot.store.unit_of_work import Database
from bot.vocabulary import Channel, EventKind, PersonKey, ProcessKey
from bot.worktime import end_of_working_day

_OF_LOGGING: Final = frozenset(
    {
        EventKind.RECEIVED,
        EventKind.TRIAGED,
        EventKind.ASSIGNED,
        EventKind.TAKEN,
        EventKind.VIEWED,
        EventKind.ALERT_SENT,
    }
)
"""What logging a call does to its case by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """The phone cases that somebody still has to do with.

    Attributes:
        waiting: Whose callers wait for feedback, the one to whom it is due first at the head.
        told: Whose callers know that it is ongoing.
        done: Whose callers know that it is done, and whose stop nobody has ticked yet.
        hidden: How many more there are with protected data.
        due_at: Until when a caller who calls now is promised feedback.
        now: When this was true.
    """

    waiting: tuple[PhoneCase, ...]
    told: tuple[PhoneCase, ...]
    done: tuple[PhoneCase, ...]
    hidden: int
    due_at: datetime
    now: datetime


class PhoneDesk:
    """Reads what the page of calls shows, and takes back a call that was logged by mistake."""

    def __init__(
        self,
        database: Database,
        phone: Phone,
        proposals: Proposals,
        knowledge: Knowledge,
        clock: Clock,
    ) -> None:
        self._database = database
        self._phone = phone
        self._proposals = proposals
        self._knowledge = knowledge
        self._clock = clock

    def calls(self, *, sees_protected: bool) -> Calls:
        """Return the phone cases that are open or whose caller waits."""
        now = self._clock.now()
        every = self._phone.listed()
        shown = [one for one in every if sees_protected or not one.case.protected]
        told = [one for one in shown if not one.promise.is_open]
        return Calls(
            waiting=tuple(one for one in shown if one.promise.is_open),
            told=tuple(one for one in told if one.promise.kept_with is not Feedback.DONE),
            done=tuple(one for one in told if one.promise.kept_with is Feedback.DONE),
            hidden=len(every) - len(shown),
            due_at=end_of_working_day(now, self._knowledge.calendar),
            now=now,
        )

    def customers(self) -> tuple[str, ...]:
        """Return the names of the units that buy services now, in the order of the file."""
        today = self._knowledge.calendar.local_date(self._clock.now())
        return tuple(
            unit.full_name
            for unit in self._knowledge.customers.values()
            if unit.until is None or unit.until >= today
        )

    def usual_process(self, person: PersonKey) -> ProcessKey | None:
        """Return the process of somebody whose unit has only one."""
        processes = self._knowledge.units[self._knowledge.unit_of(person)].processes
        return processes[0] if len(processes) == 1 else None

    def take_back(self, case: Case, *, by: PersonKey) -> Case:
        """Take back a call that was logged by mistake: what was said is deleted, nothing is owed.

        Raises:
            DataError: It was logged by somebody else, or something has been done since.
        """
        with self._database.reading() as work:
            now_case = work.cases.get(case.id)
            events = work.cases.events(case.id)
        if now_case.channel is not Channel.PHONE:
            raise DataError("ärende {case} kom inte per telefon", case=now_case.number)
        if not events or events[0].actor != by:
            raise IllegalChange(
                "bara den som loggade ärende {case} kan ångra det", case=now_case.number
            )
        received = [event for event in events if event.kind is EventKind.RECEIVED]
        if len(received) > 1 or any(event.kind not in _OF_LOGGING for event in events):
            raise IllegalChange(
                "ärende {case} har ändrats sedan dess; det går inte att ångra",
                case=now_case.number,
            )
        done = Done(act=Act.LOG_PHONE, case=now_case, undo={"version": now_case.version})
        return self._proposals.undo(done, by=by) or now_case
