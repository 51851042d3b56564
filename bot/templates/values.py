"""Hostile values, made fit for a letter: cleaned, clipped, or refused as a hole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from bot.errors import ReplyHasHole
from bot.templates.definition import FieldType, Template
from bot.texts import speaker

LONGEST_LINE: Final = 200
"""Characters of a one-line value and of a subject; the rest is cut off."""
LONGEST_TEXT: Final = 4000
MOST_LINES: Final = 50
_SAME_YEAR: Final = timedelta(days=180)
"""So far from today nobody takes a day and a month without a year for those of another year."""
_LINK: Final = re.compile(r"https://[A-Za-z0-9.-]{1,200}(?:[/?#][!#-&(-;=?-~]{0,1000})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_BLANK_LINES: Final = re.compile(r"\n{3,}")


class Mark(str):
    """What stands in an outline where nobody has written a value yet; for a day as well."""

    __slots__ = ()


def clean(
    template: Template,
    context: Mapping[str, object],
    language: str,
    *,
    today: date | None = None,
) -> dict[str, object]:
    """Return a value for every field of a template, safe to insert, empty where optional.

    Args:
        language: In which days are written out.
        today: Days that are far from it are written with their year; default: none is.

    Raises:
        ReplyHasHole: A required value is missing or empty, or a link is no https address,
            or a day is none; the last two also where the value is not required.
        TypeError: A value is not of the type that the template says.
    """
    values: dict[str, object] = {}
    for name, field in template.fields.items():
        given = context.get(name)
        kind = FieldType.LINE if isinstance(given, Mark) else field.type
        value = _CLEAN[kind](name, given)
        if field.type is FieldType.DATE and isinstance(value, date):
            far = today is not None and abs(value - today) > _SAME_YEAR
            value = speaker(language).date(value, year=far)
        if not value and (field.required or _is_unfit(kind, given)):
            raise ReplyHasHole(template.name, name)
        values[name] = value
    return values


def _is_unfit(kind: FieldType, given: object) -> bool:
    """Tell whether a value was given that is no day or no address, though nothing came of it."""
    is_strict = kind in (FieldType.DATE, FieldType.LINK)
    return is_strict and isinstance(given, str) and bool(one_line(given))


def _clean_line(name: str, value: object) -> str:
    return one_line(_string(name, value))


def _clean_text(name: str, value: object) -> str:
    return tidy(_INVISIBLE.sub("", _string(name, value)[:LONGEST_TEXT])).strip()


def _clean_link(name: str, value: object) -> str:
    link = _string(name, value)
    return link if _LINK.fullmatch(link) else ""


def _clean_lines(name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} takes a list of strings, got {type(value).__name__}")
    lines = (_clean_line(name, item) for item in value[:MOST_LINES])
    return tuple(line for line in lines if line)


def _clean_date(name: str, value: object) -> date | str:
    if isinstance(value, date):
        return value
    given = _string(name, value)
    try:
        return date.fromisoformat(given) if _DAY.fullmatch(given) else ""
    except ValueError:
        return ""


_CLEAN: Final[Mapping[FieldType, Callable[[str, object], object]]] = {
    FieldType.LINE: _clean_line,
    FieldType.TEXT: _clean_text,
    FieldType.LINK: _clean_link,
    FieldType.LINES: _clean_lines,
    FieldType.DATE: _clean_date,
}


def _string(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} takes a string, got {type(value).__name__}")
    return value


def one_line(value: str) -> str:
    """Return a text as one visible line of at most `LONGEST_LINE` characters."""
    clipped = value[: LONGEST_LINE * 4]
    return " ".join(_INVISIBLE.sub("", clipped).split())[:LONGEST_LINE].strip()


def tidy(text: str) -> str:
    """End lines without spaces, and keep at most one empty line between paragraphs."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"
