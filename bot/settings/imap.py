"""Servers that speak IMAP, and those that take mail by SMTP."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from bot.settings.section import Section

Security = Literal["tls", "starttls", "none"]
"""How a connection is encrypted; `none` is refused but to this very machine."""

Auth = Literal["password", "xoauth2"]


class ImapSettings(Section):
    """The IMAP server of the mailboxes with the connector `imap`.

    Attributes:
        password, password_file: Where all mailboxes have the same.
        token_file: Holds an access token for `xoauth2`; read at each sign-in.
        ca_file: Certificates of the city's own authority, beside the system's.
        drafts_folder, sent_folder: Where the server names no special folders.
        sent_copy: `server` where the SMTP server puts the copy into Sent by itself.
    """

    host: str
    port: int = Field(default=993, gt=0, lt=65536)
    security: Security = "tls"
    auth: Auth = "password"
    password: SecretStr | None = None
    password_file: Path | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    drafts_folder: str = ""
    sent_folder: str = ""
    sent_copy: Literal["append", "server"] = "append"


class SmtpSettings(Section):
    """The server that mail is handed to; signs in as the mailbox does."""

    host: str
    port: int = Field(default=587, gt=0, lt=65536)
    security: Security = "starttls"
    auth: Auth | Literal["none"] = "password"
    ca_file: Path | None = None
