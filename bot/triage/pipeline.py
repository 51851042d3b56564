"""The way from a mail to a decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.language.detection import MOST_WORDS, by_counts, detect
from bot.language.tokens import words
from bot.triage.cues import Feature
from bot.triage.due import due_date
from bot.triage.invoices import Cited, cite, concerned
from bot.triage.kinds import case_or_follow_up, spam_reason
from bot.triage.learned import Opinion, features_of, opinion
from bot.triage.matters import Judgement, judge, strongest
from bot.triage.mentions import Judged
from bot.triage.missing import missing
from bot.triage.model import Reason, Triage
from bot.triage.reading import Reading, read, statements_of
from bot.triage.rules import TriageRules
from bot.triage.sensitive import complains_plainly, complaint_reasons, protected_reasons
from bot.triage.tags import Tag
from bot.triage.weights import Features
from bot.vocabulary import Kind, Language, MailboxKey, MatterKey, ProcessKey, Urgency
from functionmail.automatic import Author, Authorship
from functionmail.message import Message
from functionmail.subject import without_references

_OTHER = MatterKey("ovrigt")
_STOP = MatterKey("betalstopp")
_NOT_OURS = MatterKey("wrong_recipient")
_TREASURY = ProcessKey("stadskassan")
_DEFAULT = ProcessKey("kundreskontra")
_ASTRAY = frozenset((Feature.AT_SUPPLIERS, Feature.YOUR_INVOICE))
_LINE = 14
_WORD = 3
"""Words of a mail that says one thing, and of one that says next to nothing."""
_DOUBTED = 0.12
"""So little a chance of spam outweighs its signs: a word of it stands in many a person's mail."""
_EXAMINED = 4_000
"""Characters that tell the language."""
_MACHINES: Mapping[Author, Kind] = {
    Author.AUTO_REPLY: Kind.AUTO_REPLY,
    Author.BOUNCE: Kind.BOUNCE,
    Author.SPAM: Kind.SPAM,
    Author.OWN_LOOP: Kind.AUTO_REPLY,
}


def triage(
    message: Message,
    *,
    mailbox: MailboxKey,
    received_at: datetime,
    authorship: Authorship,
    rules: TriageRules,
) -> Triage:
    """Decide what a mail is and what it needs; never raises for any mail.

    Args:
        mailbox: The function mailbox that it arrived in; the sender may have chosen wrongly.
        received_at: Aware; dates such as "på fredag" count from its local day.
    """
    reading = read(message, rules)
    machine = _MACHINES.get(authorship.kind)
    if machine:
        said = Reason(rule=authorship.rule, words=authorship.words[:80], where="header")
        return _for_nobody(machine, reading, said)
    spam = spam_reason(reading)
    found = _find(reading, mailbox, rules)
    if spam and not _sounds_like_a_person(reading, mailbox, found, rules):
        return _for_nobody(Kind.SPAM, reading, spam)
    return _for_people(reading, mailbox, found, received_at, rules)


def _sounds_like_a_person(
    reading: Reading, mailbox: MailboxKey, found: _Findings, rules: TriageRules
) -> bool:
    """Tell whether the learned weights hear a person in a mail with words of advertising."""
    if rules.learned is None:
        return False
    features = _features(reading, mailbox, found)
    return rules.learned.chances(features)["kind"].get(Kind.SPAM, 1.0) < _DOUBTED


