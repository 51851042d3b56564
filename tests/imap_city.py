"""A working house for tests whose mailboxes lie on a real Dovecot, and send to an SMTP server."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from imapclient import IMAPClient
from pydantic import SecretStr

from bot.app import App, build
from bot.cases import Case
from bot.clock import Clock, SystemClock
from bot.notifying import MemoryNotifier
from bot.services.books import Balance, balance
from bot.services.intake import Listener, Probe, no_listener, no_probe
from bot.settings import Connector, ImapSettings, MailboxSettings, Settings, SmtpSettings
from bot.store import schema
from bot.store.engine import open_engine
from bot.vocabulary import MailboxKey, Mode
from tests.city import LONG_AGO, SECRET, shipped_material
from tests.crashing import UNBRAKED
from tests.dovecot_server import HOST, Dovecot, DovecotAccount
from tests.smtp_server import SmtpServer

TEN = (
    "info",
    "kundreskontra",
    "leverantorsreskontra",
    "redovisning",
    "systemforvaltning",
    "tid-projekt",
    "anlaggning",
    "kassa-bank",
    "hyresadministration",
    "avgiftshantering",
)


class Post:
    """The accounts of a city's mailboxes, and the SMTP server that its mail is handed to."""

    def __init__(self, dovecot: Dovecot, mailboxes: Iterable[str] = TEN) -> None:
        self.dovecot = dovecot
        self.smtp = SmtpServer()
        self.accounts = {MailboxKey(name): dovecot.add_account() for name in mailboxes}

    def deliver(self, content: bytes, mailbox: str) -> None:
        """Deliver a mail as another mail server does."""
        self.dovecot.deliver(self.accounts[MailboxKey(mailbox)], content)

    def fill(self, mailbox: str, contents: Sequence[bytes]) -> None:
        """Let many mails lie in a mailbox, without delivering each of them."""
        account = self.accounts[MailboxKey(mailbox)]
        with _signed_in(self.dovecot, account) as client:
            client.select_folder("INBOX", readonly=True)
        new = account.folder / "new"
        owner = new.stat()
        for number, content in enumerate(contents):
            path = new / f"{1_790_000_000 + number}.M{number}P1.test"
            path.write_bytes(content.replace(b"\r\n", b"\n"))
            os.chown(path, owner.st_uid, owner.st_gid)

    def in_folder(self, mailbox: str, folder: str) -> list[bytes]:
        """Return the mails in a folder."""
        with _signed_in(self.dovecot, self.accounts[MailboxKey(mailbox)]) as client:
            client.select_folder(folder, readonly=True)
            found = client.fetch(client.search(["ALL"]), ["BODY.PEEK[]"])
        return [said[b"BODY[]"] for _uid, said in sorted(found.items())]

    def keywords_in(self, mailbox: str, folder: str) -> list[set[str]]:
        """Return the keywords of each mail in a folder, without flags such as \\Seen."""
        with _signed_in(self.dovecot, self.accounts[MailboxKey(mailbox)]) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search(["ALL"]))
        return [
            {flag.decode() for flag in flags if not flag.startswith(b"\\")}
            for _uid, flags in sorted(found.items())
        ]

    def close(self) -> None:
        """End the SMTP server."""
        self.smtp.close()


class ImapCity:
    """The house over such mailboxes; a second one shares mail and database."""

    def __init__(
        self,
        post: Post,
        database_url: str,
        *,
        mode: Mode = Mode.AUTO,
        clock: Clock | None = None,
        probe: Probe = no_probe,
        heard: Listener = no_listener,
        folder: str = "",
    ) -> None:
        engine = open_engine(database_url)
        schema.upgrade(engine)
        engine.dispose()
        self.app: App = build(
            _settings(post, database_url, mode, folder),
            material=shipped_material(),
            clock=clock or SystemClock(),
            notifier=MemoryNotifier(),
            probe=probe,
            heard=heard,
        )

    def books(self) -> Balance:
        """Return the books, compared with what lies in the mailboxes."""
        return balance(self.app.database, self.app.sources.values())

    def cases(self) -> list[Case]:
        """Return the open cases."""
        with self.app.database.reading() as work:
            return work.cases.queue(limit=100)

    def close(self) -> None:
        """Let go of mailboxes and database."""
        self.app.close()


def _settings(post: Post, database_url: str, mode: Mode, folder: str) -> Settings:
    mailboxes = {
        name: MailboxSettings(
            connector=Connector.IMAP,
            user=account.user,
            password=SecretStr(account.password),
            mode=mode,
            answer_from=LONG_AGO,
            folder=folder,
        )
        for name, account in post.accounts.items()
    }
    return Settings(
        database_url=database_url,
        secret_key=SecretStr(SECRET),
        twin_wait=0,
        mailboxes=mailboxes,
        imap=ImapSettings(host=HOST, port=post.dovecot.imap_port, security="none"),
        smtp=SmtpSettings(host=HOST, port=post.smtp.port, security="none", auth="none"),
        brakes=UNBRAKED,
    )


def _signed_in(dovecot: Dovecot, account: DovecotAccount) -> IMAPClient:
    client = IMAPClient(HOST, dovecot.imap_port, ssl=False, timeout=60)
    client.login(account.user, account.password)
    return client
