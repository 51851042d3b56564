"""What a connector may tell an operator before anything goes wrong: folders, rights, clock.

Optional: what a connector does not tell is found out by asking it for something harmless,
or is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
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
        too_wide: Permissions of the account that open every mailbox of the organisation,
            as the server names them.
    """

    findings: tuple[Finding, ...]
    server_time: datetime | None = None
    too_wide: tuple[str, ...] = ()

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


def server_clock(date: str) -> datetime | None:
    """Return what a Date header of HTTP shows (RFC 9110, 6.6.1), to the second; None for nonsense.

    In it GMT is the only time zone.
    """
    try:
        return parsedate_to_datetime(date).replace(tzinfo=UTC) if date.endswith("GMT") else None
    except (ValueError, TypeError):
        return None
