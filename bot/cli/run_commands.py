"""`demo` and `run`: the product, with a sample city or with real settings."""

from __future__ import annotations

from contextlib import ExitStack

import typer

from bot.cli.common import of, settings_of
from bot.texts import Say


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""

    @app.command(
        help=say("Visa hela produkten med en påhittad stad, utan nätverk."),
        epilog=say("Exempel: sammadag demo --once --json"),
    )
    def demo(
        context: typer.Context,
        once: bool = typer.Option(
            False, "--once", help=say("Hantera exempelmejlen, sammanfatta och sluta.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv sammanfattningen som JSON.")),
        port: int = typer.Option(
            8000, "--port", min=0, max=65535, metavar=say("PORT"), help=say("Webbsidans port.")
        ),
    ) -> None:
        from bot import demo as sample_city

        _log(context, level="error")
        speak = of(context).say
        if once:
            raise typer.Exit(sample_city.run_once(speak, json_wanted=as_json))
        sample_city.run(speak, port=port)

    @app.command(
        help=say("Bevaka brevlådorna enligt inställningarna tills du avbryter."),
        epilog=say("Exempel: sammadag --config /etc/sammadag.toml run"),
    )
    def run(context: typer.Context) -> None:
        from bot.errors import SettingsError
        from bot.faces import open_slack
        from bot.running import Running
        from bot.signals import stop_on_signals
        from bot.web_serving import open_web

        settings = settings_of(context)
        _log(context, style=settings.log.format, level=settings.log.level)
        if not settings.mailboxes:
            raise SettingsError(
                "mailboxes: ingen brevlåda är inställd; se exemplet i sammadag.sample.toml"
            )
        running = Running(settings, face=open_slack)
        try:
            lock = running.current.claim()
            try:
                web = open_web(running.current, now=lambda: running.current)
                stop_on_signals(running.stop)
                with ExitStack() as faces:
                    if web is not None:
                        web.start()
                        faces.callback(web.stop)
                    running.run()
            finally:
                lock.release()
        finally:
            running.close()


def _log(context: typer.Context, *, style: str = "auto", level: str = "info") -> None:
    from bot.logging_setup import configure

    configure(style=style, level=level)
