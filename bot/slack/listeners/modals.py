"""What comes back from modals: done at once, or the errors are shown in their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.cases import Case
from bot.errors import SammaDagError
from bot.services.phone import Feedback
from bot.slack.blocks.modals import Field, Modal, kept
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import (
    Actor,
    Body,
    actor_of,
    not_known,
    note,
    publish_home,
    seen_case,
    wrong,
)
from bot.texts import mark
from bot.vocabulary import StopReason, Urgency

Errors = dict[str, str]
"""Question -> what is wrong with the answer, in words."""
Do = Callable[[Actor, Case], Errors | None]

_LONGEST_ERROR: Final = 150
_TOLD: Final[Mapping[Feedback, str]] = {
    Feedback.ONGOING: mark("{person} har sagt till kunden att ärendet pågår."),
    Feedback.DONE: mark("{person} har sagt till kunden att ärendet är klart."),
}


def register(app: App, house: SlackHouse) -> None:
    """Hook the modals about one case into the app."""
    modals = _Modals(house)
    app.view(Modal.FEEDBACK)(modals.feedback)
    app.view(Modal.CLOSE)(modals.close)
    app.view(Modal.MOVE)(modals.move)


class _Modals:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def feedback(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Note what the customer was told."""

        def do(actor: Actor, case: Case) -> None:
            said = Feedback(str(chosen(body, Field.SAID)))
            told = self._house.telling.told(case, said, by=actor.key)
            note(self._house, told, f"told:{said}", _TOLD[said], actor)

        self._submit(ack, body, client, do, place=Field.SAID)

    def close(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Close a case; an urgent one with the stop tick, which asks for both."""

        def do(actor: Actor, case: Case) -> Errors | None:
            if case.urgent is not Urgency.NO and not case.stop_confirmed:
                if not ticked(body, Field.CONFIRMED):
                    text = actor.say("Kryssa i att du har kontrollerat stoppet.")
                    return {Field.CONFIRMED: text}
                reason = StopReason(str(chosen(body, Field.REASON)))
                self._house.casework.confirm_stop(case, reason, by=actor.key)
            closed = self._house.casework.close(case, by=actor.key)
            note(self._house, closed, "closed", mark("{person} avslutade ärendet."), actor)
            return None

        self._submit(ack, body, client, do, place=Field.REASON)

    def move(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Give a case to the process that it belongs to."""

        def do(actor: Actor, case: Case) -> Errors | None:
            process = self._house.choices.process(str(chosen(body, Field.PROCESS)))
            if process is None:
                return {Field.PROCESS: actor.say("Den processen finns inte längre.")}
            wanted = str(chosen(body, Field.MATTER))
            matter = None if kept(wanted) else self._house.choices.matter(wanted)
            moved = self._house.moving.move(case, process, by=actor.key, matter=matter)
            note(self._house, moved, "moved", mark("{person} flyttade ärendet."), actor)
            return None

        self._submit(ack, body, client, do, place=Field.PROCESS)

    def _submit(self, ack: Ack, body: Body, client: WebClient, do: Do, *, place: Field) -> None:
        """Do what a modal asks for, and close it; or say in place what is wrong.

        Args:
            place: The question at which an error is shown that belongs to none.
        """
        number = body["view"]["private_metadata"]
        actor = actor_of(self._house, body["user"]["id"])
        if actor is None:
            refuse(ack, body, {place: not_known(self._house.say)})
            return
        try:
            errors = do(actor, seen_case(self._house, actor, number))
        except SammaDagError as error:
            errors = {place: wrong(error, actor.say)}
        if errors:
            refuse(ack, body, errors)
            return
        ack()
        self._house.poster.nudge()
        publish_home(self._house, client, actor.user)


def refuse(ack: Ack, body: Body, errors: Mapping[str, str]) -> None:
    """Show errors at their questions; where a modal has no such question, in its place."""
    asked = {block.get("block_id") for block in body["view"]["blocks"]}
    placed = {str(place): text[:_LONGEST_ERROR] for place, text in errors.items() if place in asked}
    if placed:
        ack(response_action="errors", errors=placed)
        return
    view = body["view"]
    text = " ".join(errors.values())
    shown = {
        "type": "modal",
        "title": view["title"],
        "close": view["close"],
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": text}}],
    }
    ack(response_action="update", view=shown)


def typed(body: Body, name: str) -> str:
    """Return what was typed at a question; empty for nothing."""
    return str(_state(body, name).get("value") or "")


def chosen(body: Body, name: str) -> str | None:
    """Return what was chosen at a question; None for nothing."""
    option = _state(body, name).get("selected_option")
    return None if option is None else str(option["value"])


def ticked(body: Body, name: str) -> bool:
    """Tell whether the box of a question was ticked."""
    return bool(_state(body, name).get("selected_options"))


def _state(body: Body, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = body["view"]["state"]["values"].get(name, {}).get(name, {})
    return found
