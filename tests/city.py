"""A small working house for tests: Maildirs, a database, and the real services between."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from bot.app import App, Material, build, load_material
from bot.clock import Clock, FixedClock
from bot.notifying import MemoryNotifier
from bot.services.intake import Probe, no_probe
from bot.settings import MailboxSettings, Settings
from bot.store import schema
from bot.store.engine import open_engine
from bot.vocabulary import MailboxKey, Mode
from functionmail.connectors.maildir import deliver

TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
"""10:00 in Sweden, an ordinary working day."""

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRET = "a secret for tests only, long enough"


def make_folders(folder: Path, mailboxes: Iterable[str]) -> None:
    """Make empty Maildirs, as a mail server would have them."""
    for mailbox in mailboxes:
        for part in ("new", "cur", "tmp"):
            (folder / mailbox / part).mkdir(parents=True, exist_ok=True)


def city_settings(
    folder: Path,
    database_url: str,
    mailboxes: Iterable[str],
    *,
    mode: Mode = Mode.AUTO,
    answer_from: datetime | None = LONG_AGO,
    **more: object,
) -> Settings:
    """Return settings for Maildirs below `folder`, whatever the environment says."""
    values: dict[str, object] = {
        "database_url": database_url,
        "secret_key": SECRET,
        "twin_wait": 0,
        "mailboxes": {
            mailbox: MailboxSettings(path=folder / mailbox, mode=mode, answer_from=answer_from)
            for mailbox in mailboxes
        },
        **more,
    }
    return Settings.model_validate(values)


@cache
def shipped_material() -> Material:
    """Return the sample city's knowledge and templates, loaded once for all tests."""
    return load_material(Settings())


class City:
    """The house of one test: deliver mail, work it off, look at what became of it."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        mailboxes: Iterable[str] = ("kundreskontra", "info"),
        *,
        clock: Clock | None = None,
        probe: Probe = no_probe,
        **settings: object,
    ) -> None:
        self.folder = folder
        self.mailboxes = tuple(mailboxes)
        self.clock = clock or FixedClock(TUESDAY)
        self.notifier = MemoryNotifier()
        make_folders(folder, self.mailboxes)
        engine = open_engine(database_url)
        schema.upgrade(engine)
        engine.dispose()
        self.app: App = build(
            city_settings(folder, database_url, self.mailboxes, **settings),  # type: ignore[arg-type]
            material=shipped_material(),
            clock=self.clock,
            notifier=self.notifier,
            probe=probe,
        )
        self._delivered = 0

    def deliver(self, content: bytes, mailbox: str = "kundreskontra") -> None:
        """Put a mail into a mailbox; its own Date says when it was received."""
        self._delivered += 1
        name = f"{self._delivered:06}.test"
        deliver(self.folder / mailbox, name, content, self.clock.now())

    def take_in(self) -> None:
        """Take in all that waits in all mailboxes."""
        for mailbox in self.mailboxes:
            while self.app.intake.round(self.app.sources[MailboxKey(mailbox)]).more:
                pass

    def work_off(self) -> None:
        """Take in all mail and perform all that is due."""
        self.take_in()
        self.app.dispatch.run_due()

    def later(self, **span: float) -> None:
        """Move the clock forward."""
        assert isinstance(self.clock, FixedClock)
        self.clock.advance(timedelta(**span))

    def sent(self, mailbox: str = "kundreskontra") -> list[bytes]:
        """Return the mails in a mailbox's Sent folder."""
        return [path.read_bytes() for path in sorted(self.folder.glob(f"{mailbox}/.Sent/cur/*"))]

    def drafts(self, mailbox: str = "kundreskontra") -> list[bytes]:
        """Return the mails in a mailbox's Drafts folder."""
        return [path.read_bytes() for path in sorted(self.folder.glob(f"{mailbox}/.Drafts/cur/*"))]

    def cases(self) -> list[object]:
        """Return all cases, oldest first."""
        with self.app.database.reading() as work:
            return list(reversed(work.cases.listed()))

    def events(self, case: object) -> list[str]:
        """Return the kinds of a case's events, oldest first."""
        with self.app.database.reading() as work:
            return [event.kind.value for event in work.cases.events(case.id)]  # type: ignore[attr-defined]

    def close(self) -> None:
        """Let go of the database."""
        self.app.close()


def mail(
    text: str = "Hej! Kan vi få anstånd med fakturan?",
    *,
    subject: str = "Fråga",
    sender: str = "Karin Lund <karin@kund.example>",
    to: str = "kundreskontra@exempelstad.example",
    message_id: str = "<1@kund.example>",
    date: datetime = TUESDAY,
    headers: Iterable[tuple[str, str]] = (),
) -> bytes:
    """Return a raw mail from its parts."""
    from email.message import EmailMessage
    from email.policy import SMTP

    made = EmailMessage(policy=SMTP)
    made["From"] = sender
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = date
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers:
        made[name] = value
    made.set_content(text)
    return made.as_bytes()
