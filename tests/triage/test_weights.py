from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import KnowledgeError
from bot.knowledge import learned_weights
from bot.triage.learning import learn
from bot.triage.weights import pack, unpack

weights = st.lists(st.integers(-500, 500), min_size=1, max_size=40)


@given(weights)
def test_packed_weights_come_back_as_they_were(numbers):
    assert unpack(pack(enumerate(numbers)), len(numbers)) == numbers


@given(st.lists(st.lists(st.integers(-500, 500), min_size=5, max_size=5), max_size=300))
def test_packed_weights_add_up_like_the_numbers_themselves(rows):
    total = sum(pack(enumerate(row)) for row in rows)
    assert unpack(total, 5) == [sum(column) for column in zip(*rows, strict=True)] or rows == []


def seen(*words):
    return [(1.0, words)]


def taught():
    mails = [seen("stoppa", "betalning")] * 5 + [seen("tack", "hej")] * 5
    return learn(mails, {"urgent": ["payout"] * 5 + ["no"] * 5})


def test_words_that_go_with_an_answer_speak_for_it():
    chances = taught().chances(seen("stoppa"))["urgent"]
    assert chances["payout"] > 0.8
    assert sum(chances.values()) == pytest.approx(1)


def test_the_words_that_decided_can_be_told():
    assert set(taught().words_for("urgent", "payout", seen("stoppa", "hej"))) == {"stoppa"}


def test_an_answer_that_is_not_known_teaches_nothing():
    mails = [seen("a")] * 4 + [seen("b")] * 4
    learned = learn(mails, {"kind": ["x", "y"] * 4, "urgent": ["no", None] * 4})
    assert learned.answers["urgent"] == ("no",)


def test_learning_twice_gives_the_same_weights():
    assert taught() == taught()


def test_weights_are_read_as_they_were_written(tmp_path):
    learned_weights.save(taught(), tmp_path)
    assert learned_weights.load(tmp_path) == taught()


def test_without_a_file_there_are_no_weights(tmp_path):
    assert learned_weights.load(tmp_path) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"answers": 1}', "\x00"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, content):
    (tmp_path / "learned").mkdir()
    (tmp_path / "learned" / "weights.json").write_text(content)
    with pytest.raises(KnowledgeError, match=r"weights\.json.*make learn"):
        learned_weights.load(tmp_path)
