"""What an examination found, as a table for people: a sign, what it is, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from rich import box
from rich.console import Console

from bot.cli.wide_tables import Table
from bot.operating.findings import Found, Matter, State
from bot.texts import Say, mark

_SIGNS: Final[Mapping[State, str]] = {
    State.RIGHT: "✓",
    State.DOUBTFUL: "!",
    State.WRONG: "✗",
}
_NAMES: Final[Mapping[Matter, str]] = {
    Matter.SETTINGS: mark("Inställningar"),
    Matter.KNOWLEDGE: mark("Kunskap"),
    Matter.DATABASE: mark("Databas"),
    Matter.KEY: mark("Nyckel"),
    Matter.SPACE: mark("Utrymme"),
    Matter.CLOCK: mark("Klocka"),
    Matter.SLACK: mark("Slack"),
    Matter.WEB: mark("Webbsidan"),
    Matter.RIGHTS: mark("Rättigheter"),
    Matter.SIGN_IN: mark("Inloggning"),
    Matter.READ: mark("Läsa"),
    Matter.MARK: mark("Märka"),
    Matter.DRAFTS: mark("Utkast"),
    Matter.SENT: mark("Skickat"),
    Matter.SEND: mark("Skicka"),
    Matter.SCOPE: mark("Räckvidd"),
    Matter.SEND_TEST: mark("Provmejl"),
}


def show(found: Iterable[Found], console: Console, say: Say) -> None:
    """Print the findings, those of each mailbox together, and how many are wrong."""
    found = list(found)
    table = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("")
    table.add_column(say("Var"), no_wrap=True)
    table.add_column(say("Vad"), no_wrap=True)
    table.add_column(say("Hur det står till, och vad du ska göra"))
    shown_of: str | None = None
    for number, one in enumerate(found):
        if number and one.mailbox != shown_of:
            table.add_section()
        shown_of = one.mailbox
        table.add_row(
            _SIGNS[one.state],
            one.mailbox or "Samma dag",
            say(_NAMES[one.matter]),
            _text(one, say),
        )
    console.print(table)
    wrong = sum(one.state is State.WRONG for one in found)
    doubtful = sum(one.state is State.DOUBTFUL for one in found)
    console.print(
        say("Fel: {wrong}. Att se efter: {doubtful}.", wrong=wrong, doubtful=doubtful)
        if wrong or doubtful
        else say("Allt står rätt till.")
    )


def _text(one: Found, say: Say) -> str:
    text = say.saying(one.text)
    return f"{text} ({one.detail})" if one.detail else text
