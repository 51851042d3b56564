"""Which invoice numbers a mail concerns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.language.references import Number, find_numbers, luhn_valid
from bot.triage.cues import Feature, ReferenceRules
from bot.triage.mention_weights import LOUDEST, LearnedMentions, MentionWeights
from bot.triage.mentions import Found, Judged, around_number, together
from bot.triage.reading import Place, Reading, Text
from bot.triage.rules import TriageRules
from bot.triage.tables import column_under
from bot.vocabulary import MatterKey

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
_MOST_IN_A_TEXT = 1_000
_MANY = 4
_FEW = 20
_OTHER, _INVOICE, _NOT_MEANT = "other", "invoice", "not meant"
_NUMBERED_OTHERWISE = "numbered otherwise"
_SPARED, _LISTED, _PASSED_BY = "spared", "listed", "passed by"
"""What the rules see in a number; the learned weights see it too."""
_SUPPLIER_INVOICE = MatterKey("leverantorsfaktura")
_OF_CUSTOMERS = frozenset(
    map(MatterKey, ("anstand", "makulering", "avbetalningsplan", "bestridande"))
)
_SERIES = 8
"""Digits of an invoice number of the centre."""
_OCR = re.compile(
    r"(?<![a-z])ocr(?:[ -]?(?:nr|nummer|numret))?[^\d\n]{0,12}(\d[\d ]{7,11}\d)(?!\d)"
)
_IN_A_NAME = re.compile(
    r"(?:faktura|invoice|avi)[ _-]?(?:nr)?[ _-]?"
    r"(?!(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?(?!\d))(\d{3,10})(?![-_.]?\d)"
)
_BESIDE = 60
"""Characters before and after a number that may say that it is not concerned."""
_SHORT_DATE = re.compile(r"(?:[12]\d|20[0-3]\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
_JOINING = frozenset(
    ("nr", "nummer", "no", "number", "numbers", "num", "numret", "och", "ar", "is", "are", "med")
)
_NUMBERING = frozenset(("nr", "nummer", "no", "number", "numbers", "numret", "are"))
_OTHER_NUMBERS = ("nummer", "nr", "numret", "giro", "girot", "konto", "kontot")
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
    r"|(?:galler|avser)\s(?:ej|inte)\s?$|(?:,|och|and)\s(?:inte|ej|not)\s?$"
    r"|redan skickad\W{0,3}$|ny faktura\W{0,3}$|ersatts? (?:av|med)\s?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A number where it stands, and what the rules see in it."""

    number: Number
    text: Text
    signs: tuple[str, ...]

    @property
    def is_aside(self) -> bool:
        """Tell whether it is said to be right, paid or not meant."""
        return _NOT_MEANT in self.signs or _SPARED in self.signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """The numbers of a mail.

    Attributes:
        ruled: Those that the rules take for concerned invoices, in order, without repeats.
        mentions: All that may refer to something.
    """

    ruled: tuple[str, ...]
    mentions: tuple[Mention, ...]


def cite(reading: Reading, rules: TriageRules) -> Cited:
    """Find the numbers of a mail, and which of them the rules take for its invoices.

    Numbers that are said to be right, paid already or not meant are left out, unless no other
    would remain.
    """
    mentions = tuple(_mentions(reading, rules))
    meant: dict[str, None] = {}
    aside: dict[str, None] = {}
    others: set[str] = set()
    for mention in mentions:
        digits = mention.number.digits
        if _PASSED_BY in mention.signs:
            continue
        if _OTHER in mention.signs and _LISTED not in mention.signs:
            others.add(digits)
        elif _LISTED in mention.signs or _INVOICE in mention.signs:
            (aside if mention.is_aside else meant)[digits] = None
    found = [digits for digits in meant if digits not in aside and digits not in others]
    found = found or [digits for digits in aside if digits not in others]
    if not found and reading.has(*_SUPPLIERS_SPEAK):
        found = list(dict.fromkeys(_unlabelled(mentions)))
    return Cited(ruled=tuple(found)[:_MOST], mentions=mentions)


def concerned(
    cited: Cited, reading: Reading, judged: Judged, learned: LearnedMentions | None
) -> tuple[str, ...]:
    """Return the digits of the invoices that the matter concerns, in order, without repeats.

    Every one stands in the mail, unless it is listed by a range. Where no number is an
    invoice, one in the name of an attached invoice counts, and in a matter of a customer's
    invoice the one that an OCR number holds.
    """
    found = cited.ruled
    if learned is not None and len(cited.mentions) <= _MOST:
        found = tuple(_favoured(cited, reading, judged, learned.invoice))
    return found or tuple(_elsewhere(reading, judged))


def _favoured(
    cited: Cited, reading: Reading, judged: Judged, weights: MentionWeights
) -> Iterator[str]:
    seen_of = seen_of_numbers(cited, reading, judged)
    favour = {digits: weights.favour(seen) for digits, seen in seen_of.items()}
    of_list = _favour_of_lists(cited, favour)
    something_else = _always_something_else(cited.mentions)
    for digits, own in favour.items():
        if digits in something_else or len(digits) > _LONGEST:
            continue
        if of_list.get(digits, own) > 0:
            yield digits


