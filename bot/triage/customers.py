"""Which customer unit a mail comes from: by the register, else by the form of its name.

No decision depends on it. A unit in no list is recognised by what such names look like:
"… stadsdelsförvaltning", "… sdf", "…förvaltningen", "… AB".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.folding import fold
from bot.language.tokens import words
from bot.triage.cues import CustomerRule

_DISTRICT = re.compile(
    r"\b(?:[A-ZÅÄÖ][\w-]{1,30} ){0,2}[A-ZÅÄÖ][\w-]{1,30} (?:stadsdelsförvaltning(?:en)?|sdf|SDF)\b"
    r"|\b[Ss]tadsdelsförvaltningen(?: [A-ZÅÄÖ][\w-]{1,30}){1,2}"
)
_ADMINISTRATION = re.compile(r"\b[A-ZÅÄÖa-zåäö-]{3,30}(?:förvaltningen|kontoret)\b")
_COMPANY = re.compile(
    r"\b(?:[A-ZÅÄÖ][\w&'-]{0,30} (?:i |och |& )?){1,5}(?:AB|HB|KB|Oy|ApS|Ltd|GmbH)\b"
    r"|\bAB(?: [A-ZÅÄÖ][\w&'-]{1,30}){1,3}"
)
_OURSELVES = ("serviceforvaltningen", "kundreskontra")
_NOT_UNITS = frozenset(("kontoret", "forvaltningen", "bankkontoret", "postkontoret", "hemkontoret"))
_SHORT = 4
"""Abbreviations up to so many letters count only in capitals, and beside a name."""
_CLIP = 80
_SIGNED_LINE = 60
_EXAMINED = 4_000


class CustomerNames:
    """The register, compiled."""

    __slots__ = ("_longest", "_names", "_shorts")

    def __init__(self, customers: Iterable[CustomerRule]) -> None:
        """Compile names and abbreviations; the first customer with a name keeps it."""
        self._names: dict[tuple[str, ...], str] = {}
        self._shorts: dict[str, str] = {}
        for customer in customers:
            for form in (customer.name, *customer.also):
                parts = tuple(words(fold(form)))
                if not parts:
                    continue
                if len(parts) == 1 and len(parts[0]) <= _SHORT:
                    self._shorts.setdefault(form.strip(), customer.name)
                else:
                    self._names.setdefault(parts, customer.name)
        self._longest: dict[str, int] = {}
        for parts in self._names:
            self._longest[parts[0]] = max(len(parts), self._longest.get(parts[0], 0))

    def find(self, signature: str, sender: str, text: str) -> str | None:
        """Return the unit that a mail names, as the register writes it or as it stands there.

        Where people sign comes first, then the sender's name, then the text.
        """
        signed = f"{sender}\n{signature}\n{_last_lines(text)}"[:_EXAMINED]
        return (
            self._listed(signed)
            or _by_form(signed, companies=True)
            or self._listed(text[:_EXAMINED])
            or _by_form(text[:_EXAMINED], companies=False)
        )

    def _listed(self, text: str) -> str | None:
        parts = words(fold(text))
        for start, first in enumerate(parts):
            for size in range(min(self._longest.get(first, 0), len(parts) - start), 0, -1):
                found = self._names.get(tuple(parts[start : start + size]))
                if found:
                    return found
        if self._shorts:
            for word in re.findall(r"\b[A-ZÅÄÖ][A-ZÅÄÖa-zåäö-]{1,3}\b", text):
                if word in self._shorts and word.isupper():
                    return self._shorts[word]
        return None


def _last_lines(text: str) -> str:
    """Return the short lines at the end of a text, where people sign without a greeting."""
    signed: list[str] = []
    for line in reversed(text[-400:].strip().splitlines()):
        if len(line) > _SIGNED_LINE or line.rstrip().endswith((".", "?", "!")):
            break
        signed.append(line)
    return "\n".join(signed)


def _by_form(text: str, *, companies: bool) -> str | None:
    for pattern in (_DISTRICT, _ADMINISTRATION, *((_COMPANY,) if companies else ())):
        for match in pattern.finditer(text):
            name = " ".join(match.group().split())[:_CLIP]
            folded = fold(name)
            if folded not in _NOT_UNITS and not folded.startswith(_OURSELVES):
                return name
    return None
