"""The form of a reply: the values of a letter that a person may fill in, and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.reply_rules import ReplyDraft
from bot.services.letter_preview import case_values, house_values
from bot.services.writing import Writer, is_day
from bot.store.unit_of_work import Database
from bot.templates import FieldType, Template
from bot.vocabulary import Language

_LONGEST: Final[Mapping[FieldType, int]] = {
    FieldType.LINE: 200,
    FieldType.LINK: 500,
}
_LONGEST_TEXT: Final = 5000
_FURTHEST: Final = timedelta(days=366)
"""A later day is a slip of the pen: no letter promises anything for it."""


class Unfit(StrEnum):
    """Why a value cannot stand in a letter."""

    DATE = "date"
    PAST = "past"
    FAR = "far"
    LINK = "link"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyField:
    """A value of a letter that a person may fill in.

    Attributes:
        about: What it is, in the words of the template.
        kind: ``line``, ``lines``, ``text``, ``link`` or ``date``.
        value: What stands there now, a list line by line; empty for nothing.
    """

    name: str
    about: str
    kind: str
    required: bool
    value: str

    @property
    def is_long(self) -> bool:
        """Tell whether it takes several lines."""
        return self.kind in (FieldType.LINES, FieldType.TEXT)


class ReplyForms:
    """Reads drafts as forms; reads only."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def title(self, draft: ReplyDraft, language: str) -> str:
        """Return what the template of a draft is called, in a language."""
        return self._writer.templates.get(draft.template).title_in(language)

    def fields(self, draft: ReplyDraft, language: str = Language.SWEDISH) -> tuple[ReplyField, ...]:
        """Return the values that a person may fill in, in the order of the template.

        What the centre itself or the case gives to every letter is left out.
        """
        with self._database.reading() as work:
            case = work.cases.get(draft.case_id)
            values = self._writer.values(work, case, draft)
        template = self._writer.templates.get(draft.template)
        knowledge = self._writer.house.knowledge
        fixed = {
            **house_values(template, knowledge.links),
            **case_values(case, "", (), knowledge),
        }
        return tuple(_fields(template, values, fixed, language))

    def given(
        self, draft: ReplyDraft, typed: Mapping[str, str]
    ) -> tuple[dict[str, str | list[str]], dict[str, Unfit]]:
        """Return the values that were changed, and what is wrong with some of them.

        Args:
            typed: Name of a value -> text as it came from a form.
        """
        template, today = self._writer.templates.get(draft.template), self._writer.today()
        given: dict[str, str | list[str]] = {}
        wrong: dict[str, Unfit] = {}
        for field in self.fields(draft):
            if field.name not in typed:
                continue
            text = typed[field.name].strip()
            kind = FieldType(field.kind)
            fault = _fault(kind, text)
            if kind is FieldType.DATE and text and fault is None:
                coming = template.fields[field.name].coming
                fault = _fault_of_day(date.fromisoformat(text), today, coming=coming)
            if fault is not None:
                wrong[field.name] = fault
            if _plain(text) == _plain(field.value):
                continue
            given[field.name] = _plain(text) if field.kind == FieldType.LINES else text
        return given, wrong


def _fields(
    template: Template, values: Mapping[str, object], fixed: Mapping[str, object], language: str
) -> Iterator[ReplyField]:
    for name, field in template.fields.items():
        if name in fixed or field.link is not None:
            continue
        yield ReplyField(
            name=name,
            about=field.about_in(language),
            kind=field.type.value,
            required=field.required,
            value=_as_text(values.get(name)),
        )


def _plain(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(line) for line in value)
    return str(value)


def _fault(kind: FieldType, text: str) -> Unfit | None:
    if not text:
        return None
    if kind is FieldType.DATE:
        return None if is_day(text) else Unfit.DATE
    if len(text) > _LONGEST.get(kind, _LONGEST_TEXT):
        return Unfit.TOO_LONG
    if kind is FieldType.LINK and not text.startswith("https://"):
        return Unfit.LINK
    return None


def _fault_of_day(day: date, today: date, *, coming: bool) -> Unfit | None:
    if coming and day < today:
        return Unfit.PAST
    return Unfit.FAR if day - today > _FURTHEST else None
