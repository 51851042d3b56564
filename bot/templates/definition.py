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
from bot.vocabulary import Language, TemplateKey, Urgency

BASE: Final = "_base"
BASE_FIELDS: Final = "fields.toml"
DEFINITION: Final = "template.toml"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")

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
        if (field.type is FieldType.LINES) == isinstance(field.sample, str):
            what = Saying("exemplet för {key} passar inte fältets typ", key=key)
            raise KnowledgeError(str(path), None, what)
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


def _version(*folders: Path) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".j2", ".toml"}:
                digest.update(path.relative_to(folder.parent).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]