def _always_something_else(mentions: Iterable[Mention]) -> set[str]:
    """Return the digits that are labelled as a number of another kind wherever they stand."""
    labelled: dict[str, bool] = {}
    for mention in mentions:
        is_other = _NUMBERED_OTHERWISE in mention.signs and _LISTED not in mention.signs
        digits = mention.number.digits
        labelled[digits] = labelled.get(digits, True) and is_other
    return {digits for digits, always in labelled.items() if always}


def _favour_of_lists(cited: Cited, favour: Mapping[str, int]) -> dict[str, int]:
    """Return what speaks for numbers that stand side by side: for one as much as for all."""
    lists: dict[tuple[Place, int], list[Mention]] = {}
    for mention in cited.mentions:
        lists.setdefault((mention.text.place, mention.number.series), []).append(mention)
    found: dict[str, int] = {}
    for mentions in sorted(lists.values(), key=len):
        listed = {mention.number.digits for mention in mentions}
        alike = len({len(digits) for digits in listed}) == 1
        if alike and not any(mention.is_aside for mention in mentions):
            found |= dict.fromkeys(listed, sum(favour[digits] for digits in listed))
    return found


def seen_of_numbers(cited: Cited, reading: Reading, judged: Judged) -> dict[str, Found]:
    """Return digits -> what is seen around them, for the learned weights."""
    sightings: dict[str, list[Found]] = {}
    for mention in cited.mentions:
        seen = around_number(mention.number, mention.text, mention.signs, reading, judged)
        sightings.setdefault(mention.number.digits, []).append(seen)
    count, ruled = min(_MANY, len(sightings)), min(_MANY, len(cited.ruled))
    attached = " ".join(_attached(reading))
    seen_of: dict[str, Found] = {}
    for digits, listed in sightings.items():
        facts = [f"numbers {count}", f"ruled {ruled}"]
        facts.append("ruled" if digits in cited.ruled else "not ruled")
        facts += ["one of ruled"] if ruled > 1 and digits in cited.ruled else []
        facts += ["attached"] if digits in attached else []
        seen_of[digits] = together(listed)
        seen_of[digits].update(dict.fromkeys(facts, LOUDEST))
    return seen_of


def _elsewhere(reading: Reading, judged: Judged) -> Iterator[str]:
    """Yield the invoice that only an attachment or an OCR number tells."""
    if judged.matter == _SUPPLIER_INVOICE:
        for name in _attached(reading):
            yield from _IN_A_NAME.findall(name.lower())
    elif judged.matter in _OF_CUSTOMERS:
        for text in reading.texts:
            for match in _OCR.finditer(text.folded):
                yield from _invoice_in(match[1].replace(" ", ""))


def _attached(reading: Reading) -> Iterator[str]:
    return (attachment.filename for attachment in reading.message.attachments[:_FEW])


def _invoice_in(ocr: str) -> Iterator[str]:
    """Yield the invoice number in an OCR number: before a check digit, or that and a length."""
    if not luhn_valid(ocr):
        return
    if len(ocr) == _SERIES + 1:
        yield ocr[:-1]
    elif len(ocr) == _SERIES + 2 and ocr[-2] == str(len(ocr) % 10):
        yield ocr[:-2]


def _mentions(reading: Reading, rules: TriageRules) -> Iterator[Mention]:
    for text in reading.texts:
        numbers = find_numbers(text.folded)
        if not numbers:
            continue
        kept = [s.sentence for s in reading.having(Feature.KEPT) if s.text is text]
        column = column_under(text, _is_heading)
        for number in numbers[:_MOST_IN_A_TEXT]:
            is_other = _is_other(number, rules.references)
            signs = {
                _OTHER: is_other,
                _NUMBERED_OTHERWISE: is_other and _is_numbered(number),
                _INVOICE: _is_invoice(number, rules.references),
                _NOT_MEANT: _is_not_meant(number, text),
                _SPARED: any(part.start <= number.start < part.end for part in kept),
                _LISTED: number.start in column.starts,
                _PASSED_BY: column.passes_by(number.start),
            }
            found = tuple(sign for sign, holds in signs.items() if holds)
            yield Mention(number=number, text=text, signs=found)


def _unlabelled(mentions: Iterable[Mention]) -> Iterator[str]:
    """Yield the numbers of a mail about supplier invoices that none calls an invoice."""
    for mention in mentions:
        number = mention.number
        plain = not (
            number.grouped or number.digits.startswith("0") or _looks_like_date(number.digits)
        )
        fits = _SAFE <= len(number.digits) <= _SAFE_AT_MOST
        if plain and fits and _OTHER not in mention.signs:
            yield number.digits


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
    telling = _telling(number)
    if not telling or _labels(telling[-1:], rules):
        return False
    return (
        telling[-1] in rules.other
        or telling[-1].startswith(rules.other_beginnings)
        or any(word in rules.never for word in telling[-3:])
    )


def _is_numbered(number: Number) -> bool:
    """Tell whether what is no invoice is called a number of something, as in ``Kundnr 4711``."""
    return _telling(number)[-1].endswith(_OTHER_NUMBERS) or number.before[-1] in _NUMBERING


def _telling(number: Number) -> list[str]:
    """Return the words before a number that may say what it is."""
    return [word for word in number.before if not word.isdigit() and word not in _JOINING]


def _looks_like_date(digits: str) -> bool:
    return _SHORT_DATE.fullmatch(digits) is not None
