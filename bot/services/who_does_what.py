"""Who does what: processes, mailboxes, teams, people, customers and their contacts, links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.clock import Clock
from bot.errors import NotFound
from bot.knowledge import Knowledge
from bot.knowledge.models import Customer, Link, Links, Mailbox, Person, Process, Role, Team, Unit
from bot.texts import Say, mark
from bot.vocabulary import (
    CustomerKey,
    Language,
    MatterKey,
    Missing,
    PersonKey,
    ProcessKey,
    TeamKey,
)

_ROLES: Final[Mapping[Role, str]] = {
    Role.UNIT_HEAD: mark("Enhetschef"),
    Role.PROCESS_OWNER: mark("Processägare"),
    Role.PROCESS_SPECIALIST: mark("Processpecialist"),
    Role.FIRST_LINE: mark("1:a linjens support"),
    Role.KAIZEN: mark("Kaizenambassadör"),
    Role.CUSTOMER_CONTACT: mark("Kundkontakt"),
    Role.PHONE: mark("Telefon"),
    Role.EDITOR: mark("Redaktör"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the staff.

    Attributes:
        roles: In words.
        away: On the day that was asked for; why is nobody's business.
    """

    key: PersonKey
    name: str
    email: str
    roles: tuple[str, ...]
    away: bool
    team: TeamKey | None
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A team that handles a process.

    Attributes:
        customers: Names of those for whom it does; none: for all others.
    """

    team: TeamKey
    customers: tuple[str, ...]
    people: tuple[Colleague, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessCard:
    """All that belongs to a process.

    Attributes:
        tag: What customers put in the subject, as ``[KR]``.
        also: Other names of it.
        matters: Each with what a handler most often must ask for.
    """

    key: ProcessKey
    tag: str
    also: tuple[str, ...]
    unit: str
    head: Colleague
    mailboxes: tuple[Mailbox, ...]
    teams: tuple[Serving, ...]
    matters: Mapping[MatterKey, tuple[Missing, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """A unit that buys services, and who serves it.

    Attributes:
        also: Other names and abbreviations.
        teams: Those that have it as theirs, with the process.
    """

    key: CustomerKey
    name: str
    also: tuple[str, ...]
    teams: tuple[tuple[ProcessKey, TeamKey], ...]


class WhoDoesWhat:
    """Reads the knowledge; opens no database."""

    def __init__(self, knowledge: Knowledge, clock: Clock) -> None:
        self._knowledge = knowledge
        self._clock = clock

    @property
    def links(self) -> Links:
        """How the centre is reached, and the pages that answers point to."""
        return self._knowledge.links

    def pages(self) -> tuple[Link, ...]:
        """Return the pages that answers point to."""
        return self._knowledge.links.more

    def shared_mailboxes(self) -> tuple[Mailbox, ...]:
        """Return the mailboxes that are common to several processes."""
        boxes = self._knowledge.mailboxes.values()
        return tuple(box for box in boxes if box.process is None)

    def processes(self, say: Say) -> tuple[ProcessCard, ...]:
        """Return all processes, in the order of the file."""
        return tuple(self._card(process, say) for process in self._knowledge.processes.values())

    def process(self, key: str, say: Say) -> ProcessCard:
        """Return a process; NotFound where there is none."""
        found = self._knowledge.processes.get(ProcessKey(key))
        if found is None:
            raise NotFound("den processen finns inte")
        return self._card(found, say)

    def people(self, say: Say) -> tuple[Colleague, ...]:
        """Return all of the staff, by name."""
        everybody = sorted(self._knowledge.people.values(), key=lambda person: person.name)
        return tuple(self._colleague(person, say) for person in everybody)

    def contacts(self, say: Say) -> tuple[Colleague, ...]:
        """Return those who keep in touch with the customers."""
        people = self._knowledge.people.values()
        return tuple(
            self._colleague(person, say)
            for person in people
            if Role.CUSTOMER_CONTACT in person.roles
        )

    def customers(self) -> tuple[CustomerCard, ...]:
        """Return the units that buy services now, by name."""
        today = self._today()
        now = [
            unit
            for unit in self._knowledge.customers.values()
            if unit.until is None or unit.until >= today
        ]
        return tuple(self._customer(unit) for unit in sorted(now, key=lambda one: one.full_name))

    def _today(self) -> date:
        return self._knowledge.calendar.local_date(self._clock.now())

    def _card(self, process: Process, say: Say) -> ProcessCard:
        knowledge = self._knowledge
        unit = next(unit for unit in knowledge.units.values() if process.key in unit.processes)
        return ProcessCard(
            key=process.key,
            tag=f"[{process.code}]",
            also=process.also,
            unit=_unit_name(unit, say),
            head=self._colleague(knowledge.people[knowledge.head_of(unit.key)], say),
            mailboxes=tuple(
                box for box in knowledge.mailboxes.values() if box.process == process.key
            ),
            teams=tuple(self._serving(process.key, say)),
            matters={
                matter.key: matter.usually_missing
                for matter in knowledge.matters.values()
                if process.key in matter.processes
            },
        )

    def _serving(self, process: ProcessKey, say: Say) -> Iterator[Serving]:
        for team in self._knowledge.teams.values():
            for service in team.serves:
                if service.process == process:
                    yield Serving(
                        team=team.key,
                        customers=tuple(
                            self._knowledge.customers[key].full_name for key in service.customers
                        ),
                        people=self._members(team, say),
                    )

    def _members(self, team: Team, say: Say) -> tuple[Colleague, ...]:
        people = self._knowledge.people
        return tuple(
            self._colleague(people[key], say) for key in self._knowledge.people_of(team.key)
        )

    def _colleague(self, person: Person, say: Say) -> Colleague:
        unit = self._knowledge.units[self._knowledge.unit_of(person.key)]
        return Colleague(
            key=person.key,
            name=person.name,
            email=person.email,
            roles=tuple(say(_ROLES[role]) for role in person.roles),
            away=not person.is_present(self._today()),
            team=person.team,
            unit=_unit_name(unit, say),
        )

    def _customer(self, unit: Customer) -> CustomerCard:
        return CustomerCard(
            key=unit.key,
            name=unit.full_name,
            also=(*unit.also, *unit.abbreviations),
            teams=tuple(
                (service.process, team.key)
                for team in self._knowledge.teams.values()
                for service in team.serves
                if unit.key in service.customers
            ),
        )


def _unit_name(unit: Unit, say: Say) -> str:
    return unit.name.in_language(Language(say.language))
