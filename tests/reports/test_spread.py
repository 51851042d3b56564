from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.spread import histogram, spread_of, spread_of_runs, weighted_spread

VALUES = st.lists(st.integers(0, 50), min_size=1, max_size=60)


@given(VALUES)
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(values):
    spread = spread_of(values)
    for share, found in ((0.5, spread.median), (0.9, spread.p90)):
        assert found in values
        assert sum(value <= found for value in values) >= share * len(values) - 1e-9
        assert sum(value < found for value in values) < share * len(values)


@given(st.lists(st.lists(st.integers(-(10**6), 10**6), max_size=99).map(sorted), max_size=4))
def test_values_in_runs_are_spread_as_they_are_together(runs):
    assert spread_of_runs(runs) == spread_of(value for run in runs for value in run)


def test_long_runs_are_spread_as_they_are_together():
    runs = [[start + 7 * step for step in range(100)] for start in (-300, 0, 5, 900)]
    assert spread_of_runs(runs) == spread_of(value for run in runs for value in run)


@pytest.mark.parametrize(
    ("values", "median", "p90", "mean"),
    [([5], 5, 5, 5), ([1, 2, 3, 4], 2, 4, 3), (list(range(1, 11)), 5, 9, 6)],
)
def test_median_percentile_and_mean_are_those_of_the_textbook(values, median, p90, mean):
    found = spread_of(values)
    assert (found.median, found.p90, found.mean) == (median, p90, mean)


@given(VALUES)
def test_values_given_by_how_often_they_occur_are_spread_alike(values):
    assert weighted_spread((value, values.count(value)) for value in set(values)) == spread_of(
        values
    )


def test_nothing_is_spread_where_nothing_is():
    assert spread_of([]) == weighted_spread([]) == weighted_spread([(3, 0)])
    assert spread_of([]).median is None


@given(VALUES, VALUES)
def test_every_value_is_counted_in_one_bin_of_a_histogram(some, others):
    bins, values = histogram([sorted(some), sorted(others)], (0, 10, 20, 40)), some + others
    assert sum(each.count for each in bins) == len(values)
    for each in bins:
        upper = float("inf") if each.upper is None else each.upper
        assert each.count == sum(each.lower <= value < upper for value in values)
