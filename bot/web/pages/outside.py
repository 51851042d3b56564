"""Siffror från CallGuide och kundenkäten: typed in, or read from a file, and listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.responses import Response

from bot.errors import DataError, WrongPart
from bot.outside import OutsideFigure, OutsideMeasure, OutsideSource
from bot.reports.model import Granularity
from bot.reports.periods import before, period_of
from bot.services.choices import Choice
from bot.services.outside import COLUMNS, MOST_BYTES, BadLine, value_of
from bot.services.outside_words import outside_value
from bot.vocabulary import Right
from bot.web.ask import Ask
from bot.web.form import Form
from bot.web.notices import Notice
from bot.web.page import Page
from bot.web.periods import day_typed

_MOST_FAULTS: Final = 20
_YEARS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """A line of a file that was not taken in, and why."""

    line: int
    text: str


def listed(ask: Ask) -> Response:
    """Show the figures there are, and the forms for more."""
    month = before(period_of(ask.house.reporting.today, Granularity.MONTH))
    typed = {"first": month.first.isoformat(), "last": month.last.isoformat()}
    return _page(ask, Form(typed=typed))


def add(ask: Ask) -> Response:
    """Take in one figure."""
    figure, errors = _figure(ask)
    if figure is None:
        return _page(ask, Form(typed=ask.form, errors=errors), status=422)
    try:
        ask.house.outside.add(figure, by=ask.viewer.key)
    except WrongPart as error:
        errors = {error.part: ask.say.error(error)}
        return _page(ask, Form(typed=ask.form, errors=errors), status=422)
    return ask.see_other("outside", Notice(text=ask.say("Siffran är inskriven.")))


def upload(ask: Ask) -> Response:
    """Take in a file; with a fault in it nothing is taken in."""
    source, file = _source(ask), ask.files.get("file")
    errors = {}
    if source is None:
        errors["from_source"] = ask.say("Välj var siffrorna kommer från.")
    if file is None or not file.filename:
        errors["file"] = ask.say("Välj en fil.")
    if source is None or file is None or errors:
        return _page(ask, Form(typed=ask.form, errors=errors), status=422)
    try:
        done = ask.house.outside.take_in(file.file.read(MOST_BYTES + 1), source, by=ask.viewer.key)
    except DataError as error:
        wrong = {"file": ask.say.error(error)}
        return _page(ask, Form(typed=ask.form, errors=wrong), status=422)
    if done.faults:
        wrong = {"file": ask.say("Filen har fel och är inte inläst; se raderna nedan.")}
        return _page(ask, Form(typed=ask.form, errors=wrong), status=422, faults=done.faults)
    text = ask.say.plural("{n} siffra är inläst.", "{n} siffror är inlästa.", done.figures)
    return ask.see_other("outside", Notice(text=text))


def _page(ask: Ask, form: Form, *, status: int = 200, faults: tuple[BadLine, ...] = ()) -> Response:
    say = ask.say
    places = ask.house.outside.places(say)
    year = ask.house.reporting.today.year
    said = {place.key: place.name for place in places}
    figures = sorted(
        ask.house.outside.within(date(year - _YEARS, 1, 1), date(year + 1, 12, 31)),
        key=lambda one: (one.last, one.first, one.source, one.place, one.measure),
        reverse=True,
    )
    return ask.page(
        "outside/outside.html",
        status=status,
        form=form,
        faults=[_Fault(line=bad.line, text=say.error(bad.error)) for bad in faults[:_MOST_FAULTS]],
        more_faults=max(0, len(faults) - _MOST_FAULTS),
        figures=[(one, said.get(one.place, one.place), outside_value(one, say)) for one in figures],
        sources=_choices(OutsideSource, "outside", ask),
        measures=_choices(OutsideMeasure, "outside_measure", ask),
        places=places,
        columns=";".join(COLUMNS),
    )


def _choices(
    kinds: type[OutsideSource] | type[OutsideMeasure], code: str, ask: Ask
) -> tuple[Choice, ...]:
    return tuple(Choice(key=kind, name=ask.say.code(f"{code}.{kind}")) for kind in kinds)


def _source(ask: Ask) -> OutsideSource | None:
    said = ask.form.get("from_source", "")
    return OutsideSource(said) if said in list(OutsideSource) else None


def _figure(ask: Ask) -> tuple[OutsideFigure | None, dict[str, str]]:
    """Read the form; a figure, or what is wrong with the fields."""
    say, errors = ask.say, {}
    source, measure = ask.form.get("source", ""), ask.form.get("measure", "")
    first, last = (day_typed(ask.form.get(name, "")) for name in ("first", "last"))
    if source not in list(OutsideSource):
        errors["source"] = say("Välj var siffran kommer från.")
    if measure not in list(OutsideMeasure):
        errors["measure"] = say("Välj vad siffran gäller.")
    for name, day in (("first", first), ("last", last)):
        if day is None:
            errors[name] = say("Skriv en dag som {example}.", example="2026-03-31")
    if errors or first is None or last is None:
        return None, errors
    try:
        figure = OutsideFigure(
            source=OutsideSource(source),
            measure=OutsideMeasure(measure),
            place=ask.form.get("place", ""),
            first=first,
            last=last,
            value=value_of(ask.form.get("value", ""), OutsideMeasure(measure)),
        )
    except WrongPart as error:
        return None, {error.part: say.error(error)}
    return figure, {}


PAGES = (
    Page(path="/outside", name="outside", answer=listed, right=Right.MANAGER),
    Page(
        path="/outside",
        name="outside_add",
        answer=add,
        right=Right.MANAGER,
        method="POST",
        once=True,
    ),
    Page(
        path="/outside/file",
        name="outside_upload",
        answer=upload,
        right=Right.MANAGER,
        method="POST",
        once=True,
    ),
)
