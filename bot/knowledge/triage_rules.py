"""What triage goes by, read from ``knowledge/tags.yaml`` and ``knowledge/lexicon``.

A block of the lexicon holds one phrase a line; what follows ``#`` is a remark. A line that
begins with ``!`` keeps a sentence in which it stands from speaking of that matter or feature.
The notation of phrases is described in `bot.language.phrases`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import Field

from bot.errors import KnowledgeError, Saying
from bot.knowledge import learned_weights
from bot.knowledge.yaml_file import Document, KnowledgeModel, read, read_document
from bot.language.folding import fold
from bot.language.phrases import BadPhrase, PhraseBook
from bot.triage.cues import (
    Combination,
    Cue,
    CustomerRule,
    Feature,
    MatterRule,
    ReferenceRules,
    Says,
    TagRule,
)
from bot.triage.rules import RuleSource, TriageRules
from bot.vocabulary import NONE, MailboxKey, MatterKey, ProcessKey, Urgency

_COMMON_BOX = MailboxKey("info")


class _Tag(KnowledgeModel):
    code: str = Field(min_length=2, max_length=4)
    process: ProcessKey
    also: tuple[str, ...] = ()


class _Tags(KnowledgeModel):
    tags: tuple[_Tag, ...] = Field(min_length=1)


class _Matter(KnowledgeModel):
    """One file of ``lexicon/matters``; every block is text with one phrase a line."""

    matter: MatterKey
    process: ProcessKey
    urgent: Urgency = Urgency.NO
    rank: int = 50
    names: str = ""
    named: str = ""
    clear: str = ""
    likely: str = ""
    hint: str = ""
    against: str = ""
    withdrawn: str = ""
    general: str = ""


class _Lists(KnowledgeModel):
    never_fuzzy: str
    lists: dict[str, str]


class _Features(KnowledgeModel):
    features: dict[str, str]


class _Combination(KnowledgeModel):
    matter: MatterKey
    says: Says
    when: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()


class _Combinations(KnowledgeModel):
    combinations: tuple[_Combination, ...]
    last_resort: tuple[_Combination, ...] = ()


class _References(KnowledgeModel):
    invoice: str
    other: str
    never: str
    other_beginnings: str
    plain_lengths: tuple[int, ...]


def build(folder: Path, *, customers: Sequence[CustomerRule] = ()) -> TriageRules:
    """Read and compile the rules of triage.

    Args:
        folder: The ``knowledge`` folder.
        customers: Units that are recognised by name; others by the form of their name.

    Raises:
        KnowledgeError: A file is missing or wrong, or a phrase cannot be read.
    """
    lexicon = folder / "lexicon"
    tags = read(folder / "tags.yaml", _Tags).tags
    lists = read_document(lexicon / "lists.yaml", _Lists)
    matters = [
        read_document(path, _Matter) for path in sorted((lexicon / "matters").glob("*.yaml"))
    ]
    features = [
        read_document(path, _Features) for path in sorted((lexicon / "features").glob("*.yaml"))
    ]
    combinations = read_document(lexicon / "combinations.yaml", _Combinations)
    _check_features(features, combinations)
    source = RuleSource(
        matters=[_matter_rule(document.content) for document in matters],
        tags=[TagRule(code=tag.code, process=tag.process, also=tag.also) for tag in tags],
        cues=[*_matter_cues(matters), *_feature_cues(features)],
        combinations=_combinations(combinations.content.combinations),
        last_resort=_combinations(combinations.content.last_resort),
        lists={name: tuple(_lines(block)) for name, block in lists.content.lists.items()},
        never_fuzzy=_words(lists.content.never_fuzzy),
        mailboxes=_mailboxes(tags),
        customers=customers,
        references=_references(read(lexicon / "references.yaml", _References)),
    )
    try:
        return replace(TriageRules.compile(source), learned=learned_weights.load(folder))
    except BadPhrase as error:
        raise _located(error, source.lists, lists, matters, features) from error


def _check_features(
    features: Iterable[Document[_Features]], combinations: Document[_Combinations]
) -> None:
    known = {name for document in features for name in document.content.features}
    absent = sorted(set(Feature) - known)
    if absent:
        what = Saying("ingen fil har {absent}", absent=", ".join(absent))
        raise KnowledgeError("lexicon/features", None, what)
    for part in ("combinations", "last_resort"):
        for index, row in enumerate(getattr(combinations.content, part)):
            for name in (*row.when, *row.unless):
                if name not in known:
                    what = Saying("kännetecknet {name} finns inte", name=name)
                    raise combinations.error(what, part, index)


def _combinations(rows: Iterable[_Combination]) -> list[Combination]:
    return [
        Combination(matter=row.matter, says=row.says, when=row.when, unless=row.unless)
        for row in rows
    ]


def _mailboxes(tags: Iterable[_Tag]) -> dict[MailboxKey, ProcessKey | None]:
    own: dict[MailboxKey, ProcessKey | None] = {_COMMON_BOX: None}
    own.update((MailboxKey(tag.process), tag.process) for tag in tags)
    return own


def _matter_rule(matter: _Matter) -> MatterRule:
    return MatterRule(
        key=matter.matter,
        process=None if matter.process == NONE else matter.process,
        urgent=matter.urgent,
        names=tuple(_lines(matter.names)),
        rank=matter.rank,
    )


def _matter_cues(documents: Iterable[Document[_Matter]]) -> Iterator[Cue]:
    for document in documents:
        matter = document.content
        for says in Says:
            for line in _lines(getattr(matter, says.value)):
                phrase, blocks = _unmarked(line)
                yield Cue(phrase=phrase, blocks=blocks, matter=matter.matter, says=says)


def _feature_cues(documents: Iterable[Document[_Features]]) -> Iterator[Cue]:
    for document in documents:
        for name, block in document.content.features.items():
            for line in _lines(block):
                phrase, blocks = _unmarked(line)
                yield Cue(phrase=phrase, blocks=blocks, feature=name)


def _unmarked(line: str) -> tuple[str, bool]:
    """Take off the ``!`` of a phrase that keeps a sentence from counting."""
    return line.removeprefix("!").strip(), line.startswith("!")


def _references(words: _References) -> ReferenceRules:
    return ReferenceRules(
        invoice=frozenset(map(fold, _words(words.invoice))),
        other=frozenset(map(fold, _words(words.other))),
        never=frozenset(map(fold, _words(words.never))),
        other_beginnings=tuple(map(fold, _words(words.other_beginnings))),
        plain_lengths=frozenset(words.plain_lengths),
    )


def _words(block: str) -> tuple[str, ...]:
    return tuple(" ".join(_lines(block)).split())


def _lines(block: str) -> Iterator[str]:
    for line in block.splitlines():
        phrase = line.partition("#")[0].strip()
        if phrase:
            yield phrase


def _located(
    error: BadPhrase,
    lists: Mapping[str, Sequence[str]],
    lists_document: Document[_Lists],
    matters: Iterable[Document[_Matter]],
    features: Iterable[Document[_Features]],
) -> KnowledgeError:
    """Find the block that a bad phrase stands in, by compiling the blocks one by one."""
    what = Saying(error.source, **error.values)
    if _is_bad("", lists):
        return lists_document.error(what, "lists")
    for document in matters:
        for says in Says:
            line = _bad_line(getattr(document.content, says.value), lists)
            if line is not None:
                at = document.line(says.value) + line
                return KnowledgeError(document.file, at, what)
    for other in features:
        for name, block in other.content.features.items():
            line = _bad_line(block, lists)
            if line is not None:
                return KnowledgeError(other.file, other.line("features", name) + line, what)
    return KnowledgeError("lexicon", None, what)


def _bad_line(block: str, lists: Mapping[str, Sequence[str]]) -> int | None:
    """Return the number of the first line of a block that cannot be read, from 1."""
    for number, line in enumerate(block.splitlines(), start=1):
        if _is_bad(line, lists):
            return number
    return None


def _is_bad(block: str, lists: Mapping[str, Sequence[str]]) -> bool:
    try:
        phrases = (_unmarked(line)[0] for line in _lines(block))
        PhraseBook(enumerate(phrases), lists=lists)
    except BadPhrase:
        return True
    return False
