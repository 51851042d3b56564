"""The morning digest and the alarm about unstaffed places."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.clock import FixedClock
from bot.duty import who_on
from bot.knowledge.models import Absence
from bot.notifying import sentence
from bot.registers import EntryKind, Facts, Register, Step
from bot.texts import speaker
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


def test_a_start_in_the_evening_wishes_nobody_a_good_morning(overnight):
    wake(overnight, datetime.fromisoformat("2026-03-03T20:37:00+01:00"))
    assert digests(overnight) == []
    wake(overnight, datetime.fromisoformat("2026-03-04T08:00:00+01:00"))
    assert len(digests(overnight)) == 1


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


def told(city, alert, language="sv"):
    return sentence(alert, speaker(language), city.app.knowledge.names_in(language))


def test_the_digest_says_who_answers_today(overnight):
    wake(overnight, TUESDAY_OPENING)
    (digest,) = digests(overnight)
    knowledge = overnight.app.knowledge
    on_duty = who_on(knowledge.duty, "kundreskontra", TUESDAY_OPENING.date()).on_duty
    assert f"Kundreskontra: {knowledge.people[on_duty].name}" in told(overnight, digest)
    unit = knowledge.teams[digest.team].unit
    of_unit = [place for place, post in knowledge.duty.posts.items() if post.unit == unit]
    assert [staffed.place for staffed in digest.staffing] == of_unit


def test_the_digest_says_what_must_be_handled_today(overnight):
    wake(overnight, datetime.fromisoformat("2026-03-04T08:00:00+01:00"))
    (digest,) = digests(overnight)
    assert digest.values["today"] == 1
    assert "ska vara klara i dag: 1" in told(overnight, digest)


def remark(city, due, **facts):
    """Register a remark that is to be answered by a day."""
    by = next(iter(city.app.knowledge.people))
    facts = Facts(unit="kundreskontra", due=due, **facts)
    step = Step(kind=EntryKind.OPENED, text="Svaret dröjde.", facts=facts)
    return city.app.registers.open(Register.REMARKS, step, by=by)


def test_the_digest_counts_what_is_overdue_in_the_registers(build_city):
    city = build_city(clock=FixedClock(MONDAY_EVENING))
    owner = next(p.key for p in city.app.knowledge.people.values() if p.team is not None)
    remark(city, MONDAY_EVENING.date(), owner=owner)
    wake(city, TUESDAY_OPENING)
    (digest,) = digests(city)
    assert digest.team == city.app.knowledge.people[owner].team
    assert digest.values["overdue"] == 1
    assert "försenade synpunkter och loggposter: 1" in told(city, digest)


def test_what_a_head_owes_in_a_register_is_told_to_the_unit(build_city):
    city = build_city(clock=FixedClock(MONDAY_EVENING))
    head = city.app.knowledge.head_of("kundreskontra")
    remark(city, MONDAY_EVENING.date(), owner=head)
    wake(city, TUESDAY_OPENING)
    (digest,) = digests(city)
    assert city.app.knowledge.teams[digest.team].unit == "kundreskontra"


def test_what_a_register_may_still_wait_for_is_no_news(build_city):
    city = build_city(clock=FixedClock(MONDAY_EVENING))
    remark(city, TUESDAY_OPENING.date())
    wake(city, TUESDAY_OPENING)
    assert digests(city) == []


def test_where_the_first_channel_is_down_the_digest_can_be_mailed_to_who_is_on_duty(overnight):
    wake(overnight, TUESDAY_OPENING)
    (digest,) = digests(overnight)
    assert digest.to == digest.staffing[0].on_duty


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


def test_an_alarm_names_the_place_as_people_do(build_city):
    material = everybody_away(TUESDAY_OPENING.date())
    city = build_city(clock=FixedClock(MONDAY_EVENING), material=material)
    wake(city, TUESDAY_OPENING)
    alarm = next(a for a in city.notifier.alerts if a.values.get("place") == "kundreskontra")
    assert told(city, alarm) == "Ingen är på plats i dag för Kundreskontra"
