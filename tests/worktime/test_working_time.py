from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given

from bot.worktime import (
    OPEN,
    OUTSIDE_HOURS,
    WEEKEND,
    add_working_time,
    end_of_working_day,
    explain,
    next_opening,
    previous_working_moment,
    working_time,
)
from tests.worktime.offices import ALWAYS, NEW_YORK, NIGHT, OFFICE, at, calendars, moments, spans

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "counted"),
    [
        pytest.param("2026-03-03 09:00", "2026-03-03 11:00", 2, id="within-one-day"),
        pytest.param("2026-03-03 11:00", "2026-03-03 14:00", 2, id="over-lunch"),
        pytest.param("2026-03-03 12:00", "2026-03-03 13:00", 0, id="lunch-only"),
        pytest.param("2026-03-06 16:00", "2026-03-09 09:00", 2, id="over-a-weekend"),
        pytest.param("2026-03-07 10:00", "2026-03-08 10:00", 0, id="weekend-only"),
        pytest.param("2026-03-03 06:00", "2026-03-03 20:00", 8, id="whole-day"),
        pytest.param("2026-03-27 16:00", "2026-03-30 09:00", 2, id="over-the-spring-change"),
        pytest.param("2026-10-23 16:00", "2026-10-26 09:00", 2, id="over-the-autumn-change"),
        pytest.param("2026-04-02 11:00", "2026-04-07 09:00", 10, id="short-day-and-day-off"),
        pytest.param("2026-05-08 16:00", "2026-05-11 08:00", 5, id="open-saturday"),
        pytest.param("2026-12-31 16:00", "2027-01-01 09:00", 2, id="over-new-year"),
    ],
)
def test_counts_only_open_hours(start, end, counted):
    assert working_time(at(start), at(end), OFFICE) == timedelta(hours=counted)


@pytest.mark.parametrize(
    ("day", "counted"),
    [
        pytest.param("2026-03-22", 3, id="ordinary"),
        pytest.param("2026-03-29", 2, id="an-hour-is-skipped"),
        pytest.param("2026-10-25", 4, id="an-hour-comes-twice"),
    ],
)
def test_a_day_with_a_clock_change_counts_its_real_length(day, counted):
    start = at(f"{day} 00:00")
    assert working_time(start, start + DAY, NIGHT) == timedelta(hours=counted)


def test_the_first_hours_of_a_year_belong_to_it():
    # The mean year since 1970 ends two hours into 2024.
    start, end = at("2023-12-31 23:00"), at("2024-01-01 01:00")
    assert working_time(start, end, ALWAYS) == timedelta(hours=2, microseconds=-1)


def test_the_hour_that_comes_twice_is_told_apart():
    first, second = at("2026-10-25 02:10"), at("2026-10-25 02:10").replace(fold=1)
    assert working_time(first, second, NIGHT) == timedelta(hours=1)


def test_two_instants_may_stand_in_different_zones():
    start, end = at("2026-03-03 09:00"), at("2026-03-03 11:00").astimezone(NEW_YORK.zone)
    assert working_time(start, end, OFFICE) == timedelta(hours=2)


def test_an_instant_without_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        working_time(datetime.fromisoformat("2026-03-03"), at("2026-03-03 11:00"), OFFICE)


def test_instants_far_outside_the_calendar_do_no_harm():
    beginning, end = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert working_time(end, beginning, OFFICE) == timedelta()
    assert working_time(at("2026-03-03 09:00"), end, OFFICE) > timedelta()
    assert add_working_time(end, DAY, OFFICE).year == next_opening(end, OFFICE).year == 2199
    assert end_of_working_day(end, OFFICE).year == 2199
    assert previous_working_moment(beginning, OFFICE).year == 1970
    assert add_working_time(beginning, -DAY, OFFICE).year == 1970


@given(calendars, moments, spans, spans)
def test_working_time_adds_up_over_any_split(calendar, start, first, second):
    middle, end = start + first, start + first + second
    whole = working_time(start, end, calendar)
    parts = working_time(start, middle, calendar) + working_time(middle, end, calendar)
    assert whole == parts


@given(calendars, moments, spans)
def test_working_time_never_exceeds_elapsed_time(calendar, start, span):
    assert timedelta() <= working_time(start, start + span, calendar) <= span


@given(calendars, moments, spans)
def test_working_time_is_zero_backwards(calendar, start, span):
    assert working_time(start + span, start, calendar) == timedelta()


@given(calendars, moments, spans, spans)
def test_working_time_grows_with_the_span(calendar, start, shorter, more):
    short = working_time(start, start + shorter, calendar)
    assert short <= working_time(start, start + shorter + more, calendar)


@given(moments, spans)
def test_an_office_that_never_closes_counts_elapsed_time(start, span):
    lost = working_time(start, start + span, ALWAYS) - span
    # Midnight to midnight lacks one microsecond a day: an interval ends before 24:00.
    assert timedelta(microseconds=-span.days - 2) <= lost <= timedelta()


@given(calendars, moments, spans)
@example(NIGHT, at("2026-10-24 22:00").astimezone(UTC), DAY)
def test_an_explanation_adds_up_to_working_time(calendar, start, span):
    rows = explain(start, start + span, calendar)
    counted = sum((row.counted for row in rows), timedelta())
    assert counted == working_time(start, start + span, calendar)


@given(calendars, moments, spans)
def test_an_explanation_stays_within_the_span_and_in_order(calendar, start, span):
    edges = [
        edge.astimezone(UTC)
        for row in explain(start, start + span, calendar)
        for edge in (row.opens, row.closes)
    ]
    assert edges == sorted(edges)
    assert all(start <= edge <= start + span for edge in edges)


@given(calendars, moments, spans)
def test_an_explanation_names_every_day(calendar, start, span):
    assume(span)
    end = start + span - timedelta(microseconds=1)
    first, last = (moment.astimezone(calendar.zone).date() for moment in (start, end))
    named = {row.opens.date() for row in explain(start, start + span, calendar)}
    assert named == {first + DAY * n for n in range((last - first).days + 1)}


def test_an_explanation_tells_why_a_day_was_skipped():
    rows = explain(at("2026-04-01 18:00"), at("2026-04-07 09:00"), OFFICE)
    assert [(row.opens.day, row.counted // timedelta(hours=1), row.note) for row in rows] == [
        (1, 0, OUTSIDE_HOURS),
        (2, 4, "day.skartorsdagen"),
        (3, 0, "day.langfredagen"),
        (4, 0, WEEKEND),
        (5, 0, WEEKEND),
        (6, 4, OPEN),
        (6, 4, OPEN),
        (7, 1, OPEN),
    ]


def test_an_explanation_speaks_in_the_time_on_the_wall():
    (row,) = explain(at("2026-07-01 07:00"), at("2026-07-01 09:30"), OFFICE)
    assert (row.opens.isoformat(), row.closes.isoformat()) == (
        "2026-07-01T08:00:00+02:00",
        "2026-07-01T09:30:00+02:00",
    )


def test_a_span_that_ends_at_midnight_touches_no_further_day():
    (row,) = explain(at("2026-03-07 00:00"), at("2026-03-08 00:00"), OFFICE)
    assert (row.closes - row.opens, row.note) == (DAY, WEEKEND)


def test_nothing_is_explained_backwards():
    assert explain(at("2026-04-02 18:00"), at("2026-04-01 09:00"), OFFICE) == ()
