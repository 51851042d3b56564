"""Modals about one case: feedback, closing with the stop tick, moving, and what has happened."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from bot.services.choices import Choice
from bot.services.phone import Feedback
from bot.slack.blocks.card import moment, summary
from bot.slack.blocks.parts import (
    Part,
    context,
    field,
    modal,
    mrkdwn,
    option,
    radio,
    section,
    select,
    tick,
)
from bot.slack.text import escaped, size
from bot.slack.views import CaseView, EventView
from bot.texts import Say
from bot.vocabulary import StopReason

_KEEP: Final = "keep"
_ROOM_OF_EVENTS: Final = 2900


class Modal(StrEnum):
    """What the modals are called when they come back; their metadata is a case number."""

    FEEDBACK = "modal_feedback"
    CLOSE = "modal_close"
    MOVE = "modal_move"
    EVENTS = "modal_events"
    PHONE = "modal_phone"
    TEMPLATE = "modal_template"
    MISSING = "modal_missing"
    RATING = "modal_rating"


class Field(StrEnum):
    """What the questions of modals are called: block and element alike."""

    SAID = "said"
    REASON = "reason"
    CONFIRMED = "confirmed"
    PROCESS = "process"
    MATTER = "matter"
    CUSTOMER = "customer"
    CALLBACK = "callback"
    NOTE = "note"
    INVOICES = "invoices"
    TEMPLATE = "template"


def feedback_modal(view: CaseView, say: Say) -> Part:
    """Ask what the customer was told."""
    said = [option(say.code(f"feedback.{one}"), one.value) for one in Feedback]
    blocks = [
        section(mrkdwn(summary(view, say))),
        field(Field.SAID, say("Vad har kunden fått veta?"), radio(Field.SAID, said)),
        context(mrkdwn(_what_feedback_does(view, say))),
    ]
    return modal(
        Modal.FEEDBACK,
        say("Återkoppling"),
        blocks,
        close=say("Avbryt"),
        submit=say("Spara"),
        metadata=view.number,
    )


def _what_feedback_does(view: CaseView, say: Say) -> str:
    if view.is_urgent and not view.stop_confirmed:
        return say(
            "Det här skickar inget till kunden. Ärendet är brådskande och stängs inte förrän "
            "stoppet är bekräftat."
        )
    return say(
        "Det här skickar inget till kunden. Är ärendet klart så stängs det. Vill du skriva till "
        "kunden, välj Mall."
    )


def close_modal(view: CaseView, say: Say) -> Part:
    """Ask whether a case may be closed; of an urgent one, what was done about the stop."""
    blocks = [section(mrkdwn(summary(view, say)))]
    if view.is_urgent and not view.stop_confirmed:
        blocks += _stop_tick(say)
    else:
        blocks.append(section(mrkdwn(say("Ärendet stängs. Svarar kunden så öppnas det igen."))))
    return modal(
        Modal.CLOSE,
        say("Avsluta ärendet"),
        blocks,
        close=say("Avbryt"),
        submit=say("Avsluta"),
        metadata=view.number,
    )


def _stop_tick(say: Say) -> list[Part]:
    reasons = [option(say.code(f"stop_reason.{one}"), one.value) for one in StopReason]
    chosen = select(Field.REASON, reasons, placeholder=say("Välj vad som är gjort"))
    ticked = tick(Field.CONFIRMED, say("Jag har kontrollerat att det stämmer"), "yes")
    return [
        field(Field.REASON, say("Vad är gjort för att stoppa fakturan eller betalningen?"), chosen),
        field(Field.CONFIRMED, say("Stoppet"), ticked, optional=True),
    ]


def move_modal(
    view: CaseView, processes: Sequence[Choice], matters: Sequence[Choice], say: Say
) -> Part:
    """Ask to which process a case belongs, and whether it is about something else too."""
    kept = [option(say("Samma ärendetyp som nu"), _KEEP)]
    blocks = [
        section(mrkdwn(summary(view, say))),
        field(
            Field.PROCESS,
            say("Vilken process hör ärendet till?"),
            select(Field.PROCESS, options(processes), placeholder=say("Välj process")),
        ),
        field(
            Field.MATTER,
            say("Vad gäller det?"),
            select(
                Field.MATTER,
                [*kept, *options(matters)],
                placeholder=say("Välj ärendetyp"),
                chosen=_KEEP,
            ),
        ),
        context(
            mrkdwn(
                say("Team, ansvarig och tid följer med. Kunden behöver inte skicka sitt mejl igen.")
            )
        ),
    ]
    return modal(
        Modal.MOVE,
        say("Flytta ärendet"),
        blocks,
        close=say("Avbryt"),
        submit=say("Flytta"),
        metadata=view.number,
    )


def events_modal(view: CaseView, events: Sequence[EventView], say: Say) -> Part:
    """Show what has happened to a case, the newest first."""
    shown = ""
    for event in reversed(events):
        line = f"{moment(event.at, say)}: {say.code(event.code)}"
        if event.actor is not None:
            line += f" ({escaped(event.actor, 120)})"
        if size(shown) + size(line) >= _ROOM_OF_EVENTS:
            break
        shown = f"{shown}\n{line}" if shown else line
    blocks = [section(mrkdwn(summary(view, say))), section(mrkdwn(shown or say("Inget än.")))]
    return modal(Modal.EVENTS, say("Det här har hänt"), blocks, close=say("Stäng"))


def options(choices: Sequence[Choice]) -> list[Part]:
    """Return choices as options of a menu."""
    return [option(choice.name, choice.key) for choice in choices]


def kept(value: str) -> bool:
    """Tell whether the matter that came back is the one the case has already."""
    return value == _KEEP
