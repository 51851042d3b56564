"""From a mail in a mailbox to a case that is found by its words."""

from __future__ import annotations

import pytest

from bot.services.search import FoundBy
from bot.services.sight import Sight
from bot.vocabulary import Right
from tests.city import City
from tests.commands import call, write_settings
from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE

STAFF = Sight(rights=frozenset({Right.STAFF}))


@pytest.fixture
def city(tmp_path, database_url):
    city = City(tmp_path / "mail", database_url)
    for letter in (ORDINARY, URGENT_INVOICE, PROTECTED):
        city.post(**letter)
    city.work_off()
    yield city
    city.close()


def test_a_mail_that_was_taken_in_is_found_at_once(city):
    found = city.app.search.find("inkasso", STAFF)
    assert [one.by for one in found.cases] == [FoundBy.WORDS]
    assert "inkasso" in found.cases[0].snippet.lower()


def test_rebuilding_tells_how_much_is_found_and_finds_it(tmp_path, city, database_url):
    with city.app.database.work() as work:
        before = work.search.count()
        work.search.clear()
    config = write_settings(tmp_path, database_url)
    assert city.app.search.find("inkasso", STAFF).cases == ()
    rebuilt = call("--config", config, "search", "rebuild", "--json")
    assert (rebuilt.code, rebuilt.row()) == (0, {"entries": before})
    assert len(city.app.search.find("inkasso", STAFF).cases) == 1


def test_rebuilding_says_in_words_how_much_is_found(tmp_path, city, database_url):
    rebuilt = call("--config", write_settings(tmp_path, database_url), "search", "rebuild")
    assert rebuilt.out == "3 mejl och samtal går att hitta på sina ord.\n"


def test_the_inbox_shows_what_was_taken_in_the_urgent_first(city):
    page = city.app.inbox.page(STAFF)
    assert [row.case.urgent for row in page.rows] == ["collections", "no"]
    assert page.counts.hidden == 1
    assert all(row.subject for row in page.rows)
