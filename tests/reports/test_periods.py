from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.model import Granularity, Period
from bot.reports.periods import before, named_period, period_of, split, whole_period

DAYS = st.dates(date(1971, 1, 1), date(2190, 12, 31))
CUTS = st.sampled_from([each for each in Granularity if each is not Granularity.ANY])


@given(DAYS, CUTS)
def test_every_day_lies_in_its_period_and_so_do_both_ends(day, granularity):
    period = period_of(day, granularity)
    assert period.first <= day <= period.last
    assert period_of(period.first, granularity) == period_of(period.last, granularity) == period


@given(DAYS, CUTS)
def test_the_name_of_a_period_leads_back_to_it(day, granularity):
    period = period_of(day, granularity)
    assert named_period(period.key) == period


@given(DAYS, CUTS)
def test_the_period_before_ends_on_the_day_before(day, granularity):
    period = period_of(day, granularity)
    assert before(period).after == period.first
    assert before(period).granularity is granularity


@given(DAYS, st.integers(0, 900), CUTS)
def test_the_parts_of_a_period_follow_each_other_and_are_all_of_it(first, days, granularity):
    period = Period(first=first, last=date.fromordinal(first.toordinal() + days))
    parts = split(period, granularity)
    assert (parts[0].first, parts[-1].last) == (period.first, period.last)
    assert all(one.after == other.first for one, other in pairwise(parts))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-T2", date(2026, 5, 1), date(2026, 8, 31)),
        ("2026-t3", date(2026, 9, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        (" 2026-11-03 ", date(2026, 11, 3), date(2026, 11, 3)),
    ],
)
def test_periods_are_read_by_name(text, first, last):
    period = named_period(text)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["", "i går", "2026-13", "2026-02-30", "2026-T4", "2025-W53", "0001", "2026-1-1", "²026"],
)
def test_what_names_no_period_is_refused(text):
    assert named_period(text) is None


def test_days_that_are_a_whole_month_are_known_as_that_month():
    assert whole_period(date(2026, 2, 1), date(2026, 2, 28)).key == "2026-02"
    assert whole_period(date(2026, 2, 1), date(2026, 2, 27)).granularity is Granularity.ANY
