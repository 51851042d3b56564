"""What can be chosen in a form: processes and matters, by key and name."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.vocabulary import MatterKey, ProcessKey


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

    def process(self, key: str) -> ProcessKey | None:
        """Return the process of a key that came back from a form; None if there is none."""
        return ProcessKey(key) if key in self._knowledge.processes else None

    def matter(self, key: str) -> MatterKey | None:
        """Return the matter of a key that came back from a form; None if there is none."""
        return MatterKey(key) if key in self._knowledge.matters else None

    def customer_name(self, customer: str | None) -> str | None:
        """Return the name of a registered unit; see `Knowledge.customer_name`."""
        return self._knowledge.customer_name(customer)
