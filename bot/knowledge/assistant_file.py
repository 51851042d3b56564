"""``assistant.yaml``: the words by which staff ask the assistant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from bot.errors import KnowledgeError, Saying
from bot.knowledge.files import Files
from bot.knowledge.learned_questions import load_learned
from bot.knowledge.lexicon_files import lines_of
from bot.knowledge.models import File
from bot.knowledge.yaml_file import Document, KnowledgeErrors, KnowledgeModel, read_document
from bot.language.phrase_notation import BadPhrase, PhraseCompiler
from bot.understanding import Intent, IntentWords, MatterWords, Slot, Words
from bot.vocabulary import MatterKey, ProcessKey

FILE: Final = "assistant.yaml"


class IntentEntry(KnowledgeModel):
    """Phrases of an intent, one a line; see `bot.understanding.IntentWords`."""

    strong: str = ""
    fair: str = ""


class MatterEntry(KnowledgeModel):
    """Phrases of a matter in questions, one a line; see `bot.understanding.MatterWords`.

    Attributes:
        elsewhere: Another process of the matter -> phrases by which it is that one's.
    """

    say: str
    unless: str = ""
    elsewhere: Annotated[dict[ProcessKey, str], Field(default_factory=dict)]


class AssistantFile(File):
    """``assistant.yaml``.

    Attributes:
        processes: Process -> what staff call it for short.
        values: What can be one of a few values -> value -> phrases that say it.
        signs: Class of words -> phrases of it.
        domain: Phrases of the centre's own work.
    """

    processes: dict[ProcessKey, tuple[str, ...]]
    matters: dict[MatterKey, MatterEntry]
    intents: dict[Intent, IntentEntry]
    values: dict[Slot, dict[str, str]]
    signs: dict[str, str]
    domain: str
    never_fuzzy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantWords:
    """What the file says.

    Attributes:
        spoken: Process -> what staff call it for short.
    """

    spoken: dict[ProcessKey, tuple[str, ...]]
    words: Words


def load_assistant(folder: Path) -> AssistantWords:
    """Read the words of a knowledge folder.

    Raises:
        KnowledgeErrors: The file is missing or wrong; names file and line.
    """
    document = read_document(folder / FILE, AssistantFile)
    errors = tuple(unreadable(document))
    if errors:
        raise KnowledgeErrors(errors)
    return _words(document)


def unreadable(document: Document[AssistantFile]) -> Iterator[KnowledgeError]:
    """Yield every phrase that breaks the notation."""
    notation = PhraseCompiler({})
    for number, phrase in _all_lines(document):
        try:
            notation.phrases(phrase)
        except BadPhrase as error:
            what = Saying(error.source, **error.values)
            yield KnowledgeError(document.file, number, what)


def _all_lines(document: Document[AssistantFile]) -> Iterator[tuple[int, str]]:
    content = document.content
    for intent, entry in content.intents.items():
        yield from lines_of(document, entry.strong, "intents", intent, "strong")
        yield from lines_of(document, entry.fair, "intents", intent, "fair")
    for slot, entries in content.values.items():
        for value, block in entries.items():
            yield from lines_of(document, block, "values", slot, value)
    for name, block in content.signs.items():
        yield from lines_of(document, block, "signs", name)
    yield from lines_of(document, content.domain, "domain")
    for matter, found in content.matters.items():
        yield from lines_of(document, found.say, "matters", matter, "say")
        yield from lines_of(document, found.unless, "matters", matter, "unless")
        for process, block in found.elsewhere.items():
            yield from lines_of(document, block, "matters", matter, "elsewhere", process)


def _words(document: Document[AssistantFile]) -> AssistantWords:
    def lines(block: str, *where: str) -> tuple[str, ...]:
        return tuple(phrase for _, phrase in lines_of(document, block, *where))

    content = document.content
    return AssistantWords(
        spoken=dict(content.processes),
        words=Words(
            intents={
                intent: IntentWords(
                    strong=lines(entry.strong, "intents", intent, "strong"),
                    fair=lines(entry.fair, "intents", intent, "fair"),
                )
                for intent, entry in content.intents.items()
            },
            matters={
                matter: MatterWords(
                    say=lines(entry.say, "matters", matter, "say"),
                    unless=lines(entry.unless, "matters", matter, "unless"),
                    elsewhere={
                        process: lines(block, "matters", matter, "elsewhere", process)
                        for process, block in entry.elsewhere.items()
                    },
                )
                for matter, entry in content.matters.items()
            },
            values={
                slot: {
                    value: lines(block, "values", slot, value) for value, block in entries.items()
                }
                for slot, entries in content.values.items()
            },
            signs={name: lines(block, "signs", name) for name, block in content.signs.items()},
            domain=lines(content.domain, "domain"),
            never_fuzzy=content.never_fuzzy.split(),
        ),
    )


def faults(folder: Path, files: Files) -> Iterator[KnowledgeError]:
    """Yield what is wrong with the file, and what it names that there is not."""
    try:
        document = read_document(folder / FILE, AssistantFile)
    except KnowledgeErrors as error:
        yield from error.errors
        return
    yield from unreadable(document)
    if files.processes is not None:
        known = {process.key for process in files.processes.content.processes}
        for key in document.content.processes:
            if key not in known:
                unknown = Saying("processen {key} finns inte", key=key)
                yield document.error(unknown, "processes", key)
    if files.matters is not None:
        matters = {matter.key for matter in files.matters.content.matters}
        for name in document.content.matters:
            if name not in matters:
                yield document.error(
                    Saying("ärendetypen {key} finns inte", key=name), "matters", name
                )
    try:
        load_learned(folder)
    except KnowledgeError as error:
        yield error
