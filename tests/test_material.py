from __future__ import annotations

import shutil

import pytest

from bot.knowledge import bundled_folder
from bot.material import load_material
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
