from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.errors import AlreadyRunning, DataError, NotFound, SchemaOutdated
from bot.store import counters, schema
from bot.store.backup import back_up, examined, restore
from bot.store.engine import open_engine
from bot.store.exclusive import claim_file
from bot.store.restored import GAP_A_DAY
from bot.store.tables import CounterRow, DeliveryRow, QuarantineRow
from bot.store.unit_of_work import Database
from bot.vocabulary import Outcome

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A database file with the present schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    with opened(path):
        pass
    return path


@pytest.fixture
def file(tmp_path, empty):
    """A database file of this test's own, with the present schema and nothing in it."""
    return Path(shutil.copy(empty, tmp_path / "sammadag.db"))


class opened:
    """A database file, open."""

    def __init__(self, path):
        self.database = Database(open_engine(f"sqlite:///{path}"))

    def __enter__(self):
        schema.make_ready(self.database.engine)
        return self.database

    def __exit__(self, *_exception):
        self.database.close()


def add_deliveries(database, names, *, seen_at=NOW):
    with database.engine.begin() as connection:
        connection.execute(
            insert(DeliveryRow),
            [
                {
                    "mailbox": "info",
                    "key": name,
                    "outcome": Outcome.QUARANTINED,
                    "message_id": None,
                    "case_id": None,
                    "seen_at": seen_at,
                }
                for name in names
            ],
        )


CASE = """
INSERT INTO case_file (id, year, serial, status, channel, mailbox, urgent, possible, protected,
    complaint, misdirected, team, language, received_at, clock_started_at, stop_confirmed, version)
VALUES (1, 2026, 1, 'new', 'email', 'info', 'no', 0, 0, 0, 0, 'team', 'sv',
    '2026-03-03 09:00:00.000000', '2026-03-03 09:00:00.000000', 0, 1)
"""


