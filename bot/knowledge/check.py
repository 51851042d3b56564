"""Everything that is wrong with a knowledge folder, for those who edit it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from bot.errors import KnowledgeError, Saying
from bot.knowledge import triage_rules
from bot.knowledge.agreement import disagreements
from bot.knowledge.files import Files, read_files
from bot.knowledge.models import Belongs, Matter
from bot.knowledge.yaml_file import Document, KnowledgeErrors, M, read_document
from bot.vocabulary import NONE, Urgency


def problems(folder: Path, *, people_file: Path | None = None) -> list[KnowledgeError]:
    """List all errors of all files, and everything in which they do not agree.

    Returns:
        File by file in the order in which they are read, each once; empty if all is well.
    """
    files, errors = read_files(folder, people_file)
    errors.extend(disagreements(files))
    errors.extend(_triage_errors(folder, files))
    return list({str(error): error for error in errors}.values())


def _triage_errors(folder: Path, files: Files) -> Iterator[KnowledgeError]:
    try:
        triage_rules.build(folder)
    except KnowledgeErrors as error:
        yield from error.errors
    except KnowledgeError as error:
        yield error
    yield from _tag_errors(folder, files)
    yield from _lexicon_errors(folder, files)


class _Tag(BaseModel):
    code: str
    process: str


class _Tags(BaseModel):
    """What of ``tags.yaml`` must agree with ``processes.yaml``; the rest is triage's."""

    tags: tuple[_Tag, ...]


class _LexiconMatter(BaseModel):
    """What of ``lexicon/matters`` must agree with ``matters.yaml``; the rest is triage's."""

    matter: str
    process: str
    urgent: Urgency = Urgency.NO


def _tag_errors(folder: Path, files: Files) -> Iterator[KnowledgeError]:
    document = _readable(folder / "tags.yaml", _Tags)
    if document is None or files.processes is None:
        return
    codes = {str(process.key): process.code for process in files.processes.content.processes}
    for i, tag in enumerate(document.content.tags):
        code = codes.get(tag.process)
        if code is None:
            unknown = Saying("processen {key} finns inte", key=tag.process)
            yield document.error(unknown, "tags", i, "process")
        elif tag.code != code:
            other = Saying(
                "koden för {key} är {code} i {file}",
                key=tag.process,
                code=code,
                file=files.processes.file,
            )
            yield document.error(other, "tags", i, "code")
    tagged = {tag.process for tag in document.content.tags}
    for key in codes:
        if key not in tagged:
            yield document.error(Saying("processen {key} har ingen märkning", key=key), "tags")


def _lexicon_errors(folder: Path, files: Files) -> Iterator[KnowledgeError]:
    if files.matters is None:
        return
    matters = {str(matter.key): matter for matter in files.matters.content.matters}
    met: set[str] = set()
    for path in sorted((folder / "lexicon" / "matters").glob("*.yaml")):
        document = _readable(path, _LexiconMatter)
        if document is not None:
            met.add(document.content.matter)
            yield from _matter_errors(document, matters.get(document.content.matter))
    for i, matter in enumerate(files.matters.content.matters):
        if matter.key not in met and matter.belongs is not Belongs.ANY:
            what = Saying("ärendetypen {key} har ingen fil i lexicon/matters", key=matter.key)
            yield files.matters.error(what, "matters", i)


def _matter_errors(
    document: Document[_LexiconMatter], matter: Matter | None
) -> Iterator[KnowledgeError]:
    content = document.content
    if matter is None:
        unknown = Saying("ärendetypen {key} finns inte", key=content.matter)
        yield document.error(unknown, "matter")
        return
    allowed = [str(process) for process in matter.processes] or [NONE]
    if content.process not in allowed:
        other = Saying(
            "{process} är ingen process för {key}, som har {allowed}",
            process=content.process,
            key=matter.key,
            allowed=", ".join(allowed),
        )
        yield document.error(other, "process")
    if content.urgent is not matter.urgent:
        differs = Saying("{key} är {urgent} i matters.yaml", key=matter.key, urgent=matter.urgent)
        yield document.error(differs, "urgent")


def _readable(path: Path, model: type[M]) -> Document[M] | None:
    try:
        return read_document(path, model)
    except KnowledgeErrors:
        return None  # named already by the loading of the rules
