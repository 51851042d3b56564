"""From a question to an intent with its slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.understanding.hearing import Ears, Heard, MatterEar, hear
from bot.understanding.learned import (
    LearnedQuestions,
    features_of,
    features_of_matter,
    is_ours,
    scores,
)
from bot.understanding.mentions import CustomerNames, ProcessNames
from bot.understanding.model import Intent, Reason, Slot, Understanding, Vocabulary
from bot.understanding.slots import fill, reasons_of
from bot.understanding.words import Hit, WordBook, Words
from bot.vocabulary import NONE, MatterKey


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ranking:
    """Intents by their chances, the likeliest first."""

    chances: Mapping[Intent, float]
    order: tuple[Intent, ...]
    features: Mapping[str, float]


class Understander:
    """Understands questions; compiled once, may be shared between threads."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        words: Words,
        matters: MatterEar,
        learned: LearnedQuestions | None = None,
    ) -> None:
        """Compile.

        Args:
            matters: Tells which matters a text speaks of, as triage hears it.
            learned: None leaves everything to the rules alone.

        Raises:
            BadPhrase: A phrase cannot be read.
        """
        self._vocabulary = vocabulary
        self._learned = learned
        names = [name for own in vocabulary.processes.values() for name in own]
        self._ears = Ears(
            book=WordBook(words),
            processes=ProcessNames(vocabulary.processes),
            customers=CustomerNames(vocabulary.customers, names),
            matters=matters,
            foreign=frozenset(key for key, own in vocabulary.matters.items() if not own),
        )

    def hear(self, text: str, today: date) -> Heard:
        """Return what a question shows; for learning, and for `understood`."""
        heard = hear(text, today, self._ears)
        if self._learned is None:
            return heard
        learned, features = self._learned.matters, features_of_matter(heard)
        asked = learned.chances(features)
        likely = [matter for matter, chance in asked.items() if chance >= _LIKELY]
        asked_by = {matter: ", ".join(learned.words_for(matter, features)) for matter in likely}
        return replace(heard, asked=asked, asked_by=asked_by)

    def understand(self, text: str, today: date) -> Understanding:
        """Return what a question means.

        Args:
            text: As it was written; at most 1,000 characters are read.
            today: The local day on which it was written.
        """
        return self.understood(self.hear(text, today))

    def understood(self, heard: Heard, intent: Intent | None = None) -> Understanding:
        """Return what a question means that was heard, with the intent found or given."""
        ranking = self._ranking(heard)
        chosen = ranking.order[0] if intent is None else intent
        filled = fill(chosen, heard, self._vocabulary)
        slots = {one.slot: one.value for one in filled}
        return Understanding(
            intent=chosen,
            slots=slots,
            confidence=round(ranking.chances[chosen], 3),
            second=next(other for other in ranking.order if other is not chosen),
            handled_by=self._handled_by(heard.hits, slots) if chosen is Intent.ROUTE else None,
            compares=any(one.compares for one in heard.periods[:1]),
            reasons=(*self._reasons(heard, chosen, ranking), *reasons_of(filled)),
        )

    def handler_of(self, slots: Mapping[Slot, str]) -> str | None:
        """Return the process that handles what slots name; see `Understanding.handled_by`."""
        return self._handled_by((), slots)

    def _ranking(self, heard: Heard) -> _Ranking:
        features: Mapping[str, float] = {}
        if self._learned is None:
            chances = _by_rules(scores(heard))
        else:
            features = features_of(heard)
            chances = _possible(_together(self._learned.intents.chances(features), heard), heard)
        order = tuple(sorted(chances, key=lambda intent: (-chances[intent], intent)))
        return _Ranking(chances=chances, order=order, features=features)

    def _reasons(self, heard: Heard, intent: Intent, ranking: _Ranking) -> tuple[Reason, ...]:
        hits = [hit for hit in heard.hits if hit.cue.intent is intent]
        hits.sort(key=lambda hit: -hit.cue.weight)
        said = dict.fromkeys(heard.words_of(hit) for hit in hits)
        found = [Reason(rule=f"intent.{intent}", words=words) for words in list(said)[:2]]
        if not found and self._learned is not None:
            words = ", ".join(self._learned.intents.words_for(intent, ranking.features))
            found = [Reason(rule=f"learned.{intent}", words=words)]
        return tuple(found)

    def _handled_by(self, hits: Iterable[Hit], slots: Mapping[Slot, str]) -> str | None:
        """Return the process that handles what is named.

        The matter decides where it has processes of its own and the one that is named, which
        may be but a guess ("är det KR eller …"), is none of them.
        """
        named = slots.get(Slot.PROCESS)
        if Slot.MATTER not in slots:
            return named
        own = self._vocabulary.matters.get(MatterKey(slots[Slot.MATTER]))
        if own is None:
            return named
        if not own:
            return NONE
        if named in own:
            return named
        elsewhere = (hit.cue.process for hit in hits if hit.cue.process in own)
        return next(elsewhere, None) or own[0]


_LIKELY: Final = 0.05
"""A matter with a lesser chance is not where somebody wants to send something."""
_TRUST: Final = 0.2
_TRUST_IN_FEW: Final = 0.4
_FEW: Final = 4
"""How much the rules are heard beside what was learned, and in so few words."""


def _together(learned: Mapping[Intent, float], heard: Heard) -> dict[Intent, float]:
    """Return chances by what was learned and by the rules, which know more of a few words."""
    trust = _TRUST if len(heard.sentence.words) > _FEW else _TRUST_IN_FEW
    ruled = _by_rules(scores(heard))
    return {intent: chance * ruled[intent] ** trust for intent, chance in learned.items()}


_OF_A_CASE: Final = frozenset((Intent.CASE, Intent.CLAIM, Intent.FEEDBACK, Intent.TEMPLATE))
_NEED_A_CASE: Final = frozenset((Intent.CLAIM, Intent.FEEDBACK))
_UNLIKELY: Final = 0.15


def _possible(chances: Mapping[Intent, float], heard: Heard) -> dict[Intent, float]:
    """Return chances, those much lower that hardly go with what is named.

    Who names a case by its whole number asks about it or does something with it, and who does
    something with a case names it. What speaks of our own work is for us.
    """
    numbered = bool(heard.numbers.cases or heard.numbers.plain)
    unlikely: set[Intent] = set()
    if heard.numbers.cases:
        unlikely |= set(Intent) - _OF_A_CASE
    if not numbered:
        unlikely |= _NEED_A_CASE
    if is_ours(heard):
        unlikely.add(Intent.UNKNOWN)
    weighed = {
        intent: chance * (_UNLIKELY if intent in unlikely else 1.0)
        for intent, chance in chances.items()
    }
    whole = sum(weighed.values())
    return {intent: chance / whole for intent, chance in weighed.items()}


def _by_rules(ruled: Mapping[Intent, float]) -> dict[Intent, float]:
    """Return chances by the rules alone; nothing said means that it is not for us."""
    powers = {intent: 2.0 ** ruled.get(intent, 0.0) for intent in Intent}
    powers[Intent.UNKNOWN] *= 2.0
    whole = sum(powers.values())
    return {intent: power / whole for intent, power in powers.items()}
