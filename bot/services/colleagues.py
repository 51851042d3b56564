"""Who of the staff somebody is, by what another system knows of them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge import Knowledge
from bot.vocabulary import Language, PersonKey, TeamKey, UnitKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One of the staff, as faces need to know them.

    Attributes:
        roles: Values of `knowledge.Role`.
        team: None for a head of a unit.
    """

    key: PersonKey
    name: str
    email: str
    slack_id: str | None
    language: Language
    roles: frozenset[str]
    team: TeamKey | None
    unit: UnitKey


class Colleagues:
    """Finds staff in the knowledge."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def get(self, key: PersonKey) -> Colleague | None:
        """Return one of the staff; None for a key that nobody has (any more)."""
        person = self._knowledge.people.get(key)
        if person is None:
            return None
        return Colleague(
            key=person.key,
            name=person.name,
            email=person.email,
            slack_id=person.slack_id,
            language=person.language,
            roles=frozenset(role.value for role in person.roles),
            team=person.team,
            unit=self._knowledge.unit_of(person.key),
        )

    def with_slack_id(self, slack_id: str) -> Colleague | None:
        """Return whose Slack user the knowledge says it is."""
        key = self._knowledge.person_by_slack_id.get(slack_id)
        return None if key is None else self.get(key)

    def with_email(self, email: str) -> Colleague | None:
        """Return whose e-mail address it is, capitals aside."""
        key = self._knowledge.person_by_email.get(email.strip().lower())
        return None if key is None else self.get(key)
