"""`check`, `backtest` and `recompute`: for process owners."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import (
    console,
    day_option,
    of,
    print_json,
    progress_bar,
    settings_in_force,
    settings_of,
    tell,
)
from bot.texts import Say

if TYPE_CHECKING:
    from bot.app import Desk
    from bot.errors import KnowledgeError
    from bot.klarsprak import Finding
    from bot.knowledge import Knowledge
    from bot.reports.model import Period
    from bot.services.articles import ArticleWarning
    from bot.services.backtest_result import Backtest
    from bot.services.letter_preview import Advice
    from bot.services.recompute import Recomputed


def add(app: typer.Typer, say: Say) -> None:
    """Add the commands to the command line."""

    @app.command(
        help=say(
            "Kontrollera kunskapsfiler, mallar och inställningar; alla fel med fil och rad, "
            "råd om klarspråk i mallarna och varningar om artiklar."
        ),
        epilog=say("Exempel: sammadag check"),
    )
    def check(
        context: typer.Context,
        as_json: bool = typer.Option(False, "--json", help=say("Skriv felen som JSON.")),
    ) -> None:
        from bot.clock import SystemClock
        from bot.material import advice_on_letters, check_everything, warnings_about_articles

        settings = settings_of(context)
        problems = check_everything(settings)
        advice = [] if problems else advice_on_letters(settings)
        late = [] if problems else warnings_about_articles(settings, SystemClock().now())
        say = of(context).say
        if as_json:
            rows = [_problem(found, say) for found in problems]
            rows += [_advice(found, say) for found in advice]
            print_json(rows + [_warning(found, say) for found in late])
        _tell_all(problems, advice, late, say)
        if not problems and not as_json:
            console().print(say("Inga fel."))
        raise typer.Exit(1 if problems else 0)

    @app.command(
        help=say(
            "Pröva ändrad kunskap på mejlen i databasen: vad skulle bedömas annorlunda? "
            "Inget ändras. Felkod 1 om något brådskande skulle gå förlorat."
        ),
        epilog=say("Exempel: sammadag backtest --knowledge min-kopia/"),
    )
    def backtest(
        context: typer.Context,
        knowledge: Path = typer.Option(
            None,
            "--knowledge",
            metavar=say("MAPP"),
            help=say("Mapp med ändrad kunskap; annars den som gäller."),
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        from bot.cli.backtest_view import show

        found, tried = _backtest(context, knowledge)
        if as_json:
            print_json(found.as_json())
        else:
            show(found, console(), of(context).say, tried)
        raise typer.Exit(0 if found.is_safe else 1)

    @app.command(
        help=say(
            "Räkna om arbetstiden för händelser när öppettiderna har rättats, och det som siffror "
            "görs av. Med --figures bara det senare, för alla ärenden om inga dagar anges."
        ),
        epilog=say("Exempel: sammadag recompute --from 2026-01-01 --to 2026-03-31"),
    )
    def recompute(
        context: typer.Context,
        start: datetime = day_option(say, "--from", say("Första dagen.")),
        end: datetime = day_option(say, "--to", say("Sista dagen, medräknad.")),
        figures: bool = typer.Option(
            False, "--figures", help=say("Räkna bara om det som siffror görs av.")
        ),
        as_json: bool = typer.Option(False, "--json", help=say("Skriv resultatet som JSON.")),
    ) -> None:
        done = _recompute(context, start, end, only_figures=figures)
        if as_json:
            print_json({"events": done.events, "changed": done.changed, "cases": done.cases})
            return
        if not figures:
            console().print(
                of(context).say(
                    "{events} händelser räknade om, {changed} ändrade.",
                    events=done.events,
                    changed=done.changed,
                )
            )
        console().print(
            of(context).say.plural(
                "Siffrorna räknade om för {n} ärende.",
                "Siffrorna räknade om för {n} ärenden.",
                done.cases,
            )
        )


def _tell_all(
    problems: Iterable[KnowledgeError],
    advice: Iterable[Advice],
    late: Iterable[ArticleWarning],
    say: Say,
) -> None:
    for found in problems:
        tell(say.error(found))
    for hint in advice:
        tell(_advice_line(hint, say))
    for warning in late:
        tell(say("varning: {file}: {what}", **_warning(warning, say)))


def _problem(found: KnowledgeError, say: Say) -> dict[str, object]:
    what = say.saying(found.what)
    return {"level": "error", "file": found.file, "line": found.line, "what": what}


def _advice(found: Advice, say: Say) -> dict[str, object]:
    file = f"{found.template}/{found.language}"
    return {"level": "advice", "file": file, "line": None, "what": _said(found.finding, say)}


def _warning(found: ArticleWarning, say: Say) -> dict[str, object]:
    file = "articles" if found.article is None else f"{found.article}.md"
    what = say.code(f"article.{found.hint}", **found.values)
    return {"level": "warning", "file": file, "line": None, "what": what}


def _advice_line(found: Advice, say: Say) -> str:
    what = _said(found.finding, say)
    where = f"{found.template}/{found.language}"
    return say("råd om mallen {where}: {what}", where=where, what=what)


def _said(finding: Finding, say: Say) -> str:
    return say.code(f"plain.{finding.hint}", **finding.values)


def _backtest(context: typer.Context, folder: Path | None) -> tuple[Backtest, Knowledge]:
    from bot.app import open_to_read
    from bot.errors import UsageError
    from bot.material import make_trial
    from bot.services.backtest import backtest, mails_to_replay
    from bot.services.backtest_result import Backtest

    if folder is not None and not folder.is_dir():
        raise UsageError("--knowledge: {folder} är ingen mapp", folder=folder)
    database = open_to_read(settings_of(context))  # as it is: nothing is upgraded for a trial
    try:
        trial = make_trial(settings_in_force(context), folder)
        if database is None:
            return Backtest(), trial.knowledge
        with progress_bar() as progress:
            task = progress.add_task(
                of(context).say("Prövar mejl"), total=mails_to_replay(database)
            )
            found = backtest(database, trial, progress=lambda count: progress.advance(task, count))
    finally:
        if database is not None:
            database.close()
    return found, trial.knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What was counted anew: events, how many of them changed, and cases for figures."""

    events: int = 0
    changed: int = 0
    cases: int = 0


