from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.knowledge import bundled_folder, tag_faults
from bot.knowledge.lexicon_files import read_lexicon
from bot.language.folding import fold
from bot.triage.cues import TagRule
from bot.triage.tags import Tags
from tests.knowledge import small, small_lexicon


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_lexicon.write(tmp_path)


def found(folder: Path) -> list[str]:
    return [str(error) for error in tag_faults.faults(read_lexicon(folder)[0])]


def with_alias(folder: Path, alias: str) -> list[str]:
    """Give the second process one more alias; that stands on line 7."""
    small.spoil(folder, "tags.yaml", "also: [redovisning]", f'also: [redovisning, "{alias}"]')
    return found(folder)


def test_tags_that_can_be_told_apart_are_no_fault(folder):
    assert found(folder) == []


@pytest.mark.parametrize(
    "alias",
    [
        "kundfakturor",
        "KUNDFAKTUROR",
        "kund-fakturor",
        "kund fakturor",
        "Kund/Fakturor",
        "kündfakturör",
    ],
)
def test_an_alias_of_two_tags_is_named_however_it_is_spelt(folder, alias):
    assert with_alias(folder, alias) == [
        f"tags.yaml rad 7: {alias} läses som kundfakturor för kundreskontra på rad 4 i tags.yaml;"
        " den kan bara betyda ett, ta bort den ena"
    ]


@pytest.mark.parametrize("alias", ["KRE", "kre", "K R E", "KRÉ"])
def test_an_alias_that_is_the_code_of_another_tag_is_named(folder, alias):
    (fault,) = with_alias(folder, alias)
    assert fault.startswith(f"tags.yaml rad 7: {alias} läses som KRE för kundreskontra på rad 2")


@pytest.mark.parametrize(
    ("alias", "meant"),
    [
        ("KREG", "KRE"),
        ("KER", "KRE"),
        ("KR", "KRE"),
        ("kundfakturer", "kundfakturor"),
        ("kund faktuor", "kundfakturor"),
        ("kundreskontran", "kund-reskontra"),
    ],
)
def test_an_alias_that_is_a_slip_of_another_tag_is_named(folder, alias, meant):
    (fault,) = with_alias(folder, alias)
    assert fault.startswith(f"tags.yaml rad 7: {alias} är ett skrivfel från {meant} för")


@pytest.mark.parametrize("alias", ["RED", "red.", "redovisningen", "REDO", "bokslut", "KRAX"])
def test_an_alias_near_to_its_own_tag_or_far_from_others_is_no_fault(folder, alias):
    assert [fault for fault in with_alias(folder, alias) if "läses som" in fault] == []
    assert [fault for fault in found(folder) if "skrivfel" in fault] == []


@pytest.mark.parametrize("alias", ["", "§", "123", "x", "бухгалтер", "RED2", "o" * 45])
def test_an_alias_that_no_subject_can_hold_is_named(folder, alias):
    (fault,) = with_alias(folder, alias)
    assert fault.startswith(f"tags.yaml rad 7: {alias} kan aldrig läsas som märkning")


def test_a_name_of_two_matters_is_named_in_the_later_file(folder):
    small.spoil(folder, "lexicon/matters/bokforing.yaml", "  bokföring\n", "  An-stånd\n")
    assert found(folder) == [
        "bokforing.yaml rad 4: An-stånd läses som anstånd för anstand på rad 5 i anstand.yaml;"
        " den kan bara betyda ett, ta bort den ena"
    ]


def test_a_name_that_no_subject_can_hold_is_named(folder):
    small.spoil(folder, "lexicon/matters/bokforing.yaml", "  bokföring\n", "  2018\n")
    (fault,) = found(folder)
    assert fault.startswith("bokforing.yaml rad 4: 2018 kan aldrig läsas som namn i ämnesraden")


def test_the_shipped_tags_and_names_have_no_fault():
    assert found(bundled_folder()) == []


@settings(max_examples=60)
@given(alias=st.text("abkredåö -&2", min_size=1, max_size=8).filter(str.strip))
def test_an_alias_without_a_fault_is_read_as_its_own_tag(tmp_path_factory, alias):
    folder = small_lexicon.write(tmp_path_factory.mktemp("city"))
    assume(with_alias(folder, alias) == [])
    tags = Tags(
        [
            TagRule(code="KRE", process="kundreskontra", also=("kundfakturor", "kund-reskontra")),
            TagRule(code="RED", process="redovisning", also=("redovisning", alias)),
        ],
        [],
    )
    together = "".join(letter for letter in fold(alias) if letter.isalpha())
    read = [
        tags.read(subject)
        for text in (alias, together)
        for subject in (f"[{text}] qq", f"{text}: qq", f"{text} - qq")
    ]
    assert "redovisning" in {tag.process for tag in read if tag}
