"""Sums that are kept: packed and unpacked, put beside what is not kept, and made void."""

from __future__ import annotations

from dataclasses import replace

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
ANSWERED = replace(FACT, answered_day=101, answer_wall_s=90, answer_work_s=60)


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


def test_a_new_row_makes_the_days_void_on_which_it_counts():
    closed = replace(ANSWERED, closed_day=103, close_wall_s=9, close_work_s=9)
    assert touched([], [closed]) == {
        (Basis.OPENED, 100),
        (Basis.ANSWERED, 101),
        (Basis.CLOSED, 103),
    }


def test_a_closing_leaves_the_days_of_arrival_and_answer_alone():
    closed = replace(ANSWERED, closed_day=103, close_wall_s=9, close_work_s=9)
    assert touched([ANSWERED], [closed]) == {(Basis.CLOSED, 103)}


def test_a_closing_without_an_answer_changes_what_is_due_of_the_arrivals():
    assert touched([FACT], [replace(FACT, closed_day=103)]) == {
        (Basis.OPENED, 100),
        (Basis.CLOSED, 103),
    }


def test_an_answer_that_was_another_day_makes_both_days_void():
    later = replace(ANSWERED, answered_day=104)
    assert {(Basis.ANSWERED, 101), (Basis.ANSWERED, 104)} <= touched([ANSWERED], [later])


def test_a_move_makes_all_void_since_groups_are_others():
    moved = replace(ANSWERED, process="redovisning")
    assert touched([ANSWERED], [moved]) == {(Basis.OPENED, 100), (Basis.ANSWERED, 101)}


def test_what_stays_as_it_is_makes_nothing_void():
    assert touched([ANSWERED], [replace(ANSWERED, protected=True, urgent="payout")]) == set()
