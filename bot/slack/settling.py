"""Taking the buttons off alerts that were acknowledged, in Slack or elsewhere.

What stands in Slack is compared with what is, so that it does not matter where somebody
acknowledged or closed the case, and each alert is changed once.
"""

from __future__ import annotations

from datetime import datetime

from bot.cases import Case
from bot.services.settled_alerts import SettledAlert, SettledAlerts
from bot.slack.blocks.alert import settled
from bot.slack.blocks.card import moment
from bot.slack.poster import Poster
from bot.slack.views import Teller
from bot.texts import Say
from bot.vocabulary import PersonKey, Status


class Settling:
    """May be called from any thread, and as often as one likes."""

    def __init__(self, alerts: SettledAlerts, poster: Poster, say: Say, teller: Teller) -> None:
        """Make one.

        Args:
            say: The language of channels.
            teller: Makes views in that language.
        """
        self._alerts = alerts
        self._poster = poster
        self._say = say
        self._teller = teller

    def tell(self) -> int:
        """Hand changed alerts to the outbox; return how many those were."""
        found = self._alerts.found()
        for one in found:
            drawn = settled(self._teller.case(one.case), self._why(one), self._say)
            self._poster.update(one.channel, one.ts, drawn)
        return len(found)

    def _why(self, one: SettledAlert) -> str:
        if one.acknowledged is not None:
            by, at = one.acknowledged
            return who_acknowledged(one.case, by, at, self._say, self._teller)
        if one.case.status is Status.CLOSED:
            return self._say("Ärendet är avslutat.")
        return self._say("Ärendet är inte brådskande längre.")


def who_acknowledged(case: Case, person: PersonKey, at: datetime, say: Say, teller: Teller) -> str:
    """Say who acknowledged a case, and when; not escaped."""
    return say(
        "{person} kvitterade ärende {case} {when}.",
        person=teller.names.person(person),
        case=case.number,
        when=moment(at.astimezone(teller.zone), say),
    )
