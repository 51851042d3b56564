"""The other commands, what they answer wrong use with, and how quick their help is."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
from datetime import timedelta

import pytest

from bot.knowledge import bundled_folder
from tests.city import TUESDAY, mail, make_folders
from tests.commands import call, commands, write_settings
from tests.letters import ORDINARY, URGENT_INVOICE

HEAVY = ("sqlalchemy", "alembic", "pydantic_settings", "lxml", "jinja2", "holidays", "ruamel.yaml")


@pytest.mark.parametrize("command", commands())
@pytest.mark.parametrize(("lang", "word"), [("sv", "Exempel: "), ("en", "Example: ")])
def test_the_help_of_every_command_shows_an_example_that_calls_it(command, lang, word):
    called = call("--lang", lang, *command.split(), "--help")
    assert called.code == 0
    (example,) = [line for line in called.out.splitlines() if word in line]
    assert re.search(rf"sammadag\b.* {command}\b", example)


def in_a_new_process(*arguments):
    """Call the command line in a process of its own; return (heavy modules, CPU seconds)."""
    code = (
        "import resource, sys; from bot.cli import run; run(sys.argv[1:]);"
        f"print('loaded', *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stderr.split()[1:], spent


@pytest.mark.alone
@pytest.mark.parametrize("arguments", [["--help"], ["--lang", "en", "ingest", "--help"]])
def test_help_loads_nothing_that_it_does_not_need_and_takes_no_half_second(arguments):
    loaded, seconds = min(in_a_new_process(*arguments) for _ in range(6))
    assert loaded == []
    assert seconds < 0.5


WRONG = [
    pytest.param(["nonsense"], id="command"),
    pytest.param(["books", "--nonsense"], id="option"),
    pytest.param(["triage"], id="missing"),
    pytest.param(["ignored", "open", "x", "--as", "a@b.example"], id="number"),
    pytest.param(["recompute", "--from", "yesterday", "--to", "2026-01-01"], id="date"),
    pytest.param(["--config", "nowhere.toml", "books"], id="settings-file"),
    pytest.param(["--lang", "de", "check"], id="language"),
    pytest.param(["--database-url", "mysql://x/y", "books"], id="database"),
]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_use_is_one_line_and_exit_code_two(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    called = call(*arguments)
    assert (called.code, called.out) == (2, "")
    assert len(called.err.splitlines()) == 1
    assert called.err.startswith("sammadag: ")


@pytest.fixture
def config(tmp_path, sqlite_url):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    return write_settings(tmp_path, sqlite_url)


@pytest.fixture
def town(build_city):
    """The house that the settings describe, to put things in its database."""
    return build_city("kundreskontra")


def test_a_bad_setting_is_named_in_one_line(tmp_path, sqlite_url):
    config = write_settings(tmp_path, sqlite_url, "twin_wiat = 3")
    called = call("--config", config, "books")
    assert called.code == 2
    assert len(called.err.splitlines()) == 1
    assert "twin_wait" in called.err


def test_an_unknown_variable_is_refused(config, monkeypatch):
    monkeypatch.setenv("SAMMADAG_TWIN_WIAT", "3")
    called = call("--config", config, "books")
    assert called.code == 2
    assert "SAMMADAG_TWIN_WAIT" in called.err


def test_a_mailbox_that_knowledge_does_not_have_is_refused(tmp_path, sqlite_url):
    config = write_settings(tmp_path, sqlite_url, mailboxes=("nonsense",))
    called = call("--config", config, "books")
    assert called.code == 2
    assert len(called.err.splitlines()) == 1
    assert "nonsense" in called.err


def test_run_without_a_mailbox_is_refused(tmp_path, sqlite_url):
    called = call("--config", write_settings(tmp_path, sqlite_url, mailboxes=()), "run")
    assert called.code == 2
    assert len(called.err.splitlines()) == 1


@pytest.fixture
def own_knowledge(tmp_path):
    return shutil.copytree(bundled_folder(), tmp_path / "knowledge")


def broken(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("command", [["books"], ["run"], ["triage", "."]])
def test_bad_yaml_stops_a_command_with_file_and_line(tmp_path, sqlite_url, own_knowledge, command):
    line = broken(own_knowledge / "hours.yaml", 'friday: ["08:00-16:30"]', "friday: {]")
    config = write_settings(tmp_path, sqlite_url, f'knowledge = "{own_knowledge}"')
    called = call("--config", config, *command)
    assert called.code == 1
    assert len(called.err.splitlines()) == 1
    assert f"hours.yaml rad {line}:" in called.err


@pytest.mark.slow
def test_check_finds_nothing_wrong_with_the_sample_city(config):
    called = call("--config", config, "check")
    # One day the owners of its articles will be late with reading them again.
    wrong = [line for line in called.err.splitlines() if not line.startswith("varning: ")]
    assert (called.code, wrong) == (0, [])


@pytest.mark.slow
def test_check_names_every_fault_with_file_and_line(tmp_path, sqlite_url, own_knowledge):
    line = broken(own_knowledge / "hours.yaml", "08:00-16:30", "08:00-99:30")
    broken(own_knowledge / "tags.yaml", "process: kundreskontra", "process: nonsense")
    config = write_settings(tmp_path, sqlite_url, f'knowledge = "{own_knowledge}"')
    called = call("--config", config, "check", "--json")
    assert called.code == 1
    found = {row["file"]: row["line"] for row in called.row()}
    assert found["hours.yaml"] == line
    assert "tags.yaml" in found
    assert len(called.err.splitlines()) == len(called.row())


def test_books_that_balance_say_so(config, town):
    town.post(**ORDINARY)
    town.work_off()
    called = call("--config", config, "books", "--json")
    assert called.code == 0
    row = called.row()
    assert row["balanced"] is True
    assert row["mailboxes"]["kundreskontra"]["case"] == 1


def test_books_with_mail_that_has_no_outcome_do_not_balance(config, town):
    town.post(**ORDINARY)
    called = call("--config", config, "books", "--json")
    assert called.code == 1
    assert (called.row()["without_outcome"], called.row()["balanced"]) == (1, False)


def test_books_of_a_mailbox_that_is_away_are_one_line_and_no_trace(config, town):
    (town.folder / "kundreskontra").rename(town.folder / "away")
    called = call("--config", config, "books")
    assert called.code == 1
    assert len(called.err.splitlines()) == 1


def test_a_database_file_that_is_none_is_one_line(tmp_path):
    (tmp_path / "no.db").write_text("this is a letter and no database, and rather long" * 20)
    make_folders(tmp_path / "mail", ["kundreskontra"])
    called = call("--config", write_settings(tmp_path, f"sqlite:///{tmp_path}/no.db"), "books")
    assert called.code == 1
    assert len(called.err.splitlines()) == 1


def test_ignored_mail_is_listed_and_opened_with_two_commands(config, town):
    town.deliver(mail(**URGENT_INVOICE, headers=[("Auto-Submitted", "auto-replied")]))
    town.deliver(
        mail("x", message_id="<2@x.example>", headers=[("Auto-Submitted", "auto-replied")])
    )
    town.work_off()
    assert len(call("--config", config, "ignored", "list", "--json").rows()) == 2
    row = call("--config", config, "ignored", "list", "--glance", "--json").row()
    assert sorted(row) == ["because", "glance", "id", "mailbox", "received"]
    opened = call(
        "--config", config, "ignored", "open", row["id"],
        "--as", "Agneta.Brandt@exempelstad.example", "--json",
    )  # fmt: skip
    assert opened.code == 0
    assert sorted(opened.row()) == ["case", "matter", "process"]
    assert [str(case.number) for case in town.cases()] == [opened.row()["case"]]


@pytest.mark.parametrize(
    ("number", "person", "code"),
    [(1, "nobody@exempelstad.example", 2), (4711, "agneta.brandt@exempelstad.example", 1)],
)
def test_opening_as_nobody_or_what_is_not_there_is_one_line(config, number, person, code):
    called = call("--config", config, "ignored", "open", number, "--as", person)
    assert (called.code, called.out) == (code, "")
    assert len(called.err.splitlines()) == 1


def test_the_list_of_ignored_mail_shows_nothing_of_what_stands_in_it(config, town):
    town.deliver(
        mail(
            "Zebra!",
            subject="Giraff",
            sender="Alma <alma@zoo.example>",
            headers=[("X-Autoreply", "1")],
        )
    )
    town.work_off()
    called = call("--config", config, "ignored", "list")
    assert "1" in called.out
    assert not any(word in called.out for word in ("Zebra", "Giraff", "Alma", "zoo.example"))


def working_seconds(town):
    return [event.working_seconds for case in town.cases() for event in town.history(case)]


def test_changed_hours_change_the_working_time_of_events_in_the_period(
    tmp_path, sqlite_url, town, own_knowledge
):
    town.post(**ORDINARY, date=TUESDAY - timedelta(hours=1))
    town.work_off()
    assert max(working_seconds(town)) == 3600
    broken(own_knowledge / "hours.yaml", 'tuesday: ["08:00-16:30"]', 'tuesday: ["09:30-16:30"]')
    config = write_settings(tmp_path, sqlite_url, f'knowledge = "{own_knowledge}"')
    other = call(
        "--config", config, "recompute", "--from", "2026-03-04", "--to", "2026-03-31", "--json"
    )
    assert other.row() == {"events": 0, "changed": 0, "cases": 0}
    called = call(
        "--config", config, "recompute", "--from", "2026-03-03", "--to", "2026-03-03", "--json"
    )
    assert called.code == 0
    assert called.row()["changed"] >= 1
    assert max(working_seconds(town)) == 1800


def test_a_second_recompute_changes_nothing(config, town):
    town.post(**ORDINARY)
    town.work_off()
    called = call(
        "--config", config, "recompute", "--from", "2026-01-01", "--to", "2026-12-31", "--json"
    )
    assert called.row()["events"] > 0
    assert called.row()["changed"] == 0


def test_a_period_that_ends_before_it_begins_is_wrong_usage(config):
    called = call("--config", config, "recompute", "--from", "2026-03-02", "--to", "2026-03-01")
    assert called.code == 2
    assert len(called.err.splitlines()) == 1


@pytest.mark.postgres
def test_on_postgresql_run_waits_for_an_upgrade_and_says_how(tmp_path, fresh_postgres):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    config = write_settings(tmp_path, fresh_postgres)
    refused = call("--config", config, "run")
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert "sammadag db upgrade" in refused.err
    assert call("--config", config, "db", "upgrade").code == 0
    assert call("--config", config, "books").code == 0


def test_any_command_makes_and_migrates_a_sqlite_file(tmp_path):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    config = write_settings(tmp_path, f"sqlite:///{tmp_path}/new.db")
    assert call("--config", config, "books").code == 0
    assert call("--config", config, "db", "upgrade").code == 0


def test_the_language_of_the_settings_holds_unless_the_caller_asks_for_another(
    tmp_path, sqlite_url
):
    make_folders(tmp_path / "mail", ["kundreskontra"])
    config = write_settings(tmp_path, sqlite_url, 'language = "en"')
    assert "The books balance" in call("--config", config, "books").out
    assert "Böckerna går ihop" in call("--lang", "sv", "--config", config, "books").out


def test_a_labelled_collection_is_compared_with_triage(config, tmp_path):
    row = {"id": "1", "subject": URGENT_INVOICE["subject"], "body": URGENT_INVOICE["text"]}
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps(row | {"kind": "case", "matter": "hyra"}), "utf-8")
    called = call("--config", config, "evaluate", corpus)
    assert called.code == 0
    assert "hyra" in called.out.lower()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"id": 1}, "har varken subject eller body"),
        ({"subject": "Hej", "body": "Hej"}, "är inte märkt"),
        ({"body": "Hej", "urgent": "kanske"}, "urgent ska vara något av: collections, payout, no"),
        ({"body": "Hej", "complaint": "nej"}, "complaint ska vara något av: true, false"),
        ({"body": "Hej", "label": {"missing": ["allt"]}}, "missing ska vara något av"),
    ],
)
def test_what_is_no_labelled_mail_is_not_evaluated(tmp_path, config, row, said):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps(row), "utf-8")
    called = call("--config", config, "evaluate", corpus)
    assert called.code == 1
    assert said in called.err
