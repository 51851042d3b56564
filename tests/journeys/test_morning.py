"""The morning digest and the alarm about unstaffed places."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.clock import FixedClock
from bot.knowledge.models import Absence
from tests.city import shipped_material
from tests.letters import ORDINARY, URGENT_INVOICE

MONDAY_EVENING = datetime.fromisoformat("2026-03-02T19:00:00+01:00")
TUESDAY_OPENING = datetime.fromisoformat("2026-03-03T08:00:00+01:00")
SATURDAY = datetime.fromisoformat("2026-03-07T10:00:00+01:00")


def wake(city, at):
    city.clock.advance(at - city.clock.now())
    city.app.morning.run_due()
    city.app.dispatch.run_due()


def digests(city):
    return [alert for alert in city.notifier.alerts if alert.code.value == "digest"]


@pytest.fixture
def overnight(build_city):
    """Two mails came in last night."""
    city = build_city(clock=FixedClock(MONDAY_EVENING))
    city.post(**ORDINARY)
    city.post(**URGENT_INVOICE)
    city.work_off()
    return city


def test_each_team_hears_in_the_morning_what_waits_for_it(overnight):
    wake(overnight, TUESDAY_OPENING)
    (digest,) = digests(overnight)
    assert digest.team == overnight.cases()[0].team
    assert (digest.values["urgent"], digest.values["unanswered"]) == (1, 2)


def test_before_the_opening_and_on_a_day_off_nothing_is_sent(overnight):
    wake(overnight, datetime.fromisoformat("2026-03-03T07:00:00+01:00"))
    assert digests(overnight) == []
    wake(overnight, SATURDAY)
    assert digests(overnight) == []


def test_the_digest_comes_once_a_day_also_after_a_restart(overnight, build_city):
    wake(overnight, TUESDAY_OPENING)
    overnight.app.morning.run_due()
    again = build_city(clock=FixedClock(TUESDAY_OPENING))
    again.app.morning.run_due()
    again.app.dispatch.run_due()
    assert len(digests(overnight)) + len(digests(again)) == 1


def test_where_there_is_nothing_to_say_nothing_is_sent(build_city):
    city = build_city(clock=FixedClock(MONDAY_EVENING))
    wake(city, TUESDAY_OPENING)
    assert digests(city) == []


def everybody_away(day):
    """Return the shipped material of a city where all are away on a day."""
    material = shipped_material()
    knowledge = material.knowledge
    away = (Absence.model_validate({"from": day, "to": day}),)
    people = {
        key: person.model_copy(update={"absences": away})
        for key, person in knowledge.people.items()
    }
    return replace(material, knowledge=replace(knowledge, people=people))


def test_each_place_that_nobody_answers_raises_an_alarm_once(build_city):
    material = everybody_away(TUESDAY_OPENING.date())
    city = build_city(clock=FixedClock(MONDAY_EVENING), material=material)
    wake(city, TUESDAY_OPENING)
    city.app.morning.run_due()
    alarms = [a.values["place"] for a in city.notifier.alerts if a.code.value == "unstaffed"]
    assert sorted(alarms) == sorted(map(str, material.knowledge.duty.posts))
