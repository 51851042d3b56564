"""A small working house for tests: Maildirs, a database, and the real services between."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from functools import cache
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings

from bot.app import App, build
from bot.cases import Case, Event
from bot.clock import Clock, FixedClock
from bot.house_rules import FileMail
from bot.material import Material, load_material
from bot.notifying import MemoryNotifier
from bot.services.books import Balance, balance
from bot.services.intake import Probe, no_probe
from bot.settings import MailboxSettings, Settings
from bot.vocabulary import CaseId, EventKind, MailboxKey, Mode, Outcome, Status
from functionmail.connectors.maildir import deliver
from tests.kept_database import bring_up_to_date

TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
"""10:00 in Sweden, an ordinary working day."""

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SECRET = "a secret for tests only, long enough"


def make_folders(folder: Path, mailboxes: Iterable[str]) -> None:
    """Make empty Maildirs, as a mail server would have them."""
    for mailbox in mailboxes:
        for part in ("new", "cur", "tmp"):
            (folder / mailbox / part).mkdir(parents=True, exist_ok=True)


class _Given(Settings):
    """Settings as they are given, without a look at the environment for each field."""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: Any, **_others: Any
    ) -> tuple[Any, ...]:
        return (init_settings,)


def city_settings(
    folder: Path,
    database_url: str,
    mailboxes: Iterable[str],
    *,
    mode: Mode = Mode.AUTO,
    modes: Mapping[str, Mode] | None = None,
    answer_from: datetime | None = LONG_AGO,
    answers_from: Mapping[str, datetime] | None = None,
    folders: Mapping[str, str] | None = None,
    **more: object,
) -> Settings:
    """Return settings for Maildirs below `folder`, whatever the environment says.

    Args:
        modes, answers_from: Of single mailboxes; `mode` and `answer_from` serve the others.
        folders: Where mail that became a case is put.
    """
    values: dict[str, object] = {
        "database_url": database_url,
        "secret_key": SECRET,
        "twin_wait": 0,
        "mailboxes": {
            mailbox: MailboxSettings(
                path=folder / mailbox,
                mode=(modes or {}).get(mailbox, mode),
                answer_from=(answers_from or {}).get(mailbox, answer_from),
                folder=(folders or {}).get(mailbox, ""),
            )
            for mailbox in mailboxes
        },
        **more,
    }
    return _Given.model_validate(values)


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
        material: Material | None = None,
        files: FileMail | None = None,
        **settings: object,
    ) -> None:
        self.folder = folder
        self.mailboxes = tuple(mailboxes)
        self.clock = clock or FixedClock(TUESDAY)
        self.notifier = MemoryNotifier()
        make_folders(folder, self.mailboxes)
        bring_up_to_date(database_url)
        self.app: App = build(
            city_settings(folder, database_url, self.mailboxes, **settings),  # type: ignore[arg-type]
            material=material or shipped_material(),
            clock=self.clock,
            notifier=self.notifier,
            probe=probe,
            files=files,
        )
        self._delivered = 0

    def deliver(self, content: bytes, mailbox: str = "kundreskontra") -> None:
        """Put a mail into a mailbox; its own Date says when it was received."""
        self._delivered += 1
        name = f"{self._delivered:06}.test"
        deliver(self.folder / mailbox, name, content, self.clock.now())

    def post(self, text: str, *, mailbox: str = "kundreskontra", **parts: Any) -> str:
        """Deliver a mail that is written now, and return its Message-ID with brackets.

        Args:
            parts: As `mail` takes them; addressed to `mailbox` and with an id of its own
                unless they say otherwise.
        """
        usual = {
            "to": f"{mailbox}@exempelstad.example",
            "message_id": f"<{self._delivered + 1}@kund.example>",
            "date": self.clock.now(),
        }
        parts = usual | parts
        self.deliver(mail(text, **parts), mailbox)
        return str(parts["message_id"])

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

    def receipts(self, mailbox: str = "kundreskontra") -> list[EmailMessage]:
        """Return the mails in a mailbox's Sent folder, read by another program than ours."""
        return [message_from_bytes(raw, policy=default) for raw in self.sent(mailbox)]

    def cases(self) -> list[Case]:
        """Return all cases, in the order in which they were opened."""
        with self.app.database.reading() as work:
            return sorted(work.cases.listed(limit=sys.maxsize), key=lambda case: case.id)

    def events(self, case: Case) -> list[str]:
        """Return the kinds of a case's events, oldest first."""
        return [event.kind.value for event in self.history(case)]

    def history(self, case: Case) -> list[Event]:
        """Return a case's events, oldest first."""
        with self.app.database.reading() as work:
            return work.cases.events(case.id)

    def withheld(self, case: Case) -> list[str]:
        """Return why receipts on a case did not go out."""
        events = self.history(case)
        return [str(e.data["because"]) for e in events if e.kind is EventKind.RECEIPT_WITHHELD]

    def actions(self, case: Case) -> dict[str, str]:
        """Return the state of each action on a case, by the first two parts of its key."""
        with self.app.database.reading() as work:
            found = work.actions.of_case(CaseId(case.id))
        return {":".join(key.split(":")[:2]): state for key, state, _ in found}

    def alerts(self) -> list[str]:
        """Return the codes of the alerts that staff got, oldest first."""
        return [alert.code.value for alert in self.notifier.alerts]

    def books(self) -> Balance:
        """Return the books, compared with what lies in the mailboxes."""
        return balance(self.app.database, self.app.sources.values())

    def outcomes(self) -> dict[str, int]:
        """Return how many mails that came in had each outcome; fails if the books differ."""
        found = self.books()
        assert found.balanced, found
        counts = {outcome.value: found.total(outcome) for outcome in Outcome}
        return {outcome: count for outcome, count in counts.items() if count}

    def look(self, mailbox: str = "kundreskontra") -> None:
        """Do one whole round of a mailbox, as the worker does: mail in, marks, Sent, comparison."""
        self.later(hours=1)
        while self.app.watch.round(MailboxKey(mailbox)).wait_s == 0:
            pass

    def set_status(self, case: Case, status: Status, *, stop_confirmed: bool = False) -> None:
        """Change a case's status as a person would."""
        with self.app.database.work() as work:
            found = replace(work.cases.get(case.id), stop_confirmed=stop_confirmed)
            found.allow(status)
            work.cases.change(replace(found, status=status))

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
