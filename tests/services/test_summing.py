"""What is settled is counted once; a report reads it, and is right when something changes later."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import event, func, select

from bot.knowledge import Knowledge
from bot.promises import Feedback
from bot.reports.periods import named_period
from bot.reports.scope import By, Scope
from bot.services.counting import Count
from bot.services.phone import NewCall
from bot.services.reporting import Reporting
from bot.services.summing import Summing
from bot.services.undoing import Undoing
from bot.store.tables import FactSumRow
from tests.city import City
from tests.kept_database import empty

HANDLER = "agneta-brandt"
MARCH = named_period("2026-03")
YEAR = named_period("2026")
COUNTED = ("opened_day", "answered_day", "closed_day")
SIGNS = (">= ", "IN ", "IS NULL")
LOOKS = len(COUNTED) + 1
"""At arrivals, answers, closings, and what is left."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("summing")
    city = City(folder, f"sqlite:///{folder / 'sums.db'}")
    yield city, city.clock.now()
    city.close()


@pytest.fixture
def city(house):
    """A house with a call of 3 March that was answered and closed, seen in the middle of April."""
    city, start = house
    empty(city.app.database)
    city.clock.set(start)
    call(city)
    city.later(hours=24 * 45)
    return city


@pytest.fixture
def summing(city):
    return Summing(city.app.database, city.app.knowledge, city.clock)


def call(city, process="kundreskontra", state=Feedback.DONE):
    new = NewCall(process=process, matter="fakturering", customer="Ek", callback="08-46500417")
    case = city.app.phone.add(new, by=HANDLER).case
    city.app.phone.feedback(case, state, by=HANDLER)


def sums(city):
    with city.app.database.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(FactSumRow))


@contextmanager
def counting(city):
    """Give the statements that count rows of arrivals, answers, closings or a backlog."""
    found = []

    def note(_connection, _cursor, statement, *_):
        if any(f"case_fact.{day} {sign}" in statement for day, sign in product(COUNTED, SIGNS)):
            found.append(statement)

    event.listen(city.app.database.engine, "before_cursor_execute", note)
    yield found
    event.remove(city.app.database.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"by": By.DAY},
        {"by": By.PROCESS},
        {"scope": Scope(process="kundreskontra")},
        {"scope": Scope(team="kundreskontra-centrum"), "by": By.MONTH},
    ],
)
def test_a_settled_month_is_not_counted_again(city, summing, wanted):
    summing.catch_up()
    with counting(city) as found:
        city.app.reporting.figures(MARCH, **wanted)
    assert found == []


@pytest.mark.parametrize("kept", [False, True])
def test_counting_by_process_and_month_at_once_gives_what_either_gives(city, summing, kept):
    call(city, process="leverantorsreskontra", state=Feedback.ONGOING)
    call(city)
    if kept:
        summing.catch_up()
    count = Count(city.app.knowledge, city.clock.now())
    with city.app.database.reading() as work:
        both = count.by_key_and_time(work, YEAR, By.PROCESS, By.MONTH)
        each = [count.figures(work, YEAR, by=by) for by in (By.PROCESS, By.MONTH)]
    assert list(both) == each
    assert [group.figures["received"].value for group in both[0].groups] == [2, 1]


def test_what_no_sum_is_kept_of_is_counted(city, summing):
    summing.catch_up()
    with counting(city) as found:
        city.app.reporting.figures(MARCH, scope=Scope(process="x", matter="y"))
    assert len(found) == LOOKS


def test_days_between_sums_are_counted_by_one_look_at_each_basis(city, summing):
    summing.catch_up()
    with city.app.database.engine.begin() as connection:
        days = [MARCH.first.toordinal() + day for day in (3, 9, 10)]
        connection.execute(FactSumRow.__table__.delete().where(FactSumRow.first.in_(days)))
    with counting(city) as found:
        assert city.app.reporting.figure("received", MARCH).value == 1
    assert len(found) == LOOKS - 1  # of the last day of the month there is one


def test_what_is_undone_later_is_gone_from_the_figures_at_once(city, summing):
    summing.catch_up()
    (case,) = city.cases()
    Undoing(city.app.database, city.app.house, city.clock).undo(case, by=HANDLER)
    for wanted in ({}, {"scope": Scope(process="kundreskontra")}):
        assert city.app.reporting.figure("closed", MARCH, **wanted).value == 0


def test_only_what_changed_is_counted_anew(city, summing):
    summing.catch_up()
    before = sums(city)
    (case,) = city.cases()
    Undoing(city.app.database, city.app.house, city.clock).undo(case, by=HANDLER)
    assert 0 < before - sums(city) <= 100
    city.later(minutes=11)
    summing.run_due()
    assert sums(city) == before


def test_nothing_is_kept_of_today_and_of_what_may_still_be_answered_in_time(city, summing):
    summing.catch_up()
    with city.app.database.engine.connect() as connection:
        last = dict(
            connection.execute(
                select(FactSumRow.kind, func.max(FactSumRow.last)).group_by(FactSumRow.kind)
            ).all()
        )
    today = city.app.reporting.today.toordinal()
    assert last["closed"] == today - 1
    assert last["opened"] < today - 1


def test_other_lead_times_make_other_sums(city, summing):
    summing.catch_up()
    before = sums(city)
    other = changed_lead_times(city.app.knowledge)
    with counting(city) as found:
        Reporting(city.app.database, other, city.clock).figures(MARCH)
    assert len(found) == LOOKS
    Summing(city.app.database, other, city.clock).catch_up()
    assert sums(city) == before


def changed_lead_times(knowledge: Knowledge):
    book = knowledge.lead_times
    first, *rest = book.lead_times
    changed = first.model_copy(update={"answer_hours": first.answer_hours + 1})
    return replace(knowledge, lead_times=book.model_copy(update={"lead_times": [changed, *rest]}))


def test_nothing_is_looked_for_again_for_a_while(city, summing):
    assert summing.run_due() > 0
    call(city)
    assert summing.run_due() == 0
    city.clock.advance(timedelta(days=2))
    assert summing.run_due() > 0


def test_nothing_is_kept_where_there_are_no_cases(city, summing):
    empty(city.app.database)
    assert (summing.run_due(), sums(city)) == (0, 0)
