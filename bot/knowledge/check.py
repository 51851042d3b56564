"""Everything that is wrong with a knowledge folder, for those who edit it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from bot.errors import KnowledgeError, Saying
from bot.knowledge import (
    article_faults,
    assistant_file,
    combinations,
    learned_mentions,
    learned_weights,
    phrase_faults,
    tag_faults,
)
from bot.knowledge.agreement import disagreements
from bot.knowledge.files import Files, read_files
from bot.knowledge.lexicon_files import LexiconFiles, MatterFile, read_lexicon
from bot.knowledge.models import Belongs, Matter
from bot.knowledge.plain_file import load_plain
from bot.knowledge.replies_file import unknown_templates
from bot.knowledge.yaml_file import Document, KnowledgeErrors
from bot.plan import receipts_for
from bot.vocabulary import NONE, Language, TemplateKey

Templates = Mapping[TemplateKey, Collection[Language] | None]
"""The reply templates there are, and in which languages; None for one that is wrong itself."""


def problems(
    folder: Path,
    *,
    people_file: Path | None = None,
    templates: Templates | None = None,
    letters: Collection[TemplateKey] | None = None,
    changed: Collection[str] | None = None,
) -> list[KnowledgeError]:
    """List all errors of all files, and everything in which they do not agree.

    Args:
        templates: Where given, every matter must have its receipts among them.
        letters: Where given, the rules for replies may name these and no others.
        changed: Where given, the files that have changed since nothing was wrong, below the
            folder; what takes long and cannot be wrong because of them is left out.

    Returns:
        File by file in the order in which they are read, each once; empty if all is well.
    """
    files, errors = read_files(folder, people_file)
    errors.extend(disagreements(files))
    if _concerns(changed, "tags.yaml", "lexicon/", "learned/", "processes.yaml", "matters.yaml"):
        errors.extend(_triage_errors(folder, files, changed))
    try:
        load_plain(folder)
    except KnowledgeErrors as error:
        errors.extend(error.errors)
    if _concerns(changed, "articles/", "processes.yaml", "matters.yaml"):
        errors.extend(article_faults.faults(folder, files))
    if _concerns(changed, "assistant.yaml", "processes.yaml", "matters.yaml"):
        errors.extend(assistant_file.faults(folder, files))
    if templates is not None:
        errors.extend(missing_receipts(files, templates))
    if letters is not None and files.replies is not None:
        errors.extend(unknown_templates(files.replies, letters))
    return list({str(error): error for error in errors}.values())


def _concerns(changed: Collection[str] | None, *starts: str) -> bool:
    return changed is None or any(name.startswith(starts) for name in changed)


def _triage_errors(
    folder: Path, files: Files, changed: Collection[str] | None
) -> Iterator[KnowledgeError]:
    lexicon, errors = read_lexicon(folder)
    yield from errors
    if not errors:
        yield from combinations.unknown_features(lexicon)
        yield from combinations.futile(lexicon)
    if _concerns(changed, "lexicon/"):
        yield from phrase_faults.faults(lexicon)
    if _concerns(changed, "learned/"):
        yield from _unreadable_weights(folder)
    yield from tag_faults.faults(lexicon)
    yield from _tag_errors(lexicon, files)
    yield from _lexicon_errors(lexicon, files)


def _unreadable_weights(folder: Path) -> Iterator[KnowledgeError]:
    for load in (learned_weights.load, learned_mentions.load):
        try:
            load(folder)
        except KnowledgeError as error:
            yield error


def _tag_errors(lexicon: LexiconFiles, files: Files) -> Iterator[KnowledgeError]:
    document = lexicon.tags
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


def _lexicon_errors(lexicon: LexiconFiles, files: Files) -> Iterator[KnowledgeError]:
    if files.matters is None:
        return
    matters = {str(matter.key): matter for matter in files.matters.content.matters}
    met: dict[str, str] = {}
    for document in lexicon.matters:
        key = document.content.matter
        if key in met:
            what = Saying("ärendetypen {key} har redan filen {file}", key=key, file=met[key])
            yield document.error(what, "matter")
        met[key] = document.file
        yield from _matter_errors(document, matters.get(key))
    for i, matter in enumerate(files.matters.content.matters):
        if matter.key not in met and matter.belongs is not Belongs.ANY:
            what = Saying("ärendetypen {key} har ingen fil i lexicon/matters", key=matter.key)
            yield files.matters.error(what, "matters", i)


def _matter_errors(
    document: Document[MatterFile], matter: Matter | None
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


def missing_receipts(files: Files, templates: Templates) -> Iterator[KnowledgeError]:
    """Yield matters that a receipt is missing for, or a language of one.

    A template that is wrong itself is silently taken for one in every language, since its own
    errors tell what is the matter.
    """
    if files.matters is None:
        return
    for i, matter in enumerate(files.matters.content.matters):
        for name in receipts_for(matter.urgent):
            languages = templates.get(name, ())
            if languages is None:
                continue
            absent = [language.value for language in Language if language not in languages]
            if len(absent) == len(Language):
                what = Saying(
                    "ärendetypen {key} saknar mall: kvittensen {template} finns inte",
                    key=matter.key,
                    template=name,
                )
                yield files.matters.error(what, "matters", i)
            elif absent:
                what = Saying(
                    "ärendetypen {key} saknar mall på {languages}: kvittensen {template}"
                    " finns inte på det språket",
                    key=matter.key,
                    languages=", ".join(absent),
                    template=name,
                )
                yield files.matters.error(what, "matters", i)
