"""App Home: a colleague's own queue, the team's, and who answers today."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from bot.slack.blocks.card import CaseAction, hidden_cases, line, moment
from bot.slack.blocks.digest import staffing_line
from bot.slack.blocks.parts import (
    MOST_TEXT,
    Part,
    actions,
    button,
    context,
    divider,
    header,
    mrkdwn,
    section,
)
from bot.slack.text import escaped
from bot.slack.views import CaseView, DayView, QueueView
from bot.texts import Say
from bot.vocabulary import Status

_MOST_CASES: Final = 20
_NAME: Final = 120
_ROOM_OF_PLACES: Final = 2800


class HomeAction(StrEnum):
    """What the buttons of App Home are called."""

    LOG_PHONE = "home_log_phone"
    REFRESH = "home_refresh"


def home(day: DayView, say: Say) -> Part:
    """Return the view of App Home."""
    blocks = [
        actions(
            [
                button(say("Logga telefonärende"), HomeAction.LOG_PHONE, "home", style="primary"),
                button(say("Uppdatera"), HomeAction.REFRESH, "home"),
            ]
        ),
        *_queue(say("Mina ärenden"), day.mine, say),
        divider(),
        *_queue(_title_of_others(day, say), day.others, say),
        divider(),
        *_staffing(day, say),
        context(mrkdwn(say("Så såg det ut {at}.", at=moment(day.at, say)))),
    ]
    return {"type": "home", "blocks": blocks}


def stranger_home(say: Say) -> Part:
    """Return App Home for somebody whom the centre does not know: help, nothing of cases."""
    text = say(
        "Jag känner inte igen dig, så jag visar inga ärenden. Fråga mig gärna vem som hanterar "
        "vad. Jobbar du här? Be den som sköter organisation.yaml att lägga in din e-postadress."
    )
    return {"type": "home", "blocks": [section(mrkdwn(text))]}


def _title_of_others(day: DayView, say: Say) -> str:
    if day.team is None:
        return say("Brådskande i hela centrumet")
    return say("Teamets ärenden: {team}", team=day.team)


def _queue(title: str, queue: QueueView, say: Say) -> Iterator[Part]:
    yield header(title)
    if not queue.cases:
        yield section(mrkdwn(say("Inget väntar.")))
    for view in queue.cases[:_MOST_CASES]:
        yield section(mrkdwn(line(view, say)), accessory=_next_step(view, say))
    more = queue.count - min(len(queue.cases), _MOST_CASES)
    if more > 0:
        yield context(mrkdwn(say.plural("och {n} till", "och {n} till", more)))
    if queue.hidden:
        yield context(mrkdwn(hidden_cases(queue.hidden, say)))


def _next_step(view: CaseView, say: Say) -> Part:
    """Return the one button that is most likely wanted next."""
    if view.status is not Status.CLOSED and view.owner is None:
        label = say("Ta ärende {case}", case=view.number)
        return button(say("Ta ärendet"), CaseAction.TAKE, view.number, label=label)
    label = say("Återkoppla om ärende {case}", case=view.number)
    return button(say("Återkoppla"), CaseAction.FEEDBACK, view.number, label=label)


def _staffing(day: DayView, say: Say) -> Iterator[Part]:
    yield header(say("Svarar i dag"))
    lines = [staffing_line(place, person, say) for place, person in day.staffing]
    text = ""
    for one in lines:
        if len(text) + len(one) > _ROOM_OF_PLACES:
            break
        text = f"{text}\n{one}" if text else one
    assert len(text) <= MOST_TEXT
    yield section(mrkdwn(text or escaped(say("Ingen är inlagd."), _NAME)))
