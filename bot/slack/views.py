"""What may be shown in Slack of a case, and of what waits.

Value objects hold case number, process, matter, customer unit, deadline, owner and status, and
nothing else: no subject, no sender's name or address, no text of a mail (DESIGN, promise 5). Of a
case with protected data neither matter nor customer is held, since a whole channel reads a card.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.cases import SOMEBODY, SYSTEM, Case, Event
from bot.notifying import Names
from bot.services.overview import Day, Queue
from bot.vocabulary import Channel, PersonKey, Status, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as a card shows it.

    Attributes:
        process, matter: Names; None where there is none.
        protected: Only those with the right may open it.
        customer: Name of a registered unit; never what a sender calls itself.
        owner: Name of one of the staff.
        handle_by, safe_until: In local time.
        url: Where the mail can be read; None where there is no web page.
    """

    number: str
    status: Status
    urgent: Urgency
    process: str | None
    matter: str | None
    customer: str | None
    team: str
    owner: str | None
    handle_by: datetime | None = None
    safe_until: datetime | None = None
    stop_confirmed: bool = False
    by_phone: bool = False
    protected: bool = False
    url: str | None = None

    @property
    def is_urgent(self) -> bool:
        """Tell whether the case must not wait."""
        return self.urgent is not Urgency.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Something that happened to a case.

    Attributes:
        code: Of `bot.texts`.
        actor: Name of one of the staff; None where no person of ours did it.
    """

    at: datetime
    code: str
    actor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The first cases of a queue, and how many it has in all.

    Attributes:
        hidden: How many more there are with protected data.
    """

    cases: tuple[CaseView, ...] = ()
    count: int = 0
    hidden: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """What waits for one of the staff.

    Attributes:
        team: Name; None for a head, whose `others` are the urgent cases of all.
        staffing: (name of a place, name of who answers it or None).
        at: Local time at which this was true.
    """

    team: str | None
    mine: QueueView
    others: QueueView
    staffing: tuple[tuple[str, str | None], ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Makes views in one language.

    Attributes:
        customer: What a case says of its customer -> the name of the unit, None for none.
        web_url: Address of the web page without a slash at its end; empty: there is none.
    """

    names: Names
    customer: Callable[[str | None], str | None]
    zone: tzinfo
    web_url: str = ""

    def case(self, case: Case) -> CaseView:
        """Return a case as it may be shown."""
        matter = None if case.protected else case.matter
        return CaseView(
            number=str(case.number),
            status=case.status,
            urgent=case.urgent,
            process=None if case.process is None else self.names.process(case.process),
            matter=None if matter is None else self.names.matter(matter),
            customer=None if case.protected else self.customer(case.customer),
            team=self.names.team(case.team),
            owner=None if case.owner is None else self.names.person(case.owner),
            handle_by=self._local(case.handle_by),
            safe_until=self._local(case.safe_until),
            stop_confirmed=case.stop_confirmed,
            by_phone=case.channel is Channel.PHONE,
            protected=case.protected,
            url=f"{self.web_url}/cases/{case.number}" if self.web_url else None,
        )

    def draft_url(self, case: Case, draft: int) -> str | None:
        """Return where a draft can be read; None where there is no web page."""
        url = f"{self.web_url}/cases/{case.number}/replies/{draft}"
        return url if self.web_url else None

    def day(self, day: Day) -> DayView:
        """Return what waits for one of the staff as it may be shown."""
        names = self.names
        return DayView(
            team=None if day.team is None else names.team(day.team),
            mine=self._queue(day.mine),
            others=self._queue(day.others),
            staffing=tuple(
                (
                    names.place(staffed.place),
                    None if staffed.on_duty is None else names.person(staffed.on_duty),
                )
                for staffed in day.staffing
            ),
            at=day.at.astimezone(self.zone),
        )

    def event(self, event: Event) -> EventView:
        """Return something that happened as it may be shown."""
        is_person = event.actor not in (SYSTEM, SOMEBODY)
        return EventView(
            at=event.at.astimezone(self.zone),
            code=f"event.{event.kind}",
            actor=self.names.person(PersonKey(event.actor)) if is_person else None,
        )

    def _queue(self, queue: Queue) -> QueueView:
        return QueueView(
            cases=tuple(map(self.case, queue.cases)), count=queue.count, hidden=queue.hidden
        )

    def _local(self, instant: datetime | None) -> datetime | None:
        return None if instant is None else instant.astimezone(self.zone)
