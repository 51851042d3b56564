"""Customer numbers that a sender states."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.customer_numbers import find_customer_numbers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Vårt kundnummer är 200145.", ("200145",)),
        ("Kundnr: 200145, kund-nr 77", ("200145", "77")),
        ("kundnr. 200145 (kundnummer 200145)", ("200145",)),
        ("Customer number 200145", ("200145",)),
        ("Faktura 40012345 till kund 200145", ()),
        ("Ring 08-465 004 00", ()),
        ("", ()),
    ],
)
def test_only_a_number_beside_the_word_counts(text, found):
    assert find_customer_numbers(text) == found


@given(st.text())
def test_any_text_gives_few_numbers_of_digits(text):
    found = find_customer_numbers(f"kundnr {text}" * 9)
    assert len(found) <= 5
    assert all(number.isdecimal() for number in found)
