"""`template effect`: what the letters of each template lead to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, day_option, of, opened_house, print_json
from bot.texts import Say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from bot.services.template_effect import Effect

_USUAL_DAYS = 90


def add_effect(app: typer.Typer, say: Say) -> None:
    """Add the command to the group `template`."""

    @app.command(
        help=say(
            "Visa vad breven leder till, mall för mall: frågor igen inom tre arbetsdagar, tid till "
            "svar, synpunkter."
        ),
        epilog=say("Exempel: sammadag template effect --from 2026-01-01 --to 2026-03-31"),
    )
    def effect(
        context: typer.Context,
        start: datetime = day_option(say, "--from", say("Första dagen; annars 90 dagar bakåt.")),
        end: datetime = day_option(say, "--to", say("Sista dagen; annars i dag.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv tabellen som JSON.")),
    ) -> None:
        from bot.errors import UsageError
        from bot.services.template_effect import template_effects

        with opened_house(context) as built:
            calendar = built.knowledge.calendar
            last = calendar.local_date(built.clock.now()) if end is None else end.date()
            first = last - timedelta(days=_USUAL_DAYS) if start is None else start.date()
            if last < first:
                raise UsageError("--to: ligger före --from; ange den tidigare dagen först")
            found = template_effects(built.database, calendar, first, last)
        if as_json:
            for one in found:
                print_json(_values(one))
        else:
            _show(found, console(), of(context).say)


def _values(one: Effect) -> dict[str, object]:
    return {
        "template": one.template,
        "sent": one.sent,
        "again": one.again,
        "again_share": round(one.again_share, 3),
        "median_working_s": one.median_working_s,
        "remarks": one.remarks,
    }


def _show(found: Sequence[Effect], console: Console, say: Say) -> None:
    from rich import box

    from bot.cli.wide_tables import Table

    if not found:
        console.print(say("Inga brev har skickats under de dagarna."))
        return
    table = Table(box=box.SIMPLE)
    table.add_column(say("Mall"))
    for heading in (say("Skickade"), say("Frågor igen"), say("Tid till svar"), say("Synpunkter")):
        table.add_column(heading, justify="right")
    for one in found:
        time = say.duration(timedelta(seconds=one.median_working_s), days=False, short=True)
        table.add_row(
            one.template,
            say.number(one.sent),
            f"{say.number(one.again)} ({say.percent(one.again_share)})",
            time,
            say.number(one.remarks),
        )
    console.print(table)
    console.print(
        say(
            "Frågor igen: nytt mejl från kunden inom tre arbetsdagar. Tid till svar: median, "
            "arbetstid sedan ärendet kom in."
        )
    )
