"""The made words of customers and staff, as `wording.toml` has them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What some mails are about.

    Attributes:
        source: Who writes: unit, citizen, company or bounce.
        headers: Further lines of the head, as they stand.
    """

    share: int
    source: str
    subjects: tuple[str, ...]
    texts: tuple[str, ...]
    mailbox: str = "info"
    lang: str = "sv"
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """All words; the texts hold slots in braces, see `wording.toml`."""

    topics: tuple[Topic, ...]
    ignored: tuple[Topic, ...]
    greetings: dict[str, tuple[str, ...]]
    farewells: dict[str, tuple[str, ...]]
    fillers: dict[str, tuple[str, ...]]
    follow_ups: tuple[str, ...]
    answers: tuple[str, ...]
    calls: tuple[str, ...]
    remarks: tuple[str, ...]
    points: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    places: tuple[str, ...]
    domains: dict[str, tuple[str, ...]]


@cache
def load_wording() -> Wording:
    """Read the words that came with the program."""
    given = tomllib.loads(resources.files(__package__).joinpath("wording.toml").read_text("utf-8"))
    return Wording(
        topics=tuple(map(_topic, given["topic"])),
        ignored=tuple(map(_topic, given["ignored"])),
        greetings={"sv": tuple(given["greetings"]), "en": tuple(given["greetings_en"])},
        farewells={"sv": tuple(given["farewells"]), "en": tuple(given["farewells_en"])},
        fillers={"sv": tuple(given["fillers"]), "en": tuple(given["fillers_en"])},
        follow_ups=tuple(given["follow_ups"]),
        answers=tuple(given["answers"]),
        calls=tuple(given["calls"]),
        remarks=tuple(given["remarks"]),
        points=tuple(given["points"]),
        first_names=tuple(given["names"]["first"]),
        last_names=tuple(given["names"]["last"]),
        places=tuple(
            f"{first} {second}"
            for first in given["places"]["first"]
            for second in given["places"]["second"]
        ),
        domains={key: tuple(value) for key, value in given["domains"].items()},
    )


def _topic(given: dict[str, Any]) -> Topic:
    return Topic(
        share=given["share"],
        source=given["from"],
        subjects=tuple(given["subjects"]),
        texts=tuple(given["texts"]),
        mailbox=given.get("mailbox", "info"),
        lang=given.get("lang", "sv"),
        headers=tuple(given.get("headers", ())),
    )
