"""What a question names: cases, invoices, processes, customers.

Everything is found in folded text and shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.language.folding import fold
from bot.language.tokens import WORD
from bot.vocabulary import ProcessKey

_CASE: Final = re.compile(r"(?<![\w-])#?(?P<number>20\d\d-\d{1,6})(?:-[a-z0-9]{2})?(?![\w-])")
_LABELLED_CASE: Final = re.compile(
    r"(?<![a-z])(?:[a-z]{0,12}arende(?:t|nr|nummer)?|case|ticket)(?: ?(?:nr|nummer|no|number))?"
    r"[.:]? ?#?(?P<number>\d{1,6})(?![\w-]|[.,:]\d)"
    r"|#(?P<hash>\d{1,6})(?![\w-])"
)
_INVOICE: Final = re.compile(
    r"(?<![a-z])(?:[a-z]{0,14}fakt(?:ura|uran|uranr|uranummer|urans)?|inv|invoice|rakning(?:en)?|"
    r"fnr)(?: ?(?:nr|nummer|no|number))?[.:]? ?#?(?P<number>\d{3,12})(?![\w-])"
    r"|(?<![\w-])(?P<long>\d{7,12})(?![\w-])"
)
_PLAIN: Final = re.compile(
    r"(?<![\w#.,:/-])(?P<number>\d{1,6})(?![\w/-]|[.,:]\d|\.?-)"
    r"(?! ?(?:kr|kronor|%|procent|st|stycken|ggr|ganger|min|minuter|tim|timmar|dag|dgr|vecko?r|"
    r"manader|personer|days|weeks|months|times|minutes|av|klagomal|arenden|mejl|spann)\b)"
)
_NOT_A_CASE: Final = re.compile(
    r"(?<![a-z])(?:konto|konton|plan|rum|kl|klockan|felmeddelande|fel|error|kod|version|vaning|"
    r"sida|artikel|ocr|lon|v|vecka|gatan|vagen|bara|ganger|plus|minus|q|t)\.? ?$"
)
_MOST: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Something that is named.

    Attributes:
        start, end: Place in the text.
        text: As it was written.
    """

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessMention:
    """A process that is named.

    Attributes:
        place: It is named as a place ("KR-lådan", "hyresteamet") or by its code.
    """

    start: int
    end: int
    text: str
    process: ProcessKey
    place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Cases and invoices of a text, in order.

    Attributes:
        plain: Numbers that nothing labels: cases, where an intent wants one.
    """

    cases: tuple[Mention, ...]
    invoices: tuple[Mention, ...]
    plain: tuple[Mention, ...]


def find_numbers(folded: str, shown: str) -> Numbers:
    """Find what may be numbers of cases and invoices; dates are blanked out before."""
    taken: list[tuple[int, int]] = []

    def found(pattern: re.Pattern[str], names: Sequence[str]) -> Iterator[Mention]:
        for match in pattern.finditer(folded):
            name = next(name for name in names if match[name])
            start, end = match.span(name)
            if all(end <= first or start >= last for first, last in taken):
                taken.append((match.start(), match.end()))
                yield Mention(start=start, end=end, text=shown[start:end])

    cases = [*found(_CASE, ("number",))]
    invoices = [*found(_INVOICE, ("number", "long"))]
    cases += found(_LABELLED_CASE, ("number", "hash"))
    plain = [
        mention
        for mention in found(_PLAIN, ("number",))
        if not _NOT_A_CASE.search(folded, max(0, mention.start - 24), mention.start)
    ]
    return Numbers(
        cases=tuple(sorted(cases, key=lambda one: one.start)[:_MOST]),
        invoices=tuple(invoices[:_MOST]),
        plain=tuple(plain[:_MOST]),
    )


_PLACE: Final = (
    "lada", "ladan", "brevlada", "brevladan", "brevladans", "box", "boxen", "team", "teamet",
    "teamets", "grupp", "gruppen", "ko", "kon", "mejl", "mejlen", "mail", "mailen", "arende",
    "arenden", "arendena", "folk", "folket", "fragor", "fragorna", "logg", "loggen", "enheten",
    "enhet", "anden", "sidan", "linjen", "inkorgen", "inkorg", "inbox", "mailbox", "queue",
    "processlogg", "processloggen", "korgen", "bordet", "listan", "lista",
)  # fmt: skip
_ENDINGS: Final = ("", "s")
_LONGEST_NAME: Final = 5


class ProcessNames:
    """What processes are called, compiled."""

    __slots__ = ("_by_word", "_stems")

    def __init__(self, processes: Mapping[ProcessKey, Sequence[str]]) -> None:
        """Take process -> its names, the first of them its code. The first owner keeps a name."""
        self._by_word: dict[tuple[str, ...], tuple[ProcessKey, bool]] = {}
        self._stems: dict[str, ProcessKey] = {}
        for process, names in processes.items():
            for at, name in enumerate(names):
                parts = tuple(WORD.findall(fold(name)))
                if not parts:
                    continue
                for ending in _ENDINGS:
                    form = (*parts[:-1], parts[-1] + ending)
                    self._by_word.setdefault(form, (process, at == 0))
                if len(parts) == 1:
                    self._stems.setdefault(parts[0], process)

    def find(self, folded: str, shown: str) -> Iterator[ProcessMention]:
        """Yield the processes that a text names, in order."""
        spots = [match.span() for match in WORD.finditer(folded)]
        parts = [folded[start:end] for start, end in spots]
        at = 0
        while at < len(parts):
            found = self._at(parts, at)
            if found is None:
                at += 1
                continue
            process, place, size = found
            start, end = spots[at][0], spots[at + size - 1][1]
            after = parts[at + size] if at + size < len(parts) else ""
            yield ProcessMention(
                start=start,
                end=end,
                text=shown[start:end],
                process=process,
                place=place or after in _PLACE,
            )
            at += size

    def _at(self, parts: Sequence[str], at: int) -> tuple[ProcessKey, bool, int] | None:
        for size in range(min(_LONGEST_NAME, len(parts) - at), 0, -1):
            found = self._by_word.get(tuple(parts[at : at + size]))
            if found and not (size == 1 and _is_currency(parts, at)):
                return (*found, size)
        process = self._compound(parts[at])
        return None if process is None else (process, True, 1)

    def _compound(self, word: str) -> ProcessKey | None:
        """Read "levlådan", "redovisningsmejl": the name of a process and a place."""
        for tail in _PLACE:
            if len(word) > len(tail) + 1 and word.endswith(tail):
                head = word[: -len(tail)]
                for stem in (head, head.removesuffix("s")):
                    if stem in self._stems:
                        return self._stems[stem]
        return None


def _is_currency(parts: Sequence[str], at: int) -> bool:
    return parts[at] == "kr" and at > 0 and parts[at - 1].isdigit()


_DISTRICT: Final = re.compile(
    r"(?<![\w-])(?P<name>[a-z][a-z-]{2,30}) (?:stadsdelsforvaltning(?:en)?|sdf|stadsdel)(?![\w-])"
)
_DISTRICT_AFTER: Final = re.compile(
    r"(?<!\w)(?:[Ss][Dd][Ff]|[Ss]tadsdelsförvaltningen|[Ss][Dd][Nn]) [A-ZÅÄÖ][\w-]{2,30}"
)
_UNIT: Final = re.compile(
    r"(?<![\w-])(?:[a-z]{3,25}- och )?(?P<name>[a-z-]{2,40}?)"
    r"(?:forvaltningen|forvaltning|forv|kontoret|bolaget|namnden|kontoren|museet|biblioteket"
    r"|brandforsvaret|raddningstjansten|kansliet)(?P<s>s?)(?![\w-])"
)
_ARCHIVE: Final = re.compile(r"(?<![\w-])(?:stads|lands|riks)arkivet(?=s?(?![\w-]))")
"""Other archives, as of mail, pictures or invoices, are things."""
_SCHOOL: Final = re.compile(
    r"(?<![\w-])(?!(?:För|Grund|Hög|Gymnasie|Sär|Folkhög)s)[A-ZÅÄÖ][a-zåäö]{2,30}"
    r"(?:skolan|gymnasiet)(?![\w-])"
)
_COMPANY: Final = re.compile(
    r"(?<![\w-])(?:AB(?: [A-ZÅÄÖ][\w&-]{1,30}){1,3}|(?:[A-ZÅÄÖ][\w&-]{1,30} ){1,3}AB)(?![\w-])"
)
_NO_DISTRICT: Final = frozenset(
    (
        "fran", "till", "hos", "for", "ett", "med", "och", "som", "den", "from", "the", "had",
        "has", "our", "with", "ang", "att", "har", "hade", "fick", "var", "deras", "varje",
        "denna", "ringde", "via", "nya", "alla", "andra", "samtal", "logga", "telefon", "nagon",
    )
)  # fmt: skip
_NO_UNIT: Final = frozenset(
    (
        "",
        "system",
        "service",
        "stads",
        "hyres",
        "var",
        "bank",
        "post",
        "andra",
        "kund",
        "del",
        "in",
        "folk",
    )
)


class CustomerNames:
    """The units of the register, compiled; others are recognised by the form of their name."""

    __slots__ = ("_forms", "_longest")

    def __init__(self, customers: Iterable[str], not_customers: Iterable[str]) -> None:
        """Take every way to write a name; what else means something is none."""
        taken = {tuple(WORD.findall(fold(word))) for word in not_customers}
        forms = {tuple(WORD.findall(fold(name))) for name in customers}
        self._forms = {form for form in forms if form and form not in taken}
        self._longest = max((len(form) for form in self._forms), default=0)

    def find(self, folded: str, shown: str) -> Mention | None:
        """Return the first customer that a text names."""
        spans = [*self._listed(folded), *_by_form(folded, shown)]
        if not spans:
            return None
        start, end = min(spans, key=lambda span: (span[0], -span[1]))
        return Mention(start=start, end=end, text=shown[start:end])

    def _listed(self, folded: str) -> Iterator[tuple[int, int]]:
        spots = [match.span() for match in WORD.finditer(folded)]
        parts = [folded[start:end] for start, end in spots]
        for at in range(len(parts)):
            for size in range(min(self._longest, len(parts) - at), 0, -1):
                if tuple(parts[at : at + size]) in self._forms:
                    yield spots[at][0], spots[at + size - 1][1]
                    break


def _by_form(folded: str, shown: str) -> Iterator[tuple[int, int]]:
    for match in _DISTRICT.finditer(folded):
        if match["name"] not in _NO_DISTRICT:
            yield match.span()
    for match in _DISTRICT_AFTER.finditer(shown):
        yield match.span()
    for match in _UNIT.finditer(folded):
        if match["name"].strip("-") not in _NO_UNIT:
            yield match.start(), match.start("s")
    for match in _ARCHIVE.finditer(folded):
        yield match.span()
    for pattern in (_SCHOOL, _COMPANY):
        for match in pattern.finditer(shown):
            yield match.span()
