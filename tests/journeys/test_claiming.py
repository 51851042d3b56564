"""Two people who click at once, an alert that is passed on by hand, and feedback by a person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.errors import DataError, IllegalChange
from bot.ladder import Rung
from bot.promises import Feedback
from bot.services.casework import CaseTaken
from bot.services.choices import Choices
from bot.services.escalating import Escalating
from bot.services.overview import MOST, Overview
from bot.services.phone import NewCall
from bot.services.telling import Telling
from bot.vocabulary import Status, StopReason
from tests.letters import ORDINARY, URGENT_INVOICE

ANNA = "agneta-brandt"  # of kundreskontra-centrum
BO = "birgitta-lonnell"
HEAD = "anette-forsbro"


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    city.work_off()
    (found,) = city.cases()
    return found


@pytest.fixture
def urgent(city):
    city.post(**URGENT_INVOICE)
    city.work_off()
    (found,) = city.cases()
    return found


@pytest.fixture
def escalating(city):
    return Escalating(city.app.database, city.app.house, city.clock)


@pytest.fixture
def telling(city):
    return Telling(city.app.database, city.app.house, city.app.phone, city.clock)


@pytest.fixture
def overview(city):
    return Overview(city.app.database, city.app.house, city.clock)


def test_the_first_who_claims_a_case_has_it(city, case):
    taken = city.app.casework.claim(case, by=ANNA)
    assert (taken.owner, taken.status) == (ANNA, Status.OPEN)


def test_the_second_is_told_who_has_it(city, case):
    city.app.casework.claim(case, by=ANNA)
    with pytest.raises(CaseTaken) as told:
        city.app.casework.claim(case, by=BO)
    assert told.value.owner == ANNA


def test_claiming_ones_own_case_again_changes_nothing(city, case):
    city.app.casework.claim(case, by=ANNA)
    city.app.casework.claim(case, by=ANNA)
    assert city.events(case).count("taken") == 1


def test_a_closed_case_is_not_claimed(city, case):
    city.app.casework.close(case, by=ANNA)
    with pytest.raises(IllegalChange):
        city.app.casework.claim(case, by=BO)


def test_nor_is_it_taken_from_whom_it_was(city, case):
    city.app.casework.claim(case, by=ANNA)
    city.app.casework.close(case, by=ANNA)
    (closed,) = city.cases()
    with pytest.raises(IllegalChange):
        city.app.casework.take(closed, by=BO)
    assert city.cases() == [closed]


def test_of_many_who_claim_at_once_exactly_one_has_it(city_on_both):
    city = city_on_both
    city.post(**ORDINARY)
    city.work_off()
    (case,) = city.cases()
    people = list(city.app.knowledge.people)[:8]
    together = Barrier(len(people))

    def claim(person):
        together.wait()
        try:
            city.app.casework.claim(case, by=person)
        except CaseTaken as taken:
            return taken.owner
        return person

    with ThreadPoolExecutor(len(people)) as pool:
        owners = set(pool.map(claim, people))
    (owner,) = owners
    assert city.cases()[0].owner == owner
    assert city.events(case).count("taken") == 1


def test_an_alert_passed_on_by_hand_goes_to_the_next_on_the_ladder(city, urgent, escalating):
    assert escalating.escalate(urgent, by=ANNA) is Rung.SUBSTITUTE
    assert escalating.escalate(urgent, by=ANNA) is Rung.HEAD
    city.app.dispatch.run_due()
    told = [alert.values.get("rung") for alert in city.notifier.alerts]
    assert told == [None, "substitute", "head"]


def test_the_ladder_does_not_take_the_same_step_again(city, urgent, escalating):
    escalating.escalate(urgent, by=ANNA)
    city.later(minutes=31)
    city.app.urgency_watch.run_due()
    city.app.dispatch.run_due()
    assert city.alerts() == ["urgent", "unacknowledged"]


def test_who_escalated_is_on_record(city, urgent, escalating):
    escalating.escalate(urgent, by=ANNA)
    last = city.history(urgent)[-1]
    assert (last.kind, last.actor) == ("escalated", ANNA)


def test_what_is_acknowledged_is_not_escalated(city, urgent, escalating):
    city.app.casework.acknowledge(urgent, by=ANNA)
    with pytest.raises(DataError):
        escalating.escalate(urgent, by=BO)


def test_what_is_not_urgent_is_not_escalated(case, escalating):
    with pytest.raises(DataError):
        escalating.escalate(case, by=ANNA)


def test_feedback_that_a_case_is_ongoing_opens_it(city, case, telling):
    assert telling.told(case, Feedback.ONGOING, by=ANNA).status is Status.OPEN
    assert city.events(case)[-1] == "feedback_ongoing"


def test_feedback_that_a_case_is_done_closes_it(city, case, telling):
    assert telling.told(case, Feedback.DONE, by=ANNA).status is Status.CLOSED
    assert city.events(case)[-2:] == ["feedback_done", "closed"]


def test_feedback_does_not_close_an_urgent_case_without_the_tick(city, urgent, telling):
    assert telling.told(urgent, Feedback.DONE, by=ANNA).status is Status.OPEN
    city.app.casework.confirm_stop(urgent, StopReason.CREDITED, by=ANNA)
    assert telling.told(urgent, Feedback.DONE, by=ANNA).status is Status.CLOSED


def test_feedback_to_a_caller_keeps_the_promise(city, telling):
    call = NewCall(
        process="kundreskontra", matter="fakturering", customer="Görel", callback="08-46500417"
    )
    found = city.app.phone.add(call, by=ANNA)
    telling.told(found.case, Feedback.ONGOING, by=ANNA)
    assert not city.app.phone.listed()[0].promise.is_open


def test_a_closed_case_takes_no_feedback(city, case, telling):
    city.app.casework.close(case, by=ANNA)
    with pytest.raises(IllegalChange):
        telling.told(case, Feedback.ONGOING, by=ANNA)


def test_a_day_holds_ones_own_cases_and_those_of_the_team(city, case, overview):
    city.post(**ORDINARY | {"subject": "En till"})
    city.work_off()
    city.app.casework.claim(case, by=ANNA)
    day = overview.day(ANNA)
    assert [one.id for one in day.mine.cases] == [case.id]
    assert day.others.count == 1


def test_a_long_queue_is_counted_whole_and_shown_in_part(city, overview):
    for number in range(MOST + 2):
        city.post(**ORDINARY | {"sender": f"k{number}@kund.example"})
    city.work_off()
    others = overview.day(ANNA).others
    assert (len(others.cases), others.count) == (MOST, MOST + 2)


def test_a_head_sees_the_urgent_cases_of_all(urgent, overview):
    assert [one.id for one in overview.day(HEAD).others.cases] == [urgent.id]


def test_a_day_tells_who_answers_in_the_unit(overview):
    places = {staffed.place: staffed.on_duty for staffed in overview.day(ANNA).staffing}
    assert places["kundreskontra"] is not None


def test_only_what_the_knowledge_holds_can_be_chosen(city):
    choices = Choices(city.app.knowledge)
    assert choices.process("kundreskontra") == "kundreskontra"
    assert choices.process("<!channel>") is None
    assert choices.matter("nonsense") is None
    assert {one.key for one in choices.matters("en")} == set(city.app.knowledge.matters)
