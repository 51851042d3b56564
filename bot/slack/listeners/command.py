"""The slash command: help, one's own queue, logging a call, and any question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.slack.blocks.answers import help_message
from bot.slack.blocks.card import hidden_cases, line
from bot.slack.blocks.parts import Part, context, mrkdwn, section
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import Actor, Body, actor_of, not_known, quietly
from bot.slack.listeners.phone import open_phone_modal
from bot.slack.listeners.talk import COMMAND, Asked, answered, asked
from bot.slack.message import SlackMessage
from bot.texts import Say

_HELP, _MINE, _LOG = "help", "mine", "log"
_WORDS: Final[Mapping[str, str]] = {
    "": _HELP,
    "?": _HELP,
    "hjälp": _HELP,
    "hjalp": _HELP,
    "help": _HELP,
    "mina": _MINE,
    "kö": _MINE,
    "mine": _MINE,
    "queue": _MINE,
    "logga": _LOG,
    "telefon": _LOG,
    "log": _LOG,
    "phone": _LOG,
}
_MOST_CASES: Final = 20


def register(app: App, house: SlackHouse) -> None:
    """Hook the command into the app."""
    app.command(COMMAND)(_Command(house).run)


class _Command:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def run(self, ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        """Do what was asked for; the answer is only for the one who asked."""
        ack()
        question = asked(str(body.get("text") or ""))
        user = body["user_id"]
        what = _WORDS.get(question.casefold())
        if what == _LOG:
            who = {"user": {"id": user}, "trigger_id": body["trigger_id"]}
            open_phone_modal(self._house, client, who)
            return
        actor = actor_of(self._house, user)
        say = self._house.say if actor is None else actor.say
        if what == _HELP:
            told = help_message(COMMAND, say)
        elif what == _MINE:
            told = SlackMessage(text=not_known(say)) if actor is None else self._mine(actor)
        else:
            conversation = f"slack:{body['channel_id']}:{user}"
            told, _ = answered(
                self._house,
                Asked(
                    user=user, text=question, conversation=conversation, private=True, stays=False
                ),
            )
        blocks = [dict(block) for block in told.blocks]
        quietly(lambda: respond(text=told.text, blocks=blocks, response_type="ephemeral"))

    def _mine(self, actor: Actor) -> SlackMessage:
        day = self._house.overview.day(actor.key, sees_protected=actor.sees_protected)
        queue = actor.teller.day(day).mine
        blocks = [section(mrkdwn(line(view, actor.say))) for view in queue.cases[:_MOST_CASES]]
        title = _counted(queue.count, actor.say)
        shown: list[Part] = [section(mrkdwn(f"*{title}*")), *blocks]
        if queue.count > len(blocks):
            left = queue.count - len(blocks)
            shown.append(context(mrkdwn(actor.say.plural("och {n} till", "och {n} till", left))))
        if queue.hidden:
            shown.append(context(mrkdwn(hidden_cases(queue.hidden, actor.say))))
        return SlackMessage(text=title, blocks=tuple(shown))


def _counted(count: int, say: Say) -> str:
    if not count:
        return say("Du har inga öppna ärenden.")
    return say.plural("Du har {n} öppet ärende", "Du har {n} öppna ärenden", count)
