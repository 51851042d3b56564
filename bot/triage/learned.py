"""What labelled mails have taught about a new one: its kind, process, matter and urgency.

What the rules decided is among the features, so that a rule that is mostly right is mostly
followed, and a rule that misleads in some company of words is not.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.language.tokens import words
from bot.privacy import mask
from bot.triage.matters import Judgement
from bot.triage.model import Reason
from bot.triage.reading import Reading
from bot.triage.tags import Tag
from bot.triage.weights import Features, Learned
from bot.vocabulary import NONE, Kind, MailboxKey, MatterKey, ProcessKey, Urgency

RULE = "rule "
"""Begins the features that say what the rules decided."""

_URGENT = (Urgency.COLLECTIONS, Urgency.PAYOUT)
_FLAG = 0.5
"""An even chance, unless the rules flag the mail too."""
_TRUST = 1.5
"""How much likelier a matter is where the rules find it too."""
_SPAM = 0.75
"""A matter that is put aside as advertising is worse than an advertisement in the queue."""
_RULED = 0.3
"""Where the rules flag a mail, so much of a chance is enough."""
_GLANCE = 0.12
_NOT_OURS = "wrong_recipient"
_STOP = "betalstopp"
_PAYERS = ("leverantorsreskontra", "stadskassan")

_MOST_WORDS = 600
_MOST_FORWARDED = 1500
_STEM = 6
_PLAIN = 3.0
_FEW = 60
"""So few features are not made louder, or a mail of three words would shout."""
_SIGN = 0.15
_FACT = 0.6
"""How loud each sort of feature is beside the words, whose squares add up to nine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the learned weights make of a mail.

    Attributes:
        confidence: That both matter and process are right, in [0, 1].
    """

    kind: Kind
    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency
    possible: bool
    confidence: float
    reasons: tuple[Reason, ...]


def opinion(
    learned: Learned,
    features: Features,
    processes: Mapping[MatterKey, ProcessKey | None],
    *,
    ruled: MatterKey | None,
    ruled_urgent: Urgency,
    explained: Collection[MatterKey],
) -> Opinion:
    """Answer the four questions about a mail from a person.

    Args:
        processes: Matter -> the one process that handles it, or None where several can.
        ruled, ruled_urgent: What the rules find; heard where the weights are in doubt.
        explained: Matters for which the rules give reasons; the words that the weights go by
            are told for others.
    """
    chances = learned.chances(features)
    kind = _kind(chances["kind"])
    matter, process, sureness = _matter_and_process(chances, processes, ruled)
    urgent, possible = _urgency(chances["urgent"], ruled_urgent)
    reasons = []
    if matter not in explained:
        reasons = [_reason("learned.matter", learned, "matter", matter, features)]
    if kind is Kind.SPAM:
        reasons = [_reason("spam.learned", learned, "kind", kind, features)]
    elif urgent is not Urgency.NO or possible:
        rule = "possible.learned" if possible else "urgent.learned"
        likely = max(_URGENT, key=lambda answer: chances["urgent"][answer])
        reasons.insert(0, _reason(rule, learned, "urgent", likely, features))
    return Opinion(
        kind=kind,
        process=None if process == NONE else ProcessKey(process),
        matter=None if matter == NONE else MatterKey(matter),
        urgent=urgent,
        possible=possible,
        confidence=sureness,
        reasons=tuple(reasons),
    )


def _kind(chances: Mapping[str, float]) -> Kind:
    if chances[Kind.SPAM] >= _SPAM:
        return Kind.SPAM
    return max((Kind.CASE, Kind.FOLLOW_UP), key=lambda answer: chances[answer])


def _matter_and_process(
    chances: Mapping[str, Mapping[str, float]],
    processes: Mapping[MatterKey, ProcessKey | None],
    ruled: MatterKey | None,
) -> tuple[str, str, float]:
    """Choose the pair of matter and process that are likeliest together."""
    matters, wanted = chances["matter"], chances["process"]
    pairs = [
        (chance * wanted.get(process, 0.0) * (_TRUST if matter == ruled else 1), matter, process)
        for matter, chance in matters.items()
        for process in _handlers(matter, processes, wanted)
    ]
    whole = sum(joint for joint, _, _ in pairs) or 1.0
    joint, matter, process = max(pairs)
    return matter, process, min(0.99, joint / whole)


def _handlers(
    matter: str, processes: Mapping[MatterKey, ProcessKey | None], all_of_them: Mapping[str, float]
) -> Sequence[str]:
    if matter in (NONE, _NOT_OURS):
        return (NONE,)
    own = processes.get(MatterKey(matter))
    if own is not None:
        return (own,)
    return _PAYERS if matter == _STOP else [name for name in all_of_them if name != NONE]


def _urgency(chances: Mapping[str, float], ruled: Urgency) -> tuple[Urgency, bool]:
    likely = max(_URGENT, key=lambda answer: chances[answer])
    if chances[likely] >= _FLAG:
        return likely, False
    if ruled is not Urgency.NO and chances[ruled] >= _RULED:
        return ruled, False
    return Urgency.NO, sum(chances[answer] for answer in _URGENT) >= _GLANCE


def _reason(rule: str, learned: Learned, question: str, answer: str, features: Features) -> Reason:
    said = ", ".join(learned.words_for(question, answer, features))
    return Reason(rule=rule, words=mask(said)[:80], where="body")


def features_of(
    reading: Reading,
    *,
    mailbox: MailboxKey,
    invoices: Collection[str],
    judgement: Judgement,
    kind: Kind,
    tag: Tag | None,
) -> Features:
    """Return what a mail shows: its words, its cues, its mailbox, and what the rules say."""
    plain = frozenset(_words(reading))
    signs = frozenset((*_cues(reading), *_rules(judgement, kind, tag)))
    several = ("none", "one", "several")[min(2, len(invoices))]
    return (
        (_PLAIN / math.sqrt(max(_FEW, len(plain))), plain),
        (_SIGN, signs),
        (_FACT, frozenset((f"box {mailbox}", f"invoices {several}"))),
    )


def _words(reading: Reading) -> Iterator[str]:
    subject = _letters(reading.subject.folded)
    body = _letters(reading.own.folded)[:_MOST_WORDS]
    if reading.forwarded:
        body += _letters(reading.quoted.folded[:_MOST_FORWARDED])
    yield from _grams(subject, "s:")
    yield from _grams(subject + body, "")


def _letters(folded: str) -> list[str]:
    """Return the words; numbers say who and which, never what about."""
    return [word for word in words(folded) if not word[0].isdigit()]


def _grams(run: list[str], before: str) -> Iterator[str]:
    for word in run:
        yield before + word
        if len(word) > _STEM:
            yield f"{before}{word[:_STEM]}*"
    for first, second in pairwise(run):
        yield f"{before}{first}_{second}"


def _cues(reading: Reading) -> Iterator[str]:
    for statement in reading.statements:
        for hit in statement.hits:
            cue = hit.cue
            yield f"cue {cue.matter or cue.feature} {cue.says if cue.matter else ''}"
    if reading.marked_reply:
        yield "cue marked_reply"
    if reading.marked_forward:
        yield "cue marked_forward"
    if reading.message.in_reply_to:
        yield "cue in_reply_to"
    if reading.forwarded:
        yield "cue forwarded"


def _rules(judgement: Judgement, kind: Kind, tag: Tag | None) -> Iterator[str]:
    yield f"{RULE}kind {kind}"
    yield f"{RULE}matter {judgement.matter or NONE}"
    yield f"{RULE}urgent {judgement.urgent}"
    yield f"{RULE}both {judgement.matter or NONE} {judgement.urgent}"
    if judgement.possible:
        yield f"{RULE}possible"
    if tag is not None:
        yield f"{RULE}tag {tag.process}"
