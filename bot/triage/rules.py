"""What triage goes by, compiled once from plain values.

`bot.knowledge.triage_rules` fills them from the files that process owners edit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.language.phrases import PhraseBook
from bot.triage.cues import Combination, Cue, CustomerRule, MatterRule, ReferenceRules, TagRule
from bot.triage.customers import CustomerNames
from bot.triage.hearing import Hearing
from bot.triage.mention_weights import LearnedMentions
from bot.triage.tags import Tags
from bot.triage.weights import Learned
from bot.vocabulary import MailboxKey, MatterKey, ProcessKey, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSource:
    """Everything that `TriageRules.compile` takes; plain values in the order of the files.

    Attributes:
        lists: Name -> words and phrases that cues may use as ``{name}``.
        last_resort: Combinations that count only where no matter is clear without them.
        mailboxes: The process that each mailbox belongs to; None for the common box.
    """

    matters: Sequence[MatterRule]
    tags: Sequence[TagRule]
    cues: Sequence[Cue]
    combinations: Sequence[Combination] = ()
    last_resort: Sequence[Combination] = ()
    lists: Mapping[str, Sequence[str]]
    never_fuzzy: Sequence[str] = ()
    mailboxes: Mapping[MailboxKey, ProcessKey | None] = field(default_factory=dict)
    customers: Sequence[CustomerRule] = ()
    references: ReferenceRules = field(default_factory=ReferenceRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRules:
    """Compiled rules; build them once, share them between threads.

    Attributes:
        urgencies: Matter -> what it is when it is asked for in earnest.
        processes: Matter -> the one process that handles it, or None where several can.
        paying: Processes with a matter that stops outgoing payments.
        learned: Weights from labelled mails; None leaves everything to the rules.
        mentions: Weights for the numbers and dates in a mail; None leaves them to the rules.
    """

    hearing: Hearing
    combinations: tuple[Combination, ...]
    last_resort: tuple[Combination, ...]
    matters: Mapping[MatterKey, MatterRule]
    processes: Mapping[MatterKey, ProcessKey | None]
    urgencies: Mapping[MatterKey, Urgency]
    paying: Collection[ProcessKey]
    tags: Tags
    mailboxes: Mapping[MailboxKey, ProcessKey | None]
    customers: CustomerNames
    references: ReferenceRules
    learned: Learned | None = None
    mentions: LearnedMentions | None = None

    @classmethod
    def compile(cls, source: RuleSource) -> TriageRules:
        """Compile rules.

        Raises:
            BadPhrase: A cue or a list cannot be read.
        """
        cues = tuple(source.cues)
        book = PhraseBook(
            enumerate(cue.phrase for cue in cues),
            lists=source.lists,
            never_fuzzy=source.never_fuzzy,
        )
        return cls(
            hearing=Hearing(cues, book),
            combinations=tuple(source.combinations),
            last_resort=tuple(source.last_resort),
            matters={matter.key: matter for matter in source.matters},
            urgencies={matter.key: matter.urgent for matter in source.matters},
            processes={matter.key: matter.process for matter in source.matters},
            paying=frozenset(
                matter.process
                for matter in source.matters
                if matter.process is not None and matter.urgent is Urgency.PAYOUT
            ),
            tags=Tags(source.tags, source.matters),
            mailboxes=dict(source.mailboxes),
            customers=CustomerNames(source.customers),
            references=source.references,
        )
