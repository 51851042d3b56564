"""Quarantined mail in the hands of an operator: listed, tried again, exported."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from hashlib import sha256

import pytest

from functionmail.connectors.maildir_files import list_names
from tests.commands import call, write_settings
from tests.letters import ORDINARY
from tests.poison import poisoned_material


@pytest.fixture
def sick(build_city):
    """A house with one mail that its code failed on."""
    town = build_city(material=poisoned_material()[0])
    town.post(**ORDINARY, to="info@exempelstad.example")
    town.take_in()
    return town


@pytest.fixture
def config(tmp_path, sqlite_url, sick):
    """Settings of the same house, whose code is cured."""
    return write_settings(tmp_path, sqlite_url, mailboxes=sick.mailboxes)


@pytest.fixture
def name(sick):
    (key,) = list_names(sick.folder / "kundreskontra")
    return f"kundreskontra-{sha256(key.encode()).hexdigest()[:16]}"


def test_it_is_listed_without_a_word_of_the_mail(config, name):
    row = call("--config", config, "quarantine", "list", "--json").row()
    assert sorted(row) == ["attempts", "error", "id", "mailbox", "retry_at"]
    assert (row["id"], row["mailbox"], row["attempts"]) == (name, "kundreskontra", 1)


def test_the_list_for_people_names_it_as_its_file_is_called(config, name):
    shown = call("--config", config, "quarantine", "list").out
    assert name.removeprefix("kundreskontra-") in shown
    assert "Kundregister" not in shown


def test_it_is_tried_again_by_command_and_says_how_many_are_left(config, sick):
    retried = call("--config", config, "quarantine", "retry", "--json")
    assert (retried.code, retried.row()) == (0, {"left": 1, "remaining": 0})
    assert len(sick.cases()) == 1


def test_it_is_exported_byte_for_byte_for_one_persons_eyes(config, sick, tmp_path, name):
    (content,) = (path.read_bytes() for path in sick.folder.glob("kundreskontra/new/*"))
    folder = tmp_path / "out"
    exported = call("--config", config, "quarantine", "export", folder)
    assert (exported.code, exported.out) == (0, f"{folder / name}.eml\n")
    (file,) = folder.iterdir()
    assert file.read_bytes() == content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_export_writes_the_same_files(config, tmp_path):
    folder = tmp_path / "out"
    first = call("--config", config, "quarantine", "export", folder)
    second = call("--config", config, "quarantine", "export", folder)
    assert (second.code, second.out) == (0, first.out)
    assert len(list(folder.iterdir())) == 1


def test_an_export_follows_no_link_that_lies_in_the_way(config, tmp_path, name):
    folder = tmp_path / "out"
    folder.mkdir()
    (tmp_path / "precious").write_text("as before")
    (folder / f"{name}.eml").symlink_to(tmp_path / "precious")
    exported = call("--config", config, "quarantine", "export", folder)
    assert exported.code == 2
    assert "går inte att skriva" in exported.err
    assert (tmp_path / "precious").read_text() == "as before"


def test_what_the_server_told_beside_the_bytes_is_exported_too(config, sick, tmp_path, name):
    with sick.app.database.work() as work:
        (mail,) = work.books.quarantined()
        work.books.withdraw(mail)
        told = (("Auto-Submitted", "auto-replied"),)
        work.books.quarantine(replace(mail, transport_headers=told))
    call("--config", config, "quarantine", "export", tmp_path / "out")
    file = tmp_path / "out" / f"{name}.headers.json"
    assert json.loads(file.read_text()) == [["Auto-Submitted", "auto-replied"]]
