"""Amounts of money in a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.amounts import find_amounts


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Vi har fått en faktura på 1 250 kr.", (125_000,)),
        ("Beloppet är 12.345,50 och inget annat", (1_234_550,)),
        ("belopp: 800", (80_000,)),
        ("SEK 1\u00a0234,00 eller 99:-", (123_400, 9_900)),
        ("250 kr, alltså 250 kr", (25_000,)),
        ("Faktura 40012345 förfaller 2026-03-20", ()),
        ("Ring 08-465 004 00 efter kl. 10.30", ()),
        ("", ()),
    ],
)
def test_only_what_says_that_it_is_money_counts(text, found):
    assert find_amounts(text) == found


@given(st.integers(0, 999_999_999))
def test_a_written_amount_is_read_again(ore):
    assert find_amounts(f"summan är {ore // 100},{ore % 100:02} kr") == (ore,)


@given(st.text())
def test_any_text_gives_few_amounts_that_are_not_negative(text):
    found = find_amounts(text * 3)
    assert len(found) <= 20
    assert all(ore >= 0 for ore in found)
