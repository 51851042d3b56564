"""Slots: the places of a text that differ from mail to mail, and the values that fill them.

A text is written once with unmistakable values, read by the real programs, and turned into a
pattern by finding those values again in what came out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from bot.language.folding import fold


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes, prepared for all places where a name stands."""

    first: str
    last: str
    local: str
    """What stands before the @ of the address."""


def slots_of(
    *, person: Person, place: str, number: str, amount: str, day: str, more: Mapping[str, str]
) -> dict[str, str]:
    """Return the value of every slot of a mail, in each form in which it can stand."""
    return {
        **slots_of_name(person.first, person.last),
        **slots_of_place(place),
        "local": person.local,
        "n": number,
        "amount": amount,
        "day": day,
        **more,
    }


def slots_of_name(first: str, last: str) -> dict[str, str]:
    """Return the values of the slots for a name, in each form, and what an address has of it."""
    return {
        "first": first,
        "last": last,
        "local": local_part(first, last, 0),
        "q_first": quoted(first),
        "q_last": quoted(last),
        "j_first": escaped(first),
        "j_last": escaped(last),
    }


def slots_of_place(place: str) -> dict[str, str]:
    """Return the values of the slots for a place, in each form."""
    return {"place": place, "q_place": quoted(place), "j_place": escaped(place)}


@cache
def quoted(text: str) -> str:
    """Return text as it stands inside an encoded word of a header."""
    return "".join(
        char if char.isascii() and (char.isalnum() or char in "-!*+/") else _hex(char)
        for char in text
    )


def _hex(char: str) -> str:
    return "_" if char == " " else "".join(f"={byte:02X}" for byte in char.encode())


@cache
def escaped(text: str) -> str:
    """Return text as it stands inside a string of JSON."""
    return json.dumps(text)[1:-1]


@cache
def _local_name(first: str, last: str) -> str:
    return f"{fold(first)}.{fold(last)}".replace(" ", "")


def local_part(first: str, last: str, serial: int) -> str:
    """Return what stands before the @ of a person's address."""
    name = _local_name(first, last)
    return f"{name}{serial}" if serial else name


class Pattern:
    """A text with slots."""

    __slots__ = ("names", "text")

    def __init__(self, text: str, values: Mapping[str, str], names: Sequence[str]) -> None:
        """Find values in a text, the longer ones first.

        Args:
            names: The slots that can stand in it.
        """
        pattern = text.replace("%", "%%")
        for name in sorted(names, key=lambda name: -len(values[name])):
            if values[name]:
                pattern = pattern.replace(values[name].replace("%", "%%"), f"%({name})s")
        self.text = pattern
        self.names = tuple(name for name in names if f"%({name})s" in pattern)

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with other values."""
        return self.text % values
