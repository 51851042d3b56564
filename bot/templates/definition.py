"""What a template is: the keys of ``template.toml``, read and checked."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import KnowledgeError, Saying
from bot.texts.bad_values import not_toml, toml_line, what_is_wrong
from bot.vocabulary import Language, MatterKey, ProcessKey, TemplateKey, Urgency

BASE: Final = "_base"
BASE_FIELDS: Final = "fields.toml"
DEFINITION: Final = "template.toml"
_FOLDER: Final = re.compile(r"\{% \w+ [\"']([a-z_][a-z0-9_]{0,40})/")
"""How a file of a template names another: ``{% include "tag_hint/…``."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")

Model = TypeVar("Model", bound=BaseModel)


class FieldType(StrEnum):
    """What a value of a template may be.

    line: one line of text. lines: a list of such. text: text with line breaks.
    link: an https address. date: a day, as 2018-03-29, written in words with its weekday.
    """

    LINE = "line"
    LINES = "lines"
    TEXT = "text"
    LINK = "link"
    DATE = "date"


_HAVE_DEFAULTS: Final = frozenset((FieldType.LINE, FieldType.TEXT))


class Sending(StrEnum):
    """Who sends a reply: the assistant itself, a person with one click, or only a person."""

    AUTO = "auto"
    DRAFT = "draft"
    STAFF = "staff"


class AutoWhen(StrEnum):
    """When a reply that people send as a rule may go out by itself.

    certain: it is beyond doubt that the reply is right. one_invoice_number: all that is missing
    is the number of one invoice. sent_before: a person has sent the letter that it follows.
    """

    CERTAIN = "certain"
    ONE_INVOICE_NUMBER = "one_invoice_number"
    SENT_BEFORE = "sent_before"


class Form(StrEnum):
    """Whether a template is a letter, or one line that other letters include."""

    LETTER = "letter"
    LINE = "line"


class TemplateField(BaseModel):
    """One value that a template takes, with an example to preview and test it with.

    Attributes:
        coming: It is a day of which the letter speaks as one that has not been yet.
        about, about_en: What it is, for whoever fills it in.
        link: Where the value is a page of ``links.yaml``: its key there.
        sample_en: The example in an English letter, where it is another one.
        default, default_en: What stands in a draft until a person writes something else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: FieldType = FieldType.LINE
    required: bool = True
    coming: bool = False
    about: str = Field(min_length=1)
    about_en: str | None = Field(default=None, min_length=1)
    link: str | None = None
    sample: str | tuple[str, ...]
    sample_en: str | tuple[str, ...] | None = None
    default: str | None = None
    default_en: str | None = None

    def about_in(self, language: str) -> str:
        """Return what it is in a language; in Swedish where it does not say."""
        return _in_language(language, self.about, self.about_en)


class BaseFields(BaseModel):
    """The keys of ``_base/fields.toml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[str, TemplateField]


class Definition(BaseModel):
    """The keys of ``template.toml``.

    Attributes:
        code: Its number in the centre's list of templates, such as ``K1``.
        when: In which situation it is sent, for the people who choose and edit it.
        title_en, purpose_en, when_en: The same in English; the Swedish where they are missing.
        sending: Who sends it, at most; a mailbox may be more careful.
        auto_when: Where `sending` is ``draft``: when it may go out by itself all the same.
        processes, matters: What it is for; empty: for all.
        languages: The first is used where a letter is asked for in one that is not here.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str | None = Field(default=None, pattern=r"^[A-ZÅÄÖ]{1,3}[0-9]{1,3}[a-z]?$")
    title: str = Field(min_length=1)
    title_en: str | None = Field(default=None, min_length=1)
    purpose: str = Field(min_length=1)
    purpose_en: str | None = Field(default=None, min_length=1)
    when: str = Field(min_length=1)
    when_en: str | None = Field(default=None, min_length=1)
    form: Form = Form.LETTER
    sending: Sending
    auto_when: AutoWhen | None = None
    urgency: Urgency = Urgency.NO
    processes: tuple[ProcessKey, ...] = ()
    matters: tuple[MatterKey, ...] = ()
    languages: tuple[Language, ...] = Field(min_length=1)
    fields: dict[str, TemplateField] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a template is for, who may send it and what it needs; see `Definition`.

    Attributes:
        fields: By name, those of the base first.
        version: Changes with any file that the letter is made of, its base included.
    """

    name: TemplateKey
    code: str | None
    title: str
    title_en: str | None
    purpose: str
    purpose_en: str | None
    when: str
    when_en: str | None
    form: Form
    sending: Sending
    auto_when: AutoWhen | None
    urgency: Urgency
    processes: tuple[ProcessKey, ...]
    matters: tuple[MatterKey, ...]
    languages: tuple[Language, ...]
    fields: Mapping[str, TemplateField]
    version: str

    def title_in(self, language: str) -> str:
        """Return what it is called in a language."""
        return _in_language(language, self.title, self.title_en)

    def purpose_in(self, language: str) -> str:
        """Return what it does, in a language."""
        return _in_language(language, self.purpose, self.purpose_en)

    def when_in(self, language: str) -> str:
        """Return when it is sent, in a language."""
        return _in_language(language, self.when, self.when_en)

    @property
    def described(self) -> str:
        """Return all that says what it is, in both languages and small letters, to be searched."""
        swedish = (self.title, self.purpose, self.when)
        english = (self.title_en, self.purpose_en, self.when_en)
        return "\n".join([self.name, *swedish, *filter(None, english)]).lower()

    def sample(self, language: str) -> dict[str, str | tuple[str, ...]]:
        """Return an example of every value, in a language."""
        return {
            name: field.sample_en
            if language == Language.ENGLISH and field.sample_en is not None
            else field.sample
            for name, field in self.fields.items()
        }

    def defaults(self, language: str) -> dict[str, str]:
        """Return what stands in a draft from the beginning, in a language."""
        wanted = {
            name: field.default_en
            if language == Language.ENGLISH and field.default_en is not None
            else field.default
            for name, field in self.fields.items()
        }
        return {name: value for name, value in wanted.items() if value is not None}


def _in_language(language: str, swedish: str, english: str | None) -> str:
    return english if language == Language.ENGLISH and english is not None else swedish


def paths_of(folder: Path) -> list[Path]:
    """Return every ``template.toml`` below a folder, in the order of the names."""
    paths = sorted(folder.glob(f"*/{DEFINITION}"))
    if not paths:
        raise KnowledgeError(str(folder), None, Saying("här finns inga mallar"))
    return paths


def read_base(folder: Path) -> BaseFields:
    """Return the values that every letter takes."""
    return _checked(BaseFields, folder / BASE / BASE_FIELDS)


def read_template(path: Path, base: BaseFields) -> Template:
    """Read a ``template.toml``; KnowledgeError names the file, and the line or key."""
    name = path.parent.name
    if not _NAME.fullmatch(name):
        what = Saying("en mall ska ha ett namn som received_late")
        raise KnowledgeError(str(path.parent), None, what)
    definition = _checked(Definition, path)
    fields = {**base.fields, **definition.fields}
    for key, field in fields.items():
        if not _NAME.fullmatch(key):
            what = Saying("fältet {key} ska ha ett namn som case_number", key=repr(key[:40]))
            raise KnowledgeError(str(path), None, what)
        samples = [field.sample] if field.sample_en is None else [field.sample, field.sample_en]
        if any((field.type is FieldType.LINES) == isinstance(one, str) for one in samples):
            what = Saying("exemplet för {key} passar inte fältets typ", key=key)
            raise KnowledgeError(str(path), None, what)
        if field.default is not None and field.type not in _HAVE_DEFAULTS:
            what = Saying("fältet {key} kan inte ha något förval; bara text kan ha det", key=key)
            raise KnowledgeError(str(path), None, what)
        if field.link is not None and field.type is not FieldType.LINK:
            what = Saying("fältet {key} har en länk och ska vara av typen link", key=key)
            raise KnowledgeError(str(path), None, what)
    return Template(
        name=TemplateKey(name),
        **{key: getattr(definition, key) for key in Definition.model_fields if key != "fields"},
        fields=fields,
        version=_version(path.parent),
    )


def _checked(model: type[Model], path: Path) -> Model:
    """Read a TOML file into a model; KnowledgeError names the file and the key or line."""
    try:
        return model.model_validate(tomllib.loads(read_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(str(path), toml_line(error), not_toml()) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        key = ".".join(str(step) for step in first["loc"])
        what = what_is_wrong(first["type"], first.get("ctx", {}))
        raise KnowledgeError(
            str(path), None, Saying("{where}: {what}", where=key, what=what)
        ) from error


def read_text(path: Path) -> str:
    """Return a file; KnowledgeError if it is missing or not UTF-8."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise KnowledgeError(str(path), None, Saying("filen saknas")) from None
    except UnicodeDecodeError as error:
        what = Saying("är inte UTF-8; spara filen som UTF-8")
        raise KnowledgeError(str(path), None, what) from error


def _version(folder: Path) -> str:
    """Return what changes with any file that a template is made of."""
    digest = hashlib.sha256()
    for part in (folder, *sorted(folder.parent / name for name in _named_in(folder))):
        for path in _files_of(part):
            digest.update(path.relative_to(folder.parent).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _named_in(folder: Path) -> set[str]:
    """Return the base, and the other folders that the files of a template name."""
    named = {BASE}
    for path in _files_of(folder):
        named.update(_FOLDER.findall(path.read_text("utf-8", errors="replace")))
    return {name for name in named - {folder.name} if (folder.parent / name).is_dir()}


def _files_of(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".j2", ".toml"}
    ]
