"""Exchange Online for the contract: a loopback Graph server over TLS."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from functionmail.connectors.base import MailSender, MailSource
from functionmail.connectors.graph import GraphSender, GraphSource
from functionmail.message import MessageKey
from tests.graph.graph_connection import GraphConnection
from tests.graph.graph_mailbox import DRAFTS, INBOX, SENT
from tests.graph.graph_server import Fault, GraphServer

ADDRESS = "info@exempelstad.example"


class GraphMailServer:
    """One mailbox of a tenant."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        self._server = GraphServer(ADDRESS)
        self._stack.callback(self._server.close)
        self.connection = self._stack.enter_context(GraphConnection(self._server, ADDRESS))
        self.box = self._server.boxes[ADDRESS]

    def source(self) -> MailSource:
        return GraphSource(self.connection.client(), poll_s=0.02)

    def sender(self) -> MailSender:
        return GraphSender(self.connection.client())

    def deliver(self, content: bytes, *, dated: datetime | None = None) -> MessageKey:
        return MessageKey(self.box.deliver(content, dated=dated).key)

    def as_read(self, content: bytes) -> bytes:
        return content

    def remove(self, key: MessageKey) -> None:
        self.box.remove(self.box.find(key))

    def make_unreadable(self, key: MessageKey) -> None:
        self.box.find(key).unreadable = True

    def vanish_when_read(self, key: MessageKey) -> None:
        self._server.fail("mime", Fault(how="", meanwhile=lambda: self.remove(key)))

    def write_mail_anew(self) -> None:
        self.box.regenerates = True

    def label_as_person(self, key: MessageKey, label: str) -> None:
        mail = self.box.find(key)
        mail.categories.append(label)
        self.box.changed(mail)

    def labels(self, key: MessageKey) -> frozenset[str]:
        return frozenset(self.box.find(key).categories)

    def contents(self) -> list[bytes]:
        return [
            repr((mail.key, mail.categories, mail.is_read, mail.moves)).encode() + mail.content
            for mail in self.box.in_folder(INBOX)
        ]

    def in_folder(self, name: str) -> list[bytes]:
        folder = self.box.named(name)
        return [] if folder is None else [mail.content for mail in self.box.in_folder(folder)]

    def move_as_person(self, key: MessageKey, name: str) -> None:
        folder = self.box.named(name) or self.box.make_folder(name, "")
        self.box.move(self.box.find(key), folder)

    def move_back_as_person(self, name: str) -> None:
        folder = self.box.named(name)
        assert folder is not None
        for mail in self.box.in_folder(folder):
            self.box.move(mail, INBOX)

    def labels_in(self, name: str) -> list[frozenset[str]]:
        folder = self.box.named(name)
        mails = [] if folder is None else self.box.in_folder(folder)
        return [frozenset(mail.categories) for mail in mails]

    def expire_checkpoints(self) -> None:
        self.box.forget_rounds()

    def make_read_only(self) -> None:
        self._server.rights = {"Mail.Read"}

    def drafts(self) -> list[bytes]:
        return [mail.content for mail in self.box.in_folder(DRAFTS)]

    def sent(self) -> list[bytes]:
        return [mail.content for mail in self.box.in_folder(SENT)]

    def break_down(self) -> None:
        self._server.stop()

    def recover(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._stack.close()
