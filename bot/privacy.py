"""Personal data in text: what to find, and how to hide it.

Knows personal and coordination numbers, telephone numbers and e-mail addresses. Invoice
numbers, OCR numbers and giro numbers stay, unless one of them is also a valid personal number.
Names are not found: they cannot be told from other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.language.references import luhn_valid

PERSONAL_NUMBER = "[personnummer]"
PHONE = "[telefon]"
ADDRESS = "[e-post]"

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_PERSONAL = re.compile(
    r"(?<!\d)(?<!\d[-.,])(?:(?P<century>1[89]|20)[ -]?)?"
    r"(?P<year>\d\d)[ .\xa0\u2010-\u2013-]?(?P<month>0[1-9]|1[0-2])[ .\xa0\u2010-\u2013-]?"
    r"(?P<day>0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
    r"(?P<mark>\s?[-+\u2010-\u2015\u2212/]\s{0,2}|\s{1,2}|\.)?"
    r"(?P<last>[\dxX*#]{4})(?!\d)(?![-.,]\d)"
)
_FIRST_DIGIT = re.compile(r"\d(?<!\d\d)")
_PHONE = re.compile(
    r"(?<![\w/+.,-])(?:(?:\+|00)\d{1,3}[ -]{0,2}(?:\(0\)[ -]?)?\d{1,3}|0\d{1,3})"
    r"(?:[ /-]{1,3}\d{2,4}(?:[ -]\d{2,4}){1,3}|[ /-]{1,3}\d{5,8}|\d{5,8})(?![\w-])"
)
_OTHER_LABEL = re.compile(
    r"(?:ocr|faktura\w{0,8}|fakt|referens\w{0,8}|ref|bankgiro|bg|plusgiro|pg|order\w{0,8}"
    r"|konto\w{0,8}|(?P<customer>kund(?:n\w{0,7}|id)?))"
    r"[ .:-]{0,3}(?:nr|nummer|no)?[ .:-]{0,3}$",
    re.I,
)
_OWN_LABEL = re.compile(
    r"(?<![a-z\xe5\xe4\xf6])(?:person(?:al)?[ -]?(?:numm?\w{1,6}|nr|id\w{0,4})|pers[. -]{0,2}nr"
    r"|p[.-]?nr|samordnings[ -]?n(?:umm|r)\w{0,5}|(?:identity|social security) n\w{1,6})"
    r"[^\d\]]{0,24}$",
    re.I,
)
_AMOUNT = re.compile(r"\s{0,2}(?:(?:kr|kronor|sek|euro?)\b|[:,]-)", re.I)
_REFERENCE = re.compile(r"[^\W\d_]-$")
"""A letter and a hyphen: what follows is part of a reference such as ``KR-261007-0090``."""
_BLANKS = (" ", "\xa0")
_LABEL_REACH = 40
_OLDEST = 1890
_COMPLETE = 12
"""Digits of a number with its century, written in one run."""
_LAST_CENTURY = "30"
"""From here on two digits of a year mean one that no letter of today is dated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalNumber:
    """A personal or coordination number in a text.

    Attributes:
        start, end: Place in the text.
        certain: The check digit is right; else only the form speaks (masked last digits, a
            hyphen in the right place, a year such as 1985), or the word before it.
        labelled_otherwise: It stands without a hyphen right after "OCR", "faktura" or the like,
            or with letters and a hyphen before it, and may well be such a number. It is hidden,
            but says nothing about the mail. "Kund" makes only a loose one such: customers are
            persons, and many are known by their personal numbers.
        loose: A blank stands in it and nothing but its year speaks for it, so that after "kund"
            it may be a number of a customer and an amount.
    """

    start: int
    end: int
    certain: bool
    labelled_otherwise: bool = False
    loose: bool = False


