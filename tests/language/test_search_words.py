from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.language.search_words import LONGEST, MOST_WORDS, asked_words, entry_words, position

TEXTS = st.text(max_size=200) | st.text(alphabet="abcåäöé\u0301 -_.", max_size=60)


def test_words_are_kept_once_small_and_by_first_appearance():
    assert entry_words("Faktura 40012345", "FAKTURA betald") == "faktura 40012345 betald"


def test_short_and_common_words_are_left_out():
    assert entry_words("Det är en å, 12 kr och inte mer") == "mer"


def test_an_accent_of_its_own_makes_no_other_word():
    assert entry_words("A\u030asa cafe\u0301") == entry_words("Åsa café") == "åsa café"


def test_signs_part_words():
    assert entry_words("åsa.ek@kund.example/x_rabatt") == "åsa kund example rabatt"


def test_words_of_texts_do_not_run_together():
    assert entry_words("moms", "fri") == "moms fri"


def test_a_very_long_word_is_cut_alike_on_both_sides():
    (asked,) = asked_words("x" * 300)
    assert entry_words("x" * 300) == "x" * LONGEST == asked.word


def test_a_mail_of_very_many_words_keeps_some():
    words = entry_words(" ".join(f"ord{n}" for n in range(5_000))).split()
    assert len(words) == MOST_WORDS


def test_an_ending_typed_half_has_the_root_of_the_word_typed_whole():
    (half,), (whole,) = asked_words("fakturo"), asked_words("fakturor")
    assert whole.stem in half.roots


@given(TEXTS)
def test_every_word_that_is_kept_begins_with_what_asking_for_it_looks_for(text):
    for word in entry_words(text).split():
        (asked,) = asked_words(word)
        assert word.startswith(asked.stem)


@given(TEXTS)
def test_no_sign_is_ever_kept(text):
    assert all(word.isalnum() for word in entry_words(text).split())


@given(TEXTS)
def test_keeping_what_is_kept_changes_nothing(text):
    assert entry_words(entry_words(text)) == entry_words(text)


def test_the_place_of_a_word_is_where_it_stands_in_the_text():
    (asked,) = asked_words("faktura")
    text = "Hej! Hyresfakturornas moms"
    start, end = position(text, asked)
    assert text[start:end] == "Hyresfakturornas"
    assert position("Hej!", asked) is None
