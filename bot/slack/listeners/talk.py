"""Talking with the assistant: mentions, direct messages, and whether an answer was right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot import ratings
from bot.errors import SammaDagError
from bot.slack.blocks.answers import (
    AnswerAction,
    AnswerView,
    Rating,
    Readings,
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
    number_of,
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

COMMAND: Final = "/sammadag"
_MOST_ASKED: Final = 1000
_LONGEST_CODE: Final = 40
_MOST_DIGITS: Final = 9
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
    app.action(AnswerAction.FIRST)(talk.meant)
    app.action(AnswerAction.SECOND)(talk.meant)
    app.view(Modal.RATING)(talk.corrected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and where it was asked.

    Attributes:
        text: As `asked` returns it.
        conversation: Key of the conversation.
        private: Nobody else reads the answer, so that those with the right hear of cases with
            protected data in it.
        stays: The message stays, so that the answer can be rated under it, and a chart shown.
    """

    user: str
    text: str
    conversation: str
    private: bool
    stays: bool = True


def answered(house: SlackHouse, question: Asked) -> tuple[SlackMessage, Chart | None]:
    """Return the answer to a question; help where there is none to answer, or no question.

    Returns:
        What to say, and a chart beside it where there is one to see.
    """
    actor = actor_of(house, question.user)
    say = house.say if actor is None else actor.say
    if house.talks is None or not question.text:
        return help_message(COMMAND, say), None
    try:
        turn = house.talks().ask(
            question.conversation,
            question.text,
            say,
            person=None if actor is None else actor.key,
            sees_protected=_sees_protected(actor, question),
        )
    except SammaDagError as error:
        return SlackMessage(text=wrong(error, say)), None
    return _told(house, turn, question, actor)


def _sees_protected(actor: Actor | None, question: Asked) -> bool:
    return actor is not None and actor.sees_protected and question.private


def _told(
    house: SlackHouse, turn: Turn, question: Asked, actor: Actor | None
) -> tuple[SlackMessage, Chart | None]:
    say = house.say if actor is None else actor.say
    view = _view(turn, question, known=actor is not None)
    message = answer_message(view, say, rated=question.stays and actor is not None)
    if house.chart_of is None or actor is None or not question.stays:
        return message, None
    return message, house.chart_of(turn, say)


def _view(turn: Turn, question: Asked, *, known: bool) -> AnswerView:
    answer = turn.answer
    handled_by = None if answer.handled_by == NONE else answer.handled_by
    choice = None
    if answer.second is not None and turn.question is not None and known:
        intents = (answer.intent, answer.second)
        choice = Readings(user=question.user, question=turn.question, intents=intents)
    return AnswerView(
        text=answer.text,
        intent=answer.intent,
        process=handled_by or answer.slots.get("process"),
        proposal=turn.number,
        missing=() if answer.proposal is None else answer.proposal.missing,
        readings=choice,
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

    def meant(self, ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        """Answer with the reading that was chosen, in the place of the unsure answer."""
        ack()
        intent, _, rest = _value(body).partition(":")
        user, _, number = rest.partition(":")

        def do(actor: Actor) -> SlackMessage | None:
            if actor.user != user:
                return SlackMessage(text=actor.say("Bara den som frågade kan välja."))
            if self._house.talks is None:
                return None
            question = _asked_at(body, user)
            turn = self._house.talks().meant(
                question.conversation,
                number_of(number, _MOST_DIGITS),
                intent,
                actor.say,
                person=actor.key,
                sees_protected=_sees_protected(actor, question),
            )
            told, chart = _told(self._house, turn, question, actor)
            blocks = [dict(block) for block in told.blocks]
            quietly(lambda: respond(text=told.text, blocks=blocks, replace_original=True))
            if chart is not None:
                channel, thread = _thread_of(body)
                quietly(lambda: post_chart(client, channel, chart, thread=thread))
            return None

        act(self._house, client, body, do)

    def rated(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Note whether an answer helped; of one that did not, ask for a note.

        The modal comes first: it opens within three seconds or not at all, and a write may have
        to wait for longer than that.
        """
        ack()
        rating, _, about = _value(body).partition(":")
        intent, _, process = about.partition(":")

        def do(actor: Actor) -> SlackMessage | None:
            helped = rating == Rating.RIGHT
            if not helped:
                view = wrong_answer_modal(
                    self._house.choices.processes(actor.say.language),
                    actor.say,
                    process=process,
                    intent=intent[:_LONGEST_CODE],
                )
                client.views_open(trigger_id=body["trigger_id"], view=view)
            self._house.answer_notes.rate(
                ratings.Rating(
                    answer=_answer_of(body),
                    person=actor.key,
                    face=ratings.Face.SLACK,
                    intent=intent,
                    process=self._house.choices.process(process),
                    helped=helped,
                )
            )
            return SlackMessage(text=actor.say("Tack!")) if helped else None

        act(self._house, client, body, do)

    def corrected(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Keep a note on an answer that did not help; without one the click alone counts."""
        actor = actor_of(self._house, body["user"]["id"])
        if actor is None:
            refuse(ack, body, {Field.NOTE: not_known(self._house.say)})
            return
        note = typed(body, Field.NOTE)
        if not note.strip():
            ack()
            tell(client, body, SlackMessage(text=actor.say("Tack!")))
            return
        process = self._house.choices.process(str(chosen(body, Field.PROCESS)))
        if process is None:
            refuse(ack, body, {Field.PROCESS: actor.say("Välj vilken process det gäller.")})
            return
        try:
            number = self._house.answer_notes.note_wrong(
                process, note, body["view"]["private_metadata"], by=actor.key
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
        question = Asked(
            user=user,
            text=asked(str(event.get("text") or "")),
            conversation=f"slack:{channel}:{thread}",
            private=_is_direct(channel),
        )
        told, chart = answered(self._house, question)
        self._house.poster.post(f"answer:{channel}:{ts}", channel, told, thread=thread)
        if chart is not None:
            quietly(lambda: post_chart(client, channel, chart, thread=thread))


def _asked_at(body: Body, user: str) -> Asked:
    """Return a question as it was asked where somebody clicks under its answer now."""
    channel, thread = _thread_of(body)
    stays = not (body.get("container") or {}).get("is_ephemeral")
    return Asked(
        user=user,
        text="",
        conversation=f"slack:{channel}:{thread if stays else user}",
        private=_is_direct(channel) or not stays,
        stays=stays,
    )


def _thread_of(body: Body) -> tuple[str, str]:
    """Return the channel and the thread in which somebody clicks."""
    message, container = body.get("message") or {}, body.get("container") or {}
    thread = message.get("thread_ts") or message.get("ts") or container.get("message_ts")
    return str((body.get("channel") or {}).get("id")), str(thread)


def _answer_of(body: Body) -> str:
    """Return by what the message under which somebody clicks is known."""
    message, container = body.get("message") or {}, body.get("container") or {}
    channel = (body.get("channel") or {}).get("id")
    return f"slack:{channel}:{message.get('ts') or container.get('message_ts')}"


def _is_direct(channel: str) -> bool:
    """Tell whether a channel holds the direct messages of one person with us."""
    return channel.startswith("D")


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")
