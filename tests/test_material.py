from __future__ import annotations

import shutil
from pathlib import Path
from typing import ClassVar

import pytest

from bot.asking import load_wits
from bot.knowledge import bundled_folder
from bot.material import load_knowledge, load_material
from bot.settings import Settings


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(bundled_folder(), folder)
    return Settings(knowledge=folder)


def test_rules_are_compiled_once_as_long_as_no_file_changes(settings):
    assert load_material(settings).rules is load_material(settings).rules


def test_rules_are_compiled_anew_when_a_file_has_changed(settings):
    before = load_material(settings).rules
    file = settings.knowledge / "lexicon" / "matters" / "anstand.yaml"
    file.write_text(file.read_text("utf-8").replace("  uppskov*\n", ""), "utf-8")
    assert load_material(settings).rules is not before


def test_the_roster_beside_the_people_is_read_anew_when_it_has_changed(settings, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    organisation = (settings.knowledge / "organisation.yaml").read_text("utf-8")
    _, start, people = organisation.partition("\npeople:")
    (elsewhere / "people.yaml").write_text(f"{start}{people}", "utf-8")
    shutil.copy(settings.knowledge / "duty.yaml", elsewhere)
    settings = settings.model_copy(update={"people": elsewhere / "people.yaml"})
    before = load_knowledge(settings)
    roster = elsewhere / "duty.yaml"
    roster.write_text(f"{roster.read_text('utf-8')}# changed\n", "utf-8")
    assert load_knowledge(settings) is not before


class WatchedFolder(type(Path())):
    """A folder that counts how often all that is below it is looked at."""

    looked_at: ClassVar[list[str]] = []

    def rglob(self, pattern):
        self.looked_at.append(str(self))
        return super().rglob(pattern)


def test_the_files_are_looked_at_once_when_the_assistant_is_loaded(settings):
    folder = WatchedFolder(settings.knowledge)
    load_wits(settings.model_copy(update={"knowledge": folder}))
    assert WatchedFolder.looked_at.count(str(folder)) == 1
