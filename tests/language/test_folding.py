"""Folded text, and the way back to what was written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.language.folding import fold, readable


@given(st.text())
@example("İSTANBUL ŞİŞLİ")
@example("ǰ ﬁ ß")
def test_folding_keeps_every_character_at_its_index(text):
    assert len(fold(text)) == len(text)


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_readable_text_is_composed_and_has_no_control_characters(text):
    shown = readable(text)
    assert unicodedata.is_normalized("NFC", shown)
    assert not any(character in shown for character in "\x00\x07\x1b\r")


@pytest.mark.parametrize(
    ("written", "folded"),
    [("ANSTÅND", "anstand"), ("Förfallodag", "forfallodag"), ("Café Élan", "cafe elan")],
)
def test_capitals_and_dots_do_not_matter(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    "broken",
    [
        "anstÃ¥nd pÃ¥ rÃ¤kning fÃ¶r Ã–rebro",
        "anst&aring;nd p&aring; r&auml;kning f&ouml;r &Ouml;rebro",
        "anst=E5nd p=E5 r=E4kning f=F6r =D6rebro",
        "anst=C3=A5nd p=C3=A5 r=C3=A4kning f=C3=B6r =C3=96rebro",
        "<b>anstånd</b> på <i>räkning</i> för Örebro",
        "an\u00adstånd på räk\u200bning för Örebro",
        "ansta\u030and pa\u030a ra\u0308kning fo\u0308r O\u0308rebro",
    ],
)
def test_what_reached_us_as_code_is_repaired(broken):
    assert readable(broken) == "anstånd på räkning för Örebro"


@pytest.mark.parametrize(
    "written", ["４００３００２８", "٤٠٠٣٠٠٢٨", "۴۰۰۳۰۰۲۸", "४००३००२८", "৪০০৩০০২৮"]
)
def test_digits_of_other_scripts_are_read_as_ours(written):
    assert readable(f"faktura {written} är fel") == "faktura 40030028 är fel"


def test_a_smaller_than_sign_is_no_tag():
    assert readable("3 < 4 och 5 > 2, <a@b.example>") == "3 < 4 och 5 > 2, <a@b.example>"
