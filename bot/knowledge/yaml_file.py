"""One YAML file of knowledge: read it, check it, and say on which line it is wrong.

YAML 1.2, with three differences that help an editor: dates and times stay words until the
model reads them, a number with a leading zero stays a word (telephone and account numbers),
and anchors, aliases and tags are refused. The parser's events are used directly: building
nodes and then values costs half as much again, and the lines would be lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from bot.errors import BadValue, KnowledgeError, Saying
from bot.texts import mark
from bot.texts.bad_values import what_is_wrong

_NEAR = 60
_DEEPEST = 20
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}")
_CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

Location = tuple[str | int, ...]
"""Keys and positions from the top of a file to a value."""


class KnowledgeModel(BaseModel):
    """Base of everything that is read from knowledge: strict, frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_W = TypeVar("_W", bound=str)
M = TypeVar("M", bound=BaseModel)
M_co = TypeVar("M_co", bound=BaseModel, covariant=True)


def shaped(pattern: str, form: str) -> AfterValidator:
    """Return a validator that wants a word of a pattern, and else says in words which form.

    Args:
        form: A marked sentence; what stands after "should be".
    """
    wanted = re.compile(pattern)

    def check(word: _W) -> _W:
        if wanted.fullmatch(word) is None:
            raise BadValue("ska vara {form}", form=Saying(form))
        return word

    return AfterValidator(check)


class KnowledgeErrors(KnowledgeError):
    """Everything that is wrong with the files read; shows as the first of it.

    Attributes:
        errors: All of it, by line within a file; never empty.
    """

    def __init__(self, errors: tuple[KnowledgeError, ...]) -> None:
        """Take at least one error."""
        first = errors[0]
        super().__init__(first.file, first.line, first.what)
        self.errors = errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Generic[M_co]):
    """A file that was right, and where in it each value stands."""

    file: str
    content: M_co
    spots: _Spot

    def line(self, *location: str | int) -> int:
        """Return the line of a key or value, or of the nearest one around it."""
        return _line(self.spots, location)

    def error(self, what: Saying, *location: str | int) -> KnowledgeError:
        """Return the error that a value is wrong, for reasons outside its own model."""
        return KnowledgeError(self.file, self.line(*location), what)


def read(path: Path, model: type[M]) -> M:
    """Read a file into a model.

    Raises:
        KnowledgeErrors: The file is missing or unreadable, is not YAML, or does not fit the
            model. It is a KnowledgeError that names the file and the line.
    """
    return read_document(path, model).content


def read_document(path: Path, model: type[M]) -> Document[M]:
    """Read a file into a model and remember the lines. Raises as `read` does.

    What a text says is kept: the same text is taken apart once, however often it is read.
    """
    found: Document[M] = _document_of(path.name, text_of(path), model)
    return found


