"""A mailbox on a real Dovecot, behind a proxy that can break, with an SMTP server beside it.

What people and the world do goes straight to Dovecot, past the proxy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from imapclient import IMAPClient

from functionmail.connectors.imap import ImapSource
from functionmail.connectors.imap_folders import Special
from functionmail.connectors.imap_sender import ImapSender
from functionmail.connectors.mail_server import Account, Encryption, MailServer
from functionmail.connectors.smtp import SmtpTransport
from functionmail.message import MessageKey
from tests.dovecot_server import HOST, Dovecot
from tests.faulty_proxy import FaultyProxy
from tests.smtp_server import SmtpServer

INBOX = "INBOX"
DRAFTS = "Utkast"
SENT = "Skickat"
RECENT = b"\\Recent"
"""Belongs to whoever looks first, and to no mail."""


class ImapServer:
    """One account; every source and sender that was made is closed with it.

    Attributes:
        proxy: Stands between the connector and Dovecot.
        smtp: Takes what is sent.
        silence_s, deadline_s: The connector's patience, for what is made from now on.
    """

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        self.dovecot = dovecot
        self.account = dovecot.add_account()
        self.proxy = FaultyProxy(dovecot.imap_port)
        self.smtp = SmtpServer()
        self.silence_s = 20.0
        self.deadline_s = 60.0
        self._made: list[ImapSource | ImapSender] = []
        self._backdoor: IMAPClient | None = None

    def imap(self) -> MailServer:
        """Return how the connector reaches Dovecot."""
        return MailServer(
            host=HOST,
            port=self.proxy.port,
            encryption=Encryption.NONE,
            silence_s=self.silence_s,
            deadline_s=self.deadline_s,
        )

    def user(self) -> Account:
        """Return who signs in."""
        return Account(user=self.account.user, secret=lambda: self.account.password)

    def source(self, **more: object) -> ImapSource:
        source = ImapSource(self.imap(), self.user(), "info", **more)
        self._made.append(source)
        return source

    def sent_source(self) -> ImapSource:
        """Return a source that reads the Sent folder."""
        return self.source(special=Special.SENT)

    def sender(self, **more: object) -> ImapSender:
        smtp = MailServer(
            host=HOST,
            port=self.smtp.port,
            encryption=Encryption.NONE,
            silence_s=self.silence_s,
            deadline_s=self.deadline_s,
        )
        transport = SmtpTransport(smtp, None, "info")
        given = {"address": "info@exempelstad.example", "transport": transport, **more}
        sender = ImapSender(self.imap(), self.user(), "info", **given)
        self._made.append(sender)
        return sender

    def deliver(self, content: bytes, *, dated: datetime | None = None) -> MessageKey:
        if not content:
            return self._drop_file(content)
        with self.people() as client:
            said = client.append(INBOX, content, (), dated)
        found = re.search(rb"APPENDUID ([0-9]+) ([0-9]+)", said)
        return MessageKey(f"{found[1].decode()}.{found[2].decode()}")

    def as_read(self, content: bytes) -> bytes:
        lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
        return lines.replace(b"\0", b"\x80")

    def remove(self, key: MessageKey) -> None:
        with self.people() as client:
            client.select_folder(INBOX)
            client.delete_messages([_uid(key)])
            client.uid_expunge([_uid(key)])

    def make_unreadable(self, key: MessageKey) -> None:
        self.file_of(key).chmod(0)

    def vanish_when_read(self, key: MessageKey) -> None:
        self.proxy.before(b"BODY.PEEK[]", lambda: self.remove(key))

    def write_mail_anew(self) -> None:
        pass

    def make_read_only(self) -> None:
        rights = self.account.folder / "dovecot-acl"
        rights.write_text("owner lr\n", "ascii")

    def expire_checkpoints(self) -> None:
        self.dovecot.administer(
            "mailbox", "update", "-u", self.account.user, "--uid-validity", "4000000000", INBOX
        )

    def label_as_person(self, key: MessageKey, label: str) -> None:
        with self.people() as client:
            client.select_folder(INBOX)
            client.add_flags([_uid(key)], [label])

    def labels(self, key: MessageKey) -> frozenset[str]:
        return self.flags(INBOX)[_uid(key)]

    def labels_in(self, folder: str) -> list[frozenset[str]]:
        return list(self.flags(folder).values())

    def move_as_person(self, key: MessageKey, folder: str) -> None:
        with self.people() as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.select_folder(INBOX)
            client.move([_uid(key)], folder)

    def move_back_as_person(self, folder: str) -> None:
        with self.people() as client:
            client.select_folder(folder)
            client.move(client.search(["ALL"]), INBOX)

    def contents(self) -> list[bytes]:
        with self.people() as client:
            client.select_folder(INBOX, readonly=True)
            found = client.fetch(client.search(["ALL"]), ["FLAGS", "INTERNALDATE", "BODY.PEEK[]"])
        return [
            repr((set(mail[b"FLAGS"]) - {RECENT}, mail[b"INTERNALDATE"], mail[b"BODY[]"])).encode()
            for _uid, mail in sorted(found.items())
        ]

    def in_folder(self, name: str) -> list[bytes]:
        with self.people() as client:
            if not client.folder_exists(name):
                return []
            client.select_folder(name, readonly=True)
            found = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]"])
        return [mail[b"BODY[]"] for _uid, mail in sorted(found.items())]

    def drafts(self) -> list[bytes]:
        return self.in_folder(DRAFTS)

    def sent(self) -> list[bytes]:
        return self.in_folder(SENT)

    def flags(self, folder: str) -> dict[int, frozenset[str]]:
        """Return the keywords of each mail in a folder, without the flags that all servers have."""
        with self.people() as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(["ALL"]), ["FLAGS"])
        return {
            uid: frozenset(flag.decode() for flag in mail[b"FLAGS"] if not flag.startswith(b"\\"))
            for uid, mail in sorted(found.items())
        }

    def break_down(self) -> None:
        self.proxy.break_down()

    def recover(self) -> None:
        self.proxy.recover()

    def close(self) -> None:
        for made in self._made:
            made.close()
        self.proxy.close()
        self.smtp.close()
        if self._backdoor is not None:
            self._backdoor.logout()

    @contextmanager
    def people(self) -> Iterator[IMAPClient]:
        """Give a connection of a person's own program, straight to Dovecot."""
        if self._backdoor is None:
            self._backdoor = IMAPClient(HOST, self.dovecot.imap_port, ssl=False, timeout=30)
            self._backdoor.login(self.account.user, self.account.password)
        self._backdoor.noop()
        yield self._backdoor

    def file_of(self, key: MessageKey) -> Path:
        """Return where Dovecot keeps a mail of the Inbox."""
        rows = (self.account.folder / "dovecot-uidlist").read_text("utf-8").splitlines()[1:]
        name = next(row.partition(":")[2] for row in rows if int(row.split()[0]) == _uid(key))
        places = (self.account.folder / place for place in ("new", "cur"))
        return next(path for place in places for path in place.glob(f"{name.partition(':')[0]}*"))

    def _drop_file(self, content: bytes) -> MessageKey:
        """Put a file into the Maildir, for what no protocol would take."""
        with self.people() as client:
            client.select_folder(INBOX)
            path = self.account.folder / "new" / "1700000000.M1P1.test"
            path.write_bytes(content)
            path.chmod(0o644)
            client.noop()
            newest = max(client.search(["ALL"]))
            validity = client.folder_status(INBOX, ["UIDVALIDITY"])[b"UIDVALIDITY"]
        return MessageKey(f"{validity}.{newest}")


def _uid(key: MessageKey) -> int:
    return int(key.partition(".")[2])
