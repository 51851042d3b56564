"""Whoever gives a command sees of protected cases what their rights allow, as on the web."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.knowledge import bundled_folder
from bot.vocabulary import Right
from tests.commands import call, write_settings
from tests.letters import ORDINARY

MAY, MAY_NOT = "amir.haddad@exempelstad.example", "agneta.brandt@exempelstad.example"
HOLDERS = {
    Right.MANAGER: "anette.forsbro@exempelstad.example",
    Right.EDITOR: "ebba.nyren@exempelstad.example",
    Right.OPERATOR: "emil.grahn@exempelstad.example",
    Right.PROTECTED: MAY,
}


@pytest.fixture
def run(tmp_path, sqlite_url, build_city, monkeypatch):
    """Call a command on a house with one case, which has protected data, and a draft on it."""
    monkeypatch.chdir(tmp_path)
    city = build_city()
    city.post(**ORDINARY, sender="kalle@kund.example")
    city.work_off()
    (case,) = city.cases()
    handler = city.app.knowledge.person_by_email[MAY_NOT]
    city.app.replies.draft(case, "working_on_it", by=handler)
    with city.app.database.work() as work:
        work.cases.change(replace(work.cases.get(case.id), protected=True))
    config = write_settings(
        tmp_path,
        sqlite_url,
        *("[web.proxy]", 'addresses = ["127.0.0.1"]'),
        "[web.rights]",
        *(f'{right} = ["{email}"]' for right, email in HOLDERS.items()),
    )
    return lambda *arguments: call("--config", config, *arguments)


ON_CASE = [
    ("case", "take", "1"),
    ("case", "stop", "1", "--because", "credited"),
    ("case", "move", "1", "LR"),
    ("export-case", "1", "--out", "ut.zip"),
    ("hold", "add", "#1"),
    ("phone", "again", "1"),
    ("phone", "feedback", "1", "done"),
    ("reply", "draft", "1", "working_on_it"),
    ("remark", "dismiss", "1"),
    ("remark", "add", "--text", "Trasig", "--unit", "kundreskontra", "--case", "1"),
]
ON_DRAFT = [("reply", verb, "1") for verb in ("edit", "approve", "send", "discard")]


@pytest.mark.parametrize("command", [*ON_CASE, *ON_DRAFT], ids=" ".join)
def test_a_protected_case_is_not_there_for_who_may_not_see_it(run, command):
    called = run(*command, "--as", MAY_NOT)
    assert called.code == 1
    assert "1 finns inte; kontrollera numret" in called.err


def test_a_protected_case_and_one_that_is_not_there_are_told_of_alike(run):
    hidden, missing = (run("case", "take", number, "--as", MAY_NOT).err for number in ("1", "2"))
    assert hidden.replace("1", "2") == missing


def test_who_has_the_right_takes_and_exports_a_protected_case(run):
    assert run("case", "take", "1", "--as", MAY).code == 0
    assert run("export-case", "1", "--out", "ut.zip", "--as", MAY).code == 0


def test_an_answer_tells_of_a_protected_case_only_to_who_may_see_it(run):
    shown, hidden = (run("ask", "visa ärende 1", "--as", who).out for who in (MAY, MAY_NOT))
    assert "-000001" in shown
    assert "finns inte" in hidden


def test_a_command_that_nobody_in_particular_gives_sees_all(run):
    assert run("case", "show", "1").code == 0
    assert "-000001" in run("case", "list").out
    assert "-000001" in run("ask", "visa ärende 1").out


HOURS = str(bundled_folder() / "hours.yaml")
DAYS = ("--from", "2026-01-01", "--to", "2026-03-31")
NEEDING = [
    (Right.EDITOR, ("edit", "save", "knowledge/hours.yaml", HOURS)),
    (Right.EDITOR, ("edit", "approve", "1")),
    (Right.EDITOR, ("edit", "refuse", "1")),
    (Right.EDITOR, ("edit", "undo", "1")),
    (Right.MANAGER, ("control", "draw", "--process", "KR", *DAYS, "--seed", "t1")),
    (Right.MANAGER, ("control", "export", "1", "--out", "ut.zip")),
    (Right.MANAGER, ("outside", "import", HOURS, "--source", "survey")),
    (
        Right.MANAGER,
        ("outside", "add", "--source", "survey", "--measure", "index", "--value", "7", *DAYS),
    ),
    (Right.OPERATOR, ("ignored", "open", "1")),
]


@pytest.mark.parametrize(("right", "command"), NEEDING, ids=[" ".join(c[:2]) for _, c in NEEDING])
def test_a_command_needs_the_right_of_the_page_that_does_the_same(run, right, command):
    for other in (MAY_NOT, *(email for held, email in HOLDERS.items() if held is not right)):
        called = run(*command, "--as", other)
        assert (called.code, called.out) == (1, "")
        assert f"--as: kommandot kräver behörigheten {right}, " in called.err
    assert "kräver behörigheten" not in run(*command, "--as", HOLDERS[right]).err


def test_where_there_is_no_web_page_all_of_the_staff_are_managers_and_editors(
    tmp_path, sqlite_url, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    config = write_settings(tmp_path, sqlite_url)
    for _, command in NEEDING:
        assert "behörigheten" not in call("--config", config, *command, "--as", MAY_NOT).err
