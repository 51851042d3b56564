"""A letter in outline: how it will read, without anything that a mail has said.

For places that mail text must not reach (DESIGN, promise 5), as Slack. What comes from the
mails, such as invoice numbers, and what a person has yet to write stand as marks in brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.cases import Case
from bot.errors import NotFound
from bot.reply_rules import ASKING
from bot.services.known_values import language_of
from bot.services.letter_preview import case_values, house_values
from bot.services.writing import Writer
from bot.store.unit_of_work import Database
from bot.templates import FieldType, Mark, Template
from bot.vocabulary import Language, TemplateKey

_FROM_MAILS = frozenset({"invoice_numbers"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A value that a person writes.

    Attributes:
        about: What it is, in the words of the template.
    """

    name: str
    about: str
    kind: FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A letter in outline.

    Attributes:
        asked: What a person must write before it can go out.
        two_people: A colleague must approve it before it goes out.
    """

    template: TemplateKey
    title: str
    text: str
    asked: tuple[Asked, ...]
    two_people: bool


class Outlines:
    """Draws letters in outline; reads only."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def outline(self, case: Case, name: str, reader: str = Language.SWEDISH) -> Outline:
        """Return a letter on a case in outline, in the language in which it will be written.

        Args:
            reader: The language of whoever reads the outline: that of title and marks.

        Raises:
            NotFound: There is no such template.
        """
        if name not in self._writer.templates.names():
            raise NotFound("det finns ingen sådan mall; kontrollera namnet")
        template = self._writer.templates.get(TemplateKey(name))
        known = self._known(case, template)
        language = language_of(case, template)
        values = {**dict(_marks(template, reader)), **known}
        rendered = self._writer.templates.render(template.name, language, values)
        return Outline(
            template=template.name,
            title=template.title_in(reader),
            text=rendered.text,
            asked=tuple(self._asked(case, template, known, reader)),
            two_people=template.name in self._writer.replies.two_people,
        )

    def _known(self, case: Case, template: Template) -> dict[str, object]:
        knowledge = self._writer.house.knowledge
        return {
            **house_values(template, knowledge.links),
            **case_values(case, f"[#{case.number}]", (), knowledge),
        }

    def _asked(
        self, case: Case, template: Template, known: dict[str, object], reader: str
    ) -> Iterator[Asked]:
        if template.name in ASKING:
            return  # they are written from what is missing on the case
        with self._database.reading() as work:
            named = bool(work.case_invoices.of_cases([case.id]).get(case.id, ()))
        for name, field in template.fields.items():
            filled = name in known or (name in _FROM_MAILS and named)
            if field.required and not filled and field.link is None:
                yield Asked(name=name, about=field.about_in(reader), kind=field.type)


def _marks(template: Template, reader: str) -> Iterator[tuple[str, object]]:
    """Yield what stands for each value; for a link, which is no text, that is the sample."""
    for name, field in template.fields.items():
        if field.type is FieldType.LINK:
            yield name, field.sample
        elif field.type is FieldType.DATE and not field.sample:
            yield name, ""
        elif field.type is FieldType.LINES:
            yield name, (f"[{field.about_in(reader)}]",)
        else:
            yield name, Mark(f"[{field.about_in(reader)}]")
