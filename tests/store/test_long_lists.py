"""Long lists are read by indexes of their own, which SQLite does only if it is asked just so.

PostgreSQL chooses by what the tables hold; empty ones show nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from bot.reports.case_facts import COUNTED_EVENTS
from bot.store.fact_keeping import usual_calendar
from bot.store.tables.casework import NOT_FOUND_BY_TIME
from bot.vocabulary import CaseId, MessageId, Verdict
from tests.kept_database import kept_databases

EARLY, LATE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
QUESTIONS = {
    "ix_case_file_complaint": lambda work: work.registers.complaints_without_remark(
        below=CaseId(7), limit=10
    ),
    "ix_message_glance": lambda work: work.books.ignored(glance_only=True, below=MessageId(7)),
    "ix_message_case_id_received_at": lambda work: work.books.ignored(below=MessageId(7)),
    "INDEX ix_case_file_complaint": lambda work: work.registers.complaint_above(
        CaseId(7), places=10
    ),
    "INDEX ix_message_glance": lambda work: work.books.ignored_above(
        MessageId(7), places=10, glance_only=True
    ),
    "INDEX ix_message_case_id_received_at": lambda work: work.books.ignored_above(
        MessageId(7), places=10
    ),
    "ix_delivery_contradicting": lambda work: work.books.faulty_outcomes(),
    "ix_delivery_mark_due": lambda work: work.books.due_marks("info", limit=10),
    "COVERING INDEX ix_delivery_outcome_mailbox_gone_at": lambda work: work.books.outcomes(),
    "INDEX ix_event_found_by_time": lambda work: list(work.reply_facts.between(EARLY, LATE)),
    "ix_event_found_by_time": lambda work: work.control.closed_between("info", EARLY, LATE),
    "ix_event_found_by_time (kind=?": lambda work: work.case_facts.make_of_days(
        usual_calendar(), EARLY, LATE, after=CaseId(0), limit=10
    ),
    "ix_action_unfinished": lambda work: work.actions.settle(CaseId(7), Verdict.SENT, LATE),
    "ix_reply_task_due": lambda work: work.reply_tasks.due(LATE),
}


@pytest.fixture(scope="module")
def database(request, tmp_path_factory):
    with kept_databases(request, tmp_path_factory) as kept:
        yield kept("sqlite")


@pytest.fixture
def plan(database):
    """Return how the database goes about what is asked of it."""
    found = []

    def look(connection, _cursor, statement, parameters, _context, _many):
        cursor = connection.connection.cursor()
        found.extend(
            str(row) for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        )
        cursor.close()

    def plan(ask):
        with database.reading() as work:
            ask(work)
        return "\n".join(found)

    event.listen(database.engine, "before_cursor_execute", look)
    yield plan
    event.remove(database.engine, "before_cursor_execute", look)


@pytest.mark.parametrize("index", QUESTIONS)
def test_a_list_is_read_by_its_own_index(plan, index):
    assert index in plan(QUESTIONS[index])


def test_all_events_that_figures_count_are_found_by_time():
    assert COUNTED_EVENTS.isdisjoint(NOT_FOUND_BY_TIME)
