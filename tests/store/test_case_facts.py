"""What figures are made of is kept with the events, and found by indexes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, text

from bot.cases import Event
from bot.reports.measures import MEASURES, Basis
from bot.reports.scope import By, Scope
from bot.reports.sums import Days
from bot.store.engine import is_sqlite, transaction
from bot.store.fact_conditions import Wanted
from bot.vocabulary import EventKind, Status
from tests.made_cases import TUESDAY, a_case

DAY = TUESDAY.date().toordinal()


def an_event(kind, *, case_id=1, hours=1, **data):
    return Event(
        case_id=case_id,
        kind=kind,
        at=TUESDAY + timedelta(hours=hours),
        actor="system",
        wall_seconds=hours * 3600,
        working_seconds=hours * 3600,
        data=data,
    )


def wanted(**more):
    usual = {
        "days": Days(first=DAY, last=DAY),
        "now": TUESDAY + timedelta(days=1),
        "today": DAY + 1,
    }
    return Wanted(**(usual | more))


def rows(database, columns="*"):
    with transaction(database.engine, read_only=True) as connection:
        return connection.execute(
            text(f"SELECT {columns} FROM case_fact ORDER BY case_id, clock")
        ).all()


def test_a_new_case_has_a_row_when_its_transaction_ends(database):
    with database.work() as work:
        work.cases.insert([a_case()])
        work.cases.record([an_event(EventKind.RECEIVED, hours=0)])
    assert rows(database, "case_id, clock, opened_day, opened_hour") == [(1, 1, DAY, 10)]


def test_what_is_rolled_back_leaves_no_row(database):
    with pytest.raises(RuntimeError), database.work() as work:
        work.cases.insert([a_case()])
        raise RuntimeError
    assert rows(database) == []


def test_an_event_changes_the_row_in_its_own_transaction(database):
    with database.work() as work:
        work.cases.insert([a_case()])
    with database.work() as work:
        work.cases.record([an_event(EventKind.ANSWERED, hours=2)])
    assert rows(database, "answered_day, answer_work_s") == [(DAY, 7200)]


def test_a_case_that_is_opened_again_gets_another_row(database):
    with database.work() as work:
        work.cases.insert([a_case()])
        work.cases.record([an_event(EventKind.CLOSED), an_event(EventKind.REOPENED, hours=30)])
    assert rows(database, "clock, opened_day, closed_day") == [
        (1, DAY, DAY),
        (2, DAY + 1, None),
    ]


def test_a_changed_case_is_counted_where_it_belongs_now(database):
    with database.work() as work:
        work.cases.insert([a_case()])
    with database.work() as work:
        work.cases.change(replace(work.cases.get(1), process="redovisning", status=Status.OPEN))
    assert rows(database, "process") == [("redovisning",)]


def test_an_event_that_no_figure_counts_reads_and_writes_nothing(database):
    with database.work() as work:
        work.cases.insert([a_case()])
    statements = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _c, _u, statement, *_: statements.append(statement),
    )
    with database.work() as work:
        work.cases.record([an_event(EventKind.VIEWED)])
    assert not [each for each in statements if "case_fact" in each]


@pytest.mark.postgres
def test_of_two_who_add_to_a_case_at_once_none_is_forgotten(database):
    with database.work() as work:
        work.cases.insert([a_case(case_id) for case_id in range(1, 21)])
    both = Barrier(2)

    def add(kind):
        for case_id in range(1, 21):
            both.wait()
            with database.work() as work:
                work.cases.record([an_event(kind, case_id=case_id)])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add, (EventKind.ANSWERED, EventKind.HANDED_OVER)))
    assert rows(database, "answered_day, handovers") == [(DAY, 1)] * 20


@pytest.mark.parametrize("scope", [Scope(), Scope(process="kundreskontra")])
@pytest.mark.parametrize("by", [None, By.TEAM])
def test_no_figure_reads_the_whole_table(database, scope, by):
    if not is_sqlite(database.engine):
        pytest.skip("plans of PostgreSQL depend on how much there is")
    statements = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_c, _u, statement, parameters, *_):
        if "case_fact" in statement:
            statements.append((statement, parameters))

    asked = wanted(scope=scope, by=by)
    with database.reading() as work:
        for basis in (Basis.OPENED, Basis.ANSWERED, Basis.CLOSED, Basis.DUE):
            sums = [m.of for m in MEASURES.values() if m.basis is basis and m.of]
            work.case_facts.counts(basis, asked, sums)
            work.case_facts.amounts(basis, asked, sums)
            work.case_facts.behind(basis, (), asked, after=0, limit=50, protected=False)
        work.case_facts.spans(asked, DAY)
        work.case_facts.templates(asked)
        work.case_facts.hours(asked)
        work.case_facts.missed(asked, TUESDAY, TUESDAY)
        work.case_facts.remarked(TUESDAY, TUESDAY)
        work.case_facts.first_day()
    with transaction(database.engine, read_only=True) as connection:
        for statement, parameters in list(statements):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan]
            assert not [step for step in steps if step.startswith("SCAN case_fact")], steps
