from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import KnowledgeError
from bot.knowledge import learned_weights
from bot.triage.learned import QUESTIONS
from bot.triage.weights import Features, Learned, pack, parts, unpack

weights = st.lists(st.integers(-500, 500), min_size=1, max_size=40)
LEARNED = Learned(
    answers={"urgent": ("payout", "no"), "kind": ("case", "spam")}
    | {question: ("yes",) for question in QUESTIONS if question not in ("urgent", "kind")},
    bias=(0.0, 0.5, 0.0, 0.0, *[0.0] * (len(QUESTIONS) - 2)),
    weights={
        "stoppa": pack([(0, 400), (1, -200)]),
        "s:stoppa_betalning": pack([(0, 250)]),
        "tack": pack([(0, -300), (1, 300)]),
        "cue thanks": pack([(0, 900)]),
    },
)


def seen(*words):
    return Features(wordings=words)


def weighed(*words):
    return LEARNED.weigh(seen(*words))


@given(weights)
def test_packed_weights_come_back_as_they_were(numbers):
    assert unpack(pack(enumerate(numbers)), len(numbers)) == numbers


@given(st.lists(st.lists(st.integers(-500, 500), min_size=5, max_size=5), max_size=300))
def test_packed_weights_add_up_like_the_numbers_themselves(rows):
    total = sum(pack(enumerate(row)) for row in rows)
    assert unpack(total, 5) == [sum(column) for column in zip(*rows, strict=True)] or rows == []


def test_words_that_go_with_an_answer_speak_for_it():
    chances = LEARNED.chances(seen("stoppa", "s:stoppa_betalning"))["urgent"]
    assert chances["payout"] > 0.9
    assert sum(chances.values()) == pytest.approx(1)


def test_without_a_known_word_the_bias_alone_speaks():
    chances = LEARNED.chances(seen("okänt"))
    assert chances["urgent"]["no"] > chances["urgent"]["payout"]
    assert chances["kind"] == {"case": 0.5, "spam": 0.5}


def test_a_word_says_more_in_a_short_mail_than_in_a_long_one():
    short = LEARNED.chances(seen("tack"))["urgent"]["no"]
    long = LEARNED.chances(seen("tack", *map(str, range(2_000))))["urgent"]["no"]
    assert short > long


def test_a_sentence_shows_its_words_and_what_stands_side_by_side():
    said = LEARNED.weigh(Features(runs=[("tack", "stoppa")])).written

    assert said["stoppa"] == LEARNED.weights["stoppa"]
    assert said.keys() == {*parts("stoppa"), *parts("tack"), "tack_stoppa"}


def test_a_sentence_weighs_the_same_the_second_time():
    features = Features(runs=[("stoppa", "betalning"), ("tack",)], wordings=["s:stoppa_betalning"])

    assert LEARNED.weigh(features) == LEARNED.weigh(features)


def test_what_is_remembered_of_sentences_is_bounded():
    learned = replace(LEARNED)

    for number in range(2_500):
        learned.weigh(Features(runs=[(str(number),)]))
    learned.weigh(Features(runs=[("ord",) * 1_000]))

    assert len(learned._runs) <= 1_000
    assert ("ord",) * 1_000 not in learned._runs


@given(st.lists(st.lists(st.sampled_from(["tack", "stoppa", "allt"]), min_size=1, max_size=4)))
def test_what_a_mail_shows_is_what_its_weights_are_learned_by(runs):
    features = Features(runs=list(map(tuple, runs)), wordings=["s:stoppa"])

    assert LEARNED.weigh(features).written.keys() == features.by_loudness().keys()


def test_words_share_what_they_have_in_common():
    assert "+ aktur" in parts("fakturan") & parts("hyresfaktura")


def test_a_word_without_end_has_no_more_parts_than_a_long_one():
    assert len(parts("anståndsbegäran" * 1_000)) <= 40


def test_the_words_that_decided_can_be_told_the_strongest_first():
    words = LEARNED.words_for("urgent", "payout", weighed("s:stoppa_betalning", "stoppa", "tack"))
    assert words == ("stoppa", "stoppa betalning")


def test_what_is_no_word_of_the_mail_is_not_told():
    assert LEARNED.words_for("urgent", "payout", weighed("cue thanks")) == ()


def test_weights_are_read_as_they_were_written(tmp_path):
    learned_weights.save(LEARNED, tmp_path)
    assert learned_weights.load(tmp_path) == LEARNED


def test_without_a_file_there_are_no_weights(tmp_path):
    assert learned_weights.load(tmp_path) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"answers": 1}', "\x00"])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path, content):
    (tmp_path / "learned").mkdir()
    (tmp_path / "learned" / "weights.json").write_text(content)
    with pytest.raises(KnowledgeError, match=r"weights\.json.*make learn"):
        learned_weights.load(tmp_path)
