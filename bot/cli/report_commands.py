"""`report`: figures of a period as a table, JSON, CSV, Excel or a page to print."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, of, print_json, settings_of, tell
from bot.texts import Say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.knowledge import Knowledge
    from bot.reports.model import Period, Report, Table
    from bot.reports.scope import By, Scope
    from bot.services.report_kinds import ReportKinds
    from bot.services.reporting import Reporting


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"


class Apart(StrEnum):
    """What figures are told apart by; the values of `bot.reports.scope.By`."""

    PROCESS = "process"
    MAILBOX = "mailbox"
    MATTER = "matter"
    CUSTOMER = "customer"
    TEAM = "team"
    CHANNEL = "channel"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TERTIAL = "tertial"
    YEAR = "year"


class Kind(StrEnum):
    """Which report is made."""

    FIGURES = "figures"
    TERTIAL = "tertial"
    CUSTOMER = "customer"
    QUARTER = "quarter"


def add(app: typer.Typer, say: Say) -> None:
    """Add the command to the command line."""

    @app.command(
        help=say(
            "Siffror för en tid: volym, svarstider, brådskande, handläggning, märkning och "
            "synpunkter. Varje siffra säger hur den är räknad. Dagar skrivs 2026-11-03, och en hel "
            "tid 2026-11, 2026-W48, 2026-T3, 2026 eller med ord: ”förra månaden”."
        ),
        epilog=say("Exempel: sammadag report --from 2026-T3 --by process --format xlsx > t3.xlsx"),
    )
    def report(
        context: typer.Context,
        start: str = typer.Option(
            None,
            "--from",
            metavar=say("TID"),
            help=say("Första dagen, eller en hel tid; annars förra månaden."),
        ),
        end: str = typer.Option(
            None, "--to", metavar=say("TID"), help=say("Sista dagen, medräknad.")
        ),
        kind: Kind = typer.Option(
            Kind.FIGURES,
            "--kind",
            help=say(
                "Vilken rapport: figures (siffror), tertial (planens fem mål), customer (inför "
                "kundmöte, med --customer) eller quarter (årets kvartal)."
            ),
        ),
        by: Apart = typer.Option(
            None, "--by", help=say("Vad siffrorna delas upp efter; annars process.")
        ),
        process: str = typer.Option(
            None, "--process", metavar=say("NYCKEL"), help=say("Bara en process, nyckel eller kod.")
        ),
        customer: str = typer.Option(
            None, "--customer", metavar=say("NAMN"), help=say("Bara en kund, nyckel eller namn.")
        ),
        form: Format = typer.Option(Format.TABLE, "--format", help=say("Hur rapporten skrivs.")),
        out: Path = typer.Option(
            None,
            "--out",
            metavar=say("FIL"),
            help=say("Filen som ska skrivas; annars skrivs allt ut."),
        ),
        behind: str = typer.Option(
            None,
            "--behind",
            metavar=say("SIFFRA"),
            help=say("Visa ärendena bakom en siffra, till exempel urgent_late."),
        ),
        lang: str = typer.Option(
            None, "--lang", metavar=say("SPRÅK"), help=say("Språk: sv eller en.")
        ),
    ) -> None:
        from bot.app import open_desk
        from bot.clock import SystemClock
        from bot.material import templates_folder
        from bot.services.report_kinds import ReportKinds
        from bot.services.reporting import Reporting
        from bot.templates import Templates

        if lang is not None:
            of(context).lang = lang
        settings, clock = settings_of(context), SystemClock()
        with open_desk(settings, clock) as desk:
            templates = Templates(templates_folder(settings), lazy=True)
            reporting = Reporting(desk.database, desk.knowledge, clock, templates)
            period = _period(start, end, reporting.today, kind)
            scope = _scope(desk.knowledge, process, customer)
            _tell_if_missing(reporting, of(context).say)
            if behind is not None:
                _show_behind(reporting, behind, period, scope, of(context).say)
                return
            apart = _by(by)
            if form is Format.JSON:
                from bot.reports.tables import figures_json

                print_json(figures_json(reporting.figures(period, scope=scope, by=apart)))
                return
            if kind is Kind.FIGURES:
                made = reporting.report(period, of(context).say, scope=scope, by=apart)
            else:
                kinds = ReportKinds(desk.database, desk.knowledge, reporting, clock)
                made = _of_kind(kinds, kind, period, scope, of(context).say)
        _write(made, form, out, of(context).say)


def _by(apart: Apart | None) -> By:
    from bot.reports.scope import By

    return By.PROCESS if apart is None else By(apart.value)


def _of_kind(kinds: ReportKinds, kind: Kind, period: Period, scope: Scope, say: Say) -> Report:
    from bot.errors import UsageError

    if kind is Kind.TERTIAL:
        return kinds.tertial(period, say)
    if kind is Kind.QUARTER:
        return kinds.quarters(period.first.year, say)
    if scope.customer is None:
        raise UsageError("--customer: saknas; ange vilken kund mötet är med")
    return kinds.customer(scope.customer, period, say)


def _period(start: str | None, end: str | None, today: date, kind: Kind) -> Period:
    """Return the days that are asked for; the last whole month, or tertial, where none are."""
    from bot.errors import UsageError
    from bot.reports.model import Granularity
    from bot.reports.periods import before, period_of, whole_period

    if start is None and end is None:
        if kind is Kind.QUARTER:
            return period_of(today, Granularity.YEAR)
        is_tertial = kind is Kind.TERTIAL
        return before(period_of(today, Granularity.TERTIAL if is_tertial else Granularity.MONTH))
    if start is None:
        raise UsageError("--from: saknas; ange den första dagen också")
    first = _named("--from", start, today)
    last = _named("--to", end, today).last if end is not None else None
    if last is None:
        last = today if first.granularity is Granularity.DAY else first.last
    if last < first.first:
        raise UsageError("--to: ligger före --from; ange den tidigare dagen först")
    return whole_period(first.first, last)


def _named(option: str, text: str, today: date) -> Period:
    from bot.errors import UsageError
    from bot.reports.periods import named_period

    period = named_period(text) or _in_words(text, today)
    if period is None:
        raise UsageError(
            "{option}: ”{text}” är ingen dag eller tid; skriv till exempel 2026-11-03, 2026-11, "
            "2026-W48, 2026-T3, 2026 eller förra månaden",
            option=option,
            text=text[:40],
        )
    return period


def _in_words(text: str, today: date) -> Period | None:
    from bot.language.folding import fold
    from bot.language.periods import find_periods
    from bot.reports.periods import whole_period

    folded = fold(text).strip()
    match find_periods(folded, today):
        case [found] if (found.start, found.end) == (0, len(folded)):
            return whole_period(found.first, found.last)
    return None


def _scope(knowledge: Knowledge, process: str | None, customer: str | None) -> Scope:
    from bot.errors import UsageError
    from bot.reports.scope import Scope
    from bot.vocabulary import ProcessKey

    key = None
    if process is not None:
        key = knowledge.process_by_code.get(process.upper(), ProcessKey(process.lower()))
        if key not in knowledge.processes:
            raise UsageError(
                "--process: {key} finns inte; det finns {known}",
                key=process[:40],
                known=", ".join(knowledge.processes),
            )
    unit = knowledge.customer_key(customer)
    if customer is not None and unit is None:
        raise UsageError("--customer: {customer} finns inte bland kunderna", customer=customer[:60])
    return Scope(process=key, customer=unit)


def _tell_if_missing(reporting: Reporting, say: Say) -> None:
    if not reporting.is_whole():
        tell(
            say(
                "varning: siffrorna är inte färdigräknade för äldre ärenden; kör `sammadag "
                "recompute --figures`"
            )
        )


def _show_behind(reporting: Reporting, figure: str, period: Period, scope: Scope, say: Say) -> None:
    """Print the numbers of the cases behind a figure, one a line."""
    after = None
    while True:
        found = reporting.numbers_behind(figure, period, scope=scope, after=after)
        for number in found.numbers:
            sys.stdout.write(f"{number}\n")
        if not found.more:
            break
        after = found.last
    if found.hidden:
        tell(
            say.plural(
                "{n} ärende till har skyddade uppgifter.",
                "{n} ärenden till har skyddade uppgifter.",
                found.hidden,
            )
        )


def _write(made: Report, form: Format, out: Path | None, say: Say) -> None:
    if form is Format.TABLE and out is None:
        _show(made, say)
        return
    content = _content(made, form, say)
    if out is not None:
        out.write_bytes(content)
        tell(say("{file} är skriven.", file=out))
        return
    if form is Format.XLSX and sys.stdout.isatty():
        from bot.errors import UsageError

        raise UsageError("--format xlsx: ange --out FIL, eller för utskriften till en fil")
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


def _content(made: Report, form: Format, say: Say) -> bytes:
    from bot.reports.files import csv_of, excel_of, page_of

    match form:
        case Format.XLSX:
            return excel_of(made)
        case Format.HTML:
            return page_of(made)
        case Format.CSV:
            return csv_of(made)
    return ("\n".join(_lines(made, say)) + "\n").encode()


def _lines(made: Report, say: Say) -> Iterable[str]:
    """Yield a report as plain lines."""
    yield made.title
    yield from made.lines
    for table in made.tables:
        yield ""
        yield table.title
        for row in _cells(table, say):
            for column, cell in zip(table.columns[1:], row[1:], strict=True):
                yield f"{row[0]}\t{column.title}\t{cell}"


def _cells(table: Table, say: Say) -> list[list[str]]:
    """Return the rows of a table as they are read."""
    from bot.reports.tables import value_text

    return [
        [
            str(cell) if isinstance(cell, (str, date)) else value_text(cell, column.unit, say)
            for column, cell in zip(table.columns, row, strict=True)
        ]
        for row in table.rows
    ]


def _show(made: Report, say: Say) -> None:
    from rich.markup import escape

    from bot.cli.wide_tables import Table as Drawn
    from bot.cli.wide_tables import parts

    screen = console()
    screen.print(escape(made.title), style="bold")
    for line in made.lines:
        screen.print(escape(line))
    for table in made.tables:
        if not table.rows:
            continue
        rows = _cells(table, say)
        headings = [column.title for column in table.columns]
        marked = [[escape(cell) for cell in row] for row in (headings, *rows)]
        screen.print()
        for number, part in enumerate(parts(headings, rows, screen.width)):
            title = "" if number else escape(table.title)
            drawn = Drawn(title=title or None, title_justify="left")
            drawn.fill(part, marked[0], marked[1:])
            screen.print(drawn)
    screen.print()
    screen.print(say("Hur varje siffra är räknad står i --format html, xlsx och json."))
