"""`control` and `outside`: internal control, and figures from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    console,
    day_option,
    of,
    opened_house,
    person_option,
    print_json,
    tell,
)
from bot.texts import Say

if TYPE_CHECKING:
    from bot.app import App
    from bot.control import Sample
    from bot.outside import OutsideSource
    from bot.services.control import InternalControl
    from bot.services.outside import Outside
    from bot.vocabulary import PersonKey


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    control = typer.Typer(
        help=say("Internkontroll: lotta ut ärenden, granska dem, ta ut underlaget."),
        no_args_is_help=True,
    )
    app.add_typer(control, name="control")
    _add_draw(control, say)
    _add_list(control, say)
    _add_export(control, say)
    outside = typer.Typer(help=say("Siffror från CallGuide och kundenkäten."), no_args_is_help=True)
    app.add_typer(outside, name="outside")
    _add_import(outside, say)
    _add_figure(outside, say)


def _add_draw(app: typer.Typer, say: Say) -> None:
    @app.command(
        "draw",
        help=say("Lotta ut avslutade ärenden ur en process; samma frö ger samma ärenden."),
        epilog=say(
            "Exempel: sammadag control draw --process KR --from 2026-01-01 --to 2026-04-30 "
            "--seed t1 --as anna@exempelstad.example"
        ),
    )
    def draw(
        context: typer.Context,
        process: str = typer.Option(..., "--process", metavar=say("PROCESS")),
        start: datetime = day_option(say, "--from", needed=True),
        end: datetime = day_option(say, "--to", needed=True),
        seed: str = typer.Option(..., "--seed", help=say("Valfria tecken som styr lotten.")),
        size: int = typer.Option(10, "--size", min=0, max=200, help=say("Antal ärenden.")),
        as_email: str = person_option(say),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv urvalet som JSON.")),
    ) -> None:
        from bot.control import SampleOrder
        from bot.services.naming import process_named

        with opened_house(context) as built, _bad_values_as_usage():
            person = _manager(as_email, built)
            order = SampleOrder(
                process=process_named(process, built.knowledge),
                first=start.date(),
                last=end.date(),
                size=size,
                seed=seed,
            )
            sample = _control(built).draw(order, by=person)
        if as_json:
            print_json(_as_values(sample))
        else:
            _show(sample, of(context).say)


def _add_list(app: typer.Typer, say: Say) -> None:
    @app.command(
        "list",
        help=say("Visa urvalen, nyast först, och hur mycket som är granskat."),
        epilog=say("Exempel: sammadag control list"),
    )
    def listed(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv listan som JSON.")),
    ) -> None:
        with opened_house(context) as built:
            samples = _control(built).listed()
        for sample in samples:
            if as_json:
                print_json(_as_values(sample))
            else:
                _show(sample, of(context).say)
        if not samples and not as_json:
            console().print(of(context).say("Inget urval är gjort."))


def _add_export(app: typer.Typer, say: Say) -> None:
    @app.command(
        "export",
        help=say("Skriv protokollet och underlaget för ett urval som en ZIP-fil."),
        epilog=say(
            "Exempel: sammadag control export 3 --out urval-3.zip --as anna@exempelstad.example"
        ),
    )
    def export(
        context: typer.Context,
        number: int = typer.Argument(..., max=LARGEST_NUMBER, metavar=say("NUMMER")),
        out: Path = typer.Option(..., "--out", metavar=say("FIL")),
        as_email: str = person_option(say),
    ) -> None:
        from bot.cli.common import write_privately

        with opened_house(context) as built:
            speak = of(context).say
            person = _manager(as_email, built)
            names = built.knowledge.names_in(speak.language)
            content = _control(built).evidence(number, say=speak, names=names, by=person)
        write_privately(out, content)
        tell(of(context).say("Skrev {file}.", file=out))


def _add_import(app: typer.Typer, say: Say) -> None:
    @app.command(
        "import",
        help=say("Läs in siffror ur en CSV-fil: from;to;place;measure;value."),
        epilog=say(
            "Exempel: sammadag outside import callguide.csv --source callguide "
            "--as anna@exempelstad.example"
        ),
    )
    def import_file(
        context: typer.Context,
        file: Path = typer.Argument(..., metavar=say("FIL")),
        source: str = typer.Option(..., "--source", help=say("callguide eller survey.")),
        as_email: str = person_option(say),
    ) -> None:
        from bot.errors import UsageError

        with opened_house(context) as built:
            person = _manager(as_email, built)
            try:
                content = file.read_bytes()
            except OSError as error:
                raise UsageError("{file} kan inte läsas", file=file) from error
            done = _outside(built).take_in(content, _source(source), by=person)
        for fault in done.faults:
            tell(
                of(context).say(
                    "rad {line}: {what}", line=fault.line, what=of(context).say.error(fault.error)
                )
            )
        if done.faults:
            tell(of(context).say("Inget lästes in; rätta filen och försök igen."))
            raise typer.Exit(1)
        console().print(of(context).say("{n} siffror lästes in.", n=done.figures))


def _add_figure(app: typer.Typer, say: Say) -> None:
    @app.command(
        "add",
        help=say("Skriv in en siffra för hand."),
        epilog=say(
            "Exempel: sammadag outside add --source survey --measure index --value 78 "
            "--from 2026-01-01 --to 2026-12-31 --as anna@exempelstad.example"
        ),
    )
    def add_figure(
        context: typer.Context,
        source: str = typer.Option(..., "--source", help=say("callguide eller survey.")),
        measure: str = typer.Option(..., "--measure", metavar=say("MÅTT")),
        value: str = typer.Option(..., "--value", metavar=say("VÄRDE")),
        start: str = typer.Option(..., "--from", metavar=say("ÅÅÅÅ-MM-DD")),
        end: str = typer.Option(..., "--to", metavar=say("ÅÅÅÅ-MM-DD")),
        place: str = typer.Option("", "--place", help=say("Process eller telefonlinje.")),
        as_email: str = person_option(say),
    ) -> None:
        from bot.outside import OutsideFigure
        from bot.services.outside import day_of, measure_of, value_of

        with opened_house(context) as built, _bad_values_as_usage():
            person = _manager(as_email, built)
            of_measure = measure_of(measure)
            figure = OutsideFigure(
                source=_source(source),
                measure=of_measure,
                place=place,
                first=day_of(start),
                last=day_of(end),
                value=value_of(value, of_measure),
            )
            _outside(built).add(figure, by=person)
        console().print(of(context).say("Siffran är inskriven."))


def _manager(email: str, built: App) -> PersonKey:
    """Return who has an e-mail address; an error for one who is no manager."""
    from bot.cli.acting import actor
    from bot.vocabulary import Right

    return actor(email, built.knowledge, built.settings, right=Right.MANAGER).person


@contextmanager
def _bad_values_as_usage() -> Iterator[None]:
    """Let a value that does not hold together be a fault of whoever typed it: exit code 2."""
    from bot.errors import BadValue, UsageError

    try:
        yield
    except BadValue as error:
        raise UsageError(error.source, **error.values) from error


def _source(text: str) -> OutsideSource:
    from bot.errors import UsageError
    from bot.outside import OutsideSource

    try:
        return OutsideSource(text.strip().lower())
    except ValueError as error:
        known = ", ".join(OutsideSource)
        raise UsageError("--source: ska vara ett av {known}", known=known) from error


def _control(built: App) -> InternalControl:
    from bot.services.control import InternalControl

    return InternalControl(built.database, built.house, built.clock)


def _outside(built: App) -> Outside:
    from bot.services.outside import Outside

    return Outside(built.database, built.knowledge, built.clock)


def _as_values(sample: Sample) -> dict[str, object]:
    order = sample.order
    return {
        "sample": sample.id,
        "process": order.process,
        "from": order.first.isoformat(),
        "to": order.last.isoformat(),
        "seed": order.seed,
        "population": sample.population,
        "cases": len(sample.items),
        "reviewed": sample.reviewed,
        "faults": sample.faults,
    }


def _show(sample: Sample, say: Say) -> None:
    order = sample.order
    console().print(
        say(
            "Urval {n}: {process}, {first} till {last}, {count} av {population} ärenden, "
            "{reviewed} granskade, {faults} med brist",
            n=sample.id,
            process=order.process,
            first=order.first,
            last=order.last,
            count=len(sample.items),
            population=sample.population,
            reviewed=sample.reviewed,
            faults=sample.faults,
        )
    )
