"""What an error says, in Swedish by itself and in the reader's language."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases import CaseNumber
from bot.errors import (
    BadValue,
    DataError,
    IllegalChange,
    KnowledgeError,
    NotFound,
    ReplyHasHole,
    SammaDagError,
    Saying,
    UsageError,
)
from bot.texts import CATALOGUES, speaker
from bot.texts.codes import CODES
from bot.vocabulary import Status
from tests import catalogues
from tests.made_cases import a_case

swedish = speaker("sv")
english = speaker("en")

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
A_PLACE = Saying("{where}: {what}", where="web", what=Saying("ska vara ett tal"))


def test_an_error_is_swedish_by_itself_and_keeps_its_values():
    number = CaseNumber(year=2026, serial=7)
    error = NotFound("ärende {case} finns inte; kontrollera numret", case=number)
    assert str(error) == "ärende 2026-000007 finns inte; kontrollera numret"
    assert error.source == "ärende {case} finns inte; kontrollera numret"
    assert error.values == {"case": number}


def test_an_error_is_said_in_the_readers_language():
    error = NotFound("ärende {case} finns inte; kontrollera numret", case=7)
    assert swedish.error(error) == str(error)
    assert english.error(error) == "case 7 does not exist; check the number"


def test_an_error_of_knowledge_names_file_and_line_in_the_readers_language():
    error = KnowledgeError("links.yaml", 5, A_PLACE)
    assert (error.file, error.line, error.what) == ("links.yaml", 5, A_PLACE)
    assert str(error) == "links.yaml rad 5: web: ska vara ett tal"
    assert english.error(error) == "links.yaml line 5: web: should be a number"


def test_an_error_about_a_whole_file_names_no_line():
    error = KnowledgeError("links.yaml", None, Saying("filen saknas"))
    assert str(error) == "links.yaml: filen saknas"
    assert english.error(error) == "links.yaml: the file is missing"


def test_a_hole_in_a_letter_names_template_and_value():
    error = ReplyHasHole("received", "link_web")
    assert (error.template, error.missing) == ("received", "link_web")
    assert english.error(error).startswith("template received: the value link_web is missing")


def test_a_bad_value_is_an_error_that_a_validator_may_raise():
    assert issubclass(BadValue, ValueError)
    assert issubclass(BadValue, SammaDagError)


def test_sayings_are_equal_when_sentence_and_values_are():
    assert Saying("{a}", a=1) == Saying("{a}", a=1)
    assert len({Saying("{a}", a=1), Saying("{a}", a=1), Saying("{a}", a=2)}) == 2
    assert Saying("filen saknas") != "filen saknas"


@given(st.text())
def test_a_value_of_an_error_is_never_read_as_a_sentence(value):
    error = DataError("{file}: är tom", file=value)
    assert str(error) == f"{value}: är tom" == swedish.error(error)


@given(st.text())
def test_an_error_without_values_is_shown_as_it_stands(text):
    assert str(UsageError(text)) == text


def test_a_change_that_a_case_may_not_make_is_named_in_words():
    closed = a_case(7, at=NOON, status=Status.CLOSED)
    with pytest.raises(IllegalChange) as caught:
        closed.allow(Status.NEW)
    assert english.error(caught.value) == "case 2026-000007 cannot go from “Closed” to “New”"


def found_in(folder: Path, code: str) -> catalogues.Found:
    package = folder / "bot"
    package.mkdir()
    (package / "errors.py").write_text(
        "class SammaDagError(Exception): pass\n"
        "class UsageError(SammaDagError): pass\n"
        "class InFile(SammaDagError):\n"
        "    def __init__(self, file):\n"
        '        super().__init__("{file}: fel", file=file)\n',
        "utf-8",
    )
    (package / "a.py").write_text(code, "utf-8")
    return catalogues.find(package, {})


def test_the_sentences_of_errors_are_found_by_the_names_of_their_classes(tmp_path):
    found = found_in(
        tmp_path,
        "class BadPort(UsageError): pass\n"
        'raise BadPort("porten {port} är upptagen", port=80)\n'
        'raise UsageError("fel") from None\n'
        'what = Saying("saknas")\n'
        'raise InFile("a.toml")\n'
        'raise ValueError("an English word for programmers")\n',
    )
    assert set(found.sentences) == {"porten {port} är upptagen", "fel", "saknas", "{file}: fel"}
    assert found.faults == []


@pytest.mark.parametrize("call", ['UsageError(f"{x}: fel")', 'Saying("fel: " + x)'])
def test_an_error_that_is_put_together_is_a_fault(tmp_path, call):
    (line,) = found_in(tmp_path, f"raise {call}\n").faults
    assert line.startswith("bot/a.py:1: a sentence is put together")


def test_an_error_that_is_not_given_what_it_names_is_a_fault(tmp_path):
    (line,) = found_in(tmp_path, 'raise UsageError("{file}: {what}", file=1)\n').faults
    assert line == "bot/a.py:1: the sentence names {what}, which is not given"


def test_values_that_are_handed_on_are_not_counted(tmp_path):
    assert found_in(tmp_path, 'raise UsageError("{file}: {what}", **given)\n').faults == []


@pytest.mark.slow
def test_the_check_fails_for_an_error_without_translation(tmp_path):
    package = Path(shutil.copytree(catalogues.ROOT / "bot", tmp_path / "bot"))
    (package / "new.py").write_text('raise UsageError("en ny mening")\n', "utf-8")
    catalogue = catalogues.read(CATALOGUES / "en" / "LC_MESSAGES" / "sammadag.po")
    found = catalogues.find(package, CODES)
    lines = list(catalogues.faults(catalogue, found.sentences))
    assert lines == ["bot/new.py:1: not in the catalogue: 'en ny mening'"]
