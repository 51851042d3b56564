"""`simulate`: a made-up history, to show and to load-test with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, day_option, of, print_json, progress_bar, settings_of
from bot.texts import Say

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.simulate import Made, Wishes


def add(app: typer.Typer, say: Say) -> None:
    """Add the command to the command line."""

    @app.command(
        help=say(
            "Skriv en påhittad historik till en tom databas: ärenden från alla processer, spridda "
            "över hela år. Samma frö ger samma historik."
        ),
        epilog=say("Exempel: sammadag --database-url sqlite:///prov.db simulate --cases 10000"),
    )
    def simulate(
        context: typer.Context,
        cases: int = typer.Option(
            ..., "--cases", min=1, max=20_000_000, metavar=say("ANTAL"), help=say("Antal ärenden.")
        ),
        years: int = typer.Option(
            2, "--years", min=1, max=20, metavar=say("ANTAL"), help=say("Antal år.")
        ),
        seed: int = typer.Option(1, "--seed", metavar=say("ANTAL"), help=say("Frö för slumpen.")),
        until: datetime = day_option(
            say, "--until", say("Historikens sista dag; i dag om inget anges.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        settings = settings_of(context)
        wishes = _wishes(settings, cases, years, seed=seed, until=until)
        made, seconds = _simulate(wishes, settings, of(context).say)
        _show(made, seconds, as_json=as_json, say=of(context).say)


def _wishes(
    settings: Settings, cases: int, years: int, *, seed: int, until: datetime | None
) -> Wishes:
    """Return what is wished for; a history ends now, or with the end of its last day."""
    from bot.clock import SystemClock
    from bot.material import load_knowledge
    from bot.simulate import wishes_of

    calendar = load_knowledge(settings).calendar
    last = None if until is None else until.date()
    return wishes_of(cases, years, seed=seed, last=last, now=SystemClock().now(), calendar=calendar)


def _simulate(wishes: Wishes, settings: Settings, say: Say) -> tuple[Made, float]:
    from bot.app import open_database
    from bot.clock import SystemClock
    from bot.simulate import simulate as make

    clock = SystemClock()
    start = clock.monotonic()
    database = open_database(settings)
    try:
        with progress_bar() as progress:
            task = progress.add_task(say("Hittar på ärenden"), total=wishes.cases)
            made = make(
                wishes,
                settings,
                database,
                progress=lambda count: progress.advance(task, count),
            )
    finally:
        database.close()
    return made, clock.monotonic() - start


def _show(made: Made, seconds: float, *, as_json: bool, say: Say) -> None:
    if as_json:
        print_json({"cases": made.cases, "rows": made.rows, "seconds": round(seconds, 3)})
        return
    console().print(
        say(
            "{cases} ärenden, {mails} mejl och {events} händelser på {seconds} sekunder.",
            cases=say.number(made.cases),
            mails=say.number(made.rows["message"]),
            events=say.number(made.rows["event"]),
            seconds=say.number(seconds, decimals=1),
        )
    )
