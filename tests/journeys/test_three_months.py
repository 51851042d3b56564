"""Three months of a busy centre with a clock that jumps: nothing urgent is silently late."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.ladder import Ladder
from bot.plan import AnswerPolicy
from bot.services.naming import case_named
from bot.services.reading import Arrival, Reading
from bot.services.registering import MailboxTerms, Register
from bot.triage.model import Triage
from bot.vocabulary import Kind, MailboxKey, MatterKey, Mode, PersonKey, ProcessKey, Urgency
from bot.worktime import is_open, next_opening
from functionmail.conversation import Candidates
from functionmail.message import MessageKey, RawMessage
from functionmail.parse import parse
from tests.city import City, mail

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 91
CASES = 20_000
MINUTE = timedelta(minutes=1)
BOX = MailboxKey("kundreskontra")
TEMPLATE = parse(mail())
LADDER = Ladder()
TERMS = MailboxTerms(
    policy=AnswerPolicy(mode=Mode.OFF, answer_from=START, twin_wait=timedelta()), quiet_before=None
)


@dataclass(slots=True)
class Story:
    """One urgent case: when it came, when a person acknowledges it, who was told when."""

    arrived_at: datetime
    patience: int
    handle_by: datetime | None = None
    lost_before_opening: bool = False
    acknowledged_at: datetime | None = None
    told: list[tuple[datetime, str | None]] = field(default_factory=list)


def triage_of(chance):
    """Return what triage says: one in four is an urgent invoice, one in fifty a payment."""
    draw = chance.random()
    if draw < 0.02:
        process, matter, urgent = "leverantorsreskontra", "betalstopp", Urgency.PAYOUT
    elif draw < 0.27:
        process, matter, urgent = "kundreskontra", "anstand", Urgency.COLLECTIONS
    else:
        process, matter, urgent = "kundreskontra", "kundregister", Urgency.NO
    return Triage(
        kind=Kind.CASE, process=ProcessKey(process), matter=MatterKey(matter), urgent=urgent
    )


def arrivals(chance):
    """Return (instant, triage) of all mails, day and night, more by day."""
    found = []
    for _ in range(CASES):
        day = START + timedelta(days=chance.randrange(DAYS))
        hour = chance.choice((6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 18, 22))
        at = day + timedelta(hours=hour, minutes=chance.randrange(0, 60, 15))
        found.append((at, triage_of(chance)))
    return sorted(found, key=lambda pair: pair[0])


class Centre:
    """The house, and what really happened in it."""

    def __init__(self, city):
        self.city = city
        self.stories = {}
        self.opened = 0

    def open(self, at, group):
        """Take in mails that came at the same time."""
        app = self.city.app
        with app.database.work() as work:
            register = Register(work, app.house, at)
            readings = [self.reading(at, triage) for triage in group]
            register.look_up(readings)
            for reading in readings:
                register.register(reading, TERMS)
            register.write()
            taken = register.taken()
        for one in taken:
            if one.is_urgent_case:
                self.stories[str(one.case.number)] = Story(
                    arrived_at=at,
                    patience=hash_of(one.case.id),
                    handle_by=one.case.handle_by,
                    lost_before_opening=one.case.safe_until is not None
                    and not is_open(at, app.house.calendar)
                    and one.case.safe_until <= at,
                )

    def reading(self, at, triage):
        self.opened += 1
        name = f"{self.opened}@kund.example"
        message = replace(TEMPLATE, message_id=name, content_hash=f"{self.opened:064}")
        raw = RawMessage(key=MessageKey(name), received_at=at, content=b"")
        return Reading(
            arrival=Arrival(mailbox=BOX, raw=raw),
            mailbox=BOX,
            message=message,
            triage=triage,
            no_answer=(),
            ignored=None,
            glance=False,
            failure=None,
            candidates=Candidates(),
        )

    def work(self):
        """Let the timer and the outbox do what is due now, and people acknowledge."""
        app, now = self.city.app, self.city.clock.now()
        while app.urgency_watch.run_due():
            pass
        app.dispatch.run_due()
        for alert in self.city.notifier.alerts:
            if alert.case_number is None:
                continue
            story = self.stories[alert.case_number]
            story.told.append((now, alert.values.get("rung")))
            if len(story.told) > story.patience and story.acknowledged_at is None:
                case = case_named(alert.case_number, app.database)
                app.casework.acknowledge(case, by=PersonKey("anna"))
                story.acknowledged_at = now
        self.city.notifier.alerts.clear()

    def next_due(self):
        with self.city.app.database.reading() as work:
            due = [work.watches.next_due(), work.actions.next_due()]
        return min((at for at in due if at is not None), default=None)


def hash_of(case_id):
    """Return after how many alerts a person acknowledges: mostly the first, up to the fifth."""
    return (0, 0, 0, 0, 1, 1, 2, 2, 3, 4)[int(case_id) * 7919 % 10]


def working_minutes_after(at, minutes, calendar):
    """Count minute by minute, as a person with a clock would."""
    while minutes:
        if not is_open(at, calendar):
            at = next_opening(at, calendar)
        at += MINUTE
        minutes -= 1
    return at


@pytest.fixture(scope="module")
def quarter(tmp_path_factory):
    """Live through the three months once."""
    folder = tmp_path_factory.mktemp("quarter")
    city = City(folder / "mail", f"sqlite:///{folder}/q.db", [BOX], clock=FixedClock(START))
    centre = Centre(city)
    waiting = defaultdict(list)
    for at, triage in arrivals(random.Random(20260302)):
        waiting[at].append(triage)
    coming = sorted(waiting)
    end = START + timedelta(days=DAYS + 10)
    while True:
        due = centre.next_due()
        upcoming = coming[0] if coming else None
        instants = [at for at in (due, upcoming) if at is not None]
        if not instants or min(instants) > end:
            break
        now = max(min(instants), city.clock.now())
        city.clock.advance(now - city.clock.now())
        if upcoming is not None and upcoming <= now:
            centre.open(now, waiting[coming.pop(0)])
        centre.work()
    yield centre
    city.close()


@pytest.mark.slow
def test_every_urgent_case_is_told_to_a_person_before_its_deadline(quarter):
    assert len(quarter.stories) > CASES / 5
    late = [s for s in quarter.stories.values() if not s.told or s.told[0][0] > s.handle_by]
    assert late == []


@pytest.mark.slow
def test_every_first_alert_comes_at_once_or_at_the_opening(quarter):
    calendar = quarter.city.app.house.calendar
    for story in quarter.stories.values():
        at_once = is_open(story.arrived_at, calendar) or story.lost_before_opening
        wanted = story.arrived_at if at_once else next_opening(story.arrived_at, calendar)
        assert story.told[0][0] == wanted


@pytest.mark.slow
def test_every_step_of_the_ladder_comes_at_its_working_minute(quarter):
    calendar = quarter.city.app.house.calendar
    checked = 0
    for story in quarter.stories.values():
        if story.lost_before_opening or len(story.told) < 3:
            continue
        first, second, third = story.told[:3]
        roomy = working_minutes_after(first[0], 181, calendar) <= story.handle_by
        if not roomy:
            continue
        assert second == (working_minutes_after(first[0], 30, calendar), "substitute")
        assert third == (working_minutes_after(first[0], 60, calendar), "head")
        checked += 1
    assert checked > 300


@pytest.mark.slow
def test_no_alert_follows_an_acknowledgement(quarter):
    for story in quarter.stories.values():
        assert story.acknowledged_at is not None
        assert all(at <= story.acknowledged_at for at, _ in story.told)


@pytest.mark.slow
def test_nobody_is_called_outside_opening_hours_for_what_can_wait(quarter):
    calendar = quarter.city.app.house.calendar
    for story in quarter.stories.values():
        for at, _ in story.told:
            working = is_open(at, calendar) or is_open(at - MINUTE, calendar)
            assert working or story.lost_before_opening
