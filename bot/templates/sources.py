"""Template files, compiled in a sandbox after a check of the values that they use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.errors import KnowledgeError, Saying
from bot.templates.definition import read_text
from bot.texts import mark

_QUOTED: Final = re.compile(r"'([^']*)'")
_FAULTS: Final = (
    ("end of template", mark("något avslutas inte, som ett if eller en klammer")),
    ("unknown tag", mark("taggen {name} finns inte")),
    ("No filter named", mark("filtret {name} finns inte")),
    ("No test named", mark("testet {name} finns inte")),
    ("comment", mark("en kommentar avslutas inte")),
)
"""Words of Jinja2 -> what the person who edits the template should look for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Uses:
    """What a file takes: values by name, and other files, None where one is computed."""

    values: frozenset[str]
    files: tuple[str | None, ...]


class Sources:
    """Compiles template files and checks that they use only values they are given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, _Uses] = {}
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._environment.filters["breaks"] = _breaks

    def compiled(self, key: str, known: Iterable[str]) -> jinja2.Template:
        """Compile a file after checking it and everything it extends or includes."""
        allowed = frozenset(known)
        waiting, seen = [key], {key}
        while waiting:
            current = waiting.pop()
            uses = self._uses(current)
            for name in sorted(uses.values - allowed):
                what = Saying("uppgiften {name} finns inte bland fälten", name=name)
                raise self._fault(current, None, what)
            for other in uses.files:
                if other is None:
                    what = Saying("en grundmall måste anges med sitt namn")
                    raise self._fault(current, None, what)
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return self._environment.get_template(key)

    def _uses(self, key: str) -> _Uses:
        known = self._known.get(key)
        if known is None:
            tree = self._parsed(key)
            known = self._known[key] = _Uses(
                values=frozenset(meta.find_undeclared_variables(tree)),
                files=tuple(meta.find_referenced_templates(tree)),
            )
        return known

    def _parsed(self, key: str) -> jinja2.nodes.Template:
        try:
            return self._environment.parse(read_text(self._folder / key))
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(key, error.lineno, _not_jinja(error)) from error

    def _fault(self, key: str, line: int | None, what: Saying) -> KnowledgeError:
        return KnowledgeError(str(self._folder / key), line, what)


def _breaks(text: str) -> Markup:
    """Keep the line breaks of a text in HTML."""
    return Markup("<br>\n").join(text.split("\n"))


def _not_jinja(error: jinja2.TemplateSyntaxError) -> Saying:
    said = error.message or ""
    named = [*_QUOTED.findall(said), "?"]
    for sign, sentence in _FAULTS:
        if sign in said:
            return Saying(sentence, name=named[0]) if "{name}" in sentence else Saying(sentence)
    return Saying("raden går inte att läsa; kontrollera klamrar, ord och citattecken")
