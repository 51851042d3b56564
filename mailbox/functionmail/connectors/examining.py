"""What a connector may tell an operator before anything goes wrong: folders, rights, clock.

Optional: what a connector does not tell is found out by asking it for something harmless,
or is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from functionmail.message import require_utc


class Ability(StrEnum):
    """What the assistant must be able to do in a mailbox."""

    READ = "read"
    """List and read the Inbox."""
    MARK = "mark"
    """Show people there what became of a mail."""
    DRAFTS = "drafts"
    """Save among the drafts."""
    SENT = "sent"
    """Look in Sent."""
    SEND = "send"
    """Send under the mailbox's own address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Whether one thing can be done.

    Attributes:
        detail: What shows it, such as a folder's name or what the server said; English,
            without addresses, subjects and secrets.
    """

    what: Ability
    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a connector found out.

    Attributes:
        findings: At most one for each ability; none for what the server does not tell.
        server_time: What the server's clock showed, aware UTC.
    """

    findings: tuple[Finding, ...]
    server_time: datetime | None = None

    def __post_init__(self) -> None:
        if self.server_time is not None:
            require_utc("server_time", self.server_time)


@runtime_checkable
class Examinable(Protocol):
    """A source or sender that can examine its mailbox.

    Nothing that people see in the mailbox changes. May raise as `MailSource` does: then
    nothing is known.
    """

    def examine(self) -> Examination:
        """Find out what can be done in the mailbox; asks the server anew each time."""
