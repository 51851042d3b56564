"""Which invoice numbers a mail concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from bot.language.references import Number, find_numbers
from bot.triage.cues import Feature, ReferenceRules
from bot.triage.reading import Reading, Text
from bot.triage.rules import TriageRules
from bot.triage.tables import column_under

_SHORTEST = 3
_LONGEST = 12
_FAR = 14
"""Words over which "faktura" still labels a number."""
_NEAR = 3
_SAFE = 5
"""Digits from which a number may stand far from the word that labels it."""
_SAFE_AT_MOST = 8
_SUPPLIERS_SPEAK = ("supplier_invoice", "supplier_voice", "stop", "outgoing", "released")
"""What a mail speaks of where a bare number is the invoice of a supplier."""
_MOST = 200
_BESIDE = 60
"""Characters before and after a number that may say that it is not concerned."""
_SHORT_DATE = re.compile(r"(?:[12]\d|20[0-3]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
_JOINING = frozenset(
    ("nr", "nummer", "no", "number", "numbers", "num", "numret", "och", "ar", "is", "are", "med")
)
_NUMBERING = frozenset(("nr", "nummer", "no", "number", "numbers", "numret", "are"))
_INVOICE_ENDINGS = ("faktura", "fakturan", "fakturor", "fakturorna", "fakturanr", "fakturanummer")
_RIGHT = (
    r"(?:betald|betalda|betalt|paid|riktig|riktiga|ratt|ratta|korrekt|korrekta|okej|ok|correct)"
)
_NOT_MEANT_AFTER = re.compile(
    rf"[\s)]{{0,2}}(?:ar|is|var|was|has been|are)\s(?:den\s|det\s|redan\s|already\s|ju\s)?"
    rf"{_RIGHT}(?![a-z])"
    rf"|(?:,\s|\s?\()(?:redan\s|already\s)?{_RIGHT}(?![a-z])"
    r"|[\s)]{0,2}(?:betalades|reglerades|betalade vi|was paid)"
    r"|(?:[\s,]{1,2}(?:och|samt|&|and)?\s?\d{4,12}){0,5}[^.;:,\d\n]{0,30}\s(?:ar|blev|are)\s"
    rf"(?:ocksa\s|redan\s|den\s)?{_RIGHT}(?![a-z])"
    r"|[^.;:\n]{0,20}:\s(?:betald|betalt|paid)(?![a-z])"
    r"|\s?(?:\([^()]{0,30}\))?\s?(?:ska|skall|behover)\s(?:inte|ej|absolut inte)\s"
    r"(?:krediteras|makuleras|bort|tas)"
    r"|\s?(?:\([^()]{0,30}\))?\s?(?:ska|skall)\s(?:vara|ligga|sta)\skvar"
)
_NOT_MEANT_BEFORE = re.compile(
    r"(?:ratta|riktiga|korrekta)\s(?:fakturan\s|fakturorna\s|numret\s)?(?:ar|heter|blev)\s?$"
    r"|(?:galler|avser)\s(?:ej|inte)\s?$|,\s(?:inte|ej|not)\s?$"
    r"|redan skickad\W{0,3}$|ny faktura\W{0,3}$|ersatts? (?:av|med)\s?$"
)


def invoices(reading: Reading, rules: TriageRules) -> tuple[str, ...]:
    """Return the digits of the invoices that the matter concerns, in order, without repeats.

    Numbers that are said to be right, paid already or not meant are left out, unless no other
    would remain.
    """
    meant: dict[str, None] = {}
    aside: dict[str, None] = {}
    others: set[str] = set()
    numbers = {text.place: _numbers(text) for text in reading.texts}
    for text in reading.texts:
        kept = [s.sentence for s in reading.statements if s.text is text and s.has(Feature.KEPT)]
        column = column_under(text, _is_heading)
        for number in numbers[text.place]:
            listed = number.start in column.starts
            if column.passes_by(number.start):
                continue
            if not listed and _is_other(number, rules.references):
                others.add(number.digits)
            elif listed or _is_invoice(number, rules.references):
                spared = any(sentence.start <= number.start < sentence.end for sentence in kept)
                not_meant = spared or _is_not_meant(number, text)
                (aside if not_meant else meant)[number.digits] = None
            if len(meant) > _MOST:
                break
    found = [digits for digits in meant if digits not in aside and digits not in others]
    found = found or [digits for digits in aside if digits not in others]
    if not found and reading.has(*_SUPPLIERS_SPEAK):
        found = list(dict.fromkeys(_unlabelled(numbers.values(), rules.references)))
    return tuple(found)[:_MOST]


def _unlabelled(found: Iterable[Sequence[Number]], rules: ReferenceRules) -> Iterator[str]:
    """Yield the numbers of a mail about supplier invoices that none calls an invoice."""
    for numbers in found:
        for number in numbers:
            plain = not (
                number.grouped or number.digits.startswith("0") or _looks_like_date(number.digits)
            )
            fits = _SAFE <= len(number.digits) <= _SAFE_AT_MOST
            if plain and fits and not _is_other(number, rules):
                yield number.digits


def _numbers(text: Text) -> Sequence[Number]:
    return find_numbers(text.folded)


def _is_heading(words: Sequence[str]) -> int | None:
    """Return which word heads a column of invoice numbers, if one does."""
    for index, word in enumerate(words):
        if word.startswith(("faktura", "fakt", "invoice", "avi")) and len(words) > 1:
            return index
    return None


def _is_not_meant(number: Number, text: Text) -> bool:
    after = text.folded[number.end : number.end + _BESIDE]
    before = text.folded[max(0, number.start - _BESIDE) : number.start]
    return bool(_NOT_MEANT_AFTER.match(after) or _NOT_MEANT_BEFORE.search(before))


def _is_invoice(number: Number, rules: ReferenceRules) -> bool:
    size = len(number.digits)
    if not _SHORTEST <= size <= _LONGEST or _is_year(number):
        return False
    if size in rules.plain_lengths and not number.prefixed and not number.grouped:
        return True
    words = [word for word in number.before if not word.isdigit()]
    telling = [word for word in words if word not in _JOINING]
    if size == _SHORTEST:
        return bool(telling) and telling[-1].endswith((*_INVOICE_ENDINGS, "invoice"))
    if words[-1:] and words[-1] in _NUMBERING:
        return _labels((*number.earlier, *words)[-_FAR:], rules)
    if (number.grouped and not number.prefixed) or _looks_like_date(number.digits):
        return _labels(telling[-1:], rules)
    if words[-1:] == ["pa"] and size <= _SAFE and _labels(words[:-1], rules):
        return False
    reach = _NEAR if number.prefixed or size < _SAFE else _FAR
    return _labels(words[-reach:], rules)


def _is_year(number: Number) -> bool:
    return (
        len(number.digits) == 4 and number.digits.startswith(("19", "20")) and not number.prefixed
    )


def _labels(words: Sequence[str], rules: ReferenceRules) -> bool:
    return any(word in rules.invoice or word.endswith(_INVOICE_ENDINGS) for word in words)


def _is_other(number: Number, rules: ReferenceRules) -> bool:
    """Tell whether the words right before a number say that it is no invoice."""
    telling = [word for word in number.before if not word.isdigit() and word not in _JOINING]
    if not telling or _labels(telling[-1:], rules):
        return False
    return (
        telling[-1] in rules.other
        or telling[-1].startswith(rules.other_beginnings)
        or any(word in rules.never for word in telling[-3:])
    )


def _looks_like_date(digits: str) -> bool:
    return _SHORT_DATE.fullmatch(digits) is not None
