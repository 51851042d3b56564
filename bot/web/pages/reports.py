"""Rapporter: the tertial report, the sheet for a customer meeting, and the quarterly view."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from bot.reports.charts.page import chart_figure, table_block
from bot.reports.files.web_page import charts_of
from bot.reports.model import Granularity, Period, Report
from bot.reports.periods import before, named_period, period_of
from bot.services.choices import Choice
from bot.vocabulary import Right
from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.page import Page
from bot.web.periods import chosen_period, period_choices, period_query
from bot.web.report_files import FORMS, report_file


def reports(ask: Ask) -> Response:
    """Show which reports there are, and the forms to make them."""
    return _choose(ask, Form())


def tertial(ask: Ask) -> Response:
    """Show the report of a tertial, or hand it over as a file."""
    period = _named(ask, Granularity.TERTIAL)
    if period is None:
        return _choose(ask, _wrong(ask, "tertial", ask.query("period")), status=422)
    report = ask.house.report_kinds.tertial(period, ask.say)
    return _shown(ask, report, f"tertial-{period.key}", period_query(period))


def customer(ask: Ask) -> Response:
    """Show what a meeting with a customer is about, or hand it over as a file."""
    key = ask.house.choices.customer(ask.query("customer"))
    chosen = chosen_period(ask.query, ask.house.reporting.today, ask.say)
    if key is None or chosen.errors:
        errors = dict(chosen.errors)
        if key is None:
            errors["customer"] = ask.say("Välj en kund.")
        typed = {**chosen.typed, "customer": ask.query("customer")}
        return _choose(ask, Form(typed=typed, errors=errors), status=422)
    report = ask.house.report_kinds.customer(key, chosen.period, ask.say)
    query = {"customer": str(key), **period_query(chosen.period)}
    return _shown(ask, report, ask.say("kundmote") + f"-{chosen.period.key}", query)


def quarter(ask: Ask) -> Response:
    """Show the quarters of a year, or hand them over as a file."""
    period = _named(ask, Granularity.YEAR)
    if period is None:
        return _choose(ask, _wrong(ask, "year", ask.query("period")), status=422)
    report = ask.house.report_kinds.quarters(period.first.year, ask.say)
    return _shown(ask, report, ask.say("kvartal") + f"-{period.key}", period_query(period))


def _shown(ask: Ask, report: Report, name: str, query: dict[str, str]) -> Response:
    form = ask.query("form")
    if form:
        return report_file(report, form, name=name.replace("/", "--"))
    here = ask.request.url.path
    return ask.page(
        "reports/report.html",
        report=report,
        tables=[table_block(table, ask.say) for table in report.tables],
        charts=[chart_figure(drawn, ask.say) for drawn in charts_of(report, ask.say)],
        files={form: f"{here}?{urlencode({**query, 'form': form})}" for form in FORMS},
    )


def _choose(ask: Ask, form: Form, *, status: int = 200) -> Response:
    today, say = ask.house.reporting.today, ask.say
    month = before(period_of(today, Granularity.MONTH))
    usual = {
        "tertial": before(period_of(today, Granularity.TERTIAL)).key,
        "year": period_of(today, Granularity.YEAR).key,
        "period": month.key,
        "shown": month.key,
    }

    def offered(granularity: Granularity | None, chosen: Period) -> tuple[Choice, ...]:
        return period_choices(today, say, chosen=chosen, only=granularity)

    return ask.page(
        "reports/reports.html",
        status=status,
        form=Form(typed={**usual, **form.typed}, errors=form.errors),
        tertials=offered(Granularity.TERTIAL, period_of(today, Granularity.TERTIAL)),
        years=offered(Granularity.YEAR, period_of(today, Granularity.YEAR)),
        periods=offered(None, month),
        customers=ask.house.choices.customers(),
    )


def _named(ask: Ask, granularity: Granularity) -> Period | None:
    """Return the period that the address names, of a sort; the last whole one if it names none."""
    if not ask.query("period"):
        return before(period_of(ask.house.reporting.today, granularity))
    period = named_period(ask.query("period"))
    return period if period is not None and period.granularity is granularity else None


def _wrong(ask: Ask, field: str, typed: str) -> Form:
    return Form(typed={field: typed[:20]}, errors={field: ask.say("Välj en tid i listan.")})


PAGES = (
    Page(path="/reports", name="reports", answer=reports, right=Right.MANAGER),
    Page(path="/reports/tertial", name="reports_tertial", answer=tertial, right=Right.MANAGER),
    Page(path="/reports/customer", name="reports_customer", answer=customer, right=Right.MANAGER),
    Page(path="/reports/quarter", name="reports_quarter", answer=quarter, right=Right.MANAGER),
)
