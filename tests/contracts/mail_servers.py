"""What a contract test may do to a mail server behind a connector's back.

One class per connector. A test speaks to the connector through `source` and `sender`,
which give a fresh object each time, as after a restart; everything else is what the world
does: delivering, deleting, breaking down.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from functionmail.connectors import maildir
from functionmail.connectors.base import MailSender, MailSource
from functionmail.connectors.maildir import DRAFTS, SENT, MaildirSender, MaildirSource, deliver
from functionmail.connectors.maildir_files import (
    list_names,
    make_maildir,
    read_file,
    read_labels,
)
from functionmail.connectors.memory import MemoryMailbox, MemorySender, MemorySource
from functionmail.errors import MailboxUnavailable
from functionmail.message import MessageKey
from tests.contracts.exchange_server import ExchangeServer
from tests.contracts.graph_server import GraphMailServer
from tests.contracts.imap_server import ImapServer

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)


class MailServer(Protocol):
    """A server with one mailbox."""

    def source(self) -> MailSource:
        """Return a fresh source."""

    def sender(self) -> MailSender:
        """Return a fresh sender."""

    def deliver(self, content: bytes, *, dated: datetime | None = None) -> MessageKey:
        """Deliver a mail now; `dated` is what the server shows as its time, if that can lie."""

    def as_read(self, content: bytes) -> bytes:
        """Return what a reader gets of a mail that was delivered so: line ends may change."""

    def remove(self, key: MessageKey) -> None:
        """Take a mail out of the mailbox, as a person does."""

    def make_unreadable(self, key: MessageKey) -> None:
        """Make a mail listable but not readable, until the test ends."""

    def vanish_when_read(self, key: MessageKey) -> None:
        """Let a person take a mail away between its listing and its reading, the next time."""

    def write_mail_anew(self) -> None:
        """Keep no header of machines in what comes from now on, and give drafts other ids.

        A server that keeps mail as it came cannot, and does nothing.
        """

    def make_read_only(self) -> None:
        """Take the right to change anything in the mailbox from the account, until the test ends.

        A source that was made before may have to be made anew to feel it.
        """

    def expire_checkpoints(self) -> None:
        """Forget all checkpoints, as a server that was restored; keys may change, mail stays."""

    def move_as_person(self, key: MessageKey, folder: str) -> None:
        """Move a mail out of the inbox, as a person does; the folder is made if missing."""

    def move_back_as_person(self, folder: str) -> None:
        """Move all mails of a folder into the inbox, as a person does."""

    def label_as_person(self, key: MessageKey, label: str) -> None:
        """Set a label as a person does."""

    def labels(self, key: MessageKey) -> frozenset[str]:
        """Return what stands on a mail, whoever set it."""

    def labels_in(self, folder: str) -> list[frozenset[str]]:
        """Return what stands on each mail in a folder of people's own."""

    def contents(self) -> list[bytes]:
        """Return everything in the inbox with all that reading might change."""

    def in_folder(self, name: str) -> list[bytes]:
        """Return the mails in a folder of people's own."""

    def drafts(self) -> list[bytes]:
        """Return the mails among the drafts."""

    def sent(self) -> list[bytes]:
        """Return the mails in Sent."""

    def break_down(self) -> None:
        """Stop answering."""

    def recover(self) -> None:
        """Answer again, with everything as before."""

    def close(self) -> None:
        """Undo what outlives a test."""


class MemoryServer:
    """A mailbox in memory."""

    def __init__(self, folder: Path) -> None:
        self.box = MemoryMailbox("info")
        self._delivered: dict[MessageKey, bytes] = {}

    def source(self) -> MailSource:
        return MemorySource(self.box)

    def sender(self) -> MailSender:
        return MemorySender(self.box)

    def deliver(self, content: bytes, *, dated: datetime | None = None) -> MessageKey:
        key = self.box.deliver(content, dated or MORNING)
        self._delivered[key] = content
        return key

    def as_read(self, content: bytes) -> bytes:
        return content

    def remove(self, key: MessageKey) -> None:
        self.box.remove(key)

    def make_unreadable(self, key: MessageKey) -> None:
        self.box.unreadable.add(key)

    def vanish_when_read(self, key: MessageKey) -> None:
        self.box.vanishing.add(key)

    def write_mail_anew(self) -> None:
        pass

    def make_read_only(self) -> None:
        self.box.read_only = True

    def expire_checkpoints(self) -> None:
        self.box.forget_checkpoints()

    def move_as_person(self, key: MessageKey, folder: str) -> None:
        MemorySource(self.box).move(key, folder)

    def move_back_as_person(self, folder: str) -> None:
        for key in [key for key, lies in self.box.moved.items() if lies == folder]:
            del self.box.moved[key]
            self.deliver(self._delivered[key])

    def label_as_person(self, key: MessageKey, label: str) -> None:
        self.box.labels.setdefault(key, set()).add(label)

    def labels(self, key: MessageKey) -> frozenset[str]:
        return frozenset(self.box.labels.get(key, ()))

    def labels_in(self, folder: str) -> list[frozenset[str]]:
        return [self.labels(key) for key, lies in self.box.moved.items() if lies == folder]

    def contents(self) -> list[bytes]:
        return [mail.content for mail in self.box.messages.values()]

    def in_folder(self, name: str) -> list[bytes]:
        return [self._delivered[key] for key, folder in self.box.moved.items() if folder == name]

    def drafts(self) -> list[bytes]:
        return [mail.content for mail in self.box.drafts.values()]

    def sent(self) -> list[bytes]:
        return [mail.content for mail in self.box.sent]

    def break_down(self) -> None:
        self.box.outage = MailboxUnavailable("info", "connecting", "start the server")

    def recover(self) -> None:
        self.box.outage = None

    def close(self) -> None:
        pass


