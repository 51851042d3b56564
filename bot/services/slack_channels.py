"""Which Slack channel a team, a process or everybody is told in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.cases import Case
from bot.vocabulary import ProcessKey, TeamKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Ids of channels, such as ``C0123456789``.

    A team's own comes before that of a process, which several teams may share.

    Attributes:
        cards, alerts: Of whatever has no channel of its own.
        teams, processes: Hold cards and alerts alike.
    """

    cards: str
    alerts: str
    teams: Mapping[TeamKey, str] = field(default_factory=dict)
    processes: Mapping[ProcessKey, str] = field(default_factory=dict)

    def of_card(self, team: TeamKey, process: ProcessKey | None) -> str:
        """Return where the card of a case stands, by whose case it is."""
        return self._own(team, process) or self.cards

    def of_case(self, case: Case) -> str:
        """Return where the card of a case stands."""
        return self.of_card(case.team, case.process)

    def of_alert(self, team: TeamKey | None, process: ProcessKey | None) -> str:
        """Return where an alert is told, by whom it is about."""
        return self._own(team, process) or self.alerts

    @property
    def every(self) -> tuple[str, ...]:
        """Return each channel once."""
        own = (*self.teams.values(), *self.processes.values())
        return tuple(dict.fromkeys((self.cards, self.alerts, *own)))

    def _own(self, team: TeamKey | None, process: ProcessKey | None) -> str | None:
        of_team = None if team is None else self.teams.get(team)
        of_process = None if process is None else self.processes.get(process)
        return of_team or of_process