def _recompute(
    context: typer.Context, start: datetime | None, end: datetime | None, *, only_figures: bool
) -> _Done:
    from bot.app import open_desk
    from bot.clock import SystemClock
    from bot.services.reporting import Reporting

    days = _days(start, end, needed=not only_figures)
    settings, say, clock = settings_of(context), of(context).say, SystemClock()
    with open_desk(settings, clock) as desk, progress_bar() as progress:
        task = progress.add_task(say("Räknar om"), total=None)
        found = None
        if days is not None and not only_figures:
            found = _recompute_events(
                desk, days, progress=lambda count: progress.advance(task, count)
            )
        cases = Reporting(desk.database, desk.knowledge, clock).make_anew(
            days, progress=lambda count: progress.advance(task, count)
        )
    if found is None:
        return _Done(cases=cases)
    return _Done(events=found.events, changed=found.changed, cases=cases)


def _recompute_events(desk: Desk, days: Period, *, progress: Callable[[int], None]) -> Recomputed:
    from datetime import UTC, time

    from bot.services.recompute import recompute

    calendar = desk.knowledge.calendar
    first, last = (
        datetime.combine(day, time(), calendar.zone).astimezone(UTC)
        for day in (days.first, days.after)
    )
    return recompute(desk.database, calendar, first, last, progress=progress)


def _days(start: datetime | None, end: datetime | None, *, needed: bool) -> Period | None:
    from bot.errors import UsageError
    from bot.reports.model import Period

    if start is None or end is None:
        if needed or start is not end:
            raise UsageError("--from och --to: ange både första och sista dagen")
        return None
    if end < start:
        raise UsageError("--to: ligger före --from; ange den tidigare dagen först")
    return Period(first=start.date(), last=end.date())
