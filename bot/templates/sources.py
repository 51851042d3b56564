"""Template files, compiled in a sandbox after a check of the values that they use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.errors import KnowledgeError
from bot.templates.definition import read_text


class Sources:
    """Compiles template files and checks that they use only values they are given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FileSystemLoader(folder),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html.j2"),
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )

    def compiled(self, key: str, known: Iterable[str]) -> jinja2.Template:
        """Compile a file after checking it and everything it extends or includes."""
        allowed = frozenset(known)
        waiting, seen = [key], {key}
        while waiting:
            current = waiting.pop()
            tree = self._parsed(current)
            for name in sorted(meta.find_undeclared_variables(tree) - allowed):
                raise self._fault(current, None, f"the value {name} is not among the fields")
            for other in meta.find_referenced_templates(tree):
                if other is None:
                    raise self._fault(current, None, "a base must be named in plain text")
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return self._environment.get_template(key)

    def _parsed(self, key: str) -> jinja2.nodes.Template:
        try:
            return self._environment.parse(read_text(self._folder / key))
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(key, error.lineno, error.message or "wrong syntax") from error

    def _fault(self, key: str, line: int | None, what: str) -> KnowledgeError:
        return KnowledgeError(str(self._folder / key), line, what)
