"""`stop-list`: what must not go on to collection, or out to a bank, while a case is open."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from bot.cli.common import day_option, of, opened_house, print_json, tell
from bot.texts import Say

if TYPE_CHECKING:
    from bot.app import App
    from bot.services.stop_lists import Made


class Format(StrEnum):
    """How a list is written."""

    CSV = "csv"
    JSON = "json"


def add(app: typer.Typer, say: Say) -> None:
    """Add the command to the command line."""

    @app.command(
        "stop-list",
        help=say(
            "Lämna ut stopplistan: fakturor med öppna brådskande ärenden som inte får gå till "
            "inkasso, ärenden utan nummer och det som redan är hos inkassoföretaget. Listan "
            "sparas, och skillnaden mot den förra visas."
        ),
        epilog=say("Exempel: sammadag stop-list --run 2026-03-05 > stopplista.csv"),
    )
    def stop_list(
        context: typer.Context,
        run: datetime = day_option(
            say, "--run", say("Dagen för körningen som listan gäller; annars nästa körning.")
        ),
        payout: bool = typer.Option(
            False, "--payout", help=say("Utbetalningar som ska stoppas, i stället för fakturor.")
        ),
        misses: bool = typer.Option(
            False,
            "--misses",
            help=say("Fakturor som stod på en lista men ändå gick till inkasso; ingen ny lista."),
        ),
        form: Format = typer.Option(Format.CSV, "--format", help=say("Hur listan skrivs.")),
    ) -> None:
        from bot.errors import UsageError
        from bot.vocabulary import Urgency

        if misses and (payout or run is not None):
            raise UsageError("--misses: kan inte stå tillsammans med --run eller --payout")
        with opened_house(context) as built:
            if misses:
                _write_misses(built, form)
                return
            kind = Urgency.PAYOUT if payout else Urgency.COLLECTIONS
            made = built.stop_lists.make(kind, run=None if run is None else run.date())
        _write(built, made, form, of(context).say)


def _write(built: App, made: Made, form: Format, say: Say) -> None:
    from bot.cli import stop_list_view as view

    lines = view.Lines(say, built.knowledge)
    if form is Format.JSON:
        print_json(lines.as_json(made))
    else:
        _write_out(lines.as_csv(made.lines))
    for line in lines.told(made, today=built.knowledge.calendar.local_date(made.made_at)):
        tell(line)
    lines.show_changes(made)


def _write_misses(built: App, form: Format) -> None:
    from bot.cli import stop_list_view as view

    found = built.stop_lists.misses()
    zone = built.knowledge.calendar.zone
    if form is Format.JSON:
        print_json(view.misses_as_json(found, zone))
    else:
        _write_out(view.misses_as_csv(found, zone))


def _write_out(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
