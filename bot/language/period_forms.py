"""The forms in which people name days and stretches of days, and which days each of them means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from bot.language.date_words import MONTHS, WEEKDAYS, any_of

_MONTHS: Final = {name: month for name, month in MONTHS.items() if name != "mar"}
"""People ask "hur mår ni", but nobody asks about a month so."""
_WEEKDAY_OF: Final = {**WEEKDAYS, "tor": 3}
_NEAR: Final = {
    "i forrgar": -2, "forrgar": -2, "i gar": -1, "igar": -1, "yesterday": -1, "i dag": 0,
    "idag": 0, "today": 0, "i morse": 0, "imorse": 0, "i kvall": 0, "ikvall": 0, "tonight": 0,
    "i eftermiddag": 0, "this afternoon": 0, "this morning": 0, "i morgon": 1, "imorgon": 1,
    "i morron": 1, "imorron": 1, "imorrn": 1, "imorn": 1, "i morn": 1, "tomorrow": 1,
    "i overmorgon": 2, "overmorgon": 2,
}  # fmt: skip
_COUNTS: Final = {
    "en": 1, "ett": 1, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "atta": 8,
    "tio": 10, "tolv": 12, "fjorton": 14, "trettio": 30, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "ten": 10, "thirty": 30,
}  # fmt: skip
_ORDINALS: Final = {
    "forsta": 1, "1:a": 1, "first": 1, "andra": 2, "2:a": 2, "second": 2, "tredje": 3, "3:e": 3,
    "third": 3, "fjarde": 4, "4:e": 4, "fourth": 4,
}  # fmt: skip
_MONTHS_IN: Final = {"t": 4, "q": 3, "h": 6}
"""Months in a tertial, a quarter and half a year."""
_SHORT: Final = 5
"""Letters of a weekday that is cut short; such a one counts only after "i" or "last"."""

Parts = dict[str, str]
Days = tuple[date, date] | None


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _COUNTS[text]


def _month_days(year: int, month: int, months: int = 1) -> tuple[date, date]:
    end = month + months - 1
    last = date(year + end // 12, end % 12 + 1, 1) - timedelta(days=1)
    return date(year, month, 1), last


def _months_back(day: date, months: int) -> date:
    place = day.year * 12 + day.month - 1 - months
    first = date(place // 12, place % 12 + 1, 1)
    end = _month_days(first.year, first.month)[1]
    return first.replace(day=min(day.day, end.day))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _last_days(parts: Parts, today: date) -> Days:
    number = _count(parts["count"]) if parts["count"] else 1
    unit = parts["unit"]
    if not 0 < number <= 1000:
        return None
    if unit.startswith(("dag", "day", "dgr", "dygn")):
        return today - timedelta(days=number - 1), today
    if unit.startswith(("v", "week")):
        return today - timedelta(days=7 * number - 1), today
    months = number * (12 if unit.startswith(("ar", "year")) else 1)
    if months > 240:
        return None
    return _months_back(today, months) + timedelta(days=1), today


def _relative(parts: Parts, today: date) -> Days:
    """Read "förra", "denna" and "nästa" with a unit."""
    step = {"f": -1, "l": -1, "p": -1, "n": 1, "k": 1}.get(parts["which"][0], 0)
    unit = parts["unit"]
    if unit.startswith(("v", "week")):
        first = _monday(today) + timedelta(days=7 * step)
        return first, first + timedelta(days=6)
    if unit.startswith(("ar", "year")):
        year = today.year + step
        return date(year, 1, 1), date(year, 12, 31)
    months = {"t": 4, "q": 3, "k": 3, "h": 6}.get(unit[0], 1)
    place = today.year * 12 + (today.month - 1) // months * months + step * months
    return _month_days(place // 12, place % 12 + 1, months)


def _week_before_this(parts: Parts, today: date) -> Days:
    first = _monday(today) - timedelta(days=7)
    return first, first + timedelta(days=6)


def _so_far(parts: Parts, today: date) -> Days:
    """Read "i år", "hittills i veckan": from the beginning until today."""
    unit = parts["unit"]
    if unit.startswith(("v", "week")):
        return _monday(today), today
    if unit.startswith(("ar", "year")):
        return date(today.year, 1, 1), today
    return today.replace(day=1), today


def _week(parts: Parts, today: date) -> Days:
    year = _year(parts) or today.isocalendar().year
    last = int(parts["until"] or parts["week"])
    try:
        first = date.fromisocalendar(year, int(parts["week"]), 1)
        if not _year(parts) and first > today:
            first = date.fromisocalendar(year - 1, int(parts["week"]), 1)
        end = date.fromisocalendar(first.isocalendar().year, last, 1)
    except ValueError:
        return None
    return (first, end + timedelta(days=6)) if end >= first else None


def _part_of_year(parts: Parts, today: date) -> Days:
    kind = (parts["kind"] or parts["word"] or parts["word2"])[0]
    months = _MONTHS_IN[{"k": "q"}.get(kind, kind)]
    place = parts["number"] or parts["number2"]
    number = int(place) if place else _ORDINALS[parts["ordinal"]]
    if not 1 <= number <= 12 // months:
        return None
    year = _year(parts) or today.year
    first, last = _month_days(year, (number - 1) * months + 1, months)
    if not _year(parts) and first > today:
        return _month_days(year - 1, (number - 1) * months + 1, months)
    return first, last


def _month(parts: Parts, today: date) -> Days:
    month = _MONTHS[parts["month"]]
    year = _year(parts)
    if year is None:
        year = today.year if month <= today.month else today.year - 1
        if parts["which"]:
            year = today.year if parts["which"] in ("i ar", "this year") else today.year - 1
    return _month_days(year, month)


def _days_of_month(parts: Parts, today: date) -> Days:
    found = _month(parts, today)
    assert found is not None  # a month is always found
    try:
        first, last = (found[0].replace(day=int(parts[name])) for name in ("from", "until"))
    except ValueError:
        return None
    return (first, last) if first <= last else None


def _whole_year(parts: Parts, today: date) -> Days:
    year = int(parts["year"])
    return date(year, 1, 1), date(year, 12, 31)


def _turn_of_year(parts: Parts, today: date) -> Days:
    return date(today.year, 1, 1), date(today.year, 1, 1)


def _near(parts: Parts, today: date) -> Days:
    day = today + timedelta(days=_NEAR[parts["near"]])
    return day, day


def _past_weekday(parts: Parts, today: date) -> Days:
    back = (today.weekday() - _WEEKDAY_OF[parts["weekday"]]) % 7 or 7
    day = today - timedelta(days=back)
    return day, day


def _next_weekday(parts: Parts, today: date) -> Days:
    ahead = (_WEEKDAY_OF[parts["weekday"]] - today.weekday()) % 7 or 7
    if parts["week"]:
        ahead = 7 - today.weekday() + _WEEKDAY_OF[parts["weekday"]]
    day = today + timedelta(days=ahead)
    return day, day


def _year(parts: Parts) -> int | None:
    for name in ("year", "year2"):
        if parts.get(name):
            return int(parts[name])
    return None


_Form = tuple[re.Pattern[str], Callable[[Parts, date], Days]]
_MONTH: Final = rf"(?P<month>{any_of(_MONTHS)})"
_COUNT: Final = rf"(?P<count>\d{{1,3}}|{any_of(_COUNTS)})"
_YEAR: Final = r"(?:,? (?:ar )?(?P<year>20\d\d)(?!\d))?"
_SPANS: Final = (
    r"dagarna|dagar|dag|dygnet|dygn|dgr|days?|veckorna|veckor|veckan|vecka|weeks?|v"
    r"|manaderna|manader|manaden|manad|man|months?|aret|ar|aren|years?"
)
_STRETCHES: Final = (
    r"veckan?|v|weeks?|manaden?|man|month|arets?|ar|year|kvartalet|kvartal|quarter"
    r"|tertialet|tertial|halvaret|halvar"
)
_SINGLE: Final = "veckan|manaden|aret|week|month|year"
_WHOLES: Final = r"tertialet|tertial|kvartalet|kvartal|halvaret|halvar|quarter|half"


def _unit(names: str) -> str:
    return rf"(?P<unit>{names})(?![a-z])"


def _forms_of_a_month() -> Iterator[_Form]:
    """Yield the form of a month with the year that it is in, which by itself is a period too."""
    which = r"(?P<which>i ar|i fjol|forra aret|last year|this year)(?![a-z])"
    yield _whole(rf"{_MONTH}(?: manad)? {which}"), _month


def _forms_from_today() -> Iterator[_Form]:
    last = r"(?:de |the )?(?:senaste|sista|last|past|previous)"
    yield from (
        (_whole(rf"{last} {_COUNT} {_unit(_SPANS)}"), _last_days),
        (_whole(rf"(?:de )?{_COUNT} (?:senaste|sista|last) {_unit(_SPANS)}"), _last_days),
        (_whole(r"(?P<count>)(?:senaste|sista|past) " + _unit(_SINGLE)), _last_days),
        (
            _whole(
                r"(?:veckan? (?:innan|fore)|the week before)(?: (?:den har|denna|this one|this))?"
            ),
            _week_before_this,
        ),
        (
            _whole(
                r"(?:hittills|so far)(?: i| under| denna| den har| this)? "
                + _unit("veckan|vecka|week|manaden|manad|month|ar|aret|year")
            ),
            _so_far,
        ),
        (_whole(r"i (?P<unit>ar)(?![a-z])"), _so_far),
        (_whole(r"(?P<unit>year) to date"), _so_far),
        (
            _whole(
                r"(?P<which>forra|foregaende|last|previous|forgangna|den har|denna|det har|detta"
                r"|innevarande|this|nasta|next|kommande) " + _unit(_STRETCHES)
            ),
            _relative,
        ),
        (_whole(r"(?P<which>denna )?i (?P<unit>veckan)(?![a-z])"), _this_week),
    )


def _forms_of_the_year() -> Iterator[_Form]:
    ordinal = any_of(_ORDINALS)
    day = r"(?:den )?(?P<{}>[0-3]?\d)"
    yield from (
        (
            _whole(
                r"(?:v\.? ?|vecka |veckorna |week |weeks )(?P<week>[0-5]?\d)"
                r"(?: ?(?:-|–|till|to|och|and) ?(?:v\.? ?|vecka )?(?P<until>[0-5]?\d))?(?!\d)"
                + _YEAR
            ),
            _week,
        ),
        (
            _whole(
                r"(?:(?P<year2>20\d\d) )?(?:(?P<kind>[tqh])(?P<number>[1-4])(?!\d)"
                r"|(?P<word>tertial|kvartal|quarter) (?P<number2>[1-4])(?!\d)"
                rf"|(?P<ordinal>{ordinal}) (?P<word2>{_WHOLES})(?![a-z]))" + _YEAR
            ),
            _part_of_year,
        ),
        (
            _whole(
                day.format("from")
                + r" ?(?:-|–|till|to|och|and) ?"
                + day.format("until")
                + rf" {_MONTH}(?![a-z]){_YEAR}(?P<which>)"
            ),
            _days_of_month,
        ),
        (
            _whole(
                r"(?<!\d )(?<!\d\. )(?<!\d:e )(?<!\dst )(?<!\dth )(?<!\dst of )(?<!\dth of )"
                rf"{_MONTH}(?![a-z])(?! [0-3]?\d(?!\d))(?: manad)?{_YEAR}(?P<which>)"
            ),
            _month,
        ),
        (
            _whole(r"(?:sedan |sen |since |fran )?(?P<x>arsskiftet|nyar|new year)(?![a-z])"),
            _since_new_year,
        ),
    )


def _forms_of_days() -> Iterator[_Form]:
    names = any_of(name for name in _WEEKDAY_OF if len(name) > _SHORT)
    yield from (
        (_whole(rf"(?:i )?(?P<near>{any_of(_NEAR)})(?![a-z])"), _near),
        (
            _whole(rf"(?:i |last )(?P<weekday>{any_of(_WEEKDAY_OF)})(?:s|as)?(?![a-z])"),
            _past_weekday,
        ),
        (
            _whole(
                r"(?:(?:nu )?pa |kommande |nasta |next |this |on |for )?"
                rf"(?P<weekday>{names})(?:en)?(?![a-z])"
                r"(?P<week> (?:i )?(?:nasta vecka|next week))?"
            ),
            _next_weekday,
        ),
        (
            _whole(r"(?:ar |aret |helaret |under |for |in |hela |i )?(?P<year>20[0-4]\d)(?![\d-])"),
            _whole_year,
        ),
    )


def _this_week(parts: Parts, today: date) -> Days:
    first = _monday(today)
    return first, first + timedelta(days=6)


def _since_new_year(parts: Parts, today: date) -> Days:
    return date(today.year, 1, 1), today


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])(?:" + pattern + ")")


FORMS: Final = (
    *_forms_of_a_month(),
    *_forms_from_today(),
    *_forms_of_the_year(),
    *_forms_of_days(),
)
"""Each with what reads the days of a match; the first that fits takes the words."""
OF_ONE_DAY: Final = frozenset((_near, _past_weekday, _next_weekday))
"""Those that read a single day."""
