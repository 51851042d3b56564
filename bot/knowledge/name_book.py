"""What the centre calls its processes, matters, mailboxes, lines, teams and people.

In one language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol, TypeVar

from bot.duty import PlaceKey
from bot.knowledge.duty_file import Line
from bot.knowledge.models import Mailbox, Matter, Names, Person, Process, Team
from bot.vocabulary import (
    Language,
    LineKey,
    MailboxKey,
    MatterKey,
    PersonKey,
    ProcessKey,
    TeamKey,
)

NOTHING: Final = "–"
"""Stands where there is no process or matter."""

_K_co = TypeVar("_K_co", bound=str, covariant=True)
_K = TypeVar("_K", bound=str)


class _Named(Protocol[_K_co]):
    @property
    def key(self) -> _K_co: ...

    @property
    def name(self) -> Names: ...


class NameBook:
    """Names by key. A key that is not known, as on an old case, is its own name."""

    def __init__(
        self,
        language: Language,
        *,
        processes: Iterable[Process],
        matters: Iterable[Matter],
        mailboxes: Iterable[Mailbox],
        teams: Iterable[Team],
        lines: Iterable[Line] = (),
        people: Iterable[Person] = (),
    ) -> None:
        self._processes = _names(processes, language)
        self._matters = _names(matters, language)
        self._mailboxes = _names(mailboxes, language)
        self._teams = _names(teams, language)
        self._lines = _names(lines, language)
        self._people = {person.key: person.name for person in people}

    def process(self, key: ProcessKey | None) -> str:
        """Return the name of a process, `NOTHING` for none."""
        return NOTHING if key is None else self._processes.get(key, key)

    def matter(self, key: MatterKey | None) -> str:
        """Return the name of a matter, `NOTHING` for none."""
        return NOTHING if key is None else self._matters.get(key, key)

    def mailbox(self, key: MailboxKey) -> str:
        """Return the name of a mailbox."""
        return self._mailboxes.get(key, key)

    def place(self, key: PlaceKey) -> str:
        """Return the name of a mailbox or a phone line."""
        return self._mailboxes.get(MailboxKey(key)) or self._lines.get(LineKey(key), key)

    def team(self, key: TeamKey) -> str:
        """Return the name of a team."""
        return self._teams.get(key, key)

    def person(self, key: PersonKey) -> str:
        """Return the name of one of the staff."""
        return self._people.get(key, key)


def _names(entries: Iterable[_Named[_K]], language: Language) -> Mapping[_K, str]:
    return {entry.key: entry.name.in_language(language) for entry in entries}