def _for_nobody(kind: Kind, reading: Reading, why: Reason) -> Triage:
    protected = () if kind is Kind.SPAM else protected_reasons(reading)
    return Triage(
        kind=kind,
        process=None,
        matter=None,
        protected=bool(protected),
        lang=_language(reading),
        confidence=0.97,
        reasons=(why, *protected),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Findings:
    """What the rules find, before the learned weights are asked."""

    tag: Tag | None
    own_process: ProcessKey | None
    cited: Cited
    judgement: Judgement
    kind: Kind
    kind_reasons: tuple[Reason, ...]


def features_seen(message: Message, *, mailbox: MailboxKey, rules: TriageRules) -> Features:
    """Return what the learned weights would see of a mail; for learning them."""
    reading = read(message, rules)
    return _features(reading, mailbox, _find(reading, mailbox, rules))


def _features(reading: Reading, mailbox: MailboxKey, found: _Findings) -> Features:
    return features_of(
        reading,
        mailbox=mailbox,
        invoices=found.cited.ruled,
        judgement=found.judgement,
        kind=found.kind,
        tag=found.tag,
    )


def _find(reading: Reading, mailbox: MailboxKey, rules: TriageRules) -> _Findings:
    tag = rules.tags.read(without_references(reading.subject.shown))
    own_process = rules.mailboxes.get(mailbox)
    cited = cite(reading, rules)
    judgement = judge(reading, rules, tag=tag, own_process=own_process, numbers=cited.ruled)
    kind, kind_reasons = case_or_follow_up(reading, judgement)
    return _Findings(
        tag=tag,
        own_process=own_process,
        cited=cited,
        judgement=judgement,
        kind=kind,
        kind_reasons=kind_reasons,
    )


def _for_people(
    reading: Reading,
    mailbox: MailboxKey,
    found: _Findings,
    received_at: datetime,
    rules: TriageRules,
) -> Triage:
    complaint = complaint_reasons(reading)
    said = _opinion(reading, mailbox, found, complaint, rules)
    if not said.kind.for_people:
        return _for_nobody(said.kind, reading, said.reasons[0])
    judged = Judged(matter=said.matter, urgent=said.urgent)
    invoices = concerned(found.cited, reading, judged, rules.mentions)
    if not complains_plainly(reading):
        complaint = said.complaint
    protected = protected_reasons(reading)
    scores = found.judgement.scores
    return Triage(
        kind=said.kind,
        process=said.process,
        matter=said.matter,
        urgent=said.urgent,
        possible=said.possible,
        complaint=bool(complaint),
        protected=bool(protected),
        misdirected=None not in (said.process, found.own_process)
        and said.process != found.own_process,
        invoices=invoices,
        due=due_date(reading, received_at, judged, rules.mentions),
        lang=_language(reading),
        missing=missing(reading, judged, said.kind, invoices),
        customer=_customer(reading, rules),
        confidence=said.confidence,
        tag=None if found.tag is None else found.tag.process,
        tag_exact=found.tag is not None and found.tag.exact,
        reasons=(
            *_tag_reasons(found.tag),
            *(scores[said.matter].reasons if said.matter in scores else ()),
            *said.reasons,
            *(found.kind_reasons if said.kind is found.kind else ()),
            *complaint,
            *protected,
        ),
    )


def _ruled_out(reading: Reading) -> Collection[Kind]:
    """Return what a mail is not, whatever its words.

    Machines do not forward, but whoever sends a bounce on to ask for help does. A mail without
    a sender is one that could not be read, which somebody must look at.
    """
    if reading.forwarded:
        return (Kind.SPAM, Kind.AUTO_REPLY, Kind.BOUNCE)
    passed_on = reading.marked_forward and not reading.marked_reply
    if passed_on or reading.message.sender is None:
        return (Kind.AUTO_REPLY, Kind.BOUNCE)
    return ()


def _opinion(
    reading: Reading,
    mailbox: MailboxKey,
    found: _Findings,
    complaint: tuple[Reason, ...],
    rules: TriageRules,
) -> Opinion:
    judgement = found.judgement
    if rules.learned is None or _is_plain(reading, judgement):
        return _by_rules(reading, found, complaint, rules)
    said = opinion(
        rules.learned,
        _features(reading, mailbox, found),
        rules.processes,
        rules.urgencies,
        ruled=judgement.matter,
        ruled_out=_ruled_out(reading),
        hushed=bool(judgement.quiet) and judgement.urgent is Urgency.NO,
        ruled_complaint=complaint,
        explained=[key for key, score in judgement.scores.items() if score.is_explained],
    )
    if said.kind.for_people and _is_a_payer_astray(judgement):
        return _as_ruled(said, judgement, rules)
    return said


def _is_a_payer_astray(judgement: Judgement) -> bool:
    """Tell whether somebody asks in earnest about an invoice of ours where suppliers write.

    There the weights hear a supplier in most of what is said of invoices.
    """
    return (
        judgement.urgent is Urgency.COLLECTIONS
        and not judgement.quiet
        and judgement.live.issuperset(_ASTRAY)
        and Feature.SUPPLIER_VOICE not in judgement.live
    )


def _as_ruled(said: Opinion, judgement: Judgement, rules: TriageRules) -> Opinion:
    """Return an opinion with the matter and the urgency that the rules find."""
    matter = judgement.matter
    return replace(
        said,
        process=rules.matters[matter].process if matter else said.process,
        matter=matter,
        urgent=judgement.urgent,
        possible=False,
        reasons=(),
    )


def _is_plain(reading: Reading, judgement: Judgement) -> bool:
    """Tell whether a mail says one thing in a line: there the rules read better.

    Of a matter that has but hints they know too little, such as an invoice that is named.
    """
    left = _LINE if _is_said(judgement) else _WORD
    for statement in reading.statements:
        left -= len(statement.heard.words)
        if left < 0:
            return False
    return True


def _is_said(judgement: Judgement) -> bool:
    """Tell whether more than hints speak for the matter that the rules find."""
    matter = judgement.matter
    return matter is not None and not judgement.scores[matter].is_only_hinted


def _by_rules(
    reading: Reading, found: _Findings, complaint: tuple[Reason, ...], rules: TriageRules
) -> Opinion:
    judgement = found.judgement
    matter = judgement.matter or _matter_of_history(reading, found.kind, rules) or _OTHER
    process = _process(reading, matter, found.tag, found.own_process, rules)
    return Opinion(
        kind=found.kind,
        process=process,
        matter=matter,
        urgent=judgement.urgent,
        possible=judgement.possible,
        confidence=_confidence(judgement, found.tag, process),
        reasons=(),
        complaint=complaint,
    )


def _process(
    reading: Reading,
    matter: MatterKey,
    tag: Tag | None,
    own_process: ProcessKey | None,
    rules: TriageRules,
) -> ProcessKey | None:
    if matter == _NOT_OURS:
        return None
    if matter == _STOP and reading.has(Feature.AT_BANK):
        return _TREASURY
    rule = rules.matters.get(matter)
    if rule and rule.process:
        return rule.process
    if tag:
        return tag.process
    return own_process or _DEFAULT


def _matter_of_history(reading: Reading, kind: Kind, rules: TriageRules) -> MatterKey | None:
    """Return what a reply without a word of its own is about: what its history speaks of."""
    if kind is not Kind.FOLLOW_UP or reading.forwarded or not reading.quoted.shown.strip():
        return None
    return strongest(statements_of(reading.quoted, rules), rules)


def _customer(reading: Reading, rules: TriageRules) -> str | None:
    sender = reading.message.sender
    return rules.customers.find(
        reading.message.signature, sender.name if sender else "", reading.own.shown
    )


def _language(reading: Reading) -> Language:
    own = reading.own
    shown, folded = own.shown, own.folded
    if not _says_next_to_nothing(folded):
        said = list(reading.in_text(own))
        few = sum([len(one.sentence.words) for one in said]) <= MOST_WORDS
        if few and reading.is_whole and len(folded) <= _EXAMINED:
            found = [one.heard.language for one in said]
            swedish, english = (sum([counted[place] for counted in found]) for place in (0, 1))
            return by_counts((swedish, english), shown)
        return detect(words(folded[:_EXAMINED]), shown)
    shown, folded = f"{reading.subject.shown} {shown}", f"{reading.subject.folded} {folded}"
    if reading.forwarded and _says_next_to_nothing(folded):
        shown, folded = f"{shown} {reading.quoted.shown}", f"{folded} {reading.quoted.folded}"
    return detect(words(folded[:_EXAMINED]), shown)


def _says_next_to_nothing(text: str) -> bool:
    return len(text.split(maxsplit=_WORD)) <= _WORD


def _tag_reasons(tag: Tag | None) -> tuple[Reason, ...]:
    if tag is None:
        return ()
    rule = "tag.exact" if tag.exact else "tag.fuzzy"
    return (Reason(rule=rule, words=tag.words[:80], where="subject"),)


def _confidence(judgement: Judgement, tag: Tag | None, process: ProcessKey | None) -> float:
    if judgement.matter is None:
        return 0.35
    strength = min(1.0, judgement.scores[judgement.matter].total / 10)
    lead = min(1.0, max(0.0, judgement.margin) / 6)
    agrees = 0.1 if tag and tag.process == process else 0.0
    return min(0.98, 0.35 + 0.25 * strength + 0.3 * lead + agrees)
