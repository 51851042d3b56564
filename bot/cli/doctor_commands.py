"""`doctor` and `health`: is everything in place for the program to run, and does it run?"""

from __future__ import annotations

import typer

from bot.cli.common import console, of, print_json, settings_of
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""

    @app.command(
        help=say(
            "Undersök inställningar, kunskap, databas, klockor och varje brevlådas mappar och "
            "rättigheter, och säg vad som ska göras. Inget ändras. Felkod 1 om något är fel."
        ),
        epilog=say("Exempel: sammadag doctor --send-test"),
    )
    def doctor(
        context: typer.Context,
        send_test: bool = typer.Option(
            False,
            "--send-test",
            help=say("Skicka ett mejl från varje brevlåda till den själv och vänta på det."),
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        import time

        from bot.cli.doctor_view import show
        from bot.clock import SystemClock
        from bot.logging_setup import configure
        from bot.operating.doctor import Doctor
        from bot.operating.findings import all_right

        configure(level="error")
        settings = settings_of(context)
        examination = Doctor(
            settings, SystemClock(), send_test=time.sleep if send_test else None
        ).examine()
        found = list(examination)
        speak = of(context).say
        if as_json:
            print_json(
                {"ok": all_right(found), "checks": [dict(one.as_json(speak)) for one in found]}
            )
        else:
            show(found, console(), speak)
        raise typer.Exit(0 if all_right(found) else 1)

    @app.command(
        help=say("Säg om programmet är i gång; för övervakning. Felkod 1 om det inte är det."),
        epilog=say("Exempel: sammadag health"),
    )
    def health(context: typer.Context) -> None:
        from bot.clock import SystemClock
        from bot.operating.health import require_health
        from bot.operating.slack import require_slack

        settings, clock = settings_of(context), SystemClock()
        for require in (require_health, require_slack):
            found = require(settings, clock)
            if found is not None:
                console().print(of(context).say.saying(found))
