"""What is wrong with changed files, and what may be better in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot import knowledge as knowledge_package
from bot import templates as templates_package
from bot.edits import DocumentPath
from bot.errors import KnowledgeError, Saying
from bot.knowledge.articles import Article, load_articles
from bot.knowledge.check import problems
from bot.knowledge.plain_file import load_plain
from bot.services.editing.documents import template_of
from bot.services.editing.ground import Ground
from bot.services.letter_preview import Advice, Preview, preview
from bot.templates import Known, Templates
from bot.vocabulary import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is wrong.

    Attributes:
        file: The path of a document where it is known, else the name of a file.
        line: From 1; None where it is not known.
    """

    file: str
    line: int | None
    what: Saying


def faults(ground: Ground, changed: Collection[DocumentPath] | None = None) -> list[Fault]:
    """Return everything that is wrong with the files of a ground.

    Args:
        changed: Where given, the files that have changed since nothing was wrong; what takes
            long and has nothing to do with them is left out.
    """
    errors = _problems(ground, changed)
    if changed is None or any(map(_concerns_letters, changed)):
        known = None if errors else _known(ground)
        only = None if changed is None else _letters_of(ground, changed)
        errors = [*errors, *templates_package.faults(ground.templates, known, only=only)]
    return [_fault(error, ground) for error in errors]


def _problems(ground: Ground, changed: Collection[DocumentPath] | None) -> Sequence[KnowledgeError]:
    below = None if changed is None else [path.removeprefix("knowledge/") for path in changed]
    if changed is not None and not any(path.startswith(_NAME_LETTERS) for path in changed):
        return problems(ground.knowledge, people_file=ground.people, changed=below)
    shipped = templates_package.languages_in(templates_package.bundled_folder())
    letters = templates_package.languages_in(ground.templates)
    return problems(
        ground.knowledge,
        people_file=ground.people,
        templates=letters,
        # A rule may be about a letter that the centre has left out, but not a misspelt one.
        letters={*letters, *shipped},
        changed=below,
    )


_NAME_LETTERS = ("templates/", "knowledge/matters.yaml", "knowledge/replies.yaml")
_NAMED_IN_LETTERS = ("knowledge/processes.yaml", "knowledge/matters.yaml", "knowledge/links.yaml")


def _concerns_letters(path: DocumentPath) -> bool:
    return path.startswith("templates/") or path in _NAMED_IN_LETTERS


def _letters_of(ground: Ground, changed: Collection[DocumentPath]) -> Collection[str] | None:
    """Return the templates that may have become wrong; None where all may have.

    Others are made of the base, and of lines.
    """
    names = set()
    for path in changed:
        if path in _NAMED_IN_LETTERS:
            return None
        name = template_of(path)
        if name is not None:
            definition = ground.read(DocumentPath(f"templates/{name}/template.toml"))
            if definition is None or b"form" in definition:
                return None
            names.add(name)
    return names


def _known(ground: Ground) -> Known:
    knowledge = knowledge_package.load(ground.knowledge, people_file=ground.people)
    return Known(
        processes=knowledge.processes.keys(),
        matters=knowledge.matters.keys(),
        links=[page.key for page in knowledge.links.more],
    )


def _fault(error: KnowledgeError, ground: Ground) -> Fault:
    return Fault(file=_document_of(error.file, ground), line=error.line, what=error.what)


def _document_of(file: str, ground: Ground) -> str:
    """Return the path of the document that an error is about, never that of a folder."""
    place = Path(file)
    if place.is_absolute():
        for top, folder in (("knowledge", ground.knowledge), ("templates", ground.templates)):
            if place.is_relative_to(folder):
                return f"{top}/{place.relative_to(folder).as_posix()}"
        return place.name
    named = [path for path in ground.documents() if path.endswith(f"/{file}")]
    return named[0] if len(named) == 1 else file


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter that a change alters, as the customer will see it."""

    template: str
    language: Language
    preview: Preview


def letters(ground: Ground, changed: Collection[DocumentPath]) -> list[Letter]:
    """Write the letters of the changed templates with their samples, with advice.

    All is well with the files. A change of the base or of a line shows in no letter here.
    """
    names = {template_of(path) for path in changed} - {None}
    if not names:
        return []
    knowledge = knowledge_package.load(ground.knowledge, people_file=ground.people)
    templates = Templates(ground.templates, lazy=True)
    plain = load_plain(ground.knowledge)
    found = []
    for name in templates.names():
        if name in names:
            template = templates.get(name)
            for language in template.languages:
                made = preview(
                    template, language, templates=templates, links=knowledge.links, rules=plain
                )
                found.append(Letter(template=name, language=language, preview=made))
    return found


def advice_of(made: Collection[Letter]) -> Iterator[Advice]:
    """Yield what may be better in some letters."""
    for letter in made:
        for finding in letter.preview.findings:
            template = letter.preview.rendered.template
            yield Advice(template=template, language=letter.language, finding=finding)


def changed_articles(ground: Ground, changed: Collection[DocumentPath]) -> list[Article]:
    """Return the changed articles as they would be read; all is well with the files."""
    keys = {
        path.removeprefix("knowledge/articles/").removesuffix(".md")
        for path in changed
        if path.startswith("knowledge/articles/")
    }
    if not keys:
        return []
    return [article for key, article in load_articles(ground.knowledge).items() if key in keys]
