"""Forms for files that are lists of the same things: what may be filled in, and where it goes.

Only values that were changed are written; the rest of the file, its remarks included, stays
byte for byte. What is filled in is not judged here: the check of the whole file does that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.edits import DocumentPath
from bot.errors import DataError
from bot.knowledge.hours import Eve, Weekday
from bot.knowledge.models import CustomerKind
from bot.knowledge.yaml_file import KnowledgeErrors
from bot.services.editing.yaml_text import YamlText
from bot.texts import mark

_MOST_NEW: Final = 3
"""Empty rows at the end of a list that may grow."""
_LONGEST: Final = 2_000


class FieldKind(StrEnum):
    """How a value is filled in.

    line: one line. words: several, with commas between. date: a day. choice: one of some.
    fixed: shown, and changed in the text only, since other files name it.
    """

    LINE = "line"
    WORDS = "words"
    DATE = "date"
    CHOICE = "choice"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One value of each row.

    Attributes:
        at: Where it stands in the row, outermost first.
        label: A marked sentence.
        is_key: Fixed once it is there, and filled in for a new row.
    """

    at: tuple[str, ...]
    label: str
    kind: FieldKind = FieldKind.LINE
    options: tuple[str, ...] = ()
    is_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A list of a file, or with ``single`` one mapping.

    Attributes:
        at: Where it stands; an int is a row of a list.
        label: A marked sentence.
        about: What the row belongs to, as the file calls it; empty for the whole file.
        grows: Rows may be added and taken away.
    """

    at: tuple[str | int, ...]
    label: str
    columns: tuple[Column, ...]
    about: str = ""
    single: bool = False
    grows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value in a form, under the name by which it is sent back."""

    name: str
    column: Column
    value: str

    @property
    def kind(self) -> FieldKind:
        """How it is filled in now."""
        return FieldKind.FIXED if self.column.is_key and self.value else self.column.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRow:
    """A row of a form; `gone` is the name of the box that takes it away, empty for none."""

    fields: tuple[Field, ...]
    gone: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """A list of a form."""

    section: Section
    rows: tuple[FormRow, ...]


_KEY = Column(at=("key",), label=mark("Nyckel"), is_key=True)
_SWEDISH = Column(at=("name", "sv"), label=mark("Namn på svenska"))
_ENGLISH = Column(at=("name", "en"), label=mark("Namn på engelska"))
_ALSO = Column(at=("also",), label=mark("Kallas också"), kind=FieldKind.WORDS)
_ANSWERS = Column(at=("answers",), label=mark("Svarar"))
_SUBSTITUTES = Column(at=("substitutes",), label=mark("Ersättare"), kind=FieldKind.WORDS)

_FORMS: Final[Mapping[str, tuple[Section, ...]]] = {
    "knowledge/tags.yaml": (
        Section(
            at=("tags",),
            label=mark("Märkningar"),
            columns=(
                Column(at=("code",), label=mark("Kod"), kind=FieldKind.FIXED),
                Column(at=("process",), label=mark("Process"), kind=FieldKind.FIXED),
                Column(at=("also",), label=mark("Skrivs också"), kind=FieldKind.WORDS),
            ),
        ),
    ),
    "knowledge/processes.yaml": (
        Section(
            at=("processes",),
            label=mark("Processer"),
            columns=(_KEY, Column(at=("code",), label=mark("Kod")), _SWEDISH, _ENGLISH, _ALSO),
        ),
    ),
    "knowledge/customers.yaml": (
        Section(
            at=("customers",),
            label=mark("Kunder"),
            grows=True,
            columns=(
                _KEY,
                Column(at=("name",), label=mark("Namn")),
                Column(
                    at=("kind",),
                    label=mark("Sort"),
                    kind=FieldKind.CHOICE,
                    options=tuple(kind.value for kind in CustomerKind),
                ),
                _ALSO,
                Column(at=("abbreviations",), label=mark("Förkortningar"), kind=FieldKind.WORDS),
                Column(at=("domains",), label=mark("Domäner"), kind=FieldKind.WORDS),
                Column(at=("since",), label=mark("Från och med"), kind=FieldKind.DATE),
                Column(at=("until",), label=mark("Till och med"), kind=FieldKind.DATE),
                Column(at=("into",), label=mark("Gick upp i")),
            ),
        ),
    ),
    "knowledge/links.yaml": (
        Section(
            at=(),
            label=mark("Avsändare"),
            single=True,
            columns=(
                Column(at=("sender_name",), label=mark("Avsändare i brev")),
                Column(at=("support_phone",), label=mark("Telefon för kunder")),
                Column(at=("internal_phone",), label=mark("Telefon inom staden")),
                Column(at=("web",), label=mark("Kundwebben")),
                Column(at=("feedback",), label=mark("Synpunkter")),
            ),
        ),
        Section(
            at=("more",),
            label=mark("Länkar"),
            grows=True,
            columns=(_KEY, _SWEDISH, _ENGLISH, Column(at=("url",), label=mark("Adress"))),
        ),
    ),
    "knowledge/hours.yaml": (
        Section(
            at=("week",),
            label=mark("Öppettider"),
            single=True,
            columns=tuple(
                Column(at=(day.value,), label=label, kind=FieldKind.WORDS)
                for day, label in zip(
                    Weekday,
                    (
                        mark("Måndag"),
                        mark("Tisdag"),
                        mark("Onsdag"),
                        mark("Torsdag"),
                        mark("Fredag"),
                        mark("Lördag"),
                        mark("Söndag"),
                    ),
                    strict=True,
                )
            ),
        ),
        Section(
            at=("half_days",),
            label=mark("Halvdagar"),
            single=True,
            columns=(
                Column(at=("closes",), label=mark("Stänger")),
                Column(
                    at=("eves",),
                    label=mark("Vilka dagar"),
                    kind=FieldKind.WORDS,
                    options=tuple(eve.value for eve in Eve),
                ),
            ),
        ),
        Section(
            at=(),
            label=mark("Stängt"),
            single=True,
            columns=(Column(at=("closed",), label=mark("Stängda dagar"), kind=FieldKind.WORDS),),
        ),
        Section(
            at=("open",),
            label=mark("Öppet ändå"),
            grows=True,
            columns=(
                Column(at=("date",), label=mark("Dag"), kind=FieldKind.DATE),
                Column(at=("hours",), label=mark("Tider"), kind=FieldKind.WORDS),
            ),
        ),
    ),
}

