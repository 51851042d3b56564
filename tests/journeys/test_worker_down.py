"""The worker was down: each overdue ladder goes on at the right step, once, and not at night."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from bot.clock import FixedClock
from bot.services.naming import case_named
from bot.vocabulary import PersonKey
from tests import by_hand
from tests.by_hand import Told
from tests.letters import URGENT_INVOICE, URGENT_PAYMENT
from tests.stop_list_cases import import_ledger, invoice

TWO_DAYS = timedelta(days=2)
BEFORE = (20 * 60, 180, 95, 31, 30, 5)
"""Minutes before the worker went down at which mails came."""


class Office:
    """A house whose worker can be stopped, and what it told about each case."""

    def __init__(self, city):
        self.city = city
        self.told = defaultdict(list)

    @property
    def now(self):
        return self.city.clock.now()

    def work(self):
        """Let the timer and the outbox do what is due now."""
        while self.city.app.urgency_watch.run_due():
            pass
        self.city.app.dispatch.run_due()
        for alert in self.city.notifier.alerts:
            rung = alert.values.get("rung")
            self.told[alert.case_number].append(Told(self.now, alert.code.value, rung))
        self.city.notifier.alerts.clear()

    def live(self, until):
        """Jump from one due time to the next."""
        while (due := self.next_due()) is not None and due <= until:
            self.city.clock.set(max(due, self.now))
            self.work()
        self.city.clock.set(until)

    def next_due(self):
        with self.city.app.database.reading() as work:
            due = [work.watches.next_due(), work.actions.next_due()]
        return min((at for at in due if at is not None), default=None)

    def receive(self, letter):
        """Take in a letter that comes now, and return its case."""
        self.city.post(**letter)
        self.city.take_in()
        case = self.city.cases()[-1]
        self.work()
        return case


@pytest.fixture
def office(build_city):
    def at(moment):
        return Office(build_city(clock=FixedClock(moment)))

    return at


@pytest.mark.parametrize(
    "down",
    [
        pytest.param(by_hand.instant(date(2026, 3, 10), 10, 7), id="from Tuesday to Thursday"),
        pytest.param(
            by_hand.instant(date(2026, 3, 13), 15, 50),
            id="from Friday to Sunday",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            by_hand.instant(date(2026, 3, 27), 14),
            id="over the change to summer time",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            by_hand.instant(date(2026, 4, 1), 16), id="into Good Friday", marks=pytest.mark.slow
        ),
        pytest.param(by_hand.instant(date(2026, 5, 12), 12, 59), id="into Ascension Day"),
    ],
)
def test_after_two_days_each_overdue_ladder_goes_on_at_the_right_step_once(office, down):
    up, end = down + TWO_DAYS, down + 2 * TWO_DAYS
    here = office(down - timedelta(minutes=BEFORE[0] + 1))
    begun = {}
    for minutes in BEFORE:
        here.live(down - timedelta(minutes=minutes))
        begun[str(here.receive(URGENT_INVOICE).number)] = here.now
    here.live(down)
    here.city.clock.set(up)
    here.work()
    here.live(end)
    for case, at in begun.items():
        until = by_hand.invoice_until(at, None, None, since=at)
        assert here.told[case] == by_hand.ladder(at, [until], end, down=(down, up))


def test_the_right_step_after_two_days_is_one_alert_to_the_head(office):
    tuesday = by_hand.instant(date(2026, 3, 10), 9)
    here = office(tuesday)
    invoices, payments = here.receive(URGENT_INVOICE), here.receive(URGENT_PAYMENT)
    here.city.clock.set(tuesday + TWO_DAYS)
    here.work()
    here.work()
    assert [here.told[str(case.number)][1:] for case in (invoices, payments)] == [
        [Told(tuesday + TWO_DAYS, "last_hour", "head")],
        [Told(tuesday + TWO_DAYS, "unacknowledged", "head")],
    ]


def test_the_last_hour_goes_to_the_head_though_only_the_substitute_was_to_be_told(office):
    afternoon = by_hand.instant(date(2026, 3, 10), 15)  # an hour and a half before closing
    here = office(afternoon)
    case = here.receive(URGENT_INVOICE)
    up = afternoon + timedelta(minutes=50)
    here.city.clock.set(up)
    here.work()
    assert here.told[str(case.number)][1:] == [Told(up, "last_hour", "head")]


def test_what_was_acknowledged_before_stays_silent_after(office):
    tuesday = by_hand.instant(date(2026, 3, 10), 9)
    here = office(tuesday)
    case = case_named(str(here.receive(URGENT_INVOICE).number), here.city.app.database)
    here.city.app.casework.acknowledge(case, by=PersonKey("anna"))
    here.city.clock.set(tuesday + TWO_DAYS)
    here.work()
    assert here.told[str(case.number)] == [Told(tuesday, "urgent", None)]


def test_a_worker_that_comes_up_at_night_calls_nobody_before_the_opening(office):
    friday = by_hand.instant(date(2026, 3, 13), 15)
    here = office(friday)
    case = here.receive(URGENT_INVOICE)
    here.city.clock.set(friday + TWO_DAYS)
    here.work()
    assert here.told[str(case.number)] == [Told(friday, "urgent", None)]
    monday = by_hand.instant(date(2026, 3, 16), 8)
    assert here.next_due() == monday
    here.live(monday)
    assert here.told[str(case.number)][1:] == [Told(monday, "last_hour", "head")]


def test_what_only_the_ledger_knows_to_be_lost_before_the_opening_is_told_at_once(office):
    monday_evening = by_hand.instant(date(2026, 3, 9), 19)
    here = office(monday_evening)
    due = invoice("40012345", due=date(2026, 3, 4))
    import_ledger(here.city.app.database, monday_evening, due)
    case = here.receive(URGENT_INVOICE)
    assert here.told[str(case.number)] == [Told(monday_evening, "urgent", None)]
    here.live(monday_evening + timedelta(minutes=60))
    assert [told.rung for told in here.told[str(case.number)]] == [None, "substitute", "head"]
