"""Moving from a SQLite file to PostgreSQL, with a house that has had mail of all sorts."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import func, insert, inspect, select, text

from bot.errors import DataError, SchemaOutdated, UsageError
from bot.language.search_words import asked_words
from bot.store import schema
from bot.store.engine import open_engine
from bot.store.exclusive import claim_file
from bot.store.move import fingerprint, move
from bot.store.tables import (
    AnswerRatingRow,
    CaseRow,
    EventRow,
    FactSumRow,
    RegisterEntryRow,
    Row,
    SearchEntryRow,
)
from bot.store.tables.search import is_of_index
from bot.store.unit_of_work import Database
from functionmail.connectors.maildir import deliver
from tests.city import TUESDAY, City, mail
from tests.commands import call, write_settings
from tests.letters import ORDINARY, PROTECTED, URGENT_INVOICE
from tests.postgres_server import fresh_database

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A folder with the mail and the SQLite file of a house that has been lived in."""
    folder = tmp_path_factory.mktemp("house")
    city = City(folder / "mail", f"sqlite:///{folder / 'sammadag.db'}")
    for letter in (ORDINARY, URGENT_INVOICE, PROTECTED):
        city.post(**letter)
        city.post(**letter, mailbox="info")
    city.work_off()
    with city.app.database.engine.begin() as connection:
        connection.execute(insert(RegisterEntryRow), [entry(number) for number in (1, 2, 7)])
        connection.execute(insert(FactSumRow), [a_sum(1, b"\0\xff\n"), a_sum(2, None)])
        connection.execute(insert(AnswerRatingRow), [a_rating("anna"), a_rating(None)])
        # What a migration adds to old rows is no JSON at all, unlike what the program stores.
        connection.execute(text("UPDATE case_file SET deadline_reasons = NULL WHERE id = 1"))
    city.close()
    return folder


@pytest.fixture
def lived_in(tmp_path, house):
    """The URL of a SQLite file of this test's own that has cases, receipts and remarks."""
    shutil.copytree(house, tmp_path, dirs_exist_ok=True)
    return f"sqlite:///{tmp_path / 'sammadag.db'}"


def entry(number):
    return {
        "id": number,
        "register": "remark",
        "entry": number,
        "kind": "opened",
        "subject": None,
        "case_id": None,
        "at": TUESDAY,
        "actor": "anna",
        "data": {"text": "Åäö ☂", "n": [1, None, True]},
        "text": "en synpunkt",
    }


def a_sum(number, content):
    return {
        "id": number,
        "kind": "opened",
        "basis": "opened_day",
        "by": "",
        "first": number,
        "last": number,
        "rules": "1",
        "announced_at": TUESDAY,
        "content": content,
    }


def a_rating(person):
    return {
        "answer": None if person is None else "0123456789abcdef" * 2,
        "person": person,
        "at": TUESDAY,
        "face": "web",
        "intent": "route",
        "process": None,
        "helped": person is None,
    }


@pytest.fixture
def postgres(postgres_url):
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
def engines(lived_in, postgres):
    both = open_engine(lived_in), open_engine(postgres)
    yield both
    for engine in both:
        engine.dispose()


def fingerprints(engine):
    with engine.connect() as connection:
        return {
            table.name: fingerprint(connection, table)
            for table in Row.metadata.sorted_tables
            if table is not SearchEntryRow.__table__  # the same words, kept differently
        }


def test_every_table_is_the_same_afterwards(engines):
    source, target = engines
    move(source, target)
    before, after = fingerprints(source), fingerprints(target)
    assert after == before
    filled = {name for name, found in after.items() if found.rows}
    assert {"case_file", "delivery", "message_raw", "event", "action", "register_entry"} <= filled


def test_the_schema_does_not_tell_where_the_rows_came_from(engines):
    source, target = engines
    move(source, target)
    names = [set(inspect(engine).get_table_names()) for engine in (target, source)]
    there, here = ({name for name in some if not is_of_index(name)} for some in names)
    assert there == here
    assert schema.current(target) == schema.HEAD


def test_mails_are_found_by_the_same_words_afterwards(engines):
    source, target = engines
    move(source, target)
    found = []
    for engine in engines:
        with Database(engine).reading() as work:
            found.append(work.search.with_words(asked_words("faktura"), protected=True))
    assert found[0]
    assert found[0] == found[1]


