"""Reply templates: a name, a language and values become a subject, a text and an HTML body.

A template is a folder: ``<name>/template.toml`` and ``<name>/<language>/{subject.txt,
body.txt,body.html}.j2``, over the greeting and signature in ``_base/<language>/`` and the
values that every letter takes in ``_base/fields.toml``. The whole folder is read, checked
and compiled once; after a change on disk, make a new `Templates`.

Values come from mail and from settings and are hostile: they are cleaned, escaped in HTML
and never read as templates. A value that a template requires and does not get stops the
reply (`ReplyHasHole`), because a letter with a hole is worse than a late one.

To add a reply: copy a folder, change its texts and its ``template.toml`` (`Definition`
lists the keys, `FieldType` the types of values), and run the tests of the templates.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, TypeVar

import css_inline
import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import KnowledgeError, NotFound, ReplyHasHole
from bot.vocabulary import Language, TemplateKey, Urgency

BASE: Final = "_base"
BASE_FIELDS: Final = "fields.toml"
DEFINITION: Final = "template.toml"
PARTS: Final = ("subject.txt.j2", "body.txt.j2", "body.html.j2")
LONGEST_LINE: Final = 200
"""Characters of a one-line value and of a subject; the rest is cut off."""
LONGEST_TEXT: Final = 4000
MOST_LINES: Final = 50
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")
_LINK: Final = re.compile(r"https://[A-Za-z0-9.-]{1,200}(?:[/?#][!#-&(-;=?-~]{0,1000})?")
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_BLANK_LINES: Final = re.compile(r"\n{3,}")

Model = TypeVar("Model", bound=BaseModel)


class FieldType(StrEnum):
    """What a value of a template may be.

    line: one line of text. lines: a list of such. text: text with line breaks.
    link: an https address.
    """

    LINE = "line"
    LINES = "lines"
    TEXT = "text"
    LINK = "link"


class Sending(StrEnum):
    """Who sends a reply: the assistant itself, a person with one click, or only a person."""

    AUTO = "auto"
    DRAFT = "draft"
    STAFF = "staff"


class TemplateField(BaseModel):
    """One value that a template takes, with an example to preview and test it with.

    Attributes:
        sample_en: The example in an English letter, where it is another one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: FieldType = FieldType.LINE
    required: bool = True
    about: str = Field(min_length=1)
    sample: str | tuple[str, ...]
    sample_en: str | tuple[str, ...] | None = None


class BaseFields(BaseModel):
    """The keys of ``_base/fields.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[str, TemplateField]


class Definition(BaseModel):
    """The keys of ``template.toml``.

    Attributes:
        when: In which situation it is sent, for the people who choose and edit it.
        languages: The first is used where a letter is asked for in one that is not here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    purpose: str = Field(min_length=1)
    when: str = Field(min_length=1)
    sending: Sending
    urgency: Urgency = Urgency.NO
    languages: tuple[Language, ...] = Field(min_length=1)
    fields: dict[str, TemplateField] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a template is for, who may send it and what it needs.

    Attributes:
        fields: By name, those of the base first.
        version: Changes with any file that the letter is made of, its base included.
    """

    name: TemplateKey
    title: str
    purpose: str
    when: str
    sending: Sending
    urgency: Urgency
    languages: tuple[Language, ...]
    fields: Mapping[str, TemplateField]
    version: str

    def sample(self, language: str) -> dict[str, str | tuple[str, ...]]:
        """Return an example of every value, in a language."""
        return {
            name: field.sample_en
            if language == Language.ENGLISH and field.sample_en is not None
            else field.sample
            for name, field in self.fields.items()
        }


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
    """The templates of one folder, compiled. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Read, check and compile every template below a folder.

        Raises:
            KnowledgeError: A file is missing or wrong; names it, and the line where known.
        """
        sources = _Sources(folder)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
        self._templates: dict[str, Template] = {}
        self._compiled: dict[tuple[str, str], tuple[jinja2.Template, ...]] = {}
        for template in _templates(folder):
            self._templates[template.name] = template
            for language in template.languages:
                keys = [f"{template.name}/{language}/{part}" for part in PARTS]
                compiled = tuple(sources.compiled(key, template.fields) for key in keys)
                self._compiled[template.name, language] = compiled
                self._try_sample(template, language, folder)

    def names(self) -> tuple[TemplateKey, ...]:
        """Return the names of all templates in alphabetical order."""
        return tuple(template.name for template in self._templates.values())

    def get(self, name: str) -> Template:
        """Return a template; NotFound if there is none of that name."""
        template = self._templates.get(name)
        if template is None:
            raise NotFound(f"template {name}: there is none of that name in templates/")
        return template

    def render(self, name: str, language: str, context: Mapping[str, object]) -> Rendered:
        """Write a letter.

        Args:
            name: One of `names`.
            language: ``sv`` or ``en``; see `Definition.languages`.
            context: A value for each field of the template; others are ignored. Fields of
                type ``lines`` take a list or tuple of strings, all others a string.

        Raises:
            NotFound: There is no such template.
            ReplyHasHole: A required value is missing or empty, or a link is no https address.
        """
        template = self.get(name)
        chosen = next((known for known in template.languages if known == language), None)
        spoken = chosen or template.languages[0]
        values = _values(template, context)
        try:
            subject, text, html = (
                part.render(values) for part in self._compiled[template.name, spoken]
            )
        except jinja2.UndefinedError as error:
            raise ReplyHasHole(template.name, error.message or "of a part") from error
        if not _line(subject):
            raise ReplyHasHole(template.name, "subject")
        return Rendered(
            subject=_line(subject),
            text=_tidy(text),
            html=self._inliner.inline(html),
            template=template.name,
            language=spoken,
            version=template.version,
        )

    def _try_sample(self, template: Template, language: str, folder: Path) -> None:
        try:
            self.render(template.name, language, template.sample(language))
        except (ReplyHasHole, jinja2.TemplateError) as error:
            where = str(folder / template.name / language)
            raise KnowledgeError(where, None, f"the sample cannot be rendered: {error}") from error


class _Sources:
    """Compiles template files and checks that they use only values they are given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def compiled(self, key: str, known: Iterable[str]) -> jinja2.Template:
        """Compile a file after checking it and everything it extends or includes."""
        allowed = frozenset(known)
        waiting, seen = [key], {key}
        while waiting:
            current = waiting.pop()
            tree = self._parsed(current)
            for name in sorted(meta.find_undeclared_variables(tree) - allowed):
                raise self._fault(current, None, f"the value {name} is not among the fields")
            for other in meta.find_referenced_templates(tree):
                if other is None:
                    raise self._fault(current, None, "a base must be named in plain text")
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return self._environment.get_template(key)

    def _parsed(self, key: str) -> jinja2.nodes.Template:
        try:
            return self._environment.parse(_read(self._folder / key))
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(key, error.lineno, error.message or "wrong syntax") from error

    def _fault(self, key: str, line: int | None, what: str) -> KnowledgeError:
        return KnowledgeError(str(self._folder / key), line, what)


