"""What the command line says when settings, knowledge, mailboxes or files are wrong."""

from __future__ import annotations

import shutil

import pytest

from bot.knowledge import bundled_folder


@pytest.fixture
def broken_knowledge(tmp_path):
    folder = tmp_path / "kunskap"
    shutil.copytree(bundled_folder(), folder)
    matters = folder / "matters.yaml"
    matters.write_text(matters.read_text("utf-8").replace("urgent: payout", "urgent: x"), "utf-8")
    (folder / "links.yaml").unlink()
    return folder


def settings(tmp_path, text):
    file = tmp_path / "my.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("sv", "twin_wiat: det finns ingen sådan inställning; menade du twin_wait?"),
        ("en", "twin_wiat: there is no such setting; did you mean twin_wait?"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(sammadag, tmp_path, language, said):
    file = settings(tmp_path, "twin_wiat = 3")
    code, out, err = sammadag("--lang", language, "--config", file, "books")
    assert (code, out, err) == (2, "", f"sammadag: {file}: {said}\n")


def test_a_wrong_variable_is_named_and_its_value_is_not(sammadag, monkeypatch):
    monkeypatch.setenv("SAMMADAG_TWIN_WAIT", "hemligt")
    assert sammadag("books")[2] == "sammadag: SAMMADAG_TWIN_WAIT: ska vara ett heltal\n"


def test_a_section_in_one_variable_must_be_json(sammadag, monkeypatch):
    monkeypatch.setenv("SAMMADAG_MAILBOXES", "hemligt")
    code, _, err = sammadag("books")
    assert code == 2
    assert err.startswith("sammadag: SAMMADAG_MAILBOXES: är inte JSON; ")
    assert "hemligt" not in err


def test_an_unknown_language_is_refused_in_swedish(sammadag):
    code, _, err = sammadag("--lang", "fi", "check")
    assert (code, err) == (2, "sammadag: inställningen language: ska vara något av: sv, en\n")


def test_the_language_of_the_settings_holds_where_none_is_asked_for(sammadag, tmp_path):
    file = settings(tmp_path, 'language = "en"')
    assert sammadag("--config", file, "ignored", "list")[1] == "No e-mail was put aside.\n"
    _, _, err = sammadag("--config", file, "ignored", "open", "9", "--as", "x@y.example")
    assert err == "sammadag: --as: nobody in the organisation has this e-mail address\n"


@pytest.mark.parametrize(
    ("language", "faults"),
    [
        ("sv", ("rad {}: matters", ".urgent: ska vara något av: ", "links.yaml: filen saknas")),
        (
            "en",
            ("line {}: matters", ".urgent: should be one of: ", "links.yaml: the file is missing"),
        ),
    ],
)
def test_check_lists_every_fault_in_the_language(
    sammadag, tmp_path, broken_knowledge, language, faults
):
    file = settings(tmp_path, f'knowledge = "{broken_knowledge}"')
    code, out, err = sammadag("--lang", language, "--config", file, "check")
    assert (code, out) == (1, "")
    lines = (broken_knowledge / "matters.yaml").read_text("utf-8").splitlines()
    number = lines.index("    urgent: x") + 1
    assert [fault for fault in faults if fault.format(number) not in err] == []


def test_another_command_shows_the_first_fault_and_how_many_more(
    sammadag, tmp_path, broken_knowledge
):
    file = settings(tmp_path, f'knowledge = "{broken_knowledge}"')
    code, _, err = sammadag("--config", file, "books")
    assert code == 1
    assert err.endswith("(1 fel till, se `sammadag check`)\n")
    assert err.count("\n") == 1


def test_a_mailbox_that_does_not_answer_is_one_line(sammadag, tmp_path):
    file = settings(tmp_path, f'[mailboxes.info]\npath = "{tmp_path / "borta"}"')
    code, _, err = sammadag("--config", file, "books")
    assert (code, err) == (
        1,
        "sammadag: mailboxes.info: den svarar inte; kontrollera att den finns och är ansluten\n",
    )


def test_a_line_that_is_no_mail_is_named_in_the_language(sammadag, tmp_path):
    (tmp_path / "mejl.jsonl").write_text('[1]\n{"subject": "Hej"}\n', "utf-8")
    code, out, err = sammadag("--lang", "en", "triage", "mejl.jsonl")
    assert code == 1
    assert err == "mejl.jsonl line 1: is no JSON object\n"
    assert out.count("\n") == 1
