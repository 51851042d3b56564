"""Swedish and English dates as people write them, counted from the day a mail came.

Knows the order day/month, days without month or year, week days, feasts with a fixed or moving
day, and spans such as "om 14 dagar". What names no day ("i slutet av månaden", "v 12",
"efter lön") is vague and gives no date.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    "januari": 1, "jan": 1, "january": 1, "februari": 2, "feb": 2, "febr": 2, "february": 2,
    "mars": 3, "mar": 3, "march": 3, "april": 4, "apr": 4, "maj": 5, "may": 5, "juni": 6,
    "jun": 6, "june": 6, "juli": 7, "jul": 7, "july": 7, "augusti": 8, "aug": 8, "august": 8,
    "september": 9, "sep": 9, "sept": 9, "oktober": 10, "okt": 10, "october": 10, "oct": 10,
    "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
_WEEKDAYS = {
    "mandag": 0, "man": 0, "monday": 0, "tisdag": 1, "tis": 1, "tuesday": 1, "onsdag": 2,
    "ons": 2, "wednesday": 2, "torsdag": 3, "tors": 3, "thursday": 3, "fredag": 4, "fre": 4,
    "friday": 4, "lordag": 5, "lor": 5, "saturday": 5, "sondag": 6, "son": 6, "sunday": 6,
}  # fmt: skip
_FIXED_FEASTS = {
    "nyarsafton": (12, 31), "nyarsdagen": (1, 1), "trettondagen": (1, 6), "trettondedagen": (1, 6),
    "valborgsmassoafton": (4, 30), "valborg": (4, 30), "forsta maj": (5, 1),
    "nationaldagen": (6, 6), "lucia": (12, 13), "julafton": (12, 24), "juldagen": (12, 25),
    "annandag jul": (12, 26), "annandagen": (12, 26), "new year's eve": (12, 31),
    "christmas eve": (12, 24),
}  # fmt: skip
_EASTER_FEASTS = {
    "skartorsdagen": -3, "skartorsdag": -3, "langfredagen": -2, "langfredag": -2,
    "paskafton": -1, "paskdagen": 0, "annandag pask": 1, "kristi himmelsfardsdag": 39,
    "kristi himmelsfardsdagen": 39, "pingstdagen": 49, "pingstafton": 48,
}  # fmt: skip
_NEAR_DAYS = {
    "idag": 0, "i dag": 0, "today": 0, "ikvall": 0, "i kvall": 0, "imorgon": 1, "i morgon": 1,
    "imorron": 1, "i morron": 1, "imorrn": 1, "tomorrow": 1, "i overmorgon": 2,
    "overmorgon": 2, "the day after tomorrow": 2, "igar": -1, "i gar": -1, "yesterday": -1,
    "i forrgar": -2, "forrgar": -2, "imorse": 0, "i morse": 0,
}  # fmt: skip
_COUNTS = {
    "en": 1, "ett": 1, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "atta": 8,
    "nio": 9, "tio": 10, "tolv": 12, "fjorton": 14, "a": 1, "one": 1, "two": 2, "three": 3,
    "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
}  # fmt: skip


def _any(names: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """Words in a text that tell a day.

    Attributes:
        start, end: Place in the text.
        day: The day; None where the words are vague.
        needs_label: Digits that may as well be something else, such as ``180331``.
    """

    start: int
    end: int
    day: date | None
    needs_label: bool = False


def find_dates(folded: str, today: date, *, past: bool = False) -> list[DateMention]:
    """Find the dates in folded text, in order, none inside another.

    Args:
        today: The local day on which the text was received.
        past: A day without a month lies behind `today` rather than ahead of it.
    """
    found: list[tuple[int, int, int, DateMention]] = []
    for order, form in enumerate(_FORMS):
        for match in form.regex.finditer(folded):
            day = form.read(match.groupdict(default=""), today, past)
            if day is None and not form.vague:
                continue
            mention = DateMention(
                start=match.start(), end=match.end(), day=day, needs_label=form.needs_label
            )
            found.append((match.start(), order, match.end(), mention))
    kept: list[DateMention] = []
    for start, _, _, mention in sorted(found, key=lambda item: item[:3]):
        if not kept or start >= kept[-1].end:
            kept.append(mention)
    return kept


Parts = dict[str, str]


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int | None:
    if not text:
        return None
    digits = text.strip("'")
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _nearest(month: int, day: int, today: date, year: str = "") -> date | None:
    """Return the day in the given year, else in the year that puts it nearest to `today`."""
    given = _year(year)
    if given is not None:
        return _date(given, month, day)
    around = [_date(today.year + step, month, day) for step in (-1, 0, 1)]
    possible = [found for found in around if found is not None]
    return min(possible, key=lambda found: abs((found - today).days), default=None)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _numeric(parts: Parts, today: date, past: bool) -> date | None:
    return _nearest(int(parts["month"]), int(parts["day"]), today, parts["year"])


def _named(parts: Parts, today: date, past: bool) -> date | None:
    return _nearest(_MONTHS[parts["month"]], int(parts["day"]), today, parts["year"])


def _last_of(parts: Parts, today: date, past: bool) -> date | None:
    month = _MONTHS[parts["month"]]
    year = _year(parts["year"])
    if year is not None:
        return _month_end(year, month)
    ends = [_month_end(today.year + step, month) for step in (-1, 0, 1)]
    return min(ends, key=lambda end: abs((end - today).days))


def _end_of_this(parts: Parts, today: date, past: bool) -> date | None:
    end = _month_end(today.year, today.month)
    if "nasta" in parts["which"]:
        following = end + timedelta(days=1)
        return _month_end(following.year, following.month)
    return end


def _day_of_month(parts: Parts, today: date, past: bool) -> date | None:
    day = int(parts["day"])
    if parts["which"] == "nasta":
        following = _month_end(today.year, today.month) + timedelta(days=1)
        return _date(following.year, following.month, day)
    return _date(today.year, today.month, day)


def _day_alone(parts: Parts, today: date, past: bool) -> date | None:
    day = int(parts["day"] or parts["day2"])
    month_start = today.replace(day=1)
    for _ in range(3):
        found = _date(month_start.year, month_start.month, day)
        if found and (found <= today if past else found >= today):
            return found
        if past:
            month_start = (month_start - timedelta(days=1)).replace(day=1)
        else:
            month_start = _month_end(month_start.year, month_start.month) + timedelta(days=1)
    return None


def _weekday(parts: Parts, today: date, past: bool) -> date | None:
    weekday = _WEEKDAYS[parts["weekday"]]
    short = len(parts["weekday"]) <= 4
    lead = parts["lead"]
    if short and not lead and not parts["week"] and not parts["number"]:
        return None
    if parts["number"]:
        try:
            return date.fromisocalendar(today.year, int(parts["number"]), weekday + 1)
        except ValueError:
            return None
    if parts["ending"] == "s" or lead == "last":
        back = (today.weekday() - weekday) % 7 or 7
        return today - timedelta(days=back)
    if parts["week"]:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 + weekday)
    ahead = (weekday - today.weekday()) % 7 or 7
    if lead in ("nasta", "next") and ahead < 3:
        ahead += 7
    return today + timedelta(days=ahead)


def _near(parts: Parts, today: date, past: bool) -> date | None:
    return today + timedelta(days=_NEAR_DAYS[parts["near"]])


def _feast(parts: Parts, today: date, past: bool) -> date | None:
    name = parts["feast"]
    if name in _FIXED_FEASTS:
        return _nearest(*_FIXED_FEASTS[name], today)
    days = [_moving(name, today.year + step) for step in (-1, 0, 1)]
    return min(days, key=lambda day: abs((day - today).days))


def _moving(name: str, year: int) -> date:
    if name.startswith("midsommar"):
        eve = date(year, 6, 19)
        eve += timedelta(days=(4 - eve.weekday()) % 7)
        return eve + timedelta(days=1 if name == "midsommardagen" else 0)
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


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _COUNTS[text]


def _span(parts: Parts) -> timedelta:
    weeks = parts["unit"].startswith(("veck", "week"))
    return timedelta(days=_count(parts["count"]) * (7 if weeks else 1))


def _in_days(parts: Parts, today: date, past: bool) -> date | None:
    return today + _span(parts)


def _ago(parts: Parts, today: date, past: bool) -> date | None:
    return today - _span(parts)


def _vague(parts: Parts, today: date, past: bool) -> date | None:
    return None


@dataclass(frozen=True, slots=True)
class _Form:
    regex: re.Pattern[str]
    read: Callable[[Parts, date, bool], date | None]
    needs_label: bool = False
    vague: bool = False


def _form(
    pattern: str,
    read: Callable[[Parts, date, bool], date | None],
    *,
    needs_label: bool = False,
    vague: bool = False,
) -> _Form:
    return _Form(re.compile(r"(?<![^\W_])(?:" + pattern + ")"), read, needs_label, vague)


_MONTH = rf"(?P<month>{_any(_MONTHS)})\.?(?![a-z])"
_YEAR = r"(?:\s?(?:,\s?|-\s?)?(?P<year>20\d\d|(?<=-)\d\d|'\d\d)(?!\d))?"
_COUNT = rf"(?P<count>\d{{1,2}}|{_any(_COUNTS)})"
_UNIT = r"(?P<unit>dag(?:ar)?|vecka|veckor|days?|weeks?)(?![a-z])"
_WEEKDAY = (
    r"(?:(?P<lead>nu pa|pa|kommande|nasta|next|this|on|last|by|nu|till|before|innan|senast)\s)?"
    rf"(?P<weekday>{_any(_WEEKDAYS)})(?P<ending>ens|en|s)?(?![a-z])\.?"
    r"(?P<week>\s(?:i\s)?(?:nasta vecka|next week|veckan efter))?"
    r"(?:\s(?:i\s)?(?:v\.?|vecka)\s?(?P<number>[1-5]?\d)(?!\d))?"
    r"(?!\s(?:den\s)?[0-3]?\d(?:[:/ ]|$))"
)
_FORMS: tuple[_Form, ...] = (
    _form(r"(?P<year>20\d\d)[-/.](?P<month>[01]?\d)[-/.](?P<day>[0-3]?\d)(?!\d)", _numeric),
    _form(r"(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)", _numeric),
    _form(
        r"(?P<year>[12]\d)-?(?P<month>[01]\d)-?(?P<day>[0-3]\d)(?![\d-])",
        _numeric,
        needs_label=True,
    ),
    _form(
        r"(?:den\s)?(?P<day>[0-3]?\d)\s?/\s?(?P<month>1[0-2]|0?[1-9])(?!\d)"
        r"(?:(?:\s?[-/]\s?|\s(?=20\d\d))(?P<year>20\d\d|[12]\d)(?!\d))?",
        _numeric,
    ),
    _form(
        r"(?P<day>[0-3]?\d)\.(?P<month>1[0-2]|0?[1-9])(?:\.(?P<year>20\d\d|\d\d))?(?!\d)",
        _numeric,
        needs_label=True,
    ),
    _form(
        r"(?:den\s|the\s)?(?P<day>[0-3]?\d)\s?(?::?(?:e|a|de|st|nd|rd|th))?\s?(?:of\s)?"
        + _MONTH
        + _YEAR,
        _named,
    ),
    _form(rf"{_MONTH}\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year>20\d\d))?", _named),
    _form(
        r"(?:den\s)?(?:sista|the last|last)\s(?:dag(?:en)?\s|day\s)?(?:i\s|av\s|of\s|in\s)?"
        + _MONTH
        + _YEAR,
        _last_of,
    ),
    _form(
        r"(?:den\s)?(?:sista\s(?:dagen\s)?(?:i|denna)\s(?P<which>(?:den har |denna |nasta )?"
        r"manad(?:en)?)|manadens sista dag|(?:the )?last day of (?:the|this) month)",
        _end_of_this,
    ),
    _form(
        r"(?:den\s)?(?P<day>[0-3]?\d)(?::?(?:e|a))?\s(?:i\s)?(?P<which>nasta|denna|den har)\smanad",
        _day_of_month,
    ),
    _form(_WEEKDAY, _weekday),
    _form(rf"(?P<near>{_any(_NEAR_DAYS)})(?![a-z])", _near),
    _form(
        rf"(?P<feast>{_any([*_FIXED_FEASTS, *_EASTER_FEASTS, 'midsommarafton', 'midsommardagen'])})"
        r"(?![a-z])",
        _feast,
    ),
    _form(rf"(?:om|in)\s{_COUNT}\s{_UNIT}", _in_days),
    _form(rf"(?:for\s)?{_COUNT}\s{_UNIT}\s(?:sedan|sen|ago)(?![a-z])", _ago),
    _form(
        r"(?:den\s(?P<day>[0-3]?\d)(?::?(?:e|a|de))?(?![\d:,]\d|\d|\s?(?:kr|%|:-|st\b))"
        r"|(?P<day2>[0-3]?\d):?(?:e|a|st|nd|rd|th)(?![a-z]))",
        _day_alone,
    ),
    _form(
        r"(?:i\s)?(?:slutet|borjan|mitten)\s(?:av|pa|i)\s\w{2,20}|manadsskiftet|arsskiftet"
        r"|nasta (?:manad|vecka)|next (?:month|week)|efter lon(?:ing)?(?![a-z])|end of \w{2,12}"
        r"|(?:v\.?|vecka)\s?\d{1,2}(?!\d)",
        _vague,
        vague=True,
    ),
)
