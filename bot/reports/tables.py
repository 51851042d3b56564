"""Figures in words: the tables and charts of a report, said in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from bot.reports.figures import TOTAL, Figures, Group, TemplateAnswers
from bot.reports.measures import MEASURES, SECTIONS, Measure
from bot.reports.model import (
    Cell,
    Column,
    Distribution,
    Figure,
    Granularity,
    HeatMap,
    Period,
    Point,
    Report,
    Series,
    Table,
    Unit,
)
from bot.reports.scope import By
from bot.reports.spread import histogram, spread_of_runs
from bot.texts import Say

NameOf = Callable[[By, str], str]
"""Says what a key is called."""
_HOUR: Final = 3600
_EDGES: Final = tuple(hours * _HOUR for hours in (0, 1, 2, 4, 8, 16, 24, 40, 80, 160))
"""Between which times to the first answer cases are counted together; eight hours are a day."""
_CHARTS: Final = ("received", "answer_work_median", "backlog", "urgent_in_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a report shows beside its figures, as the store has it.

    Attributes:
        answers: The first answers, by template.
        arrivals: (weekday from Monday 0, local hour, how many).
        units: (name of a unit, remarks, of which complaints, of which praise).
        titles: Key of a template -> what it is called; those that are gone have none.
        target: Agreed working seconds to the first answer; None where nothing is.
    """

    answers: Sequence[TemplateAnswers] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    arrivals: Iterable[tuple[int, int, int]] = ()
    units: Sequence[tuple[str, int, int, int]] = ()
    target: int | None = None


def report_of(
    figures: Figures, beside: Beside, say: Say, *, name_of: NameOf, title: str, zone: tzinfo
) -> Report:
    """Return a whole report: a table for each section, and the charts that go with it."""
    made_at = figures.counted_at.astimezone(zone)
    tables = [
        _section(name, measures, figures, say, name_of) for name, measures in SECTIONS.items()
    ]
    tables += [
        _units(beside.units, say),
        _templates(beside, say),
        *_corrections(figures, say, name_of),
    ]
    return Report(
        title=title,
        language=say.language,
        period=figures.period,
        made_at=made_at,
        tables=tuple(tables),
        series=tuple(_series(figures, beside, say, name_of)),
        distributions=(_distribution(beside, say),),
        heat_maps=(_heat_map(beside, say),),
        lines=tuple(_lines(figures, made_at, say, zone)),
    )


def figure_table(
    name: str, measures: Sequence[Measure], figures: Figures, say: Say, name_of: NameOf
) -> Table:
    """Return some figures, a row for each group and the last one for all."""
    return _section(name, measures, figures, say, name_of)


def _section(
    name: str, measures: Sequence[Measure], figures: Figures, say: Say, name_of: NameOf
) -> Table:
    by = "all" if figures.by is None else figures.by.value
    head = Column(key="group", title=say.code(f"by.{by}"), unit=Unit.TEXT)
    columns = [
        Column(key=measure.key, title=say.code(f"figure.{measure.key}"), unit=measure.unit)
        for measure in measures
    ]
    rows = [
        (label_of(group, figures.by, say, name_of), *_values(group, measures))
        for group in figures.groups
    ]
    rows.append((say("Alla"), *_values(figures.total, measures)))
    return Table(
        key=name,
        title=say.code(f"section.{name}"),
        columns=(head, *columns),
        rows=tuple(rows),
        notes=tuple(f"{column.title}: {_how(column.key, say)}" for column in columns),
    )


def _values(group: Group, measures: Sequence[Measure]) -> tuple[Cell, ...]:
    return tuple(group.figures[measure.key].value for measure in measures)


def _how(key: str, say: Say) -> str:
    counted = MEASURES[key].counted
    return say.code(counted.code, **counted.values)


def label_of(group: Group, by: By | None, say: Say, name_of: NameOf) -> str:
    """Return what a group is called."""
    if by is None:
        return say("Alla")
    if by.granularity is not None:
        return period_name(group.period)
    return name_of(by, group.key) if group.key != TOTAL else say("Okänd")


def period_name(period: Period) -> str:
    """Return what a period is called in a table: 2026-11, 2026-T3, or its days."""
    if period.granularity is Granularity.ANY:
        first, last = period.first.isoformat(), period.last.isoformat()
        return first if first == last else f"{first} – {last}"
    return period.key


def _series(figures: Figures, beside: Beside, say: Say, name_of: NameOf) -> Iterator[Series]:
    if not figures.groups:
        return
    over_time = figures.by is not None and figures.by.granularity is not None
    for key in _CHARTS:
        measure = MEASURES[key]
        points = [
            Point(label=label_of(group, figures.by, say, name_of), value=group.figures[key].value)
            for group in figures.groups
        ]
        yield Series(
            key=key,
            title=say.code(f"figure.{key}"),
            unit=measure.unit,
            points=tuple(points),
            target=beside.target if key == "answer_work_median" else None,
            notes=(_how(key, say),),
            over_time=over_time,
        )


def _distribution(beside: Beside, say: Say) -> Distribution:
    times = [run for one in beside.answers for run in one.seconds]
    spread = spread_of_runs(times)
    return Distribution(
        key="answer_times",
        title=say("Tid till första svar, fördelning"),
        unit=Unit.WORKING_TIME,
        bins=histogram(times, _EDGES),
        median=spread.median,
        p90=spread.p90,
        notes=(_how("answer_work_median", say),),
    )


