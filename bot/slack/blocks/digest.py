"""The morning digest of a team: what waits, and who answers today. It mentions nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot.notifying import Alert, Names, sentence
from bot.slack.blocks.parts import MOST_FIELD, Part, facts, header, mrkdwn, section
from bot.slack.message import SlackMessage
from bot.slack.text import escaped
from bot.texts import Say

_NAME: Final = 150
_MOST_PLACES: Final = 15
_MOST_SENTENCE: Final = 2900


def digest(alert: Alert, say: Say, names: Names) -> SlackMessage:
    """Return the digest that an alert with the code ``digest`` holds."""
    team = "" if alert.team is None else names.team(alert.team)
    blocks: list[Part] = [header(say("God morgon, {team}!", team=team))]
    blocks.append(facts(_counts(alert, say)))
    staffing = list(_staffing(alert, say, names))
    if staffing:
        blocks.append(section(mrkdwn("\n".join([f"*{say('Svarar i dag')}*", *staffing]))))
    text = escaped(sentence(alert, say, names), _MOST_SENTENCE)
    return SlackMessage(text=text, blocks=tuple(blocks))


def staffing_line(place: str, person: str | None, say: Say) -> str:
    """Return who answers a place, in mrkdwn."""
    who = say.code("alert.nobody") if person is None else escaped(person, _NAME)
    return f"{escaped(place, _NAME)}: {who}"


def _counts(alert: Alert, say: Say) -> Iterator[Part]:
    named = (
        (say("Brådskande"), "urgent"),
        (say("Obesvarade"), "unanswered"),
        (say("Ska vara klara i dag"), "today"),
        (say("Försenade synpunkter och loggposter"), "overdue"),
    )
    for name, key in named:
        count = alert.values.get(key)
        if isinstance(count, int) and (count or key != "overdue"):
            yield mrkdwn(f"*{name}*\n{say.number(count)}", MOST_FIELD)


def _staffing(alert: Alert, say: Say, names: Names) -> Iterator[str]:
    for staffed in alert.staffing[:_MOST_PLACES]:
        person = None if staffed.on_duty is None else names.person(staffed.on_duty)
        yield staffing_line(names.place(staffed.place), person, say)
