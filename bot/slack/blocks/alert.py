"""An alert about an urgent case: mentions the person on duty and nobody else."""

from __future__ import annotations

from bot.slack.blocks.card import CaseAction, summary
from bot.slack.blocks.parts import Part, actions, button, confirm, context, mrkdwn, section
from bot.slack.message import SlackMessage
from bot.slack.text import escaped
from bot.slack.views import CaseView
from bot.texts import Say

_MOST = 2700
_NAME = 120
_NOTE = 300


def alert(
    sentence: str,
    say: Say,
    *,
    case: str | None = None,
    mention: str | None = None,
    name: str | None = None,
) -> SlackMessage:
    """Return an alert.

    Args:
        sentence: What is the matter, as `notifying.sentence` says it; not escaped.
        case: Number of an urgent case that can be acknowledged; None: there are no buttons.
        mention: Slack user of the person whom it is for; None where nobody is known.
        name: Of that person, said where there is no Slack user.
    """
    said = escaped(sentence, _MOST)
    whom = _mentioned(mention) or (name and f"*{escaped(name, _NAME)}*")
    text = f"{whom} {said}" if whom else said
    blocks: list[Part] = [section(mrkdwn(text))]
    if case is not None:
        blocks.append(actions(alert_buttons(case, say)))
        blocks.append(context(mrkdwn(say("Larmet tystnar när någon kvitterar."))))
    return SlackMessage(text=text, blocks=tuple(blocks))


def alert_buttons(case: str, say: Say) -> list[Part]:
    """Return what can be done about an alert."""
    question = confirm(
        say("Eskalera larmet?"),
        say("Nästa person på stegen får ärende {case} nu.", case=case),
        say("Eskalera"),
        say("Avbryt"),
    )
    return [
        button(say("Kvittera"), CaseAction.ACKNOWLEDGE, case, style="primary"),
        button(say("Eskalera"), CaseAction.ESCALATE, case, style="danger", confirm=question),
    ]


def settled(view: CaseView, done: str, say: Say) -> SlackMessage:
    """Return an alert that nobody needs to look at any more; it mentions nobody.

    Args:
        done: Who has acknowledged it and when; not escaped.
    """
    said, note = summary(view, say), escaped(done, _NOTE)
    blocks = (section(mrkdwn(said)), context(mrkdwn(note)))
    return SlackMessage(text=f"{said} {note}", blocks=blocks)


def _mentioned(user: str | None) -> str | None:
    """Return the mention of a Slack user; None unless it is the id of one."""
    if user is None or not (user.isascii() and user.isalnum() and user[:1] in ("U", "W")):
        return None
    return f"<@{user}>"
