from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import bundled_folder
from bot.knowledge.check import Templates, problems
from bot.plan import receipts_for
from bot.templates import bundled_folder as templates_folder
from bot.templates import languages_in
from bot.vocabulary import Language, Urgency
from tests.knowledge import small

TAGS = """\
tags:
  - {code: KR, process: kundreskontra}
  - {code: RED, process: redovisning}
"""
ANSTAND = """\
matter: anstand
process: kundreskontra
urgent: collections
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    small.write(tmp_path)
    (tmp_path / "tags.yaml").write_text(TAGS, encoding="utf-8")
    lexicon = tmp_path / "lexicon" / "matters"
    lexicon.mkdir(parents=True)
    (lexicon / "anstand.yaml").write_text(ANSTAND, encoding="utf-8")
    return tmp_path


def found(folder: Path, *files: str) -> list[str]:
    return [str(problem) for problem in problems(folder) if problem.file in files]


def test_the_shipped_knowledge_has_no_problems():
    assert problems(bundled_folder()) == []


def test_problems_of_all_files_are_listed_at_once(folder):
    small.spoil(folder, "hours.yaml", "friday", "fredag")
    small.spoil(folder, "matters.yaml", "urgent: collections", "urgnt: collections")
    small.spoil(folder, "organisation.yaml", "[trafik]", "[trafk]")
    assert {problem.file for problem in problems(folder)} >= {
        "hours.yaml",
        "matters.yaml",
        "organisation.yaml",
    }


def test_a_problem_is_one_line_with_file_and_line(folder):
    small.spoil(folder, "organisation.yaml", "[trafik]", "[trafk]")
    (problem,) = [p for p in problems(folder) if p.file == "organisation.yaml"]
    assert (problem.file, problem.line) == ("organisation.yaml", 16)
    assert str(problem.what) == "kunden trafk finns inte; menade du trafik?"
    assert str(problem) == f"organisation.yaml rad 16: {problem.what}"


def test_tags_that_agree_with_the_processes_are_no_problem(folder):
    assert found(folder, "tags.yaml", "anstand.yaml") == []


def test_a_tag_with_another_code_than_its_process_is_a_problem(folder):
    small.spoil(folder, "tags.yaml", "code: RED", "code: REDO")
    assert found(folder, "tags.yaml") == [
        "tags.yaml rad 3: koden för redovisning är RED i processes.yaml"
    ]


def test_a_tag_of_an_unknown_process_is_a_problem(folder):
    small.spoil(folder, "tags.yaml", "process: redovisning", "process: redovising")
    assert found(folder, "tags.yaml") == [
        "tags.yaml rad 3: processen redovising finns inte",
        "tags.yaml rad 1: processen redovisning har ingen märkning",
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        pytest.param(
            "matter: anstand",
            "matter: anstond",
            "anstand.yaml rad 1: ärendetypen anstond finns inte",
            id="matter",
        ),
        pytest.param(
            "process: kundreskontra",
            "process: redovisning",
            "anstand.yaml rad 2: redovisning är ingen process för anstand, som har kundreskontra",
            id="process",
        ),
        pytest.param(
            "urgent: collections",
            "urgent: payout",
            "anstand.yaml rad 3: anstand är collections i matters.yaml",
            id="urgency",
        ),
    ],
)
def test_the_lexicon_and_the_list_of_matters_must_agree(folder, right, wrong, problem):
    small.spoil(folder, "lexicon/matters/anstand.yaml", right, wrong)
    assert found(folder, "anstand.yaml") == [problem]


def test_a_matter_without_words_in_the_lexicon_is_a_problem(folder):
    shutil.rmtree(folder / "lexicon")
    assert found(folder, "matters.yaml") == [
        "matters.yaml rad 2: ärendetypen anstand har ingen fil i lexicon/matters"
    ]


def test_a_folder_that_is_not_there_is_a_list_of_missing_files(tmp_path):
    whats = {str(problem.what) for problem in problems(tmp_path / "gone")}
    assert whats == {"filen saknas"}


def test_a_second_file_of_a_matter_is_a_problem(folder):
    (folder / "lexicon" / "matters" / "x.yaml").write_text(ANSTAND, encoding="utf-8")
    assert found(folder, "x.yaml") == [
        "x.yaml rad 1: ärendetypen anstand har redan filen anstand.yaml"
    ]


def without_receipt(folder: Path, templates: Templates) -> list[str]:
    return [str(p) for p in problems(folder, templates=templates) if "mall" in str(p)]


RECEIPTS: Templates = dict.fromkeys(
    (*receipts_for(Urgency.COLLECTIONS), *receipts_for(Urgency.PAYOUT)), tuple(Language)
)


def test_matters_with_their_receipts_are_no_problem(folder):
    assert without_receipt(folder, RECEIPTS) == []


def test_a_matter_without_a_template_is_a_problem_on_its_own_line(folder):
    left = {name: RECEIPTS[name] for name in RECEIPTS if name != "received_urgent_invoice"}
    assert without_receipt(folder, left) == [
        "matters.yaml rad 2: ärendetypen anstand saknar mall:"
        " kvittensen received_urgent_invoice finns inte"
    ]


def test_every_matter_without_a_template_is_named(folder):
    left = {name: RECEIPTS[name] for name in RECEIPTS if name != "received"}
    assert [line.split(" saknar")[0] for line in without_receipt(folder, left)] == [
        "matters.yaml rad 2: ärendetypen anstand",
        "matters.yaml rad 7: ärendetypen ovrigt",
    ]


def test_a_receipt_that_lacks_a_language_is_a_problem(folder):
    left = {**RECEIPTS, "received_urgent_invoice": (Language.SWEDISH,)}
    assert without_receipt(folder, left) == [
        "matters.yaml rad 2: ärendetypen anstand saknar mall på en:"
        " kvittensen received_urgent_invoice finns inte på det språket"
    ]


def test_a_template_that_is_wrong_itself_is_not_said_to_be_missing(folder):
    assert without_receipt(folder, {**RECEIPTS, "received_urgent_invoice": None}) == []


def test_the_shipped_matters_have_their_receipts():
    shipped = languages_in(templates_folder())
    assert problems(bundled_folder(), templates=shipped) == []


def test_a_rule_about_a_misspelt_letter_is_a_problem(folder):
    with (folder / "replies.yaml").open("a", encoding="utf-8") as file:
        file.write("two_people: [instalment_plam]\n")
    said = [str(problem) for problem in problems(folder, letters=["instalment_plan"])]
    assert "menade du instalment_plan?" in " ".join(said)


def test_a_rule_about_a_mailbox_that_does_not_exist_is_a_problem(folder):
    small.spoil(folder, "replies.yaml", "[info]", "[infoo]")
    (said,) = found(folder, "replies.yaml")
    assert "brevlådan infoo finns inte; menade du info?" in said
