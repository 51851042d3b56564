"""What triage goes by, compiled from ``knowledge/tags.yaml`` and ``knowledge/lexicon``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bot.knowledge import learned_mentions, learned_weights
from bot.knowledge.combinations import unknown_features
from bot.knowledge.lexicon_files import (
    CombinationEntry,
    LexiconFiles,
    MatterFile,
    ReferencesFile,
    TagEntry,
    cue_lines,
    lines_of,
    list_lines,
    read_lexicon,
    words_of,
)
from bot.knowledge.phrase_faults import unreadable
from bot.knowledge.yaml_file import Document, KnowledgeErrors, M
from bot.language.folding import fold
from bot.language.phrases import BadPhrase
from bot.triage.cues import Combination, Cue, CustomerRule, MatterRule, ReferenceRules, TagRule
from bot.triage.rules import RuleSource, TriageRules
from bot.vocabulary import NONE, MailboxKey, MatterKey, ProcessKey

_COMMON_BOX = MailboxKey("info")


def build(folder: Path, *, customers: Sequence[CustomerRule] = ()) -> TriageRules:
    """Read and compile the rules of triage, with what was learned.

    Args:
        folder: The ``knowledge`` folder.
        customers: Units that are recognised by name; others by the form of their name.

    Raises:
        KnowledgeError: As `build_unlearned`, or the learned weights cannot be read.
    """
    rules = build_unlearned(folder, customers=customers)
    return replace(
        rules, learned=learned_weights.load(folder), mentions=learned_mentions.load(folder)
    )


def build_unlearned(folder: Path, *, customers: Sequence[CustomerRule] = ()) -> TriageRules:
    """Read and compile the rules of triage alone, to learn from mails with them.

    Raises:
        KnowledgeError: A file is missing or wrong, or a phrase cannot be read; if it is a
            KnowledgeErrors, its `errors` are all that was found.
    """
    files, errors = read_lexicon(folder)
    errors.extend(unknown_features(files))
    if errors:
        raise KnowledgeErrors(tuple(errors))
    try:
        return TriageRules.compile(_source(files, customers))
    except BadPhrase as error:
        raise KnowledgeErrors(tuple(unreadable(files))) from error


def _source(files: LexiconFiles, customers: Sequence[CustomerRule]) -> RuleSource:
    tags, lists = _whole(files.tags).content.tags, _whole(files.lists)
    combinations = _whole(files.combinations).content
    entries: dict[str, list[str]] = {name: [] for name in lists.content.lists}
    for line in list_lines(lists):
        entries[line.speaks_of].append(line.phrase)
    return RuleSource(
        matters=[matter_rule(document) for document in files.matters],
        tags=[tag_rule(tag) for tag in tags],
        cues=list(_cues(files)),
        combinations=_combinations(combinations.combinations),
        last_resort=_combinations(combinations.last_resort),
        lists=entries,
        never_fuzzy=_words(lists, "never_fuzzy"),
        mailboxes=_mailboxes(tags),
        customers=customers,
        references=_references(_whole(files.references)),
    )


def _whole(document: Document[M] | None) -> Document[M]:
    assert document is not None, "a file that cannot be read is an error"
    return document


def _combinations(rows: Iterable[CombinationEntry]) -> list[Combination]:
    return [
        Combination(matter=row.matter, says=row.says, when=row.when, unless=row.unless)
        for row in rows
    ]


def _mailboxes(tags: Iterable[TagEntry]) -> dict[MailboxKey, ProcessKey | None]:
    own: dict[MailboxKey, ProcessKey | None] = {_COMMON_BOX: None}
    own.update((MailboxKey(tag.process), tag.process) for tag in tags)
    return own


def tag_rule(tag: TagEntry) -> TagRule:
    """Return a tag as triage takes it."""
    return TagRule(code=tag.code, process=tag.process, also=tag.also)


def matter_rule(document: Document[MatterFile]) -> MatterRule:
    """Return a matter as triage takes it."""
    matter = document.content
    return MatterRule(
        key=matter.matter,
        process=None if matter.process == NONE else matter.process,
        urgent=matter.urgent,
        names=tuple(name for _, name in lines_of(document, matter.names, "names")),
        rank=matter.rank,
    )


def _cues(files: LexiconFiles) -> Iterator[Cue]:
    for line in cue_lines(files):
        if line.says is None:
            yield Cue(phrase=line.phrase, blocks=line.blocks, feature=line.speaks_of)
        else:
            matter = MatterKey(line.speaks_of)
            yield Cue(phrase=line.phrase, blocks=line.blocks, matter=matter, says=line.says)


def _references(document: Document[ReferencesFile]) -> ReferenceRules:
    return ReferenceRules(
        invoice=frozenset(map(fold, _words(document, "invoice"))),
        other=frozenset(map(fold, _words(document, "other"))),
        never=frozenset(map(fold, _words(document, "never"))),
        other_beginnings=tuple(map(fold, _words(document, "other_beginnings"))),
        plain_lengths=frozenset(document.content.plain_lengths),
    )


def _words(document: Document[M], block: str) -> tuple[str, ...]:
    text = getattr(document.content, block)
    return tuple(word for _, word in words_of(document, text, block))
