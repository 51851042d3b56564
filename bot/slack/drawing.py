"""Draws what the machine posts by itself: cards of cases, and alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.cases import Case
from bot.notifying import ANSWERABLE, Alert, AlertCode, sentence
from bot.slack.blocks.alert import alert as alert_message
from bot.slack.blocks.card import card, left
from bot.slack.blocks.digest import digest
from bot.slack.message import SlackMessage
from bot.slack.views import Teller
from bot.texts import Say
from bot.vocabulary import PersonKey, Urgency


class Drawing:
    """Draws in the language of the channels."""

    def __init__(
        self, say: Say, teller: Teller, slack_id: Callable[[PersonKey], str | None]
    ) -> None:
        """Make one.

        Args:
            slack_id: The Slack user of one of the staff; None where none is known.
        """
        self._say = say
        self._teller = teller
        self._slack_id = slack_id

    def card(self, case: Case) -> SlackMessage:
        """Return the card of a case."""
        return card(self._teller.case(case), self._say)

    def farewell(self, case: Case) -> SlackMessage:
        """Return what stays where the card of a case stood that went to another channel."""
        return left(self._teller.case(case), self._say)

    def alert(self, alert: Alert) -> SlackMessage:
        """Return an alert; one that can be acknowledged has buttons."""
        names = self._teller.names
        if "invoice" in alert.values:
            # The number stood in a mail; here the case must do.
            hidden = self._say("(numret står i ärendet)")
            alert = replace(alert, values={**alert.values, "invoice": hidden})
        if alert.code is AlertCode.DIGEST:
            return digest(alert, self._say, names)
        can_be_settled = alert.code in ANSWERABLE and alert.urgent is not Urgency.NO
        return alert_message(
            sentence(alert, self._say, names),
            self._say,
            case=alert.case_number if can_be_settled else None,
            mention=None if alert.to is None else self._slack_id(alert.to),
            name=None if alert.to is None else names.person(alert.to),
        )
