"""A form as somebody filled it in, and what is wrong with it, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands in a form; ``_layout/fields.html`` draws its fields.

    Attributes:
        typed: Name of a field -> what was typed; nothing where nothing was.
        errors: Name of a field -> what is wrong with it, in the viewer's language.
    """

    typed: Mapping[str, str] = field(default_factory=dict, repr=False)
    errors: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """Return what was typed."""
        return self.typed.get(name, "")

    def error(self, name: str) -> str:
        """Return what is wrong with a field; empty for nothing."""
        return self.errors.get(name, "")


def row_number(text: str) -> int | None:
    """Return the number of a row that stands in an address; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
