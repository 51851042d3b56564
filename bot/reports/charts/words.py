"""What a chart shows, in words: for those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.reports.charts.values import is_time, value_text
from bot.reports.model import Distribution, HeatMap, Point, Series, Unit
from bot.texts import Say, mark

FEW: Final = 14
"""So many numbers are read out one by one."""
_LONGEST_LABEL: Final = 60
WEEKDAYS: Final = (
    mark("måndag"),
    mark("tisdag"),
    mark("onsdag"),
    mark("torsdag"),
    mark("fredag"),
    mark("lördag"),
    mark("söndag"),
)


def nothing_to_show(say: Say) -> str:
    """Return what is said where there are no numbers."""
    return say("Det finns inget att räkna här.")


def of_series(all_series: Sequence[Series], say: Say) -> str:
    """Describe one or several series of the same unit."""
    said = [_of_one(series, say, named=len(all_series) > 1) for series in all_series]
    target = next((series for series in all_series if series.target is not None), None)
    if target is not None and any(point.value is not None for point in target.points):
        said.append(_of_target(target, say))
    return " ".join(said)


def is_missed(value: float, target: float, unit: Unit) -> bool:
    """Tell whether a value is on the wrong side of its target: a time above, a share below.

    Of other units we do not know which side is the wrong one.
    """
    if is_time(unit) or unit is Unit.DAYS:
        return value > target
    return unit is Unit.SHARE and value < target


def of_distribution(shown: Distribution, say: Say) -> str:
    """Describe how values are spread."""
    total = sum(part.count for part in shown.bins)
    if total == 0:
        return nothing_to_show(say)
    said = [say.plural("{n} värde.", "{n} värden.", total)]
    if shown.median is not None and shown.p90 is not None:
        said.append(
            say(
                "Hälften är högst {median}, nio av tio högst {p90}.",
                median=value_text(shown.median, shown.unit, say),
                p90=value_text(shown.p90, shown.unit, say),
            )
        )
    fullest = max(shown.bins, key=lambda part: part.count)
    said.append(
        say(
            "Flest, {count}, ligger i {range}.",
            count=say.number(fullest.count),
            range=range_text(fullest.lower, fullest.upper, shown.unit, say),
        )
    )
    return " ".join(said)


def range_text(lower: float, upper: float | None, unit: Unit, say: Say) -> str:
    """Return from where to where a part of a distribution goes."""
    first = value_text(lower, unit, say)
    if upper is None:
        return say("{first} och mer", first=first)
    return say("{first} till {last}", first=first, last=value_text(upper, unit, say))


def of_heat_map(shown: HeatMap, say: Say) -> str:
    """Describe when most happens."""
    total = sum(map(sum, shown.counts))
    if total == 0:
        return nothing_to_show(say)
    by_day = [sum(row) for row in shown.counts]
    by_hour = [sum(row[hour] for row in shown.counts) for hour in range(24)]
    day, hour = by_day.index(max(by_day)), by_hour.index(max(by_hour))
    return say(
        "{total} totalt. Flest på {day}ar ({on_day}) och mellan kl. {hour} och {next} ({in_hour}).",
        total=say.number(total),
        day=say(WEEKDAYS[day]),
        on_day=say.number(by_day[day]),
        hour=f"{hour:02}",
        next=f"{hour + 1:02}",
        in_hour=say.number(by_hour[hour]),
    )


def short(label: str) -> str:
    """Return a label that may be read out among others."""
    kept = " ".join(label[: 4 * _LONGEST_LABEL].split())
    return kept if len(kept) <= _LONGEST_LABEL else kept[: _LONGEST_LABEL - 1].rstrip() + "…"


def _of_one(series: Series, say: Say, *, named: bool) -> str:
    about = f"{short(series.title)}: " if named else ""
    known = [point for point in series.points if point.value is not None]
    if not known:
        return about + nothing_to_show(say)
    if len(series.points) <= FEW:
        return about + "; ".join(_pair(point, series.unit, say) for point in series.points) + "."
    low = min(known, key=lambda point: point.value or 0)
    high = max(known, key=lambda point: point.value or 0)
    return about + say(
        "{n} värden, från {first} till {last}. Lägst {low}, högst {high}, sist {latest}.",
        n=say.number(len(series.points)),
        first=short(series.points[0].label),
        last=short(series.points[-1].label),
        low=_placed(low, series.unit, say),
        high=_placed(high, series.unit, say),
        latest=value_text(known[-1].value, series.unit, say),
    )


def _of_target(series: Series, say: Say) -> str:
    target = series.target
    if target is None:
        return ""
    known = [point.value for point in series.points if point.value is not None]
    said = say("Målet är {target}.", target=value_text(target, series.unit, say))
    if not (is_time(series.unit) or series.unit in (Unit.SHARE, Unit.DAYS)):
        return said
    met = sum(not is_missed(value, target, series.unit) for value in known)
    return f"{said} " + say(
        "{met} av {all} når målet.", met=say.number(met), all=say.number(len(known))
    )


def _pair(point: Point, unit: Unit, say: Say) -> str:
    return f"{short(point.label)} {value_text(point.value, unit, say)}"


def _placed(point: Point, unit: Unit, say: Say) -> str:
    return f"{value_text(point.value, unit, say)} ({short(point.label)})"
