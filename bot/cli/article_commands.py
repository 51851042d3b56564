"""`article`: find, list and read what staff need to know about a matter."""

from __future__ import annotations

import typer

from bot.cli.common import console, of, print_json, settings_in_force
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    article = typer.Typer(
        help=say("Artiklarna: fråga, leta och läs vad som gäller."), no_args_is_help=True
    )
    app.add_typer(article, name="article")
    _add_list(article, say)
    _add_show(article, say)
    _add_find(article, say)


def _add_list(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa artiklarna, eller de om en process eller en ärendetyp."),
        epilog=say("Exempel: sammadag article list --matter anstand"),
    )
    def listed(
        context: typer.Context,
        process: str = typer.Option(
            None, "--process", metavar=say("PROCESS"), help=say("Processens nyckel eller kod.")
        ),
        matter: str = typer.Option(
            None, "--matter", metavar=say("ÄRENDETYP"), help=say("Ärendetypens nyckel.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv artiklarna som JSON.")),
    ) -> None:
        from bot.cli.article_view import as_values, show_list
        from bot.material import articles_of, load_knowledge
        from bot.services.naming import matter_named, process_named

        settings = settings_in_force(context)
        knowledge = load_knowledge(settings)
        found = articles_of(settings).about(
            process=None if process is None else process_named(process, knowledge),
            matter=None if matter is None else matter_named(matter, knowledge),
        )
        if as_json:
            for one in found:
                print_json(as_values(one))
        else:
            show_list(found, console(), of(context).say)


def _add_show(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Visa en artikel med källor, ägare och när den ska läsas igen."),
        epilog=say("Exempel: sammadag article show anstand"),
    )
    def show(
        context: typer.Context,
        name: str = typer.Argument(
            ..., metavar=say("ARTIKEL"), help=say("Artikelns nyckel eller titel.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv artikeln som JSON.")),
    ) -> None:
        from bot.cli.article_view import as_values, show_one
        from bot.material import articles_of

        article = articles_of(settings_in_force(context)).named(name)
        if as_json:
            print_json(as_values(article))
        else:
            show_one(article, console(), of(context).say)


def _add_find(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Ställ en fråga och få stycket som svarar, varifrån det kommer och varför."),
        epilog=say("Exempel: sammadag article find vem beslutar om anstånd"),
    )
    def find(
        context: typer.Context,
        question: list[str] = typer.Argument(
            ..., metavar=say("FRÅGA"), help=say("Frågan, på svenska eller engelska.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv träffarna som JSON.")),
    ) -> None:
        from bot.cli.article_view import found_values, show_found
        from bot.material import articles_of
        from bot.vocabulary import Language

        articles = articles_of(settings_in_force(context))
        say = of(context).say
        found = articles.find(" ".join(question), Language(say.language))
        if as_json:
            for one in found:
                print_json(found_values(one))
        else:
            show_found(found, console(), say)
