"""What a question names, and the words that it is known by."""

from __future__ import annotations

from datetime import date

import pytest

from bot.understanding import Slot
from bot.understanding.mentions import CustomerNames
from tests.understanding.staff_questions import understander

NO_REGISTER = CustomerNames((), ())


def _customer(text):
    found = NO_REGISTER.find(text, text)
    return found and found.text


@pytest.mark.parametrize("name", ["stadsarkivet", "landsarkivet", "riksarkivet"])
def test_an_archive_that_is_an_authority_is_a_customer(name):
    assert _customer(f"hur gick det med {name}s faktura") == name


@pytest.mark.parametrize("thing", ["mailarkivet", "e-arkivet", "bildarkivet", "fakturaarkivet"])
def test_an_archive_of_things_is_no_customer(thing):
    assert _customer(f"hur manga arenden har vi i {thing}") is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ska en kreditering till KR eller LR", "kreditering"),
        ("vilka jobbar med hyresfrågor", "hyresfragor"),
        ("anstånd, vem?", "anstand"),
    ],
)
def test_a_matter_that_only_was_learned_is_told_with_the_words_that_it_goes_by(text, word):
    found = understander().understand(text, date(2018, 5, 2))
    (reason,) = [one for one in found.reasons if one.rule == f"slot.{Slot.MATTER}"]
    assert word in reason.words
