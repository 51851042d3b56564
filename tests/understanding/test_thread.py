from __future__ import annotations

import pytest

from bot.understanding import Topic, understand_after
from tests.understanding.staff_questions import day_of, rows_of, slots_are_right, understander


@pytest.mark.parametrize(
    "row",
    list(rows_of("follow_up_questions.jsonl")),
    ids=lambda row: f"{row['before']} {row['text']}",
)
def test_a_question_goes_on_from_the_one_before(row):
    first = understander().understand(row["before"], day_of(row))
    before = Topic(intent=first.intent, slots=first.slots)
    found = understand_after(understander(), row["text"], day_of(row), before)
    assert found.intent == row["intent"]
    assert slots_are_right(row, found)


def test_a_question_of_its_own_takes_nothing_over():
    rows = [row for row in rows_of("questions.jsonl", half="tuning") if len(row["text"]) > 40]
    before = Topic(intent="case", slots={"case": "2018-000001"})
    taken = [
        row["text"]
        for row in rows
        if understand_after(understander(), row["text"], day_of(row), before)
        != understander().understand(row["text"], day_of(row))
    ]
    assert len(taken) <= len(rows) // 50


def test_without_anything_before_a_question_stands_alone():
    day = day_of({"now": "2026-03-03T10:00:00+01:00"})
    assert understand_after(understander(), "och LR?", day, None) == understander().understand(
        "och LR?", day
    )
