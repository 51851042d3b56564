"""`ledger import`: the file of open customer invoices becomes the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from bot.cli.common import console, of, print_json, progress_bar, settings_in_force, tell
from bot.texts import Say, mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.ledger_file import Fault
    from bot.services.ledger_import import Imported

SHOWN: Final = 1000
"""Faults that are shown; a file takes all of them."""

FAULTS: Final[Mapping[str, str]] = {
    "fields": mark("fel antal fält"),
    "too_long": mark("raden är för lång"),
    "number": mark("fakturanumret saknas eller är inget nummer"),
    "ocr": mark("OCR-numret är inget nummer; fakturan är med utan det"),
    "customer_no": mark("kundnumret är för långt"),
    "due": mark("förfallodagen finns inte"),
    "amount": mark("beloppet är inget belopp i hela ören"),
    "stage": mark("statusen är okänd"),
    "paid_on": mark("betaldagen finns inte"),
    "duplicate": mark("faktura {number} står flera gånger; den sista raden gäller"),
}
"""What is wrong with a row -> its sentence."""


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""
    ledger = typer.Typer(
        help=say("Reskontran: de öppna kundfakturorna."),
        no_args_is_help=True,
    )
    app.add_typer(ledger, name="ledger")

    @ledger.callback()
    def shared() -> None:
        """Keep `import` a command of its own, though it is the only one."""

    @ledger.command(
        "import",
        help=say(
            "Läs in kundfakturorna ur ekonomisystemets fil. Felaktiga rader utelämnas och "
            "nämns; en fil som inte går att lita på avvisas, och den gamla reskontran gäller."
        ),
        epilog=say("Exempel: sammadag ledger import kundfakturor.csv --rejects fel.csv"),
    )
    def imported(
        context: typer.Context,
        file: Path = typer.Argument(
            ..., metavar=say("FIL"), help=say("CSV-fil från ekonomisystemet.")
        ),
        force: bool = typer.Option(
            False, "--force", help=say("Ta filen även om den har över 30 % färre fakturor.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
        rejects: Path = typer.Option(
            None, "--rejects", metavar=say("FIL"), help=say("Skriv alla fel till en CSV-fil.")
        ),
    ) -> None:
        result = _import(context, file, force=force, rejects=rejects)
        _show(result, as_json=as_json, say=of(context).say)
        raise typer.Exit(0 if result.all_in else 1)


def _import(context: typer.Context, file: Path, *, force: bool, rejects: Path | None) -> Imported:
    from bot.app import make_ledger_import, open_database
    from bot.logging_setup import configure
    from bot.services.ledger_import import Watchers

    configure(level="error")
    settings = settings_in_force(context)
    say = of(context).say
    shown: list[Fault] = []
    more = 0

    with _reject_file(rejects, say) as write:

        def found(fault: Fault) -> None:
            nonlocal more
            write(fault)
            if len(shown) < SHOWN:
                shown.append(fault)
            else:
                more += 1

        database = open_database(settings)
        try:
            with progress_bar() as progress:
                task = progress.add_task(say("Läser in fakturor"), total=None)
                result = make_ledger_import(settings, database).run(
                    file,
                    force=force,
                    watchers=Watchers(
                        fault=found,
                        progress=lambda done, lines: progress.update(
                            task, advance=done, total=lines
                        ),
                    ),
                )
        finally:
            database.close()
    for fault in shown:
        tell(say("rad {line}: {what}", line=fault.line, what=_what(fault, say)))
    if more:
        tell(say("… och {more} fel till; --rejects FIL skriver alla till en fil", more=more))
    return result


def _what(fault: Fault, say: Say) -> str:
    return say(FAULTS[fault.kind], number=fault.number)


@contextmanager
def _reject_file(path: Path | None, say: Say) -> Iterator[Callable[[Fault], None]]:
    """Open the file of faults, if one is wanted, and yield what writes a fault to it."""
    if path is None:
        yield lambda _fault: None
        return
    from bot.errors import UsageError

    try:
        file = path.open("w", encoding="utf-8-sig", newline="")
    except OSError as error:
        raise UsageError(
            "--rejects: {file} kan inte skrivas; ange en annan fil", file=path
        ) from error
    import csv

    with file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow([say("rad"), say("fel"), say("faktura")])
        yield lambda fault: _write(rows, fault, say)


def _write(rows: Any, fault: Fault, say: Say) -> None:  # noqa: ANN401 - csv has no type for it
    rows.writerow([fault.line, _what(fault, say), fault.number or ""])


def _show(result: Imported, *, as_json: bool, say: Say) -> None:
    if as_json:
        print_json(
            {
                "rows": result.rows,
                "imported": result.imported,
                "rejected": result.rejected,
                "switched": result.switched,
                "seconds": round(result.seconds, 3),
            }
        )
    if result.refused is not None:
        tell(
            say("filen avvisas, den gamla reskontran gäller: {why}", why=say.saying(result.refused))
        )
    elif not as_json:
        console().print(
            say(
                "{rows} rader på {seconds} sekunder. Fakturor i reskontran: {imported}, felaktiga "
                "rader: {rejected}, upprepade: {repeated}.",
                rows=say.number(result.rows),
                imported=say.number(result.imported),
                rejected=say.number(result.rejected),
                repeated=say.number(result.repeated),
                seconds=say.number(result.seconds, decimals=1),
            )
        )
