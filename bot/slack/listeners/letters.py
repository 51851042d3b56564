"""Writing to a customer: choose a template, see it in outline, write a draft, send it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.cases import Case
from bot.errors import DataError, NotFound, SammaDagError
from bot.reply_rules import DraftState
from bot.services.replies import DraftSheet
from bot.slack.blocks.card import CaseAction
from bot.slack.blocks.letters import (
    VALUE,
    AskedView,
    LetterAction,
    OutlineView,
    TemplateView,
    draft_message,
    template_modal,
)
from bot.slack.blocks.modals import Field, Modal
from bot.slack.blocks.parts import Part
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import (
    Actor,
    Body,
    act,
    actor_of,
    not_known,
    note,
    number_of,
    quietly,
    seen_case,
    tell,
    wrong,
)
from bot.slack.listeners.modals import Errors, chosen, refuse
from bot.slack.message import SlackMessage
from bot.slack.text import escaped
from bot.texts import Say, mark
from bot.vocabulary import DraftId, PersonKey, TemplateKey

Values = dict[str, str | list[str]]

_NAME: Final = 120


def register(app: App, house: SlackHouse) -> None:
    """Hook the button, the modal and what stands under a draft into the app."""
    letters = _Letters(house)
    app.action(CaseAction.TEMPLATE)(letters.open)
    app.action(Field.TEMPLATE)(letters.choose)
    app.view(Modal.TEMPLATE)(letters.write)
    app.action(LetterAction.SEND)(letters.send)
    app.action(LetterAction.DISCARD)(letters.discard)
    app.action(LetterAction.APPROVE)(letters.approve)
    app.action(LetterAction.READ)(_only_a_link)


def _only_a_link(ack: Ack) -> None:
    ack()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clicked:
    """The draft whose button was used, and the version of it that was shown."""

    draft: DraftId
    version: int


class _Letters:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def open(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Offer the templates that fit a case, the best of them in outline."""
        ack()

        def do(actor: Actor) -> None:
            case = seen_case(self._house, actor, str(body["actions"][0].get("value")))
            view = self._modal(actor, case, None)
            client.views_open(trigger_id=body["trigger_id"], view=view)

        act(self._house, client, body, do)

    def choose(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Show the letter that was chosen."""
        ack()

        def do(actor: Actor) -> None:
            shown = body["view"]
            case = seen_case(self._house, actor, shown["private_metadata"])
            name = str((body["actions"][0].get("selected_option") or {}).get("value"))
            view = self._modal(actor, case, name)
            quietly(lambda: client.views_update(view_id=shown["id"], hash=shown["hash"], view=view))

        act(self._house, client, body, do)

    def write(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Write a draft, with what was typed; it is kept with the case."""
        actor = actor_of(self._house, body["user"]["id"])
        if actor is None:
            refuse(ack, body, {Field.TEMPLATE: not_known(self._house.say)})
            return
        try:
            case = seen_case(self._house, actor, body["view"]["private_metadata"])
            outline = self._outline(actor, case, str(chosen(body, Field.TEMPLATE)))
            given = _given(outline, body["view"]["state"]["values"])
            errors = _unfit(outline, given, actor.say)
            if errors:
                refuse(ack, body, errors)
                return
            told = self._written(actor, case, outline, given)
        except SammaDagError as error:
            refuse(ack, body, {Field.TEMPLATE: wrong(error, actor.say)})
            return
        ack()
        self._house.poster.nudge()
        tell(client, body, told)

    def send(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Hand a letter to the outbox as it was shown."""
        ack()
        clicked = _clicked(body)

        def do(actor: Actor) -> None:
            sheet = self._seen(actor, clicked.draft)
            try:
                draft = self._house.replies.send(
                    clicked.draft, by=actor.key, version=clicked.version
                )
            except DataError:
                if sheet.two_people:
                    self._house.approvals.tell()
                else:
                    self._show_newer(client, body, actor, sheet, clicked)
                raise
            sentence = mark("{person} skickade ett svar till kunden.")
            note(self._house, sheet.case, f"sent:{draft.id}", sentence, actor)
            text = actor.say("Utkast {draft} skickas till kunden.", draft=draft.id)
            _replace(client, body, SlackMessage(text=text))
            self._house.approvals.tell()

        act(self._house, client, body, do)

    def discard(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Throw a draft away as it was shown."""
        ack()
        clicked = _clicked(body)

        def do(actor: Actor) -> None:
            sheet = self._seen(actor, clicked.draft)
            try:
                draft = self._house.replies.discard(clicked.draft, version=clicked.version)
            except DataError:
                self._show_newer(client, body, actor, sheet, clicked)
                raise
            text = actor.say("Utkast {draft} är kastat.", draft=draft.id)
            _replace(client, body, SlackMessage(text=text))
            self._house.approvals.tell()

        act(self._house, client, body, do)

    def approve(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Approve a colleague's letter as it was read; whoever is too late is told who did."""
        ack()
        clicked = _clicked(body)

        def do(actor: Actor) -> SlackMessage | None:
            draft = self._seen(actor, clicked.draft).draft
            try:
                self._house.replies.approve(draft.id, by=actor.key, version=clicked.version)
            except DataError:
                approver = self._house.replies.show(draft.id).draft.approved_by
                if approver is None:
                    raise
                name = escaped(actor.teller.names.person(PersonKey(approver)), _NAME)
                text = actor.say(
                    "{person} har redan godkänt utkast {draft}.", person=name, draft=draft.id
                )
                return SlackMessage(text=text)
            finally:
                self._house.approvals.tell()
            return None

        act(self._house, client, body, do)

    def _seen(self, actor: Actor, draft: DraftId) -> DraftSheet:
        """Return a draft; NotFound for one on a case that the actor may not see."""
        sheet = self._house.replies.show(draft)
        if sheet.case.protected and not actor.sees_protected:
            raise NotFound("utkast {draft} finns inte; kontrollera numret", draft=draft)
        return sheet

    def _modal(self, actor: Actor, case: Case, name: str | None) -> Part:
        fitting = self._house.replies.suggest(case)
        templates = [
            TemplateView(
                name=one.template.name,
                title=one.template.title_in(actor.say.language),
                why=actor.say.code(f"fits.{one.fits}"),
            )
            for one in fitting
        ]
        self._house.case_pages.viewed(case, by=actor.key, what="outline")
        known = {one.name for one in templates}
        wanted = name if name in known else next((one.name for one in templates), None)
        chosen = None if wanted is None else self._outline(actor, case, wanted)
        return template_modal(actor.teller.case(case), templates, actor.say, chosen=chosen)

    def _outline(self, actor: Actor, case: Case, name: str) -> OutlineView:
        found = self._house.outlines.outline(case, name, actor.say.language)
        return OutlineView(
            name=found.template,
            text=found.text,
            asked=tuple(
                AskedView(name=one.name, about=one.about, kind=one.kind.value)
                for one in found.asked
            ),
            two_people=found.two_people,
        )

    def _written(
        self, actor: Actor, case: Case, outline: OutlineView, given: Values
    ) -> SlackMessage:
        name = TemplateKey(outline.name)
        draft = self._house.replies.draft(case, name, by=actor.key, given=given)
        sheet = self._house.replies.show(draft.id)
        if sheet.two_people:
            self._house.approvals.tell()
        return _told(actor, sheet, outline)

    def _show_newer(
        self, client: WebClient, body: Body, actor: Actor, sheet: DraftSheet, clicked: _Clicked
    ) -> None:
        """Let the message offer a draft as it is now, where it was changed since."""
        draft = sheet.draft
        if draft.state is DraftState.OPEN and draft.version != clicked.version:
            outline = self._outline(actor, sheet.case, draft.template)
            _replace(client, body, _told(actor, sheet, outline))


def _told(actor: Actor, sheet: DraftSheet, outline: OutlineView) -> SlackMessage:
    """Say that a draft is written."""
    about = {one.name: one.about for one in outline.asked}
    return draft_message(
        actor.teller.case(sheet.case),
        sheet.draft.id,
        actor.say,
        version=sheet.draft.version,
        holes=[about.get(hole, hole) for hole in sheet.holes],
        two_people=sheet.two_people,
        url=actor.teller.draft_url(sheet.case, sheet.draft.id),
    )


def _given(outline: OutlineView, state: Mapping[str, Any]) -> Values:
    """Return what was typed for the values of a letter."""
    given: Values = {}
    for asked in outline.asked:
        name = f"{VALUE}{asked.name}"
        typed = str(state.get(name, {}).get(name, {}).get("value") or "").strip()
        if not typed:
            continue
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        given[asked.name] = lines if asked.kind == "lines" else typed
    return given


def _unfit(outline: OutlineView, given: Values, say: Say) -> Errors:
    """Return which days and addresses are none."""
    errors: Errors = {}
    for asked in outline.asked:
        value = given.get(asked.name)
        if not isinstance(value, str):
            continue
        if asked.kind == "date" and not _is_day(value):
            errors[f"{VALUE}{asked.name}"] = say("Skriv dagen som 2026-03-29.")
        elif asked.kind == "link" and not value.startswith("https://"):
            errors[f"{VALUE}{asked.name}"] = say("Skriv en adress som börjar med https://.")
    return errors


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _clicked(body: Body) -> _Clicked:
    number, _, version = str(body["actions"][0].get("value") or "").partition(":")
    return _Clicked(draft=DraftId(number_of(number)), version=number_of(version))


def _replace(client: WebClient, body: Body, shown: SlackMessage) -> None:
    """Let the message under which somebody clicked say what became of it."""
    channel, message = body.get("channel"), body.get("message")
    if channel is None or message is None:
        return
    where, ts = channel["id"], message["ts"]
    blocks = [dict(block) for block in shown.blocks]
    quietly(lambda: client.chat_update(channel=where, ts=ts, text=shown.text, blocks=blocks))
