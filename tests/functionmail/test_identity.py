"""Marks that only we can make."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.identity import Identity, OwnId
from functionmail.message import CaseReference
from functionmail.subject import case_reference

KEY, OLD_KEY, OTHER_KEY = b"k" * 32, b"o" * 32, b"x" * 32
OURS = Identity(keys=(KEY,), domain="stad.example")
ROTATED = Identity(keys=(OTHER_KEY, OLD_KEY, KEY), domain="stad.example")
CASE = "2018-000123"

case_numbers = st.builds("{:04}-{:06}".format, st.integers(2000, 2099), st.integers(1, 10_000_000))
counts = st.integers(0, 999_999_999)


@given(case_numbers, counts)
def test_our_own_message_id_can_be_read_back(case_number, n):
    written = OURS.own_message_id(case_number, n)

    assert OURS.read_own(written) == OwnId(case_number=case_number, n=n)
    assert OURS.own_message_id(case_number, n) == written


@given(case_numbers, counts)
def test_an_older_key_still_verifies(case_number, n):
    assert ROTATED.read_own(OURS.own_message_id(case_number, n)) is not None


@given(case_numbers, counts, st.integers(0), st.characters(codec="ascii"))
def test_a_changed_message_id_is_not_ours(case_number, n, position, letter):
    written = OURS.own_message_id(case_number, n)
    at = position % len(written)
    changed = written[:at] + letter + written[at + 1 :]

    read = OURS.read_own(changed)

    assert read is None or changed.strip().strip("<>").lower() == written


@given(st.text(max_size=500))
def test_reading_any_text_never_raises(text):
    assert OURS.read_own(text) is None


@pytest.mark.parametrize("form", ["<{}>", " {} ", "<{}>\r\n"])
def test_brackets_and_spaces_around_our_message_id_are_forgiven(form):
    assert OURS.read_own(form.format(OURS.own_message_id(CASE, 1))) is not None


def test_capital_letters_in_our_message_id_are_forgiven():
    assert OURS.read_own(OURS.own_message_id(CASE, 1).upper()) is not None


def test_an_id_made_with_a_foreign_key_is_not_ours():
    stranger = Identity(keys=(OTHER_KEY,), domain="stad.example")

    assert OURS.read_own(stranger.own_message_id(CASE, 1)) is None


def test_an_id_of_another_domain_with_the_same_key_is_not_ours():
    test_system = Identity(keys=(KEY,), domain="test.stad.example")

    assert OURS.read_own(test_system.own_message_id(CASE, 1)) is None


def test_the_message_id_holds_case_and_number_in_clear():
    assert OURS.own_message_id(CASE, 7).startswith("fm.2018-000123.7.")
    assert OURS.own_message_id(CASE, 7).endswith("@stad.example")


@pytest.mark.parametrize("case_number", ["", "123", "2018-123", "2018-000123\n", "2018-00012x"])
def test_something_else_than_a_case_number_is_refused(case_number):
    with pytest.raises(ValueError, match="not a case number"):
        OURS.own_message_id(case_number, 1)
    with pytest.raises(ValueError, match="not a case number"):
        OURS.case_reference(case_number)


@pytest.mark.parametrize("n", [-1, 1_000_000_000])
def test_a_message_number_out_of_range_is_refused(n):
    with pytest.raises(ValueError, match="message number"):
        OURS.own_message_id(CASE, n)


@given(case_numbers)
def test_a_case_reference_survives_the_subject_and_verifies(case_number):
    read = case_reference(f"SV: [KR] Anstånd {OURS.case_reference(case_number).upper()}")

    assert read is not None
    assert read.case_number == case_number
    assert OURS.verify_reference(read)
    assert ROTATED.verify_reference(read)


@given(case_numbers)
def test_only_one_pair_of_check_letters_is_right(case_number):
    right = OURS.check_letters(case_number)
    year, serial = (int(part) for part in case_number.split("-"))
    verified = [
        first + second
        for first in "abcdefghijklmnopqrstuvwxyz"
        for second in "abcdefghijklmnopqrstuvwxyz0123456789"
        if OURS.verify_reference(CaseReference(year=year, serial=serial, check=first + second))
    ]

    assert verified == [right]


@given(st.text())
def test_verifying_any_check_text_never_raises(check):
    reference = CaseReference(year=2018, serial=123, check=check)

    assert OURS.verify_reference(reference) == (check.lower() == OURS.check_letters(CASE))


def test_an_address_is_hashed_the_same_whatever_its_capitals():
    assert OURS.hash_address(" Anna@Stad.example ") == OURS.hash_address("anna@stad.example")


def test_different_addresses_and_keys_hash_differently():
    hashes = {
        OURS.hash_address("anna@stad.example"),
        OURS.hash_address("bo@stad.example"),
        ROTATED.hash_address("anna@stad.example"),
    }

    assert len(hashes) == 3


def test_a_hash_does_not_hold_the_address():
    assert "anna" not in OURS.hash_address("anna@stad.example")


def test_the_keys_do_not_show():
    assert KEY.decode() not in repr(OURS)
    assert "keys" not in repr(OURS)


def test_letters_for_one_purpose_do_not_serve_another():
    mac = OURS.own_message_id(CASE, 1).split(".")[3].split("@")[0]
    same_text = bytes.fromhex(OURS.hash_address(f"{CASE}.1@stad.example"))

    assert not base64.b32encode(same_text).decode().lower().startswith(mac)


@pytest.mark.parametrize("keys", [(), (b"short",), (KEY, b"")])
def test_an_identity_without_a_real_key_is_refused(keys):
    with pytest.raises(ValueError, match="16 bytes"):
        Identity(keys=keys, domain="stad.example")


@pytest.mark.parametrize("domain", ["", "Stad.example", "stad example", "a@b", ".example", "x\n"])
def test_a_domain_that_is_none_is_refused(domain):
    with pytest.raises(ValueError, match="domain"):
        Identity(keys=(KEY,), domain=domain)
