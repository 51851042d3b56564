"""The command line. Commands import what they use, so that `--help` is quick.

Exit codes: 0 done; 1 something was wrong with the data and is named; 2 wrong usage or
settings. JSON goes to stdout and, with `--json`, everything for people to stderr.
"""

from __future__ import annotations

import sys

import typer

from bot.cli import admin_commands, case_commands, mail_commands, run_commands
from bot.cli.common import Context, language_of
from bot.errors import SammaDagError, UsageError
from bot.texts import Say, speaker


def build(say: Say) -> typer.Typer:
    """Return the whole command line, its help in one language."""
    app = typer.Typer(
        name="sammadag",
        help=say("Samma dag: ärendestöd för funktionsbrevlådorna."),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def shared(
        context: typer.Context,
        config: str = typer.Option(
            None, "--config", help=say("Inställningsfil; annars SAMMADAG_CONFIG.")
        ),
        database_url: str = typer.Option(
            None, "--database-url", help=say("Databasens adress; går före inställningsfilen.")
        ),
        lang: str = typer.Option(None, "--lang", help=say("Språk: sv eller en.")),
    ) -> None:
        context.obj = Context(config=config, database_url=database_url, lang=lang, say=say)

    for commands in (run_commands, mail_commands, case_commands, admin_commands):
        commands.add(app, say)
    return app


def main() -> None:
    """Run the command line and end the process with its exit code."""
    say = speaker(language_of(sys.argv[1:]))
    app = build(say)
    try:
        app(standalone_mode=True)
    except SammaDagError as error:
        sys.stderr.write(f"sammadag: {error}\n")
        raise SystemExit(2 if isinstance(error, UsageError) else 1) from None
    except BrokenPipeError:
        raise SystemExit(1) from None
