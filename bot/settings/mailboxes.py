"""One function mailbox: where it lies and how far the assistant may go in it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import AwareDatetime, Field, SecretStr

from bot.settings.section import Section
from bot.vocabulary import Mode


class Connector(StrEnum):
    """What kind of server a mailbox lies on."""

    MAILDIR = "maildir"
    IMAP = "imap"
    EXCHANGE = "exchange"
    GRAPH = "graph"


class MailboxSettings(Section):
    """One function mailbox.

    Attributes:
        path: The Maildir, for the connector `maildir`.
        address: Under which the server knows the mailbox; default: that of the knowledge.
        user, password, password_file: The mailbox's own sign-in; default: its address and
            what the server's section says.
        folder: Where mail is put that became a case; default: it stays in the Inbox.
    """

    connector: Connector = Connector.MAILDIR
    path: Path | None = None
    address: str = ""
    user: str = ""
    password: SecretStr | None = None
    password_file: Path | None = None
    folder: str = Field(default="", max_length=100)
    mode: Mode = Mode.OFF
    answer_from: AwareDatetime | None = Field(
        default=None,
        description="No automatic mail for messages received before; default: first contact",
    )
