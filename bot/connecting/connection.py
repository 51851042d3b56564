"""What a connected mailbox gives, and what connecting it needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import SettingsError
from bot.settings import MailboxSettings, Settings
from bot.vocabulary import MailboxKey, sent_folder
from functionmail.connectors.base import MailSender, MailSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One function mailbox, connected; nothing is opened before the first call.

    Attributes:
        source: What comes in.
        sent: What people and we ourselves have sent: the Sent folder, read like a mailbox.
        sender: Sends from the mailbox.
    """

    source: MailSource
    sent: MailSource
    sender: MailSender

    def close(self) -> None:
        """Take leave of the server."""
        for one in (self.source, self.sent, self.sender):
            one.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A mailbox that is to be connected.

    Attributes:
        address: Under which its server knows it.
    """

    key: MailboxKey
    address: str
    mailbox: MailboxSettings
    settings: Settings

    @property
    def sent_key(self) -> MailboxKey:
        """Return the name under which the Sent folder is watched."""
        return sent_folder(self.key)

    def lacks(self, setting: str) -> SettingsError:
        """Return the error for a setting that this mailbox's connector needs."""
        return SettingsError(
            "mailboxes.{name}: anslutningen {connector} behöver inställningen {setting}",
            name=self.key,
            connector=self.mailbox.connector.value,
            setting=setting,
        )
