"""The tables that only reports of these kinds have: comparisons, remarks, points of the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from bot.reports.figures import Figures
from bot.reports.measures import MEASURES
from bot.reports.model import Cell, Column, Point, Series, Table, Unit
from bot.reports.scope import By
from bot.reports.tables import NameOf, period_name, value_text
from bot.services.registers import Sheet
from bot.services.report_kinds.contents import TRENDS
from bot.store.case_facts import Remarked
from bot.texts import Say

_LONGEST: Final = 200
"""Signs of a text of the log; the whole stands in the log itself."""


def compared(
    every: Sequence[Figures], named: Sequence[str], keys: Sequence[str], say: Say
) -> Table:
    """Return key figures of all cases in several periods, a column for each.

    Args:
        named: What the periods are called, in the same order.
    """
    rows: list[tuple[Cell, ...]] = []
    for key in keys:
        totals = (figures.total.figures[key] for figures in every)
        said = (value_text(figure.value, figure.unit, say) for figure in totals)
        rows.append((say.code(f"figure.{key}"), *said))
    columns = [Column(key="figure", title=say("Siffra"), unit=Unit.TEXT)]
    columns += [
        Column(key=f"period_{index}", title=name, unit=Unit.TEXT)
        for index, name in enumerate(named)
    ]
    return Table(
        key="compared",
        title=say("Jämförelse mellan perioder"),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(
            f"{say.code(f'figure.{key}')}: {say.code(MEASURES[key].counted.code)}" for key in keys
        ),
    )


def by_unit_and_process(
    remarks: Iterable[Remarked], say: Say, *, units: Mapping[str, str], process_name: NameOf
) -> Table:
    """Return how many remarks there were per unit and process, of which sort (R88)."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for remark in remarks:
        place = (remark.unit or "", remark.process or "")
        found.setdefault(place, Counter())[remark.nature or ""] += 1
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            units.get(unit, say("Okänd")),
            process_name(By.PROCESS, process) if process else say("Okänd"),
            counted["complaint"],
            counted["opinion"],
            counted["suggestion"],
            counted["praise"],
        )
        for (unit, process), counted in sorted(found.items())
    )
    columns = (
        Column(key="unit", title=say("Enhet"), unit=Unit.TEXT),
        Column(key="process", title=say("Process"), unit=Unit.TEXT),
        *(
            Column(key=nature, title=say.code(f"nature.{nature}"), unit=Unit.COUNT)
            for nature in ("complaint", "opinion", "suggestion", "praise")
        ),
    )
    title = say("Synpunkter per enhet och process")
    return Table(key="remarks_by_unit", title=title, columns=columns, rows=rows)


def of_remarks(sheets: Iterable[Sheet], say: Say) -> Table:
    """Return the remarks of a customer: number, day, sort and state, never their words."""
    return _of_items("remarks", say("Synpunkter"), sheets, say)


def of_customer_log(sheets: Iterable[Sheet], say: Say) -> Table:
    """Return points of the customer log to take up at a meeting."""
    title = say("Återkommande punkter och behov av information")
    return _of_items("topics", title, sheets, say, with_text=True)


def _of_items(
    key: str, title: str, sheets: Iterable[Sheet], say: Say, *, with_text: bool = False
) -> Table:
    text = (Column(key="text", title=say("Text"), unit=Unit.TEXT),) if with_text else ()
    columns = (
        Column(key="number", title=say("Nr"), unit=Unit.TEXT),
        Column(key="day", title=say("Dag"), unit=Unit.DATE),
        Column(key="nature", title=say("Slag"), unit=Unit.TEXT),
        *text,
        Column(key="state", title=say("Läge"), unit=Unit.TEXT),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(sheet.item.number),
            sheet.entries[0].at.date(),
            _nature(sheet, say),
            *((_short(sheet.entries[0].text or ""),) if with_text else ()),
            say.code(f"item.{sheet.item.state}"),
        )
        for sheet in sheets
    )
    return Table(key=key, title=title, columns=columns, rows=rows)


def trends(months: Figures, say: Say) -> Iterator[Series]:
    """Yield key figures over time, a point for each group."""
    for key in TRENDS:
        points = tuple(
            Point(label=period_name(group.period), value=group.figures[key].value)
            for group in months.groups
        )
        measure = MEASURES[key]
        yield Series(
            key=key,
            title=say.code(f"figure.{key}"),
            unit=measure.unit,
            points=points,
            notes=(say.code(measure.counted.code),),
        )


def _nature(sheet: Sheet, say: Say) -> str:
    nature = sheet.item.facts.nature
    return "–" if nature is None else say.code(f"nature.{nature}")


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"
