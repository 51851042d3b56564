"""Sums are stored unless a row of their days was written since they were announced."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event

from bot.reports.lead_times import LeadTime
from bot.reports.measures import Basis
from bot.reports.scope import By
from bot.reports.sums import COUNTED_COLUMNS, Counted, Days, Kept, Void, unpack
from bot.services.counted import live
from bot.store.engine import transaction
from bot.store.fact_conditions import Wanted
from bot.store.fact_sums import Span, make_void
from bot.vocabulary import EventKind
from tests.kept_database import BOTH, empty
from tests.made_cases import TUESDAY, a_case
from tests.store.test_case_facts import an_event

DAY = TUESDAY.date().toordinal()
TODAY = Days(first=DAY, last=DAY)
RULES = "1"
ROW = Counted("", None, (3,), ([1, 2],))


@pytest.fixture(params=BOTH)
def database(databases, request):
    database = databases(request.param)
    yield database
    empty(database)


def announced(database, kind=Kept.OPENED, *, by=None, days=TODAY, at=TUESDAY, rules=RULES):
    span = Span(kind=kind, by=by, days=days)
    with database.work() as work:
        return work.fact_sums.announce([span], at, rules=rules, since=at - timedelta(minutes=10))


def stored(database, numbers):
    with database.work() as work:
        return work.fact_sums.store({number: [ROW] for number in numbers.values()})


def kept(database, kind=Kept.OPENED, *, by=None, days=TODAY, rules=RULES):
    with database.reading() as work:
        return list(work.fact_sums.kept(kind, by, days, rules=rules))


def write_a_case(database, case_id=1):
    with database.work() as work:
        work.cases.insert([a_case(case_id)])


def test_what_was_counted_can_be_read(database):
    stored(database, announced(database))
    with database.reading() as work:
        (content,) = work.fact_sums.kept(Kept.OPENED, None, TODAY, rules=RULES).values()
    (row,) = unpack(content, DAY)
    assert (row.key, row.day, row.cells, list(row.lists[0])) == ("", DAY, (3,), [1, 2])


def test_a_sum_that_is_announced_only_is_not_read(database):
    announced(database)
    assert kept(database) == []


@pytest.mark.parametrize(
    "other",
    [
        {"kind": Kept.HOURS},
        {"by": By.TEAM},
        {"rules": "2"},
        {"days": Days(first=DAY + 1, last=DAY + 9)},
    ],
)
def test_a_sum_is_of_its_kind_key_days_and_rules_alone(database, other):
    stored(database, announced(database))
    assert kept(database, **other) == []


def test_a_row_of_its_days_makes_a_sum_void(database):
    month = Days(first=DAY - 2, last=DAY + 28)
    for by, days in ((None, TODAY), (By.TEAM, month)):
        stored(database, announced(database, by=by, days=days))
    write_a_case(database)
    assert kept(database) + kept(database, by=By.TEAM, days=month) == []


def test_a_row_of_other_days_or_another_basis_leaves_it_alone(database):
    before = Days(first=DAY - 1, last=DAY - 1)
    for kind, days in ((Kept.OPENED, before), (Kept.LEFT, before), (Kept.CLOSED, TODAY)):
        stored(database, announced(database, kind, days=days))
    write_a_case(database)
    assert kept(database, days=before) == kept(database, Kept.LEFT, days=before) == [before]
    assert kept(database, Kept.CLOSED) == [TODAY]


def test_what_happens_later_makes_void_what_it_changes(database):
    write_a_case(database)
    for kind in (Kept.OPENED, Kept.ANSWERED, Kept.CLOSED):
        stored(database, announced(database, kind))
    with database.work() as work:
        work.cases.record([an_event(EventKind.ANSWERED, hours=2)])
    assert [kept(database, kind) for kind in (Kept.OPENED, Kept.ANSWERED, Kept.CLOSED)] == [
        [],
        [],
        [TODAY],
    ]


def test_a_row_that_is_written_while_a_sum_is_counted_keeps_it_from_being_stored(database):
    numbers = announced(database)
    write_a_case(database)
    assert (stored(database, numbers), kept(database)) == (0, [])


def test_what_another_has_announced_is_left_to_them_until_they_are_given_up(database):
    announced(database)
    assert announced(database) == {}
    assert len(announced(database, at=TUESDAY + timedelta(minutes=11))) == 1


def test_of_a_sum_that_was_announced_twice_the_first_is_not_stored(database):
    first = announced(database)
    second = announced(database, at=TUESDAY + timedelta(minutes=11))
    assert (stored(database, first), stored(database, second)) == (0, 1)


def test_a_sum_by_other_rules_is_replaced(database):
    stored(database, announced(database))
    stored(database, announced(database, rules="2"))
    assert (kept(database), kept(database, rules="2")) == ([], [TODAY])


@pytest.mark.postgres
def test_nothing_is_announced_while_somebody_writes_rows(databases):
    database = databases("postgresql")
    with transaction(database.engine) as connection:
        make_void(connection, {Void(Basis.CLOSED, DAY - 9, DAY - 9)})
        assert announced(database) is None
    assert len(announced(database)) == 1
    empty(database)


@pytest.mark.postgres
def test_whoever_waits_for_an_announcement_makes_it_void(databases):
    database = databases("postgresql")
    span = Span(kind=Kept.OPENED, days=TODAY)
    with ThreadPoolExecutor(1) as thread:
        with database.work() as work:
            numbers = work.fact_sums.announce([span], TUESDAY, rules=RULES, since=TUESDAY)
            writing = thread.submit(write_a_case, database)
            while not _waits(database):
                pass
        writing.result()
    assert stored(database, numbers) == 0
    empty(database)


def _waits(database):
    with database.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return found.scalar() > 0


@pytest.mark.parametrize("kind", Kept)
def test_rows_are_compared_by_every_column_that_is_counted(databases, kind):
    database, read = databases("sqlite"), []
    rule = LeadTime(process="p", matter="m", customer="c", answer_s=1, close_s=1)
    times = {"now": TUESDAY, "today": DAY}
    wanted = Wanted(days=TODAY, **times, by=By.TEAM, lead_times=(rule,), decided=(DAY,))

    def note(_connection, _cursor, statement, *_):
        read.extend(re.findall(r"case_fact\.(\w+)", statement))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.reading() as work:
        list(live(work, kind, wanted))
    event.remove(database.engine, "before_cursor_execute", note)
    assert set(read) <= COUNTED_COLUMNS[kind.basis]
    assert {"opened_day", "answered_day", "closed_day"} & set(read)
