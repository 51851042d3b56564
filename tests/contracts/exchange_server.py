"""The Exchange server of the contract tests: ours on loopback, behind the real exchangelib."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TypeVar

from exchangelib.protocol import close_connections

from functionmail.connectors.base import MailSender, MailSource
from functionmail.connectors.exchange import (
    Auth,
    Endpoint,
    ExchangeMailbox,
    ExchangeSender,
    ExchangeSource,
    News,
    Server,
)
from functionmail.connectors.exchange_sync import Entry
from functionmail.message import MessageKey
from tests.ews.server import EwsServer
from tests.ews.world import Folder, Item, User

Made = TypeVar("Made", MailSource, MailSender)

ADDRESS = "info@exempelstad.example"
ACCOUNT = "STAD\\svc-sammadag"
PASSWORD = "ett långt lösenord"


class ExchangeServer:
    """An Exchange server with one shared mailbox, opened by a service account."""

    def __init__(self, _folder: Path) -> None:
        self.ews = EwsServer()
        self.box = self.ews.world.add_mailbox(ADDRESS)
        self.ews.world.add_mailbox("svc@exempelstad.example")
        self.ews.world.users[ACCOUNT] = User(
            PASSWORD, "svc@exempelstad.example", full_access={ADDRESS}, send_as={ADDRESS}
        )
        self._items: dict[MessageKey, Item] = {}
        self._made: list[MailSource | MailSender] = []

    def source(self) -> MailSource:
        box = self.mailbox()
        return self._keep(ExchangeSource(box, News(box)))

    def sender(self) -> MailSender:
        return self._keep(ExchangeSender(self.mailbox()))

    def mailbox(self) -> ExchangeMailbox:
        server = Server(url=self.ews.url, auth=Auth.BASIC, user=ACCOUNT)
        return ExchangeMailbox(Endpoint(server, lambda: PASSWORD), "info", ADDRESS)

    def deliver(self, content: bytes, *, dated: datetime | None = None) -> MessageKey:
        item = self.ews.world.deliver(self.box, content, received=dated)
        key = key_of(item)
        self._items[key] = item
        return key

    def as_read(self, content: bytes) -> bytes:
        return content

    def remove(self, key: MessageKey) -> None:
        self.ews.world.move(self._items[key], self.box.known("deleteditems"))

    def make_unreadable(self, key: MessageKey) -> None:
        self._items[key].unreadable = "ErrorItemCorrupt"

    def vanish_when_read(self, key: MessageKey) -> None:
        self.ews.before("GetItem", lambda: self.remove(key))

    def write_mail_anew(self) -> None:
        self.ews.world.strips_headers = self.ews.world.invents_ids = True

    def make_read_only(self) -> None:
        user = self.ews.world.users[ACCOUNT]
        user.read_only, user.full_access = user.full_access, set()

    def expire_checkpoints(self) -> None:
        self.ews.world.epoch += 1

    def move_as_person(self, key: MessageKey, folder: str) -> None:
        self.ews.world.move(self._items[key], self._folder(folder))

    def move_back_as_person(self, folder: str) -> None:
        for item in self.box.lying_in(self._folder(folder)):
            self.ews.world.move(item, self.box.known("inbox"))

    def label_as_person(self, key: MessageKey, label: str) -> None:
        self.ews.world.categorise(self._items[key], label)

    def labels(self, key: MessageKey) -> frozenset[str]:
        return frozenset(self._items[key].categories)

    def labels_in(self, folder: str) -> list[frozenset[str]]:
        lying = self.box.lying_in(self._folder(folder))
        return [frozenset(item.categories) for item in lying]

    def contents(self) -> list[bytes]:
        return [
            repr((item.mime, item.read, item.categories, item.change_key)).encode()
            for item in self.box.lying_in(self.box.known("inbox"))
        ]

    def in_folder(self, name: str) -> list[bytes]:
        return [item.mime for item in self.box.lying_in(self._folder(name))]

    def drafts(self) -> list[bytes]:
        return [item.mime for item in self.box.lying_in(self.box.known("drafts"))]

    def sent(self) -> list[bytes]:
        return [item.mime for item in self.box.lying_in(self.box.known("sentitems"))]

    def break_down(self) -> None:
        self.ews.stop()

    def recover(self) -> None:
        self.ews.start()

    def close(self) -> None:
        for made in self._made:
            made.close()
        self.ews.close()
        close_connections()

    def _folder(self, name: str) -> Folder:
        known = (folder for folder in self.box.folders.values() if folder.name == name)
        folder = next(known, None)
        if folder is None:
            folder = self.ews.world.add_folder(self.box, name, self.box.known("inbox"))
        return folder

    def _keep(self, made: Made) -> Made:
        self._made.append(made)
        return made


def key_of(item: Item) -> MessageKey:
    """Return the key under which a mail is known outside."""
    return Entry(
        item_id=item.id,
        received_at=item.received,
        message_id=item.message_id or "",
        search_key=item.search_key,
    ).key
