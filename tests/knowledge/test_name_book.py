"""What things are called: by the names that the city itself has written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge import load
from bot.knowledge.name_book import NOTHING
from tests.knowledge import small


@pytest.fixture
def knowledge(tmp_path: Path):
    folder = small.write(tmp_path)
    small.spoil(folder, "matters.yaml", "{sv: Anstånd, en: More time to pay}", "{sv: X, en: Y}")
    return load(folder)


def test_a_citys_own_names_are_shown_in_both_languages(knowledge):
    assert knowledge.names_in("sv").matter("anstand") == "X"
    assert knowledge.names_in("en").matter("anstand") == "Y"
    assert knowledge.names_in("en").process("kundreskontra") == "Customer invoices"
    assert knowledge.names_in("sv").mailbox("info") == "Info"


def test_every_team_has_a_name(knowledge):
    names = knowledge.names_in("sv")
    assert [names.team(key) for key in knowledge.teams] == [
        team.name.sv for team in knowledge.teams.values()
    ]


def test_a_key_that_is_gone_is_its_own_name(knowledge):
    names = knowledge.names_in("sv")
    assert names.process("nedlagd") == "nedlagd"
    assert names.matter("nedlagd") == "nedlagd"
    assert names.mailbox("nedlagd") == "nedlagd"
    assert names.team("nedlagd") == "nedlagd"


def test_nothing_is_shown_as_a_dash(knowledge):
    names = knowledge.names_in("sv")
    assert names.process(None) == names.matter(None) == NOTHING
