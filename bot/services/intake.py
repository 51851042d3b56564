"""Mailbox to case: fetch, read, register, remember; one transaction a batch.

The raw bytes, the case, its planned actions and the mailbox's checkpoint are stored
together or not at all, so a crash repeats mail but never loses or doubles it.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import structlog

from bot.clock import Clock
from bot.errors import DatabaseUnavailable
from bot.plan import AnswerPolicy, backlog_alert, plan_operator_alert
from bot.services.new_case import House
from bot.services.reading import Arrival, Reader, Reading
from bot.services.registering import MailboxTerms, Register, Taken
from bot.store.records import Delivery, MailboxState, Quarantined
from bot.store.unit_of_work import Database, Work
from bot.vocabulary import FILE_KEY, MailboxKey, Outcome, Step
from functionmail.connectors.base import MailSource
from functionmail.message import Checkpoint, MessageKey

log = structlog.get_logger()

BATCH = 50
_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=6)
_DOUBLED_AT_MOST = 7
"""More often makes the pause no longer, and in time too long for a number."""
_ALWAYS = datetime.max.replace(tzinfo=UTC)

Probe = Callable[[Step], None]
"""Called at each named step; a crash test stops the process there."""


Listener = Callable[[Taken], None]
"""Hears what became of each mail, after it is stored."""


def no_probe(_step: Step) -> None:
    """Do nothing."""


def no_listener(_taken: Taken) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one batch brought.

    Attributes:
        urgent: How many of the new cases are urgent.
        more: The mailbox holds further mail at this moment.
    """

    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    urgent: int = 0
    more: bool = False

    @classmethod
    def of(cls, taken: Sequence[Taken], *, more: bool = False) -> Round:
        """Sum up what became of single mails."""
        return cls(
            outcomes=Counter(one.outcome for one in taken),
            urgent=sum(one.is_urgent_case for one in taken),
            more=more,
        )

    @property
    def mails(self) -> int:
        """Return how many mails were new to us."""
        return sum(self.outcomes.values())


