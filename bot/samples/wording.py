"""Days in the sample texts, counted from the day of delivery.

``{date+3}`` becomes 2026-03-07, ``{short+3}`` 7/3, ``{words+3}`` 7 mars; ``{month-1}``
februari and ``{period-1}`` 202602 count months. The number may be left out.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

_PLACE: Final = re.compile(r"\{(date|short|words|month|period)([+-]\d{1,4})?\}")
_MONTHS: Final = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def fill(text: str, today: date) -> str:
    """Put real days in the places of a text; anything else in braces stays as it is."""
    return _PLACE.sub(lambda place: _say(place[1], int(place[2] or 0), today), text)


def _say(form: str, number: int, today: date) -> str:
    if form in {"month", "period"}:
        year, month = divmod(today.year * 12 + today.month - 1 + number, 12)
        return _MONTHS[month] if form == "month" else f"{year:04}{month + 1:02}"
    day = today + timedelta(days=number)
    match form:
        case "date":
            return day.isoformat()
        case "short":
            return f"{day.day}/{day.month}"
        case _:
            return f"{day.day} {_MONTHS[day.month - 1]}"
