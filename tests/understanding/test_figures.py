"""How well questions are understood, as a floor that no change may fall below.

Nothing is learned from one half of the questions, nor from the fresh ones: both were set aside
before anything was written that understands them, and only totals of them were looked at. Nor
is anything learned from the odd ones, which are harder than most that people write; what was
missed among them has been looked at. The development set was before the eyes of those who wrote
the rules.
"""

from __future__ import annotations

import json

import pytest

from bot.knowledge import bundled_folder, load
from tests.understanding.staff_questions import figures, rows_of


@pytest.fixture(scope="module")
def matters():
    return {
        str(matter.key): str(matter.process)
        for matter in load(bundled_folder()).matters.values()
        if matter.process is not None
    }


@pytest.fixture(scope="module")
def unseen(matters):
    return figures(rows_of("questions.jsonl", half="held_out"), matters)


@pytest.fixture(scope="module")
def fresh(matters):
    return figures(rows_of("fresh_questions.jsonl"), matters)


def test_the_intent_of_unseen_questions_is_right(unseen):
    assert unseen.intent >= 0.97


def test_what_unseen_questions_name_is_found(unseen):
    assert unseen.slots >= 0.97


def test_unseen_questions_are_sent_to_the_right_process(unseen):
    assert unseen.wrongly_routed <= 3  # of 35


def test_unseen_questions_that_are_not_for_us_are_told_apart(unseen):
    assert unseen.missed_out_of_scope <= 1


def test_fresh_questions_are_understood(fresh):
    assert fresh.intent >= 0.96
    assert fresh.slots >= 0.93


def test_fresh_questions_go_where_they_belong_or_to_nobody(fresh):
    assert fresh.wrongly_routed <= 2  # of 32
    assert fresh.missed_out_of_scope <= 1  # of 22


def test_questions_in_slang_half_sentences_and_english_are_mostly_understood(matters):
    odd = figures(rows_of("odd_questions.jsonl"), matters)
    assert odd.intent >= 0.9
    assert odd.slots >= 0.93
    assert odd.wrongly_routed <= 1  # of 18
    assert odd.missed_out_of_scope <= 1  # of 10


def test_the_development_set_is_understood(matters):
    found = figures(rows_of("development/chat.jsonl"), matters)
    assert found.intent >= 0.97
    assert found.slots >= 0.95
    assert found.wrongly_routed == 0


def test_all_fifteen_intents_are_asked_for_in_both_halves():
    for half in ("tuning", "held_out"):
        asked = [row["intent"] for row in rows_of("questions.jsonl", half=half)]
        assert len(set(asked)) == 15
        assert min(asked.count(intent) for intent in set(asked)) >= 15


def test_no_question_stands_in_two_sets():
    texts = [
        json.dumps(row["text"])
        for name in (
            "questions.jsonl",
            "more_questions.jsonl",
            "spoken_questions.jsonl",
            "odd_questions.jsonl",
            "fresh_questions.jsonl",
            "development/chat.jsonl",
        )
        for row in rows_of(name)
    ]
    assert len(texts) == len(set(texts))
