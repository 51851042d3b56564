"""Words that a report may show are words of the lexicon, and nothing else of a mail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import KnowledgeError
from bot.knowledge import bundled_folder
from bot.knowledge.lexicon_words import LEFT_OUT, LexiconWords, lexicon_words
from bot.language.tokens import words

KNOWN = LexiconWords(["anstand", "faktura", "be", "om", "kr"])
SHIPPED = lexicon_words([bundled_folder()])


@pytest.mark.parametrize(
    ("seen", "shown"),
    [
        ("anstånd", "anstånd"),
        ("Anståndet", "Anståndet"),
        ("be Karin Lundqvist om anstånd", "be … om anstånd"),
        ("faktura 40012345", "faktura …"),
        ("karin.lundqvist@kund.example", "…"),
        ("[KR]", "[KR]"),
        ("fakta", "…"),
        ("", ""),
    ],
)
def test_only_words_of_the_lexicon_are_left(seen, shown):
    assert KNOWN.only_known(seen) == shown


@given(st.text(max_size=80))
def test_whatever_a_mail_says_every_word_left_is_known(text):
    assert [word for word in words(KNOWN.only_known(text)) if word not in KNOWN] == []


@given(st.text(max_size=80))
def test_leaving_words_out_twice_leaves_out_nothing_more(text):
    once = KNOWN.only_known(text)
    assert KNOWN.only_known(once) == once


@given(st.integers(min_value=0))
def test_no_number_is_ever_known(number):
    assert SHIPPED.only_known(str(number)) == LEFT_OUT


@pytest.mark.parametrize("word", ["anstånd", "uppskov", "makulera", "leverantörsreskontra", "KR"])
def test_the_words_of_the_shipped_lexicon_and_tags_are_known(word):
    assert word in SHIPPED


@pytest.mark.parametrize("name", ["Andersson", "Johansson", "Lundqvist", "Karin", "Mohammed"])
def test_names_of_people_are_not(name):
    assert name not in SHIPPED


def test_remarks_do_not_count(tmp_path):
    (tmp_path / "tags.yaml").write_text("code: KR  # asked for by Karin\n", "utf-8")
    found = lexicon_words([tmp_path])
    assert ("KR" in found, "Karin" in found) == (True, False)


def test_a_folder_without_tags_is_named(tmp_path):
    with pytest.raises(KnowledgeError, match=r"tags\.yaml"):
        lexicon_words([tmp_path])
