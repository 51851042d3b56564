"""Sums that are kept: packed and unpacked, put beside what is not kept, and made void."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.reports.case_facts import CaseFact
from bot.reports.measures import Basis
from bot.reports.sums import Counted, Days, between, pack, touched, unpack

VALUES = st.lists(st.integers(-(2**31), 2**31 - 1)).map(sorted)
ROWS = st.lists(
    st.builds(
        Counted,
        st.text(),
        st.just(7),
        st.tuples(st.text(), st.integers(0, 2**40)),
        st.tuples(VALUES, VALUES),
    )
)
FACT = CaseFact(
    case_id=1,
    clock=1,
    process="kundreskontra",
    matter="anstand",
    mailbox="info",
    customer=None,
    team="kund",
    channel="email",
    protected=False,
    urgent="no",
    misdirected=False,
    opened_day=100,
    opened_hour=9,
)
ANSWERED = FACT._replace(answered_day=101, answer_wall_s=90, answer_work_s=60)


@given(ROWS)
def test_rows_are_the_same_when_they_are_unpacked(rows):
    found = [row._replace(lists=tuple(map(list, row.lists))) for row in unpack(pack(rows), 7)]
    assert found == rows


@given(st.sets(st.integers(1, 60)), st.integers(1, 30), st.integers(30, 60))
def test_what_is_kept_and_what_is_between_are_all_days_once(kept, first, last):
    inside = [Days(first=day, last=day) for day in kept if first <= day <= last]
    spans = [*inside, *between(Days(first=first, last=last), inside)]
    days = [day for span in spans for day in range(span.first, span.last + 1)]
    assert sorted(days) == list(range(first, last + 1))


CLOSED = ANSWERED._replace(closed_day=103, close_wall_s=9, close_work_s=9)


def void(before, after):
    """Return (basis, day) of the days that are void, and the ends of days from day 100 on."""
    found = touched(before, after)
    days = {(one.basis, one.first) for one in found if one.basis is not Basis.END}
    ends = [one for one in found if one.basis is Basis.END]
    return days, {day for one in ends for day in range(one.first, min(one.last, 110) + 1)}


def test_a_new_row_makes_the_days_void_on_which_it_counts():
    assert void([], [CLOSED]) == (
        {(Basis.OPENED, 100), (Basis.ANSWERED, 101), (Basis.CLOSED, 103)},
        {100, 101, 102},
    )


def test_a_closing_leaves_the_days_of_arrival_and_answer_and_what_was_open_before_alone():
    assert void([ANSWERED], [CLOSED]) == ({(Basis.CLOSED, 103)}, set(range(103, 111)))


def test_a_closing_without_an_answer_changes_what_is_due_of_the_arrivals():
    days, _ = void([FACT], [FACT._replace(closed_day=103)])
    assert days == {(Basis.OPENED, 100), (Basis.CLOSED, 103)}


def test_an_answer_that_was_another_day_makes_both_days_void():
    days, _ = void([ANSWERED], [ANSWERED._replace(answered_day=104)])
    assert {(Basis.ANSWERED, 101), (Basis.ANSWERED, 104)} <= days


def test_a_move_makes_all_void_since_groups_are_others():
    moved = CLOSED._replace(process="redovisning")
    assert void([CLOSED], [moved]) == void([], [CLOSED])


def test_a_row_that_ends_in_another_case_was_never_open():
    merged = CLOSED._replace(merged=True)
    assert void([CLOSED], [merged]) == ({(Basis.CLOSED, 103)}, {100, 101, 102})


OPEN = st.builds(
    lambda opened, days, merged: FACT._replace(
        opened_day=opened, closed_day=None if days is None else opened + days, merged=merged
    ),
    st.integers(100, 108),
    st.none() | st.integers(0, 9),
    st.booleans(),
)


@given(OPEN, OPEN)
def test_every_day_is_void_at_the_end_of_which_a_row_was_open_once_only(one, other):
    def is_left(fact, end):
        gone = fact.closed_day is not None and fact.closed_day <= end
        return fact.opened_day <= end and not gone and not fact.merged

    differ = {end for end in range(100, 111) if is_left(one, end) != is_left(other, end)}
    _, ends = void([one], [other])
    assert differ <= ends


def test_what_stays_as_it_is_makes_nothing_void():
    assert touched([ANSWERED], [ANSWERED._replace(protected=True, urgent="payout")]) == set()
