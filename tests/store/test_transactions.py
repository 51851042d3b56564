from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, insert, select, text

from bot.errors import DatabaseUnavailable, SettingsError
from bot.store import counters, schema
from bot.store.engine import open_engine, transaction
from bot.store.tables import MailboxRow
from bot.store.unit_of_work import Database

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_numbers_taken_at_the_same_time_are_all_different(database):
    def take(_):
        with transaction(database.engine) as connection:
            return counters.take(connection, "case", 3)

    with ThreadPoolExecutor(8) as pool:
        firsts = list(pool.map(take, range(40)))
    assert sorted(firsts) == [1 + 3 * n for n in range(40)]


def test_a_new_sqlite_file_is_read_by_its_owner_alone(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with transaction(engine) as connection:
        connection.execute(text("CREATE TABLE a (b)"))
        made = [file.stat().st_mode & 0o777 for file in sorted(tmp_path.iterdir())]
    engine.dispose()
    assert made
    assert set(made) == {0o600}


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine = open_engine("sqlite://")
    with transaction(engine) as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()
    assert list(tmp_path.iterdir()) == []


def test_instants_come_back_aware_and_in_utc(database):
    with database.work() as work:
        assert work.mailboxes.connect("info", NOON).connected_at == NOON
    with database.reading() as work:
        assert work.mailboxes.get("info").connected_at.utcoffset().total_seconds() == 0


def test_a_naive_instant_is_refused(database):
    with pytest.raises(Exception, match="naive datetime"), transaction(database.engine) as c:
        c.execute(insert(MailboxRow), {"mailbox": "info", "connected_at": datetime(2026, 1, 1)})  # noqa: DTZ001


def test_first_contact_is_kept(database):
    with database.work() as work:
        work.mailboxes.connect("info", NOON)
        assert work.mailboxes.connect("info", NOON.replace(hour=15)).connected_at == NOON


def test_a_mailbox_catches_up_once(database):
    with database.work() as work:
        work.mailboxes.connect("info", NOON)
        assert work.mailboxes.caught_up("info", NOON)
        assert not work.mailboxes.caught_up("info", NOON)


def test_a_reader_does_not_wait_for_a_writer(database):
    written, read = threading.Event(), threading.Event()

    def write():
        with database.work() as work:
            work.mailboxes.connect("info", NOON)
            written.set()
            assert read.wait(5)

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(write)
        assert written.wait(5)
        with database.reading() as work:
            assert work.mailboxes.get("info") is None
        read.set()
        done.result()


def test_what_is_done_together_is_stored_together_or_not_at_all(database):
    with pytest.raises(ZeroDivisionError), database.together():
        with database.work() as work:
            work.mailboxes.connect("info", NOON)
        with database.reading() as work:
            assert work.mailboxes.get("info") is not None
        raise ZeroDivisionError
    with database.reading() as work:
        assert work.mailboxes.get("info") is None
    with database.together(), database.work() as work:
        work.mailboxes.connect("info", NOON)
    with database.reading() as work:
        assert work.mailboxes.get("info") is not None


def test_a_part_that_fails_is_taken_back_alone(database):
    with database.together():
        with database.work() as work:
            work.mailboxes.connect("info", NOON)
        with pytest.raises(ZeroDivisionError), database.work() as work:
            work.mailboxes.connect("kundreskontra", NOON)
            raise ZeroDivisionError
    with database.reading() as work:
        assert work.mailboxes.get("info") is not None
        assert work.mailboxes.get("kundreskontra") is None


def test_what_is_done_together_is_one_thread_s_alone(database):
    def look():
        with database.reading() as work:
            return work.mailboxes.get("info")

    with database.together(), ThreadPoolExecutor(1) as pool:
        with database.work() as work:
            work.mailboxes.connect("info", NOON)
        assert pool.submit(look).result() is None


def test_a_locked_sqlite_file_says_so_in_one_line(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with transaction(engine) as holder:
        holder.execute(text("CREATE TABLE t (n INTEGER)"))
        with pytest.raises(DatabaseUnavailable, match="låst"):
            _write_without_patience(engine)
    engine.dispose()


def _write_without_patience(engine):
    impatient = open_engine(str(engine.url))
    with impatient.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA busy_timeout = 10")
    try:
        with transaction(impatient) as connection:
            connection.execute(text("CREATE TABLE u (n INTEGER)"))
    finally:
        impatient.dispose()


def test_a_full_disk_says_so_in_one_line(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with transaction(engine) as connection:
        connection.execute(text("CREATE TABLE t (content BLOB)"))
        connection.exec_driver_sql("PRAGMA max_page_count = 10")
    with pytest.raises(DatabaseUnavailable, match="disk"), transaction(engine) as connection:
        connection.execute(text("INSERT INTO t VALUES (zeroblob(1000000))"))
    with transaction(engine, read_only=True) as connection:
        assert connection.scalar(select(text("count(*)")).select_from(text("t"))) == 0
    engine.dispose()


def test_a_database_file_in_a_missing_folder_says_so_in_one_line(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'missing' / 'a.db'}")
    with pytest.raises(DatabaseUnavailable, match="mappen finns"), transaction(engine):
        pass
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", "oracle://x"])
def test_an_unknown_database_is_refused_with_what_would_do(url):
    with pytest.raises(SettingsError, match="database_url"):
        open_engine(url)


def test_threads_that_write_wait_for_their_turn_and_none_is_turned_away(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'turns.db'}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 0"))
    schema.make_ready(engine)
    database = Database(engine)
    ready = threading.Barrier(12)

    def write(number):
        ready.wait(10)
        for _ in range(20):
            with database.work() as work:
                work.mailboxes.connect(f"box{number}", NOON)
        return number

    with ThreadPoolExecutor(12) as pool:
        wrote = list(pool.map(write, range(12)))
    database.close()
    assert wrote == list(range(12))
