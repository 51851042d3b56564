"""What a question names, for the intent that it has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bot.understanding.hearing import Heard
from bot.understanding.matters import ENOUGH, matter_of
from bot.understanding.mentions import Mention, ProcessMention
from bot.understanding.model import (
    ClaimAction,
    Intent,
    Reason,
    Slot,
    Vocabulary,
)
from bot.understanding.people import handed_to
from bot.understanding.wordings import template_about


class Filled(NamedTuple):
    """A slot, its value, and the words that gave it."""

    slot: Slot
    value: str
    words: str


_Filler = Callable[[Heard, Vocabulary], Iterator[Filled]]


def fill(intent: Intent, heard: Heard, vocabulary: Vocabulary) -> tuple[Filled, ...]:
    """Return what a question names that applies to an intent, in the order of `Slot`."""
    found: dict[Slot, Filled] = {}
    for filler in _FILLERS[intent]:
        for filled in filler(heard, vocabulary):
            found.setdefault(filled.slot, filled)
    return tuple(found[slot] for slot in Slot if slot in found)


def reasons_of(filled: Sequence[Filled]) -> tuple[Reason, ...]:
    """Return one reason for each slot."""
    return tuple(Reason(rule=f"slot.{one.slot}", words=one.words[:80]) for one in filled)


def _matter_from(enough: float) -> _Filler:
    """Return what fills in the matter that at least so much speaks for."""

    def filler(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
        found = matter_of(heard, enough)
        if found is not None and found.matter in vocabulary.matters:
            yield Filled(Slot.MATTER, found.matter, found.words)

    return filler


def _matter_of_route(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    """Yield the matter; the likeliest where no process says where something belongs.

    Who asks which of several processes it is wants the likeliest matter of theirs.
    """
    named = {one.process for one in heard.processes}
    enough = _SURE if named else _ANY
    found = matter_of(heard, enough, among=vocabulary.matters, to_be_sent=True)
    if found is None and len(named) > 1:
        theirs = [key for key, own in vocabulary.matters.items() if named.intersection(own)]
        found = matter_of(heard, _ANY, among=theirs, to_be_sent=True)
    if found is not None:
        yield Filled(Slot.MATTER, found.matter, found.words)


_ANY: Final = 0.5
_SURE: Final = 4.5
"""How much speaks for a matter that is guessed, and for one that is named for certain."""


def _process(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    best = _most_telling(heard.processes)
    if best is not None:
        yield Filled(Slot.PROCESS, best.process, best.text)


def _process_beside_matter(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    """Yield the process only where the text names it apart from the matter."""
    named = [one for one in heard.processes if one.place or not _names_matter(one, heard)]
    if matter_of(heard, _SURE) is None:
        named = list(heard.processes)
    best = _most_telling(named)
    if best is not None:
        yield Filled(Slot.PROCESS, best.process, best.text)


def _names_matter(mention: ProcessMention, heard: Heard) -> bool:
    """Tell whether a word may as well be that of a matter, as "avgift" and "anläggning" are."""
    return matter_of(heard, _SURE) is not None and len(mention.text) > 4


def _most_telling(mentions: Sequence[ProcessMention]) -> ProcessMention | None:
    return next((one for one in mentions if one.place), next(iter(mentions), None))


def _case(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    numbers = (*heard.numbers.cases, *heard.numbers.plain)
    if numbers:
        first = numbers[0]
        yield Filled(Slot.CASE, first.text, first.text)


def _case_or_invoice(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    order: tuple[tuple[Slot, Sequence[Mention]], ...] = (
        (Slot.CASE, heard.numbers.cases),
        (Slot.INVOICE, heard.numbers.invoices),
        (Slot.CASE, heard.numbers.plain),
    )
    for slot, mentions in order:
        if mentions:
            yield Filled(slot, mentions[0].text, mentions[0].text)
            return


def _customer(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    if heard.customer is not None:
        yield Filled(Slot.CUSTOMER, heard.customer.text, heard.customer.text)


def _period(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    if heard.periods:
        period = heard.periods[0]
        words = heard.shown[period.start : period.end]
        yield Filled(Slot.FROM, period.first.isoformat(), words)
        yield Filled(Slot.TO, period.last.isoformat(), words)


def _day(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    for period in heard.periods:
        if period.is_day:
            words = heard.shown[period.start : period.end]
            yield Filled(Slot.ON, period.first.isoformat(), words)


def _said(slot: Slot) -> _Filler:
    """Return what fills a slot that has a few values: the first of them that is said."""

    def filler(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
        hits = [hit for hit in heard.hits if hit.cue.slot is slot]
        if hits:
            first = min(hits, key=lambda hit: (hit.cue.rank, hit.start))
            yield Filled(slot, first.cue.value, heard.words_of(first))

    return filler


def _action(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    to = handed_to(heard, vocabulary.people)
    said = next(_said(Slot.ACTION)(heard, vocabulary), None)
    value = ClaimAction.TAKE if said is None else _ACTION_OF[said.value]
    if to is not None and value is not ClaimAction.CLOSE:
        value = ClaimAction.GIVE
    words = "" if said is None else said.words
    if said is not None or to is not None or heard.numbers.cases or heard.numbers.plain:
        yield Filled(Slot.ACTION, value, words)
    if to is not None and value is ClaimAction.GIVE:
        yield Filled(Slot.TO, to.text, to.text)


_ACTION_OF: Final = {
    "take": ClaimAction.TAKE,
    "take_it": ClaimAction.TAKE,
    "give": ClaimAction.GIVE,
    "close": ClaimAction.CLOSE,
}


def _about(heard: Heard, vocabulary: Vocabulary) -> Iterator[Filled]:
    if matter_of(heard, _SURE) is None:
        mention = template_about(heard)
        if mention is not None:
            yield Filled(Slot.TEMPLATE_ABOUT, mention.text, mention.text)


_FILLERS: Final[Mapping[Intent, tuple[_Filler, ...]]] = {
    Intent.ROUTE: (_matter_of_route, _process_beside_matter),
    Intent.TEMPLATE: (_matter_from(_SURE), _case, _about),
    Intent.CASE: (_case_or_invoice,),
    Intent.QUEUE: (_process, _said(Slot.WHOSE), _said(Slot.FILTER)),
    Intent.URGENT: (_process,),
    Intent.STATS: (_process, _customer, _said(Slot.MEASURE), _period),
    Intent.DUTY: (_process, _day),
    Intent.CLAIM: (_case, _action),
    Intent.LOG_PHONE: (_matter_from(ENOUGH), _process_beside_matter, _customer),
    Intent.FEEDBACK: (_case, _said(Slot.STATE)),
    Intent.REMARK: (_process, _customer),
    Intent.IDEA: (_process,),
    Intent.KNOWLEDGE: (_matter_from(ENOUGH), _process_beside_matter),
    Intent.HELP: (),
    Intent.UNKNOWN: (),
}