def document_of(file: str, text: str, model: type[M]) -> Document[M]:
    """Read a text that a file holds into a model. Raises as `read` does.

    Args:
        file: Name of the file, for the errors.
    """
    builder = _Builder(file, text)
    value, spots = builder.build()
    errors = list(builder.errors)
    content: M | None = None
    try:
        content = model.model_validate_json(_as_json(value, spots, file), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        errors += [_explained(file, detail, model, spots) for detail in details]
    if content is None or errors:
        raise KnowledgeErrors(tuple(sorted(errors, key=lambda error: error.line or 0)))
    return Document(file=file, content=content, spots=spots)


@lru_cache(maxsize=200)
def _document_of(file: str, text: str, model: type[Any]) -> Document[Any]:
    # Any: a cache forgets which model a document was read into; `read_document` knows.
    return document_of(file, text, model)


def text_of(path: Path) -> str:
    """Return what a file says.

    Raises:
        KnowledgeErrors: It is missing, unreadable or not UTF-8.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise _fatal(path.name, None, Saying("filen saknas")) from error
    except IsADirectoryError as error:
        raise _fatal(path.name, None, Saying("är en mapp; det ska vara en fil")) from error
    except OSError as error:
        what = Saying("går inte att läsa; kontrollera rättigheterna")
        raise _fatal(path.name, None, what) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = Saying("är inte UTF-8; spara filen som UTF-8")
        raise _fatal(path.name, line, what) from error


def _fatal(file: str, line: int | None, what: Saying) -> KnowledgeErrors:
    return KnowledgeErrors((KnowledgeError(file, line, what),))


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value stands, and where its parts do. `keys` is empty in a list."""

    line: int
    keys: dict[str | int, int]
    parts: dict[str | int, _Spot]


_Value = None | bool | int | float | str | list["_Value"] | dict[str, "_Value"]


_NODES = (ScalarEvent, SequenceStartEvent, MappingStartEvent)


class _Builder:
    """Makes plain values out of the parser's events, and a tree of lines beside them."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._events: Iterator[Event] = iter(())
        self.errors: list[KnowledgeError] = []

    def build(self) -> tuple[_Value, _Spot]:
        """Return the only document of the file. Raises KnowledgeErrors."""
        self._events = YAML(typ="safe", pure=True).parse(self._text)
        try:
            for event in self._events:
                if isinstance(event, DocumentStartEvent):
                    result = self._value(next(self._events), 0)
                    self._nothing_more()
                    return result
        except MarkedYAMLError as error:
            spot = error.problem_mark or error.context_mark
            line = None if spot is None else spot.line + 1
            raise _fatal(self._file, line, _not_yaml(error)) from error
        except ReaderError as error:
            line = self._text.count("\n", 0, error.position) + 1
            raise _fatal(self._file, line, Saying("har ett styrtecken; ta bort det")) from error
        except (YAMLError, ValueError, OverflowError) as error:
            raise _fatal(self._file, None, Saying(_NOT_YAML)) from error
        raise _fatal(self._file, 1, Saying("filen är tom"))

    def _nothing_more(self) -> None:
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                raise self._refused(event, Saying("ett andra dokument (---) börjar; ta bort det"))

    def _refused(self, event: Event, what: Saying) -> KnowledgeErrors:
        return _fatal(self._file, event.start_mark.line + 1, what)

    def _value(self, event: Event, depth: int) -> tuple[_Value, _Spot]:
        if not isinstance(event, _NODES) or event.anchor is not None:
            raise self._refused(event, Saying("ankare (&) och alias (*) används inte här"))
        if event.tag is not None:
            raise self._refused(event, Saying("YAML-taggar (!) används inte här"))
        if depth > _DEEPEST:
            raise self._refused(event, Saying("är nästlat för djupt"))
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, depth)
        value = event.value if event.style else _plain(event.value)
        return value, _Spot(event.start_mark.line + 1, {}, {})

    def _sequence(self, start: Event, depth: int) -> tuple[_Value, _Spot]:
        values: list[_Value] = []
        spot = _Spot(start.start_mark.line + 1, {}, {})
        while not isinstance(event := next(self._events), SequenceEndEvent):
            value, part = self._value(event, depth + 1)
            spot.parts[len(values)] = part
            values.append(value)
        return values, spot

    def _mapping(self, start: Event, depth: int) -> tuple[_Value, _Spot]:
        values: dict[str, _Value] = {}
        spot = _Spot(start.start_mark.line + 1, {}, {})
        while not isinstance(event := next(self._events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                raise self._refused(event, Saying("en nyckel måste vara ett ord"))
            key, line = str(event.value), event.start_mark.line + 1
            self._value(event, depth)
            value, part = self._value(next(self._events), depth + 1)
            if key in values:
                what = Saying(
                    "nyckeln {key} står två gånger; först på rad {first}",
                    key=_shown(key),
                    first=spot.keys[key],
                )
                self.errors.append(KnowledgeError(self._file, line, what))
                continue
            values[key], spot.keys[key], spot.parts[key] = value, line, part
        return values, spot


_NOT_YAML = mark("är inte YAML")
_YAML_FAULTS = (
    ("mapping values are not allowed", mark("ett kolon för mycket; sätt citattecken om texten")),
    ("could not find expected ':'", mark("ett kolon saknas på raden före")),
    ("that cannot start any token", mark("ett tecken eller en tabb som inte får stå här")),
    ("expected <block end>", mark("raden är fel indragen, eller en text saknar citattecken")),
    ("end of stream", mark("ett citattecken saknas")),
    ("expected ',' or", mark("ett komma eller en slutparentes saknas")),
    ("<stream end>", mark("en slutparentes saknas")),
)
"""Words of the parser -> what the person who edits the file should look for."""


def _not_yaml(error: MarkedYAMLError) -> Saying:
    said = f"{error.problem or ''} {error.context or ''}"
    known = (sentence for sign, sentence in _YAML_FAULTS if sign in said)
    return Saying(next(known, _NOT_YAML))


def _plain(text: str) -> _Value:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "+-0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return float(text)
    return text


def _as_json(value: _Value, spots: _Spot, file: str) -> bytes:
    # Strict models read dates, enums, tuples and sets from JSON, but not from Python lists
    # and words.
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        what = Saying("har ett halvt tecken, skrivet med \\u; skriv hela tecknet")
        raise _fatal(file, spots.line, what) from error


def _line(spot: _Spot, location: Location) -> int:
    """Return the line of the value, or of its key if it has one; a list item's is its start."""
    line = spot.line
    for part in location:
        inner = spot.parts.get(part)
        if inner is None:
            break
        line = spot.keys.get(part, inner.line)
        spot = inner
    return line


def _value_line(spot: _Spot, location: Location) -> int:
    for part in location:
        inner = spot.parts.get(part)
        if inner is None:
            break
        spot = inner
    return spot.line


def _explained(
    file: str, detail: ErrorDetails, model: type[BaseModel], spots: _Spot
) -> KnowledgeError:
    location, kind = detail["loc"], detail["type"]
    about_key = bool(location) and location[-1] == "[key]"
    if about_key:
        location = location[:-1]
    where = ".".join(_shown(str(part)) for part in location)
    if kind == "extra_forbidden":
        hint = _unknown_key(where, str(location[-1]), model, location[:-1])
        return KnowledgeError(file, _line(spots, location), hint)
    if kind == "missing":
        absent = Saying("{where} saknas", where=where)
        return KnowledgeError(file, _line(spots, location[:-1]), absent)
    if kind == "json_invalid":
        return KnowledgeError(file, None, Saying(_NOT_YAML))
    what = what_is_wrong(kind, detail.get("ctx", {}))
    if where:
        what = Saying("{where}: {what}", where=where, what=what)
    line = _line(spots, location) if about_key else _value_line(spots, location)
    return KnowledgeError(file, line, what)


def _shown(word: str) -> str:
    word = " ".join(word.split())
    return word if len(word) <= 40 else f"{word[:39]}…"


def _unknown_key(where: str, key: str, model: type[BaseModel], location: Location) -> Saying:
    known = sorted(_known_keys(model, location))
    found = process.extractOne(key, known, scorer=fuzz.ratio, score_cutoff=_NEAR)
    if found is not None:
        return Saying("okänd nyckel {where}; menade du {near}?", where=where, near=found[0])
    if not known:
        return Saying("okänd nyckel {where}", where=where)
    return Saying(
        "okänd nyckel {where}; de som finns är {known}", where=where, known=", ".join(known)
    )


def _known_keys(model: type[BaseModel], location: Location) -> set[str]:
    models: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, int):
            continue
        below = [
            inner
            for outer in models
            for name, field in outer.model_fields.items()
            if part in (name, field.alias)
            for inner in _models_in(field.annotation)
        ]
        models = below or models
    return {field.alias or name for found in models for name, field in found.model_fields.items()}


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)