def _heat_map(beside: Beside, say: Say) -> HeatMap:
    counts = [[0] * 24 for _ in range(7)]
    for weekday, hour, n in beside.arrivals:
        counts[weekday][hour] += n
    return HeatMap(
        key="arrivals",
        title=say("När ärenden kommer in"),
        counts=tuple(map(tuple, counts)),
        notes=(_how("received", say),),
    )


def _units(units: Iterable[tuple[str, int, int, int]], say: Say) -> Table:
    columns = [
        Column(key=key, title=say.code(f"figure.{key}"), unit=Unit.COUNT)
        for key in ("remarks", "complaints", "praise")
    ]
    return Table(
        key="units",
        title=say.code("section.units"),
        columns=(Column(key="group", title=say.code("by.unit"), unit=Unit.TEXT), *columns),
        rows=tuple(sorted(units)),
        notes=tuple(f"{column.title}: {_how(column.key, say)}" for column in columns),
    )


def _templates(beside: Beside, say: Say) -> Table:
    ordered = sorted(beside.answers, key=lambda one: (not one.template, one.template))
    keys = ("answered", "answer_work_median", "asked_again")
    columns = [
        Column(key=key, title=say.code(f"figure.{key}"), unit=MEASURES[key].unit) for key in keys
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            beside.titles.get(one.template, one.template) or say("utan mall"),
            one.answers,
            spread_of_runs(one.seconds).median,
            one.asked_again / one.answers,
        )
        for one in ordered
    ]
    return Table(
        key="templates",
        title=say.code("section.templates"),
        columns=(Column(key="group", title=say.code("by.template"), unit=Unit.TEXT), *columns),
        rows=tuple(rows),
        notes=tuple(f"{column.title}: {_how(column.key, say)}" for column in columns),
    )


def corrected(figures: Figures) -> list[tuple[Group, Figure]]:
    """Return the figures that something has changed since their month was frozen."""
    groups = (*figures.groups, figures.total)
    return [
        (group, figure)
        for group in groups
        for figure in group.figures.values()
        if figure.is_corrected
    ]


def _corrections(figures: Figures, say: Say, name_of: NameOf) -> Iterator[Table]:
    found = corrected(figures)
    if not found:
        return
    rows = tuple(
        (
            say("Alla") if group is figures.total else label_of(group, figures.by, say, name_of),
            say.code(f"figure.{figure.key}"),
            value_text(figure.frozen.value, figure.unit, say),
            value_text(figure.value, figure.unit, say),
            figure.frozen.at.date(),
        )
        for group, figure in found
        if figure.frozen is not None
    )
    titles = (
        ("group", say("Grupp"), Unit.TEXT),
        ("figure", say("Siffra"), Unit.TEXT),
        ("frozen", say("Fryst"), Unit.TEXT),
        ("now", say("Rättad"), Unit.TEXT),
        ("frozen_at", say("Frystes"), Unit.DATE),
    )
    yield Table(
        key="corrections",
        title=say.code("section.corrections"),
        columns=tuple(Column(key=key, title=title, unit=unit) for key, title, unit in titles),
        rows=rows,
        notes=(say("Något ångrades, flyttades eller räknades om efter att månaden frystes."),),
    )


def _lines(figures: Figures, made_at: datetime, say: Say, zone: tzinfo) -> Iterator[str]:
    yield say("Räknat {at}.", at=say.moment(made_at, zone, year=True))
    frozen = next(
        (figure.frozen for figure in figures.total.figures.values() if figure.frozen), None
    )
    if frozen is not None:
        yield say(
            "Månaden frystes {day}; det som har rättats sedan dess står för sig.",
            day=say.date(frozen.at.astimezone(zone).date(), year=True),
        )


def value_text(value: float | None, unit: Unit, say: Say) -> str:
    """Say a figure with its unit; a dash where there was nothing to count."""
    if value is None:
        return "–"
    if unit is Unit.SHARE:
        return say.percent(value)
    if unit in (Unit.WORKING_TIME, Unit.WALL_TIME):
        return say.duration(timedelta(seconds=value), days=unit is Unit.WALL_TIME, short=True)
    if unit is Unit.MONEY:
        return say("{n} kr", n=say.number(value / 100))
    if unit is Unit.DAYS:
        return say.plural("{n} dag", "{n} dagar", int(value))
    return say.number(value, decimals=0 if unit is Unit.COUNT else 1)


def figures_json(figures: Figures) -> dict[str, object]:
    """Return all figures with stable keys, for other programs; units as `Unit` says."""
    return {
        "period": _period_json(figures.period),
        "scope": figures.scope.said(),
        "by": None if figures.by is None else figures.by.value,
        "counted_at": figures.counted_at.isoformat(),
        "total": _figures_json(figures.total.figures),
        "groups": [
            {
                "key": group.key,
                "period": _period_json(group.period),
                "figures": _figures_json(group.figures),
            }
            for group in figures.groups
        ],
    }


def _period_json(period: Period) -> dict[str, str]:
    return {
        "key": period.key,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "granularity": period.granularity.value,
    }


def _figures_json(figures: Mapping[str, Figure]) -> dict[str, object]:
    return {key: _figure_json(figure) for key, figure in figures.items()}


def _figure_json(figure: Figure) -> dict[str, object]:
    shown: dict[str, object] = {
        "value": figure.value,
        "unit": figure.unit.value,
        "cases": figure.cases,
        "counted": figure.counted.code,
    }
    if figure.frozen is not None:
        shown["frozen"] = {
            "value": figure.frozen.value,
            "cases": figure.frozen.cases,
            "at": figure.frozen.at.isoformat(),
            "rules": figure.frozen.rules,
        }
        shown["corrected"] = figure.is_corrected
    return shown
