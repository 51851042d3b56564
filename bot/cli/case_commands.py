"""`ignored` and `books`: mail that became no case, and whether nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from bot.cli.common import LARGEST_NUMBER, console, of, opened_house, person_option, print_json
from bot.texts import Say

if TYPE_CHECKING:
    from bot.store.records import IgnoredMail


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    ignored = typer.Typer(
        help=say("Mejl som inte blev ärenden: visa dem och gör ärende av dem."),
        no_args_is_help=True,
    )
    app.add_typer(ignored, name="ignored")
    _add_ignored(ignored, say)

    @app.command(
        help=say("Kontrollera att varje mejl har exakt ett utfall."),
        epilog=say("Exempel: sammadag books --json"),
    )
    def books(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv böckerna som JSON.")),
    ) -> None:
        from bot.cli.books_view import show_books
        from bot.services.books import balance

        with opened_house(context) as built:
            found = balance(built.database, built.sources.values())
        if as_json:
            print_json(found.as_json())
        else:
            names = built.knowledge.names_in(of(context).say.language)
            show_books(found, console(), of(context).say, names)
        raise typer.Exit(0 if found.balanced else 1)


def _add_ignored(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa undanlagda mejl, nyast först, utan att visa vad som står i dem."),
        epilog=say("Exempel: sammadag ignored list --glance"),
    )
    def listed(
        context: typer.Context,
        glance: bool = typer.Option(
            False, "--glance", help=say("Bara de som innehåller brådskande ord.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv listan som JSON.")),
    ) -> None:
        from bot.cli.books_view import show_ignored

        with opened_house(context) as built:
            mails = built.ignored.listed(glance_only=glance)
        if as_json:
            for mail in mails:
                print_json(_ignored_json(mail))
        else:
            show_ignored(mails, console(), of(context).say, built.knowledge)

    @app.command(
        "open",
        help=say("Gör ett ärende av ett undanlagt mejl."),
        epilog=say("Exempel: sammadag ignored open 17 --as anna@exempelstad.example"),
    )
    def opened(
        context: typer.Context,
        number: int = typer.Argument(
            ..., max=LARGEST_NUMBER, metavar=say("NUMMER"), help=say("Mejlets nummer i listan.")
        ),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ärendet som JSON.")),
    ) -> None:
        from bot.cli.acting import actor
        from bot.vocabulary import MessageId, Right

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings, right=Right.OPERATOR)
            case = built.ignored.make_case(MessageId(number), by=who.person)
        if as_json:
            print_json({"case": str(case.number), "process": case.process, "matter": case.matter})
        else:
            console().print(of(context).say("Mejlet är nu ärende {case}.", case=case.number))


def _ignored_json(mail: IgnoredMail) -> dict[str, object]:
    return {
        "id": mail.id,
        "mailbox": mail.mailbox,
        "because": mail.because,
        "received": mail.received_at.isoformat(),
        "glance": mail.glance,
    }
