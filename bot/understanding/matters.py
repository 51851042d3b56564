"""Which matter a question is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from bot.understanding.hearing import Heard
from bot.vocabulary import MatterKey

_SAID = 6.0
_SAID_MOST = 9.0
"""What a phrase for staff adds, and several of them."""
_FOREIGN = 0.25
"""How much is believed of what triage hears where nobody here handles the matter: what people
talk about among themselves sounds like mail that has gone astray."""
_ASKED = 8.0
"""What certainty adds that was learned from those who ask where something belongs."""
ENOUGH = 3.0
"""So much makes a matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterFound:
    """A matter, how much speaks for it, and the words that name it."""

    matter: MatterKey
    score: float
    words: str


def matter_of(
    heard: Heard,
    enough: float = ENOUGH,
    *,
    among: Collection[MatterKey] | None = None,
    to_be_sent: bool = False,
) -> MatterFound | None:
    """Return the matter that a question names; None where nothing says enough.

    Args:
        among: The matters that may be meant; None for all.
        to_be_sent: The question is where something belongs.
    """
    blocked = {hit.cue.matter for hit in heard.hits if hit.cue.blocks}
    said = [hit for hit in heard.hits if hit.cue.matter and not hit.cue.blocks]
    said = [hit for hit in said if hit.cue.matter not in blocked]
    counts = Counter(hit.cue.matter for hit in said if hit.cue.matter)
    found: dict[MatterKey, float] = {}
    for matter, score in heard.matters.items():
        if matter not in blocked:
            found[matter] = score * (_FOREIGN if matter in heard.foreign else 1.0)
    for matter, count in counts.items():
        found[matter] = found.get(matter, 0.0) + min(_SAID_MOST, _SAID + 1.5 * (count - 1))
    if to_be_sent:
        for matter, chance in heard.asked.items():
            found[matter] = found.get(matter, 0.0) + _ASKED * chance
    if among is not None:
        found = {matter: score for matter, score in found.items() if matter in among}
    if not found:
        return None
    best = max(found, key=lambda key: (found[key], key))
    if found[best] < enough:
        return None
    learned = heard.asked_by.get(best, "") if to_be_sent else ""
    words = next((heard.words_of(hit) for hit in said if hit.cue.matter == best), learned)
    return MatterFound(matter=best, score=found[best], words=words)
