"""Numbers in words: a value and its unit, whole for tables and short for axes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from bot.reports.model import Cell, Unit
from bot.texts import Say, speaker

_ORE: Final = 100
_LONGEST: Final = 10**15
"""Beyond this, parts of a number are lost to the way it is kept."""
_STEPS: Final = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))
_TIMES: Final = frozenset({Unit.WORKING_TIME, Unit.WALL_TIME})


def value_text(value: Cell, unit: Unit, say: Say) -> str:
    """Return a cell as people read it; a dash where there is nothing to count.

    Args:
        value: Of the kind that the unit says; a text stays as it is.
    """
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return _number_text(value, unit, say)


def _number_text(value: float, unit: Unit, say: Say) -> str:
    match unit:
        case Unit.SHARE:
            return say.percent(value)
        case Unit.WORKING_TIME | Unit.WALL_TIME:
            return _time_text(value, say, days=unit is Unit.WALL_TIME)
        case Unit.MONEY:
            kronor = value / _ORE
            return say("{amount} kr", amount=say.number(kronor, decimals=_decimals(kronor, 2)))
        case Unit.DAYS:
            if value == int(value):
                return say.plural("{n} dag", "{n} dagar", int(value))
            return say("{number} dagar", number=say.number(value, decimals=1))
    return say.number(value, decimals=_decimals(value, 1))


def axis_text(value: float, unit: Unit, say: Say) -> str:
    """Return a value of zero or more as it stands at an axis: as short as can be."""
    match unit:
        case Unit.SHARE:
            return say.percent(value)
        case Unit.WORKING_TIME | Unit.WALL_TIME:
            return "0" if value == 0 else _time_text(value, say, days=False)
        case Unit.MONEY:
            return say("{amount} kr", amount=short_number(value / _ORE, say))
    return short_number(value, say)


def short_number(value: float, say: Say) -> str:
    """Return a number in at most about six signs: ``12k`` for 12 000; 10 000 is the first."""
    if abs(value) >= 10_000:
        for size, sign in _STEPS:
            if abs(value) >= size:
                scaled = value / size
                return say.number(scaled, decimals=_decimals(scaled, 1)) + sign
    return say.number(value, decimals=_decimals(value, 1))


def is_time(unit: Unit) -> bool:
    """Tell whether values of a unit are seconds."""
    return unit in _TIMES


def _time_text(seconds: float, say: Say, *, days: bool) -> str:
    if seconds < 0:
        return "−" + _time_text(-seconds, say, days=days)
    if seconds == 0:
        return say("0 min")
    if seconds > _LONGEST / 1000:
        return say("{hours} tim", hours=short_number(seconds / 3600, say))
    return _duration(max(0.5, seconds // 60), days, say.language)


@lru_cache(maxsize=8192)
def _duration(minutes: float, days: bool, language: str) -> str:
    """Say a time; kept, since finding its words takes longer than all else in a long table."""
    return speaker(language).duration(timedelta(minutes=minutes), days=days, short=True)


def _decimals(value: float, most: int) -> int:
    if abs(value) >= _LONGEST or round(value, most) == round(value):
        return 0
    return most
