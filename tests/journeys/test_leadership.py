from __future__ import annotations

import pytest

from bot.services.leadership import LEASE, Leadership
from bot.services.watch import Watch
from bot.vocabulary import MailboxKey

INFO = MailboxKey("info")


@pytest.fixture
def workers(city_on_both):
    city = city_on_both
    return city, *(Leadership(city.app.database, city.clock, worker=name) for name in "ab")


def test_one_worker_leads_and_the_other_does_not(workers):
    _, first, second = workers
    assert first.leads(INFO)
    assert not second.leads(INFO)


def test_each_mailbox_has_a_leader_of_its_own(workers):
    _, first, second = workers
    assert first.leads(INFO)
    assert second.leads(MailboxKey("kundreskontra"))


def test_a_leader_that_lives_stays_the_leader(workers):
    city, first, second = workers
    assert first.leads(INFO)
    for _ in range(10):
        city.later(seconds=6)
        assert first.leads(INFO)
        assert not second.leads(INFO)


def test_another_takes_over_when_the_lease_of_the_dead_has_run_out(workers):
    city, first, second = workers
    assert first.leads(INFO)
    assert not second.leads(INFO)
    city.later(seconds=LEASE.total_seconds() - 1)
    assert not second.leads(INFO)
    city.later(seconds=6)
    assert second.leads(INFO)
    city.later(seconds=6)
    assert not first.leads(INFO)


def test_a_leader_that_resigns_makes_room_at_once(workers):
    city, first, second = workers
    assert first.leads(INFO)
    assert not second.leads(INFO)
    first.resign(INFO)
    city.later(seconds=6)
    assert second.leads(INFO)


def test_who_does_not_lead_reads_no_mail_and_raises_no_alarm(city_on_both):
    city = city_on_both
    other = Leadership(city.app.database, city.clock, worker="other")
    assert other.leads(MailboxKey("kundreskontra"))
    we = Leadership(city.app.database, city.clock, worker="we")
    watch = Watch(city.app.sources, city.app.intake, city.app.database, city.clock, leadership=we)
    city.post("Hej! Kan ni ändra vår adress?")
    for _ in range(5):
        city.later(seconds=6)
        assert other.leads(MailboxKey("kundreskontra"))
        assert watch.round(MailboxKey("kundreskontra")).wait_s == 3
    watch.raise_alarms()
    assert city.cases() == []
    city.app.dispatch.run_due()
    assert city.alerts() == []
