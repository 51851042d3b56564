"""The tables of a report, with those behind its charts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.reports.charts.behind import (
    table_of_distribution,
    table_of_heat_map,
    table_of_series,
)
from bot.reports.model import Report, Table
from bot.texts import Say


def all_tables(report: Report, say: Say) -> Iterator[Table]:
    """Yield the tables of a report and then the numbers behind its charts, all of them."""
    yield from report.tables
    for series in report.series:
        most = max(1, len(series.points))
        yield replace(table_of_series((series,), say, most=most), notes=series.notes)
    for distribution in report.distributions:
        yield replace(table_of_distribution(distribution, say), notes=distribution.notes)
    for heat_map in report.heat_maps:
        yield replace(table_of_heat_map(heat_map, say), notes=heat_map.notes)


def span_text(report: Report, say: Say) -> str:
    """Return for which days a report was made."""
    first, last = report.period.first.isoformat(), report.period.last.isoformat()
    return first if first == last else say("{first} till {last}", first=first, last=last)


def made_text(report: Report) -> str:
    """Return when a report was counted, with the zone of that instant."""
    return f"{report.made_at:%Y-%m-%d %H:%M %Z}".rstrip()
