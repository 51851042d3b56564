"""`backup`, `restore` and `db`: the database, for operators."""

from __future__ import annotations

from pathlib import Path

import typer

from bot.cli.common import console, of, print_json, progress_bar, settings_of, tell
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    _add_copies(app, say)
    database = typer.Typer(help=say("Databasens skötsel."), no_args_is_help=True)
    app.add_typer(database, name="db")
    _add_upgrade(database, say)
    _add_move(database, say)


def _add_copies(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Säkerhetskopiera databasen medan programmet är i gång (SQLite)."),
        epilog=say("Exempel: sammadag backup /var/backups/sammadag/i-natt.db"),
    )
    def backup(
        context: typer.Context,
        file: Path = typer.Argument(..., metavar=say("FIL"), help=say("Filen som ska skrivas.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        _back_up(context, file, as_json=as_json)

    @app.command(
        help=say(
            "Återställ databasen från en säkerhetskopia (SQLite). Kopian kontrolleras och får "
            "programmets schema; programmet ska vara stoppat."
        ),
        epilog=say("Exempel: sammadag restore /var/backups/sammadag/i-natt.db"),
    )
    def restore(
        context: typer.Context,
        file: Path = typer.Argument(..., metavar=say("FIL"), help=say("Säkerhetskopian.")),
        force: bool = typer.Option(
            False,
            "--force",
            help=say("Ersätt även en databas som har ärenden; den gamla sparas bredvid."),
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        _restore(context, file, force=force, as_json=as_json)


def _add_upgrade(database: typer.Typer, say: Say) -> None:
    @database.command(
        "upgrade",
        help=say("Uppgradera databasens schema till programmets."),
        epilog=say("Exempel: sammadag db upgrade"),
    )
    def upgrade(context: typer.Context) -> None:
        from bot.app import open_database
        from bot.store import schema

        opened = open_database(settings_of(context), ready=False)
        before, after = schema.upgrade(opened.engine)
        opened.close()
        console().print(
            of(context).say(
                "Databasens schema är {after} (var {before}).",
                after=after,
                before=before or of(context).say("tomt"),
            )
        )


def _add_move(database: typer.Typer, say: Say) -> None:
    @database.command(
        "move",
        help=say(
            "Flytta allt från SQLite-filen till en tom PostgreSQL-databas, i en enda "
            "transaktion. Programmet ska vara stoppat; filen lämnas som den är. Lösenordet "
            "läses ur ~/.pgpass eller PGPASSWORD."
        ),
        epilog=say("Exempel: sammadag db move postgresql://sammadag@db.stad.example/sammadag"),
    )
    def move(
        context: typer.Context,
        address: str = typer.Argument(
            ..., metavar=say("ADRESS"), help=say("Databasen som ska ta emot.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv antalet rader som JSON.")),
    ) -> None:
        _move(context, address, as_json=as_json)

    @database.command(
        "restored",
        help=say(
            "Tala om för databasen att den är återställd; kör efter pg_restore. Ärendenummer som "
            "kan ha getts ut hoppas över, och mejl som kan ha besvarats får inget nytt svar."
        ),
        epilog=say("Exempel: sammadag db restored"),
    )
    def restored(context: typer.Context) -> None:
        from bot.clock import SystemClock
        from bot.operating.databases import tell_restored

        tell_restored(settings_of(context), SystemClock())
        console().print(of(context).say("Nya ärenden får högre nummer än de som kan ha getts ut."))


def _back_up(context: typer.Context, file: Path, *, as_json: bool) -> None:
    from bot.operating.databases import back_up, key_file

    settings = settings_of(context)
    say = of(context).say
    with progress_bar() as progress:
        task = progress.add_task(say("Kopierar"), total=None)
        contents = back_up(
            settings,
            file,
            progress=lambda done, pages: progress.update(task, completed=done, total=pages),
        )
    key = key_file(settings).path
    if as_json:
        print_json(
            {
                "file": str(file),
                "bytes": file.stat().st_size,
                "schema": contents.schema,
                "cases": contents.cases,
                "mails": contents.deliveries,
                "key_file": None if key is None else str(key),
            }
        )
        return
    console().print(
        say(
            "{file}: {cases} ärenden och {mails} mejl, kontrollerad.",
            file=file,
            cases=say.number(contents.cases),
            mails=say.number(contents.deliveries),
        )
    )
    tell(
        say("Nyckeln finns inte i kopian: spara även SAMMADAG_SECRET_KEY, på ett annat ställe.")
        if key is None
        else say("Nyckeln finns inte i kopian: spara även {file}, på ett annat ställe.", file=key)
    )


def _restore(context: typer.Context, file: Path, *, force: bool, as_json: bool) -> None:
    from bot.clock import SystemClock
    from bot.operating.databases import key_file, restore

    settings = settings_of(context)
    say = of(context).say
    done = restore(settings, file, SystemClock(), force=force)
    key = key_file(settings)
    if as_json:
        print_json(
            {
                "schema": done.contents.schema,
                "was": done.was,
                "cases": done.contents.cases,
                "mails": done.contents.deliveries,
                "put_aside": None if done.put_aside is None else str(done.put_aside),
                "key_missing": key.is_missing,
            }
        )
    else:
        console().print(
            say(
                "Återställd: {cases} ärenden och {mails} mejl, schema {schema} (var {was}). Nya "
                "ärenden får högre nummer än de som kan ha getts ut.",
                cases=say.number(done.contents.cases),
                mails=say.number(done.contents.deliveries),
                schema=done.contents.schema,
                was=done.was,
            )
        )
    if done.put_aside is not None:
        tell(say("Den gamla databasen ligger i {file}.", file=done.put_aside))
    if key.is_missing:
        tell(
            say(
                "{file} saknas: lägg tillbaka nyckeln innan programmet startas, annars känns "
                "svar på våra tidigare mejl inte igen.",
                file=key.path,
            )
        )
    raise typer.Exit(1 if key.is_missing else 0)


def _move(context: typer.Context, address: str, *, as_json: bool) -> None:
    from bot.operating.databases import key_file, move_to

    settings = settings_of(context)
    say = of(context).say
    with progress_bar() as progress:
        task = progress.add_task(say("Flyttar"), total=None)
        counts = move_to(
            settings, address, progress=lambda _table, rows: progress.update(task, advance=rows)
        )
    if as_json:
        print_json(dict(counts))
        return
    console().print(
        say(
            "{rows} rader i {tables} tabeller är flyttade och jämförda.",
            rows=say.number(sum(counts.values())),
            tables=len(counts),
        )
    )
    key = key_file(settings).path
    tell(
        say("Ange nu database_url i inställningarna, och behåll SAMMADAG_SECRET_KEY.")
        if key is None
        else say(
            'Ange nu database_url i inställningarna, och secret_key_file = "{file}".', file=key
        )
    )