class Intake:
    """Takes mail in, from mailboxes and from files."""

    def __init__(
        self,
        database: Database,
        reader: Reader,
        house: House,
        policies: Callable[[MailboxKey, datetime], AnswerPolicy],
        clock: Clock,
        *,
        probe: Probe = no_probe,
        heard: Listener = no_listener,
    ) -> None:
        """Make an intake.

        Args:
            policies: Mailbox and the instant of first contact -> how far automatic mail may go.
            heard: Told of every mail once it is stored; may be called from several threads.
        """
        self._database = database
        self._reader = reader
        self._house = house
        self._policies = policies
        self._clock = clock
        self._probe = probe
        self._heard = heard

    def round(self, source: MailSource, *, limit: int = BATCH) -> Round:
        """Take in one batch of a mailbox and remember how far it was read.

        Raises:
            ConnectorError: The mailbox does not answer; nothing was changed.
            DatabaseUnavailable: Nothing was changed; the same round can be tried again.
        """
        mailbox = MailboxKey(source.mailbox)
        with self._database.work() as work:
            state = work.mailboxes.connect(mailbox, self._clock.now())
        after = None if state.checkpoint is None else Checkpoint(state.checkpoint)
        batch = source.fetch(after, limit=limit)
        self._probe(Step.FETCHED)
        arrivals = [Arrival(mailbox=mailbox, raw=raw) for raw in batch.messages]
        if not arrivals and batch.checkpoint == state.checkpoint and state.caught_up_at:
            return Round(more=batch.more)

        def remember(work: Work) -> None:
            now = self._clock.now()
            work.mailboxes.save(mailbox, batch.checkpoint, now)
            if not batch.more and work.mailboxes.caught_up(mailbox, now):
                self._announce_backlog(work, state, now)
            self._probe(Step.CHECKPOINTED)

        return Round.of(self._take(arrivals, {mailbox: state}, remember), more=batch.more)

    def take(self, arrivals: Sequence[Arrival]) -> Round:
        """Take in mail that comes from no watched mailbox, such as files."""
        return Round.of(self._take(arrivals, {}, lambda _work: None))

    def announce_files(self, *, cases: int, urgent: int, scope: str) -> None:
        """Plan the one alert about cases that came from files."""
        now = self._clock.now()
        alert = plan_operator_alert(
            "backlog", f"files:{scope}", now=now, cases=cases, urgent=urgent
        )
        with self._database.work() as work:
            work.actions.plan([alert], now)

    def retry_quarantined(self) -> int:
        """Try quarantined mail again that is due; return how many left the quarantine."""
        with self._database.reading() as work:
            due = work.books.quarantined(due_at=self._clock.now(), limit=20)
        return sum(self._retry(mail) for mail in due)

    def retry_all(self) -> int:
        """Try all quarantined mail again now; return how many left the quarantine."""
        with self._database.reading() as work:
            mails = work.books.quarantined(limit=1000)
        return sum(self._retry(mail) for mail in mails)

    def _take(
        self,
        arrivals: Sequence[Arrival],
        states: Mapping[MailboxKey, MailboxState],
        remember: Callable[[Work], None],
    ) -> list[Taken]:
        readings, broken = self._read_all(arrivals)
        try:
            return self._store(readings, broken, states, remember)
        except DatabaseUnavailable:
            raise
        except Exception:
            # One mail of the batch cannot be stored, or two workers met: find out which.
            return self._store_one_by_one(readings, broken, states, remember)

    def _read_all(
        self, arrivals: Sequence[Arrival]
    ) -> tuple[list[Reading], list[tuple[Arrival, str]]]:
        readings: list[Reading] = []
        broken: list[tuple[Arrival, str]] = []
        for arrival in arrivals:
            try:
                readings.append(self._reader.read(arrival))
            except Exception as error:  # a fault of ours in one mail must not stop the rest
                broken.append((arrival, _place(error)))
            self._probe(Step.PARSED)
        return readings, broken

    def _store(
        self,
        readings: Sequence[Reading],
        broken: Sequence[tuple[Arrival, str]],
        states: Mapping[MailboxKey, MailboxState],
        remember: Callable[[Work], None],
    ) -> list[Taken]:
        now = self._clock.now()
        with self._database.work() as work:
            new = self._without_seen(work, readings)
            register = Register(work, self._house, now)
            if new:
                register.look_up(new)
                for reading in new:
                    register.register(reading, self._terms(reading, states, now))
                register.write()
            put_aside = sum(self._quarantine(work, *mail, now) for mail in broken)
            self._probe(Step.INSERTED)
            remember(work)
            self._probe(Step.BEFORE_COMMIT)
        self._probe(Step.AFTER_COMMIT)
        taken = [*register.taken(), *[Taken(outcome=Outcome.QUARANTINED)] * put_aside]
        self._tell(taken)
        return taken

    def _tell(self, taken: Sequence[Taken]) -> None:
        for one in taken:
            self._heard(one)
        counts = Counter(one.outcome.value for one in taken)
        if counts:
            log.info("mail_taken_in", **counts)

    def _store_one_by_one(
        self,
        readings: Sequence[Reading],
        broken: Sequence[tuple[Arrival, str]],
        states: Mapping[MailboxKey, MailboxState],
        remember: Callable[[Work], None],
    ) -> list[Taken]:
        taken: list[Taken] = []
        broken = list(broken)
        for reading in readings:
            try:
                taken += self._store([reading], [], states, lambda _work: None)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # refused by the database, or a fault of ours
                broken.append((reading.arrival, _place(error)))
        taken += self._store([], broken, states, remember)
        return taken

    def _without_seen(self, work: Work, readings: Sequence[Reading]) -> list[Reading]:
        keys: dict[MailboxKey, list[MessageKey]] = {}
        for reading in readings:
            keys.setdefault(reading.arrival.mailbox, []).append(reading.arrival.raw.key)
        seen = work.books.seen_in(keys)
        return [
            reading
            for reading in readings
            if (reading.arrival.mailbox, reading.arrival.raw.key) not in seen
        ]

    def _terms(
        self, reading: Reading, states: Mapping[MailboxKey, MailboxState], now: datetime
    ) -> MailboxTerms:
        state = states.get(reading.arrival.mailbox)
        connected = now if state is None else state.connected_at
        policy = self._policies(reading.mailbox, connected)
        if policy.hold:
            return MailboxTerms(policy=policy, quiet_before=_ALWAYS)
        if state is not None and state.restored_at is not None:
            since = max(policy.answer_from, state.restored_at)
            policy = replace(policy, answer_from=since)
        if state is None or state.caught_up_at is not None:
            return MailboxTerms(policy=policy, quiet_before=None)
        lying_here = self._policies(reading.arrival.mailbox, connected)
        return MailboxTerms(policy=policy, quiet_before=lying_here.answer_from)

    def _quarantine(self, work: Work, arrival: Arrival, place: str, now: datetime) -> int:
        raw = arrival.raw
        if work.books.seen(arrival.mailbox, [raw.key]):
            return 0
        work.books.quarantine(
            Quarantined(
                mailbox=arrival.mailbox,
                key=raw.key,
                received_at=raw.received_at,
                content=raw.content,
                transport_headers=raw.transport_headers,
                error=place,
                attempts=1,
                retry_at=now + _FIRST_RETRY,
            )
        )
        work.books.deliver(
            [
                Delivery(
                    mailbox=arrival.mailbox,
                    key=raw.key,
                    outcome=Outcome.QUARANTINED,
                    seen_at=now,
                )
            ]
        )
        alert = plan_operator_alert(
            "quarantined",
            f"{arrival.mailbox}:{sha256(raw.key.encode()).hexdigest()[:16]}",
            now=now,
            mailbox=arrival.mailbox,
        )
        work.actions.plan([alert], now)
        log.error("mail_quarantined", mailbox=arrival.mailbox, place=place)
        return 1

    def _retry(self, mail: Quarantined) -> bool:
        arrival = Arrival(mailbox=mail.mailbox, raw=mail.as_raw())
        now = self._clock.now()
        try:
            reading = self._reader.read(arrival)
            with self._database.work() as work:
                state = work.mailboxes.get(mail.mailbox)
                states = {} if state is None else {mail.mailbox: state}
                if not work.books.withdraw(mail):
                    return False
                register = Register(work, self._house, now)
                register.look_up([reading])
                terms = self._terms(reading, states, now)
                if mail.key.startswith(FILE_KEY):
                    terms = replace(terms, policy=replace(terms.policy, hold=True))
                register.register(reading, terms)
                register.write()
        except DatabaseUnavailable:
            raise
        except Exception as error:  # the same fault as before, or a new one: wait longer
            wait = min(_FIRST_RETRY * 2 ** min(mail.attempts, _DOUBLED_AT_MOST), _LONGEST_RETRY)
            with self._database.work() as work:
                work.books.retry_quarantined(mail, at=now + wait, error=_place(error))
            return False
        log.info("quarantine_left", mailbox=mail.mailbox, attempts=mail.attempts)
        return True

    def _announce_backlog(self, work: Work, state: MailboxState, now: datetime) -> None:
        policy = self._policies(state.mailbox, state.connected_at)
        cases, urgent = work.cases.count_waiting(state.mailbox, before=policy.answer_from)
        if cases:
            work.actions.plan(
                [
                    backlog_alert(
                        state.mailbox,
                        cases=cases,
                        urgent=urgent,
                        scope=state.connected_at.date().isoformat(),
                        now=now,
                    )
                ],
                now,
            )


def _place(error: BaseException) -> str:
    """Name an exception and where in our code it rose; never its text, which may hold mail."""
    frames = traceback.extract_tb(error.__traceback__)
    last = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} in {last}"[:200]
