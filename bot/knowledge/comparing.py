"""What the checks of agreement share: values with their places, and two errors about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar

from rapidfuzz import fuzz, process

from bot.errors import KnowledgeError, Saying
from bot.knowledge.yaml_file import Document, KnowledgeModel, Location

Errors = Iterator[KnowledgeError]
Found = Sequence[tuple[Location, str]]
"""Values of one kind, and where each stands."""
_E = TypeVar("_E", bound=KnowledgeModel)
_NEAR = 60


def placed(above: Location, entries: Iterable[_E]) -> list[tuple[Location, _E]]:
    """Return entries, each with its place below another."""
    return [((*above, i), entry) for i, entry in enumerate(entries)]


def values(entries: Iterable[tuple[Location, KnowledgeModel]], *fields: str) -> Found:
    """Return what stands in some fields of entries; each item of a list, and nothing for None."""
    found: list[tuple[Location, str]] = []
    for where, entry in entries:
        for field in fields:
            value = getattr(entry, field)
            if isinstance(value, tuple):
                found += [((*where, field, n), item) for n, item in enumerate(value)]
            elif value is not None:
                found.append(((*where, field), value))
    return found


def twice(document: Document[Any], what: str, found: Found) -> Errors:
    """Yield an error where a value stands a second time, capitals aside.

    Args:
        what: A marked word in the definite form.
    """
    first: dict[str, int] = {}
    for where, value in found:
        word = value.casefold()
        if word in first:
            twice = Saying(
                "{what} står två gånger; först på rad {first}", what=Saying(what), first=first[word]
            )
            yield document.error(twice, *where)
        else:
            first[word] = document.line(*where)


def unknown(
    document: Document[Any], what: str, found: Found, known: AbstractSet[str] | None
) -> Errors:
    """Yield an error where a key does not exist, with the nearest one that does.

    Args:
        what: A marked word in the definite form.
    """
    if known is None:
        return
    for where, key in found:
        if key not in known:
            near = process.extractOne(key, sorted(known), scorer=fuzz.ratio, score_cutoff=_NEAR)
            yield document.error(_no_such(what, key, None if near is None else near[0]), *where)


def _no_such(what: str, key: str, near: str | None) -> Saying:
    if near is None:
        return Saying("{what} {key} finns inte", what=Saying(what), key=key)
    return Saying(
        "{what} {key} finns inte; menade du {near}?", what=Saying(what), key=key, near=near
    )
