"""A database that was restored has forgotten what it sent: nobody is answered or asked twice."""

from __future__ import annotations

import pytest

from bot.reply_rules import DraftState
from bot.store import backup
from tests.city import City
from tests.commands import call, write_settings
from tests.letters import NO_NUMBER, ORDINARY
from tests.reply_stories import drafts, people, sent_letters, work_off

DONE = {"done_on": "2026-03-03", "measure": "Vi har ändrat er adress."}


@pytest.fixture
def travel(city, tmp_path, sqlite_url):
    """Go back to a database as it was before something was done."""
    config, houses = write_settings(tmp_path, sqlite_url), []

    def back_to_before(act):
        assert call("--config", config, "backup", tmp_path / "copy.db").code == 0
        act()
        city.later(minutes=5)
        city.close()
        backup.restore(
            tmp_path / "copy.db", tmp_path / "sammadag.db", now=city.clock.now(), force=True
        )
        houses.append(City(tmp_path / "mail", sqlite_url, clock=city.clock))
        return houses[-1]

    yield back_to_before
    for house in houses:
        house.close()


def test_a_letter_that_went_out_after_the_backup_is_not_sent_again(city, travel):
    city.post(**ORDINARY)
    city.work_off()
    case, anna = city.cases()[0], people(city, 1)[0]
    city.app.replies.send(city.app.replies.draft(case, "done", by=anna, given=DONE).id, by=anna)
    house = travel(city.app.dispatch.run_due)
    work_off(house)
    assert len(sent_letters(house)) == 1
    assert drafts(house, case)[0].state is DraftState.SENT
    assert house.events(case).count("answered") == 1


def test_a_receipt_that_went_out_after_the_backup_is_not_sent_again(city, travel):
    city.post(**ORDINARY)
    city.take_in()
    house = travel(city.app.dispatch.run_due)
    work_off(house)
    assert len(house.sent()) == 1
    assert house.events(house.cases()[0]).count("receipt_sent") == 1


def test_a_question_that_went_out_after_the_backup_is_left_to_a_person(city, travel):
    city.post(**NO_NUMBER)
    city.work_off()
    house = travel(lambda: work_off(city))
    work_off(house)
    assert len(sent_letters(house)) == 1
    assert [one.state for one in drafts(house, house.cases()[0])] == [DraftState.OPEN]


def test_a_new_letter_has_no_number_that_a_forgotten_one_had(city, travel):
    city.post(**ORDINARY)
    city.work_off()
    case, anna = city.cases()[0], people(city, 1)[0]

    def answer(house):
        made = house.app.replies.draft(case, "done", by=anna, given=DONE)
        house.app.replies.send(made.id, by=anna)
        house.app.dispatch.run_due()

    house = travel(lambda: answer(city))
    answer(house)
    assert len({letter.message_id for letter in sent_letters(house)}) == 2
