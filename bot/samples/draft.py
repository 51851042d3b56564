"""What a sample file says about one mail, before it becomes bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self


class Shape(StrEnum):
    """How a mail is built.

    raw: `Draft.body` is the whole mail, headers included. receipt: a read receipt. bounce:
    a delivery report.
    """

    PLAIN = "plain"
    FLOWED = "flowed"
    HTML = "html"
    ALTERNATIVE = "alternative"
    RECEIPT = "receipt"
    BOUNCE = "bounce"
    RAW = "raw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """An attachment: its name and what it pretends to be, a key of `files.KINDS`."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The keys of a ``[[mail]]``.

    Attributes:
        age: Minutes before the present at which it is delivered.
        to: The mailbox itself, if empty.
        return_path: The sender's address, if None.
        transfer: Content-Transfer-Encoding of the text.
        answers: Name of an older sample that it replies to.
        message_id: False for a mail without one.
    """

    name: str
    mailbox: str
    age: int
    sender: str
    expect: Mapping[str, str | bool]
    subject: str = ""
    body: str = ""
    html: str = ""
    also_in: tuple[str, ...] = ()
    to: str = ""
    cc: str = ""
    return_path: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    shape: Shape = Shape.PLAIN
    charset: str = "utf-8"
    transfer: str = "8bit"
    attachments: tuple[Enclosed, ...] = ()
    answers: str | None = None
    message_id: bool = True

    @classmethod
    def read(cls, entry: Mapping[str, Any]) -> Self:
        """Make a draft of a TOML table; TypeError for an unknown or missing key."""
        enclosed = tuple(Enclosed(**item) for item in entry.get("attachments", ()))
        return cls(
            **{
                **entry,
                "also_in": tuple(entry.get("also_in", ())),
                "shape": Shape(entry.get("shape", Shape.PLAIN)),
                "attachments": enclosed,
            }
        )
