"""The modal that logs a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.services.choices import Choice
from bot.slack.blocks.modals import Field, Modal, options
from bot.slack.blocks.parts import Part, context, field, modal, mrkdwn, select, text_input
from bot.texts import Say

_NAME: Final = 200
_NOTE: Final = 3000
_INVOICES: Final = 300


def phone_modal(
    processes: Sequence[Choice],
    matters: Sequence[Choice],
    say: Say,
    *,
    process: str | None = None,
    note: str = "",
) -> Part:
    """Ask what a call was about.

    Args:
        process: Chosen from the beginning.
        note: Stands there from the beginning, as the text of a message that one logs.
    """
    chosen_process = select(
        Field.PROCESS, options(processes), placeholder=say("Välj process"), chosen=process
    )
    chosen_matter = select(Field.MATTER, options(matters), placeholder=say("Välj ärendetyp"))
    blocks = [
        field(
            Field.CUSTOMER,
            say("Vem ringde?"),
            text_input(Field.CUSTOMER, most=_NAME),
            hint=say("Förvaltning, bolag eller namn."),
        ),
        field(
            Field.CALLBACK,
            say("Hur når vi den som ringde?"),
            text_input(Field.CALLBACK, most=_NAME),
            hint=say("Telefonnummer, eller ett annat sätt."),
        ),
        field(Field.PROCESS, say("Process"), chosen_process),
        field(Field.MATTER, say("Vad gäller det?"), chosen_matter),
        field(
            Field.INVOICES,
            say("Fakturanummer"),
            text_input(Field.INVOICES, most=_INVOICES),
            hint=say("Flera skiljs åt med komma."),
            optional=True,
        ),
        field(
            Field.NOTE,
            say("Anteckning"),
            text_input(Field.NOTE, multiline=True, most=_NOTE, given=note),
            hint=say("Sparas i ärendet och visas inte i kanalen."),
            optional=True,
        ),
        context(mrkdwn(say("Den som ringde har lovats återkoppling samma dag."))),
    ]
    return modal(
        Modal.PHONE,
        say("Logga telefonärende"),
        blocks,
        close=say("Avbryt"),
        submit=say("Logga"),
    )
