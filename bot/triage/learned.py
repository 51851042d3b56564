"""What labelled mails have taught about a new one: its kind, process, matter and urgency.

What the rules decided is among the features, so that a rule that is mostly right is mostly
followed, and a rule that misleads in some company of words is not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from bot.language.tokens import words as words_of
from bot.privacy import mask
from bot.triage.matters import Judgement
from bot.triage.model import Reason
from bot.triage.reading import Place, Reading
from bot.triage.tags import Tag
from bot.triage.weights import Features, Learned, Run, Weighed, pairs, stems
from bot.vocabulary import NONE, Kind, MailboxKey, MatterKey, ProcessKey, Urgency

QUESTIONS = ("kind", "process", "matter", "urgent", "complaint")
"""What the weights answer."""
RULE = "rule "
"""Begins the features that say what the rules decided."""

YES, NO = "yes", "no"
"""Answers to what is so or is not."""
_FLAG = {Urgency.COLLECTIONS: 0.45, Urgency.PAYOUT: 0.3}
"""So much of a chance makes a mail urgent. A wrong payment cannot be called back."""
_TRUST = 1.5
"""How much likelier a matter is where the rules find it too."""
_SURE: Mapping[Kind, float] = {Kind.SPAM: 0.5, Kind.AUTO_REPLY: 0.6, Kind.BOUNCE: 0.6}
"""A matter that is put aside is worse than an advertisement in the queue."""
_BY_MATTER = 0.4
"""So much the matter says of the urgency of an invoice; the question about it says the rest."""
_HUSHED = 0.8
"""So much it takes where the rules hear but thanks, a withdrawal or a question in general."""
_COMPLAINT = 0.3
"""So much of a chance makes a complaint, chosen on sets left out: as many are found as it is
true of. What the rules hear is among what is weighed, so it takes no less where they do."""
_GLANCE = 0.3
_KIND_RULES = {
    Kind.SPAM: "spam.learned",
    Kind.AUTO_REPLY: "auto_reply.learned",
    Kind.BOUNCE: "bounce.learned",
}
_HANDLERS: Mapping[str, Sequence[str]] = {
    NONE: (NONE,),
    "wrong_recipient": (NONE,),
    "betalstopp": ("leverantorsreskontra", "stadskassan"),
}
"""Processes of the matters that no single one handles, and not just any."""

_MOST_WORDS = 600
_MOST_FORWARDED = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What the learned weights make of a mail.

    Attributes:
        complaint: Why it is a complaint on the service; empty where it is none.
        confidence: That both matter and process are right, in [0, 1].
    """

    kind: Kind
    process: ProcessKey | None
    matter: MatterKey | None
    urgent: Urgency
    possible: bool
    confidence: float
    reasons: tuple[Reason, ...]
    complaint: tuple[Reason, ...]


def opinion(
    learned: Learned,
    features: Features,
    processes: Mapping[MatterKey, ProcessKey | None],
    urgencies: Mapping[MatterKey, Urgency],
    *,
    ruled: MatterKey | None,
    hushed: bool,
    ruled_out: Collection[Kind],
    ruled_complaint: tuple[Reason, ...],
    explained: Collection[MatterKey],
) -> Opinion:
    """Answer the five questions about a mail from a person.

    Args:
        processes: Matter -> the one process that handles it, or None where several can.
        urgencies: Matter -> what it is when it is asked for in earnest.
        ruled: What the rules find; heard where the weights are in doubt.
        ruled_complaint: Why the rules find a complaint; told where the weights find one too.
        hushed: The rules hear but thanks, a withdrawal or a question in general.
        ruled_out: Kinds that the mail is not, such as a machine's where a person passes it on.
        explained: Matters for which the rules give reasons; the words that the weights go by
            are told for others.
    """
    seen = learned.weigh(features)
    chances = learned.chances_of(seen)
    kind = _kind(chances["kind"], ruled_out=ruled_out)
    matter, process, sureness = _matter_and_process(chances, processes, ruled)
    alarm = _alarm(chances, urgencies)
    urgent, possible = _urgency(alarm, hushed=hushed)
    reasons = []
    if matter not in explained:
        reasons = [_reason("learned.matter", learned, "matter", matter, seen)]
    if not kind.for_people:
        reasons = [_reason(_KIND_RULES[kind], learned, "kind", kind, seen)]
    elif urgent is not Urgency.NO or possible:
        rule = "possible.learned" if possible else "urgent.learned"
        likely = max(alarm, key=alarm.__getitem__)
        reasons.insert(0, _reason(rule, learned, "urgent", likely, seen))
    return Opinion(
        kind=kind,
        process=None if process == NONE else ProcessKey(process),
        matter=None if matter == NONE else MatterKey(matter),
        urgent=urgent,
        possible=possible,
        confidence=sureness,
        reasons=tuple(reasons),
        complaint=_complaint(learned, chances, seen, ruled_complaint),
    )


