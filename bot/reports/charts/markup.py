"""Elements of XML and HTML, in which every text is escaped.

Texts may come from mail. A control character would make a whole drawing unreadable, and a
character that turns the direction of writing would turn a number around; both are shown as the
sign for something unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufffe\uffff]"
)
_VOID: Final = frozenset({"meta", "col", "br"})

Value = str | int | float | None
"""Of an attribute; None leaves the attribute out."""


class Markup(str):
    """Text that is markup already, and is not escaped again."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell templates that escape by themselves that this is markup."""
        return str(self)


def readable(text: str) -> str:
    """Return a text without the characters that XML forbids or that turn what stands around."""
    return _UNREADABLE.sub("\ufffd", text)


def escaped(text: str) -> Markup:
    """Return a text as markup that shows it."""
    return text if isinstance(text, Markup) else Markup(escape(readable(text), quote=True))


def element(name: str, given: Mapping[str, Value] | None = None, /, *children: str) -> Markup:
    """Return an element of HTML or SVG.

    Args:
        name: Written by us, as are the names of attributes.
        given: Attributes; their values are escaped, numbers have at most two decimals.
        children: Texts are escaped, markup is not.
    """
    opening = f"<{name}" + "".join(
        f' {key}="{_written(value)}"' for key, value in (given or {}).items() if value is not None
    )
    if name in _VOID:
        return Markup(f"{opening}>")
    return Markup(f"{opening}>{joined(children)}</{name}>")


def joined(parts: Iterable[str]) -> Markup:
    """Return parts one after the other; texts are escaped."""
    return Markup("".join(escaped(part) for part in parts))


def _written(value: str | int | float) -> str:
    if isinstance(value, str):
        return escape(readable(value), quote=True)
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
