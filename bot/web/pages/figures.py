"""Siffror: how long customers wait and what became of it, each figure open to its cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from bot.reports.charts.page import chart_figure
from bot.reports.files.web_page import charts_of
from bot.reports.measures import MEASURES
from bot.reports.model import Granularity, Period
from bot.reports.scope import By, Scope
from bot.services.choices import Choice
from bot.services.reporting import Shown
from bot.texts import Say
from bot.vocabulary import CaseId, Channel
from bot.web.ask import Ask
from bot.web.figure_grid import Grids, address
from bot.web.form import Form
from bot.web.page import Page
from bot.web.periods import chosen_period, period_choices, period_said
from bot.web.report_files import FORMS, chart_file, report_file
from bot.web.seeing import sight_of

_MOST_GROUPS: Final = 400
_DAYS_OF: Final = {By.DAY: 1, By.WEEK: 7, By.MONTH: 28, By.TERTIAL: 120, By.YEAR: 365}
_SCOPES: Final = ("process", "customer", "matter", "mailbox", "team", "channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is asked for, with the form as it was filled in."""

    period: Period
    scope: Scope
    by: By | None
    form: Form


def figures(ask: Ask) -> Response:
    """Show the figures of a period."""
    wanted = _wanted(ask)
    shown = _shown(ask, wanted)
    grids = Grids(
        shown.figures, ask.say, ask.house.reporting.names(ask.say), ask.url("figures_cases")
    )
    files = {form: _here(ask, "figures_file", wanted, form=form) for form in FORMS}
    charts = [
        (chart_figure(drawn, ask.say), _here(ask, "figures_chart", wanted, chart=drawn.ident))
        for drawn in charts_of(shown.report, ask.say)
    ]
    return ask.page(
        "figures/figures.html",
        status=422 if wanted.form.errors else 200,
        form=wanted.form,
        options=_options(ask, wanted),
        report=shown.report,
        period=period_said(wanted.period, ask.say),
        tiles=grids.tiles(),
        grids=list(grids.grids()),
        charts=charts,
        files=files,
        whole=ask.house.reporting.is_whole(),
    )


def cases(ask: Ask) -> Response:
    """Show the cases behind a figure; those that the viewer may not see are counted."""
    wanted, key = _wanted(ask), ask.query("figure")
    after = ask.query("after")
    is_number = after.isascii() and after.isdigit() and len(after) < 16
    found = ask.house.figure_cases.behind(
        key,
        wanted.period,
        sight_of(ask),
        scope=wanted.scope,
        after=CaseId(int(after)) if is_number else None,
    )
    further = ""
    if found.next is not None:
        further = _here(ask, "figures_cases", wanted, figure=key, after=str(found.next))
    names = ask.house.reporting.names(ask.say)
    return ask.page(
        "figures/cases.html",
        figure=ask.say.code(f"figure.{key}"),
        how=ask.say.code(MEASURES[key].counted.code),
        period=period_said(wanted.period, ask.say),
        about=[names(By(name), value) for name, value in wanted.scope.said().items()],
        found=found,
        further=further,
        back=_here(ask, "figures", wanted),
    )


def file(ask: Ask) -> Response:
    """Hand over the figures as a file."""
    wanted = _wanted(ask)
    return report_file(_shown(ask, wanted).report, ask.query("form"), name=_name(wanted, ask.say))


def chart(ask: Ask) -> Response:
    """Hand over one chart as an image."""
    wanted = _wanted(ask)
    report = _shown(ask, wanted).report
    return chart_file(report, ask.query("chart"), name=_name(wanted, ask.say))


def _shown(ask: Ask, wanted: _Wanted) -> Shown:
    return ask.house.reporting.shown(wanted.period, ask.say, scope=wanted.scope, by=wanted.by)


def _wanted(ask: Ask) -> _Wanted:
    chosen = chosen_period(ask.query, ask.house.reporting.today, ask.say)
    typed, errors = dict(chosen.typed), dict(chosen.errors)
    typed.update({name: ask.query(name) for name in _SCOPES})
    scope = _scope(ask, typed, errors)
    typed["by"] = ask.query("by") if "by" in ask.request.query_params else By.PROCESS
    by = None
    if typed["by"] in list(By):
        by = By(typed["by"])
    elif typed["by"]:
        errors["by"] = ask.say("Välj något i listan.")
    if by is not None and chosen.period.days // _DAYS_OF.get(by, 10_000) > _MOST_GROUPS:
        errors["by"] = ask.say("Det blir för många rader; dela upp i längre tider.")
        by = None
    return _Wanted(period=chosen.period, scope=scope, by=by, form=Form(typed=typed, errors=errors))


def _scope(ask: Ask, typed: dict[str, str], errors: dict[str, str]) -> Scope:
    choices = ask.house.choices
    found = {
        "process": choices.process(typed["process"]),
        "customer": choices.customer(typed["customer"]),
        "matter": choices.matter(typed["matter"]),
        "mailbox": choices.mailbox(typed["mailbox"]),
        "team": choices.team(typed["team"]),
        "channel": Channel(typed["channel"]) if typed["channel"] in list(Channel) else None,
    }
    for name, key in found.items():
        if typed[name] and key is None:
            errors[name] = ask.say("Välj något i listan.")
    return Scope(**found)  # type: ignore[arg-type]  # each has the type of its name


def _options(ask: Ask, wanted: _Wanted) -> dict[str, tuple[Choice, ...]]:
    choices, language = ask.house.choices, ask.say.language
    return {
        "period": period_choices(
            ask.house.reporting.today, ask.say, chosen=wanted.period, only=None
        ),
        "by": tuple(Choice(key=by, name=ask.say.code(f"by.{by}")) for by in By),
        "process": choices.processes(language),
        "customer": choices.customers(),
        "matter": choices.matters(language),
        "mailbox": choices.mailboxes(language),
        "team": choices.teams(language),
        "channel": tuple(
            Choice(key=channel, name=ask.say.code(f"channel.{channel}")) for channel in Channel
        ),
    }


def _here(ask: Ask, page: str, wanted: _Wanted, **more: str) -> str:
    by = {} if wanted.by is By.PROCESS else {"by": wanted.by or ""}
    return address(ask.url(page), wanted.period, wanted.scope, **by, **more)


def _name(wanted: _Wanted, say: Say) -> str:
    key = wanted.period.key
    if wanted.period.granularity is Granularity.ANY:
        key = key.replace("/", "--")
    return f"{say('siffror')}-{key}"


PAGES = (
    Page(path="/figures", name="figures", answer=figures),
    Page(path="/figures/cases", name="figures_cases", answer=cases),
    Page(path="/figures/file", name="figures_file", answer=file),
    Page(path="/figures/chart", name="figures_chart", answer=chart),
)
