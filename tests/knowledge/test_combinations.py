from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import KnowledgeError
from bot.knowledge import combinations, triage_rules
from bot.knowledge.lexicon_files import read_lexicon
from bot.knowledge.yaml_file import KnowledgeErrors
from tests.knowledge import small, small_lexicon

ROW = "when: [due, reason], unless: [praise]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_lexicon.write(tmp_path)


def found(folder: Path) -> list[str]:
    files, _ = read_lexicon(folder)
    faults = (*combinations.unknown_features(files), *combinations.futile(files))
    return [str(error) for error in faults]


def test_combinations_that_can_hold_are_no_fault(folder):
    assert found(folder) == []


def test_all_unknown_features_are_named_with_the_nearest_known_one(folder):
    small.spoil(folder, "lexicon/combinations.yaml", ROW, "when: [due, resaon], unless: [xyzzy]")
    assert found(folder) == [
        "combinations.yaml rad 2: kännetecknet resaon finns inte; menade du reason?",
        "combinations.yaml rad 2: kännetecknet xyzzy finns inte",
    ]


def test_a_combination_for_a_matter_without_a_file_is_named(folder):
    small.spoil(folder, "lexicon/combinations.yaml", "matter: bokforing", "matter: bokfering")
    assert found(folder) == [
        "combinations.yaml rad 4: ärendetypen bokfering har ingen fil i lexicon/matters"
    ]


def test_a_feature_that_is_both_wanted_and_unwanted_is_named(folder):
    small.spoil(folder, "lexicon/combinations.yaml", ROW, "when: [due], unless: [due]")
    (fault,) = found(folder)
    assert fault.startswith("combinations.yaml rad 2: due står både i when och i unless")


@pytest.mark.parametrize("block", ["    ! ord reason", "    # ord reason"])
@pytest.mark.parametrize("row", [ROW, "when: [due], unless: [reason]"])
def test_a_feature_that_no_phrase_speaks_of_is_named_where_it_is_used(folder, block, row):
    small.spoil(folder, "lexicon/combinations.yaml", ROW, row)
    small.spoil(folder, "lexicon/features/all.yaml", "    ord reason\n", f"{block}\n")
    (fault,) = found(folder)
    assert fault.startswith("combinations.yaml rad 2: kännetecknet reason har inga fraser")


def test_rules_with_bad_phrases_are_refused_with_all_of_them(folder):
    small.spoil(folder, "lexicon/matters/anstand.yaml", "vänta <tal> dagar", "{a}\n  {b}")
    with pytest.raises(KnowledgeErrors) as caught:
        triage_rules.build(folder)
    assert [(error.file, error.line) for error in caught.value.errors] == [
        ("anstand.yaml", 11),
        ("anstand.yaml", 12),
    ]


def test_rules_without_files_are_refused(tmp_path):
    with pytest.raises(KnowledgeError):
        triage_rules.build(tmp_path)
