"""From the settings of a mailbox to what reads it and sends from it.

A connector's library is imported when a mailbox uses it, and not before.
"""

from bot.connecting.connection import Connection
from bot.connecting.mailboxes import connect

__all__ = ["Connection", "connect"]
