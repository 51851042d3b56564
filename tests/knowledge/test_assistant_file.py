from __future__ import annotations

import shutil

import pytest

from bot.knowledge import bundled_folder
from bot.knowledge.assistant_file import load_assistant
from bot.knowledge.check import problems
from bot.knowledge.learned_questions import load_learned, save_learned
from bot.knowledge.yaml_file import KnowledgeErrors
from bot.understanding import Intent


@pytest.fixture
def folder(tmp_path):
    copied = tmp_path / "knowledge"
    shutil.copytree(bundled_folder(), copied)
    return copied


def edit(folder, before, after):
    path = folder / "assistant.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def faults(folder):
    """Return what is wrong with the file; all else is looked at in `test_check`."""
    found = problems(folder, changed=["assistant.yaml"])
    return [str(error) for error in found if error.file == "assistant.yaml"]


def test_the_shipped_file_has_words_for_every_intent_and_no_fault(folder):
    assert set(load_assistant(folder).words.intents) == set(Intent)
    assert faults(folder) == []


def test_a_phrase_that_breaks_the_notation_is_named_with_its_line(folder):
    edit(folder, "stopplist*", "{nowhere}")
    (fault,) = faults(folder)
    assert "rad" in fault
    with pytest.raises(KnowledgeErrors):
        load_assistant(folder)


def test_an_unknown_process_or_matter_is_named(folder):
    edit(folder, "  stadskassan: [", "  skattkammaren: [")
    edit(folder, "  bankfraga:\n", "  bankfrage:\n")
    found = faults(folder)
    assert any("skattkammaren" in fault for fault in found)
    assert any("bankfrage" in fault for fault in found)


def test_a_missing_file_is_an_error(folder):
    (folder / "assistant.yaml").unlink()
    assert faults(folder)


def test_learned_weights_come_back_as_they_were_written(folder):
    learned = load_learned(folder)
    before = (folder / "learned" / "questions.json").read_bytes()
    save_learned(learned, folder)
    assert (folder / "learned" / "questions.json").read_bytes() == before


def test_without_learned_weights_the_rules_stand_alone(folder):
    (folder / "learned" / "questions.json").unlink()
    assert load_learned(folder) is None


def test_learned_weights_that_cannot_be_read_are_a_fault(folder):
    (folder / "learned" / "questions.json").write_text("{", encoding="utf-8")
    found = problems(folder, changed=["assistant.yaml"])
    assert any("make learn" in str(error) for error in found)
