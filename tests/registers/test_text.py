"""What may be written in a register."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from bot.registers import LONGEST_TEXT, clean_text


def test_line_breaks_stay_and_blanks_around_the_text_go():
    assert clean_text("  Kunden väntade.\r\nLänge.\r ") == "Kunden väntade.\nLänge."


def test_control_characters_and_turned_text_do_not_stay():
    assert clean_text("a\x00b\x1b[31mc\u202ed\ud800e") == "ab[31mcde"


@pytest.mark.parametrize("text", ["", "   \n", "\x00\x1b"])
def test_a_text_without_a_letter_is_refused(text):
    with pytest.raises(DataError, match="texten saknas"):
        clean_text(text)


def test_a_text_that_is_too_long_is_refused_and_the_longest_is_not():
    assert clean_text("a" * LONGEST_TEXT)
    with pytest.raises(DataError, match="för lång"):
        clean_text("a" * (LONGEST_TEXT + 1))


@pytest.mark.parametrize("number", ["19121212-1212", "121212-1212", "1212121212"])
def test_a_personal_number_is_refused_and_not_repeated(number):
    with pytest.raises(DataError) as refused:
        clean_text(f"Gäller {number} på Storgatan.")
    assert number not in str(refused.value)


def test_numbers_of_invoices_and_cases_are_welcome():
    text = "Faktura 40012345, OCR 1212121212, ärende 2026-000123."
    assert clean_text(text) == text


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text):
    try:
        once = clean_text(text)
    except DataError:
        return
    assert clean_text(once) == once
