"""The inbox: one total order, whatever is asked for and however it is paged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from bot.cases import Event
from bot.clock import FixedClock
from bot.promises import Feedback, Promise
from bot.services.inbox import Inbox, InboxCounts, InboxFilters
from bot.services.sight import Sight
from bot.store.engine import is_sqlite
from bot.store.inbox_queue import Part, Place
from bot.store.records import NewMessage
from bot.vocabulary import (
    CaseId,
    Channel,
    EventKind,
    Kind,
    MailboxKey,
    MessageId,
    PersonKey,
    Right,
    Status,
    TeamKey,
    Urgency,
)
from functionmail.message import Message
from tests.city import shipped_material
from tests.kept_database import BOTH, empty, kept_databases
from tests.made_cases import a_case

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
CALENDAR = shipped_material().knowledge.calendar
ME, TEAM = PersonKey("agneta"), TeamKey("kundreskontra-centrum")
STAFF = Sight(person=ME, team=TEAM, rights=frozenset({Right.STAFF}))
TRUSTED = Sight(person=ME, team=TEAM, rights=frozenset({Right.STAFF, Right.PROTECTED}))


@pytest.fixture(scope="module")
def kept(request, tmp_path_factory):
    with kept_databases(request, tmp_path_factory) as kept:
        yield kept


@pytest.fixture(params=BOTH)
def database(request, kept):
    database = kept(request.param)
    yield database
    empty(database)


@pytest.fixture
def inbox(database):
    return Inbox(database, CALENDAR, FixedClock(NOON))


def case(case_id, **changes):
    return a_case(case_id, **({"at": NOON + case_id * HOUR, "status": Status.OPEN} | changes))


def urgent(case_id, handle_by, **changes):
    return case(case_id, urgent=Urgency.COLLECTIONS, handle_by=handle_by, **changes)


def promise(case_id, due_at, number=1, kept_at=None):
    return Promise(
        case_id=CaseId(case_id),
        number=number,
        promised_at=NOON,
        due_at=due_at,
        next_at=None,
        kept_at=kept_at,
        kept_with=None if kept_at is None else Feedback.DONE,
    )


def store(database, cases, promises=()):
    with database.work() as work:
        work.cases.insert(cases)
        work.promises.insert(promises)


def numbers(page):
    return [row.case.id for row in page.rows]


def test_deadlines_come_first_then_promises_then_the_oldest(database, inbox):
    cases = [
        case(1),
        case(2, channel=Channel.PHONE),
        case(3, channel=Channel.PHONE),
        urgent(4, NOON + 9 * HOUR),
        urgent(5, NOON + 2 * HOUR),
        case(6),
        case(7, status=Status.CLOSED),
    ]
    store(database, cases, [promise(2, NOON + 5 * HOUR), promise(3, NOON + HOUR)])
    assert numbers(inbox.page(STAFF)) == [5, 4, 3, 2, 1, 6]


def test_a_case_with_two_promises_stands_once_where_the_first_is_due(database, inbox):
    phone = [case(n, channel=Channel.PHONE) for n in (1, 2)]
    owed = [promise(1, NOON + HOUR), promise(1, NOON + 9 * HOUR, 2), promise(2, NOON + 3 * HOUR)]
    store(database, phone, owed)
    page = inbox.page(STAFF)
    assert numbers(page) == [1, 2]
    assert [row.promise_due for row in page.rows] == [NOON + HOUR, NOON + 3 * HOUR]


def test_a_kept_promise_moves_a_case_among_the_others(database, inbox):
    store(
        database,
        [case(1), case(2, channel=Channel.PHONE)],
        [promise(2, NOON + HOUR, kept_at=NOON)],
    )
    page = inbox.page(STAFF)
    assert numbers(page) == [1, 2]
    assert page.rows[1].promise_due is None


def test_no_feedback_asks_for_promises_of_today_and_earlier_that_are_not_kept(database, inbox):
    days = {1: NOON - 24 * HOUR, 2: NOON + 4 * HOUR, 3: NOON + 24 * HOUR, 5: NOON + HOUR}
    phone = [case(n, channel=Channel.PHONE) for n in (1, 2, 3)]
    store(
        database,
        [*phone, case(4), urgent(5, NOON, channel=Channel.PHONE)],
        [promise(n, due) for n, due in days.items()],
    )
    page = inbox.page(STAFF, InboxFilters(no_feedback=True))
    assert numbers(page) == [5, 1, 2]
    assert page.counts.no_feedback == 3


def test_protected_cases_are_counted_and_not_shown_to_those_without_the_right(database, inbox):
    store(database, [case(1), case(2, protected=True), urgent(3, NOON, protected=True)])
    assert numbers(inbox.page(STAFF)) == [1]
    assert numbers(inbox.page(STAFF, InboxFilters(protected=True))) == []
    counts = inbox.page(STAFF).counts
    assert (counts.every, counts.urgent, counts.protected, counts.hidden) == (1, 0, 0, 2)
    assert numbers(inbox.page(TRUSTED)) == [3, 1, 2]
    counts = inbox.page(TRUSTED).counts
    assert (counts.every, counts.urgent, counts.protected, counts.hidden) == (3, 1, 2, 0)


def test_mine_is_nothing_for_somebody_who_is_not_staff(database, inbox):
    store(database, [case(1), case(2, owner=ME)])
    somebody = Sight(rights=frozenset({Right.STAFF}))
    assert numbers(inbox.page(STAFF, InboxFilters(mine=True))) == [2]
    page = inbox.page(somebody, InboxFilters(mine=True))
    assert (numbers(page), page.counts.mine) == ([], 0)


def test_counts_stop_at_a_thousand(database, inbox):
    store(database, [case(n) for n in range(1, 1_203)])
    counts = inbox.page(STAFF).counts
    assert (counts.every, counts.team, counts.by_process["kundreskontra"]) == (1000,) * 3


def test_a_subject_is_shown_only_to_those_who_may_read_mails(database, inbox):
    store(database, [case(1)])
    with database.work() as work:
        work.messages.insert([_mail(1, "Första"), _mail(2, "Andra")])
    assert inbox.page(STAFF).rows[0].subject == "Första"
    assert inbox.page(Sight(rights=frozenset({Right.MANAGER}))).rows[0].subject is None


def _mail(number, subject):
    message = Message(message_id=f"{number}@x", content_hash=f"{number}", subject=subject)
    return NewMessage(
        id=MessageId(number),
        message=message,
        content=b"",
        transport_headers=(),
        mailbox=MailboxKey("info"),
        case_id=CaseId(1),
        kind=Kind.CASE,
        automatic=False,
        glance=False,
        received_at=NOON,
        triage={},
    )


def test_the_last_event_is_what_was_done_and_not_who_looked(database, inbox):
    store(database, [case(1)])
    with database.work() as work:
        for kind in (EventKind.RECEIVED, EventKind.TAKEN, EventKind.VIEWED):
            work.cases.record([Event.on(case(1), kind, NOON + 2 * HOUR, CALENDAR)])
    assert inbox.page(STAFF).rows[0].last.kind is EventKind.TAKEN


def test_an_empty_inbox_has_one_page(inbox):
    page = inbox.page(STAFF)
    assert (page.rows, page.next, page.counts) == ((), None, InboxCounts())


@pytest.mark.parametrize("cursor", ["", "x", "9-9-9", "1-2", "1--2-3", "1-" + "9" * 90 + "-1"])
def test_a_cursor_that_is_none_begins_at_the_head(database, inbox, cursor):
    store(database, [case(1)])
    assert numbers(inbox.page(STAFF, after=cursor)) == [1]


@given(st.sampled_from(Part), st.integers(0, 2**52), st.integers(0, 2**31 - 1))
def test_a_place_comes_back_from_its_text(part, micros, case_id):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    place = Place(part=part, at=at, case_id=CaseId(case_id))
    assert Place.parse(str(place)) == place


CASES = st.fixed_dictionaries(
    {
        "at": st.integers(0, 5).map(lambda n: NOON - n * HOUR),
        "status": st.sampled_from(Status),
        "deadline": st.none() | st.integers(-2, 2),
        "promise": st.none() | st.integers(-30, 30),
        "kept": st.booleans(),
        "process": st.sampled_from(["kundreskontra", "redovisning", None]),
        "mailbox": st.sampled_from(["info", "kundreskontra"]),
        "team": st.sampled_from([TEAM, "annat-lag"]),
        "owner": st.sampled_from([ME, "bo", None]),
        "possible": st.booleans(),
        "protected": st.booleans(),
    }
)
FILTERS = st.builds(
    InboxFilters,
    process=st.sampled_from(["kundreskontra", None]),
    mailbox=st.sampled_from(["info", None, None]),
    team=st.sampled_from([TEAM, None, None]),
    mine=st.booleans(),
    urgent=st.booleans(),
    possible=st.booleans(),
    no_feedback=st.booleans(),
    waiting=st.booleans(),
    protected=st.booleans(),
)
TOMORROW = datetime(2026, 3, 3, 23, tzinfo=UTC)


def _made(drawn):
    cases, promises = [], []
    for number, one in enumerate(drawn, start=1):
        values = dict(one)
        deadline, due, kept = (values.pop(name) for name in ("deadline", "promise", "kept"))
        if deadline is not None:
            values |= {"urgent": Urgency.PAYOUT, "handle_by": NOON + deadline * HOUR}
        if due is not None:
            values |= {"channel": Channel.PHONE}
            kept_at = NOON if kept else None
            promises.append(promise(number, NOON + due * HOUR, kept_at=kept_at))
        cases.append(case(number, **values))
    return cases, promises


def _slowly(cases, promises, filters, sight):
    """Return what the inbox must hold, the obvious way."""
    owed = {one.case_id: one.due_at for one in promises if one.is_open}

    def is_wanted(one):
        return (
            one.status is not Status.CLOSED
            and (sight.sees_protected or not one.protected)
            and filters.process in (None, one.process)
            and filters.mailbox in (None, one.mailbox)
            and filters.team in (None, one.team)
            and (not filters.mine or one.owner == ME)
            and (not filters.urgent or one.urgent is not Urgency.NO)
            and (not filters.possible or one.possible)
            and (not filters.no_feedback or owed.get(one.id, TOMORROW) < TOMORROW)
            and (not filters.waiting or one.status.value.startswith("waiting"))
            and (not filters.protected or one.protected)
        )

    def place(one):
        if one.handle_by is not None:
            return 1, one.handle_by, one.id
        return (2, owed[one.id], one.id) if one.id in owed else (3, one.received_at, one.id)

    return [one.id for one in sorted(filter(is_wanted, cases), key=place)]


def _all_pages(inbox, sight, filters, limit):
    found, after = [], None
    while True:
        page = inbox.page(sight, filters, after=after, limit=limit)
        found += numbers(page)
        after = page.next
        if after is None:
            return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(CASES, max_size=12), FILTERS, st.sampled_from([STAFF, TRUSTED]), st.integers(1, 5))
def test_pages_hold_every_case_once_in_order(database, drawn, filters, sight, limit):
    cases, promises = _made(drawn)
    empty(database)
    store(database, cases, promises)
    inbox = Inbox(database, CALENDAR, FixedClock(NOON))
    assert _all_pages(inbox, sight, filters, limit) == _slowly(cases, promises, filters, sight)


SORTS = {
    "every": InboxFilters(),
    "mine": InboxFilters(mine=True),
    "team": InboxFilters(team=TEAM),
    "urgent": InboxFilters(urgent=True),
    "possible": InboxFilters(possible=True),
    "no_feedback": InboxFilters(no_feedback=True),
    "waiting": InboxFilters(waiting=True),
    "protected": InboxFilters(protected=True),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.lists(CASES, max_size=12), st.sampled_from([STAFF, TRUSTED]))
def test_counts_are_those_of_what_each_filter_shows(database, drawn, sight):
    cases, promises = _made(drawn)
    empty(database)
    store(database, cases, promises)
    counts = Inbox(database, CALENDAR, FixedClock(NOON)).page(sight).counts
    shown = {sort: len(_slowly(cases, promises, filters, sight)) for sort, filters in SORTS.items()}
    assert {sort: getattr(counts, sort) for sort in SORTS} == shown
    assert sum(counts.by_mailbox.values()) == counts.every


def test_sqlite_reads_no_page_by_looking_through_all_cases(database, inbox):
    if not is_sqlite(database.engine):
        pytest.skip("the planner of PostgreSQL looks through small tables")
    asked = []
    event.listen(
        database.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, values, *_: asked.append((statement, values)),
    )
    for filters in SORTS.values():
        inbox.page(STAFF, filters, after=str(Place(part=Part.DEADLINE, at=NOON, case_id=CaseId(1))))
    selects = [(s, v) for s, v in asked if s.lstrip().startswith("SELECT")]
    steps = set()
    with database.engine.connect() as connection:
        for statement, values in selects:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            steps |= {row[3] for row in plan}
    tables = ("case_file", "promise", "event", "message")
    reads = [step for step in steps if any(f" {table} " in f" {step} " for table in tables)]
    indexes = ("ix_case_file_open_by_", "ix_promise_unkept", "PRIMARY KEY", "autoindex_promise")
    by_case = ("(case_id=", "(rowid=")
    through = [step for step in reads if not any(sign in step for sign in (*indexes, *by_case))]
    assert through == []
    assert len(reads) > 3
