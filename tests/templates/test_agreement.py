"""Templates are held against the knowledge that they name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.templates import Known, bundled_folder, faults

KNOWN = Known(
    processes={"kundreskontra", "systemforvaltning"},
    matters={"anstand", "systemfel", "behorighet"},
    links={"markning"},
)
SOME = ("_base", "extension_registered", "tag_hint", "system_guidance")


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in SOME:
        shutil.copytree(bundled_folder() / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name / "template.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_templates_that_name_what_there_is_have_no_faults(folder):
    assert faults(folder, KNOWN) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        (
            "extension_registered",
            '"kundreskontra"',
            '"kundreskontr"',
            "processen kundreskontr finns inte; menade du kundreskontra?",
        ),
        (
            "system_guidance",
            '"systemfel"',
            '"xyz"',
            "ärendetypen xyz finns inte",
        ),
        (
            "tag_hint",
            'link = "markning"',
            'link = "marknig"',
            "länken marknig finns inte; menade du markning?",
        ),
        ("system_guidance", '"K23"', '"K5"', "numret K5 har redan mallen system_guidance"),
    ],
)
def test_what_does_not_agree_is_named_with_its_file(folder, name, old, new, what):
    change(folder, name, old, new)
    (found,) = faults(folder, KNOWN)
    assert str(found.what) == what
    assert Path(found.file).name == "template.toml"


def test_without_knowledge_only_the_templates_themselves_are_checked(folder):
    change(folder, "tag_hint", '"markning"', '"nonsens"')
    assert faults(folder) == []


def test_a_link_of_the_knowledge_belongs_to_a_value_that_is_a_link(folder):
    change(folder, "tag_hint", 'type = "link"', 'type = "line"')
    (found,) = faults(folder, KNOWN)
    assert "ska vara av typen link" in str(found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "K23"', 'code = "23"'),
        ('sending = "draft"', 'sending = "draft"\nauto_when = "always"'),
        ('sending = "draft"', 'sending = "draft"\nform = "poem"'),
    ],
)
def test_a_key_with_a_value_that_it_cannot_have_is_a_fault(folder, old, new):
    change(folder, "system_guidance", old, new)
    (found,) = faults(folder, KNOWN)
    assert found.file.endswith("system_guidance/template.toml")