class MaildirServer:
    """A Maildir on disk; the flags that people set are its people's labels."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "info"
        self._stack = ExitStack()
        self._delivered = 0
        make_maildir(self.folder)

    def source(self) -> MailSource:
        return MaildirSource(self.folder, "info")

    def sender(self) -> MailSender:
        return MaildirSender(self.folder, "info")

    def deliver(self, content: bytes, *, dated: datetime | None = None) -> MessageKey:
        self._delivered += 1
        return deliver(self.folder, f"{self._delivered:06}.test", content, dated or MORNING)

    def as_read(self, content: bytes) -> bytes:
        return content

    def remove(self, key: MessageKey) -> None:
        self._path(key).unlink()

    def make_unreadable(self, key: MessageKey) -> None:
        broken = self._path(key)

        def read(path: Path, **options: Any) -> Any:
            if path == broken:
                broken.unlink()
                broken.symlink_to(broken.name)  # leads nowhere, as a damaged disk does
            return read_file(path, **options)

        maildir.read_file = read
        self._stack.callback(setattr, maildir, "read_file", read_file)

    def vanish_when_read(self, key: MessageKey) -> None:
        def read(*given: Any, **options: Any) -> Any:
            maildir.read_file = read_file
            self.remove(key)
            return read_file(*given, **options)

        maildir.read_file = read
        self._stack.callback(setattr, maildir, "read_file", read_file)

    def write_mail_anew(self) -> None:
        pass

    def make_read_only(self) -> None:
        for path in (self.folder, *self.folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
        self._stack.enter_context(RootPowersDropped())

    def expire_checkpoints(self) -> None:
        for key, (place, name) in list_names(self.folder).items():
            self._delivered += 1
            restored = f"{self._delivered:06}.restored{name.removeprefix(key)}"
            (self.folder / place / name).rename(self.folder / place / restored)

    def move_as_person(self, key: MessageKey, folder: str) -> None:
        target = self.folder / f".{folder}"
        make_maildir(target)
        self._path(key).rename(target / "cur" / self._path(key).name)

    def move_back_as_person(self, folder: str) -> None:
        for path in sorted((self.folder / f".{folder}" / "cur").iterdir()):
            path.rename(self.folder / "cur" / path.name)

    def label_as_person(self, key: MessageKey, label: str) -> None:
        flag = {"important": "F", "read": "S"}[label]
        self._path(key).rename(self.folder / "cur" / f"{key}:2,{flag}")

    def labels(self, key: MessageKey) -> frozenset[str]:
        flags = self._path(key).name.partition(":2,")[2]
        set_by_people = {{"F": "important", "S": "read"}[flag] for flag in flags}
        return read_labels(self.folder, key) | set_by_people

    def labels_in(self, folder: str) -> list[frozenset[str]]:
        return [read_labels(self.folder, key) for key in list_names(self.folder / f".{folder}")]

    def contents(self) -> list[bytes]:
        return sorted(
            f"{place}/{name}\n".encode() + (self.folder / place / name).read_bytes()
            for place, name in list_names(self.folder).values()
        )

    def in_folder(self, name: str) -> list[bytes]:
        return self._mails(f".{name}")

    def drafts(self) -> list[bytes]:
        return self._mails(DRAFTS)

    def sent(self) -> list[bytes]:
        return self._mails(SENT)

    def break_down(self) -> None:
        self.folder.rename(self.folder.with_name("unmounted"))

    def recover(self) -> None:
        self.folder.with_name("unmounted").rename(self.folder)

    def close(self) -> None:
        self._stack.close()

    def _path(self, key: MessageKey) -> Path:
        place, name = list_names(self.folder)[key]
        return self.folder / place / name

    def _mails(self, subfolder: str) -> list[bytes]:
        return [
            path.read_bytes()
            for place in ("new", "cur")
            for path in sorted((self.folder / subfolder / place).glob("*"))
        ]


SERVERS: dict[str, Callable[..., MailServer]] = {
    "maildir": MaildirServer,
    "memory": MemoryServer,
    "imap": ImapServer,
    "exchange": ExchangeServer,
    "graph": GraphMailServer,
}

FIXTURES: dict[str, tuple[str, ...]] = {"imap": ("dovecot",)}
"""What a server gets beside its folder, by the names of the fixtures."""


class RootPowersDropped:
    """While entered, this thread may read no more than the owner's permissions allow.

    Only root has the powers (CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH) that are dropped.
    """

    _VERSION = 0x20080522
    _POWERS = 1 << 1 | 1 << 2

    def __enter__(self) -> None:
        self._header = (ctypes.c_uint32 * 2)(self._VERSION, 0)
        self._before = (ctypes.c_uint32 * 6)()
        if os.geteuid() == 0:
            self._call("capget", self._before)
            dropped = (ctypes.c_uint32 * 6)(*self._before)
            dropped[0] &= ~self._POWERS
            self._call("capset", dropped)

    def __exit__(self, *exception: object) -> None:
        if os.geteuid() == 0:
            self._call("capset", self._before)

    def _call(self, name: str, data: ctypes.Array[ctypes.c_uint32]) -> None:
        library = ctypes.CDLL(None, use_errno=True)
        if getattr(library, name)(self._header, data) != 0:
            raise OSError(ctypes.get_errno(), f"{name} failed")
