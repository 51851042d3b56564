"""Subjects as clients of several languages write them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.message import CaseReference
from functionmail.subject import (
    Tag,
    case_reference,
    is_forward,
    is_reply,
    strip_prefixes,
    tags,
    without_references,
)

PREFIXES = ["SV", "Sv", "VB", "Re", "RE", "Fwd", "FW", "AW", "WG", "VS", "VL", "Antw", "TR", "R"]
subjects = st.lists(
    st.sampled_from([f"{word}: " for word in PREFIXES] + ["[EXTERNT] ", "[KR] ", "faktura ", "  "]),
    max_size=8,
).map("".join)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("SV: Anstånd", "Anstånd"),
        ("Sv: Anstånd", "Anstånd"),
        ("SV : Anstånd", "Anstånd"),
        ("VB: Anstånd", "Anstånd"),
        ("SV: VB: SV: Anstånd", "Anstånd"),
        ("SV:VB:Anstånd", "Anstånd"),
        ("Re: invoice", "invoice"),
        ("RE: FW: invoice", "invoice"),
        ("Fwd: Re: invoice", "invoice"),
        ("Re[2]: invoice", "invoice"),
        ("Re(3): invoice", "invoice"),
        ("Re^2: invoice", "invoice"),
        ("AW: WG: Rechnung", "Rechnung"),
        ("AW : Rechnung", "Rechnung"),
        ("Antw: factuur", "factuur"),
        ("Antwort: Rechnung", "Rechnung"),
        ("VS: VL: lasku", "lasku"),
        ("TR: facture", "facture"),
        ("R: fattura", "fattura"),
        ("Re\uff1a invoice", "invoice"),
        ("[EXTERNT] SV: Anstånd", "Anstånd"),
        ("SV: [EXTERN] Anstånd", "Anstånd"),
        ("[External] Re: invoice", "invoice"),
        ("[EXT]: invoice", "invoice"),
        ("*EXTERNT* Anstånd", "Anstånd"),
        ("(Externt mejl) Anstånd", "Anstånd"),
        ("SV:\r\n Anstånd\t för faktura", "Anstånd för faktura"),
        ("SV:", ""),
        ("", ""),
    ],
)
def test_prefixes_and_marks_of_outside_mail_are_stripped(written, left):
    assert strip_prefixes(written) == left


@pytest.mark.parametrize(
    "subject",
    [
        "Svårt att betala",
        "Referens: 4120ALI",
        "Ref: 88",
        "Vbg kommun",
        "Reskontra: fråga",
        "[KR] Anstånd \u2013 faktura 40012345",
        "Red: periodisering",
        "Kr: anstånd",
        "Tp: projektkod",
        "Räkning: 40012345",
        "[extra] lokalhyra",
    ],
)
def test_words_that_only_look_like_prefixes_stay(subject):
    assert strip_prefixes(subject) == subject


@pytest.mark.parametrize("subject", ["SV: a", "Re: a", "[EXTERNT] AW: a", "VB: SV: a", "VS: a"])
def test_an_answer_is_recognised_anywhere_in_the_chain(subject):
    assert is_reply(subject)


@pytest.mark.parametrize(
    "subject", ["VB: a", "FW: a", "Fwd: a", "WG: a", "VL: a", "SV: VB: a", "VS: a"]
)
def test_a_forward_is_recognised_anywhere_in_the_chain(subject):
    assert is_forward(subject)


@pytest.mark.parametrize(
    "subject", ["Anstånd", "[EXTERNT] Anstånd", "Svar önskas", "[KR] Re: i mitten"]
)
def test_a_first_mail_is_neither_answer_nor_forward(subject):
    assert not is_reply(subject)
    assert not is_forward(subject)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (
            "[KR] Anstånd, faktura 4001",
            [("KR", True), ("Anstånd, faktura 4001", False)],
        ),
        ("SV: [KR] [LR] x", [("KR", True), ("LR", True), ("x", False)]),
        ("Kravbrev 4001 [KR]", [("Kravbrev 4001", False), ("KR", True)]),
        ("(KR) Makulering", [("KR", True), ("Makulering", False)]),
        ("{kr} Makulering", [("kr", True), ("Makulering", False)]),
        ("[ KR ]: Makulering", [("KR", True), ("Makulering", False)]),
        ("KR/makulera 4001", [("KR/makulera 4001", False)]),
        ("[EXTERNT] [KR] x", [("KR", True), ("x", False)]),
        ("Hyra (hyra av idrottshall)", [("Hyra (hyra av idrottshall)", False)]),
        ("[KR] Anstånd [#2018-000123-k7]", [("KR", True), ("Anstånd", False)]),
        ("[] ()", []),
        ("", []),
    ],
)
def test_tags_and_the_text_between_come_in_order(subject, expected):
    assert [(tag.text, tag.bracketed) for tag in tags(subject)] == expected


@pytest.mark.parametrize(
    "subject",
    [
        "[#2018-000123-k7]",
        "SV: [KR] Anstånd [#2018-000123-k7]",
        "SV: Anstånd #2018-000123-k7",
        "SV: Anstånd 2018-000123-k7 igen",
        "SV: Anstånd [#2018-123-k7]",
        "SV: ANSTÅND [#2018-000123-K7]",
        "SV: Anstånd [#2018-\r\n 000123-k7]",
        "SV: Anstånd [# 2018 - 000123 - k7]",
        "SV: Anstånd (#2018-000123-k7)",
        "SV: Anstånd [#2018\u2013000123\u2013k7]",
        "Re:[#2018-000123-k7]Anstånd",
    ],
)
def test_a_case_reference_survives_what_clients_and_people_do_to_it(subject):
    assert case_reference(subject) == CaseReference(year=2018, serial=123, check="k7")


@pytest.mark.parametrize(
    "subject",
    [
        "Anstånd 2018-000123",
        "Faktura 2018-12-31",
        "Leverans 12018-000123-k7",
        "2018-000123-k77",
        "2018-000123-77",
        "2018-000000-k7",
        "personnummer 201801231234",
        "",
    ],
)
def test_other_numbers_are_no_case_reference(subject):
    assert case_reference(subject) is None


def test_a_subject_without_our_references_keeps_all_that_people_wrote():
    subject = "SV: [LR] Betalning 2018-03-12 [#2018-000123-kr] #2019-000007-kb"
    assert without_references(subject).split() == ["SV:", "[LR]", "Betalning", "2018-03-12"]


def test_a_case_reference_gives_the_case_number_in_full():
    reference = case_reference("[#2018-123-k7]")

    assert reference is not None
    assert reference.case_number == "2018-000123"


@given(subjects | st.text())
def test_stripping_twice_changes_nothing_more(subject):
    once = strip_prefixes(subject)

    assert strip_prefixes(once) == once


@given(subjects | st.text())
def test_tags_hold_only_what_the_subject_held(subject):
    for tag in tags(subject):
        assert isinstance(tag, Tag)
        assert tag.text
        assert set(tag.text) <= set(subject) | {" "}


@given(st.integers(2000, 2099), st.integers(1, 999_999), st.from_regex(r"\A[a-z][a-z0-9]\Z"))
def test_every_reference_that_we_write_can_be_read(year, serial, check):
    written = f"SV: [KR] Anstånd [#{year}-{serial:06}-{check}]"

    assert case_reference(written) == CaseReference(year=year, serial=serial, check=check)


@pytest.mark.parametrize(
    "piece", ["SV:", "[", "(", "[#2018-", "2018-1-", "*", "Re[1]", " ", "a", "[EXT]", "\u2013"]
)
def test_a_hostile_subject_takes_no_time(piece):
    subject = piece * (100_000 // len(piece))

    started = time.process_time()
    strip_prefixes(subject)
    tags(subject)
    case_reference(subject)

    assert time.process_time() - started < 0.05
