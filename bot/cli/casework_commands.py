"""`case`: the queue, one case, and what people do with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, of, opened_house, person_option, print_json
from bot.texts import Say
from bot.vocabulary import StopReason, Verdict

if TYPE_CHECKING:
    from bot.app import App
    from bot.cases import Case
    from bot.vocabulary import PersonKey


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    case = typer.Typer(
        help=say("Ärenden: kön, ett ärende, och vad du gör med det."), no_args_is_help=True
    )
    app.add_typer(case, name="case")
    _add_list(case, say)
    _add_show(case, say)
    _add_changes(case, say)
    _add_move(case, say)
    _add_stop(case, say)
    _add_doubt(case, say)


def _add_list(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa öppna ärenden, det som måste vara klart först överst."),
        epilog=say("Exempel: sammadag case list --urgent"),
    )
    def listed(
        context: typer.Context,
        urgent: bool = typer.Option(False, "--urgent", help=say("Bara de brådskande.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv kön som JSON.")),
    ) -> None:
        from bot.cli.case_view import as_values, show_queue
        from bot.services.case_sheet import sheets

        with opened_house(context) as built, built.database.reading() as work:
            cases = work.cases.queue(urgent_only=urgent)
            found = sheets(work, cases) if as_json else []
        if as_json:
            for sheet in found:
                print_json(as_values(sheet))
        else:
            show_queue(cases, console(), of(context).say, built.knowledge)


def _add_show(app: typer.Typer, say: Say) -> None:
    @app.command(
        "show",
        help=say("Visa ett ärende: till när det ska vara klart och varför, och vad som hänt."),
        epilog=say("Exempel: sammadag case show 2026-000123"),
    )
    def show(
        context: typer.Context,
        number: str = _number(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv ärendet som JSON.")),
    ) -> None:
        from bot.cli.case_view import as_values, show_case
        from bot.services.case_sheet import sheets
        from bot.services.naming import case_named

        with opened_house(context) as built:
            case = case_named(number, built.database)
            with built.database.reading() as work:
                events = work.cases.events(case.id)
                (sheet,) = sheets(work, [case])
        if as_json:
            print_json(as_values(sheet))
        else:
            show_case(sheet, events, console(), of(context).say, built.knowledge)


def _add_changes(app: typer.Typer, say: Say) -> None:
    _add_change(
        app,
        say,
        "take",
        help_text=say("Ta ett ärende."),
        example=say("Exempel: sammadag case take 123 --as anna@exempelstad.example"),
        done="Ärende {case} är ditt.",
        change=lambda built, case, by: built.casework.take(case, by=by),
    )
    _add_change(
        app,
        say,
        "acknowledge",
        help_text=say("Kvittera ett brådskande ärende: larmen tystnar. Det är inte löst med det."),
        example=say("Exempel: sammadag case acknowledge 123 --as anna@exempelstad.example"),
        done="Ärende {case} är kvitterat; det är inte klart förrän stoppet är bekräftat.",
        change=lambda built, case, by: built.casework.acknowledge(case, by=by),
    )
    _add_change(
        app,
        say,
        "close",
        help_text=say("Stäng ett ärende; ett brådskande först när stoppet är bekräftat."),
        example=say("Exempel: sammadag case close 123 --as anna@exempelstad.example"),
        done="Ärende {case} är stängt.",
        change=lambda built, case, by: built.casework.close(case, by=by),
    )
    _add_change(
        app,
        say,
        "reopen",
        help_text=say("Öppna ett stängt ärende igen."),
        example=say("Exempel: sammadag case reopen 123 --as anna@exempelstad.example"),
        done="Ärende {case} är öppet igen.",
        change=lambda built, case, by: built.casework.reopen(case, by=by),
    )


def _add_doubt(app: typer.Typer, say: Say) -> None:
    _add_change(
        app,
        say,
        "sent",
        help_text=say("Säg att ett svar som kanske skickats finns i Skickat."),
        example=say("Exempel: sammadag case sent 123 --as anna@exempelstad.example"),
        done="Ärende {case}: svaret räknas som skickat.",
        change=lambda built, case, by: built.casework.settle_sending(case, Verdict.SENT, by=by),
    )
    _add_change(
        app,
        say,
        "resend",
        help_text=say("Skicka igen ett svar som kanske skickats, om det inte finns i Skickat."),
        example=say("Exempel: sammadag case resend 123 --as anna@exempelstad.example"),
        done="Ärende {case}: svaret skickas igen.",
        change=lambda built, case, by: built.casework.settle_sending(case, Verdict.AGAIN, by=by),
    )


def _add_change(
    app: typer.Typer,
    say: Say,
    name: str,
    *,
    help_text: str,
    example: str,
    done: str,
    change: Callable[[App, Case, PersonKey], Case],
) -> None:
    @app.command(name, help=help_text, epilog=example)
    def command(
        context: typer.Context, number: str = _number(say), as_email: str = person_option(say)
    ) -> None:
        from bot.cli.acting import actor

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            case = change(built, who.case(number, built.database), who.person)
        console().print(of(context).say(done, case=case.number))


def _add_move(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Flytta ett ärende till rätt process; kunden får veta det och gör inget själv."),
        epilog=say("Exempel: sammadag case move 123 LR --as anna@exempelstad.example"),
    )
    def move(
        context: typer.Context,
        number: str = _number(say),
        process: str = typer.Argument(
            ..., metavar=say("PROCESS"), help=say("Processens nyckel eller kod.")
        ),
        matter: str = typer.Option(
            None, "--matter", metavar=say("ÄRENDETYP"), help=say("Ärendetypens nyckel.")
        ),
        as_email: str = person_option(say),
    ) -> None:
        from bot.cli.acting import actor
        from bot.services.naming import matter_named, process_named

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            to = process_named(process, built.knowledge)
            about = None if matter is None else matter_named(matter, built.knowledge)
            found = who.case(number, built.database)
            case = built.moving.move(found, to, by=who.person, matter=about)
            team = built.knowledge.names_in(of(context).say.language).team(case.team)
        console().print(
            of(context).say("Ärende {case} är flyttat till {team}.", case=case.number, team=team)
        )


def _add_stop(app: typer.Typer, say: Say) -> None:
    @app.command(
        "stop",
        help=say("Bekräfta att fakturan eller betalningen är stoppad, eller att det inte behövs."),
        epilog=say(
            "Exempel: sammadag case stop 123 --because due_date_moved --as anna@exempelstad.example"
        ),
    )
    def stop(
        context: typer.Context,
        number: str = _number(say),
        because: StopReason = typer.Option(..., "--because", help=say("Vad som är gjort.")),
        as_email: str = person_option(say),
    ) -> None:
        from bot.cli.acting import actor

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            case = who.case(number, built.database)
            case = built.casework.confirm_stop(case, because, by=who.person)
        told = of(context).say
        console().print(
            told(
                "Ärende {case}: {because}.",
                case=case.number,
                because=told.code(f"stop_reason.{because}"),
            )
        )


def _number(say: Say) -> str:
    found: str = typer.Argument(..., metavar=say("ÄRENDE"), help=say("Ärendets nummer."))
    return found
