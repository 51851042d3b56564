"""A small report with one of everything in it, and names that would be formulas."""

from __future__ import annotations

from datetime import UTC, date, datetime

from bot.reports.model import (
    Bin,
    Column,
    Distribution,
    Granularity,
    HeatMap,
    Period,
    Point,
    Report,
    Series,
    Table,
    Unit,
)

MADE = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
FORMULA = '=HYPERLINK("https://x.example","Klicka")'


def column(key, unit):
    return Column(key=key, title=key.capitalize(), unit=unit)


def table(rows, *columns, key="per_customer", title="Per kund", notes=()):
    return Table(key=key, title=title, columns=columns, rows=tuple(rows), notes=notes)


EVERY_UNIT = (
    column("namn", Unit.TEXT),
    column("antal", Unit.COUNT),
    column("snitt", Unit.NUMBER),
    column("andel", Unit.SHARE),
    column("arbetstid", Unit.WORKING_TIME),
    column("väggtid", Unit.WALL_TIME),
    column("belopp", Unit.MONEY),
    column("ålder", Unit.DAYS),
    column("dag", Unit.DATE),
)
ROW = ("Övrigt", 12, 2.5, 0.934, 5400, 90_000, 123_450, 3, date(2026, 3, 4))


def report(*tables, language="sv", charts=False):
    points = (Point(label="jan", value=3), Point(label=FORMULA, value=None))
    series = Series(key="v", title="Ärenden", unit=Unit.COUNT, points=points, target=2.0)
    spread = Distribution(
        key="v",
        title="Svarstid",
        unit=Unit.WORKING_TIME,
        bins=(Bin(lower=0, upper=3600, count=2), Bin(lower=3600, upper=None, count=1)),
        median=900,
        p90=4000,
    )
    return Report(
        title="Månadens siffror",
        language=language,
        period=Period(
            first=date(2026, 10, 1), last=date(2026, 10, 31), granularity=Granularity.MONTH
        ),
        made_at=MADE,
        tables=tables,
        series=(series, Series(**{**_fields(series), "over_time": False})) if charts else (),
        distributions=(spread,) if charts else (),
        heat_maps=(HeatMap(key="v", title="När", counts=((1,) * 24,) * 7),) if charts else (),
        lines=("Första svaret från en person; kvittenser räknas inte.",),
    )


def _fields(series):
    return {name: getattr(series, name) for name in series.__dataclass_fields__}
