"""Reply templates: a name, a language and values become a subject, a text and an HTML body.

A template is a folder: ``<name>/template.toml`` and ``<name>/<language>/{subject.txt,
body.txt,body.html}.j2``, over the greeting and signature in ``_base/<language>/`` and the
values that every letter takes in ``_base/fields.toml``. The whole folder is read, checked
and compiled once; after a change on disk, make a new `Templates`.

Values come from mail and from settings and are hostile: they are cleaned, escaped in HTML
and never read as templates. A value that a template requires and does not get stops the
reply (`ReplyHasHole`), because a letter with a hole is worse than a late one.

To add a reply: copy a folder, change its texts and its ``template.toml`` (`Definition`
lists the keys, `FieldType` the types of values), look at it with ``sammadag template preview``,
and run ``sammadag check``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import css_inline
import jinja2
from jinja2.exceptions import SecurityError

from bot.errors import KnowledgeError, NotFound, ReplyHasHole, Saying
from bot.templates.agreement import Known, disagreements
from bot.templates.definition import (
    DEFINITION,
    AutoWhen,
    BaseFields,
    FieldType,
    Form,
    Sending,
    Template,
    TemplateField,
    paths_of,
    read_base,
    read_template,
)
from bot.templates.sources import Sources
from bot.templates.values import Mark, clean, one_line, tidy
from bot.vocabulary import Language, TemplateKey

__all__ = [
    "AutoWhen",
    "FieldType",
    "Form",
    "Known",
    "Mark",
    "Rendered",
    "Sending",
    "Template",
    "TemplateField",
    "Templates",
    "bundled_folder",
    "faults",
    "languages_in",
]

_QUOTED: Final = re.compile(r"'([^']*)'")
_PARTS: Final = ("subject.txt.j2", "body.txt.j2", "body.html.j2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter, ready to be sent.

    Attributes:
        subject: One line without control characters.
        html: A whole document with its styles inline; nothing in it is loaded from afar.
        language: The one it is written in; see `Definition.languages`.
    """

    subject: str
    text: str
    html: str
    template: TemplateKey
    language: Language
    version: str


class Templates:
    """The templates of one folder. Threads may share it."""

    def __init__(
        self, folder: Path, *, only: Sequence[Path] | None = None, lazy: bool = False
    ) -> None:
        """Read, check and compile every template below a folder, or some of them.

        Args:
            only: Each a ``template.toml`` below the folder.
            lazy: Compile a letter when it is written for the first time. It may then be found
                to be wrong as late as that: for commands that write few letters or none.

        Raises:
            KnowledgeError: A file is missing or wrong; names it, and the line where known.
        """
        self._folder = folder
        self._sources = Sources(folder)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
        self._templates: dict[str, Template] = {}
        self._compiled: dict[tuple[str, str], tuple[jinja2.Template, ...]] = {}
        paths = paths_of(folder) if only is None else only
        base = read_base(folder)
        for path in paths:
            template = read_template(path, base)
            self._templates[template.name] = template
        if not lazy:
            for name in self._templates:
                self.compile(name)

    def names(self) -> tuple[TemplateKey, ...]:
        """Return the names of all templates in alphabetical order."""
        return tuple(template.name for template in self._templates.values())

    def get(self, name: str) -> Template:
        """Return a template; NotFound if there is none of that name."""
        template = self._templates.get(name)
        if template is None:
            raise NotFound("mallen {name} finns inte bland mallarna", name=name)
        return template

    def render(
        self,
        name: str,
        language: str,
        context: Mapping[str, object],
        *,
        today: date | None = None,
    ) -> Rendered:
        """Write a letter.

        Args:
            name: One of `names`.
            language: ``sv`` or ``en``; see `Definition.languages`.
            context: A value for each field of the template; others are ignored. Fields of
                type ``lines`` take a list or tuple of strings, those of type ``date`` a day, its
                ISO form or a `Mark`, all others a string.
            today: When it is written, see `clean`.

        Raises:
            NotFound: There is no such template.
            ReplyHasHole: A required value is missing or empty, a link is no https address, or
                a day is none.
            KnowledgeError: The letter is compiled only now, and is wrong.
        """
        template = self.get(name)
        chosen = next((known for known in template.languages if known == language), None)
        spoken = chosen or template.languages[0]
        if (template.name, spoken) not in self._compiled:
            self.compile(name)
        values = clean(template, context, spoken, today=today)
        try:
            subject, text, html = (
                part.render(values) for part in self._compiled[template.name, spoken]
            )
        except jinja2.UndefinedError as error:
            raise ReplyHasHole(template.name, _named_in(error)) from error
        if not one_line(subject):
            raise ReplyHasHole(template.name, "subject")
        return Rendered(
            subject=one_line(subject),
            text=tidy(text),
            html=self._inliner.inline(html),
            template=template.name,
            language=spoken,
            version=template.version,
        )

    def compile(self, name: str) -> None:
        """Compile a template in every language and try its samples; KnowledgeError if it fails."""
        template = self.get(name)
        for language in template.languages:
            keys = [f"{template.name}/{language}/{part}" for part in _PARTS]
            self._compiled[template.name, language] = tuple(
                self._sources.compiled(key, template.fields) for key in keys
            )
            try:
                self.render(template.name, language, template.sample(language))
            except (ReplyHasHole, jinja2.TemplateError) as error:
                del self._compiled[template.name, language]
                where = str(self._folder / template.name / language)
                raise KnowledgeError(where, None, _sample_fails(error)) from error


