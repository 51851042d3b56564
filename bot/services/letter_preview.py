"""Letters as the customer will see them, filled with samples or from a case, with advice.

Who signs, the telephone numbers and the pages come from the knowledge, never from a sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.cases import Case
from bot.errors import UsageError
from bot.klarsprak import Finding, Rules, review
from bot.knowledge import Knowledge
from bot.knowledge.models import Links
from bot.templates import Form, Rendered, Template, Templates
from bot.vocabulary import Language, MatterKey, ProcessKey, TemplateKey

_LONGEST_NAME = 60
_AFTER_ALL = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A letter and what may be better in it.

    Attributes:
        samples: The values that are samples still, in the order of the template.
    """

    rendered: Rendered
    findings: tuple[Finding, ...]
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What may be better in a template, filled with its samples."""

    template: TemplateKey
    language: Language
    finding: Finding


def template_named(text: str, templates: Templates) -> Template:
    """Return the template with a name, such as ``delayed``, or a number, such as ``K11``.

    Raises:
        UsageError: There is none; names the nearest.
    """
    wanted = text.strip().lower()
    for name in templates.names():
        template = templates.get(name)
        if wanted in (name, (template.code or "").lower()):
            return template
    near = get_close_matches(wanted[:_LONGEST_NAME], templates.names(), n=1)
    if near:
        raise UsageError("det finns ingen sådan mall; menade du {near}?", near=near[0])
    raise UsageError("det finns ingen sådan mall; kontrollera namnet")


def found_by(
    templates: Templates,
    *,
    word: str = "",
    process: ProcessKey | None = None,
    matter: MatterKey | None = None,
) -> list[Template]:
    """Return the templates that fit, in the order of their numbers, those without one last.

    Args:
        word: Must stand in the name, number, title, purpose or time of use; capitals aside.
        process, matter: A template without any of its own fits them all.
    """
    wanted = word.strip().lower()
    return sorted(
        (
            template
            for template in map(templates.get, templates.names())
            if (wanted in template.described or wanted in (template.code or "").lower())
            and (process is None or not template.processes or process in template.processes)
            and (matter is None or not template.matters or matter in template.matters)
        ),
        key=_in_order,
    )


def _in_order(template: Template) -> tuple[int, str, str]:
    digits = "".join(sign for sign in template.code or "" if sign.isdigit())
    return int(digits) if digits else _AFTER_ALL, template.code or "", template.name


def house_values(template: Template, links: Links) -> dict[str, str]:
    """Return the values of a template that the knowledge gives to every letter.

    A page that the knowledge lacks is left out, so that the letter gets a hole.
    """
    pages = {page.key: page.url for page in links.more}
    return {
        "sender_name": links.sender_name,
        "support_phone": links.support_phone,
        "internal_phone": links.internal_phone,
        "link_web": links.web,
        "link_feedback": links.feedback,
        **{
            name: pages[field.link]
            for name, field in template.fields.items()
            if field.link is not None and field.link in pages
        },
    }


def case_values(
    case: Case, reference: str, invoices: Sequence[str], knowledge: Knowledge
) -> dict[str, object]:
    """Return what a case says of the values of any template; nothing of what a person decides.

    Args:
        reference: Its number with check letters; see `Identity.case_reference`.
        invoices: The numbers that the case names; none leaves them out.
    """
    values: dict[str, object] = {"case_number": str(case.number), "case_reference": reference}
    if invoices:
        values["invoice_numbers"] = tuple(invoices)
    process = None if case.process is None else knowledge.processes.get(case.process)
    if process is not None:
        language = Language.ENGLISH if case.language == Language.ENGLISH else Language.SWEDISH
        name = process.name.in_language(language)
        values |= {"process_name": name[:1].lower() + name[1:]}
        values |= {"tag_code": process.code}
    return values


def preview(
    template: Template,
    language: str,
    *,
    templates: Templates,
    links: Links,
    rules: Mapping[Language, Rules],
    values: Mapping[str, object] | None = None,
) -> Preview:
    """Write a letter with its samples, and review it.

    Args:
        values: What stands in place of samples.
    """
    sample = template.sample(language)
    given = {**house_values(template, links), **(values or {})}
    rendered = templates.render(template.name, language, {**sample, **given})
    findings = review(
        rendered.text,
        rules[rendered.language],
        contacts=[links.support_phone],
        whole=template.form is Form.LETTER,
    )
    samples = tuple(name for name, value in sample.items() if value and name not in given)
    return Preview(rendered=rendered, findings=findings, samples=samples)


def advice(
    templates: Templates, *, links: Links, rules: Mapping[Language, Rules]
) -> Iterator[Advice]:
    """Yield what may be better in each template, in each of its languages."""
    for name in templates.names():
        template = templates.get(name)
        for language in template.languages:
            made = preview(template, language, templates=templates, links=links, rules=rules)
            for finding in made.findings:
                yield Advice(template=name, language=language, finding=finding)
