"""What a contract test may do to a channel to staff behind a notifier's back.

One class per notifier of the house. What reached a person is read where the person would.
"""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Protocol

from bot.actions.second_channel import FallbackNotifier, MailNotifier
from bot.clock import FixedClock
from bot.notifying import (
    Alert,
    AlertCode,
    ConsoleNotifier,
    MemoryNotifier,
    Notifier,
    sentence,
)
from bot.texts import speaker
from bot.vocabulary import Language, MailboxKey
from functionmail.identity import Identity
from tests.city import TUESDAY, shipped_material
from tests.contracts.mail_servers import SERVERS
from tests.contracts.slack_channel import Slack

SAY = speaker(Language.SWEDISH)
KNOWLEDGE = shipped_material().knowledge
NAMES = KNOWLEDGE.names_in(Language.SWEDISH)


class Channel(Protocol):
    """A way to staff."""

    notifier: Notifier

    def told(self) -> list[str]:
        """Return what people have been told, oldest first."""

    def break_down(self) -> None:
        """Carry nothing any more."""

    def recover(self) -> None:
        """Carry alerts again."""

    def close(self) -> None:
        """Let go of what the channel holds."""


class _NothingHeld:
    def close(self) -> None:
        """See `Channel.close`."""


class Console(_NothingHeld):
    """Lines on a terminal."""

    def __init__(self, _folder: Path) -> None:
        self._lines: list[str] = []
        self._down = False
        self.notifier = ConsoleNotifier(self._write, SAY, NAMES)

    def _write(self, line: str) -> None:
        if self._down:
            raise OSError
        self._lines.append(line)

    def told(self) -> list[str]:
        return self._lines

    def break_down(self) -> None:
        self._down = True

    def recover(self) -> None:
        self._down = False


class Memory(_NothingHeld):
    """Alerts in a list."""

    def __init__(self, _folder: Path) -> None:
        self.notifier = MemoryNotifier()

    def told(self) -> list[str]:
        return [sentence(alert, SAY, NAMES) for alert in self.notifier.alerts]

    def break_down(self) -> None:
        self.notifier.down = True

    def recover(self) -> None:
        self.notifier.down = False


class Mail(_NothingHeld):
    """E-mail out of a function mailbox."""

    def __init__(self, folder: Path) -> None:
        self._server = SERVERS["maildir"](folder)
        box = MailboxKey("info")
        identity = Identity(keys=(b"0123456789abcdef0123456789abcdef",), domain="stad.example")
        senders = {box: self._server.sender()}
        self.notifier = MailNotifier(senders, KNOWLEDGE, identity, FixedClock(TUESDAY), SAY)

    def told(self) -> list[str]:
        mails = [message_from_bytes(sent, policy=default) for sent in self._server.sent()]
        return [" ".join(mail.get_content().split()) for mail in mails]

    def break_down(self) -> None:
        self._server.break_down()

    def recover(self) -> None:
        self._server.recover()


class FirstOfTwo(_NothingHeld):
    """Two channels, of which the first works until both break down."""

    first_works = True

    def __init__(self, folder: Path) -> None:
        self._first, self._second = Memory(folder), Console(folder)
        self.notifier = FallbackNotifier(self._first.notifier, self._second.notifier)
        self.recover()

    def told(self) -> list[str]:
        return [*self._first.told(), *self._second.told()]

    def break_down(self) -> None:
        self._first.break_down()
        self._second.break_down()

    def recover(self) -> None:
        self._second.recover()
        if self.first_works:
            self._first.recover()
        else:
            self._first.break_down()


class SecondOfTwo(FirstOfTwo):
    """Two channels, of which the first never works."""

    first_works = False


CHANNELS: dict[str, Callable[[Path], Channel]] = {
    "console": Console,
    "memory": Memory,
    "mail": Mail,
    "first of two": FirstOfTwo,
    "second of two": SecondOfTwo,
    "slack": Slack,
}


def an_alert(**values: object) -> Alert:
    """Return an alert for somebody who can be reached by every channel."""
    usual: dict[str, object] = {
        "key": "alert:urgent:1",
        "code": AlertCode.URGENT,
        "case_number": "2026-000123",
        "mailbox": MailboxKey("info"),
        "team": next(iter(KNOWLEDGE.teams)),
        "to": next(iter(KNOWLEDGE.people)),
    }
    return Alert(**{**usual, **values})  # type: ignore[arg-type]
