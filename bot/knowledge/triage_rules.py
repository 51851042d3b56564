"""What triage goes by, read from ``knowledge/tags.yaml`` and ``knowledge/lexicon``.

A block of the lexicon holds one phrase a line; what follows ``#`` is a remark. The notation of
phrases is described in `bot.language.phrases`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import Field

from bot.errors import KnowledgeError
from bot.knowledge.yaml_file import Document, KnowledgeModel, read, read_document
from bot.language.phrases import BadPhrase, PhraseBook
from bot.triage.cues import Cue, MatterRule, TagRule, Theme
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


class _Themes(KnowledgeModel):
    themes: dict[Theme, str]


_BLOCKS = (
    Theme.NAMED,
    Theme.CLEAR,
    Theme.LIKELY,
    Theme.HINT,
    Theme.AGAINST,
    Theme.WITHDRAWN,
    Theme.GENERAL,
)


def build(folder: Path) -> TriageRules:
    """Read and compile the rules of triage.

    Args:
        folder: The ``knowledge`` folder.

    Raises:
        KnowledgeError: A file is missing or wrong, or a phrase cannot be read.
    """
    tags = read(folder / "tags.yaml", _Tags)
    lexicon = folder / "lexicon"
    lists = read(lexicon / "lists.yaml", _Lists)
    documents = [
        read_document(path, _Matter) for path in sorted((lexicon / "matters").glob("*.yaml"))
    ]
    themes = [read_document(path, _Themes) for path in sorted((lexicon / "themes").glob("*.yaml"))]
    source = RuleSource(
        matters=[_matter_rule(document.content) for document in documents],
        tags=[TagRule(code=tag.code, process=tag.process, also=tag.also) for tag in tags.tags],
        cues=[*_matter_cues(documents), *_theme_cues(themes)],
        lists={name: tuple(_lines(block)) for name, block in lists.lists.items()},
        never_fuzzy=tuple(" ".join(_lines(lists.never_fuzzy)).split()),
        mailboxes=_mailboxes(tags.tags),
    )
    try:
        return TriageRules.compile(source)
    except BadPhrase as error:
        raise _located(error, source, documents, themes) from error


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
        for theme in _BLOCKS:
            for line in _lines(getattr(matter, theme.value)):
                yield Cue(theme=theme, phrase=line, matter=matter.matter)


def _theme_cues(documents: Iterable[Document[_Themes]]) -> Iterator[Cue]:
    for document in documents:
        for theme, block in document.content.themes.items():
            for line in _lines(block):
                yield Cue(theme=theme, phrase=line)


def _lines(block: str) -> Iterator[str]:
    for line in block.splitlines():
        phrase = line.partition("#")[0].strip()
        if phrase:
            yield phrase


def _located(
    error: BadPhrase,
    source: RuleSource,
    matters: Iterable[Document[_Matter]],
    themes: Iterable[Document[_Themes]],
) -> KnowledgeError:
    """Find the block that a bad phrase stands in, by compiling the blocks one by one."""
    for document in matters:
        for theme in _BLOCKS:
            if _is_bad(getattr(document.content, theme.value), source):
                return document.error(str(error), theme.value)
    for other in themes:
        for theme, block in other.content.themes.items():
            if _is_bad(block, source):
                return other.error(str(error), "themes", theme.value)
    return KnowledgeError("lists.yaml", None, str(error))


def _is_bad(block: str, source: RuleSource) -> bool:
    try:
        PhraseBook(enumerate(_lines(block)), lists=source.lists)
    except BadPhrase:
        return True
    return False
