from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.folding import fold
from bot.language.periods import find_periods

# A Wednesday in week 20.
TODAY = date(2018, 5, 16)


def spans(text, today=TODAY):
    return [(str(one.first), str(one.last)) for one in find_periods(fold(text), today)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("förra veckan", "2018-05-07", "2018-05-13"),
        ("veckan före den här", "2018-05-07", "2018-05-13"),
        ("denna vecka", "2018-05-14", "2018-05-20"),
        ("hittills i veckan", "2018-05-14", "2018-05-16"),
        ("v 34", "2017-08-21", "2017-08-27"),
        ("vecka 20", "2018-05-14", "2018-05-20"),
        ("v.12 2016", "2016-03-21", "2016-03-27"),
        ("v12-13", "2018-03-19", "2018-04-01"),
        ("T1", "2018-01-01", "2018-04-30"),
        ("T2", "2018-05-01", "2018-08-31"),
        ("T3", "2017-09-01", "2017-12-31"),
        ("T3 2016", "2016-09-01", "2016-12-31"),
        ("andra tertialet", "2018-05-01", "2018-08-31"),
        ("kvartal 1", "2018-01-01", "2018-03-31"),
        ("q4", "2017-10-01", "2017-12-31"),
        ("i mars", "2018-03-01", "2018-03-31"),
        ("i oktober", "2017-10-01", "2017-10-31"),
        ("mars 2015", "2015-03-01", "2015-03-31"),
        ("mars i fjol", "2017-03-01", "2017-03-31"),
        ("mars i år", "2018-03-01", "2018-03-31"),
        ("april förra året", "2017-04-01", "2017-04-30"),
        ("februari till april", "2018-02-01", "2018-04-30"),
        ("senaste 30 dagarna", "2018-04-17", "2018-05-16"),
        ("the last 2 weeks", "2018-05-03", "2018-05-16"),
        ("förra månaden", "2018-04-01", "2018-04-30"),
        ("förra året", "2017-01-01", "2017-12-31"),
        ("hela 2017", "2017-01-01", "2017-12-31"),
        ("i år", "2018-01-01", "2018-05-16"),
        ("sen i mars", "2018-03-01", "2018-05-16"),
        ("sedan årsskiftet", "2018-01-01", "2018-05-16"),
        ("sen i måndags", "2018-05-14", "2018-05-16"),
        ("sedan 2 april", "2018-04-02", "2018-05-16"),
        ("since March", "2018-03-01", "2018-05-16"),
        ("1-14 februari", "2018-02-01", "2018-02-14"),
        ("2018-03-01 till 2018-03-15", "2018-03-01", "2018-03-15"),
        ("i går", "2018-05-15", "2018-05-15"),
        ("imorrn", "2018-05-17", "2018-05-17"),
        ("på fredag", "2018-05-18", "2018-05-18"),
        ("on monday", "2018-05-21", "2018-05-21"),
        ("midsommarafton", "2018-06-22", "2018-06-22"),
    ],
)
def test_a_period_is_read_as_staff_mean_it(text, first, last):
    assert spans(text) == [(first, last)]


def test_of_two_that_are_compared_both_are_told():
    first, second = find_periods("t1 jamfort med t3", TODAY)
    assert first.compares
    assert not second.compares


def test_a_day_is_marked_as_one():
    assert find_periods("i morgon", TODAY)[0].is_day
    assert not find_periods("forra veckan", TODAY)[0].is_day


@pytest.mark.parametrize("text", ["", "v 54", "t4", "31-32 mars", "version 2", "nu", "maja"])
def test_what_names_no_period_gives_none(text):
    assert spans(text) == []


@given(st.text(max_size=200), st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_periods_come_in_order_and_end_after_they_begin(text, today):
    found = find_periods(fold(text), today)
    assert all(one.first <= one.last for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_a_named_month_has_always_begun(today):
    assert all(one.first <= today for one in find_periods("i maj", today))
