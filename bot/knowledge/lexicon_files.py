"""The files that triage goes by: ``tags.yaml`` and the folder ``lexicon``, and their lines.

A block of the lexicon holds one phrase a line; what follows ``#`` is a remark. A line that
begins with ``!`` keeps a sentence in which it stands from speaking of that matter or feature.
The notation of phrases is described in `bot.language.phrase_notation`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bot.errors import KnowledgeError, Saying
from bot.knowledge.yaml_file import (
    Document,
    KnowledgeErrors,
    KnowledgeModel,
    Location,
    M,
    read_document,
)
from bot.triage.cues import Says
from bot.vocabulary import MatterKey, ProcessKey, Urgency


class TagEntry(KnowledgeModel):
    """A code of a process; `also` is what customers write in its place."""

    code: str = Field(min_length=2, max_length=4)
    process: ProcessKey
    also: tuple[str, ...] = ()


class TagsFile(KnowledgeModel):
    """``tags.yaml``."""

    tags: tuple[TagEntry, ...] = Field(min_length=1)


class MatterFile(KnowledgeModel):
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


class ListsFile(KnowledgeModel):
    """``lexicon/lists.yaml``."""

    never_fuzzy: str
    lists: dict[str, str]


class FeaturesFile(KnowledgeModel):
    """One file of ``lexicon/features``."""

    features: dict[str, str]


class CombinationEntry(KnowledgeModel):
    """Features that together speak for a matter."""

    matter: MatterKey
    says: Says
    when: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()


class CombinationsFile(KnowledgeModel):
    """``lexicon/combinations.yaml``."""

    combinations: tuple[CombinationEntry, ...]
    last_resort: tuple[CombinationEntry, ...] = ()

    def placed(self) -> Iterator[tuple[Location, CombinationEntry]]:
        """Yield every combination and where it stands."""
        for i, row in enumerate(self.combinations):
            yield ("combinations", i), row
        for i, row in enumerate(self.last_resort):
            yield ("last_resort", i), row


class ReferencesFile(KnowledgeModel):
    """``lexicon/references.yaml``."""

    invoice: str
    other: str
    never: str
    other_beginnings: str
    plain_lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconFiles:
    """The files of triage; None where one could not be read, and such matters left out."""

    tags: Document[TagsFile] | None
    lists: Document[ListsFile] | None
    matters: tuple[Document[MatterFile], ...]
    features: tuple[Document[FeaturesFile], ...]
    combinations: Document[CombinationsFile] | None
    references: Document[ReferencesFile] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One phrase, and where it stands.

    Attributes:
        speaks_of: The matter or feature it is a sign of; the name of its list.
        says: How much it says of a matter; None for features and lists.
        blocks: It began with ``!``.
    """

    file: str
    number: int
    phrase: str
    speaks_of: str
    says: Says | None = None
    blocks: bool = False

    def error(self, what: Saying) -> KnowledgeError:
        """Return the error that this line is wrong."""
        return KnowledgeError(self.file, self.number, what)


def read_lexicon(folder: Path) -> tuple[LexiconFiles, list[KnowledgeError]]:
    """Read every file of triage below a knowledge folder, also after one that is wrong."""
    lexicon = folder / "lexicon"
    errors: list[KnowledgeError] = []

    def document(path: Path, model: type[M]) -> Document[M] | None:
        try:
            return read_document(path, model)
        except KnowledgeErrors as error:
            errors.extend(error.errors)
            return None

    def documents(below: str, model: type[M]) -> tuple[Document[M], ...]:
        read = [document(path, model) for path in sorted((lexicon / below).glob("*.yaml"))]
        return tuple(found for found in read if found is not None)

    files = LexiconFiles(
        tags=document(folder / "tags.yaml", TagsFile),
        lists=document(lexicon / "lists.yaml", ListsFile),
        matters=documents("matters", MatterFile),
        features=documents("features", FeaturesFile),
        combinations=document(lexicon / "combinations.yaml", CombinationsFile),
        references=document(lexicon / "references.yaml", ReferencesFile),
    )
    return files, errors


def list_lines(document: Document[ListsFile]) -> Iterator[Line]:
    """Yield the entries of the lists, in the order of the file."""
    for name, block in document.content.lists.items():
        for number, entry in lines_of(document, block, "lists", name):
            yield Line(file=document.file, number=number, phrase=entry, speaks_of=name)


def cue_lines(files: LexiconFiles) -> Iterator[Line]:
    """Yield the phrases of matters and then of features, in the order of the files."""
    for matter in files.matters:
        for says in Says:
            block = getattr(matter.content, says.value)
            for number, line in lines_of(matter, block, says.value):
                yield _cue(matter.file, number, line, matter.content.matter, says)
    for document in files.features:
        for name, block in document.content.features.items():
            for number, line in lines_of(document, block, "features", name):
                yield _cue(document.file, number, line, name, None)


def _cue(file: str, number: int, line: str, speaks_of: str, says: Says | None) -> Line:
    return Line(
        file=file,
        number=number,
        phrase=line.removeprefix("!").strip(),
        speaks_of=speaks_of,
        says=says,
        blocks=line.startswith("!"),
    )


def lines_of(document: Document[M], block: str, *location: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a block that are no remarks, each with its number in the file."""
    first = document.line(*location) + (1 if "\n" in block else 0)
    for number, line in enumerate(block.splitlines(), start=first):
        phrase = line.partition("#")[0].strip()
        if phrase:
            yield number, phrase


def words_of(document: Document[M], block: str, *location: str) -> Iterator[tuple[int, str]]:
    """Yield the words of a block in which a line holds several, with the number of the line."""
    for number, line in lines_of(document, block, *location):
        for word in line.split():
            yield number, word