def find_personal_numbers(text: str) -> list[PersonalNumber]:
    """Find personal and coordination numbers, in order, with or without century and hyphen.

    A number counts if its date exists and its check digit is right (Luhn over the last ten
    digits), also where points, blanks or the end of a line divide it. Without a right check
    digit it counts as uncertain if it has the hyphen of a personal number after a date that
    exists or a blank after a year of the last century, if some of its last four are masked, if
    it is written in one run from such a year, or if the word before says what it is. A date of
    this century that is itself divided, and four digits after it without a hyphen, are a date
    and another number, unless the word before says more.
    """
    return list(_personal_numbers(text))


def mask(text: str) -> str:
    """Return text with personal numbers, telephone numbers and addresses replaced.

    Masking twice changes nothing more.
    """
    pieces: list[str] = []
    at = 0
    masked = _ADDRESS.sub(ADDRESS, text)
    for number in _personal_numbers(masked):
        pieces += (masked[at : number.start], PERSONAL_NUMBER)
        at = number.end
    pieces.append(masked[at:])
    return _PHONE.sub(PHONE, "".join(pieces))


def _written_so(text: str) -> Iterator[re.Match[str]]:
    """Yield what is written like a personal number; to try it at digits alone is far faster."""
    end = 0
    for digit in _FIRST_DIGIT.finditer(text):
        if digit.start() >= end and (match := _PERSONAL.match(text, digit.start())):
            end = match.end()
            yield match


def _personal_numbers(text: str) -> Iterator[PersonalNumber]:
    for match in _written_so(text):
        digits = match["year"] + match["month"] + match["day"] + match["last"]
        if not _is_date(match["century"], match["year"], match["month"], match["day"]):
            continue
        before = text[max(0, match.start() - _LABEL_REACH) : match.start()]
        other = _OTHER_LABEL.search(before)
        nearer = other is not None and not other["customer"]
        named = not nearer and _OWN_LABEL.search(before) is not None
        hidden = not digits.isdigit()
        if not (named or hidden) and _is_date_beside_number(match):
            continue
        certain = not hidden and luhn_valid(digits)
        marked = _is_marked(match)
        complete = match["century"] == "19" and match.end() - match.start() == _COMPLETE
        told = certain or hidden or marked or complete or named
        if told or _is_parted(match):
            label = nearer if told else other is not None
            otherwise = _REFERENCE.search(before) is not None if marked else label
            yield PersonalNumber(
                start=match.start(),
                end=match.end(),
                certain=certain,
                labelled_otherwise=otherwise and not named,
                loose=not told,
            )


def _is_marked(match: re.Match[str]) -> bool:
    """Tell whether a hyphen or a plus stands before the last four."""
    return bool((match["mark"] or "").strip().strip("/."))


def _is_date_beside_number(match: re.Match[str]) -> bool:
    """Tell whether it reads as a date, written with hyphens or the like, and a number after it."""
    divided = not match.string[match.start("year") : match.end("day")].isdigit()
    if not divided or not match["mark"]:
        return False
    if match["mark"] != match["mark"].strip() and _AMOUNT.match(match.string, match.end()):
        return True
    of_today = match["century"] == "20" or (not match["century"] and match["year"] < _LAST_CENTURY)
    return of_today and not _is_marked(match)


def _is_parted(match: re.Match[str]) -> bool:
    """Tell whether it is a birthday of the last century in one run, a blank, and no amount."""
    return (
        match["mark"] in _BLANKS
        and match["year"] >= _LAST_CENTURY
        and match.string[match.start() : match.start("mark")].isdigit()
        and not _AMOUNT.match(match.string, match.end())
    )


def _is_date(century: str | None, year: str, month: str, day: str) -> bool:
    day_number = int(day)
    if day_number > 60:
        day_number -= 60
    for hundred in (century,) if century else ("19", "20"):
        try:
            if date(int(hundred + year), int(month), day_number).year >= _OLDEST:
                return True
        except ValueError:
            continue
    return False
