"""Who stands on the rungs of the support ladder of a process.

The names are those of people's roles in the knowledge. Supplier and process owner are outside
the centre: somebody always stands there, and whoever raised the point stays its owner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from bot.knowledge import Knowledge
from bot.knowledge.models import Person, Role, Team
from bot.registers import Rung
from bot.vocabulary import PersonKey, ProcessKey, UnitKey

_ROLES: Final[Mapping[Rung, Role]] = {
    Rung.FIRST_LINE: Role.FIRST_LINE,
    Rung.SPECIALIST: Role.PROCESS_SPECIALIST,
    Rung.KAIZEN: Role.KAIZEN,
    Rung.MANAGER: Role.PROCESS_OWNER,
}


def unit_of(process: ProcessKey, knowledge: Knowledge) -> UnitKey:
    """Return the unit that has a process; there always is one."""
    return next(unit.key for unit in knowledge.units.values() if process in unit.processes)


def staffed(process: ProcessKey, knowledge: Knowledge) -> frozenset[Rung]:
    """Return the rungs on which somebody stands for a process; the top always is."""
    held = {role for person in _people(process, knowledge) for role in person.roles}
    outside = {Rung.SUPPLIER, Rung.OWNER, Rung.MANAGER}
    return frozenset({rung for rung, role in _ROLES.items() if role in held} | outside)


def person_on(
    rung: Rung, process: ProcessKey, near: PersonKey, today: date, knowledge: Knowledge
) -> PersonKey | None:
    """Return who takes a point on a rung; None where that is somebody outside the centre.

    Those who are present come first, then those of the team of `near`, then those of a team
    that handles the process.
    """
    role = _ROLES.get(rung)
    if role is None:
        return None
    own = knowledge.people[near].team if near in knowledge.people else None
    handling = {team.key for team in knowledge.teams.values() if _handles(team, process)}

    def distance(person: Person) -> tuple[bool, bool, bool]:
        far = own is None or person.team != own
        return (not person.is_present(today), far, person.team not in handling)

    holders = [person for person in _people(process, knowledge) if role in person.roles]
    nearest = min(holders, key=distance, default=None)
    if nearest is not None:
        return nearest.key
    return knowledge.head_of(unit_of(process, knowledge)) if rung is Rung.MANAGER else None


def _people(process: ProcessKey, knowledge: Knowledge) -> Iterable[Person]:
    unit = unit_of(process, knowledge)
    for person in knowledge.people.values():
        team = None if person.team is None else knowledge.teams[person.team]
        if unit == (person.unit if team is None else team.unit):
            yield person


def _handles(team: Team, process: ProcessKey) -> bool:
    return any(service.process == process for service in team.serves)
