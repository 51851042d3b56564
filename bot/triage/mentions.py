"""What is seen around a number or a date in a mail, for the learned weights to weigh.

Words count the more the nearer they stand, and only within the same sentence. What the rules
make of it is seen too: a rule that is mostly right is mostly followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.language.dates import DateMention
from bot.language.references import Number
from bot.triage.mention_weights import LOUDEST
from bot.triage.reading import Reading, Text
from bot.vocabulary import MatterKey, Urgency

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_BREAK = re.compile(r"[.!?]\s|\n\s*\n")
_BEFORE, _AFTER = 70, 60
"""Characters that are looked at before and after."""
_LOUD_BEFORE = (10, 9, 8, 7, 6, 5, 4, 3)
_LOUD_AFTER = (10, 8, 7, 6, 5, 4)
_NEAREST = 2
_ANY_NUMBER = "#"
_IN_BRACKETS = 60
_AFTER_NUMBER = re.compile(
    r"\d{4,12}[^a-z\d]{0,6}(?:[\d ,.]{1,12}(?:kr|kronor|:-|,-)?)?[^a-z\d]{0,6}(?:den )?$"
)
_REFERENCE = re.compile(r"\d{5}")
_REFERENCE_BEFORE = re.compile(r"\d{5}\s{0,2}$")
_LETTER = re.compile(r"[a-z]")
_PLAIN_SIZE = 8
_SHORT_SIZE = 5
_SPANS = (
    (-60, "long past"),
    (-7, "past"),
    (0, "just past"),
    (1, "today"),
    (8, "this week"),
    (21, "soon"),
    (45, "next month"),
)

Found = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was decided of the mail as a whole."""

    matter: MatterKey | None
    urgent: Urgency


def around_number(
    number: Number, text: Text, signs: Iterable[str], reading: Reading, judged: Judged
) -> Found:
    """Return what is seen around a number.

    Args:
        signs: What the rules see in it.
    """
    found = _surroundings(text, number.start, number.end)
    size = len(number.digits)
    sort = "plain" if size == _PLAIN_SIZE else "short" if size < _SHORT_SIZE else "other"
    labels = [word for word in number.before if not word.isdigit()]
    facts = [f"size {size}", f"matter {judged.matter}", f"matter {judged.matter} {sort}"]
    facts += [f"urgent {judged.urgent} {sort}", f"place {text.place}", *signs]
    facts += [f"label {word}" for word in labels[-3:]]
    facts += [f"last label {labels[-1]}"] if labels else []
    for name, holds in (("prefixed", number.prefixed), ("grouped", number.grouped)):
        facts += [name, f"{name} {size}"] if holds else []
    facts += ["zero"] if number.digits.startswith("0") else []
    facts += ["year"] if size == 4 and number.digits.startswith(("19", "20")) else []
    line = text.folded[text.folded.rfind("\n", 0, number.start) + 1 : number.start]
    facts += ["begins line"] if not _LETTER.search(line) else []
    facts += ["in brackets"] if _bracket(text, number.start) >= 0 else []
    facts += _said(reading, text, number.start)
    found.update(dict.fromkeys(facts, LOUDEST))
    return found


def around_date(
    mention: DateMention, text: Text, ahead: int, reading: Reading, judged: Judged
) -> Found:
    """Return what is seen around a date.

    Args:
        ahead: Days from the day that the mail came to the one that is named.
    """
    found = _surroundings(text, mention.start, mention.end)
    when = next((name for days, name in _SPANS if ahead < days), "far")
    side = "past" if ahead < 0 else "ahead"
    facts = [f"when {when}", f"matter {judged.matter}", f"matter {judged.matter} {side}"]
    facts += [f"place {text.place}", *_said(reading, text, mention.start)]
    facts += ["needs label"] if mention.needs_label else []
    before = text.folded[max(0, mention.start - _BEFORE) : mention.start]
    facts += ["after number"] if _AFTER_NUMBER.search(before) else []
    bracket = _bracket(text, mention.start)
    if bracket >= 0:
        facts.append("in brackets")
        inside = text.folded[bracket : mention.start]
        facts += ["in brackets with number"] if _REFERENCE.search(inside) else []
        outside = text.folded[max(0, bracket - 14) : bracket]
        facts += ["in brackets after number"] if _REFERENCE_BEFORE.search(outside) else []
    found.update(dict.fromkeys(facts, LOUDEST))
    return found


def together(sightings: Sequence[Found]) -> Found:
    """Return what is seen around all places of one thing: each the loudest."""
    if len(sightings) == 1:
        return sightings[0]
    found: Found = {}
    for sighting in sightings:
        for name, loudness in sighting.items():
            found[name] = max(found.get(name, 0), loudness)
    found["repeated"] = LOUDEST
    return found


def _surroundings(text: Text, start: int, end: int) -> Found:
    folded = text.folded
    before = _tokens(_BREAK.split(folded[max(0, start - _BEFORE) : start])[-1])[::-1]
    after = _tokens(_BREAK.split(folded[end : end + _AFTER], maxsplit=1)[0])
    found: Found = {}
    _add(found, "before", before, _LOUD_BEFORE)
    _add(found, "after", after, _LOUD_AFTER)
    if len(before) > 1:
        found[f"before {before[1]} {before[0]}"] = LOUDEST
    return found


def _tokens(text: str) -> list[str]:
    return [_ANY_NUMBER if token.isdigit() else token for token in _TOKEN.findall(text)]


def _add(found: Found, side: str, tokens: list[str], loud: Sequence[int]) -> None:
    """Add the tokens on one side, the nearest first; the nearest of the same counts."""
    if not tokens:
        found[f"{side} nothing"] = LOUDEST
    for token, loudness in zip(tokens, loud, strict=False):
        found.setdefault(f"{side} {token}", loudness)
    for place, token in enumerate(tokens[:_NEAREST]):
        found[f"{side}{place} {token}"] = LOUDEST


def _said(reading: Reading, text: Text, place: int) -> list[str]:
    """Return what the rules hear in the sentence at a place."""
    for statement in reading.telling:
        if statement.text is text and statement.sentence.start <= place < statement.sentence.end:
            matters = {f"cue {hit.cue.matter}" for hit in statement.hits if hit.cue.matter}
            return [*(f"says {feature}" for feature in statement.features), *matters]
    return []


def _bracket(text: Text, place: int) -> int:
    """Return where the bracket opens that a place stands in; -1 where in none."""
    first = max(0, place - _IN_BRACKETS)
    opened = text.folded.rfind("(", first, place)
    return opened if opened > text.folded.rfind(")", first, place) else -1