_ABSENCES = Section(
    at=("absences",),
    label=mark("Frånvaro"),
    grows=True,
    columns=(
        Column(at=("person",), label=mark("Vem")),
        Column(at=("from",), label=mark("Från och med"), kind=FieldKind.DATE),
        Column(at=("to",), label=mark("Till och med"), kind=FieldKind.DATE),
    ),
)


def has_form(path: DocumentPath) -> bool:
    """Tell whether there is a form for a document."""
    return path in _FORMS or path == "knowledge/duty.yaml"


def form_of(path: DocumentPath, text: str) -> tuple[FormSection, ...]:
    """Return a document as a form; empty where there is none for it, or the text is wrong."""
    if not has_form(path):
        return ()
    try:
        file = YamlText(path, text)
    except KnowledgeErrors:
        return ()
    return tuple(
        FormSection(section=section, rows=tuple(_rows(file, n, section)))
        for n, section in enumerate(_sections(path, file))
    )


def filled_in(path: DocumentPath, text: str, sent: Mapping[str, str]) -> str:
    """Return a document with what was filled in; fields that were not sent stay as they are.

    Raises:
        DataError: A value is too long.
        KnowledgeErrors: The text cannot be read.
    """
    if any(len(value) > _LONGEST for value in sent.values()):
        raise DataError("ett värde är för långt; högst {n} tecken", n=_LONGEST)
    file = YamlText(path, text)
    for n, section in enumerate(_sections(path, file)):
        gone = []
        for row in _rows(file, n, section):
            if row.gone and sent.get(row.gone):
                gone.append(row)
                continue
            changed = {
                field.column: sent[field.name].strip()
                for field in row.fields
                if field.name in sent
                and field.kind is not FieldKind.FIXED
                and _tidy(sent[field.name], field.column) != field.value
            }
            _write(file, section, row, changed)
        for row in reversed(gone):
            file.remove(section.at, _index(row))
    return file.text()


def _sections(path: DocumentPath, file: YamlText) -> Sequence[Section]:
    if path != "knowledge/duty.yaml":
        return _FORMS[path]
    found = [_ABSENCES]
    for n, post in enumerate(file.get(("posts",)) or ()):
        about = str(post.get("mailbox") or post.get("line") or "")
        place: tuple[str | int, ...] = ("posts", n)
        found += [
            Section(
                at=(*place, "rota"),
                label=mark("Turordning"),
                about=about,
                grows=True,
                columns=(_ANSWERS, _SUBSTITUTES),
            ),
            Section(
                at=(*place, "weeks"),
                label=mark("Vissa veckor"),
                about=about,
                grows=True,
                columns=(
                    Column(at=("from",), label=mark("Från vecka")),
                    Column(at=("to",), label=mark("Till vecka")),
                    _ANSWERS,
                    _SUBSTITUTES,
                ),
            ),
            Section(
                at=(*place, "days"),
                label=mark("Vissa dagar"),
                about=about,
                grows=True,
                columns=(
                    Column(at=("day",), label=mark("Dag"), kind=FieldKind.DATE),
                    _ANSWERS,
                    _SUBSTITUTES,
                ),
            ),
        ]
    return found


def _rows(file: YamlText, n: int, section: Section) -> list[FormRow]:
    found = file.get(section.at)
    if section.single:
        return [_row(file, f"{n}.0", section, found)]
    rows = [
        _row(file, f"{n}.{i}", section, row, gone=section.grows)
        for i, row in enumerate(found or ())
    ]
    if section.grows:
        rows += [_row(file, f"{n}.new{i}", section, None) for i in range(_MOST_NEW)]
    return rows


def _row(
    file: YamlText, name: str, section: Section, row: object, *, gone: bool = False
) -> FormRow:
    return FormRow(
        fields=tuple(
            Field(name=f"{name}.{i}", column=column, value=file.said(row, column.at))
            for i, column in enumerate(section.columns)
        ),
        gone=f"{name}.gone" if gone else "",
        is_new=".new" in name,
    )


def _index(row: FormRow) -> int:
    return int(row.fields[0].name.split(".")[1])


def _tidy(value: str, column: Column) -> str:
    if column.kind is FieldKind.WORDS:
        return ", ".join(word for part in value.split(",") if (word := part.strip()))
    return " ".join(value.split())


def _write(file: YamlText, section: Section, row: FormRow, changed: Mapping[Column, str]) -> None:
    if not changed:
        return
    if row.is_new:
        place = file.add(section.at)
    else:
        place = section.at if section.single else (*section.at, _index(row))
    for column in section.columns:
        if column not in changed:
            continue
        value = _tidy(changed[column], column)
        if column.kind is FieldKind.WORDS:
            file.put(place, column.at, value.split(", ") if value else [])
        else:
            file.put(place, column.at, value)
