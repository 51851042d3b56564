"""What a question means after another: "och förra månaden?", "stäng den".

What the new words do not say is taken from the question before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.understanding.hearing import Heard
from bot.understanding.model import Intent, Reason, Slot, Understanding
from bot.understanding.understander import Understander

_GOES_ON: Final = re.compile(
    r"(?:och|o|men|and|but|samma|bara|same|just|only|hur var det|what about|hur ar det|sen|jaha)\b"
    r"|.{0,60}\b(?:da|then)[ ?!.]*$|(?:veckan|manaden|aret) (?:innan|fore)"
)
_POINTS: Final = re.compile(
    r"(?<![a-z])(?:den(?! som)|(?<!finns )(?<!ar )det(?! som| har)|arendet|it|that|this one"
    r"|the case)(?![a-z])"
)
"""Words that stand for a case; "finns det" and "är det" stand for nothing."""
_BEFORE_THAT: Final = re.compile(
    r"(?P<unit>veckan|manaden|aret|week|month|year) (?:innan|fore|before)"
)
_SHORT: Final = 7
_SURE: Final = 0.8
_OF_A_CASE: Final = frozenset((Intent.CASE, Intent.CLAIM, Intent.FEEDBACK, Intent.TEMPLATE))
_MAY_POINT: Final = frozenset(
    (Intent.URGENT, Intent.QUEUE, Intent.DUTY, Intent.ROUTE, Intent.KNOWLEDGE, Intent.UNKNOWN,
     Intent.HELP, Intent.CASE)
)  # fmt: skip
_EITHER: Final = ((Slot.MATTER, Slot.TEMPLATE_ABOUT), (Slot.CASE, Slot.INVOICE))
"""Of these, a new one takes the place of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What was spoken of last."""

    intent: Intent
    slots: Mapping[Slot, str]


def understand_after(
    understander: Understander, text: str, today: date, before: Topic | None
) -> Understanding:
    """Return what a question means after another; with None before it, by itself."""
    heard = understander.hear(text, today)
    alone = understander.understood(heard)
    if before is None:
        return alone
    if _points_at_case(heard, alone, before):
        return _about_case(understander, heard, today, before)
    if not _goes_on(heard, alone):
        return alone
    same = understander.understood(heard, before.intent)
    slots = _merged(before.slots, same.slots)
    slots |= _moved_back(heard, before)
    slots = {slot: slots[slot] for slot in Slot if slot in slots}
    if slots == dict(before.slots) and alone.intent in (Intent.UNKNOWN, Intent.HELP):
        return alone
    reason = Reason(rule=f"thread.{before.intent}", words=heard.shown[:80])
    return replace(
        same,
        slots=slots,
        handled_by=understander.handler_of(slots) if same.intent is Intent.ROUTE else None,
        reasons=(reason, *same.reasons),
        confidence=max(same.confidence, _SURE),
    )


def understand_as(
    understander: Understander, text: str, today: date, before: Topic | None, intent: Intent
) -> Understanding:
    """Return what a question means whose intent somebody has told; of that nothing is unsure."""
    heard = understander.hear(text, today)
    found = understander.understood(heard, intent)
    if before is not None and _points_at_case(heard, found, before):
        found = understander.understood(_naming(understander, heard, today, before), intent)
    reason = Reason(rule=f"chosen.{intent}", words="")
    return replace(found, confidence=1.0, second=None, reasons=(reason, *found.reasons))


def _goes_on(heard: Heard, alone: Understanding) -> bool:
    """Tell whether words lean on what was said before."""
    strong = any(hit.cue.intent is alone.intent and hit.cue.weight > 1 for hit in heard.hits)
    begins = _GOES_ON.match(heard.folded) is not None
    short = len(heard.sentence.words) <= _SHORT
    if begins and short:
        return True
    return short and not strong and bool(alone.slots) and alone.confidence < _SURE


def _points_at_case(heard: Heard, alone: Understanding, before: Topic) -> bool:
    if Slot.CASE not in before.slots or heard.numbers.cases or heard.numbers.plain:
        return False
    if len(heard.sentence.words) > _SHORT or _POINTS.search(heard.folded) is None:
        return False
    if alone.intent in _OF_A_CASE:
        return Slot.CASE not in alone.slots and Slot.INVOICE not in alone.slots
    return alone.intent in _MAY_POINT


def _about_case(
    understander: Understander, heard: Heard, today: date, before: Topic
) -> Understanding:
    """Read the question with the number of the case in place of the word that points at it."""
    number = before.slots[Slot.CASE]
    again = _naming(understander, heard, today, before)
    found = understander.understood(again)
    if found.intent not in _OF_A_CASE:
        found = understander.understood(again, Intent.CASE)
    reason = Reason(rule="thread.case", words=number)
    return replace(found, reasons=(*found.reasons, reason), confidence=max(found.confidence, _SURE))


def _naming(understander: Understander, heard: Heard, today: date, before: Topic) -> Heard:
    """Hear a question with the number of the case in place of the word that points at it."""
    match = _POINTS.search(heard.folded)
    assert match is not None  # else it does not point at a case
    number = before.slots[Slot.CASE]
    return understander.hear(
        heard.shown[: match.start()] + number + heard.shown[match.end() :], today
    )


def _merged(old: Mapping[Slot, str], new: Mapping[Slot, str]) -> dict[Slot, str]:
    merged = {**old, **new}
    for first, second in _EITHER:
        for one, other in ((first, second), (second, first)):
            if one in new and other not in new:
                merged.pop(other, None)
    if Slot.MATTER in new and Slot.PROCESS not in new:
        merged.pop(Slot.PROCESS, None)
    if Slot.PROCESS in new and Slot.MATTER not in new:
        merged.pop(Slot.MATTER, None)
    return merged


def _moved_back(heard: Heard, before: Topic) -> dict[Slot, str]:
    """Return the period before the one that was spoken of, where "veckan innan" asks for it."""
    match = _BEFORE_THAT.search(heard.folded)
    if match is None or Slot.FROM not in before.slots:
        return {}
    first = date.fromisoformat(before.slots[Slot.FROM])
    last = date.fromisoformat(before.slots[Slot.TO])
    span = last - first + timedelta(days=1)
    if match["unit"] in ("manaden", "month") and first.day == 1:
        end = first - timedelta(days=1)
        return {Slot.FROM: end.replace(day=1).isoformat(), Slot.TO: end.isoformat()}
    return {Slot.FROM: (first - span).isoformat(), Slot.TO: (last - span).isoformat()}
