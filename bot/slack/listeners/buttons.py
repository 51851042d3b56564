"""The buttons of cards, alerts and queues."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.cases import Case, Event
from bot.errors import DataError
from bot.services.casework import CaseTaken
from bot.services.slack_outbox import Card
from bot.slack.blocks.alert import settled
from bot.slack.blocks.card import CaseAction, More, moment
from bot.slack.blocks.modals import close_modal, events_modal, feedback_modal, move_modal
from bot.slack.blocks.parts import Part
from bot.slack.house import SlackHouse
from bot.slack.listeners.acting import Actor, Body, act, note, seen_case
from bot.slack.message import SlackMessage
from bot.slack.settling import who_acknowledged
from bot.slack.text import escaped
from bot.slack.views import Teller
from bot.texts import Say, mark
from bot.vocabulary import EventKind, PersonKey

_NAME = 120


def register(app: App, house: SlackHouse) -> None:
    """Hook the buttons into the app."""
    buttons = _Buttons(house)
    app.action(CaseAction.TAKE)(buttons.take)
    app.action(CaseAction.REOPEN)(buttons.reopen)
    app.action(CaseAction.ACKNOWLEDGE)(buttons.acknowledge)
    app.action(CaseAction.ESCALATE)(buttons.escalate)
    app.action(CaseAction.FEEDBACK)(buttons.feedback)
    app.action(CaseAction.CLOSE)(buttons.close)
    app.action(CaseAction.EVENTS)(buttons.events)
    app.action(CaseAction.MORE)(buttons.more)
    app.action(CaseAction.MAIL)(_only_a_link)


def _only_a_link(ack: Ack) -> None:
    ack()


class _Buttons:
    def __init__(self, house: SlackHouse) -> None:
        self._house = house

    def take(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Take a case that nobody has; whoever is too late is told who has it."""
        ack()
        act(self._house, client, body, lambda actor: self._claim(actor, _value(body), _card(body)))

    def reopen(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Open a closed case again."""
        ack()

        def do(actor: Actor) -> None:
            closed = seen_case(self._house, actor, _value(body))
            case = self._house.casework.reopen(closed, by=actor.key)
            sentence = mark("{person} öppnade ärendet igen.")
            note(self._house, case, "reopened", sentence, actor, clicked=_card(body))

        act(self._house, client, body, do)

    def acknowledge(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Say that a person has seen an urgent case; the alert loses its buttons."""
        ack()

        def do(actor: Actor) -> SlackMessage | None:
            case = seen_case(self._house, actor, _value(body))
            told = None
            try:
                case = self._house.casework.acknowledge(case, by=actor.key)
                note(self._house, case, "seen", mark("{person} kvitterade larmet."), actor)
            except DataError:
                seen = self._last(case, EventKind.ACKNOWLEDGED)
                if seen is None:
                    raise
                said = _who_acknowledged(case, seen, actor.say, actor.teller)
                told = SlackMessage(text=escaped(said))
            seen = self._last(case, EventKind.ACKNOWLEDGED)
            if seen is not None:
                self._settle(body, case, seen)
            return told

        act(self._house, client, body, do)

    def escalate(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Tell the next person on the ladder now."""
        ack()

        def do(actor: Actor) -> SlackMessage:
            case = seen_case(self._house, actor, _value(body))
            rung = self._house.escalating.escalate(case, by=actor.key)
            note(self._house, case, f"up:{rung}", mark("{person} eskalerade larmet."), actor)
            whom = actor.say.code(f"rung.{rung}")
            text = actor.say("Larmet om ärende {case} går nu {whom}.", case=case.number, whom=whom)
            return SlackMessage(text=text)

        act(self._house, client, body, do)

    def feedback(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Ask what the customer was told."""
        ack()
        self._open(body, client, self._feedback)

    def close(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Ask whether a case may be closed."""
        ack()
        self._open(body, client, self._close)

    def events(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Show what has happened to a case."""
        ack()
        self._open(body, client, self._history)

    def more(self, ack: Ack, body: Body, client: WebClient) -> None:
        """Do what was chosen behind the three dots."""
        ack()
        what, _, number = _choice(body).partition(":")
        if what == More.TAKE:
            card = _card(body)
            act(self._house, client, body, lambda actor: self._take_over(actor, number, card))
        elif what == More.EVENTS:
            self._open(body, client, self._history, number=number)
        elif what == More.MOVE:
            self._open(body, client, self._move, number=number)

    def _open(
        self,
        body: Body,
        client: WebClient,
        draw: Callable[[Actor, Case], Part],
        *,
        number: str | None = None,
    ) -> None:
        def do(actor: Actor) -> None:
            view = draw(actor, seen_case(self._house, actor, number or _value(body)))
            client.views_open(trigger_id=body["trigger_id"], view=view)

        act(self._house, client, body, do)

    def _claim(self, actor: Actor, number: str, card: Card | None) -> SlackMessage | None:
        case = seen_case(self._house, actor, number)
        try:
            case = self._house.casework.claim(case, by=actor.key)
        except CaseTaken as taken:
            return SlackMessage(text=self._who_has(case, taken.owner, actor))
        note(self._house, case, "taken", mark("{person} tog ärendet."), actor, clicked=card)
        return None

    def _take_over(self, actor: Actor, number: str, card: Card | None) -> None:
        case = self._house.casework.take(seen_case(self._house, actor, number), by=actor.key)
        note(self._house, case, "taken", mark("{person} tog över ärendet."), actor, clicked=card)

    def _feedback(self, actor: Actor, case: Case) -> Part:
        return feedback_modal(actor.teller.case(case), actor.say)

    def _close(self, actor: Actor, case: Case) -> Part:
        return close_modal(actor.teller.case(case), actor.say)

    def _history(self, actor: Actor, case: Case) -> Part:
        self._house.case_pages.viewed(case, by=actor.key, what="events")
        events = [
            actor.teller.event(event)
            for event in self._house.overview.history(case)
            if event.kind is not EventKind.VIEWED
        ]
        return events_modal(actor.teller.case(case), events, actor.say)

    def _move(self, actor: Actor, case: Case) -> Part:
        language, choices = actor.say.language, self._house.choices
        return move_modal(
            actor.teller.case(case),
            choices.processes(language),
            choices.matters(language),
            actor.say,
        )

    def _who_has(self, case: Case, owner: PersonKey, actor: Actor) -> str:
        say, name = actor.say, escaped(actor.teller.names.person(owner), _NAME)
        taken = self._last(case, EventKind.TAKEN)
        if taken is None:
            return say("{owner} har redan ärende {case}.", owner=name, case=case.number)
        when = self._moment(taken, say)
        return say("{owner} tog ärende {case} {when}.", owner=name, case=case.number, when=when)

    def _settle(self, body: Body, case: Case, acknowledged: Event) -> None:
        """Let an alert say who has seen it, in the language of the channel."""
        message, channel = body.get("message"), body.get("channel")
        if message is None or channel is None:
            return
        say = self._house.say
        teller = self._house.teller(say.language)
        done = _who_acknowledged(case, acknowledged, say, teller)
        drawn = settled(teller.case(case), done, say)
        self._house.poster.update(channel["id"], message["ts"], drawn)

    def _last(self, case: Case, kind: EventKind) -> Event | None:
        events = self._house.overview.history(case)
        return next((event for event in reversed(events) if event.kind is kind), None)

    def _moment(self, event: Event, say: Say) -> str:
        return moment(event.at.astimezone(self._house.zone), say)


def _who_acknowledged(case: Case, event: Event, say: Say, teller: Teller) -> str:
    return who_acknowledged(case, PersonKey(event.actor), event.at, say, teller)


def _value(body: Body) -> str:
    return str(body["actions"][0].get("value") or "")


def _card(body: Body) -> Card | None:
    """Return the card on which somebody clicked; None where they did so in their App Home."""
    message, channel = body.get("message"), body.get("channel")
    if message is None or channel is None:
        return None
    return Card(channel=channel["id"], ts=message["ts"])


def _choice(body: Body) -> str:
    return str((body["actions"][0].get("selected_option") or {}).get("value") or "")
