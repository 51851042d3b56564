"""The command line. Commands import what they use, so that `--help` is quick.

Exit codes: 0 done; 1 something was wrong with the data and is named; 2 wrong usage or
settings. JSON goes to stdout and, with `--json`, everything for people to stderr. Errors are
one line on stderr, in the language of ``--lang``, else of the settings.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache

import typer
from typer._click.core import Command

from bot.cli import (
    admin_commands,
    article_commands,
    ask_commands,
    case_commands,
    casework_commands,
    control_commands,
    database_commands,
    doctor_commands,
    duty_commands,
    edit_commands,
    keeping_commands,
    ledger_commands,
    log_commands,
    mail_commands,
    phone_commands,
    quarantine_commands,
    remark_commands,
    reply_commands,
    report_commands,
    run_commands,
    search_commands,
    simulate_commands,
    stop_list_commands,
    template_commands,
    usage,
)
from bot.cli.common import Session, language_of, tell
from bot.errors import SammaDagError, UsageError
from bot.texts import Say, speaker
from functionmail.errors import ConnectorError

_COMMANDS = (
    run_commands,
    ask_commands,
    mail_commands,
    case_commands,
    quarantine_commands,
    casework_commands,
    reply_commands,
    phone_commands,
    stop_list_commands,
    ledger_commands,
    duty_commands,
    remark_commands,
    log_commands,
    template_commands,
    report_commands,
    article_commands,
    edit_commands,
    admin_commands,
    keeping_commands,
    control_commands,
    doctor_commands,
    database_commands,
    search_commands,
    simulate_commands,
)


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
            None,
            "--config",
            metavar=say("FIL"),
            help=say("Inställningsfil; annars SAMMADAG_CONFIG."),
        ),
        database_url: str = typer.Option(
            None,
            "--database-url",
            metavar=say("ADRESS"),
            help=say("Databasens adress; går före inställningsfilen."),
        ),
        lang: str = typer.Option(
            None, "--lang", metavar=say("SPRÅK"), help=say("Språk: sv eller en.")
        ),
    ) -> None:
        session = context.find_object(Session)
        assert session is not None
        session.config, session.database_url, session.lang = config, database_url, lang

    for commands in _COMMANDS:
        commands.add(app, say)
    return app


@cache
def _command(say: Say) -> Command:
    """Return the command line of a language, made once: there are a hundred commands in it."""
    command = typer.main.get_command(build(say))
    usage.speak(command, say)
    return command


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    session = Session(say=speaker(language_of(arguments)))
    command = _command(session.say)
    try:
        code = command.main(
            list(arguments), prog_name="sammadag", standalone_mode=False, obj=session
        )
    except usage.HelpWanted as wanted:
        tell(wanted.message)
        return 2
    except typer.TyperException as error:
        tell(f"sammadag: {usage.explained(error, session.say)}")
        return 2
    except SammaDagError as error:
        tell(f"sammadag: {_line(error, session.say)}")
        return 2 if isinstance(error, UsageError) else 1
    except ConnectorError as error:
        what = session.say.code(f"mail_error.{error.code}")
        tell(f"sammadag: mailboxes.{error.mailbox}: {what}")
        return 1
    except (BrokenPipeError, typer.Abort):
        return 1
    return code if isinstance(code, int) else 0


def _line(error: SammaDagError, say: Say) -> str:
    line = say.error(error)
    more = len(getattr(error, "errors", ())) - 1  # of a knowledge folder, all are known at once
    if more < 1:
        return line
    return say.plural(
        "{line} ({n} fel till, se `sammadag check`)",
        "{line} ({n} fel till, se `sammadag check`)",
        more,
        line=line,
    )


def main() -> None:
    """Run the command line and end the process with its exit code."""
    raise SystemExit(run(sys.argv[1:]))
