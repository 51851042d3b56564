"""Knowledge changed from the command line: saved, approved, shown, exported, undone."""

from __future__ import annotations

import shutil

import pytest

from bot.knowledge import bundled_folder
from tests.commands import call, write_settings

pytestmark = pytest.mark.slow

AS = ("--as", "agneta.brandt@exempelstad.example")
OTHER = ("--as", "ebba.nyren@exempelstad.example")
HOURS = "knowledge/hours.yaml"


@pytest.fixture
def edit(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path / "sammadag.db")
    config = write_settings(tmp_path, f"sqlite:///{tmp_path / 'sammadag.db'}")

    def run(*arguments):
        return call("--config", config, "edit", *arguments)

    return run


def changed(tmp_path, file, old, new):
    text = (bundled_folder() / file).read_text("utf-8")
    assert old in text
    path = tmp_path / "new.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.slow
def test_a_change_is_saved_approved_exported_and_undone(edit, tmp_path):
    new = changed(tmp_path, "hours.yaml", "closed: []", "closed: [2026-05-15]")
    saved = edit("save", HOURS, new, *AS, "--json")
    assert (saved.code, saved.row()["state"]) == (0, "open"), saved.err
    assert edit("approve", "1", *AS, "--json").row()["version"] == 1
    assert edit("export", tmp_path / "out").code == 0
    assert (tmp_path / "out" / HOURS).read_bytes() == new.read_bytes()
    assert "+ closed: [2026-05-15]" in edit("show", "1").out
    assert edit("undo", "1", *AS).code == 0
    assert edit("approve", "2", *AS).code == 0
    listed = [row["id"] for row in edit("versions", "--path", HOURS, "--json").rows()]
    assert listed == [2, 1]


def test_a_faulty_file_is_refused_with_file_and_line(edit, tmp_path):
    new = changed(tmp_path, "hours.yaml", "closed: []", "closed: [i morgon]")
    refused = edit("save", HOURS, new, *AS)
    assert refused.code == 1
    assert "knowledge/hours.yaml" in refused.err


def test_what_touches_automatic_replies_is_approved_by_a_colleague(edit, tmp_path):
    new = changed(tmp_path, "links.yaml", "11 100", "11 101")
    assert edit("save", "knowledge/links.yaml", new, *AS).code == 0
    assert edit("approve", "1", *AS).code == 1
    assert edit("approve", "1", *OTHER).code == 0
