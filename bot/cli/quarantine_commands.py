"""`quarantine`: mail that our own code failed on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, of, opened_house, print_json, tell
from bot.texts import Say

if TYPE_CHECKING:
    from bot.store.records import Quarantined


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    quarantine = typer.Typer(
        help=say("Mejl som programmet självt inte klarade; de är sparade och prövas igen."),
        no_args_is_help=True,
    )
    app.add_typer(quarantine, name="quarantine")

    @quarantine.command(
        "list",
        help=say("Visa mejlen i karantän, utan att visa vad som står i dem."),
        epilog=say("Exempel: sammadag quarantine list"),
    )
    def listed(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv listan som JSON.")),
    ) -> None:
        from bot.cli.books_view import show_quarantined

        with opened_house(context) as built, built.database.reading() as work:
            mails = work.books.quarantined()
        if as_json:
            for mail in mails:
                print_json(_as_json(mail))
        else:
            show_quarantined(mails, console(), of(context).say, built.knowledge)

    @quarantine.command(
        "retry",
        help=say("Pröva mejlen i karantän igen nu."),
        epilog=say("Exempel: sammadag quarantine retry"),
    )
    def retry(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv antalen som JSON.")),
    ) -> None:
        left, remaining = _retry(context)
        if as_json:
            print_json({"left": left, "remaining": remaining})
        else:
            console().print(
                of(context).say(
                    "{left} lämnade karantänen, {remaining} är kvar.",
                    left=left,
                    remaining=remaining,
                )
            )
        raise typer.Exit(1 if remaining else 0)

    @quarantine.command(
        "export",
        help=say(
            "Skriv mejlen i karantän som filer som bara du kan läsa, för den som ska se efter "
            "vad som är fel."
        ),
        epilog=say("Exempel: sammadag quarantine export karantän/"),
    )
    def exported(
        context: typer.Context,
        folder: Path = typer.Argument(
            ..., metavar=say("MAPP"), help=say("Mappen som filerna läggs i.")
        ),
    ) -> None:
        from bot.services.quarantine import export

        with opened_house(context) as built:
            files = export(built.database, folder)
        for file in files:
            console().print(str(file), soft_wrap=True)
        tell(
            of(context).say(
                "{count} filer. De innehåller personuppgifter: ta bort dem när du är klar.",
                count=len(files),
            )
        )


def _retry(context: typer.Context) -> tuple[int, int]:
    from bot.vocabulary import Outcome

    with opened_house(context) as built:
        left = built.intake.retry_all()
        with built.database.reading() as work:
            outcomes = work.books.outcomes()
    remaining = sum(
        counted.every
        for (_, outcome), counted in outcomes.items()
        if outcome is Outcome.QUARANTINED
    )
    return left, remaining


def _as_json(mail: Quarantined) -> dict[str, object]:
    from bot.services.quarantine import name_of

    return {
        "id": name_of(mail),
        "mailbox": mail.mailbox,
        "error": mail.error,
        "attempts": mail.attempts,
        "retry_at": mail.retry_at.isoformat(),
    }
