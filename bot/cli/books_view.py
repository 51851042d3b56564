"""The books, as a table for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bot.services.books import Balance
from bot.texts import Say
from bot.vocabulary import Outcome


def show(found: Balance, console: Console, say: Say) -> None:
    """Print what became of all mail, mailbox by mailbox, and whether it adds up."""
    table = Table(say("Brevlåda"), *(say.code(f"outcome.{outcome}") for outcome in Outcome))
    for mailbox, counts in sorted(found.outcomes.items()):
        table.add_row(
            say.code(f"mailbox.{mailbox}"), *(str(counts.get(outcome, 0)) for outcome in Outcome)
        )
    console.print(table)
    if found.balanced:
        console.print(say("Böckerna går ihop: varje mejl har exakt ett utfall."))
        return
    console.print(
        say(
            "Böckerna går inte ihop: {without} mejl saknar utfall, {faulty} poster är fel.",
            without=found.without_outcome,
            faulty=found.faulty,
        )
    )