def _complaint(
    learned: Learned,
    chances: Mapping[str, Mapping[str, float]],
    seen: Weighed,
    ruled: tuple[Reason, ...],
) -> tuple[Reason, ...]:
    if chances["complaint"][YES] < _COMPLAINT:
        return ()
    return ruled or (_reason("complaint.learned", learned, "complaint", YES, seen),)


def _kind(chances: Mapping[str, float], *, ruled_out: Collection[Kind]) -> Kind:
    for kind, sure in _SURE.items():
        if kind not in ruled_out and chances.get(kind, 0.0) >= sure:
            return kind
    return max((Kind.CASE, Kind.FOLLOW_UP), key=lambda answer: chances[answer])


def _matter_and_process(
    chances: Mapping[str, Mapping[str, float]],
    processes: Mapping[MatterKey, ProcessKey | None],
    ruled: MatterKey | None,
) -> tuple[str, str, float]:
    """Choose the pair of matter and process that are likeliest together."""
    matters, wanted = chances["matter"], chances["process"]
    anybody = [process for process in wanted if process != NONE]
    pairs: list[tuple[float, str, str]] = []
    for matter, chance in matters.items():
        own = processes.get(MatterKey(matter))
        trusted = chance * _TRUST if matter == ruled else chance
        if own is not None and matter not in _HANDLERS:
            pairs.append((trusted * wanted.get(own, 0.0), matter, own))
            continue
        handlers = _HANDLERS.get(matter, anybody)
        pairs += [(trusted * wanted.get(name, 0.0), matter, name) for name in handlers]
    whole = sum([joint for joint, _, _ in pairs]) or 1.0
    joint, matter, process = max(pairs)
    return matter, process, min(0.99, joint / whole)


def _alarm(
    chances: Mapping[str, Mapping[str, float]], urgencies: Mapping[MatterKey, Urgency]
) -> Mapping[Urgency, float]:
    """Return how likely each sort of urgency is.

    An invoice is urgent by its matter, so both questions about it are heard. Of a payment
    only the one about urgency tells whether it still can be stopped.
    """
    asked = chances["urgent"]
    of_matters = sum(
        chance
        for matter, chance in chances["matter"].items()
        if urgencies.get(MatterKey(matter)) is Urgency.COLLECTIONS
    )
    return {
        Urgency.COLLECTIONS: (1 - _BY_MATTER) * asked[Urgency.COLLECTIONS]
        + _BY_MATTER * of_matters,
        Urgency.PAYOUT: asked[Urgency.PAYOUT],
    }


def _urgency(alarm: Mapping[Urgency, float], *, hushed: bool) -> tuple[Urgency, bool]:
    """Return the urgency, and whether a person should glance at what is not urgent."""
    likely = max(alarm, key=lambda answer: alarm[answer] / _FLAG[answer])
    if alarm[likely] >= (_HUSHED if hushed else _FLAG[likely]):
        return likely, False
    return Urgency.NO, sum(alarm.values()) >= _GLANCE


def _reason(rule: str, learned: Learned, question: str, answer: str, seen: Weighed) -> Reason:
    said = ", ".join(learned.words_for(question, answer, seen))
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
    subject, rest = _runs(reading)
    runs = [*subject, *rest]
    between = [f"{first[-1]}_{second[0]}" for first, second in pairwise(runs)]
    heard = [statement.heard.signs for statement in reading.statements]
    several = ("none", "one", "several")[min(2, len(invoices))]
    return Features(
        runs=runs,
        wordings=[*between, *_of_subject(list(chain.from_iterable(subject)))],
        signs=frozenset(chain(_marks(reading), _rules(judgement, kind, tag))).union(*heard),
        facts=(f"box {mailbox}", f"invoices {several}"),
    )


def _runs(reading: Reading) -> tuple[list[Run], list[Run]]:
    """Return what the subject says, and the text, sentence by sentence."""
    subject: list[Run] = []
    text: list[Run] = []
    left = _MOST_WORDS
    for statement in reading.statements:
        words = statement.heard.words
        if not words or statement.text.place is Place.QUOTED:
            continue
        if statement.text.place is Place.SUBJECT:
            subject.append(words)
        elif left > 0:
            text.append(words[:left])
            left -= len(words)
    if reading.forwarded:
        text.append(tuple(filter(str.isalpha, words_of(reading.quoted.folded[:_MOST_FORWARDED]))))
    return subject, [run for run in text if run]


def _of_subject(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of the subject, and its pairs, as such."""
    for word in words:
        yield from (f"s:{name}" for name in (word, *stems(word)))
    yield from (f"s:{pair}" for pair in pairs(words))


def _marks(reading: Reading) -> Iterator[str]:
    """Yield what surrounds the words of a mail."""
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
    for why in judgement.quiet:
        yield f"quiet {why}"
    for feature in judgement.live:
        yield f"live {feature}"
    if tag is not None:
        yield f"{RULE}tag {tag.process}"
