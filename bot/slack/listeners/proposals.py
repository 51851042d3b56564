"""What stands under a proposal of the assistant: do it, fill in what is missing, let it be, undo.

Only the person to whom it was made may settle it; see `bot.services.talks`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.errors import NotFound, SammaDagError
from bot.services.proposals import Done
from bot.services.proposing import Part
from bot.services.talks import Talks
from bot.slack.blocks.answers import AnswerAction, missing_modal, part_name, settled_message
from bot.slack.blocks.modals import Modal
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import (
    Actor,
    Body,
    act,
    actor_of,
    not_known,
    number_of,
    publish_home,
    quietly,
    tell,
    wrong,
)
from bot.slack.listeners.modals import Errors, chosen, refuse, typed
from bot.slack.message import SlackMessage
from bot.texts import Say

_CHOSEN: Final = frozenset({Part.PROCESS, Part.MATTER, Part.STATE})


def register(app: App, house: SlackHouse) -> None:
    """Hook the buttons and the form into the app."""
    proposals = _Proposals(house)
    app.action(AnswerAction.DO)(proposals.do)
    app.action(AnswerAction.DROP)(proposals.drop)
    app.action(AnswerAction.UNDO)(proposals.undo)
    app.action(AnswerAction.FILL)(proposals.fill)
    app.view(Modal.MISSING)(proposals.filled)


class _Proposals:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def do(self, ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        """Do what was proposed."""
        ack()
        number = number_of(_value(body))

        def confirm(actor: Actor) -> SlackMessage:
            done = self._confirm(actor, number)
            return settled_message(_said(done, actor.say), actor.say, undo=number)

        self._settle(body, client, respond, confirm)

    def drop(self, ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        """Let a proposal be."""
        ack()

        def let_be(actor: Actor) -> SlackMessage:
            self._talks().drop(number_of(_value(body)), by=actor.key)
            return settled_message(actor.say("Då låter jag det vara."), actor.say)

        self._settle(body, client, respond, let_be)

    def undo(self, ack: Ack, body: Body, client: WebClient, respond: Respond) -> None:
        """Take back what was done."""
        ack()

        def take_back(actor: Actor) -> SlackMessage:
            self._talks().undo(number_of(_value(body)), by=actor.key)
            return settled_message(actor.say("Ångrat: det är som det var innan."), actor.say)

        self._settle(body, client, respond, take_back)

    def fill(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Ask for what a proposal lacks."""
        ack()
        number, _, names = _value(body).partition(":")

        def do(actor: Actor) -> None:
            missing = [part for part in Part if part.value in names.split(",")]
            language, choices = actor.say.language, self._house.choices
            view = missing_modal(
                missing,
                choices.processes(language),
                choices.matters(language),
                actor.say,
                metadata=f"{number} {_place(body)}",
            )
            client.views_open(trigger_id=body["trigger_id"], view=view)

        act(self._house, client, body, do)

    def filled(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Take what was missing, and do what was proposed."""
        number, _, place = body["view"]["private_metadata"].partition(" ")
        asked = [part for part in Part if part_name(part) in body["view"]["state"]["values"]]
        actor = actor_of(self._house, body["user"]["id"])
        if actor is None:
            refuse(ack, body, {part_name(asked[0]): not_known(self._house.say)})
            return
        errors = self._tell_missing(actor, number_of(number), asked, body)
        if errors:
            refuse(ack, body, errors)
            return
        try:
            done = self._confirm(actor, number_of(number))
        except SammaDagError as error:
            refuse(ack, body, {part_name(asked[0]): wrong(error, actor.say)})
            return
        ack()
        message = settled_message(_said(done, actor.say), actor.say, undo=number_of(number))
        channel, _, ts = place.partition(" ")
        if ts:
            self._house.poster.update(channel, ts, message)
        else:
            tell(client, body, message)
        self._house.poster.nudge()
        publish_home(self._house, client, actor.user)

    def _tell_missing(self, actor: Actor, number: int, asked: list[Part], body: Body) -> Errors:
        errors: Errors = {}
        for part in asked:
            name = part_name(part)
            said = (chosen(body, name) if part in _CHOSEN else typed(body, name)) or ""
            if not said.strip():
                errors[name] = actor.say("Får inte vara tomt.")
                continue
            try:
                self._talks().tell(number, part, said, by=actor.key)
            except SammaDagError as error:
                errors[name] = wrong(error, actor.say)
        return errors

    def _settle(
        self,
        body: Body,
        client: WebClient,
        respond: Respond,
        do: Callable[[Actor], SlackMessage],
    ) -> None:
        """Settle a proposal, and let its message say what became of it."""

        def settle(actor: Actor) -> None:
            message = do(actor)
            blocks = [dict(block) for block in message.blocks]
            quietly(lambda: respond(text=message.text, blocks=blocks, replace_original=True))

        act(self._house, client, body, settle)

    def _confirm(self, actor: Actor, number: int) -> Done:
        sees = actor.sees_protected
        return self._talks().confirm(number, by=actor.key, sees_protected=sees)

    def _talks(self) -> Talks:
        if self._house.talks is None:
            raise NotFound("förslaget finns inte")
        return self._house.talks()


def _said(done: Done, say: Say) -> str:
    if done.case is None:
        return say("Klart: infört som nummer {number}.", number=done.item)
    status = say.code(f"status.{done.case.status}")
    return say("Klart: ärende {case}, {status}.", case=done.case.number, status=status)


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")


def _place(body: Body) -> str:
    """Return where the message stands that can be changed later; empty for one that cannot."""
    container: Mapping[str, object] = body.get("container") or {}
    if container.get("is_ephemeral") or "message_ts" not in container:
        return ""
    return f"{container['channel_id']} {container['message_ts']}"
