"""What IMAP speaks of: folders, UIDs and what a server knows of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

INBOX = "INBOX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that was opened.

    Attributes:
        next_uid: What a new mail would have got when the folder was opened; 0 if not said.
        keeps: Flags and keywords that last, in lower case; ``\\*`` allows any keyword.
    """

    name: str
    uidvalidity: int
    next_uid: int
    keeps: frozenset[str]

    def keeps_keyword(self, keyword: str) -> bool:
        """Tell whether a keyword or flag may be set for good."""
        return "\\*" in self.keeps or keyword.lower() in self.keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class Uid:
    """A mail for ever: a UID and the UIDVALIDITY of its folder."""

    uidvalidity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.uidvalidity}.{self.uid}"

    @classmethod
    def read(cls, text: str) -> Uid | None:
        """Return what `str` made, or None for any other text."""
        first, dot, second = text.partition(".")
        if not dot or len(text) > 21 or not all(_is_number(part) for part in (first, second)):
            return None
        return cls(uidvalidity=int(first), uid=int(second))


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a server knows of a mail.

    Attributes:
        received_at: Aware; None where the server gives no readable instant.
    """

    size: int
    received_at: datetime | None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10
