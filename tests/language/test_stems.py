from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.stems import stem
from bot.vocabulary import Language

SAME = (
    "faktura fakturan fakturor fakturorna fakturans",
    "betala betalar betalade betalning betalningen betalningar betalt betald",
    "leverantor leverantoren leverantorer leverantorerna leverantorens",
    "makulera makulering makulerad makulerades makuleringar",
    "hyra hyran hyror hyrorna",
    "behorighet behorigheten behorigheter",
    "paminnelse paminnelsen paminnelser",
)
APART = (
    "betala",
    "bestalla",
    "bank",
    "belopp",
    "bolag",
    "avgift",
    "avtal",
    "faktura",
    "forvaltning",
)


@pytest.mark.parametrize("line", SAME)
def test_forms_of_a_swedish_word_have_one_stem(line):
    assert len({stem(word, Language.SWEDISH) for word in line.split()}) == 1


@pytest.mark.parametrize(
    "line", ["invoice invoices", "payment payments pay", "cancel cancelled", "decide decides"]
)
def test_forms_of_an_english_word_have_one_stem(line):
    assert len({stem(word, Language.ENGLISH) for word in line.split()}) == 1


def test_different_words_keep_different_stems():
    assert len({stem(word, Language.SWEDISH) for word in APART}) == len(APART)


@pytest.mark.parametrize("word", ["bx", "9894", "40012345", "lon", ""])
def test_a_short_word_and_a_number_are_their_own_stem(word):
    assert {stem(word, language) for language in Language} == {word}


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=40), st.sampled_from(Language))
def test_a_stem_begins_the_word_and_keeps_at_least_three_letters(word, language):
    found = stem(word, language)
    assert word.startswith(found)
    assert len(found) >= min(3, len(word))
