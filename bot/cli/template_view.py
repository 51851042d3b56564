"""Templates and previews of letters, as tables for people and as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape

from bot.cli.wide_tables import Table
from bot.knowledge.name_book import NameBook
from bot.services.letter_preview import Preview
from bot.templates import Template
from bot.texts import Say


def as_values(template: Template) -> Mapping[str, Any]:
    """Return a template as JSON values."""
    return {
        "name": template.name,
        "code": template.code,
        "title": template.title,
        "title_en": template.title_en,
        "purpose": template.purpose,
        "purpose_en": template.purpose_en,
        "when": template.when,
        "when_en": template.when_en,
        "form": template.form.value,
        "sending": template.sending.value,
        "auto_when": None if template.auto_when is None else template.auto_when.value,
        "urgency": template.urgency.value,
        "processes": list(template.processes),
        "matters": list(template.matters),
        "languages": [language.value for language in template.languages],
        "version": template.version,
        "fields": {
            name: field.model_dump(mode="json", exclude_none=True)
            for name, field in template.fields.items()
        },
    }


def preview_values(made: Preview, say: Say) -> Mapping[str, Any]:
    """Return a letter as JSON values, with the advice in words."""
    return {
        "template": made.rendered.template,
        "language": made.rendered.language.value,
        "version": made.rendered.version,
        "subject": made.rendered.subject,
        "text": made.rendered.text,
        "html": made.rendered.html,
        "samples": list(made.samples),
        "advice": [{"code": found.hint.value, "what": what} for found, what in _advice(made, say)],
    }


def _advice(made: Preview, say: Say) -> list[tuple[Any, str]]:
    return [(found, say.code(f"plain.{found.hint}", **found.values)) for found in made.findings]


def show_list(templates: Sequence[Template], console: Console, say: Say) -> None:
    """Print one line for each template."""
    if not templates:
        console.print(say("Ingen mall passar."))
        return
    table = Table(box=box.SIMPLE)
    for heading in (say("Nr"), say("Mall"), say("Namn"), say("Skickas")):
        table.add_column(heading)
    for template in templates:
        table.add_row(
            template.code or "",
            template.name,
            escape(template.title_in(say.language)),
            say.code(f"sending.{template.sending}"),
        )
    console.print(table)


def show_one(template: Template, console: Console, say: Say, names: NameBook) -> None:
    """Print what a template is for and the values it takes."""
    auto = template.auto_when
    rows = [
        (say("Syfte"), template.purpose_in(say.language)),
        (say("När"), template.when_in(say.language)),
        (say("Skickas"), say.code(f"sending.{template.sending}")),
        (say("Dessutom"), "" if auto is None else say.code(f"auto_when.{auto}")),
        (say("Processer"), ", ".join(names.process(key) for key in template.processes)),
        (say("Ärendetyper"), ", ".join(names.matter(key) for key in template.matters)),
        (say("Språk"), ", ".join(say.code(f"language.{each}") for each in template.languages)),
        (say("Version"), template.version),
    ]
    title = escape(template.title_in(say.language))
    console.print(f"{template.code or ''} {title} ({template.name})".strip())
    for heading, value in rows:
        if value:
            console.print(f"  {heading}: {escape(value)}")
    table = Table(box=box.SIMPLE)
    for heading in (say("Uppgift"), say("Typ"), say("Krävs"), say("Vad"), say("Exempel")):
        table.add_column(heading)
    for name, field in template.fields.items():
        sample = field.sample if isinstance(field.sample, str) else ", ".join(field.sample)
        table.add_row(
            name,
            say.code(f"field_type.{field.type}"),
            say("ja") if field.required else say("nej"),
            escape(field.about_in(say.language)),
            escape(sample),
        )
    console.print(table)


def show_preview(made: Preview, console: Console, say: Say) -> None:
    """Print a letter, and below it the advice."""
    console.print(say("Ämne: {subject}", subject=made.rendered.subject), markup=False)
    console.print()
    console.print(made.rendered.text, markup=False, soft_wrap=True)
    if made.samples:
        console.print(say("Exempel: {names}", names=", ".join(made.samples)), markup=False)
    for _, what in _advice(made, say):
        console.print(say("Råd: {what}", what=what), markup=False)
    if not made.findings:
        console.print(say("Klarspråk: inga råd."))
