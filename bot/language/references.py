"""Numbers as people write them in mail: references, lists and ranges, spaced and prefixed.

What looks like a number but is none (amounts, dates, telephones, bank accounts, personal
numbers) is taken out first. Whether a number is an invoice depends on the words before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.language.tokens import words

Span = tuple[int, int]
_CURRENCY = r"(?:kr(?![a-z])|kronor|sek(?![a-z])|:-|,-|tkr|spann|eur(?![a-z])|euro|usd|%)"
_AMOUNT_WORD = r"(?:kr|sek|eur|usd|belopp(?:et)?(?: pa)?|summan?|a)"
_ADDRESSES = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,120}|https?://\S{1,300}|www\.\S{1,200}"
)
_NOT_REFERENCES = re.compile(
    r"(?=[\d+])(?:"
    r"(?<!\d)(?:19|20)?\d{6}[-+]\d{4}(?!\d)"
    r"|(?<![\d-])(?:\+|00)\d{2}[\d ()-]{6,16}\d"
    r"|(?<![\d-])(?<!\d\d )0\d{1,3}[-/ ]{1,3}\d{2,3}(?:[ -]?\d{2,3}){1,3}(?![\d-])"
    r"|(?<![\d-])0\d{8,9}(?!\d)"
    r"|(?<!\d)20\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<![\d#])(?<!faktura )(?<!fakturan )(?<!fakturanr )(?<!fakt )(?<!nr )(?<!invoice )"
    r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)\d{1,2}[:.]\d\d(?:\s?[-–]\s?\d{1,2}[:.]\d\d)?(?!\d)"
    rf"|(?<![\d,.])\d{{1,3}}(?:,\d{{3}})+\s?{_CURRENCY}"
    rf"|(?<![\d,.])\d{{1,3}}(?:[ .]\d{{3}}){{0,3}}(?:,\d{{1,2}}|\.\d\d)?\s?{_CURRENCY}"
    rf"|(?<![\d,.])\d{{1,7}}(?:[,.]\d{{1,2}})?\s?{_CURRENCY}"
    r"|(?<!\d)(?<!\d )\d{3} \d\d(?= [a-z]{3})"
    r"|(?<![\d-])(?<!\d )\d{1,3} \d{3}(?![\d-]| \d)"
    r"|(?<![\d.])\d{1,2}\.\d{1,2}\.(?:20)?\d\d(?![\d.])"
    r")|(?<![a-z])(?=[a-z])(?:"
    r"(?<!\d)[a-z]{2}\d\d(?: ?[a-z0-9]{4}){3,7}(?: ?[a-z0-9]{1,3})?(?![a-z0-9])"
    rf"|{_AMOUNT_WORD}[ :]{{1,2}}\d{{1,3}}(?:,\d{{3}})+(?!\d)"
    rf"|{_AMOUNT_WORD}[ :]{{1,2}}\d{{1,3}}(?:[ .]\d{{3}}){{0,3}}(?:,\d{{1,2}})?(?!\d)"
    r")"
)
_CANDIDATE = re.compile(
    r"(?<![\w/])(?P<letters>[a-z]{1,20}[-/ .:#]?)?"
    r"(?P<digits>\d{2,4}(?:/\d{1,6}){1,2}|20\d\d:\d{2,6}|"
    r"\d{2,12}(?:-\d{1,8}){0,2}|\d-\d{3,8})"
    r"(?:(?<=\d{3})-?[a-z](?![\w-]))?(?![\w]|-\w\w|-\d|[.,]\d{1,3}(?!\d))"
)
# In the next three the digit stands before what must not be before it: so all that is no
# digit is skipped at once.
_SPACED = re.compile(
    r"\d(?<![\w/.,-]\d)(?<!\d \d)(?:\d{1,3}(?: \d{2,4}){1,3}|\d{3}\.\d{4})"
    r"(?![\w]|[.,:/]\d|-\d| ?\d)"
)
_THROUGH = r"till och med|t\.? ?o\.? ?m\.?|till|to|through|och|and"
_RANGE = re.compile(
    rf"(\d(?<![\w/-]\d)\d{{3,9}})[ \t]?(?:-|–|—|\.\.|{_THROUGH})[ \t]?"
    r"(\d{1,10})(?![\w-]|[/:]\d)"
)
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_SEVERAL = re.compile(r"\d\D+\d")
"""Without it there is but one run of digits, hence no list, no range and no grouped number."""
_ENDINGS = re.compile(
    r"\d(?<![\w/-]\d)\d{5,9}"
    r"(?:(?:, ?| och | samt | & | and )[-–]\d{1,4}(?![\d/-])){1,20}"
)
_PARTED = re.compile(r"\d(?<![\w/-]\d)\d{6,9}(?:/\d{2,3}){1,20}(?![\d/-])")
_DAY_AND_MONTH = re.compile(r"[0-3]?\d/(?:1[0-2]|0?[1-9])")
_LISTED = re.compile(r"(?<=\d{5})/(?=\d{5})")
_MOST_IN_RANGE = 60
_LISTED_FROM = 7
"""Digits from which ``40012345-47`` is a range; shorter ones are often one number."""
_EVEN_FROM = 5
_PLURAL = re.compile(
    r"(?:fakturor(?:na)?|rakningar(?:na)?|avier(?:na)?|invoices|serien?)[ :nr.(]{1,5}"
    r"(?:mellan |between |from )?$"
)
_LABELLED = re.compile(r"(?:faktur\w{0,10}|rakning\w{0,8}|invoices?|flodet)[^.;\d]{0,30}$")
_BETWEEN = ("mellan ", "between ")
_NEAR_EACH_OTHER = 20
_BESIDE = 40
_GROUP = 3
_FEWEST_SPACED, _MOST_SPACED, _SPACED_IN_PAIRS = 7, 9, 8
"""Digits of a number in groups of three or four, and of one with shorter groups."""
_YEAR_AND_SERIAL = [2, 4]
_CENTURIES = ("19", "20")
_CONTEXT = 16
_REACH = 240
_SENTENCE_END = re.compile(r"[a-z)\d][.!?]\s+(?=\S|$)|\n\s*\n")
_PREFIX = 6
"""Letters and a hyphen that may belong to a number, as in ``TC-5512``."""
_CONNECTORS = frozenset(
    ("och", "samt", "and", "eller", "resp", "plus", "o", "nr", "nummer", "no", "number")
)
_NUMBER_WORDS = frozenset(
    ("nr", "nummer", "nummret", "no", "number", "num", "numret", "ar", "is", "med", "with")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number that may refer to something.

    Attributes:
        digits: Its digits alone.
        start, end: Place in the text.
        before: Words before it in its sentence up to sixteen, the nearest last; a number
            before it in the same list is left out, so that all of a list have the same words.
        earlier: Words of the sentences before, the nearest last.
        prefixed: Letters stand before it, as in ``F55102``.
        grouped: It was written with spaces or hyphens inside.
        series: Which list of the text it stands in; numbers side by side make one.
    """

    digits: str
    start: int
    end: int
    before: tuple[str, ...]
    earlier: tuple[str, ...] = ()
    prefixed: bool = False
    grouped: bool = False
    series: int = 0


