"""How the house stands, as both databases tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases import PlannedAction
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.operating import Operating
from bot.store.unit_of_work import Database
from bot.vocabulary import ActionKind, ActionState, MailboxKey
from tests.city import TUESDAY as NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def database(database_url):
    engine = open_engine(database_url)
    schema.upgrade(engine)
    yield Database(engine)
    engine.dispose()


def plan(database, key, state, *, due_at=NOON):
    action = PlannedAction(key=key, kind=ActionKind.REPLY, case_id=None, due_at=due_at, data={})
    with database.work() as work:
        work.actions.plan([action], NOON)
        if state is not ActionState.PLANNED:
            claimed = work.actions.claim_due(due_at, worker="w", lease=MINUTE, keys_like=key)
            work.actions.finish(claimed, NOON, state=state, because="why")


def test_unfinished_actions_are_counted_by_state_and_finished_ones_are_not(database):
    for number, state in enumerate([*ActionState, ActionState.FAILED]):
        plan(database, f"reply:{number}", state)
    with database.reading() as work:
        assert work.operating.unfinished() == {
            ActionState.PLANNED: 1,
            ActionState.HELD: 1,
            ActionState.FAILED: 2,
            ActionState.UNCERTAIN: 1,
        }


def test_only_what_was_due_before_an_instant_is_overdue(database):
    plan(database, "reply:old", ActionState.PLANNED, due_at=NOON - MINUTE)
    plan(database, "reply:new", ActionState.PLANNED)
    with database.reading() as work:
        assert work.operating.overdue(NOON) == 1


def test_what_is_uncertain_comes_before_what_failed_and_the_newest_first(database):
    plan(database, "reply:1", ActionState.FAILED, due_at=NOON)
    plan(database, "reply:2", ActionState.UNCERTAIN, due_at=NOON - MINUTE)
    plan(database, "reply:3", ActionState.UNCERTAIN, due_at=NOON)
    plan(database, "reply:4", ActionState.HELD, due_at=NOON)
    with database.reading() as work:
        found = work.operating.troubled(limit=10)
        first = work.operating.troubled(limit=1)
    assert [(one.state, one.due_at) for one in found] == [
        (ActionState.UNCERTAIN, NOON),
        (ActionState.UNCERTAIN, NOON - MINUTE),
        (ActionState.FAILED, NOON),
    ]
    assert first == found[:1]
    assert [(one.case, one.because, one.attempts) for one in first] == [(None, "why", 1)]


def test_the_last_alert_of_a_kind_is_found_with_its_values(database):
    for minutes, code in enumerate(["knowledge_refused", "knowledge_refused", "knowledge_refuse"]):
        at = NOON + minutes * MINUTE
        alert = PlannedAction(
            key=f"alert:{code}:{minutes}",
            kind=ActionKind.ALERT,
            case_id=None,
            due_at=at,
            data={"count": minutes},
        )
        with database.work() as work:
            work.actions.plan([alert], at)
    with database.reading() as work:
        assert work.operating.last_alert("knowledge_refused") == (NOON + MINUTE, {"count": 1})
        assert work.operating.last_alert("knowledge_differs") is None


def test_a_mailbox_is_told_with_whoever_leads_it(database):
    with database.work() as work:
        work.mailboxes.connect(MailboxKey("info"), NOON)
        work.mailboxes.lead(MailboxKey("info"), "worker-1", NOON, until=NOON + MINUTE)
    with database.reading() as work:
        (found,) = work.operating.mailboxes()
    assert (found.key, found.leader, found.led_until) == ("info", "worker-1", NOON + MINUTE)
    assert found.last_round_at is None


def test_the_room_of_a_database_is_more_than_nothing(database):
    with database.reading() as work:
        assert work.operating.storage().used > 4096


def test_unfinished_actions_are_found_by_their_index_among_very_many_finished_ones(sqlite_url):
    """On PostgreSQL the size of the table decides, and there is none here."""
    engine = open_engine(sqlite_url)
    seen = []
    with engine.connect() as connection:
        connection.connection.set_trace_callback(seen.append)
        Operating(connection).unfinished()
        Operating(connection).troubled(limit=10)
        connection.connection.set_trace_callback(None)
        queries = [query for query in seen if query.startswith("SELECT")]
        plans = [
            " ".join(row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}"))
            for query in queries
        ]
    engine.dispose()
    assert len(plans) == 3
    assert all("ix_action_" in plan for plan in plans), plans
