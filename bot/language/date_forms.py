"""The forms in which Swedish and English name a day, and how each is read.

A form says which words it may begin with, so that the others need not be tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.language.date_words import (
    COUNTS,
    FIXED_FEASTS,
    MONTHS,
    MOVING_FEASTS,
    NEAR_DAYS,
    ORDINALS,
    WEEKDAYS,
    any_of,
    moving_feast,
)

DIGIT = "#"
"""Stands for any digit among the words that a form may begin with."""
LONGEST_LEAD = 40


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


def nearest(month: int, day: int, today: date, year: str = "") -> date | None:
    """Return the day in the given year, else in the year that puts it nearest to `today`."""
    given = _year(year)
    if given is not None:
        return _date(given, month, day)
    around = [_date(today.year + step, month, day) for step in (-1, 0, 1)]
    return _nearest_of((found for found in around if found is not None), today)


def _nearest_of(days: Iterable[date], today: date) -> date | None:
    return min(days, key=lambda day: abs((day - today).days), default=None)


def _of_week(number: int, weekday: int, today: date) -> date | None:
    """Return the weekday of the week of that number that is nearest to `today`."""
    around = [today.isocalendar().year + step for step in (-1, 0, 1)]
    possible = [
        date.fromisocalendar(year, number, weekday + 1)
        for year in around
        if 1 <= number <= date(year, 12, 28).isocalendar().week
    ]
    return _nearest_of(possible, today)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _numeric(parts: Parts, today: date, past: bool) -> date | None:
    return nearest(int(parts["month"]), int(parts["day"]), today, parts["year"])


def _named(parts: Parts, today: date, past: bool) -> date | None:
    return nearest(MONTHS[parts["month"]], int(parts["day"]), today, parts["year"])


def _spelled(parts: Parts, today: date, past: bool) -> date | None:
    return nearest(MONTHS[parts["month"]], ORDINALS[parts["ordinal"]], today, parts["year"])


def _last_of(parts: Parts, today: date, past: bool) -> date | None:
    month = MONTHS[parts["month"]]
    year = _year(parts["year"])
    if year is not None:
        return _month_end(year, month)
    return _nearest_of((_month_end(today.year + step, month) for step in (-1, 0, 1)), today)


def _end_of_this(parts: Parts, today: date, past: bool) -> date | None:
    end = _month_end(today.year, today.month)
    if "nasta" in parts.get("which", ""):
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
    weekday = WEEKDAYS[parts["weekday"]]
    short = len(parts["weekday"]) <= 4
    lead = parts["lead"]
    if short and lead in ("", "forra") and not parts["week"] and not parts["number"]:
        return None
    if parts["number"]:
        return _of_week(int(parts["number"]), weekday, today)
    if parts["ending"] == "s" or lead in ("last", "forra"):
        back = (today.weekday() - weekday) % 7 or 7
        return today - timedelta(days=back)
    if parts["week"]:
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=7 + weekday)
    ahead = (weekday - today.weekday()) % 7 or 7
    if lead in ("nasta", "next") and ahead < 3:
        ahead += 7
    return today + timedelta(days=ahead)


def _next_week(parts: Parts, today: date, past: bool) -> date | None:
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=7 + WEEKDAYS[parts["weekday"]])


def _near(parts: Parts, today: date, past: bool) -> date | None:
    return today + timedelta(days=NEAR_DAYS[parts["near"]])


def _feast(parts: Parts, today: date, past: bool) -> date | None:
    name = parts["feast"]
    before = timedelta(days=1 if parts["eve"] else 0)
    if name in FIXED_FEASTS:
        feast = nearest(*FIXED_FEASTS[name], today)
        return feast and feast - before
    around = (moving_feast(name, today.year + step) - before for step in (-1, 0, 1))
    return _nearest_of(around, today)


def _count(text: str) -> int:
    return int(text) if text.isdigit() else COUNTS[text]


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
class Form:
    """One way to name a day.

    Attributes:
        read: Given the named groups, today, and whether the words look back, returns the day;
            None where there is none.
        begins: What it may begin with: words, and `DIGIT`.
        needs_label: Digits that may as well be something else.
        vague: The words name no day, and no other form may find one in them.
    """

    regex: re.Pattern[str]
    read: Callable[[Parts, date, bool], date | None]
    begins: tuple[str, ...]
    needs_label: bool = False
    vague: bool = False

    @property
    def looks_both_ways(self) -> bool:
        """Tell whether it may name a day behind or one ahead."""
        return self.read is _day_alone


def _form(
    pattern: str,
    read: Callable[[Parts, date, bool], date | None],
    begins: str,
    *,
    needs_label: bool = False,
    vague: bool = False,
) -> Form:
    return Form(re.compile(pattern), read, tuple(begins.split()), needs_label, vague)


def _firsts(names: Iterable[str]) -> str:
    return " ".join({name.split()[0]: None for name in names})


_MONTH = rf"(?P<month>{any_of(MONTHS)})\.?(?![a-z])"
_YEAR = r"(?:\s?(?:,\s?|-\s?)?(?P<year>20\d\d|(?<=-)\d\d|'\d\d)(?!\d))?"
_COUNT = rf"(?P<count>\d{{1,2}}|{any_of(COUNTS)})"
_UNIT = r"(?P<unit>dag(?:ar)?|vecka|veckor|days?|weeks?)(?![a-z])"
_LEADS = "pa|kommande|nasta|next|this|on|last|by|nu|till|before|innan|senast|forra"
_INFLECTED = tuple(f"{name}{ending}" for name in WEEKDAYS for ending in ("", "s", "en", "ens"))
_WEEKDAY = (
    rf"(?:(?P<lead>nu pa|{_LEADS})\s)?"
    rf"(?P<weekday>{any_of(WEEKDAYS)})(?P<ending>ens|en|s)?(?![a-z])\.?"
    r"(?P<week>\s(?:i\s)?(?:nasta vecka|next week|veckan efter|om en vecka))?"
    r"(?:\s(?:i\s)?(?:v\.?|vecka)\s?(?P<number>[1-5]?\d)(?!\d))?"
    r"(?!\s(?:den\s)?[0-3]?\d(?:[:/ ]|$))"
)
_IN_ALL_FORMS = frozenset(
    (
        *MONTHS,
        *_INFLECTED,
        *(name.split()[-1] for name in (*NEAR_DAYS, *FIXED_FEASTS, *MOVING_FEASTS)),
        "dag", "dagar", "day", "days", "sista", "siste", "last", "ultimo", "slutet", "borjan",
        "mitten", "lon", "loning", "end",
    )
)  # fmt: skip
_BEGIN_IN_ALL_FORMS = ("manad", "arsskift", "veck", "month", "week")
FORMS: tuple[Form, ...] = (
    _form(r"(?P<year>20\d\d)[-/.](?P<month>[01]?\d)[-/.](?P<day>[0-3]?\d)(?!\d)", _numeric, DIGIT),
    _form(r"(?P<year>20\d\d)(?P<month>[01]\d)(?P<day>[0-3]\d)(?!\d)", _numeric, DIGIT),
    _form(
        r"(?P<year>[12]\d)-?(?P<month>[01]\d)-?(?P<day>[0-3]\d)(?![\d-])",
        _numeric,
        DIGIT,
        needs_label=True,
    ),
    _form(
        r"(?:den\s)?(?P<day>[0-3]?\d)\s?/\s?(?P<month>1[0-2]|0?[1-9])(?!\d)"
        r"(?:(?:\s?[-/]\s?|\s(?=20\d\d))(?P<year>20\d\d|[12]\d)(?!\d))?",
        _numeric,
        f"den {DIGIT}",
    ),
    _form(r"(?P<day>[0-3]\d)-(?P<month>[01]\d)-(?P<year>20\d\d)(?!\d)", _numeric, DIGIT),
    _form(
        r"(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/(?P<year>20\d\d)(?!\d)",
        _numeric,
        DIGIT,
    ),
    _form(
        r"(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?P<year>)(?![\d-])"
        rf"(?!\s(?:{any_of(MONTHS)}))",
        _numeric,
        DIGIT,
        needs_label=True,
    ),
    _form(
        r"(?P<day>[0-3]?\d)\.(?P<month>1[0-2]|0?[1-9])(?:\.(?P<year>20\d\d|\d\d))?(?!\d)",
        _numeric,
        DIGIT,
        needs_label=True,
    ),
    _form(
        r"(?:den\s|the\s)?(?P<day>[0-3]?\d)\s?(?::?(?:e|a|de|st|nd|rd|th))?\s?(?:of\s)?"
        + _MONTH
        + _YEAR,
        _named,
        f"den the {DIGIT}",
    ),
    _form(
        rf"{_MONTH}\s(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year>20\d\d))?",
        _named,
        _firsts(MONTHS),
    ),
    _form(
        rf"(?:den\s)?(?P<ordinal>{any_of(ORDINALS)})\s{_MONTH}{_YEAR}",
        _spelled,
        f"den {_firsts(ORDINALS)}",
    ),
    _form(
        r"(?:den\s|per\s)?(?:sista|siste|the last|last|ultimo)\s(?:dag(?:en)?\s|day\s)?"
        r"(?:i\s|av\s|of\s|in\s)?" + _MONTH + _YEAR,
        _last_of,
        "den per sista siste the last ultimo",
    ),
    _form(
        r"(?:den\s)?(?:sista\s(?:dagen\s)?(?:i|denna)\s(?P<which>(?:den har |denna |nasta )?"
        r"manad(?:en)?)|manadens sista dag|(?:the )?last day of (?:the|this) month)",
        _end_of_this,
        "den sista manadens the last",
    ),
    _form(
        r"den sista(?=\s?(?:[.,;:)!?\n]|$)|\s(?:men|och|kommer|sa|da|kan)\s)", _end_of_this, "den"
    ),
    _form(
        r"(?:den\s)?(?P<day>[0-3]?\d)(?::?(?:e|a))?\s(?:i\s)?(?P<which>nasta|denna|den har)\smanad",
        _day_of_month,
        f"den {DIGIT}",
    ),
    _form(_WEEKDAY, _weekday, f"{_LEADS.replace('|', ' ')} {_firsts(_INFLECTED)}"),
    _form(rf"(?:i\s?dag|today)\s(?:om|in)\s{_COUNT}\s{_UNIT}", _in_days, "i idag today"),
    _form(rf"(?P<near>{any_of(NEAR_DAYS)})(?![a-z])", _near, _firsts(NEAR_DAYS)),
    _form(
        r"(?P<eve>(?:dan|dagen)\sfore\s)?"
        rf"(?P<feast>{any_of([*FIXED_FEASTS, *MOVING_FEASTS])})(?![a-z])",
        _feast,
        f"dan dagen {_firsts([*FIXED_FEASTS, *MOVING_FEASTS])}",
    ),
    _form(rf"(?:om|in)\s{_COUNT}\s{_UNIT}", _in_days, "om in"),
    _form(
        rf"(?:next week on|nasta vecka pa)\s(?P<weekday>{any_of(WEEKDAYS)})(?![a-z])",
        _next_week,
        "next nasta",
    ),
    _form(rf"{_COUNT}\s{_UNIT}\skvar(?![a-z])", _in_days, f"{DIGIT} {_firsts(COUNTS)}"),
    _form(
        rf"(?:for\s)?{_COUNT}\s{_UNIT}\s(?:sedan|sen|ago)(?![a-z])",
        _ago,
        f"for {DIGIT} {_firsts(COUNTS)}",
    ),
    _form(
        r"(?:den\s(?P<day>[0-3]?\d)(?::?(?:e|a|de))?(?![\d:,]\d|\d|\s?(?:kr|%|:-|st\b))"
        r"|(?P<day2>[0-3]?\d):?(?:e|a|st|nd|rd|th)(?![a-z]))",
        _day_alone,
        f"den {DIGIT}",
    ),
    _form(
        r"(?:i\s)?(?:slutet|borjan|mitten)\s(?:av|pa|i)\s\w{2,20}|manadsskiftet|arsskiftet"
        r"|nasta (?:manad|vecka)|next (?:month|week)|efter lon(?:ing)?(?![a-z])|end of \w{2,12}"
        r"|(?:v\.?|vecka)\s?\d{1,2}(?!\d)",
        _vague,
        "i slutet borjan mitten manadsskiftet arsskiftet nasta next efter end v vecka",
        vague=True,
    ),
)


def may_name_day(words: Iterable[str]) -> bool:
    """Tell whether any word, or run of digits, is one without which no form names a day.

    Such a word stands at most `LONGEST_LEAD` characters after the beginning of the form.
    """
    return any(
        word in _IN_ALL_FORMS
        or word.startswith(_BEGIN_IN_ALL_FORMS)
        or not (word.isalpha() and word.isascii())
        for word in words
    )


def _by_beginning() -> Mapping[str, Sequence[Form]]:
    found: dict[str, list[Form]] = {}
    for form in FORMS:
        for word in form.begins:
            found.setdefault(word, []).append(form)
    return found


FORMS_BY_BEGINNING = _by_beginning()
"""What a form may begin with -> the forms, the preferred one first."""
