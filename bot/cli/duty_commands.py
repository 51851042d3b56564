"""`duty`: who answers on a day in each mailbox and on each phone line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, day_option, of, print_json, settings_in_force
from bot.texts import Say

if TYPE_CHECKING:
    from datetime import date

    from bot.duty import Duty, PlaceKey, Staffing


def add(app: typer.Typer, say: Say) -> None:
    """Add the command to the command line."""

    @app.command(
        help=say(
            "Visa vem som svarar i varje brevlåda och på varje telefonlinje, vilka som är "
            "ersättare och chef. Felkod 1 om något är obemannat en arbetsdag."
        ),
        epilog=say("Exempel: sammadag duty --day 2026-12-23"),
    )
    def duty(
        context: typer.Context,
        day: datetime = day_option(say, "--day", say("Vilken dag; annars i dag.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv bemanningen som JSON.")),
    ) -> None:
        from bot.clock import SystemClock
        from bot.duty import unstaffed, who_on
        from bot.material import load_knowledge

        knowledge = load_knowledge(settings_in_force(context))
        calendar, roster = knowledge.calendar, knowledge.duty
        on = calendar.local_date(SystemClock().now()) if day is None else day.date()
        found = [who_on(roster, place, on) for place in roster.posts]
        missing = [alarm.place for alarm in unstaffed(roster, on, roster.posts)]
        is_working_day = calendar.is_working_day(on)
        if as_json:
            print_json(_as_json(roster, on, is_working_day, found, missing))
        else:
            from bot.cli.duty_view import show

            show(found, on, console(), of(context).say, knowledge)
        raise typer.Exit(1 if missing and is_working_day else 0)


def _as_json(
    roster: Duty,
    day: date,
    is_working_day: bool,
    found: list[Staffing],
    missing: list[PlaceKey],
) -> dict[str, object]:
    from bot.duty import Week

    return {
        "day": day.isoformat(),
        "week": str(Week.of(day)),
        "working_day": is_working_day,
        "places": [
            {
                "place": staffing.place,
                "kind": "line" if roster.posts[staffing.place].is_line else "mailbox",
                "on_duty": staffing.on_duty,
                "substitutes": staffing.substitutes,
                "head": staffing.head,
                "reasons": [
                    {"code": reason.code, "person": reason.person} for reason in staffing.reasons
                ],
            }
            for staffing in found
        ],
        "unstaffed": missing,
    }
