"""When feedback is due, and what an unkept promise leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.promises import Reminders, Step, due_step, promised, steps
from bot.vocabulary import CaseId
from bot.worktime import end_of_working_day
from tests.city import shipped_material

CALENDAR = shipped_material().knowledge.calendar
ZONE = ZoneInfo("Europe/Stockholm")
REMINDERS = Reminders()
_FIRST, _LAST = datetime.fromisoformat("2025-01-01"), datetime.fromisoformat("2028-12-31")
instants = st.datetimes(_FIRST, _LAST, timezones=st.just(UTC))
spans = st.timedeltas(timedelta(), timedelta(days=4))


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def promise(at, number=1):
    return promised(CaseId(1), number, at.astimezone(UTC), CALENDAR)


def wall(instant):
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("called", "due"),
    [
        pytest.param("2026-03-03 15:50", "2026-03-03 16:30", id="shortly-before-closing"),
        pytest.param("2026-03-03 06:15", "2026-03-03 16:30", id="before-opening"),
        pytest.param("2026-03-03 16:30", "2026-03-04 16:30", id="at-closing"),
        pytest.param("2026-03-03 17:20", "2026-03-04 16:30", id="after-closing"),
        pytest.param("2026-03-06 17:20", "2026-03-09 16:30", id="friday-evening"),
        pytest.param("2026-04-30 12:00", "2026-04-30 13:00", id="half-day"),
        pytest.param("2026-04-30 13:05", "2026-05-04 16:30", id="half-day-before-a-holiday"),
        pytest.param("2026-12-24 10:00", "2026-12-28 16:30", id="christmas"),
        pytest.param("2026-03-29 10:00", "2026-03-30 16:30", id="the-day-of-the-clock-change"),
    ],
)
def test_feedback_is_due_when_the_opening_day_of_the_call_ends(called, due):
    assert wall(promise(local(called)).due_at) == due


@given(instants)
def test_feedback_is_never_due_before_the_call_and_always_at_a_closing(at):
    made = promise(at)
    day = CALENDAR.local_date(made.due_at)
    assert made.due_at > at
    assert made.due_at == CALENDAR.openings(day)[-1][1]


@given(instants, spans)
def test_who_calls_later_is_never_due_earlier(at, later):
    assert promise(at).due_at <= promise(at + later).due_at


@given(instants)
def test_no_opening_day_ends_between_a_call_and_its_feedback(at):
    assert (
        end_of_working_day(promise(at).due_at - timedelta(seconds=1), CALENDAR)
        == promise(at).due_at
    )
    first = CALENDAR.local_date(at)
    between = [first + timedelta(days=n) for n in range(15)]
    ends = [CALENDAR.openings(day)[-1][1] for day in between if CALENDAR.openings(day)]
    assert [end for end in ends if at < end < promise(at).due_at] == []


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        pytest.param(
            "2026-03-03 09:00",
            [("reminder", "14:30"), ("last_reminder", "16:00"), ("broken", "16:30")],
            id="morning",
        ),
        pytest.param(
            "2026-03-03 15:50", [("last_reminder", "16:00"), ("broken", "16:30")], id="afternoon"
        ),
        pytest.param("2026-03-03 16:10", [("broken", "16:30")], id="too-late-for-a-reminder"),
        pytest.param(
            "2026-04-30 09:00",
            [("reminder", "11:00"), ("last_reminder", "12:30"), ("broken", "13:00")],
            id="half-day",
        ),
    ],
)
def test_the_owner_is_reminded_in_the_afternoon_and_before_closing(called, expected):
    found = steps(promise(local(called)), REMINDERS, CALENDAR)
    assert [(step.value, wall(at)[-5:]) for at, step in found] == expected


def test_the_times_of_the_reminders_can_be_set():
    early = Reminders(at=time(13, 0), before_closing=timedelta(minutes=60))
    found = steps(promise(local("2026-03-03 09:00")), early, CALENDAR)
    assert [wall(at)[-5:] for at, _ in found] == ["13:00", "15:30", "16:30"]


@given(
    instants,
    st.times(),
    st.integers(5, 240).map(lambda minutes: timedelta(minutes=minutes)),
)
def test_steps_stand_in_order_between_the_call_and_closing(at, first, before_closing):
    made = promise(at)
    found = steps(made, Reminders(at=first, before_closing=before_closing), CALENDAR)
    instants_of = [instant for instant, _ in found]
    assert instants_of == sorted(instants_of)
    assert made.promised_at < instants_of[0]
    assert found[-1] == (made.due_at, Step.BROKEN)
    assert all(CALENDAR.local_date(one) == CALENDAR.local_date(made.due_at) for one in instants_of)


def live(made, looks):
    """Look at a promise at some instants; return the steps that were taken."""
    taken = []
    for now in looks:
        if made.next_at is not None and now >= made.next_at:
            step, later = due_step(made, REMINDERS, CALENDAR, now)
            made = replace(made, next_at=later)
            taken += [] if step is None else [step]
    return taken, made


@given(instants, st.lists(spans, max_size=12))
@example(datetime(2026, 3, 3, 9, tzinfo=UTC), [timedelta(days=2), timedelta(days=2)])
def test_however_often_one_looks_each_step_is_taken_once_and_in_order(at, pauses):
    looks = sorted(at + pause for pause in pauses)
    taken, _ = live(promise(at), looks)
    assert taken == sorted(set(taken), key=list(Step).index)


@given(instants, st.lists(spans, max_size=6), st.timedeltas(timedelta(), timedelta(days=30)))
def test_who_looks_at_or_after_closing_finds_the_promise_broken_once(at, pauses, late):
    made = promise(at)
    looks = sorted(at + pause for pause in pauses)
    taken, after = live(made, [*looks, max([made.due_at + late, *looks])])
    assert taken.count(Step.BROKEN) == 1
    assert after.next_at is None


@given(instants, spans)
def test_after_a_pause_only_the_last_step_that_was_reached_is_taken(at, pause):
    made, now = promise(at), at + pause
    reached = [step for when, step in steps(made, REMINDERS, CALENDAR) if when <= now]
    assume(reached)
    assert live(made, [now])[0] == reached[-1:]