def find_numbers(folded: str, start: int = 0, end: int | None = None) -> list[Number]:
    """Find what may be references in a part of folded text, in order.

    Ranges such as ``40012345-47`` are listed one by one, at the same place.
    """
    stop = len(folded) if end is None else end
    part = folded[start:stop]
    lines = list(_lines_with_digits(part))
    if not lines:
        return []
    part = _blanked(part, lines)
    spans = list(_spans(part, lines))
    found: list[Number] = []
    words_before: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()
    previous_end = series = 0
    for first, last, digits, prefixed, grouped in sorted(spans, key=lambda span: span[:2]):
        gap = part[previous_end:first] if found else ""
        between, apart = words(gap), "(" in gap
        if not found or apart or any(word not in _CONNECTORS for word in between):
            words_before, earlier = _words_before(part, first)
            series += 1
            if apart:
                words_before = tuple(between)
        found.extend(
            Number(
                digits=number,
                start=start + first,
                end=start + last,
                before=words_before,
                earlier=earlier,
                prefixed=prefixed,
                grouped=grouped,
                series=series,
            )
            for number in digits
        )
        previous_end = last
    return found


def _words_before(part: str, at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words before a place in its own sentence, and those of the ones before."""
    near = part[max(0, at - _REACH) : at]
    breaks = [match.end() for match in _SENTENCE_END.finditer(near)]
    own = near[breaks[-1] :] if breaks else near
    before = near[: breaks[-1]] if breaks else ""
    return tuple(words(own)[-_CONTEXT:]), tuple(words(before)[-_CONTEXT:])


def _blanked(text: str, lines: Sequence[Span]) -> str:
    """Blank out what is no reference; each letter keeps its place.

    Args:
        lines: Those with digits; an amount may have its currency on the line after.
    """
    first, (_, last) = lines[0][0], lines[-1]
    end = text.find("\n", last + 1)
    end = len(text) if end < 0 else end
    before, near = text[:first], _LISTED.sub(",", text[first:end])
    if "@" in text or "http" in text or "www." in text:
        before, near = _ADDRESSES.sub(_spaces, before), _ADDRESSES.sub(_spaces, near)
    return before + _NOT_REFERENCES.sub(_spaces, near) + text[end:]


def _spaces(match: re.Match[str]) -> str:
    return " " * (match.end() - match.start())


_Found = tuple[int, int, tuple[str, ...], bool, bool]


def _spans(part: str, lines: Sequence[Span]) -> Iterator[_Found]:
    taken: list[tuple[int, int]] = []

    def free(match: re.Match[str]) -> bool:
        return all(match.end() <= first or match.start() >= last for first, last in taken)

    if _SEVERAL.search(part, lines[0][0]) is None:
        yield from _candidates(part, lines, free)
        return
    for match in _each(_ENDINGS, part, lines):
        taken.append(match.span())
        yield *match.span(), _with_endings(match.group()), False, False
    for match in _each(_PARTED, part, lines):
        numbers = _with_endings(match.group())
        if list(numbers) == sorted(set(numbers)):
            taken.append(match.span())
            yield *match.span(), numbers, False, False
    for match in _each(_RANGE, part, lines):
        if not free(match):
            continue
        numbers = _expanded(match[1], match[2]) if _is_range(match, part) else ()
        if numbers:
            taken.append(match.span())
            yield *match.span(), numbers, False, False
    yield from _plain(part, lines, free, taken)


def _is_range(match: re.Match[str], part: str) -> bool:
    """Tell whether two numbers bound a range rather than make one number."""
    first, last = match[1], match[2]
    even = len(first) == len(last)
    before = part[max(0, match.start() - _BESIDE) : match.start()]
    if any(map(str.isalpha, match.group())):
        exact = "m" in match.group()
        plural = _PLURAL.search(before)
        if not exact and ("nd" in match.group() or "och" in match.group().split()):
            return even and plural is not None and plural.group().endswith(_BETWEEN)
        return even and (exact or plural is not None)
    if len(first) >= _LISTED_FROM or (even and len(first) >= _EVEN_FROM):
        return True
    if _PLURAL.search(before):
        return True
    close = even and 0 < int(last) - int(first) <= _NEAR_EACH_OTHER
    return close and _LABELLED.search(before) is not None


def _plain(
    part: str,
    lines: Sequence[Span],
    free: Callable[[re.Match[str]], bool],
    taken: list[tuple[int, int]],
) -> Iterator[_Found]:
    for match in _each(_SPACED, part, lines):
        digits = _joined(match.group())
        if digits and free(match):
            taken.append(match.span())
            yield *match.span(), (digits,), False, True
    yield from _candidates(part, lines, free)


def _candidates(
    part: str, lines: Sequence[Span], free: Callable[[re.Match[str]], bool]
) -> Iterator[_Found]:
    for match in _each(_CANDIDATE, part, lines):
        if not free(match):
            continue
        if _DAY_AND_MONTH.fullmatch(match["digits"]):
            continue
        digits = re.sub(r"\D", "", match["digits"])
        letters = match["letters"] or ""
        joined = (
            bool(letters)
            and not letters.endswith((" ", ".", ":", "#"))
            and len(letters) <= _PREFIX
            and letters not in _NUMBER_WORDS
        )
        first = match.start() if joined else match.start("digits")
        yield first, match.end(), (digits,), joined, digits != match["digits"]


def _joined(text: str) -> str:
    """Return the digits of a number written in groups; empty where they make none."""
    groups = text.replace(".", " ").split(" ")
    digits = "".join(groups)
    sizes = [len(group) for group in groups]
    if all(size >= _GROUP for size in sizes[1:]):
        whole = _FEWEST_SPACED <= len(digits) <= _MOST_SPACED or sizes == _YEAR_AND_SERIAL
    else:
        whole = len(digits) == _SPACED_IN_PAIRS and not groups[-1].startswith(_CENTURIES)
    return digits if whole else ""


def _each(pattern: re.Pattern[str], part: str, lines: Iterable[Span]) -> Iterator[re.Match[str]]:
    for start, end in lines:
        yield from pattern.finditer(part, start, end)


def _lines_with_digits(part: str) -> Iterator[Span]:
    end = -1
    while match := _DIGIT.search(part, end + 1):
        start = part.rfind("\n", 0, match.start()) + 1
        end = part.find("\n", match.end())
        if end < 0:
            end = len(part)
        yield start, end


def _with_endings(text: str) -> tuple[str, ...]:
    """List ``40201140, -41 och -45`` or ``40201140/41`` in full."""
    first, *endings = _DIGITS.findall(text)
    return (first, *(first[: -len(ending)] + ending for ending in endings))


def _expanded(first: str, last: str) -> tuple[str, ...]:
    """List a range; empty where the two numbers make none."""
    if len(last) > len(first):
        return ()
    full = first[: len(first) - len(last)] + last
    low, high = int(first), int(full)
    short_enough = len(last) <= 3 or len(last) == len(first)
    if not short_enough or not 0 < high - low <= _MOST_IN_RANGE:
        return ()
    return tuple(str(number).zfill(len(first)) for number in range(low, high + 1))


def luhn_valid(digits: str) -> bool:
    """Tell whether the last digit checks the others (modulus 10, ISO/IEC 7812-1)."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
