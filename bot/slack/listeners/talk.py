"""Talking with the assistant: mentions, direct messages, and whether an answer was right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import SammaDagError
from bot.slack.blocks.answers import (
    AnswerAction,
    AnswerView,
    Rating,
    answer_message,
    help_message,
    wrong_answer_modal,
)
from bot.slack.blocks.modals import Field, Modal
from bot.slack.charts import Chart, post_chart
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import (
    Actor,
    Body,
    act,
    actor_of,
    not_known,
    quietly,
    tell,
    wrong,
)
from bot.slack.listeners.modals import chosen, refuse, typed
from bot.slack.message import SlackMessage
from bot.slack.text import tidy
from bot.vocabulary import NONE

if TYPE_CHECKING:
    from bot.services.talks import Turn

log = structlog.get_logger()

COMMAND: Final = "/sammadag"
_MOST_ASKED: Final = 1000
_LONGEST_CODE: Final = 40
_MENTION: Final = re.compile(r"<[@#!][^<>]{0,100}>")
_LINK: Final = re.compile(r"<(?:https?|mailto|tel):[^<>|]{0,2000}(?:\|([^<>]{0,500}))?>")
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_NOT_WRITTEN: Final = frozenset({"file_share", None})
"""Of messages: these somebody wrote; other kinds are told of by Slack itself."""


def register(app: App, house: SlackHouse) -> None:
    """Hook the conversation into the app."""
    talk = _Talk(house)
    app.event("app_mention")(talk.mentioned)
    app.event("message")(talk.written)
    app.action(AnswerAction.RATED)(talk.rated)
    app.view(Modal.RATING)(talk.corrected)


def answered(
    house: SlackHouse, user: str, question: str, conversation: str, *, stays: bool = True
) -> tuple[SlackMessage, Chart | None]:
    """Return the answer to a question; help where there is none to answer, or no question.

    Args:
        stays: The message stays, so that the answer can be rated under it, and a chart shown.

    Returns:
        What to say, and a chart beside it where there is one to see.
    """
    actor = actor_of(house, user)
    say = house.say if actor is None else actor.say
    if house.talks is None or not question:
        return help_message(COMMAND, say), None
    person = None if actor is None else actor.key
    try:
        turn = house.talks().ask(conversation, question, say, person=person)
    except SammaDagError as error:
        return SlackMessage(text=wrong(error, say)), None
    message = answer_message(_view(turn), say, rated=stays and actor is not None)
    if house.chart_of is None or actor is None or not stays:
        return message, None
    return message, house.chart_of(turn, say)


def _view(turn: Turn) -> AnswerView:
    answer = turn.answer
    handled_by = None if answer.handled_by == NONE else answer.handled_by
    return AnswerView(
        text=answer.text,
        intent=answer.intent,
        process=handled_by or answer.slots.get("process"),
        proposal=turn.number,
        missing=() if answer.proposal is None else answer.proposal.missing,
    )


def asked(text: str) -> str:
    """Return a question as it was written, without mentions and without Slack's own signs."""
    bare = _LINK.sub(lambda found: found[1] or "", _MENTION.sub(" ", text[: _MOST_ASKED * 4]))
    for entity, sign in _ENTITIES:
        bare = bare.replace(entity, sign)
    return tidy(bare)[:_MOST_ASKED]


class _Talk:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def mentioned(self, event: Body, client: WebClient) -> None:
        """Answer whoever mentions us in a channel, in the thread."""
        self._answer(event, client)

    def written(self, event: Body, client: WebClient) -> None:
        """Answer a direct message."""
        if event.get("channel_type") != "im" or event.get("subtype") not in _NOT_WRITTEN:
            return
        self._answer(event, client)

    def rated(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Note whether an answer was right; of a wrong one, ask what would have been."""
        ack()
        rating, _, about = _value(body).partition(":")
        intent, _, process = about.partition(":")
        log.info("answer_rated", intent=intent[:_LONGEST_CODE], right=rating == Rating.RIGHT)

        def do(actor: Actor) -> SlackMessage | None:
            if rating == Rating.RIGHT:
                return SlackMessage(text=actor.say("Tack!"))
            view = wrong_answer_modal(
                self._house.choices.processes(actor.say.language), actor.say, process=process
            )
            client.views_open(trigger_id=body["trigger_id"], view=view)
            return None

        act(self._house, client, body, do)

    def corrected(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Put what would have been right into the process log."""
        actor = actor_of(self._house, body["user"]["id"])
        if actor is None:
            refuse(ack, body, {Field.NOTE: not_known(self._house.say)})
            return
        process = self._house.choices.process(str(chosen(body, Field.PROCESS)))
        if process is None:
            refuse(ack, body, {Field.PROCESS: actor.say("Den processen finns inte längre.")})
            return
        try:
            number = self._house.answer_notes.note_wrong(
                process, typed(body, Field.NOTE), by=actor.key
            )
        except SammaDagError as error:
            refuse(ack, body, {Field.NOTE: wrong(error, actor.say)})
            return
        ack()
        text = actor.say("Tack! Det står som punkt {number} i processloggen.", number=number)
        tell(client, body, SlackMessage(text=text))

    def _answer(self, event: Body, client: WebClient) -> None:
        """Answer in the thread, once for each message, also when Slack repeats it."""
        user, channel, ts = event.get("user"), event["channel"], event["ts"]
        if not user or event.get("bot_id"):
            return
        thread = event.get("thread_ts") or ts
        question = asked(str(event.get("text") or ""))
        told, chart = answered(self._house, user, question, f"slack:{channel}:{thread}")
        self._house.poster.post(f"answer:{channel}:{ts}", channel, told, thread=thread)
        if chart is not None:
            quietly(lambda: post_chart(client, channel, chart, thread=thread))


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")