def test_a_missing_value_and_an_empty_json_value_stay_apart(engines):
    source, target = engines
    move(source, target)
    query = select(func.count()).where(CaseRow.deadline_reasons.is_(text("NULL")))
    counts = []
    for engine in engines:
        with engine.connect() as connection:
            counts.append(connection.scalar(query))
    assert counts == [1, 1]


def test_numbering_goes_on_after_the_last_number(engines):
    source, target = engines
    move(source, target)
    new = {name: value for name, value in entry(0).items() if name != "id"}
    with target.begin() as connection:
        last_event = connection.scalar(select(func.max(EventRow.id)))
        number = connection.scalar(
            insert(RegisterEntryRow).values(new).returning(RegisterEntryRow.id)
        )
        following = connection.scalar(text("SELECT nextval(pg_get_serial_sequence('event', 'id'))"))
    assert number == 8
    assert following == last_event + 1


def test_the_sum_of_a_table_notes_one_letter_and_not_the_order(engines):
    source, _ = engines
    table = RegisterEntryRow.__table__
    with source.begin() as connection:
        first = fingerprint(connection, table)
        connection.execute(text("UPDATE register_entry SET id = id + 100"))
        connection.execute(text("UPDATE register_entry SET id = 101 - id + 7"))
        connection.execute(text("UPDATE register_entry SET text = 'en synpunkT' WHERE id = 1"))
        assert fingerprint(connection, table) != first
        assert fingerprint(connection, table).rows == first.rows


def test_rows_are_counted_while_they_are_copied(engines):
    source, target = engines
    told = {}
    counts = move(
        source, target, progress=lambda table, rows: told.update({table: told.get(table, 0) + rows})
    )
    assert told == {table: rows for table, rows in counts.items() if rows}


def test_a_database_that_holds_something_takes_nothing(engines):
    source, target = engines
    schema.upgrade(target)
    with target.begin() as connection:
        connection.execute(insert(RegisterEntryRow), [entry(1)])
    with pytest.raises(DataError, match="inte tom"):
        move(source, target)
    assert {name for name, found in fingerprints(target).items() if found.rows} == {
        "register_entry"
    }


def test_an_interrupted_move_leaves_nothing(engines):
    source, target = engines

    def interrupt(table, _rows):
        if table == "message_raw":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(source, target, progress=interrupt)
    assert not any(found.rows for found in fingerprints(target).values())


def test_another_schema_is_refused(engines):
    source, target = engines
    schema.upgrade(target)
    with target.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SchemaOutdated):
        move(source, target)


def test_only_a_file_moves_to_postgresql(engines):
    source, target = engines
    with pytest.raises(UsageError):
        move(target, source)
    with pytest.raises(UsageError):
        move(source, source)


def test_a_house_works_on_where_it_moved_to(tmp_path, lived_in, postgres):
    config = write_settings(tmp_path, lived_in)
    moved = call("--config", config, "db", "move", postgres, "--json")
    assert (moved.code, moved.row()["case_file"]) == (0, 6)
    city = City(tmp_path / "mail", postgres)
    city.work_off()
    assert len(city.cases()) == 6
    deliver(
        tmp_path / "mail" / "info",
        "new.test",
        mail(**ORDINARY, message_id="<n@x.example>"),
        TUESDAY,
    )
    city.work_off()
    assert str(city.cases()[-1].number).endswith("-000007")
    assert city.books().balanced
    city.close()


def test_nothing_moves_while_the_program_runs(tmp_path, lived_in, postgres):
    engine = open_engine(lived_in)
    lock = claim_file(engine)
    moved = call("--config", write_settings(tmp_path, lived_in), "db", "move", postgres)
    lock.release()
    engine.dispose()
    assert moved.code == 2
    assert "stoppa den först" in moved.err


def test_a_password_in_the_address_is_not_repeated(tmp_path, lived_in):
    address = "postgresql://sammadag:hemligt@127.0.0.1:1/sammadag"
    moved = call("--config", write_settings(tmp_path, lived_in), "db", "move", address)
    assert moved.code == 1
    assert "hemligt" not in moved.err
