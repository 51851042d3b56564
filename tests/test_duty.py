"""Who is on duty: laws over any roster, and the days on which a mistake would show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.duty import (
    Away,
    Because,
    Duty,
    Post,
    Rota,
    Shift,
    Week,
    Weeks,
    unstaffed,
    who,
    who_on,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
PEOPLE = ("anna", "bo", "cia", "dan", "eva", "fia", "head", "deputy")
UNITS = dict(zip(PEOPLE, ("x", "x", "x", "y", "y", "z", "x", "y"), strict=True))
W01 = Week(year=2026, number=1)
THURSDAY = date(2026, 11, 26)

days = st.dates(date(2019, 12, 1), date(2033, 2, 1))
people = st.sampled_from(PEOPLE)
shifts = st.lists(people, min_size=1, max_size=4, unique=True).map(
    lambda names: Shift(answers=names[0], substitutes=tuple(names[1:]))
)
rotas = st.builds(
    Rota,
    first_week=days.map(Week.of),
    turns=st.lists(shifts, min_size=1, max_size=5).map(tuple),
)


@st.composite
def spans(draw, of=days, longest=60):
    first = draw(of)
    return first, first + timedelta(days=draw(st.integers(0, longest)))


weeks = st.builds(
    lambda span, shift: Weeks(first=Week.of(span[0]), last=Week.of(span[1]), shift=shift),
    spans(),
    shifts,
)
posts = st.builds(
    Post,
    unit=st.sampled_from(["x", "y", "nobody's"]),
    rota=rotas,
    weeks=st.lists(weeks, max_size=3).map(tuple),
    days=st.dictionaries(days, shifts, max_size=3),
    is_line=st.booleans(),
)
absences = st.dictionaries(
    people,
    st.lists(spans().map(lambda s: Away(first=s[0], last=s[1])), min_size=1, max_size=3).map(tuple),
    max_size=8,
)
rosters = st.builds(
    Duty,
    zone=st.just(STOCKHOLM),
    posts=st.fixed_dictionaries({"box": posts, "line": posts}),
    heads=st.just({"x": ("head", "deputy"), "y": ("deputy",)}),
    units=st.just(UNITS),
    absences=absences,
)


def interesting_days(duty: Duty) -> list[date]:
    """Return the days on which something of the roster begins, ends or is over."""
    found = [day for post in duty.posts.values() for day in post.days]
    for post in duty.posts.values():
        found += [week.monday for part in post.weeks for week in (part.first, part.last)]
    for spans_ in duty.absences.values():
        found += [day for away in spans_ for day in (away.first, away.last)]
    return [day + timedelta(days=off) for day in found for off in (-1, 0, 1, 6, 7)]


@st.composite
def rosters_and_days(draw):
    duty = draw(rosters)
    near = interesting_days(duty)
    return duty, draw(st.sampled_from(near) if near and draw(st.booleans()) else days)


def roster(
    *turns: Shift, away: dict[str, tuple[Away, ...]] | None = None, is_line: bool = False, **post
) -> Duty:
    """Return a roster of one place, the rota of which begins in the first week of 2026."""
    rota = Rota(first_week=W01, turns=turns)
    return Duty(
        zone=STOCKHOLM,
        posts={"box": Post(unit="x", rota=rota, is_line=is_line, **post)},
        heads={"x": ("head", "deputy")},
        units=UNITS,
        absences=away or {},
    )


def shift(answers: str, *substitutes: str) -> Shift:
    return Shift(answers=answers, substitutes=substitutes)


def away_on(day: date, *names: str) -> dict[str, tuple[Away, ...]]:
    return {name: (Away(first=day, last=day),) for name in names}


def codes(staffing) -> list[str]:
    return [reason.code.value for reason in staffing.reasons]


@given(rosters_and_days())
def test_an_absent_person_is_never_named(case):
    duty, day = case
    for place in duty.posts:
        found = who_on(duty, place, day)
        named = {found.on_duty, *found.substitutes, found.head} - {None}
        assert all(duty.is_present(person, day) for person in named)


@given(rosters_and_days())
def test_whoever_is_named_stands_in_the_shift_of_the_day_in_its_order(case):
    duty, day = case
    for place, post in duty.posts.items():
        found = who_on(duty, place, day)
        listed, _ = post.shift(day)
        named = [person for person in (found.on_duty, *found.substitutes) if person is not None]
        assert named == [person for person in listed.people if person in named]


@given(rosters_and_days())
def test_a_place_is_unstaffed_exactly_when_all_of_its_shift_are_away(case):
    duty, day = case
    alarmed = {alarm.place for alarm in unstaffed(duty, day, duty.posts)}
    assert alarmed == {
        place
        for place, post in duty.posts.items()
        if not any(duty.is_present(person, day) for person in post.shift(day)[0].people)
    }


@given(rosters, days, shifts)
def test_a_single_day_goes_before_its_week_and_its_rota(duty, day, own):
    post = duty.posts["box"]
    changed = Post(
        unit=post.unit,
        rota=post.rota,
        weeks=(Weeks(first=Week.of(day), last=Week.of(day), shift=shift("anna", "bo")),),
        days={day: own},
    )
    assert changed.shift(day) == (own, Because.DAY)


@given(rotas, days, shifts)
def test_a_week_goes_before_its_rota_and_ends_with_its_sunday(rota, day, own):
    week = Week.of(day)
    post = Post(unit="x", rota=rota, weeks=(Weeks(first=week, last=week, shift=own),))
    held = [post.shift(week.monday + timedelta(days=i))[1] for i in range(-1, 8)]
    assert held == [Because.ROTA, *[Because.WEEK] * 7, Because.ROTA]


@given(rotas, days)
@example(Rota(first_week=W01, turns=(shift("anna"), shift("bo"))), date(2026, 12, 31))
@example(Rota(first_week=W01, turns=(shift("anna"), shift("bo"))), date(2027, 1, 3))
def test_a_rota_goes_one_row_on_every_monday_over_any_new_year(rota, day):
    monday = Week.of(day).monday
    now = rota.turns.index(rota.shift(day)) if len(set(rota.turns)) == len(rota.turns) else None
    assert {rota.shift(monday + timedelta(days=i)) for i in range(7)} == {rota.shift(day)}
    following = rota.shift(monday + timedelta(days=7))
    assert now is None or following == rota.turns[(now + 1) % len(rota.turns)]


@given(days)
def test_a_week_holds_its_days_and_no_other(day):
    week = Week.of(day)
    assert week.monday <= day < week.monday + timedelta(days=7)
    assert Week.of(week.monday) == week


def test_the_last_days_of_a_year_with_53_weeks_and_the_first_of_the_next_are_one_week():
    duty = roster(shift("anna"), shift("bo"), shift("cia"))
    on_duty = [
        who_on(duty, "box", day).on_duty
        for day in (
            date(2026, 12, 27),  # Sunday, week 52
            date(2026, 12, 28),  # Monday, week 53
            date(2027, 1, 3),  # Sunday, week 53
            date(2027, 1, 4),  # Monday, week 1
        )
    ]
    assert on_duty == ["anna", "bo", "bo", "cia"]


def test_weeks_over_new_year_hold_in_both_years():
    over = Weeks(
        first=Week(year=2026, number=53), last=Week(year=2027, number=1), shift=shift("dan")
    )
    duty = roster(shift("anna"), weeks=(over,))
    assert [
        who_on(duty, "box", day).on_duty
        for day in (date(2026, 12, 27), date(2026, 12, 28), date(2027, 1, 10), date(2027, 1, 11))
    ] == ["anna", "dan", "dan", "anna"]


@pytest.mark.parametrize(("year", "number"), [(2027, 53), (2025, 53), (2026, 0), (2026, 54)])
def test_a_week_that_its_year_does_not_have_is_refused(year, number):
    with pytest.raises(ValueError, match="week"):
        Week(year=year, number=number)


def test_the_next_in_turn_steps_in_and_it_is_said_for_whom():
    duty = roster(shift("anna", "bo", "cia"), away=away_on(THURSDAY, "anna", "bo"))
    found = who_on(duty, "box", THURSDAY)
    assert (found.on_duty, found.substitutes) == ("cia", ())
    assert [(reason.code.value, reason.person) for reason in found.reasons] == [
        ("rota", None),
        ("away", "anna"),
        ("away", "bo"),
        ("steps_in", "cia"),
        ("no_substitute", None),
    ]


def test_an_absence_lasts_from_its_first_day_to_its_last():
    gone = {"anna": (Away(first=date(2026, 12, 7), last=date(2026, 12, 18)),)}
    duty = roster(shift("anna", "bo"), away=gone)
    assert [
        who_on(duty, "box", day).on_duty
        for day in (date(2026, 12, 6), date(2026, 12, 7), date(2026, 12, 18), date(2026, 12, 19))
    ] == ["anna", "bo", "bo", "anna"]


def test_when_all_are_away_there_is_an_alarm_for_the_head():
    duty = roster(shift("anna", "bo"), away=away_on(THURSDAY, "anna", "bo"))
    (alarm,) = unstaffed(duty, THURSDAY, ["box"])
    assert (alarm.place, alarm.unit, alarm.head) == ("box", "x", "head")
    assert alarm.key == "unstaffed:box:2026-11-26"
    assert codes(who_on(duty, "box", THURSDAY)) == ["rota", "away", "away", "unstaffed"]


def test_a_staffed_place_has_no_alarm():
    assert unstaffed(roster(shift("anna")), THURSDAY, ["box"]) == ()


def test_who_stands_in_for_an_absent_head_is_named_instead():
    duty = roster(shift("anna", "bo"), away=away_on(THURSDAY, "head"))
    found = who_on(duty, "box", THURSDAY)
    assert found.head == "deputy"
    assert codes(found) == ["rota", "head_away", "head_substitute"]


def test_when_head_and_stand_in_are_away_nobody_is_named():
    duty = roster(shift("anna", "bo"), away=away_on(THURSDAY, "head", "deputy"))
    found = who_on(duty, "box", THURSDAY)
    assert (found.head, codes(found)) == (None, ["rota", "no_head"])


@pytest.mark.parametrize(
    ("substitutes", "said"),
    [
        pytest.param(("dan", "fia"), ["rota"], id="two-units"),
        pytest.param(("dan", "eva"), ["rota", "few_substitutes"], id="one-unit"),
        pytest.param(("dan",), ["rota", "few_substitutes"], id="only-one"),
        pytest.param((), ["rota", "no_substitute"], id="none"),
    ],
)
def test_a_phone_line_says_when_it_lacks_two_substitutes_of_different_units(substitutes, said):
    duty = roster(shift("anna", *substitutes), is_line=True)
    assert codes(who_on(duty, "box", THURSDAY)) == said


def test_a_mailbox_needs_one_substitute_only():
    assert codes(who_on(roster(shift("anna", "bo")), "box", THURSDAY)) == ["rota"]


def test_a_place_that_is_not_listed_has_nobody_and_an_alarm_without_a_head():
    duty = roster(shift("anna"))
    found = who_on(duty, "closed-box", THURSDAY)
    assert (found.on_duty, found.head, codes(found)) == (None, None, ["not_listed"])
    (alarm,) = unstaffed(duty, THURSDAY, ["closed-box"])
    assert (alarm.unit, alarm.head) == (None, None)


@pytest.mark.parametrize(
    ("at", "on_duty"),
    [
        pytest.param(datetime(2026, 11, 29, 22, 59, tzinfo=UTC), "anna", id="sunday-23-59"),
        pytest.param(datetime(2026, 11, 29, 23, 0, tzinfo=UTC), "bo", id="monday-midnight"),
    ],
)
def test_a_week_begins_at_midnight_on_the_wall(at, on_duty):
    duty = roster(shift("bo"), shift("anna"))
    assert who(duty, "box", at).on_duty == on_duty


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        who(roster(shift("anna")), "box", datetime(2026, 11, 26, 12, 0))  # noqa: DTZ001


def test_nobody_is_their_own_substitute():
    with pytest.raises(ValueError, match="somebody else"):
        shift("anna", "bo", "anna")


def test_weeks_that_end_before_they_begin_are_refused():
    with pytest.raises(ValueError, match="end after"):
        Weeks(first=Week(year=2027, number=1), last=W01, shift=shift("anna"))


def test_a_rota_without_turns_is_refused():
    with pytest.raises(ValueError, match="turn"):
        Rota(first_week=W01, turns=())
