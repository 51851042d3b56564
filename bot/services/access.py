"""Who looks at cases, on a page or in Slack: one of the staff, with what they may do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.services.colleagues import Colleague, Colleagues
from bot.vocabulary import PersonKey, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody whom a face has recognised."""

    colleague: Colleague
    rights: frozenset[Right]

    @property
    def key(self) -> PersonKey:
        """Who it is, as cases and events name people."""
        return self.colleague.key

    @property
    def sees_protected(self) -> bool:
        """Tell whether protected cases are shown."""
        return Right.PROTECTED in self.rights

    def may(self, right: Right) -> bool:
        """Tell whether the viewer has a right."""
        return right in self.rights


class Rights:
    """Says who may do what, as the settings list addresses and groups."""

    def __init__(self, colleagues: Colleagues, listed: Mapping[Right, Collection[str]]) -> None:
        self._colleagues = colleagues
        self._listed = {
            right: frozenset(name.strip().lower() for name in names)
            for right, names in listed.items()
        }

    def by_email(self, email: str, groups: Collection[str] = ()) -> Viewer | None:
        """Return who has an e-mail address; None for somebody who is not of the staff."""
        colleague = self._colleagues.with_email(email)
        return None if colleague is None else self._viewer(colleague, groups)

    def by_key(self, key: PersonKey, groups: Collection[str] = ()) -> Viewer | None:
        """Return one of the staff as they are now; None for one who has left."""
        colleague = self._colleagues.get(key)
        return None if colleague is None else self._viewer(colleague, groups)

    def named(self, groups: Collection[str]) -> tuple[str, ...]:
        """Return those of some groups that give a right; the others need not be remembered."""
        given = frozenset[str]().union(*self._listed.values())
        return tuple(group for group in groups if group.strip().lower() in given)

    def _viewer(self, colleague: Colleague, groups: Collection[str]) -> Viewer:
        names = {colleague.email.lower(), *(group.strip().lower() for group in groups)}
        listed = {right for right, wanted in self._listed.items() if wanted & names}
        return Viewer(colleague=colleague, rights=frozenset({Right.STAFF, *listed}))
