"""How the house stands, for those who run it: numbers and codes, nothing of any mail."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases import Case
from bot.clock import Clock
from bot.edits import DocumentPath
from bot.errors import DatabaseUnavailable
from bot.services.books import Balance, balance
from bot.services.editing.ground import Ground
from bot.services.editing.taking_up import differing
from bot.services.ignored import Ignored
from bot.services.intake import Intake
from bot.services.quarantine import name_of
from bot.services.watch import Watch, Watched
from bot.store.engine import sqlite_file
from bot.store.operating import PutAside, StoredMailbox, Troubled
from bot.store.records import IgnoredMail
from bot.store.slack import Link
from bot.store.unit_of_work import Database
from bot.vocabulary import (
    ActionState,
    MailboxKey,
    MessageId,
    Mode,
    PersonKey,
    is_sent_folder,
)

LATE = timedelta(minutes=2)
"""An action that was due so long ago should have been done."""
LEAD = timedelta(minutes=6)
"""A mailbox that does not answer is looked at, and its lease renewed, every five minutes."""
_LINK_SEEN = timedelta(minutes=2)
_HEALTH_HOLDS_S = 2.0
_MOST_TROUBLED = 50
_MOST_LISTED = 200
_MOST_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStanding:
    """How a mailbox stands.

    Attributes:
        watched: How it has answered this process.
        round_at: Of the last successful round that is known of, by whichever worker.
        caught_up: All that lay in it at the first contact has been taken in.
        leader: The worker that watches it, where several share a database; None where one does.
    """

    key: MailboxKey
    mode: Mode
    watched: Watched
    round_at: datetime | None
    caught_up: bool
    leader: str | None

    @property
    def fails(self) -> bool:
        """Tell whether it does not answer now."""
        return self.watched.failures > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStanding:
    """What is planned and not done.

    Attributes:
        late: Planned, and should have been done.
        troubled: The newest of those that failed or are uncertain.
    """

    counts: Mapping[ActionState, int]
    late: int
    troubled: tuple[Troubled, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeStanding:
    """What the house goes by.

    Attributes:
        version: 0 before the first change in the program.
        refused_at: When a change in the folder was last not taken up; None where something
            has come into force since, and no file of the folder differs.
        refused: What the alert about it said, as values of its sentence.
        differing: Files that are missing in the folder, or hold there what no version ever held
            or was made of; a file that is as in an older version is not among them.
        samples: Files that still hold sample values.
    """

    version: int
    changed_at: datetime | None
    refused_at: datetime | None
    refused: Mapping[str, object]
    differing: tuple[DocumentPath, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Room on disk, in bytes.

    Attributes:
        free: Beside a SQLite file; None where the database is elsewhere.
    """

    used: int
    free: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStanding:
    """The whole house at one moment.

    Attributes:
        worker: The name of this process.
        links: Connections to Slack that were seen of late; empty without Slack.
        version: Of the knowledge; 0 before the first change in the program.
        quarantined: How many mails.
    """

    at: datetime
    worker: str
    mailboxes: tuple[MailboxStanding, ...]
    outbox: OutboxStanding
    links: tuple[Link, ...]
    version: int
    room: Room
    quarantined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredPage:
    """Some mails that became no case, the newest first.

    Attributes:
        next: To be given as `below` for the following page; None on the last one.
        is_first: There is no page of newer ones.
        previous: To be given as `below` for the page before; None where that is the first.
    """

    mails: tuple[IgnoredMail, ...]
    next: MessageId | None
    is_first: bool
    previous: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machinery:
    """What is looked at.

    Attributes:
        modes: Of the mailboxes that are watched.
        samples: Files of the knowledge that still hold sample values.
        ground: The folders of knowledge and templates that people edit.
    """

    watch: Watch
    intake: Intake
    ignored: Ignored
    modes: Mapping[MailboxKey, Mode]
    worker: str
    samples: tuple[str, ...]
    ground: Ground


