from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.control import SampleOrder, draw
from bot.errors import BadValue
from bot.outside import OutsideFigure, OutsideMeasure, OutsideSource

IDS = st.lists(st.integers(1, 10_000), unique=True, max_size=60)


@given(IDS, st.text(max_size=20), st.integers(0, 60), st.randoms())
def test_the_same_seed_draws_the_same_cases_in_whatever_order_they_come(ids, seed, size, lot):
    again = list(ids)
    lot.shuffle(again)
    assert draw(ids, seed=seed, size=size) == draw(again, seed=seed, size=size)


@given(IDS, st.integers(0, 60))
def test_what_is_drawn_is_drawn_once_and_from_the_cases(ids, size):
    drawn = draw(ids, seed="t1", size=size)
    assert len(drawn) == min(size, len(ids)) == len(set(drawn))
    assert set(drawn) <= set(ids)


def test_another_seed_draws_other_cases():
    ids = range(1, 1000)
    assert draw(ids, seed="a", size=10) != draw(ids, seed="b", size=10)


def test_a_larger_sample_holds_the_smaller_one():
    ids = range(1, 500)
    assert draw(ids, seed="a", size=20)[:10] == draw(ids, seed="a", size=10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": date(2026, 2, 2), "last": date(2026, 2, 1)},
        {"size": 201},
        {"size": -1},
        {"seed": "  "},
        {"seed": "x" * 61},
    ],
)
def test_an_order_that_makes_no_sense_is_refused(wrong):
    right = {"first": date(2026, 1, 1), "last": date(2026, 1, 31), "size": 5, "seed": "t1"}
    with pytest.raises(BadValue):
        SampleOrder(process="kundreskontra", **(right | wrong))


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        (OutsideMeasure.ANSWERED_IN_TIME, 1.1),
        (OutsideMeasure.INDEX, 101),
        (OutsideMeasure.WAIT, -1),
        (OutsideMeasure.REPLIES, 1e12),
    ],
)
def test_a_figure_outside_its_bounds_is_refused(measure, value):
    with pytest.raises(BadValue):
        OutsideFigure(
            source=OutsideSource.CALLGUIDE,
            measure=measure,
            place="",
            first=date(2026, 1, 1),
            last=date(2026, 1, 31),
            value=value,
        )
