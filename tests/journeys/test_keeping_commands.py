"""What an operator does to keep, delete and hand out, by the commands."""

from __future__ import annotations

import json
from zipfile import ZipFile

import pytest

from tests.commands import call
from tests.letters import ORDINARY

ANNA = "agneta.brandt@exempelstad.example"


@pytest.fixture
def run(tmp_path, sqlite_url, build_city, monkeypatch):
    """Call a command on the database of a house with one closed case; stand in a folder."""
    monkeypatch.chdir(tmp_path)
    city = build_city()
    city.post(**ORDINARY, sender="kalle@kund.example")
    city.work_off()
    (case,) = city.cases()
    person = city.app.knowledge.person_by_email[ANNA]
    city.app.casework.take(case, by=person)
    city.app.casework.close(case, by=person)

    def calling(*arguments):
        return call("--database-url", sqlite_url, *arguments)

    return calling


def test_an_operator_sees_what_would_be_deleted_and_nothing_is_due(run):
    called = run("retention", "--dry-run", "--json")
    assert called.code == 0
    assert json.loads(called.out) == {"dry_run": True, "counts": {}}


def test_a_case_is_held_listed_and_let_go(run):
    assert run("hold", "add", "1", "--as", ANNA).code == 0
    (line,) = run("hold", "list", "--json").out.splitlines()
    assert json.loads(line)["case"].endswith("-000001")
    assert run("hold", "lift", "1", "--as", ANNA).code == 0
    assert run("hold", "list", "--json").out == ""


def test_a_person_is_erased_after_a_trial(run):
    tried = json.loads(run("erase", "kalle@kund.example", "--as", ANNA, "--dry-run", "--json").out)
    done = json.loads(run("erase", "kalle@kund.example", "--as", ANNA, "--json").out)
    assert (tried["counts"], done["counts"]) == ({"mails": 2}, {"mails": 2})
    assert run("erase", "kalle@kund.example", "--as", ANNA).out.strip()
    assert "kalle" not in json.dumps(done)


def test_a_case_is_written_to_a_file_that_only_its_owner_reads(run, tmp_path):
    called = run("export-case", "1", "--as", ANNA, "--out", "ut.zip")
    assert (called.code, called.out) == (0, "")
    assert (tmp_path / "ut.zip").stat().st_mode & 0o077 == 0
    with ZipFile(tmp_path / "ut.zip") as archive:
        assert "innehåll.txt" in archive.namelist()


def test_a_file_that_exists_is_not_written_over(run, tmp_path):
    (tmp_path / "ut.zip").write_text("kvar")
    called = run("export-case", "1", "--as", ANNA, "--out", "ut.zip")
    assert called.code == 2
    assert (tmp_path / "ut.zip").read_text() == "kvar"
