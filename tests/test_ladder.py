"""The ladder of an urgent case, step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ladder import Cause, Ladder, Rung, Until, Watch, first_alert_at, go_on, next_at
from bot.worktime import add_working_time, is_open, next_opening, working_time
from tests.city import shipped_material

CALENDAR = shipped_material().knowledge.calendar
LADDER = Ladder()
MINUTE = timedelta(minutes=1)
TUESDAY_TEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 3, 6, 18, 0, tzinfo=UTC)

instants = st.integers(min_value=0, max_value=700 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
)
hours_left = st.one_of(st.none(), st.integers(min_value=1, max_value=60))


def walked(begun_at, until, *, steps=8):
    """Take the steps one by one, each at the instant that the ladder names."""
    watch, taken = Watch(begun_at=begun_at), []
    for _ in range(steps):
        at = next_at(watch, until, LADDER, CALENDAR)
        step, watch = go_on(watch, until, LADDER, CALENDAR, at)
        assert step is not None
        taken.append((at, step))
    return taken


def some_deadline(begun_at, hours):
    if hours is None:
        return Until(handle_by=None)
    start = first_alert_at(begun_at, Until(handle_by=None), CALENDAR)
    return Until(handle_by=add_working_time(start, timedelta(hours=hours), CALENDAR))


def test_it_goes_from_duty_to_substitute_to_head_in_working_minutes():
    until = Until(handle_by=TUESDAY_TEN + timedelta(days=1))
    taken = walked(TUESDAY_TEN, until, steps=3)
    assert [(at, step.rung) for at, step in taken] == [
        (TUESDAY_TEN + 30 * MINUTE, Rung.SUBSTITUTE),
        (TUESDAY_TEN + 60 * MINUTE, Rung.HEAD),
        (TUESDAY_TEN + 120 * MINUTE, Rung.HEAD),
    ]


def test_a_case_of_the_evening_waits_for_the_opening():
    opening = next_opening(FRIDAY_EVENING, CALENDAR)
    until = Until(handle_by=add_working_time(opening, timedelta(hours=8), CALENDAR))
    assert first_alert_at(FRIDAY_EVENING, until, CALENDAR) == opening
    (at, step), *_ = walked(FRIDAY_EVENING, until)
    assert (at, step.rung) == (opening + 30 * MINUTE, Rung.SUBSTITUTE)


def test_what_would_be_lost_before_the_opening_is_told_at_once_and_in_wall_minutes():
    opening = next_opening(FRIDAY_EVENING, CALENDAR)
    until = Until(handle_by=opening, safe_until=FRIDAY_EVENING - timedelta(hours=1))
    assert first_alert_at(FRIDAY_EVENING, until, CALENDAR) == FRIDAY_EVENING
    (at, step), *_ = walked(FRIDAY_EVENING, until)
    assert (at, step.rung) == (FRIDAY_EVENING + 30 * MINUTE, Rung.SUBSTITUTE)


def test_half_of_the_time_and_the_last_hour_are_told_once_each():
    until = Until(handle_by=add_working_time(TUESDAY_TEN, timedelta(hours=6), CALENDAR))
    causes = [step.cause for _, step in walked(TUESDAY_TEN, until, steps=10)]
    assert causes.count(Cause.HALF_TIME) == causes.count(Cause.LAST_HOUR) == 1


def test_after_a_long_pause_one_step_is_taken_and_the_ladder_goes_on_later():
    until = Until(handle_by=None)
    late = TUESDAY_TEN + timedelta(days=2)
    step, watch = go_on(Watch(begun_at=TUESDAY_TEN), until, LADDER, CALENDAR, late)
    assert step.rung is Rung.HEAD
    assert go_on(watch, until, LADDER, CALENDAR, late) == (None, watch)
    assert next_at(watch, until, LADDER, CALENDAR) > late


def test_after_a_pause_into_the_last_hour_the_last_hour_is_told():
    until = Until(handle_by=TUESDAY_TEN + timedelta(hours=5))
    late = TUESDAY_TEN + timedelta(hours=4, minutes=30)
    step, watch = go_on(Watch(begun_at=TUESDAY_TEN), until, LADDER, CALENDAR, late)
    assert step.cause is Cause.LAST_HOUR
    assert go_on(watch, until, LADDER, CALENDAR, late) == (None, watch)


def test_where_little_time_is_left_the_ladder_is_climbed_faster():
    until = Until(handle_by=TUESDAY_TEN + timedelta(minutes=30))
    rungs = [(at, step.rung) for at, step in walked(TUESDAY_TEN, until, steps=2)]
    assert rungs == [
        (TUESDAY_TEN + 10 * MINUTE, Rung.SUBSTITUTE),
        (TUESDAY_TEN + 20 * MINUTE, Rung.HEAD),
    ]


@given(instants, hours_left)
def test_nobody_is_told_outside_opening_hours(begun_at, hours):
    until = some_deadline(begun_at, hours)
    for at, _ in walked(begun_at, until):
        # The moment of closing is still working time.
        assert is_open(at, CALENDAR) or is_open(at - timedelta(microseconds=1), CALENDAR)


@given(instants, hours_left)
def test_steps_come_in_order_and_never_before_the_case(begun_at, hours):
    instants_taken = [at for at, _ in walked(begun_at, some_deadline(begun_at, hours))]
    assert instants_taken == sorted(instants_taken)
    assert all(at >= begun_at for at in instants_taken)


@given(instants, st.integers(min_value=1, max_value=60))
def test_the_head_knows_before_the_deadline(begun_at, hours):
    until = some_deadline(begun_at, hours)
    told = [at for at, step in walked(begun_at, until, steps=6) if step.rung is Rung.HEAD]
    assert told[0] <= until.handle_by


@given(instants, hours_left, st.integers(min_value=0, max_value=10_000))
def test_what_fell_due_together_is_one_step(begun_at, hours, minutes):
    until = some_deadline(begun_at, hours)
    now = begun_at + minutes * MINUTE
    _, watch = go_on(Watch(begun_at=begun_at), until, LADDER, CALENDAR, now)
    assert go_on(watch, until, LADDER, CALENDAR, now) == (None, watch)
    assert next_at(watch, until, LADDER, CALENDAR) > now


@pytest.mark.parametrize(("step", "minutes"), [(1, 29), (2, 59)])
def test_a_minute_too_early_nothing_is_due(step, minutes):
    watch, until = Watch(begun_at=TUESDAY_TEN, step=step), Until(handle_by=None)
    now = TUESDAY_TEN + minutes * MINUTE
    assert go_on(watch, until, LADDER, CALENDAR, now) == (None, watch)
    assert working_time(now, next_at(watch, until, LADDER, CALENDAR), CALENDAR) == MINUTE
