"""`search rebuild`: the words that mails are found by, filled anew."""

from __future__ import annotations

import typer

from bot.cli.common import console, of, print_json, progress_bar, settings_of
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    search = typer.Typer(no_args_is_help=True, help=say("Sökningen efter ärenden."))

    @search.command(
        "rebuild",
        help=say(
            "Fyll sökningens index på nytt ur lagrade mejl och samtal, också medan programmet går. "
            "Behövs en gång efter en uppgradering från en version utan sökning."
        ),
        epilog=say("Exempel: sammadag search rebuild"),
    )
    def rebuild(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        _rebuild(context, as_json=as_json)

    app.add_typer(search, name="search")


def _rebuild(context: typer.Context, *, as_json: bool) -> None:
    from bot.app import open_database
    from bot.services.search import rebuild

    database = open_database(settings_of(context))
    say = of(context).say
    try:
        with progress_bar() as progress:
            task = progress.add_task(say("Läser mejl och samtal"), total=None)
            rebuilt = rebuild(
                database,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
    finally:
        database.close()
    if as_json:
        print_json({"entries": rebuilt.entries})
        return
    count = say.number(rebuilt.entries)
    console().print(say("{count} mejl och samtal går att hitta på sina ord.", count=count))
