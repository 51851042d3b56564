"""Who looks at cases, and what they may see of them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.vocabulary import PersonKey, Right, TeamKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One of those who look, with their rights.

    Attributes:
        person, team: None for somebody without a place among the staff.
    """

    person: PersonKey | None = None
    team: TeamKey | None = None
    rights: frozenset[Right] = frozenset()

    @property
    def reads(self) -> bool:
        """Tell whether they may read what mails say."""
        return Right.STAFF in self.rights

    @property
    def sees_protected(self) -> bool:
        """Tell whether they may see cases with protected data."""
        return Right.PROTECTED in self.rights
