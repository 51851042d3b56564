"""Which invoice numbers a mail concerns, and the due date that the sender states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.language.dates import DateMention, find_dates
from bot.language.phrases import words_between
from bot.language.references import Number, find_numbers
from bot.triage.cues import Feature, ReferenceRules
from bot.triage.reading import Hit, Reading, Statement
from bot.triage.rules import TriageRules

_HERE = ZoneInfo("Europe/Stockholm")
_SHORTEST = 3
_LONGEST = 12
_FAR = 14
"""Words over which "faktura" still labels a number."""
_NEAR = 3
_SAFE = 5
"""Digits from which a number may stand far from the word that labels it."""
_MOST = 200
_SHORT_DATE = re.compile(r"[12]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def invoices(reading: Reading, rules: TriageRules) -> tuple[str, ...]:
    """Return the digits of the invoices that the matter concerns, in order, without repeats."""
    found: dict[str, None] = {}
    left_out: set[str] = set()
    for statement in reading.statements:
        if not any(len(word) > 1 and word[0].isdigit() for word in statement.sentence.words):
            continue
        numbers = find_numbers(
            statement.text.folded, statement.sentence.start, statement.sentence.end
        )
        left_out.update(number.digits for number in numbers if _is_other(number, rules.references))
        of_invoices = [number.digits for number in numbers if _is_invoice(number, rules.references)]
        if statement.has(Feature.KEPT):
            left_out.update(of_invoices)
        else:
            found.update(dict.fromkeys(of_invoices))
        if len(found) > _MOST:
            break
    return tuple(digits for digits in found if digits not in left_out)[:_MOST]


def _is_invoice(number: Number, rules: ReferenceRules) -> bool:
    size = len(number.digits)
    if not _SHORTEST <= size <= _LONGEST or _is_other(number, rules) or _is_year(number):
        return False
    if size in rules.plain_lengths and not number.prefixed and not number.grouped:
        return True
    words = [word for word in number.before if not word.isdigit()]
    telling = [word for word in words if word not in _JOINING]
    if size == _SHORTEST:
        return _labels(words[-1:], rules)
    if number.grouped and not number.prefixed:
        return _labels(telling[-1:], rules)
    if _looks_like_date(number.digits):
        return _labels(telling[-1:], rules)
    reach = _NEAR if number.prefixed or size < _SAFE else _FAR
    return _labels(words[-reach:], rules)


def _is_year(number: Number) -> bool:
    return (
        len(number.digits) == 4 and number.digits.startswith(("19", "20")) and not number.prefixed
    )


def _labels(words: list[str], rules: ReferenceRules) -> bool:
    return any(word in rules.invoice or word.endswith(_INVOICE_ENDINGS) for word in words)


def _is_other(number: Number, rules: ReferenceRules) -> bool:
    """Tell whether the word right before a number says that it is no invoice."""
    words = [word for word in number.before if not word.isdigit() and word not in _JOINING]
    return bool(words) and (
        words[-1] in rules.other or words[-1].startswith(rules.other_beginnings)
    )


def _looks_like_date(digits: str) -> bool:
    return _SHORT_DATE.fullmatch(digits) is not None


_JOINING = frozenset(
    ("nr", "nummer", "no", "number", "num", "numret", "och", "ar", "is", "med", "pa")
)
_INVOICE_ENDINGS = ("faktura", "fakturan", "fakturor", "fakturorna", "fakturanr", "fakturanummer")


def due_date(reading: Reading, received_at: datetime) -> date | None:
    """Return the earliest due date that the sender states; None where it is vague."""
    today = received_at.astimezone(_HERE).date()
    stated = [
        day
        for statement in reading.statements
        if statement.has(Feature.DUE)
        for day in _due_in(statement, today)
    ]
    return min(stated, default=None)


def _due_in(statement: Statement, today: date) -> Iterator[date]:
    """Yield the date that each label of a due date in a sentence points at."""
    start, end = statement.sentence.start, statement.sentence.end
    folded = statement.text.folded[start:end]
    for hit in statement.hits:
        if hit.cue.feature != Feature.DUE:
            continue
        if _is_wish(statement, hit):
            continue
        first, last = _place(statement, hit.match.start, hit.match.end)
        past = "forfoll" in folded[first:last] or "forfallit" in folded[first:last]
        mentions = find_dates(folded, today, past=past)
        label = folded[first:last]
        while first >= 0:
            mention = _nearest(mentions, first, first + len(label))
            if mention and mention.day:
                yield mention.day
            first = folded.find(label, first + 1) if label else -1


def _is_wish(statement: Statement, hit: Hit) -> bool:
    """Tell whether a label stands in words that name a wished date, not the due date."""
    return any(
        other.cue.feature == Feature.NOT_DUE
        and other.match.start <= hit.match.start < other.match.end
        for other in statement.hits
    )


def _place(statement: Statement, start: int, end: int) -> tuple[int, int]:
    first, last = words_between(statement.text.folded, statement.sentence, start, end)
    return first - statement.sentence.start, last - statement.sentence.start


def _nearest(mentions: list[DateMention], first: int, last: int) -> DateMention | None:
    """Return the date in or after a label, else the one right before it."""
    after = [mention for mention in mentions if mention.end > last and mention.start >= first]
    inside = [mention for mention in mentions if mention.start >= first and mention.end <= last]
    if inside:
        return inside[0]
    if after and after[0].start - last <= 45:
        return after[0]
    before = [mention for mention in mentions if mention.end <= first and not mention.needs_label]
    if before and first - before[-1].end <= 30:
        return before[-1]
    return None