def bundled_folder() -> Path:
    """Return the templates that came with the program: in the wheel, else in the checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "bundled" / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def _templates(folder: Path) -> list[Template]:
    """Read every ``template.toml`` below a folder, in the order of the names."""
    paths = sorted(folder.glob(f"*/{DEFINITION}"))
    if not paths:
        raise KnowledgeError(str(folder), None, "there are no templates here")
    base = _checked(BaseFields, folder / BASE / BASE_FIELDS)
    return [_template(path, base) for path in paths]


def _template(path: Path, base: BaseFields) -> Template:
    name = path.parent.name
    if not _NAME.fullmatch(name):
        raise KnowledgeError(str(path.parent), None, "a template is named like received_late")
    definition = _checked(Definition, path)
    fields = {**base.fields, **definition.fields}
    for key, field in fields.items():
        if not _NAME.fullmatch(key):
            raise KnowledgeError(str(path), None, f"the field {key[:40]!r} is named wrongly")
        if (field.type is FieldType.LINES) == isinstance(field.sample, str):
            raise KnowledgeError(str(path), None, f"the sample of {key} does not fit its type")
    return Template(
        name=TemplateKey(name),
        title=definition.title,
        purpose=definition.purpose,
        when=definition.when,
        sending=definition.sending,
        urgency=definition.urgency,
        languages=definition.languages,
        fields=fields,
        version=_version(path.parent, path.parent.parent / BASE),
    )


def _checked(model: type[Model], path: Path) -> Model:
    """Read a TOML file into a model; KnowledgeError names the file and the key or line."""
    try:
        return model.model_validate(tomllib.loads(_read(path)))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d{1,6})", str(error))
        raise KnowledgeError(str(path), int(line[1]) if line else None, str(error)) from error
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        raise KnowledgeError(str(path), None, f"{key}: {first['msg']}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise KnowledgeError(str(path), None, "the file is missing") from None
    except UnicodeDecodeError as error:
        raise KnowledgeError(str(path), None, "the file is not UTF-8") from error


def _version(*folders: Path) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".j2", ".toml"}:
                digest.update(path.relative_to(folder.parent).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _values(template: Template, context: Mapping[str, object]) -> dict[str, object]:
    values: dict[str, object] = {}
    for name, field in template.fields.items():
        value = _CLEAN[field.type](name, context.get(name))
        if field.required and not value:
            raise ReplyHasHole(template.name, name)
        values[name] = value
    return values


def _clean_line(name: str, value: object) -> str:
    return _line(_string(name, value))


def _clean_text(name: str, value: object) -> str:
    return _tidy(_INVISIBLE.sub("", _string(name, value)[:LONGEST_TEXT])).strip()


def _clean_link(name: str, value: object) -> str:
    link = _string(name, value)
    return link if _LINK.fullmatch(link) else ""


def _clean_lines(name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} takes a list of strings, got {type(value).__name__}")
    lines = (_clean_line(name, item) for item in value[:MOST_LINES])
    return tuple(line for line in lines if line)


_CLEAN: Final = {
    FieldType.LINE: _clean_line,
    FieldType.TEXT: _clean_text,
    FieldType.LINK: _clean_link,
    FieldType.LINES: _clean_lines,
}


def _string(name: str, value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} takes a string, got {type(value).__name__}")
    return value


def _line(value: str) -> str:
    """Return a text as one visible line of at most `LONGEST_LINE` characters."""
    clipped = value[: LONGEST_LINE * 4]
    return " ".join(_INVISIBLE.sub("", clipped).split())[:LONGEST_LINE].strip()


def _tidy(text: str) -> str:
    """End lines without spaces, and keep at most one empty line between paragraphs."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"
