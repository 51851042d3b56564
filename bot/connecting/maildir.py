"""A mailbox on this machine's disk."""

from __future__ import annotations

from bot.connecting.connection import Connection, Place
from functionmail.connectors.maildir import SENT, MaildirSender, MaildirSource


def connect(place: Place) -> Connection:
    """Connect a Maildir.

    Raises:
        SettingsError: No path is given.
    """
    folder = place.mailbox.path
    if folder is None:
        raise place.lacks(f"mailboxes.{place.key}.path")
    return Connection(
        source=MaildirSource(folder, place.key),
        sent=MaildirSource(folder, place.sent_key, subfolder=SENT),
        sender=MaildirSender(folder, place.key),
    )