def add_case(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(CASE)


def keys(path):
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT key FROM delivery")}


def test_a_backup_holds_what_the_database_held(file, tmp_path):
    with opened(file) as database:
        add_deliveries(database, ["a", "b"])
    found = back_up(file, tmp_path / "copy.db")
    assert (found.schema, found.cases, found.deliveries) == (schema.HEAD, 0, 2)
    assert keys(tmp_path / "copy.db") == {"a", "b"}


def test_a_backup_is_one_file_for_its_owner_only(file, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    with opened(file) as database:
        add_deliveries(database, ["a"])
        back_up(file, folder / "copy.db")
    assert [path.name for path in folder.iterdir()] == ["copy.db"]
    assert stat.S_IMODE((folder / "copy.db").stat().st_mode) == 0o600


def test_a_backup_is_one_moment_of_a_database_that_is_written_meanwhile(file, tmp_path):
    written = []
    with opened(file) as database:
        add_deliveries(database, ["before"])
        with database.engine.begin() as connection:
            connection.execute(insert(QuarantineRow), [large(f"{n}", megabytes=8) for n in "abc"])

        def write(_done, _pages):
            assert len(written) < 20, "the copy begins anew whenever somebody writes"
            written.append(f"meanwhile {len(written)}")
            add_deliveries(database, written[-1:])

        back_up(file, tmp_path / "copy.db", progress=write)
    assert keys(tmp_path / "copy.db") == {"before"}
    assert keys(file) == {"before", *written}
    assert len(written) >= 3


def large(name, *, megabytes):
    return {
        "mailbox": "info",
        "key": name,
        "received_at": NOW,
        "content": b"x" * 2**20 * megabytes,
        "transport_headers": {},
        "error": "",
        "retry_at": NOW,
    }


def test_progress_is_told_to_the_last_page(file, tmp_path):
    told = []
    back_up(file, tmp_path / "copy.db", progress=lambda done, pages: told.append((done, pages)))
    assert told[-1][0] == told[-1][1] > 0


def test_an_earlier_backup_is_replaced(file, tmp_path):
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    with opened(file) as database:
        add_deliveries(database, ["a"])
    assert back_up(file, copy).deliveries == 1
    assert keys(copy) == {"a"}


@pytest.mark.parametrize("content", [b"a letter", b"", b"SQLite format 3\0" + b"x" * 5000])
def test_nothing_else_is_replaced(file, tmp_path, content):
    other = tmp_path / "letter.txt"
    other.write_bytes(content)
    with pytest.raises(DataError, match="något annat än en säkerhetskopia"):
        back_up(file, other)
    assert other.read_bytes() == content


def test_the_database_is_not_its_own_backup(file, tmp_path):
    (tmp_path / "link.db").symlink_to(file)
    with pytest.raises(DataError, match="är databasen själv"):
        back_up(file, tmp_path / "link.db")
    with pytest.raises(DataError, match="är databasen själv"):
        restore(file, file, now=NOW, force=True)


def test_a_backup_of_nothing_is_refused_and_makes_nothing(tmp_path):
    with pytest.raises(NotFound):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def damage(path):
    content = bytearray(path.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)


def test_a_damaged_database_makes_no_backup(file, tmp_path):
    with opened(file) as database:
        add_deliveries(database, [f"{number:05}" for number in range(500)])
    damage(file)
    with pytest.raises(DataError, match="skadad"):
        back_up(file, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.glob("*copy*")] == []


def test_a_restored_database_holds_what_the_backup_held(file, tmp_path):
    with opened(file) as database:
        add_deliveries(database, ["a"])
        back_up(file, tmp_path / "copy.db")
        add_deliveries(database, ["b"])
    done = restore(tmp_path / "copy.db", file, now=NOW)
    assert (done.contents.deliveries, done.put_aside) == (1, None)
    with opened(file):
        assert keys(file) == {"a"}


def test_a_log_of_the_old_database_does_not_spoil_the_new_one(file, tmp_path):
    """A program that was killed leaves the last changes in a file beside the database."""
    back_up(file, tmp_path / "copy.db")
    with opened(file) as database:
        add_deliveries(database, ["b"])
        killed = tmp_path / "killed"
        killed.mkdir()
        for path in tmp_path.glob("sammadag.db*"):
            (killed / path.name).write_bytes(path.read_bytes())
    assert (killed / "sammadag.db-wal").stat().st_size > 0
    restore(tmp_path / "copy.db", killed / "sammadag.db", now=NOW)
    assert keys(killed / "sammadag.db") == set()
    assert not (killed / "sammadag.db-wal").exists()


def test_a_database_with_cases_is_not_replaced_unless_it_is_forced(file, tmp_path):
    back_up(file, tmp_path / "copy.db")
    add_case(file)
    with pytest.raises(DataError, match="--force"):
        restore(tmp_path / "copy.db", file, now=NOW)
    assert examined(file).cases == 1


def test_a_database_that_was_replaced_by_force_lies_beside(file, tmp_path):
    back_up(file, tmp_path / "copy.db")
    add_case(file)
    done = restore(tmp_path / "copy.db", file, now=NOW, force=True)
    assert done.put_aside == tmp_path / "sammadag.db.20260303T090000Z"
    assert examined(done.put_aside).cases == 1
    assert examined(file).cases == 0


def test_a_damaged_database_is_replaced_by_force_and_kept(file, tmp_path):
    with opened(file) as database:
        add_deliveries(database, [f"{number:05}" for number in range(500)])
    back_up(file, tmp_path / "copy.db")
    file.write_bytes(b"no database at all")
    with pytest.raises(DataError, match="--force"):
        restore(tmp_path / "copy.db", file, now=NOW)
    done = restore(tmp_path / "copy.db", file, now=NOW, force=True)
    assert done.put_aside.read_bytes() == b"no database at all"
    assert examined(file).deliveries == 500


def test_a_database_that_is_not_there_any_more_comes_back(file, tmp_path):
    back_up(file, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "new.db", now=NOW)
    assert examined(tmp_path / "new.db").schema == schema.HEAD


def test_a_damaged_backup_changes_nothing(file, tmp_path):
    with opened(file) as database:
        add_deliveries(database, [f"{number:05}" for number in range(500)])
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    damage(copy)
    before = file.read_bytes()
    with pytest.raises(DataError, match="skadad"):
        restore(copy, file, now=NOW)
    assert file.read_bytes() == before


def test_what_is_no_database_of_ours_is_refused(file, tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE song (name TEXT)")
    with pytest.raises(DataError, match="ingen databas från Samma dag"):
        restore(other, file, now=NOW)


def test_a_backup_with_an_older_schema_is_brought_forward(file, tmp_path):
    from alembic import command

    old = tmp_path / "old.db"
    engine = open_engine(f"sqlite:///{old}")
    with engine.connect() as connection, connection.begin():
        command.upgrade(schema.config(connection), "0002")
    engine.dispose()
    done = restore(old, file, now=NOW)
    assert (done.was, done.contents.schema) == ("0002", schema.HEAD)


def test_a_backup_from_a_newer_program_is_refused(file, tmp_path):
    copy = tmp_path / "copy.db"
    back_up(file, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaOutdated):
        restore(copy, file, now=NOW)
    assert examined(file).schema == schema.HEAD


def test_a_database_that_somebody_is_writing_is_not_replaced(file, tmp_path):
    back_up(file, tmp_path / "copy.db")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(AlreadyRunning):
            restore(tmp_path / "copy.db", file, now=NOW)
        other.execute("ROLLBACK")
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_the_claim_on_a_file_outlives_its_replacement(file, tmp_path):
    back_up(file, tmp_path / "copy.db")
    engine = open_engine(f"sqlite:///{file}")
    lock = claim_file(engine)
    restore(tmp_path / "copy.db", file, now=NOW)
    with pytest.raises(AlreadyRunning):
        claim_file(engine)
    lock.release()
    engine.dispose()


def serial(database, year):
    with database.engine.begin() as connection:
        return counters.take(connection, f"{counters.CASE_SERIAL}{year}", 1)


def test_case_numbers_that_were_given_out_after_the_backup_are_not_given_out_again(file, tmp_path):
    with opened(file) as database:
        add_deliveries(database, ["a"])
        assert serial(database, 2026) == 1
        back_up(file, tmp_path / "copy.db")
        assert [serial(database, 2026) for _ in range(5)] == [2, 3, 4, 5, 6]
    restore(tmp_path / "copy.db", file, now=NOW + timedelta(days=2, hours=1))
    with opened(file) as database:
        assert serial(database, 2026) == 2 + 3 * GAP_A_DAY


def test_the_gap_reaches_into_a_year_that_the_backup_did_not_see(file, tmp_path):
    before = datetime(2026, 12, 30, 12, tzinfo=UTC)
    with opened(file) as database:
        add_deliveries(database, ["a"], seen_at=before)
    back_up(file, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", file, now=before + timedelta(days=3))
    with opened(file) as database:
        assert serial(database, 2027) > 3 * GAP_A_DAY


def test_an_empty_backup_leaves_no_gap(file, tmp_path):
    back_up(file, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", file, now=NOW)
    with opened(file) as database, database.engine.connect() as connection:
        assert connection.execute(CounterRow.__table__.select()).all() == []
