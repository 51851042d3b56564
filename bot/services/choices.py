"""What can be chosen in a form, by key and name: processes, matters, customers, people, teams."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.vocabulary import (
    CustomerKey,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    TeamKey,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that can be chosen."""

    key: str
    name: str


class Choices:
    """Lists what the knowledge holds, in the order of its files."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def processes(self, language: str) -> tuple[Choice, ...]:
        """Return the processes, named in a language."""
        names = self._knowledge.names_in(language)
        return tuple(Choice(key=key, name=names.process(key)) for key in self._knowledge.processes)

    def matters(self, language: str) -> tuple[Choice, ...]:
        """Return the matters, named in a language."""
        names = self._knowledge.names_in(language)
        return tuple(Choice(key=key, name=names.matter(key)) for key in self._knowledge.matters)

    def customers(self) -> tuple[Choice, ...]:
        """Return the customer units, by name."""
        units = self._knowledge.customers.items()
        found = (Choice(key=key, name=unit.full_name) for key, unit in units)
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def people(self) -> tuple[Choice, ...]:
        """Return the staff, by name."""
        found = (Choice(key=key, name=one.name) for key, one in self._knowledge.people.items())
        return tuple(sorted(found, key=lambda one: one.name.casefold()))

    def teams(self, language: str) -> tuple[Choice, ...]:
        """Return the teams, named in a language."""
        names = self._knowledge.names_in(language)
        return tuple(Choice(key=key, name=names.team(key)) for key in self._knowledge.teams)

    def mailboxes(self, language: str) -> tuple[Choice, ...]:
        """Return the mailboxes, named in a language."""
        names = self._knowledge.names_in(language)
        return tuple(Choice(key=key, name=names.mailbox(key)) for key in self._knowledge.mailboxes)

    def customer(self, key: str) -> CustomerKey | None:
        """Return the customer unit of a key that came back from a form; None if there is none."""
        return CustomerKey(key) if key in self._knowledge.customers else None

    def person(self, key: str) -> PersonKey | None:
        """Return the one of the staff of a key that came back from a form; None for nobody."""
        return PersonKey(key) if key in self._knowledge.people else None

    def team(self, key: str) -> TeamKey | None:
        """Return the team of a key that came back from a form; None if there is none."""
        return TeamKey(key) if key in self._knowledge.teams else None

    def mailbox(self, key: str) -> MailboxKey | None:
        """Return the mailbox of a key that came back from a form; None if there is none."""
        return MailboxKey(key) if key in self._knowledge.mailboxes else None

    def process(self, key: str) -> ProcessKey | None:
        """Return the process of a key that came back from a form; None if there is none."""
        return ProcessKey(key) if key in self._knowledge.processes else None

    def matter(self, key: str) -> MatterKey | None:
        """Return the matter of a key that came back from a form; None if there is none."""
        return MatterKey(key) if key in self._knowledge.matters else None

    def customer_name(self, customer: str | None) -> str | None:
        """Return the name of a registered unit; see `Knowledge.customer_name`."""
        return self._knowledge.customer_name(customer)
