"""Which cases a viewer may open; one that is hidden is as if it did not exist."""

from __future__ import annotations

from bot.cases import Case
from bot.errors import NotFound
from bot.services.sight import Sight
from bot.web.ask import Ask


def seen_case(ask: Ask, text: str) -> Case:
    """Return the case that a text means.

    Raises:
        NotFound: There is none, or it has protected data and the viewer may not see those.
    """
    case = ask.house.find_case(text)
    if case.protected and not ask.viewer.sees_protected:
        raise NotFound("ärende {case} finns inte; kontrollera numret", case=text[:40])
    return case


def sight_of(ask: Ask) -> Sight:
    """Return what the viewer may see of cases."""
    viewer = ask.viewer
    return Sight(person=viewer.key, team=viewer.colleague.team, rights=viewer.rights)
