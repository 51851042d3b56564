"""Changed knowledge tried on the mail on record, before it goes live. Nothing is written.

Each stored mail is read again from its bytes, for the mailbox and with the instant of its
intake, and what triage says now is compared with what it said then and was stored. Only
the mail of one batch is in memory, and of a batch one mail at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bot.knowledge import Knowledge
from bot.knowledge.lexicon_words import LexiconWords
from bot.services.backtest_result import Backtest
from bot.services.backtest_tally import Replayed, Tally
from bot.services.reading import Arrival, Reader, Reading
from bot.store.records import JudgedMail, StoredMail
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import Kind, MessageId

_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried.

    Attributes:
        reader: Reads by the changed knowledge, and knows our own mail.
        words: Words that may be shown.
        today: Makes a reader by the knowledge that holds today, so that a change can be
            told from one that has come already; None where that is the changed one.
    """

    knowledge: Knowledge
    reader: Reader
    words: LexiconWords
    today: Callable[[], Reader] | None = None


def mails_to_replay(database: Database, *, since: datetime | None = None) -> int:
    """Count the mails that `backtest` will go through."""
    with database.reading() as work:
        return work.messages.count_incoming(since=since)


def backtest(
    database: Database,
    trial: Trial,
    *,
    since: datetime | None = None,
    progress: Callable[[int], None] = lambda _count: None,
) -> Backtest:
    """Replay mail on record and tell what would be judged otherwise.

    A case counts as urgent today as it stands, so a person's correction holds; and it is
    lost when no mail of it would be urgent any more.

    Args:
        since: Only mail received since then; default: all.
        progress: Told how many mails have just been replayed; may end the replay by raising.
    """
    replay = _Replay(trial)
    after = MessageId(0)
    while True:
        with database.reading() as work:
            batch = work.messages.judged(after=after, limit=_BATCH, since=since)
            replay.add(work, batch)
        if not batch:
            return replay.tally.result()
        after = batch[-1].id
        progress(len(batch))


class _Replay:
    def __init__(self, trial: Trial) -> None:
        self.tally = Tally(trial.knowledge, trial.words)
        self._reader = trial.reader
        self._today = None if trial.today is None else cache(trial.today)

    def add(self, work: Work, batch: list[JudgedMail]) -> None:
        cases = work.cases.get_many({mail.case_id for mail in batch if mail.case_id is not None})
        for mail in batch:
            case = None if mail.case_id is None else cases[mail.case_id]
            stored = work.messages.stored(mail.id)
            if stored is None or mail.triage is None:
                self.tally.add_deleted(case)
                continue
            after = _read(self._reader, mail, stored)
            replayed = Replayed(
                mail=mail,
                case=case,
                before=mail.triage,
                after=None if after is None else after.triage,
                glance=after is not None and after.glance,
            )
            if self._today is not None and self.tally.is_changed(replayed):
                today = _read(self._today(), mail, stored)
                replayed = replayed.beside(None if today is None else today.triage)
            self.tally.add(replayed)


def _read(reader: Reader, mail: JudgedMail, stored: StoredMail) -> Reading | None:
    """Read a mail as it was read at intake; None where our own code fails on it."""
    arrival = Arrival(mailbox=stored.mailbox, raw=stored.as_raw(), settled=True)
    opened_by_a_person = mail.kind is Kind.CASE and mail.automatic
    try:
        if opened_by_a_person:
            return reader.read_as_case(arrival, stored.mailbox)
        return reader.read(arrival)
    except Exception:  # as at intake, a fault of ours in one mail must not stop the rest
        return None
