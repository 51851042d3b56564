"""`ask` and `chat`: a question in words, and a conversation at the terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, of, opened_house, person_option, print_json, settings_in_force
from bot.texts import Say

if TYPE_CHECKING:
    from bot.knowledge import Knowledge


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    _add_ask(app, say)
    _add_chat(app, say)


def _add_ask(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say(
            "Ställ en fråga med egna ord. Inget ändras: det som skulle ändra något visas som"
            " förslag."
        ),
        epilog=say("Exempel: sammadag ask vem har KR-lådan i morgon"),
    )
    def ask(
        context: typer.Context,
        text: list[str] = typer.Argument(..., metavar=say("FRÅGA"), help=say("Frågan.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv svaret som JSON.")),
        now: str = typer.Option(
            None, "--now", metavar="ISO", help=say("När frågan ställs; annars nu.")
        ),
        as_email: str = typer.Option(
            None, "--as", metavar=say("ADRESS"), help=say("Din e-postadress.")
        ),
    ) -> None:
        from bot.asking import open_assistant
        from bot.cli.acting import actor
        from bot.services.assistant import Question

        settings = settings_in_force(context)
        with open_assistant(settings) as desk:
            who = None if as_email is None else actor(as_email, desk.knowledge, settings)
            question = Question(
                text=" ".join(text),
                at=_instant(now, desk.knowledge) or desk.clock.now(),
                person=None if who is None else who.person,
                sees_protected=who is None or who.sees_protected,
            )
            answer = desk.assistant.ask(question, of(context).say)
        if as_json:
            print_json(answer.as_json())
        else:
            console().print(answer.text, markup=False)


def _add_chat(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say(
            "Samtala med assistenten. Förslag görs när du har bekräftat dem, och går att ångra."
        ),
        epilog=say("Exempel: sammadag chat --as anna@exempelstad.example"),
    )
    def chat(context: typer.Context, as_email: str = person_option(say)) -> None:
        from bot.asking import make_talks
        from bot.cli.acting import actor
        from bot.cli.chat_view import Terminal

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            Terminal(make_talks(built), who, of(context).say, console()).run()


def _instant(text: str | None, knowledge: Knowledge) -> datetime | None:
    from bot.errors import UsageError

    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "--now: ”{text}” är ingen tidpunkt; skriv till exempel 2018-03-14T09:12:00+01:00",
            text=text[:40],
        ) from error
    return found if found.tzinfo else found.replace(tzinfo=knowledge.calendar.zone)
