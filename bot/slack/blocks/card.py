"""The card of a case: how it stands, and buttons for what can be done now."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.slack.blocks.parts import (
    MOST_FIELD,
    Part,
    actions,
    button,
    facts,
    link_button,
    mrkdwn,
    option,
    overflow,
    section,
)
from bot.slack.message import SlackMessage
from bot.slack.text import escaped, joined
from bot.slack.views import CaseView
from bot.texts import Say
from bot.vocabulary import Status, Urgency

_NAME: Final = 200
NOTHING: Final = "–"


class CaseAction(StrEnum):
    """What the buttons of a case are called; their value is the number of the case."""

    TAKE = "case_take"
    FEEDBACK = "case_feedback"
    TEMPLATE = "case_template"
    CLOSE = "case_close"
    REOPEN = "case_reopen"
    ACKNOWLEDGE = "case_acknowledge"
    ESCALATE = "case_escalate"
    EVENTS = "case_events"
    MAIL = "case_mail"
    MORE = "case_more"


class More(StrEnum):
    """What stands behind the three dots; a choice's value is ``<this>:<case number>``."""

    TAKE = "take"
    MOVE = "move"
    EVENTS = "events"
    MAIL = "mail"


def card(view: CaseView, say: Say) -> SlackMessage:
    """Return the card of a case; the same case always has the same card."""
    blocks = [
        section(mrkdwn(_title(view, say))),
        facts(_facts(view, say)),
        actions(buttons(view, say)),
    ]
    return SlackMessage(text=summary(view, say), blocks=tuple(blocks))


def left(view: CaseView, say: Say) -> SlackMessage:
    """Return what stays in a channel when the card of a case has gone to another one."""
    text = say(
        "Ärende {case} finns nu hos {team}, i en annan kanal.",
        case=view.number,
        team=_escaped(view.team),
    )
    return SlackMessage(text=text, blocks=(section(mrkdwn(text)),))


def buttons(view: CaseView, say: Say) -> list[Part]:
    """Return the buttons that fit how a case stands."""
    number = view.number
    if view.status is Status.CLOSED:
        return _closed_buttons(view, say)
    found = []
    if view.owner is None:
        found.append(button(say("Ta ärendet"), CaseAction.TAKE, number, style="primary"))
    found.append(button(say("Återkoppla"), CaseAction.FEEDBACK, number))
    found.append(button(say("Mall"), CaseAction.TEMPLATE, number))
    found.append(button(say("Avsluta"), CaseAction.CLOSE, number))
    return [*found, overflow(CaseAction.MORE, _more(view, say))]


def summary(view: CaseView, say: Say) -> str:
    """Return a case in one sentence, escaped; for notifications, screen readers and lists."""
    first = joined(
        [
            say("Ärende {case}", case=view.number),
            urgency(view, say),
            _protection(view, say),
            _escaped(view.matter),
            _escaped(view.process),
            _escaped(view.customer),
        ]
    )
    rest = [say.code(f"status.{view.status}"), _owned(view, say)]
    if view.handle_by is not None and view.status is not Status.CLOSED:
        rest.append(say("klart senast {handle_by}", handle_by=moment(view.handle_by, say)))
    return f"{first}. {joined(rest, ', ')}."


def line(view: CaseView, say: Say) -> str:
    """Return a case on two short lines of mrkdwn, for a queue."""
    parts = [urgency(view, say), say.code(f"status.{view.status}"), _escaped(view.owner)]
    if view.handle_by is not None:
        parts.append(say("klart senast {handle_by}", handle_by=moment(view.handle_by, say)))
    what = joined(
        [
            _protection(view, say),
            _escaped(view.matter),
            _escaped(view.process),
            _escaped(view.customer),
        ]
    )
    return f"*{escaped(view.number, 40)}* {what}\n{joined(parts)}"


def urgency(view: CaseView, say: Say) -> str | None:
    """Say in words why a case must not wait; None where it may."""
    return None if view.urgent is Urgency.NO else say.code(f"urgent.{view.urgent}")


def moment(at: datetime, say: Say) -> str:
    """Say a local instant."""
    assert at.tzinfo is not None
    return say.moment(at, at.tzinfo)


def _title(view: CaseView, say: Say) -> str:
    urgent = urgency(view, say)
    named = [_protection(view, say), _escaped(view.matter), _escaped(view.process)]
    what = joined(named) or NOTHING
    title = f"*{say('Ärende {case}', case=escaped(view.number, 40))}* · {what}"
    return title if urgent is None else f"*{urgent}*\n{title}"


def hidden_cases(count: int, say: Say) -> str:
    """Say how many cases with protected data are not shown to somebody without the right."""
    return say.plural(
        "{n} ärende har skyddade uppgifter och visas inte för dig.",
        "{n} ärenden har skyddade uppgifter och visas inte för dig.",
        count,
    )


def _protection(view: CaseView, say: Say) -> str | None:
    return say("Skyddade uppgifter") if view.protected else None


def _facts(view: CaseView, say: Say) -> list[Part]:
    pairs = [
        (say("Status"), say.code(f"status.{view.status}")),
        (say("Ansvarig"), _escaped(view.owner) or say("ingen än")),
        (say("Team"), _escaped(view.team)),
        (say("Kund"), _escaped(view.customer) or NOTHING),
    ]
    if view.handle_by is not None:
        pairs.append((say("Klart senast"), moment(view.handle_by, say)))
    if view.safe_until is not None:
        pairs.append((say("Säkert till"), moment(view.safe_until, say)))
    if view.is_urgent:
        done = say("bekräftat") if view.stop_confirmed else say("inte bekräftat")
        pairs.append((say("Stopp"), done))
    return [mrkdwn(f"*{name}*\n{value}", MOST_FIELD) for name, value in pairs]


def _more(view: CaseView, say: Say) -> list[Part]:
    found = [
        option(say("Visa vad som har hänt"), f"{More.EVENTS}:{view.number}"),
        option(say("Hör till en annan process …"), f"{More.MOVE}:{view.number}"),
    ]
    if view.owner is not None:
        found.append(option(say("Ta över ärendet"), f"{More.TAKE}:{view.number}"))
    if view.url is not None:
        found.append(option(say("Visa mejl"), f"{More.MAIL}:{view.number}", url=view.url))
    return found


def _closed_buttons(view: CaseView, say: Say) -> list[Part]:
    found = [
        button(say("Öppna igen"), CaseAction.REOPEN, view.number),
        button(say("Visa vad som har hänt"), CaseAction.EVENTS, view.number),
    ]
    if view.url is not None:
        found.append(link_button(say("Visa mejl"), CaseAction.MAIL, view.url))
    return found


def _owned(view: CaseView, say: Say) -> str:
    if view.owner is None:
        return say("ingen har tagit det")
    return say("ansvarig {owner}", owner=_escaped(view.owner))


def _escaped(text: str | None) -> str:
    return "" if text is None else escaped(text, _NAME)
