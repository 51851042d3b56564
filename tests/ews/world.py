"""What an Exchange server holds: mailboxes, folders, items, users; and what people do there.

It models what connectors get wrong: an item id changes with every move and a change key with
every write; a sync lists newest first and in pages; a copy of sent mail lies where it was
asked to lie; rights are per user and mailbox.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from itertools import count

MORNING = datetime(2026, 3, 3, 8, tzinfo=UTC)
KNOWN_FOLDERS = {
    "root": ("root", None, ""),
    "msgfolderroot": ("Överst", "root", ""),
    "inbox": ("Inkorgen", "msgfolderroot", "IPF.Note"),
    "sentitems": ("Skickat", "msgfolderroot", "IPF.Note"),
    "drafts": ("Utkast", "msgfolderroot", "IPF.Note"),
    "outbox": ("Utkorg", "msgfolderroot", "IPF.Note"),
    "deleteditems": ("Borttaget", "msgfolderroot", "IPF.Note"),
    "calendar": ("Kalender", "msgfolderroot", "IPF.Appointment"),
}


class EwsError(Exception):
    """A response code of EWS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Folder:
    id: str
    address: str
    name: str
    parent: Folder | None
    known_as: str | None = None
    kind: str = "IPF.Note"
    log: list[tuple[int, str, str]] = field(default_factory=list)


@dataclass(eq=False)
class Item:
    id: str
    change_key: str
    folder: Folder
    mime: bytes
    received: datetime
    search_key: str
    tag: str = "Message"
    item_class: str = "IPM.Note"
    read: bool = False
    categories: list[str] = field(default_factory=list)
    properties: dict[tuple[str, ...], str] = field(default_factory=dict)
    unreadable: str | None = None
    hopeless: str | None = None

    @property
    def headers(self) -> Message:
        return BytesHeaderParser().parsebytes(self.mime.partition(b"\r\n\r\n")[0])

    @property
    def message_id(self) -> str | None:
        found = self.headers.get("message-id")
        return None if found is None else str(found).strip()


@dataclass
class Mailbox:
    address: str
    folders: dict[str, Folder] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    full: bool = False

    def known(self, name: str) -> Folder:
        found = (folder for folder in self.folders.values() if folder.known_as == name)
        folder = next(found, None)
        if folder is None:
            raise EwsError("ErrorFolderNotFound")
        return folder

    def lying_in(self, folder: Folder) -> list[Item]:
        return [item for item in self.items.values() if item.folder is folder]


@dataclass
class User:
    password: str
    address: str
    full_access: set[str] = field(default_factory=set)
    read_only: set[str] = field(default_factory=set)
    send_as: set[str] = field(default_factory=set)
    impersonates: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)


class World:
    """The whole server's state, under one lock."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.mailboxes: dict[str, Mailbox] = {}
        self.users: dict[str, User] = {}
        self.folders: dict[str, Folder] = {}
        self.subscriptions: dict[str, tuple[set[str], set[str], int]] = {}
        self.events: list[tuple[Folder, str, str]] = []
        self.submitted: list[bytes] = []
        self.strips_headers = False
        self.epoch = 1
        self.page = 512
        self.invents_ids = False
        self.not_owned: set[str] = set()
        self._serial = count(1)
        self._clock = count()

    def add_mailbox(self, address: str) -> Mailbox:
        box = self.mailboxes[address] = Mailbox(address)
        by_name: dict[str | None, Folder] = {}
        for known_as, (name, parent, kind) in KNOWN_FOLDERS.items():
            by_name[known_as] = self._add_folder(box, name, by_name.get(parent), known_as, kind)
        return box

    def add_folder(self, box: Mailbox, name: str, parent: Folder) -> Folder:
        return self._add_folder(box, name, parent, None, "IPF.Note")

    def _add_folder(
        self, box: Mailbox, name: str, parent: Folder | None, known_as: str | None, kind: str
    ) -> Folder:
        folder = Folder(self.new_id("F"), box.address, name, parent, known_as, kind)
        box.folders[folder.id] = self.folders[folder.id] = folder
        return folder

    def deliver(
        self,
        box: Mailbox,
        mime: bytes,
        *,
        folder: Folder | None = None,
        received: datetime | None = None,
    ) -> Item:
        """Put a mail into a folder, the Inbox by default; each a second after the last."""
        with self.lock:
            place = folder or box.known("inbox")
            item = Item(
                id=self.new_id("I"),
                change_key=self.new_id("C"),
                folder=place,
                mime=mime,
                received=received or MORNING + timedelta(seconds=next(self._clock)),
                search_key=base64.b64encode(b"%016d" % next(self._serial)).decode(),
            )
            box.items[item.id] = item
            self.note(place, "create", item.id)
            self.tell(place, "NewMailEvent" if folder is None else "CreatedEvent", item.id)
            return item

    def move(self, item: Item, target: Folder) -> None:
        with self.lock:
            del self.box_of(item).items[item.id]
            self.note(item.folder, "delete", item.id)
            item.id, item.change_key, item.folder = self.new_id("I"), self.new_id("C"), target
            self.box_of(item).items[item.id] = item
            self.note(target, "create", item.id)
            self.tell(target, "MovedEvent", item.id)

    def delete(self, item: Item) -> None:
        """Delete a mail for good."""
        with self.lock:
            del self.box_of(item).items[item.id]
            self.note(item.folder, "delete", item.id)

    def touch(self, item: Item, kind: str = "update") -> None:
        with self.lock:
            item.change_key = self.new_id("C")
            self.note(item.folder, kind, item.id)

    def categorise(self, item: Item, name: str) -> None:
        """Set a category as a person does."""
        with self.lock:
            item.categories.append(name)
            self.touch(item)

    def read(self, item: Item) -> None:
        """Read a mail as a person does."""
        with self.lock:
            item.read = True
            self.touch(item, "read")

    def box_of(self, item: Item) -> Mailbox:
        return self.mailboxes[item.folder.address]

    def find(self, item_id: str | None) -> Item:
        for box in self.mailboxes.values():
            if item_id in box.items:
                return box.items[item_id]
        raise EwsError("ErrorItemNotFound")

    def new_id(self, prefix: str) -> str:
        return base64.b64encode(f"{prefix}{next(self._serial):030}".encode()).decode()

    def note(self, folder: Folder, kind: str, item_id: str) -> None:
        folder.log.append((next(self._serial), kind, item_id))

    def tell(self, folder: Folder, kind: str, item_id: str) -> None:
        self.events.append((folder, kind, item_id))
        self.changed.notify_all()
