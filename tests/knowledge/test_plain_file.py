from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.knowledge import bundled_folder
from bot.knowledge.check import problems
from bot.knowledge.plain_file import FILE, load_plain
from bot.knowledge.yaml_file import KnowledgeErrors
from bot.vocabulary import Language
from tests.knowledge import small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(bundled_folder() / FILE, tmp_path / FILE)
    return tmp_path


def test_the_shipped_rules_are_those_of_the_centre_in_both_languages():
    rules = load_plain(bundled_folder())
    assert rules.keys() == set(Language)
    assert rules[Language.SWEDISH].limits.lix == 35
    assert rules[Language.SWEDISH].limits.fewest_words == 40
    assert rules[Language.SWEDISH].limits.most_words == 90
    assert rules[Language.ENGLISH].limits.most_words == 110
    assert rules[Language.SWEDISH].say_instead["erhåll*"] == "få"
    assert all(len(rule.say_instead) >= 25 for rule in rules.values())


def test_no_word_is_to_be_replaced_by_a_word_to_avoid():
    for rule in load_plain(bundled_folder()).values():
        assert [word for word in rule.say_instead.values() if word in rule.say_instead] == []


@pytest.mark.parametrize(
    ("right", "wrong", "line", "what"),
    [
        ("samt: och", "s*mt: och", None, "stjärna"),
        ("samt: och", '"*": och', None, "stjärna"),
        ("samt: och", 'samt: ""', None, "samt"),
        ("most_words: 90", "most_words: 9", 6, "most_words är mindre"),
        ("most_words: 90", "mest_words: 90", None, "most_words saknas"),
        ("lix: 35, fewest_words: 40, most_words: 90", "lix: svår, most_words: 90", None, "lix"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(folder, right, wrong, line, what):
    text = (folder / FILE).read_text("utf-8")
    assert right in text
    (folder / FILE).write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(KnowledgeErrors, match=what) as caught:
        load_plain(folder)
    assert caught.value.file == FILE
    assert caught.value.line is not None
    assert line in (None, caught.value.line)


def test_a_missing_file_is_a_problem_of_the_folder(tmp_path):
    small.write(tmp_path)
    assert [str(found.what) for found in problems(tmp_path) if found.file == FILE] == [
        "filen saknas"
    ]
