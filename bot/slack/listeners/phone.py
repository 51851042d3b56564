"""Logging a call: from the shortcuts, the slash command and App Home."""

from __future__ import annotations

import re
from typing import Final

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.errors import SammaDagError, UsageError
from bot.services.phone import NewCall
from bot.slack.blocks.home import HomeAction
from bot.slack.blocks.modals import Field, Modal
from bot.slack.blocks.phone import phone_modal
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import (
    Actor,
    Body,
    act,
    actor_of,
    not_known,
    publish_home,
    tell,
    wrong,
)
from bot.slack.listeners.modals import Errors, chosen, refuse, typed
from bot.slack.message import SlackMessage
from bot.texts import Say

_SEPARATORS: Final = re.compile(r"[,;\n]")
_MOST_INVOICES: Final = 50
_TYPED: Final = (Field.CUSTOMER, Field.CALLBACK, Field.NOTE)


def register(app: App, house: SlackHouse) -> None:
    """Hook the shortcuts and the modal into the app."""
    phone = _Phone(house)
    app.global_shortcut("log_phone")(phone.open)
    app.message_shortcut("log_phone_message")(phone.open)
    app.action(HomeAction.LOG_PHONE)(phone.open)
    app.view(Modal.PHONE)(phone.log)


def open_phone_modal(house: SlackHouse, client: WebClient, body: Body, *, note: str = "") -> None:
    """Ask what a call was about.

    Args:
        note: Stands there from the beginning.
    """

    def do(actor: Actor) -> None:
        language, choices = actor.say.language, house.choices
        view = phone_modal(
            choices.processes(language), choices.matters(language), actor.say, note=note
        )
        client.views_open(trigger_id=body["trigger_id"], view=view)

    act(house, client, body, do)


class _Phone:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def open(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Open the modal; a message that somebody wrote becomes the note."""
        ack()
        message = body.get("message") or {}
        note = "" if message.get("bot_id") else str(message.get("text") or "")
        open_phone_modal(self._house, client, body, note=note)

    def log(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Open a case for the call; what somebody typed stays in the case."""
        actor = actor_of(self._house, body["user"]["id"])
        if actor is None:
            refuse(ack, body, {Field.CUSTOMER: not_known(self._house.say)})
            return
        call = _call(self._house, body, actor.say)
        if not isinstance(call, NewCall):
            refuse(ack, body, call)
            return
        try:
            case = self._house.phone.add(call, by=actor.key).case
        except SammaDagError as error:
            refuse(ack, body, {Field.CUSTOMER: wrong(error, actor.say)})
            return
        ack()
        self._house.poster.nudge()
        text = actor.say(
            "Ärende {case} är loggat. Den som ringde är lovad återkoppling.", case=case.number
        )
        tell(client, body, SlackMessage(text=text))
        publish_home(self._house, client, actor.user)


def _call(house: SlackHouse, body: Body, say: Say) -> NewCall | Errors:
    """Return the call as it was typed, or what is wrong with it, in place."""
    process = house.choices.process(str(chosen(body, Field.PROCESS)))
    matter = house.choices.matter(str(chosen(body, Field.MATTER)))
    if process is None:
        return {Field.PROCESS: say("Den processen finns inte längre.")}
    if matter is None:
        return {Field.MATTER: say("Den ärendetypen finns inte längre.")}
    empty = say("Får inte vara tomt.")
    missing: list[str] = [name for name in _TYPED[:2] if not typed(body, name).strip()]
    if missing:
        return dict.fromkeys(missing, empty)
    parts = [part.strip() for part in _SEPARATORS.split(typed(body, Field.INVOICES))]
    invoices = tuple(part for part in parts if part)
    if len(invoices) > _MOST_INVOICES:
        return {Field.INVOICES: say("Högst {most} fakturor.", most=_MOST_INVOICES)}
    try:
        return NewCall(
            process=process,
            matter=matter,
            customer=typed(body, Field.CUSTOMER),
            callback=typed(body, Field.CALLBACK),
            note=typed(body, Field.NOTE),
            invoices=invoices,
        )
    except UsageError as error:
        return _placed(error, say)


def _placed(error: UsageError, say: Say) -> Errors:
    name = str(error.values.get("name"))
    if name not in _TYPED:
        return {Field.INVOICES: say("Skriv fakturanummer med siffror, och komma emellan.")}
    if "most" in error.values:
        return {name: say("Högst {most} tecken får plats.", most=error.values["most"])}
    return {name: say("Får inte vara tomt.")}
