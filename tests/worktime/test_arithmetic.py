from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.worktime import (
    Calendar,
    Interval,
    Special,
    add_working_time,
    closing_time,
    end_of_working_day,
    is_open,
    next_opening,
    next_working_day,
    next_working_moment,
    previous_working_day,
    previous_working_moment,
    working_days_between,
    working_time,
)
from tests.worktime.offices import (
    ALWAYS,
    NIGHT,
    OFFICE,
    STOCKHOLM,
    at,
    calendars,
    hours,
    moments,
)

amounts = st.timedeltas(timedelta(microseconds=1), timedelta(hours=30)) | st.timedeltas(
    timedelta(microseconds=1), timedelta(days=90)
)
MICROSECOND = timedelta(microseconds=1)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


def utc(text: str) -> datetime:
    return at(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-03 07:59:59", False),
        ("2026-03-03 08:00", True),
        ("2026-03-03 12:30", False),
        ("2026-03-03 16:59:59", True),
        ("2026-03-03 17:00", False),
        ("2026-03-07 10:00", False),
        ("2026-04-02 14:00", False),
        ("2026-04-03 10:00", False),
        ("2026-05-09 10:00", True),
    ],
)
def test_an_office_is_open_from_opening_until_just_before_closing(moment, expected):
    assert is_open(at(moment), OFFICE) is expected


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-03 07:00", "2026-03-03 08:00"),
        ("2026-03-03 08:00", "2026-03-03 13:00"),
        ("2026-03-03 12:59:59", "2026-03-03 13:00"),
        ("2026-03-06 17:00", "2026-03-09 08:00"),
        ("2026-04-02 12:00", "2026-04-06 08:00"),
        ("2026-12-31 17:30", "2027-01-01 08:00"),
    ],
)
def test_the_next_opening_is_the_first_one_after_an_instant(moment, opens):
    assert next_opening(at(moment), OFFICE) == utc(opens)


def test_the_next_working_moment_is_now_while_the_office_is_open():
    assert next_working_moment(at("2026-03-03 09:15"), OFFICE) == utc("2026-03-03 09:15")
    assert next_working_moment(at("2026-03-03 12:15"), OFFICE) == utc("2026-03-03 13:00")


@pytest.mark.parametrize(
    ("moment", "worked"),
    [
        ("2026-03-03 09:15", "2026-03-03 09:15"),
        ("2026-03-03 17:00", "2026-03-03 17:00"),
        ("2026-03-03 12:30", "2026-03-03 12:00"),
        ("2026-03-03 08:00", "2026-03-02 17:00"),
        ("2026-04-06 07:00", "2026-04-02 12:00"),
        ("2026-01-01 07:00", "2025-12-31 17:00"),
    ],
)
def test_the_previous_working_moment_is_the_last_one_in_open_time(moment, worked):
    assert previous_working_moment(at(moment), OFFICE) == utc(worked)


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        ("2026-03-03 06:00", "2026-03-03 17:00"),
        ("2026-03-03 12:30", "2026-03-03 17:00"),
        ("2026-03-03 17:00", None),
        ("2026-03-07 10:00", None),
        ("2026-04-02 08:00", "2026-04-02 12:00"),
        ("2026-04-03 08:00", None),
    ],
)
def test_the_closing_time_is_the_end_of_the_working_day_in_progress(moment, closes):
    assert closing_time(at(moment), OFFICE) == (None if closes is None else utc(closes))


@pytest.mark.parametrize(
    ("moment", "after_days", "end"),
    [
        ("2026-03-03 09:00", 0, "2026-03-03 17:00"),
        ("2026-03-03 09:00", 1, "2026-03-04 17:00"),
        ("2026-03-03 17:00", 0, "2026-03-04 17:00"),
        ("2026-03-07 09:00", 0, "2026-03-09 17:00"),
        ("2026-03-07 09:00", 1, "2026-03-10 17:00"),
        ("2026-04-01 09:00", 1, "2026-04-02 12:00"),
        ("2026-04-01 09:00", 2, "2026-04-06 17:00"),
        ("2026-12-31 09:00", 1, "2027-01-01 17:00"),
    ],
)
def test_the_end_of_a_working_day_is_counted_in_working_days(moment, after_days, end):
    assert end_of_working_day(at(moment), OFFICE, after_days=after_days) == utc(end)


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(ValueError, match="after_days"):
        end_of_working_day(at("2026-03-03 09:00"), OFFICE, after_days=-1)


@pytest.mark.parametrize(
    ("moment", "amount", "result"),
    [
        pytest.param("2026-03-03 09:00", 2, "2026-03-03 11:00", id="same-day"),
        pytest.param("2026-03-03 11:00", 2, "2026-03-03 14:00", id="over-lunch"),
        pytest.param("2026-03-03 15:00", 2, "2026-03-03 17:00", id="ends-at-closing"),
        pytest.param("2026-03-06 16:00", 2, "2026-03-09 09:00", id="over-a-weekend"),
        pytest.param("2026-03-07 12:00", 1, "2026-03-09 09:00", id="from-a-weekend"),
        pytest.param("2026-03-07 12:00", 0, "2026-03-07 12:00", id="nothing"),
        pytest.param("2026-03-03 17:00", -2, "2026-03-03 15:00", id="back-from-closing"),
        pytest.param("2026-03-03 17:00", -8, "2026-03-03 08:00", id="back-to-opening"),
        pytest.param("2026-03-09 09:00", -2, "2026-03-06 16:00", id="back-over-a-weekend"),
        pytest.param("2026-01-01 09:00", -2, "2025-12-31 16:00", id="back-over-new-year"),
        pytest.param("2025-12-31 16:00", 2, "2026-01-01 09:00", id="over-new-year"),
    ],
)
def test_working_time_can_be_added_and_taken_away(moment, amount, result):
    assert add_working_time(at(moment), timedelta(hours=amount), OFFICE) == utc(result)


