"""Long lists are read by indexes of their own, which SQLite does only if it is asked just so.

PostgreSQL chooses by what the tables hold; empty ones show nothing.
"""

from __future__ import annotations

import pytest
from sqlalchemy import event

from bot.vocabulary import CaseId, MessageId
from tests.kept_database import kept_databases

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
