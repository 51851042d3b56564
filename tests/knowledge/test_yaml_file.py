from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from bot.errors import KnowledgeError
from bot.knowledge.yaml_file import KnowledgeErrors, KnowledgeModel, read, read_document


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Tool(KnowledgeModel):
    key: str
    colour: Colour = Colour.RED
    weight: int | None = None
    since: date | None = None
    opens: time | None = None
    aliases: tuple[str, ...] = ()


class Shed(KnowledgeModel):
    tools: tuple[Tool, ...]
    labels: dict[str, str] = Field(default_factory=dict)
    counts: dict[Colour, int] = Field(default_factory=dict)
    open: bool = False


class Anything(KnowledgeModel):
    value: str | int | float | bool | None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "shed.yaml"


def errors_of(file: Path, content: str | bytes) -> list[tuple[int | None, str]]:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(KnowledgeErrors) as caught:
        read(file, Shed)
    return [(error.line, str(error.what)) for error in caught.value.errors]


def error_of(file: Path, content: str | bytes) -> tuple[int | None, str]:
    (error,) = errors_of(file, content)
    return error


def test_a_right_file_becomes_a_frozen_model(file):
    file.write_text(
        "tools:\n"
        "  - {key: hammer, colour: blue, since: 2026-01-31, opens: 08:30, aliases: [hammare]}\n",
        encoding="utf-8",
    )
    shed = read(file, Shed)
    assert shed.tools == (
        Tool(
            key="hammer",
            colour=Colour.BLUE,
            since=date(2026, 1, 31),
            opens=time(8, 30),
            aliases=("hammare",),
        ),
    )


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_known_key(file):
    error = error_of(file, "tools:\n  - key: hammer\n    color: red\n")
    assert error == (3, "okänd nyckel tools.0.color; menade du colour?")


def test_an_unknown_key_far_from_all_others_is_told_what_is_known(file):
    error = error_of(file, "tools: []\nxyz: 1\n")
    assert error == (2, "okänd nyckel xyz; de som finns är counts, labels, open, tools")


def test_a_wrong_value_is_named_with_the_line_of_the_value(file):
    line, what = error_of(file, "tools:\n  - key: hammer\n    colour:\n      green\n")
    assert line == 4
    assert what == "tools.0.colour: ska vara något av: red, blue"


def test_a_missing_key_is_named_with_the_line_where_its_entry_begins(file):
    error = error_of(file, "tools:\n  - key: a\n  - colour: red\n    weight: 3\n")
    assert error == (3, "tools.1.key saknas")


def test_a_number_where_a_text_is_expected_tells_to_use_quotes(file):
    error = error_of(file, "tools:\n  - key: 12\n")
    assert error == (2, "tools.0.key: ska vara en text; sätt citattecken omkring")


def test_a_text_where_a_number_is_expected_is_refused(file):
    line, what = error_of(file, 'tools:\n  - key: a\n    weight: "3"\n')
    assert line == 3
    assert what == "tools.0.weight: ska vara ett heltal"


def test_a_value_is_never_repeated_in_an_error(file):
    _, what = error_of(file, "tools:\n  - key: a\n    weight: 19121212-1212\n")
    assert "1212" not in what


def test_all_errors_of_a_file_are_collected_in_the_order_of_the_lines(file):
    errors = errors_of(file, "tools:\n  - key: a\n    key: b\n    wight: 3\n  - colour: green\n")
    assert [line for line, _ in errors] == [3, 4, 5, 5]


def test_a_duplicate_key_names_both_lines(file):
    error = error_of(file, "tools: []\nopen: true\ntools: []\n")
    assert error == (3, "nyckeln tools står två gånger; först på rad 1")


