"""A made-up quarter of a busy centre: mails, people, a finance system, and a clock that jumps.

The house under test does its own work. Beside it stands what was made up, and what follows
from that by `tests.by_hand`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

from bot.cases import Case
from bot.clock import FixedClock
from bot.ledger_file import LedgerFormat
from bot.notifying import Alert
from bot.plan import AnswerPolicy
from bot.services.deadlines import refresh_deadlines
from bot.services.invoice_lookup import refresh_all
from bot.services.ledger_import import LedgerImport
from bot.services.reading import Arrival, Reading
from bot.services.registering import MailboxTerms, Register
from bot.services.stop_lists import Made, find_misses
from bot.vocabulary import (
    MailboxKey,
    Mode,
    PersonKey,
    StopReason,
    Urgency,
)
from functionmail.conversation import Candidates
from functionmail.message import MessageKey, RawMessage
from functionmail.parse import parse
from tests import by_hand
from tests.by_hand import Told, Until
from tests.city import LONG_AGO, City, mail
from tests.ledger_files import write_ledger
from tests.quarter_mails import DAYS, START, Bill, Coming

BOX = MailboxKey("kundreskontra")
ANNA = PersonKey("anna")
TEMPLATE = parse(mail())
TERMS = MailboxTerms(
    policy=AnswerPolicy(mode=Mode.OFF, answer_from=LONG_AGO, twin_wait=timedelta()),
    quiet_before=None,
)
MISSED = ("stop_list_miss", "stop_list_misses")
DELAYS = (*range(1, 30), 30, 30, 31, 42, 55, 60, 75, 100, 150, 260, 700)
"""Working minutes from the first alert until a person acts; 30 and 60 are steps of the ladder."""
EVES = (date(2026, 3, 27), date(2026, 4, 2), date(2026, 4, 30), date(2026, 5, 13))
LONG_DELAYS = (30, 150, 260, 400)
"""The same on the working day before the clock change, Easter, May Day and Ascension Day."""
STAGES = {"öppen": "open", "påmind": "reminded", "inkasso": "collection", "betald": "paid"}


@dataclass(slots=True, kw_only=True)
class Story:
    """One urgent case: when it came, what people did, who was told what and when."""

    mail: Coming
    case: Case
    untils: list[Until]
    acknowledged: datetime | None = None
    ticked: datetime | None = None
    told: list[Told] = field(default_factory=list)
    told_to: list[PersonKey | None] = field(default_factory=list)

    @property
    def reason(self) -> StopReason | None:
        return self.mail.reason


Row = tuple[str, str, str | None, date | None, int | None, str | None]
"""(part, case, invoice, due date, amount in öre, stage) of a line of a stop list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A stop list as it was given out, and as it should be."""

    at: datetime
    made: Made
    wanted: frozenset[Row]
    wanted_before: frozenset[Row]

    def rows(self) -> list[Row]:
        return [
            (
                line.part.value,
                line.case,
                line.invoice,
                line.due,
                line.amount_ore,
                None if line.stage is None else line.stage.value,
            )
            for line in self.made.lines
        ]


class Centre:
    """The house, the people, the finance system, and what happened."""

    def __init__(self, city: City, chance: Random, comings: Iterable[Coming]) -> None:
        self.city = city
        self.stories: dict[str, Story] = {}
        self.lists: list[Listed] = []
        self.wrong_deadlines: list[tuple[Case, Until]] = []
        self.missed: dict[str, int] = {}
        self.miss_alerts: list[list[Alert]] = []
        self.wanted_miss_alerts: list[dict[str, int]] = []
        self._chance = chance
        self._bills: list[Bill] = []
        self._exported: dict[str, Bill] = {}
        self._last_due: dict[str, date | None] = {}
        self._last_rows: dict[Urgency, frozenset[Row]] = {}
        self._mails, self._order = count(1), count()
        self._coming: list[tuple[datetime, int, Callable[[], object]]] = []
        self._import = _importer(city)
        by_moment: dict[datetime, list[Coming]] = {}
        for coming in comings:
            by_moment.setdefault(coming.at, []).append(coming)
            if coming.bill is not None:
                self._bills.append(coming.bill)
        for moment, group in by_moment.items():
            self._at(moment, lambda group=group: self._open(group))
        for day in (START + timedelta(days=n) for n in range(DAYS)):
            if day.weekday() in (2, 4):  # after the runs of Tuesday and Thursday
                self._at(datetime(day.year, day.month, day.day, 5, tzinfo=UTC), self._export)
            self._at(datetime(day.year, day.month, day.day, 10, 7, tzinfo=UTC), self._list)

    @property
    def now(self) -> datetime:
        return self.city.clock.now()

    def _at(self, moment: datetime, happens: Callable[[], object]) -> None:
        """Let something happen later; it returns whether it gives the house something to do."""
        heapq.heappush(self._coming, (moment, next(self._order), happens))

    def live(self) -> None:
        """Jump from one due time to the next until all is done, or a month after the quarter.

        What the timer and the outbox owe goes before what people do at the same instant.
        """
        assert isinstance(self.city.clock, FixedClock)
        due, end = self._next_due(), by_hand.instant(START + timedelta(days=DAYS + 30), 0)
        while True:
            if due is not None and due <= self.now:
                due = self._work_off()
            if self._coming and self._coming[0][0] <= self.now:
                if heapq.heappop(self._coming)[2]():
                    due = self._next_due()
                continue
            moments = [moment for moment, _, _ in self._coming[:1]]
            if due is not None:
                moments.append(due)
            if not moments or min(moments) > end:
                return
            self.city.clock.set(min(moments))

    def _work_off(self) -> datetime | None:
        """Do what is due, and return when the next thing is."""
        app = self.city.app
        while app.urgency_watch.run_due():
            pass
        app.dispatch.run_due()
        missed = []
        for alert in self.city.notifier.alerts:
            if alert.code.value in MISSED:
                missed.append(alert)
            else:
                self._hear(alert)
        if missed:
            self.miss_alerts.append(missed)
        self.city.notifier.alerts.clear()
        return self._next_due()

    def _next_due(self) -> datetime | None:
        with self.city.app.database.reading() as work:
            due = (work.watches.next_due(), work.actions.next_due())
        return min((moment for moment in due if moment is not None), default=None)

    def _hear(self, alert: Alert) -> None:
        assert alert.case_number is not None
        story = self.stories[alert.case_number]
        rung = alert.values.get("rung")
        story.told.append(Told(self.now, alert.code.value, None if rung is None else str(rung)))
        story.told_to.append(alert.to)
        if len(story.told) == 1:
            delays = LONG_DELAYS if by_hand.local_day(self.now) in EVES else DELAYS
            moment = by_hand.after(self.now, self._chance.choice(delays))
            at_once = story.reason is not None and self._chance.random() < 0.2
            act = self._tick if at_once else self._acknowledge
            self._at(moment, lambda: act(story))

    def _acknowledge(self, story: Story) -> None:
        self.city.app.casework.acknowledge(story.case, by=story.told_to[-1] or ANNA)
        story.acknowledged = self.now
        if story.reason is not None:
            wait = timedelta(hours=self._chance.choice((1, 3, 20, 50, 150)))
            self._at(self.now + wait, lambda: self._tick(story))

    def _tick(self, story: Story) -> None:
        assert story.reason is not None
        casework = self.city.app.casework
        casework.confirm_stop(story.case, story.reason, by=ANNA)
        story.ticked = self.now
        if story.mail.bill is not None:
            story.mail.bill.ticked_with = story.reason
        story.acknowledged = story.acknowledged or self.now
        wait = timedelta(hours=self._chance.choice((0, 24, 24, 60)))
        self._at(self.now + wait, lambda: self._close(story))

    def _close(self, story: Story) -> None:
        self.city.app.casework.close(story.case, by=ANNA)

    def _open(self, group: list[Coming]) -> bool:
        """Take in mails that came at the same time."""
        app = self.city.app
        with app.database.work() as work:
            register = Register(work, app.house, self.now)
            readings = [self._reading(coming) for coming in group]
            register.look_up(readings)
            for reading in readings:
                register.register(reading, TERMS)
            register.write()
            taken = register.taken()
        for one, coming in zip(taken, group, strict=True):
            if one.is_urgent_case:
                assert one.case is not None
                story = Story(mail=coming, case=one.case, untils=[self._until(coming)])
                self.stories[str(one.case.number)] = story
                self._compare(one.case, story)
        return True

    def _reading(self, coming: Coming) -> Reading:
        name = f"{next(self._mails)}@kund.example"
        return Reading(
            arrival=Arrival(
                mailbox=BOX,
                raw=RawMessage(key=MessageKey(name), received_at=coming.at, content=b""),
            ),
            mailbox=BOX,
            message=replace(TEMPLATE, message_id=name, content_hash=f"{name:0>64}"),
            triage=coming.triage,
            no_answer=(),
            ignored=None,
            glance=False,
            failure=None,
            candidates=Candidates(),
        )

    def _until(self, coming: Coming) -> Until:
        if coming.triage.urgent is Urgency.PAYOUT:
            return by_hand.payment_until(coming.at)
        known = None if coming.bill is None else self._exported.get(coming.bill.number)
        return by_hand.invoice_until(
            coming.at,
            None if known is None else known.due,
            None if known is None else known.stage,
            since=self.now,
        )

    def _compare(self, case: Case, story: Story) -> None:
        until = story.untils[-1]
        if (case.handle_by, case.safe_until) != until.moments:
            self.wrong_deadlines.append((case, until))

    def _export(self) -> bool:
        """Let finance go on, export what it has, and import that."""
        today = by_hand.local_day(self.now)
        for bill in self._bills:
            bill.go_on(today)
            if bill.known_from is not None and bill.known_from <= self.now:
                self._exported[bill.number] = bill
        waiting = [story for story in self.stories.values() if story.acknowledged is None]
        for story in waiting:
            self._move_deadline(story)
        self._expect_misses()
        lines = [bill.as_row() for bill in self._exported.values()]
        imported = self._import.run(write_ledger(self.city.folder.parent / "ledger.csv", lines))
        assert imported.imported == len(lines)
        with self.city.app.database.reading() as work:
            cases = work.cases.get_many([story.case.id for story in waiting])
        for story in waiting:
            self._compare(cases[story.case.id], story)
        return True

    def _move_deadline(self, story: Story) -> None:
        until, before = self._until(story.mail), story.untils[-1]
        if until.moments == before.moments or story.mail.triage.urgent is Urgency.PAYOUT:
            return
        story.untils.append(until)

    def _expect_misses(self) -> None:
        """Say which invoices of lists are at the collector now, though nobody meant it."""
        found: dict[str, int] = {}
        for number, bill in self._exported.items():
            if bill.stage != "inkasso" or number not in self._last_due or number in self.missed:
                continue
            listed_due = self._last_due[number]
            is_moved = listed_due is not None and bill.due > listed_due
            needs_none = bill.ticked_with is StopReason.ALREADY_PAID
            if bill.ticked_with is None or not (is_moved or needs_none):
                found[number] = bill.ore
        self.missed |= found
        if found:
            self.wanted_miss_alerts.append(found)

    def _list(self) -> None:
        """Give the lists of the day out."""
        for kind in (Urgency.COLLECTIONS, Urgency.PAYOUT):
            wanted = frozenset(
                wanted
                for number, story in self.stories.items()
                if story.ticked is None and story.mail.triage.urgent is kind
                for wanted in self._wanted(number, story.mail.bill)
            )
            self.lists.append(
                Listed(
                    at=self.now,
                    made=self.city.app.stop_lists.make(kind),
                    wanted=wanted,
                    wanted_before=self._last_rows.get(kind, frozenset()),
                )
            )
            self._last_rows[kind] = wanted
            for part, _, number, due, _, _ in wanted:
                if part == "stop" and number is not None:
                    self._last_due[number] = due

    def _wanted(self, number: str, bill: Bill | None) -> Iterator[Row]:
        if bill is None:
            yield "no_number", number, None, None, None, None
        elif bill.number not in self._exported:
            yield "stop", number, bill.number, None, None, None
        elif bill.stage != "betald":
            part = "at_collector" if bill.stage == "inkasso" else "stop"
            yield part, number, bill.number, bill.due, bill.ore, STAGES[bill.stage]


def _importer(city: City) -> LedgerImport:
    app = city.app
    return LedgerImport(
        app.database,
        LedgerFormat(),
        city.clock,
        after_switch=(
            lambda: refresh_all(app.database, city.clock),
            lambda: refresh_deadlines(app.database, app.house, city.clock),
            lambda: find_misses(app.database, app.knowledge.calendar, city.clock),
        ),
        rest=lambda _seconds: None,
    )
