"""Sending a written reply again after a crash does no harm, wherever the crash was."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from bot.actions.result import Done, Dropped
from bot.reply_rules import DraftState
from functionmail.connectors.memory import MemoryMailbox, MemorySender
from tests.city import City
from tests.letters import ORDINARY
from tests.outbox import reply_performer
from tests.reply_stories import drafts, people

LEASE = timedelta(minutes=5)
DONE = {"done_on": "2026-03-03", "measure": "Vi har ändrat er adress."}


@pytest.fixture
def city(tmp_path):
    city = City(tmp_path / "mail", f"sqlite:///{tmp_path / 'a.db'}")
    yield city
    city.close()


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    city.work_off()
    return city.cases()[0]


@pytest.fixture
def box():
    return MemoryMailbox("kundreskontra")


@pytest.fixture
def performer(city, box):
    return reply_performer(city, {"kundreskontra": MemorySender(box)})


@pytest.fixture
def letter(city, case):
    """The claimed sending of a letter."""
    anna = people(city, 1)[0]
    city.app.replies.send(city.app.replies.draft(case, "done", by=anna, given=DONE).id, by=anna)
    with city.app.database.work() as work:
        return work.actions.claim_due(city.clock.now(), worker="test", lease=LEASE)


def message_id(city, letter):
    return city.app.identity.own_message_id(str(city.cases()[0].number), letter.data["n"])


def test_a_letter_is_sent_recorded_and_done(city, case, box, performer, letter):
    assert performer.perform(letter) == Done()
    assert len(box.sent) == 1
    assert drafts(city, case)[0].state is DraftState.SENT


def test_a_letter_that_was_recorded_before_the_crash_is_not_sent_again(
    city, case, box, performer, letter
):
    performer.perform(letter)
    again = dataclasses.replace(letter, attempts=2)
    assert isinstance(performer.perform(again), Dropped)
    assert len(box.sent) == 1
    assert city.events(case).count("answered") == 1


def test_a_letter_that_was_sent_and_not_recorded_is_only_recorded(
    city, case, box, performer, letter
):
    sender = MemorySender(box)
    sender.send(sender.save_draft(message_id(city, letter), b"what went out before the crash"))
    assert performer.perform(dataclasses.replace(letter, attempts=2)) == Done()
    assert len(box.sent) == 1
    assert city.events(case).count("answered") == 1


def test_a_letter_that_lies_among_the_drafts_is_sent_from_there(city, box, performer, letter):
    MemorySender(box).save_draft(message_id(city, letter), b"a draft from before the crash")
    performer.perform(dataclasses.replace(letter, attempts=2))
    assert box.drafts == {}
    assert len(box.sent) == 1


def test_a_letter_of_which_another_worker_has_recorded_the_end_changes_nothing(
    city, case, box, performer, letter
):
    with city.app.database.work() as work:
        work.actions.finish(letter, city.clock.now())
    performer.perform(letter)
    assert "answered" not in city.events(case)


def test_two_letters_on_a_case_never_have_one_number(city, case, performer, letter):
    performer.perform(letter)
    anna = people(city, 1)[0]
    for _ in range(2):
        made = city.app.replies.draft(case, "done", by=anna, given=DONE)
        city.app.replies.send(made.id, by=anna)
    numbers = [draft.n for draft in drafts(city, case)]
    assert len(set(numbers)) == 3
    assert 1 not in numbers