def test_the_first_error_is_the_error_that_is_raised(file):
    file.write_text("tools: []\nopn: true\nlables: {}\n", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"^shed\.yaml rad 2: okänd nyckel opn; .*open\?$"):
        read(file, Shed)


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        pytest.param("tools: [\n  {key: a},\n", 3, "en slutparentes", id="open-bracket"),
        pytest.param("tools:\n  - key: a\n colour: red\n", 3, "fel indragen", id="bad-indent"),
        pytest.param("tools: []\n\tx: 1\n", 2, "en tabb", id="tab"),
        pytest.param('tools: []\nopen: "abc\n', 3, "ett citattecken saknas", id="open-quote"),
        pytest.param("tools: []\nopen: @x\n", 2, "får stå här", id="reserved-character"),
        pytest.param("tools: []\nlabels: {x: a: b}\n", 2, "komma", id="colon-in-braces"),
        pytest.param("tools: []\nopen: a: b\n", 2, "ett kolon för mycket", id="colon"),
        pytest.param("tools: []\nopen\n", 3, "ett kolon saknas", id="no-colon"),
    ],
)
def test_a_slip_in_the_syntax_names_the_line_and_what_to_look_for(file, content, line, what):
    found, said = error_of(file, content)
    assert found == line
    assert what in said


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param("", "filen är tom", id="empty"),
        pytest.param("# only a comment\n", "filen är tom", id="comment"),
        pytest.param("tools: []\n---\ntools: []\n", "ett andra dokument", id="two"),
        pytest.param("tools: &a []\n", "ankare (&) och alias (*)", id="anchor"),
        pytest.param("tools: !!set {}\n", "YAML-taggar (!)", id="tag"),
        pytest.param("? [a]\n: b\n", "en nyckel måste vara ett ord", id="key"),
        pytest.param("tools: " + "[" * 50 + "]" * 50, "är nästlat för djupt", id="deep"),
        pytest.param("tools: []\x07\n", "har ett styrtecken", id="control"),
        pytest.param('tools: ["\\ud800"]\n', "har ett halvt tecken", id="surrogate"),
        pytest.param("just words\n", "ska vara nycklar med värden", id="no-mapping"),
    ],
)
def test_what_is_not_used_in_these_files_is_refused_in_one_line(file, content, what):
    (_, found), *_ = errors_of(file, content)
    assert what in found


def test_a_file_that_is_not_utf_8_names_the_line_of_the_first_wrong_byte(file):
    error = error_of(file, "tools: []\n# hyresg\xe4st\n".encode("latin-1"))
    assert error == (2, "är inte UTF-8; spara filen som UTF-8")


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(file):
    file.write_bytes("\ufefftools:\r\n  - key: a\r\n    colour: blue\r\n".encode())
    assert read(file, Shed).tools[0].colour is Colour.BLUE


def test_a_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(KnowledgeError, match=r"^shed\.yaml: filen saknas$"):
        read(tmp_path / "shed.yaml", Shed)


def test_a_folder_in_place_of_a_file_is_one_clear_error(tmp_path):
    with pytest.raises(KnowledgeError, match="är en mapp; det ska vara en fil"):
        read(tmp_path, Shed)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("''", ""),
        ("'true'", "true"),
        ("42", 42),
        ("-7", -7),
        ("0811100", "0811100"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("08:00", "08:00"),
        ("2026-01-31", "2026-01-31"),
        ("2.5", 2.5),
        (".inf", ".inf"),
        ("9" * 40, "9" * 40),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_words_stay_words_and_numbers_become_numbers(file, written, value):
    file.write_text(f"value: {written}\n", encoding="utf-8")
    found = read(file, Anything).value
    assert (type(found), found) == (type(value), value)


def test_a_wrong_key_of_a_table_is_named_with_its_own_line(file):
    errors = errors_of(file, "tools: []\ncounts:\n  green:\n    3\n")
    assert errors == [(3, "counts.green: ska vara något av: red, blue")]


def test_a_document_knows_the_line_of_every_key(file):
    file.write_text("tools:\n  - key: a\n    colour: red\nlabels:\n  x: y\n", encoding="utf-8")
    document = read_document(file, Shed)
    assert document.line("tools") == 1
    assert document.line("tools", 0) == 2
    assert document.line("tools", 0, "colour") == 3
    assert document.line("labels", "x") == 5
    assert document.line("labels", "gone") == 4


def told(file: Path) -> str:
    try:
        read(file, Shed)
    except KnowledgeError as error:
        return str(error)
    return ""


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_whatever_a_file_holds_the_answer_is_a_model_or_one_line(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    assert "\n" not in told(file)


PIECES = ["tools", "key", "a", "1.1", "<<", "---", "...", "&a", "*a", "!!x", "%YAML"]
PIECES += [*":[]{},|>?#-\"' \t\n", "\n- ", "\\x", "\\U0011"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_looks_like_yaml_the_answer_is_a_model_or_one_line(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "yamlish.yaml"
    file.write_bytes(content.encode())
    assert "\n" not in told(file)


@pytest.mark.slow
def test_a_lexicon_of_eight_hundred_lines_is_read_in_under_a_second(file):
    words = ", ".join(f"anståndsbegäran{n}" for n in range(3))
    file.write_text("tools:\n" + f"  - {{key: a, aliases: [{words}]}}\n" * 800, encoding="utf-8")
    took = []
    for _ in range(3):
        begun = process_time()
        read(file, Shed)
        took.append(process_time() - begun)
    assert min(took) < 1