class Operations:
    """Looks at the house, and does what operators do; each call that changes is one transaction."""

    def __init__(self, database: Database, machinery: Machinery, clock: Clock) -> None:
        self._database = database
        self._machinery = machinery
        self._clock = clock
        self._health: tuple[float, bool] | None = None

    def standing(self) -> HouseStanding:
        """Return how everything stands, by the database alone; see `knowledge` for the folder."""
        now = self._clock.now()
        with self._database.reading() as work:
            stored = {found.key: found for found in work.operating.mailboxes()}
            outbox = OutboxStanding(
                counts=work.operating.unfinished(),
                late=work.operating.overdue(now - LATE),
                troubled=tuple(work.operating.troubled(limit=_MOST_TROUBLED)),
            )
            links = tuple(work.slack_links.seen_since(now - _LINK_SEEN))
            version = work.knowledge.newest_number()
            used = work.operating.storage().used
            quarantined = work.operating.count_quarantined()
        watched = self._machinery.watch.mailboxes
        return HouseStanding(
            at=now,
            worker=self._machinery.worker,
            mailboxes=tuple(self._mailbox(key, stored.get(key), now) for key in watched),
            outbox=outbox,
            links=links,
            version=version,
            room=Room(used=used, free=self._free()),
            quarantined=quarantined,
        )

    def knowledge(self) -> KnowledgeStanding:
        """Return what the house goes by; reads every file of the folder that has a version."""
        with self._database.reading() as work:
            newest = next(iter(work.knowledge.latest(limit=1)), None)
            refused = work.operating.last_alert("knowledge_refused")
        differ = tuple(sorted(differing(self._database, self._machinery.ground)))
        changed_at = None if newest is None else newest.settled_at
        if refused is not None and changed_at is not None and changed_at > refused[0]:
            refused = refused if differ else None
        return KnowledgeStanding(
            version=0 if newest is None else newest.number or 0,
            changed_at=changed_at,
            refused_at=None if refused is None else refused[0],
            refused={} if refused is None else refused[1],
            differing=differ,
            samples=self._machinery.samples,
        )

    def is_healthy(self) -> bool:
        """Tell whether the database answers and every mailbox has somebody who watches it.

        The answer is good for two seconds, however often it is asked for.
        """
        now_s = self._clock.monotonic()
        if self._health is None or now_s >= self._health[0] + _HEALTH_HOLDS_S:
            self._health = (now_s, self._is_healthy())
        return self._health[1]

    def books(self) -> Balance:
        """Count the books, and compare them with what is stored; slow where there is much."""
        return balance(self._database)

    def ignored(
        self, *, glance_only: bool, below: int | None = None, limit: int = _MOST_ROWS
    ) -> IgnoredPage:
        """Return a page of the mails that became no case.

        Args:
            glance_only: Only those that hold words of urgency.
            below: Where the page before ended; None for the first, which is given also where
                there are none behind it any more.
        """
        listed = self._machinery.ignored
        found = listed.listed(
            glance_only=glance_only,
            below=None if below is None else MessageId(below),
            limit=limit + 1,
        )
        if below is not None and not found:
            return self.ignored(glance_only=glance_only, limit=limit)
        here = tuple(found[:limit])
        previous = None
        if below is not None:
            previous = listed.above(here[0].id, places=limit + 1, glance_only=glance_only)
        return IgnoredPage(
            mails=here,
            next=here[-1].id if len(found) > limit else None,
            is_first=below is None,
            previous=previous,
        )

    def make_case(self, message: int, *, by: PersonKey) -> Case:
        """Open a case for an ignored mail; see `Ignored.make_case`."""
        return self._machinery.ignored.make_case(MessageId(message), by=by)

    def quarantined(self) -> list[tuple[str, PutAside]]:
        """Return mails that our own code failed on, with their names; see `name_of`."""
        with self._database.reading() as work:
            mails = work.operating.quarantined(limit=_MOST_LISTED)
        return [(name_of(mail), mail) for mail in mails]

    def retry(self) -> int:
        """Try all quarantined mail again now; return how many left the quarantine."""
        return self._machinery.intake.retry_all()

    def _mailbox(
        self, key: MailboxKey, stored: StoredMailbox | None, now: datetime
    ) -> MailboxStanding:
        watched = self._machinery.watch.standing(key)
        is_led = stored is not None and stored.led_until is not None and stored.led_until > now
        rounds = (watched.last_good, None if stored is None else stored.last_round_at)
        return MailboxStanding(
            key=key,
            mode=self._machinery.modes.get(key, Mode.OFF),
            watched=watched,
            round_at=max((at for at in rounds if at is not None), default=None),
            caught_up=stored is not None and stored.caught_up_at is not None,
            leader=stored.leader if stored is not None and is_led else None,
        )

    def _is_healthy(self) -> bool:
        try:
            with self._database.reading() as work:
                stored = work.operating.mailboxes()
        except DatabaseUnavailable:
            return False
        if sqlite_file(self._database.engine) is not None:
            return True  # this process has the file, and nobody else
        since = self._clock.now() - LEAD
        led = {box.key for box in stored if box.led_until is not None and box.led_until > since}
        return led >= {key for key in self._machinery.watch.mailboxes if not is_sent_folder(key)}

    def _free(self) -> int | None:
        file = sqlite_file(self._database.engine)
        return None if file is None else shutil.disk_usage(file.parent).free
