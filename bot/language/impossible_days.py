"""Days that people write and no calendar has: "30 februari", "31/4", "2026-13-01", "29/2"."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from bot.language.date_forms import nearest
from bot.language.date_words import MONTHS, any_of

_LONGEST: Final = 1_000
"""Characters that are read."""
_LAST_OF_ANY: Final = 39
"""A larger number before a month counts something else."""
_MONTH: Final = any_of(MONTHS)
_FORMS: Final = (
    re.compile(r"(?<![\d-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])"),
    re.compile(
        r"(?<![\d/.-])(?P<day>\d{1,2})/(?P<month>1[0-2]|0?[1-9])"
        r"(?:[/ -](?P<year>20\d\d))?(?![\d/]|-\d)"
    ),
    re.compile(
        rf"(?<![\d/.-])(?P<day>\d{{1,2}})(?::?[ae]|th|st|nd|rd)? (?P<name>{_MONTH})\b"
        r"(?: (?P<year>20\d\d)(?!\d))?"
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH}) (?P<day>\d{{1,2}})(?:th|st|nd|rd)\b"
        r"(?:,? (?P<year>20\d\d)(?!\d))?"
    ),
)


def impossible_day(folded: str, today: date) -> tuple[int, int] | None:
    """Return the place of the first day in folded text that does not exist.

    A 29th of February without a year does not, unless this year or one beside it has one.
    The first 1,000 characters are read.
    """
    text = folded[:_LONGEST]
    found = (match.span() for form in _FORMS for match in form.finditer(text)
             if not _exists(match.groupdict(default=""), today))  # fmt: skip
    return min(found, default=None)


def _exists(parts: dict[str, str], today: date) -> bool:
    day = int(parts["day"])
    if day > _LAST_OF_ANY:
        return True
    month = int(parts.get("month") or MONTHS[parts["name"]])
    return nearest(month, day, today, parts["year"]) is not None
