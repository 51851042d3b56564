"""Everything that the centre knows, by key and checked, with the questions asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.dunning import DunningRules, PaymentRun
from bot.dunning.model import DEFAULT_GROUP
from bot.duty import Duty
from bot.knowledge.dunning_file import CustomerGroup
from bot.knowledge.duty_file import DutyFile, make_duty
from bot.knowledge.hours import OpeningHours, make_calendar
from bot.knowledge.lead_times_file import LeadTimesFile
from bot.knowledge.models import (
    Customer,
    Links,
    Mailbox,
    Matter,
    Person,
    Process,
    Role,
    Team,
    Unit,
)
from bot.knowledge.name_book import NameBook
from bot.knowledge.registers_file import RegistersFile
from bot.knowledge.replies_file import RepliesFile
from bot.knowledge.retention_file import RetentionFile
from bot.reports.lead_times import LeadTimes
from bot.vocabulary import (
    CustomerKey,
    Language,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    TeamKey,
    UnitKey,
)
from bot.worktime import Calendar


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What one version of the knowledge folder says. Made by `bot.knowledge.load`.

    Every key named anywhere in it exists. The mappings keep the order of the files.

    Attributes:
        samples: Names of the files that still hold sample values.
    """

    processes: Mapping[ProcessKey, Process]
    mailboxes: Mapping[MailboxKey, Mailbox]
    matters: Mapping[MatterKey, Matter]
    customers: Mapping[CustomerKey, Customer]
    links: Links
    units: Mapping[UnitKey, Unit]
    teams: Mapping[TeamKey, Team]
    people: Mapping[PersonKey, Person]
    hours: OpeningHours
    dunning: DunningRules
    dunning_groups: tuple[CustomerGroup, ...]
    payment_runs: tuple[PaymentRun, ...]
    roster: DutyFile
    registers: RegistersFile
    replies: RepliesFile
    lead_times: LeadTimesFile
    retention: RetentionFile
    samples: tuple[str, ...] = ()

    @cached_property
    def calendar(self) -> Calendar:
        """When the centre is open."""
        return make_calendar(self.hours)

    @cached_property
    def agreed_times(self) -> LeadTimes:
        """How soon cases are to be answered and closed; the first that fits a case holds."""
        return self.lead_times.as_rules()

    @cached_property
    def duty(self) -> Duty:
        """Who is on duty when."""
        return make_duty(
            self.roster,
            zone=self.hours.zone,
            mailbox_units={key: self.unit_of_mailbox(key) for key in self.mailboxes},
            person_units={key: self.unit_of(key) for key in self.people},
            heads={unit: self.head_of(unit) for unit in self.units},
            absences={person.key: person.absences for person in self.people.values()},
        )

    def names_in(self, language: str) -> NameBook:
        """Return what things are called in a language, ``sv`` or ``en``."""
        return NameBook(
            Language(language),
            processes=self.processes.values(),
            matters=self.matters.values(),
            mailboxes=self.mailboxes.values(),
            teams=self.teams.values(),
            lines=self.roster.lines,
            people=self.people.values(),
        )

    @cached_property
    def mailbox_by_address(self) -> Mapping[str, MailboxKey]:
        """Mailboxes by each of their addresses, in small letters."""
        return {
            address: mailbox.key
            for mailbox in self.mailboxes.values()
            for address in (mailbox.address, *mailbox.aliases)
        }

    @cached_property
    def process_by_code(self) -> Mapping[str, ProcessKey]:
        """Processes by their subject code."""
        return {process.code: process.key for process in self.processes.values()}

    def team_for(
        self, process: ProcessKey | None, customer: str | None, mailbox: MailboxKey
    ) -> TeamKey:
        """Return the team that takes a new case; there always is one.

        It is the team for the process and customer, else the process's default team. Without
        a process it is the mailbox's own team, else that of the mailbox's process.

        Args:
            process: None or unknown where no process is known.
            customer: Key or name of a unit; one that is not known counts as none.
            mailbox: Where the mail arrived; for one that the centre no longer has, and no
                process, it is the first team of all.
        """
        if process not in self.processes:
            own = self.mailboxes.get(mailbox)
            if own is None:
                return next(iter(self.teams))
            if own.team is not None:
                return own.team
            process = own.process
        assert process is not None  # a mailbox without a process has a team
        key = self.customer_key(customer)
        return self._team_of.get((process, key)) or self._team_of[process, None]

    @cached_property
    def _team_of(self) -> Mapping[tuple[ProcessKey, CustomerKey | None], TeamKey]:
        return {
            (service.process, customer): team.key
            for team in self.teams.values()
            for service in team.serves
            for customer in (service.customers or (None,))
        }

    def customer_key(self, customer: str | None) -> CustomerKey | None:
        """Return the unit of a key or a name in any of its forms, None if there is none."""
        if customer is None:
            return None
        return self._customer_by_form.get(" ".join(customer.casefold().split()))

    @cached_property
    def _customer_by_form(self) -> Mapping[str, CustomerKey]:
        forms: dict[str, CustomerKey] = {}
        for unit in self.customers.values():
            for form in (unit.key, unit.name, *unit.forms(), *unit.abbreviations):
                forms.setdefault(form.casefold(), unit.key)
        return forms

    def customer_name(self, customer: str | None) -> str | None:
        """Return the official name of a unit given by key or name, None if it is not known.

        What a sender calls itself is thereby never repeated.
        """
        key = self.customer_key(customer)
        return None if key is None else self.customers[key].full_name

    def dunning_group(self, payer: str | None, *, customer_no: str | None = None) -> str:
        """Return the group of `dunning` that an invoice belongs to.

        Args:
            payer: Key or name of the unit that the invoice is made out to, which need not be
                the one that writes about it; None or unknown for anybody else.
            customer_no: As the ledger has it; it decides where the payer is no unit.
        """
        key = self.customer_key(payer)
        if key is not None:
            kind = self.customers[key].kind
            found = (group.key for group in self.dunning_groups if kind in group.kinds)
            return next(found, DEFAULT_GROUP)
        starts = [
            (len(start), group.key)
            for group in self.dunning_groups
            for start in group.numbers
            if customer_no is not None and customer_no.startswith(start)
        ]
        return max(starts)[1] if starts else DEFAULT_GROUP

    def customer_of_address(self, address: str) -> CustomerKey | None:
        """Return the unit that an e-mail address belongs to, by its domain."""
        return self._customer_of_domain(address.rpartition("@")[2])

    def is_customer_address(self, address: str) -> bool:
        """Tell whether an e-mail address belongs to a unit of the register."""
        return "@" in address and self.customer_of_address(address) is not None

    def is_organisation_domain(self, domain: str) -> bool:
        """Tell whether everybody at a domain works for one organisation that we know.

        True of the customers' domains and of our own; a domain that anybody can get an
        address at is none.
        """
        domain = domain.casefold()
        return domain in self._own_domains or self._customer_of_domain(domain) is not None

    @cached_property
    def _own_domains(self) -> frozenset[str]:
        return frozenset(address.rpartition("@")[2] for address in self.mailbox_by_address)

    def _customer_of_domain(self, domain: str) -> CustomerKey | None:
        if len(domain) > 253:
            return None
        rest = domain.casefold()
        while rest:
            if rest in self._customer_by_domain:
                return self._customer_by_domain[rest]
            rest = rest.partition(".")[2]
        return None

    @cached_property
    def _customer_by_domain(self) -> Mapping[str, CustomerKey]:
        return {
            domain: customer.key
            for customer in self.customers.values()
            for domain in customer.domains
        }

    def process_of(self, mailbox: MailboxKey) -> ProcessKey | None:
        """Return the process of a mailbox; None for one of several, or that is there no more."""
        own = self.mailboxes.get(mailbox)
        return None if own is None else own.process

    def unit_of_mailbox(self, mailbox: MailboxKey) -> UnitKey:
        """Return the unit of a mailbox: that of its process, else that of its team."""
        box = self.mailboxes[mailbox]
        if box.process is None:
            assert box.team is not None  # a mailbox without a process has a team
            return self.teams[box.team].unit
        return next(unit.key for unit in self.units.values() if box.process in unit.processes)

    def unit_of(self, person: PersonKey) -> UnitKey:
        """Return the unit of a person: their own as a head, else that of their team."""
        found = self.people[person]
        if found.unit is not None:
            return found.unit
        assert found.team is not None  # a person without a unit has a team
        return self.teams[found.team].unit

    def head_of(self, unit: UnitKey) -> PersonKey:
        """Return the head of a unit."""
        return next(
            person.key
            for person in self.people.values()
            if person.unit == unit and Role.UNIT_HEAD in person.roles
        )

    def people_of(self, team: TeamKey, *, on: date | None = None) -> tuple[PersonKey, ...]:
        """Return the people of a team; with a day, those who are not away on it."""
        return tuple(
            person.key
            for person in self.people.values()
            if person.team == team and (on is None or person.is_present(on))
        )

    @cached_property
    def person_by_email(self) -> Mapping[str, PersonKey]:
        """Staff by their e-mail address, in small letters."""
        return {person.email: person.key for person in self.people.values()}

    @cached_property
    def person_by_slack_id(self) -> Mapping[str, PersonKey]:
        """Staff by their Slack user, as far as it is known."""
        return {
            person.slack_id: person.key
            for person in self.people.values()
            if person.slack_id is not None
        }
