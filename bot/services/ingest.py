"""Taking in a folder of mail: every file through the real intake, in small transactions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.clock import Clock
from bot.errors import DataError
from bot.services import mail_files
from bot.services.intake import Intake
from bot.services.mail_files import MailFile
from bot.services.reading import Arrival
from bot.vocabulary import FILE_KEY, MailboxKey, Outcome

BATCH = 100
"""Mails of one transaction: its cost is shared, and a crash repeats no more than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of a folder.

    Attributes:
        seconds: From the first file opened to the last commit.
        unreadable: Names of files that the system would not let us read.
    """

    outcomes: Mapping[Outcome, int]
    seconds: float
    unreadable: tuple[str, ...]


def ingest_folder(
    intake: Intake,
    folder: Path,
    addresses: Mapping[str, MailboxKey],
    *,
    mailbox: MailboxKey | None,
    clock: Clock,
    progress: Callable[[int], None] = lambda _count: None,
) -> Ingested:
    """Take in every mail file of a folder; a second time they are all duplicates.

    Raises:
        DataError: There is no such folder.
        DatabaseUnavailable: What was taken in before stays; call again for the rest.
    """
    started = clock.monotonic()
    run = clock.now().isoformat()
    outcomes: Counter[Outcome] = Counter()
    urgent = 0
    unreadable: list[str] = []
    files = mail_files.find(folder)
    while batch := list(islice(files, BATCH)):
        arrivals = list(_arrivals(batch, addresses, mailbox, f"{FILE_KEY}{run}:", unreadable))
        batch_taken = intake.take(arrivals)
        outcomes.update(batch_taken.outcomes)
        urgent += batch_taken.urgent
        progress(len(batch))
    if outcomes[Outcome.CASE]:
        intake.announce_files(cases=outcomes[Outcome.CASE], urgent=urgent, scope=run)
    return Ingested(
        outcomes=outcomes,
        seconds=clock.monotonic() - started,
        unreadable=tuple(unreadable),
    )


def _arrivals(
    files: list[MailFile],
    addresses: Mapping[str, MailboxKey],
    mailbox: MailboxKey | None,
    prefix: str,
    unreadable: list[str],
) -> Iterator[Arrival]:
    for file in files:
        try:
            yield mail_files.read(file, addresses, mailbox=mailbox, key_prefix=prefix)
        except DataError:
            unreadable.append(file.name)
