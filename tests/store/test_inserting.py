"""Rows that are handed to the driver past SQLAlchemy become what SQLAlchemy reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from bot.store.engine import insert_if_new, insert_rows, open_engine, transaction
from bot.store.records import Delivery
from bot.store.tables import QuarantineRow
from bot.vocabulary import Outcome

AT = datetime(2026, 3, 2, 9, 30, 15, 250_000, tzinfo=UTC)


def row(**changed):
    return {
        "mailbox": "info",
        "key": "1",
        "received_at": AT,
        "content": b"\0\xff",
        "transport_headers": {"headers": [["x-å", "ö"]]},
        "error": "ValueError in parse:7",
        "attempts": 1,
        "retry_at": AT,
    } | changed


@pytest.fixture
def connection(database):
    with transaction(database.engine) as connection:
        yield connection


def stored(connection):
    found = connection.execute(select(QuarantineRow.__table__).order_by(QuarantineRow.key))
    return [dict(one) for one in found.mappings()]


def test_rows_are_read_as_they_were_given(connection):
    rows = [row(), row(key="2", content=b"", transport_headers={}, attempts=70_000)]
    insert_rows(connection, QuarantineRow, rows)
    assert stored(connection) == rows


def test_instants_of_any_zone_are_stored_as_the_same_instants(connection):
    elsewhere = AT.astimezone(timezone(timedelta(hours=-5)))
    insert_rows(connection, QuarantineRow, [row(received_at=elsewhere)])
    assert stored(connection) == [row()]


def test_a_naive_instant_is_refused(connection):
    with pytest.raises(ValueError, match="naive"):
        insert_rows(connection, QuarantineRow, [row(received_at=AT.replace(tzinfo=None))])


def test_a_row_whose_key_is_there_stays_as_it_is(connection):
    insert_rows(connection, QuarantineRow, [row()])
    insert_if_new(connection, QuarantineRow, [row(error="other"), row(key="2")])
    assert stored(connection) == [row(), row(key="2")]


def test_a_column_with_a_default_of_its_own_must_be_named():
    without = {name: value for name, value in row().items() if name != "attempts"}
    with (
        transaction(open_engine("sqlite://")) as connection,
        pytest.raises(ValueError, match="attempts"),
    ):
        insert_rows(connection, QuarantineRow, [without])


def test_a_key_is_seen_in_the_mailbox_that_showed_it_and_in_no_other(database):
    with database.work() as work:
        work.books.deliver(
            Delivery(mailbox=mailbox, key=key, outcome=Outcome.QUARANTINED, seen_at=AT)
            for mailbox, key in (("info", "1"), ("info", "2"), ("kassa-bank", "3"))
        )
        seen = work.books.seen_in({"info": ["1", "3"], "kassa-bank": ["2", "3"], "sys": ["1"]})
    assert seen == {("info", "1"), ("kassa-bank", "3")}
