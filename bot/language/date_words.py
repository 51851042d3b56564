"""The names that Swedes and English writers give to months, week days, feasts and numbers.

Folded. A feast has a fixed day, or moves with Easter, Christmas Eve or a week day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

MONTHS = {
    "januari": 1, "jan": 1, "january": 1, "februari": 2, "feb": 2, "febr": 2, "february": 2,
    "mars": 3, "mar": 3, "march": 3, "april": 4, "apr": 4, "maj": 5, "may": 5, "juni": 6,
    "jun": 6, "june": 6, "juli": 7, "jul": 7, "july": 7, "augusti": 8, "aug": 8, "august": 8,
    "september": 9, "sep": 9, "sept": 9, "oktober": 10, "okt": 10, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
WEEKDAYS = {
    "mandag": 0, "man": 0, "monday": 0, "tisdag": 1, "tis": 1, "tuesday": 1, "onsdag": 2,
    "ons": 2, "wednesday": 2, "torsdag": 3, "tors": 3, "thursday": 3, "fredag": 4, "fre": 4,
    "friday": 4, "lordag": 5, "lor": 5, "saturday": 5, "sondag": 6, "son": 6, "sunday": 6,
}  # fmt: skip
FIXED_FEASTS = {
    "nyarsafton": (12, 31), "nyarsdagen": (1, 1), "trettondagen": (1, 6), "trettondedagen": (1, 6),
    "valborgsmassoafton": (4, 30), "valborg": (4, 30), "forsta maj": (5, 1),
    "nationaldagen": (6, 6), "lucia": (12, 13), "julafton": (12, 24), "juldagen": (12, 25),
    "annandag jul": (12, 26), "annandagen": (12, 26), "new year's eve": (12, 31),
    "christmas eve": (12, 24), "trettondagsafton": (1, 5), "trettondagsaftonen": (1, 5),
}  # fmt: skip
_EASTER_FEASTS = {
    "skartorsdagen": -3, "skartorsdag": -3, "langfredagen": -2, "langfredag": -2,
    "paskafton": -1, "paskdagen": 0, "annandag pask": 1, "kristi himmelsfardsdag": 39,
    "kristi himmelsfardsdagen": 39, "pingstdagen": 49, "pingstafton": 48,
}  # fmt: skip
_ADVENTS = {
    "forsta advent": 1, "andra advent": 2, "tredje advent": 3, "fjarde advent": 4,
}  # fmt: skip
MOVING_FEASTS = (
    *_EASTER_FEASTS, *_ADVENTS, "alla helgons dag", "midsommarafton", "midsommardagen",
)  # fmt: skip
NEAR_DAYS = {
    "idag": 0, "i dag": 0, "today": 0, "ikvall": 0, "i kvall": 0, "imorgon": 1, "i morgon": 1,
    "imorron": 1, "i morron": 1, "imorrn": 1, "tomorrow": 1, "i overmorgon": 2,
    "overmorgon": 2, "the day after tomorrow": 2, "igar": -1, "i gar": -1, "yesterday": -1,
    "i forrgar": -2, "forrgar": -2, "imorse": 0, "i morse": 0, "i morrn": 1, "i morn": 1,
    "imorn": 1, "i overimorgon": 2, "overimorgon": 2, "dagens datum": 0,
}  # fmt: skip
COUNTS = {
    "en": 1, "ett": 1, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "atta": 8,
    "nio": 9, "tio": 10, "tolv": 12, "fjorton": 14, "a": 1, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
}  # fmt: skip
_TENS = {
    "forsta": 1, "forste": 1, "andra": 2, "andre": 2, "tredje": 3, "fjarde": 4, "femte": 5,
    "sjatte": 6, "sjunde": 7, "attonde": 8, "nionde": 9,
}  # fmt: skip
ORDINALS = _TENS | {
    "tionde": 10, "elfte": 11, "tolfte": 12, "trettonde": 13, "fjortonde": 14, "femtonde": 15,
    "sextonde": 16, "sjuttonde": 17, "artonde": 18, "nittonde": 19, "tjugonde": 20,
    "trettionde": 30, "trettiforsta": 31, "trettioforsta": 31,
} | {f"tjugo{name}": 20 + number for name, number in _TENS.items()}  # fmt: skip


def any_of(names: Iterable[str]) -> str:
    """Return a pattern that any of some names fits, the longest that does."""
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def moving_feast(name: str, year: int) -> date:
    """Return the day of one of `MOVING_FEASTS` in a year."""
    if name.startswith("midsommar"):
        eve = date(year, 6, 19)
        eve += timedelta(days=(4 - eve.weekday()) % 7)
        return eve + timedelta(days=1 if name == "midsommardagen" else 0)
    if name.startswith("alla helgon"):
        return date(year, 10, 31) + timedelta(days=(5 - date(year, 10, 31).weekday()) % 7)
    if name in _ADVENTS:
        fourth = date(year, 12, 24) - timedelta(days=(date(year, 12, 24).weekday() + 1) % 7)
        return fourth - timedelta(weeks=4 - _ADVENTS[name])
    return easter(year) + timedelta(days=_EASTER_FEASTS[name])


def easter(year: int) -> date:
    """Return Easter Sunday. Source: anonymous Gregorian computus (Meeus 1991, ch. 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
