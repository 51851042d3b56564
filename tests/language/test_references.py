"""Numbers that may refer to something, and numbers that do not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.folding import fold
from bot.language.references import find_numbers, luhn_valid


def _digits(text):
    return [number.digits for number in find_numbers(fold(text))]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("faktura 40012345", ["40012345"]),
        ("faktura40012345", ["40012345"]),
        ("fakturanr:40012345.", ["40012345"]),
        ("40012345, 40012346 och 40012347", ["40012345", "40012346", "40012347"]),
        ("40012345,40012346", ["40012345", "40012346"]),
        ("40012345/40012346", ["40012345", "40012346"]),
        ("40012345–47", ["40012345", "40012346", "40012347"]),
        ("fakturor 118834-36", ["118834", "118835", "118836"]),
        ("faktura 5510-18", ["551018"]),
        ("faktura 4001 2345", ["40012345"]),
        ("fakturan har nummer 40 01 23 45", ["40012345"]),
        ("fakturan 40 012 345 är fel", ["40012345"]),
        ("faktura 400 123 45 på 1 250 kr", ["40012345"]),
        ("faktura 4001.2345", ["40012345"]),
        ("nr40012345", ["40012345"]),
        ("40012345/46", ["40012345", "40012346"]),
        ("40012345/46/47", ["40012345", "40012346", "40012347"]),
        ("faktura 40012345/2", ["40012345"]),
        ("faktura 40012345/12", ["40012345"]),
        ("från 40012345 till och med 40012347", ["40012345", "40012346", "40012347"]),
        ("40012345 och –46", ["40012345", "40012346"]),
        ("fakturorna 40012345 till 40012347", ["40012345", "40012346", "40012347"]),
        ("fakturor mellan 40012345 och 40012347", ["40012345", "40012346", "40012347"]),
        ("invoices 40012345 through 40012347", ["40012345", "40012346", "40012347"]),
        ("flytta från 40012345 till 40012347", ["40012345", "40012347"]),
        ("fyra fakturor, 3301–3303, i flödet", ["3301", "3302", "3303"]),
        ("99812A och 18807-B", ["99812", "18807"]),
        ("F55102", ["55102"]),
        ("KT/2018/331", ["2018331"]),
    ],
)
def test_references_are_read_in_every_form(text, digits):
    assert _digits(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "23 750 kr",
        "1 148:-",
        "SEK 12 000",
        "ring 08-465 004 12 eller 070-174 06 11",
        "+46 70 174 06 11",
        "IBAN SE45 5000 0000 0583 9825 7466",
        "2018-03-31",
        "20180331",
        "556012-3457",
        "100 22 Björkholm",
        "kl 10:30",
        "kim.40012345@mejl.example",
        "http://x.example/40012345",
        "5512KARLSSON",
        "12 345 678 kr",
        "BIC NDEASESS 12B",
    ],
)
def test_amounts_telephones_accounts_and_the_like_are_none(text):
    assert _digits(text) == []


def test_all_of_a_list_have_the_words_before_the_first():
    numbers = find_numbers("anlaggningsnr 40000871, 40000872 och 40000873")
    assert {number.before for number in numbers} == {("anlaggningsnr",)}


@given(st.text(alphabet="0123456789 -–/.,:kröåab", max_size=200))
def test_every_number_stands_in_the_text_unless_a_range_lists_it(text):
    folded = fold(text)
    for number in find_numbers(folded):
        assert number.digits.isdigit()
        assert 0 <= number.start < number.end <= len(folded)


@given(st.integers(0, 10**12))
def test_exactly_one_check_digit_fits_any_number(number):
    assert sum(luhn_valid(f"{number}{digit}") for digit in range(10)) == 1
