"""Promises in the database: each step and each feedback counts once, whoever else is at it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.promises import Feedback, Promise
from bot.store.promises import PhoneCall
from bot.vocabulary import CaseId, Channel, Status
from tests.made_cases import a_case

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)


def case(case_id, channel=Channel.PHONE, status=Status.OPEN, clock_started_at=NOON):
    return a_case(
        case_id,
        at=NOON,
        status=status,
        channel=channel,
        matter="fakturering",
        clock_started_at=clock_started_at,
    )


def promise(case_id, number=1, **parts):
    usual = {"promised_at": NOON, "due_at": NOON + 4 * HOUR, "next_at": NOON}
    return Promise(case_id=CaseId(case_id), number=number, **(usual | parts))


@pytest.fixture
def stored(database):
    def store(cases, promises=()):
        with database.work() as work:
            work.cases.insert(cases)
            work.promises.insert(promises)

    return store


def test_a_promise_comes_back_as_it_was_stored(database, stored):
    kept = promise(
        1, reminders=2, kept_at=NOON + HOUR, kept_with=Feedback.DONE, broken_at=NOON, next_at=None
    )
    stored([case(1)], [kept])
    with database.reading() as work:
        assert work.promises.of_case(CaseId(1)) == [kept]


def test_the_newest_promise_of_each_case_is_found(database, stored):
    stored([case(1), case(2), case(3)], [promise(1), promise(1, 2), promise(2)])
    with database.reading() as work:
        newest = work.promises.newest([CaseId(1), CaseId(2), CaseId(3)])
    assert {key: found.number for key, found in newest.items()} == {1: 2, 2: 1}


def test_due_are_those_that_must_be_looked_at_the_longest_due_first(database, stored):
    ahead = [promise(1, next_at=NOON), promise(2, next_at=NOON - HOUR)]
    stored([case(n) for n in (1, 2, 3, 4)], [*ahead, promise(3, next_at=NOON + HOUR)])
    with database.work() as work:
        work.promises.insert([promise(4, next_at=None)])
        assert [one.case_id for one in work.promises.due(NOON)] == [2, 1]
        assert work.promises.next_due() == NOON - HOUR


def test_a_step_is_taken_by_one_of_many(database, stored):
    stored([case(1)], [promise(1)])

    def take(_):
        with database.work() as work:
            later = replace(promise(1), next_at=NOON + HOUR, reminders=1)
            return work.promises.go_on(later, was=NOON)

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(take, range(8))) == 1


def test_the_first_feedback_keeps_a_promise(database, stored):
    stored([case(1)], [promise(1)])

    def keep(said):
        with database.work() as work:
            return work.promises.keep(CaseId(1), said, NOON + HOUR)

    with ThreadPoolExecutor(8) as people:
        assert sum(people.map(keep, [*Feedback] * 4)) == 1


@pytest.mark.parametrize("due_at", [NOON + 2 * HOUR, NOON + 4 * HOUR], ids=["was due", "is not"])
def test_a_promise_that_was_not_kept_after_all_is_looked_at_again(database, stored, due_at):
    stored([case(1)], [promise(1, due_at=due_at)])
    with database.work() as work:
        work.promises.keep(CaseId(1), Feedback.ONGOING, NOON + HOUR)
        assert work.promises.take_back(CaseId(1), NOON + HOUR, NOON + 3 * HOUR)
        (again,) = work.promises.due(NOON + 3 * HOUR)
    assert again == promise(1, due_at=due_at, next_at=min(due_at, NOON + 3 * HOUR))


def test_a_kept_promise_leads_to_nothing_more(database, stored):
    stored([case(1)], [promise(1)])
    with database.work() as work:
        assert work.promises.keep(CaseId(1), Feedback.ONGOING, NOON + HOUR)
        broken = replace(promise(1), next_at=None, broken_at=NOON)
        assert not work.promises.go_on(broken, was=NOON)
        (kept,) = work.promises.of_case(CaseId(1))
    assert (kept.next_at, kept.broken_at) == (None, None)


def test_feedback_at_the_last_moment_is_in_time_and_later_is_not(database, stored):
    stored([case(1), case(2)], [promise(1), promise(2)])
    due_at = promise(1).due_at
    with database.work() as work:
        work.promises.keep(CaseId(1), Feedback.DONE, due_at)
        work.promises.keep(CaseId(2), Feedback.DONE, due_at + timedelta(seconds=1))
        assert work.promises.of_case(CaseId(1))[0].broken_at is None
        assert work.promises.of_case(CaseId(2))[0].broken_at == due_at


def test_feedback_settles_all_that_was_promised_about_a_case_and_no_other(database, stored):
    again = {"promised_at": NOON + 24 * HOUR, "due_at": NOON + 28 * HOUR}
    stored([case(1), case(2)], [promise(1), promise(1, 2, **again), promise(2)])
    with database.work() as work:
        assert work.promises.keep(CaseId(1), Feedback.ONGOING, NOON + 25 * HOUR)
        first, second = work.promises.of_case(CaseId(1))
        assert (first.broken_at, second.broken_at) == (first.due_at, None)
        assert first.kept_at == second.kept_at == NOON + 25 * HOUR
        assert work.promises.of_case(CaseId(2))[0].is_open


def test_reopened_are_phone_cases_whose_clock_began_anew_after_their_promise(database, stored):
    again = NOON + HOUR
    cases = [
        case(1),
        case(2, clock_started_at=again),
        case(3, clock_started_at=again, status=Status.CLOSED),
        case(4, clock_started_at=again, channel=Channel.EMAIL),
        case(5, clock_started_at=again),
    ]
    promises = [*map(promise, (1, 2, 3, 5)), promise(5, 2, promised_at=again)]
    stored(cases, promises)
    with database.reading() as work:
        assert work.promises.reopened() == [(2, 1, again)]


def test_waiting_are_open_phone_cases_and_those_that_owe_feedback(database, stored):
    closed = Status.CLOSED
    kept = {"kept_at": NOON, "kept_with": Feedback.DONE, "next_at": None}
    cases = [case(1), case(2, status=closed), case(3, status=closed), case(4, Channel.EMAIL)]
    stored(cases, [promise(1, **kept), promise(2), promise(3, **kept)])
    with database.reading() as work:
        assert work.promises.waiting() == [2, 1]


def test_what_a_caller_said_is_found_by_case(database, stored):
    said = PhoneCall(case_id=CaseId(1), customer="Åsa", callback="08-46500417", note="x")
    stored([case(1), case(2)])
    with database.work() as work:
        work.phone_calls.insert(said)
        assert work.phone_calls.of_cases([CaseId(1), CaseId(2)]) == {1: said}