def _named_in(error: jinja2.UndefinedError) -> str:
    """Return what a template wants and does not get; Jinja2 puts it between quotes."""
    named: list[str] = _QUOTED.findall(error.message or "")
    return named[-1] if named else "?"


def _sample_fails(error: ReplyHasHole | jinja2.TemplateError) -> Saying:
    if isinstance(error, ReplyHasHole):
        return Saying("exemplet går inte att skriva: uppgiften {name} saknas", name=error.missing)
    if isinstance(error, SecurityError):
        return Saying("exemplet går inte att skriva: mallen gör något som inte är tillåtet")
    return Saying("exemplet går inte att skriva: mallen använder ett filter eller test fel")


def faults(
    folder: Path, known: Known | None = None, *, only: Collection[str] | None = None
) -> list[KnowledgeError]:
    """Return what is wrong with the templates of a folder: the first fault of each.

    Args:
        only: Where given, the names of those that are looked at.
        known: Where given, also what the templates name that it does not have.
    """
    found: dict[Path, KnowledgeError] = {}
    try:
        paths = paths_of(folder)
        base = read_base(folder)
    except KnowledgeError as error:
        return [error]
    if only is not None:
        paths = [path for path in paths if path.parent.name in only]
    for path in paths:
        try:
            read_template(path, base)
        except KnowledgeError as error:
            found[path] = error
    templates = Templates(folder, only=[path for path in paths if path not in found], lazy=True)
    for path in paths:
        if path not in found:
            try:
                templates.compile(path.parent.name)
            except KnowledgeError as error:
                found[path] = error
    listed = [found[path] for path in paths if path in found]
    if known is not None:
        right = [templates.get(name) for name in templates.names()]
        listed.extend(disagreements(right, known, folder))
    return listed


def languages_in(folder: Path) -> dict[TemplateKey, tuple[Language, ...] | None]:
    """Return the languages of each template of a folder; None where it cannot be read.

    Empty for a folder without templates.
    """
    found: dict[TemplateKey, tuple[Language, ...] | None] = {}
    no_fields = BaseFields(fields={})
    for path in folder.glob(f"*/{DEFINITION}"):
        try:
            template = read_template(path, no_fields)
            found[template.name] = template.languages
        except KnowledgeError:
            found[TemplateKey(path.parent.name)] = None
    return found


def bundled_folder() -> Path:
    """Return the templates that came with the program: in the wheel, else in the checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"