@given(calendars, moments, amounts)
def test_adding_working_time_is_undone_by_counting_it(calendar, start, amount):
    end = add_working_time(start, amount, calendar)
    assert working_time(start, end, calendar) == amount


@given(calendars, moments, amounts)
def test_no_earlier_instant_has_the_working_time_added(calendar, start, amount):
    end = add_working_time(start, amount, calendar)
    assert working_time(start, end - MICROSECOND, calendar) < amount


@given(calendars, moments, amounts)
def test_taking_working_time_away_is_undone_by_counting_it(calendar, end, amount):
    start = add_working_time(end, -amount, calendar)
    assert working_time(start, end, calendar) == amount


@given(calendars, moments, amounts)
def test_no_later_instant_has_the_working_time_taken_away(calendar, end, amount):
    start = add_working_time(end, -amount, calendar)
    assert working_time(start + MICROSECOND, end, calendar) < amount


@given(calendars, moments)
def test_no_open_time_passes_before_the_next_working_moment(calendar, moment):
    following = next_working_moment(moment, calendar)
    assert following >= moment
    assert is_open(following, calendar)
    assert working_time(moment, following, calendar) == timedelta()


@given(calendars, moments)
def test_no_open_time_passes_after_the_previous_working_moment(calendar, moment):
    previous = previous_working_moment(moment, calendar)
    assert previous <= moment
    assert working_time(previous, moment, calendar) == timedelta()
    assert is_open(previous - MICROSECOND, calendar)


@given(calendars, moments, st.integers(0, 30))
def test_after_the_end_of_a_working_day_the_office_is_closed(calendar, moment, after_days):
    end = end_of_working_day(moment, calendar, after_days=after_days)
    assert end > moment
    assert not is_open(end, calendar) or calendar is ALWAYS
    assert is_open(end - MICROSECOND, calendar)


@given(calendars, days, days)
def test_working_days_are_counted_one_by_one(calendar, first, last):
    expected = sum(
        calendar.is_working_day(date.fromordinal(ordinal))
        for ordinal in range(first.toordinal() + 1, last.toordinal() + 1)
    )
    assert working_days_between(first, last, calendar) == expected


@given(calendars, days)
def test_the_next_and_the_previous_working_day_have_none_between(calendar, day):
    following, previous = next_working_day(day, calendar), previous_working_day(day, calendar)
    assert previous < day < following
    assert working_days_between(day, following, calendar) == 1
    assert working_days_between(previous, day, calendar) == calendar.is_working_day(day)


def test_the_first_of_two_equal_times_on_the_wall_is_meant():
    day = date(2026, 10, 25)
    assert NIGHT.openings(day) == (
        (datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 3, tzinfo=UTC)),
    )


def test_hours_that_the_clock_skips_are_never_counted_twice():
    spring = Calendar(zone=STOCKHOLM, week={6: hours("01:30-02:30", "02:40-03:20", "03:20-04:00")})
    openings = spring.openings(date(2026, 3, 29))
    edges = [edge for opening in openings for edge in opening]
    assert edges == sorted(edges)


@pytest.mark.parametrize(
    "week",
    [
        pytest.param({}, id="no-day"),
        pytest.param({0: ()}, id="no-hours"),
        pytest.param({7: hours("08:00-17:00")}, id="no-such-day"),
        pytest.param({0: hours("08:00-12:00", "11:00-17:00")}, id="overlap"),
        pytest.param({0: hours("13:00-17:00", "08:00-12:00")}, id="order"),
    ],
)
def test_a_week_that_makes_no_sense_is_refused(week):
    with pytest.raises(ValueError, match=r".+"):
        Calendar(zone=STOCKHOLM, week=week)


def test_an_interval_must_open_before_it_closes():
    with pytest.raises(ValueError, match="innan"):
        Interval(opens=time(17), closes=time(8))


def test_hours_on_the_wall_have_no_zone():
    with pytest.raises(ValueError, match="tidszon"):
        Interval(opens=time(8, tzinfo=UTC), closes=time(17, tzinfo=UTC))


def test_a_special_day_without_hours_is_refused():
    with pytest.raises(ValueError, match="stängd dag"):
        Special(intervals=(), code="x")


def test_a_closed_date_goes_before_special_hours():
    calendar = Calendar(
        zone=STOCKHOLM,
        week={0: hours("08:00-17:00")},
        closed={date(2026, 3, 2): "shut"},
        special={date(2026, 3, 2): Special(intervals=hours("10:00-11:00"), code="short")},
    )
    assert not calendar.is_working_day(date(2026, 3, 2))
    assert calendar.note(date(2026, 3, 2)) == "shut"


def test_an_office_that_is_never_open_again_does_not_hang():
    everything = {date.fromordinal(n): "shut" for n in range(700_000, 810_000)}
    calendar = Calendar(zone=STOCKHOLM, week={0: hours("08:00-17:00")}, closed=everything)
    assert next_opening(at("2026-03-03 09:00"), calendar).year == 2199


class CountedLookups(dict[date, str]):
    lookups = 0

    def __contains__(self, day: object) -> bool:
        type(self).lookups += 1
        return super().__contains__(day)


def test_the_days_of_a_year_are_looked_up_only_once():
    closed = CountedLookups()
    calendar = Calendar(zone=STOCKHOLM, week={0: hours("08:00-17:00")}, closed=closed)
    working_time(at("2016-03-03 09:00"), at("2026-03-03 09:00"), calendar)
    after_the_first_count = closed.lookups
    working_time(at("2016-08-03 09:00"), at("2026-01-03 09:00"), calendar)
    assert 0 < after_the_first_count == closed.lookups
