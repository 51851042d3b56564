"""The templates as staff look them up: what each is for, and the letter that it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.errors import NotFound, UsageError
from bot.klarsprak import Rules
from bot.knowledge import Knowledge
from bot.services.letter_preview import Preview, found_by, preview, template_named
from bot.templates import Template, Templates
from bot.vocabulary import Language, MatterKey, ProcessKey

__all__ = ["LetterBook", "Shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template, and its letter filled with samples."""

    template: Template
    preview: Preview


class LetterBook:
    """Lists templates and writes letters with their samples.

    Args:
        rules: Returns what letters are reviewed by, read when first asked for.
    """

    def __init__(
        self,
        templates: Templates,
        knowledge: Knowledge,
        rules: Callable[[], Mapping[Language, Rules]],
    ) -> None:
        self._templates = templates
        self._knowledge = knowledge
        self._rules = rules

    def listed(
        self, *, word: str = "", process: ProcessKey | None = None, matter: MatterKey | None = None
    ) -> list[Template]:
        """Return the templates that fit; see `found_by`."""
        return found_by(self._templates, word=word, process=process, matter=matter)

    def show(self, name: str, language: str) -> Shown:
        """Return a template with its letter, in its first language where it lacks this one.

        Raises:
            NotFound: There is no such template.
        """
        try:
            template = template_named(name, self._templates)
        except UsageError as error:
            raise NotFound("mallen finns inte; se listan över mallar") from error
        spoken = language if language in template.languages else template.languages[0].value
        made = preview(
            template,
            spoken,
            templates=self._templates,
            links=self._knowledge.links,
            rules=self._rules(),
        )
        return Shown(template=template, preview=made)
