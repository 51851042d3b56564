from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.spread import histogram, nearest_rank, spread_of, weighted_spread

VALUES = st.lists(st.integers(0, 50), min_size=1, max_size=60)


@given(VALUES, st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(values, share):
    found = nearest_rank(sorted(values), share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
    assert sum(value < found for value in values) < share * len(values)


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


@given(VALUES)
def test_every_value_is_counted_in_one_bin_of_a_histogram(values):
    bins = histogram(sorted(values), (0, 10, 20, 40))
    assert sum(each.count for each in bins) == len(values)
    for each in bins:
        upper = float("inf") if each.upper is None else each.upper
        assert each.count == sum(each.lower <= value < upper for value in values)
