"""Which matter a mail is about: every cue counts, the tag helps, the urgent one leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.triage.cues import Theme
from bot.triage.model import Reason
from bot.triage.reading import Reading
from bot.triage.rules import TriageRules
from bot.triage.tags import Tag
from bot.vocabulary import MatterKey

ENOUGH = 4.0
"""The score from which the words alone settle a matter."""
_TAG_NAMES_MATTER = 5.0
_TAG_IS_OF_PROCESS = 2.0
_MAILBOX_IS_OF_PROCESS = 1.0
_MOST_HINTS = 3.0
_QUOTED_SHARE = 0.6


@dataclass(slots=True)
class Score:
    """What speaks for a matter.

    Attributes:
        own: From the words of the mail alone.
        total: With what tag and mailbox add.
    """

    own: float = 0.0
    total: float = 0.0
    reasons: tuple[Reason, ...] = ()


def scores(reading: Reading, tag: Tag | None, rules: TriageRules) -> dict[MatterKey, Score]:
    """Score every matter that any cue or the tag speaks for."""
    found: dict[MatterKey, Score] = {}
    seen: set[tuple[MatterKey, str]] = set()
    hints: dict[MatterKey, float] = {}
    for statement in reading.statements:
        for hit in statement.hits:
            key, weight = hit.cue.matter, hit.cue.weight
            if key is None or not weight or (key, hit.cue.phrase) in seen:
                continue
            seen.add((key, hit.cue.phrase))
            if hit.cue.theme is Theme.HINT:
                weight = min(weight, _MOST_HINTS - hints.get(key, 0.0))
                hints[key] = hints.get(key, 0.0) + weight
            score = found.setdefault(key, Score())
            score.own += weight
            score.reasons += (statement.reason(f"matter.{hit.cue.theme.value}", hit),)
    for score in found.values():
        score.total = score.own
    if tag is not None and tag.matter is not None:
        score = found.setdefault(tag.matter, Score())
        score.total += _TAG_NAMES_MATTER
        score.reasons += (Reason(rule="matter.tag", words=tag.matter_words, where="subject"),)
    return found


def best(found: Mapping[MatterKey, Score], rules: TriageRules) -> MatterKey | None:
    """Return the matter that leads, or None where nothing speaks."""
    ranked = sorted(
        (item for item in found.items() if item[1].total > 0),
        key=lambda item: (-item[1].total, rules.matters[item[0]].rank),
    )
    return ranked[0][0] if ranked else None
