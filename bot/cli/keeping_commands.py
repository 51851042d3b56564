"""`retention`, `hold`, `erase` and `export-case`: what is kept, deleted and handed out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import (
    console,
    of,
    opened_house,
    person_option,
    print_json,
    progress_bar,
    tell,
    write_privately,
)
from bot.texts import Say

if TYPE_CHECKING:
    from bot.app import App
    from bot.services.keeping.erasing import ErasureReport
    from bot.services.keeping.holds import Holds


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    _add_retention(app, say)
    hold = typer.Typer(help=say("Ärenden som undantas från gallring."), no_args_is_help=True)
    app.add_typer(hold, name="hold")
    _add_hold(hold, say)
    _add_erase(app, say)
    _add_export(app, say)


def _add_retention(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Gallra det som folk skrivit och sagt, när tiden i retention.yaml är ute."),
        epilog=say("Exempel: sammadag retention --dry-run"),
    )
    def retention(
        context: typer.Context,
        dry_run: bool = typer.Option(False, "--dry-run", help=say("Räkna bara; ändra inget.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv antalen som JSON.")),
    ) -> None:
        from bot.cases import SYSTEM
        from bot.services.keeping.retention import Retention

        with opened_house(context) as built:
            service = Retention(built.database, built.knowledge.retention, built.clock)
            with progress_bar() as progress:
                task = progress.add_task(of(context).say("Gallrar"), total=None)
                done = service.run(
                    actor=SYSTEM,
                    dry_run=dry_run,
                    progress=lambda count: progress.advance(task, count),
                )
        if as_json:
            print_json({"dry_run": done.dry_run, "counts": done.counts})
            return
        if not done.counts:
            console().print(of(context).say("Inget att gallra."))
            return
        heading = of(context).say("Skulle gallras:") if dry_run else of(context).say("Gallrat:")
        console().print(heading)
        _print_counts(done.counts, of(context).say)


def _add_hold(app: typer.Typer, say: Say) -> None:
    @app.command(
        "add",
        help=say("Undanta ett ärende från gallring."),
        epilog=say("Exempel: sammadag hold add 2026-000123 --as anna@exempelstad.example"),
    )
    def add_hold(
        context: typer.Context, number: str = _number(say), as_email: str = person_option(say)
    ) -> None:
        _change_hold(context, number, as_email, lift=False)

    @app.command(
        "lift",
        help=say("Låt ett ärende gallras igen."),
        epilog=say("Exempel: sammadag hold lift 2026-000123 --as anna@exempelstad.example"),
    )
    def lift_hold(
        context: typer.Context, number: str = _number(say), as_email: str = person_option(say)
    ) -> None:
        _change_hold(context, number, as_email, lift=True)

    @app.command(
        "list",
        help=say("Visa ärenden som är undantagna från gallring."),
        epilog=say("Exempel: sammadag hold list"),
    )
    def listed(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv listan som JSON.")),
    ) -> None:
        with opened_house(context) as built:
            held = _holds(built).listed()
            zone = built.house.zone
        if as_json:
            for found in held:
                print_json(
                    {
                        "case": str(found.case.number),
                        "since": found.hold.at.isoformat(),
                        "person": found.hold.person,
                    }
                )
            return
        if not held:
            console().print(of(context).say("Inget ärende är undantaget."))
        for found in held:
            since = of(context).say.moment(found.hold.at, zone, year=True)
            console().print(
                of(context).say("Ärende {case}, sedan {since}", case=found.case.number, since=since)
            )


def _add_erase(app: typer.Typer, say: Say) -> None:
    @app.command(
        help=say("Radera en person, känd genom adress eller nummer, ur allt som skrivits."),
        epilog=say("Exempel: sammadag erase - --as anna@exempelstad.example --dry-run"),
    )
    def erase(
        context: typer.Context,
        who: str = typer.Argument(
            ...,
            metavar=say("ADRESS|NUMMER"),
            help=say("E-postadress, personnummer eller telefonnummer; - läser från stdin."),
        ),
        as_email: str = person_option(say),
        dry_run: bool = typer.Option(False, "--dry-run", help=say("Räkna bara; ändra inget.")),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv rapporten som JSON.")),
    ) -> None:
        from bot.services.keeping.erasing import Erasing
        from bot.services.naming import person_with

        if who == "-":
            who = sys.stdin.readline()
        with opened_house(context) as built:
            person = person_with(as_email, built.knowledge)
            service = Erasing(built.database, built.clock, hash_address=built.identity.hash_address)
            with progress_bar() as progress:
                task = progress.add_task(of(context).say("Söker"), total=service.count())
                report = service.erase(
                    who,
                    actor=person,
                    dry_run=dry_run,
                    progress=lambda count: progress.advance(task, count),
                )
        if as_json:
            print_json(_report_json(report))
        else:
            _show_report(report, of(context).say)


def _add_export(app: typer.Typer, say: Say) -> None:
    @app.command(
        "export-case",
        help=say("Skriv ett ärende som en ZIP-fil: mejl, händelser och beslut."),
        epilog=say("Exempel: sammadag export-case 123 --as anna@exempelstad.example"),
    )
    def export_case(
        context: typer.Context,
        number: str = _number(say),
        as_email: str = person_option(say),
        out: Path = typer.Option(
            None, "--out", metavar=say("FIL"), help=say("Filen; annars arende-NUMMER.zip här.")
        ),
    ) -> None:
        from bot.cli.acting import actor
        from bot.services.keeping.export import Export, file_name

        with opened_house(context) as built:
            who = actor(as_email, built.knowledge, built.settings)
            case = who.case(number, built.database)
            target = out or Path(file_name(case))
            content = Export(built.database, built.house, built.clock).case(
                case,
                by=who.person,
                say=of(context).say,
                names=built.knowledge.names_in(of(context).say.language),
            )
        write_privately(target, content)
        tell(of(context).say("Skrev {file}. Sekretesspröva innan du lämnar ut den.", file=target))


def _number(say: Say) -> str:
    found: str = typer.Argument(
        ..., metavar=say("ÄRENDE"), help=say("Ärendets nummer, som 2026-000123 eller 123.")
    )
    return found


def _holds(built: App) -> Holds:
    from bot.services.keeping.holds import Holds

    return Holds(built.database, built.house, built.clock)


def _change_hold(context: typer.Context, number: str, as_email: str, *, lift: bool) -> None:
    from bot.cli.acting import actor

    with opened_house(context) as built:
        who = actor(as_email, built.knowledge, built.settings)
        case = who.case(number, built.database)
        if lift:
            _holds(built).lift(case, by=who.person)
        else:
            _holds(built).add(case, by=who.person)
    if lift:
        console().print(of(context).say("Ärende {case} får gallras igen.", case=case.number))
    else:
        console().print(of(context).say("Ärende {case} undantas från gallring.", case=case.number))


def _print_counts(counts: Mapping[str, int], say: Say) -> None:
    for what, count in counts.items():
        console().print(f"  {say.code(f'erased.{what}')}: {say.number(count)}")


def _report_json(report: ErasureReport) -> dict[str, object]:
    return {
        "dry_run": report.dry_run,
        "counts": report.counts,
        "cases": [str(number) for number in report.touched],
        "left": [{"case": str(number), "because": how.value} for number, how in report.left],
    }


def _show_report(report: ErasureReport, say: Say) -> None:
    if not report.counts and not report.left:
        console().print(say("Ingen text nämner personen."))
        return
    if report.counts:
        console().print(say("Skulle raderas:") if report.dry_run else say("Raderat:"))
        _print_counts(report.counts, say)
    for number, how in report.left:
        why = say.code(f"standing.{how}")
        console().print(say("Ärende {case} lämnades orört: {why}", case=number, why=why))
