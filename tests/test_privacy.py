"""Finding and hiding personal data."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.references import luhn_valid
from bot.privacy import ADDRESS, PERSONAL_NUMBER, PHONE, find_personal_numbers, mask


def _with_check_digit(nine: str) -> str:
    return next(nine + str(digit) for digit in range(10) if luhn_valid(nine + str(digit)))


PEOPLE = st.builds(
    lambda day, serial, century, hyphen, coordination: _number(
        day, serial, century, hyphen, coordination
    ),
    st.dates(date(1920, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
    st.booleans(),
    st.sampled_from(["-", "", " ", "+"]),
    st.booleans(),
)


def _number(day, serial, century, hyphen, coordination):
    shown = f"{day:%y%m}{day.day + (60 if coordination else 0):02}"
    ten = _with_check_digit(f"{shown}{serial:03}")
    return f"{day.year // 100 if century else ''}{ten[:6]}{hyphen}{ten[6:]}"


@given(PEOPLE)
def test_every_personal_and_coordination_number_is_found_and_hidden(number):
    (found,) = find_personal_numbers(f"Det gäller {number}, tack.")
    assert found.certain
    assert mask(f"Det gäller {number}, tack.") == f"Det gäller {PERSONAL_NUMBER}, tack."


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_more(text):
    assert mask(mask(text)) == mask(text)


@given(PEOPLE, st.text(alphabet="abc 0123456789-.,@", max_size=60))
def test_masking_beside_other_digits_is_idempotent_too(number, text):
    whole = f"{text} {number} {text}"
    assert mask(mask(whole)) == mask(whole)


@pytest.mark.parametrize(
    "text",
    [
        "faktura 40012345",
        "fakturor 40012345, 40012346 och 40012347",
        "OCR 400123451",
        "bankgiro 5050-1055",
        "bg 991-2346",
        "org.nr 212000-0142",
        "verifikat 20180342",
        "2018-03-31",
        "12 345 678 kr",
        "Kundnummer 400123 1250 kr",
        "400123\N{NO-BREAK SPACE}1250 SEK",
        "400123 1250,50",
        "400123 1250:-",
        "Förfallodatum 2018-10-31\n2502 kr",
        "2018-10-31  2502 kr",
        "2018.10.31 2502",
        "2018.10.31.2502",
        "2018-10-31/2502",
        "1998-10-31 2504 kr",
        "Personnummer saknas på faktura 4001234509",
        "konto 6410, ansvar 4120",
    ],
)
def test_numbers_that_work_needs_stay(text):
    assert mask(text) == text
    assert find_personal_numbers(text) == []


@pytest.mark.parametrize(
    "number",
    [
        "070-174 06 05",
        "0701740605",
        "08-465 004 11",
        "+46 70 174 06 05",
        "0046 8 465 004 11",
        "031-3900610",
    ],
)
def test_telephone_numbers_are_hidden(number):
    assert mask(f"Ring {number}.") == f"Ring {PHONE}."


@pytest.mark.parametrize("address", ["kim.ek@mejl.example", "a+b@sub.mejl.example"])
def test_addresses_are_hidden(address):
    assert mask(f"Skriv till {address}!") == f"Skriv till {ADDRESS}!"


@pytest.mark.parametrize("number", ["811228-xxxx", "811228-****"])
def test_a_number_whose_last_digits_are_left_out_is_hidden_as_uncertain(number):
    (found,) = find_personal_numbers(number)
    assert not found.certain


def test_a_wrong_check_digit_is_uncertain_with_a_hyphen_and_nothing_without():
    (found,) = find_personal_numbers("811228-9875")
    assert not found.certain
    assert find_personal_numbers("8112289875") == []


@pytest.mark.parametrize(
    "text",
    [
        "811228\n9874",
        "19811228-\n9874",
        "1981.12.28-9874",
        "811228/9874",
        "19811228\N{NO-BREAK SPACE}9874",
        "19811228\N{NON-BREAKING HYPHEN}9874",
        "811228.9874",
        "1981.12.28.9874",
        "1981-12-28 9874",
    ],
)
def test_a_right_number_is_found_however_it_is_divided(text):
    (found,) = find_personal_numbers(f"Det gäller {text}, tack.")
    assert found.certain


@pytest.mark.parametrize(
    "text",
    [
        "personnr 8112289875",
        "Pnr: 811228 9875",
        "personnumret är 8112289875",
        "samordningsnummer 811288 9875",
        "social security number 8112289875",
        "198112289875",
        "811228-987x",
        "persnr 8112289875",
        "personnummer för kund 8112289875",
    ],
)
def test_a_number_that_is_said_to_be_one_needs_no_right_check_digit(text):
    (found,) = find_personal_numbers(text)
    assert not found.certain
    assert not found.labelled_otherwise


@pytest.mark.parametrize("blank", [" ", "\N{NO-BREAK SPACE}"])
def test_a_blank_after_a_year_of_the_last_century_makes_a_loose_number(blank):
    (found,) = find_personal_numbers(f"Lars 811228{blank}9875 kan")
    assert (found.certain, found.loose) == (False, True)
    assert mask(f"Lars 811228{blank}9875 kan") == f"Lars {PERSONAL_NUMBER} kan"


@pytest.mark.parametrize("text", ["811228 9874", "pnr 811228 9875", "811228-9875"])
def test_a_check_digit_a_word_or_a_hyphen_makes_a_number_more_than_loose(text):
    (found,) = find_personal_numbers(text)
    assert not found.loose


def test_a_divided_date_of_this_century_is_part_of_a_number_that_is_said_to_be_one():
    (found,) = find_personal_numbers("Personnummer: 2018-10-31 2502")
    assert not found.labelled_otherwise


def test_the_nearer_of_two_labels_decides():
    (found,) = find_personal_numbers("Personnummer saknas på faktura 4001234501")
    assert found.labelled_otherwise
    (person,) = find_personal_numbers("Faktura utan personnummer: 4001234501")
    assert not person.labelled_otherwise


@pytest.mark.parametrize("number", ["1981 12 28 9874", "8112289874", "811228xxxx"])
def test_a_customer_may_be_a_person(number):
    (found,) = find_personal_numbers(f"Kund: {number}")
    assert not found.labelled_otherwise


def test_a_number_of_a_customer_and_a_year_are_hidden_but_say_nothing():
    (found,) = find_personal_numbers("Kund 451012 2018 års faktura")
    assert found.labelled_otherwise


def test_part_of_a_reference_is_hidden_but_says_nothing():
    (found,) = find_personal_numbers("Re: KR-261007-0090")
    assert found.labelled_otherwise


def test_the_day_and_time_of_a_letter_are_no_person():
    assert find_personal_numbers("2018-03-05 10 00, 2018-03-05 10:00") == []


def test_a_number_in_groups_of_four_digits_is_no_person():
    assert find_personal_numbers("Lånekortet är 2099 1180 4477") == []


def test_a_date_that_does_not_exist_makes_no_personal_number():
    assert find_personal_numbers("810231-1234") == []


def test_hiding_a_long_hostile_text_is_quick():
    assert len(mask("0" * 50_000 + "a@" * 20_000 + "1-" * 20_000)) > 0


def test_an_ocr_number_that_looks_like_a_person_is_hidden_but_says_nothing():
    (found,) = find_personal_numbers("OCR 4001234501")
    assert found.labelled_otherwise
    assert mask("OCR 4001234501") == f"OCR {PERSONAL_NUMBER}"
    (person,) = find_personal_numbers("Personnummer 4001234501")
    assert not person.labelled_otherwise
