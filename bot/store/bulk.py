"""Very many rows at once, into a database that holds no cases yet.

Rows come as a SQLite file holds them (`bot.store.tables.base`; truths as 0 and 1, JSON packed or
as text, as its column has it) and are written past SQLAlchemy: by the driver itself on SQLite, by
COPY on PostgreSQL. Indexes of no key are dropped first and made again at the end, which is far
faster than keeping them meanwhile; one that is to be unique then says whether what was written
is.

On PostgreSQL all of it is one transaction. On SQLite that would take the room of the database
twice; there it is many, and the file says until the last one that it is unfinished: whoever was
interrupted throws it away, and `bot.store.schema` refuses it until then. That is why it can be
written without a log beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Index, Table, func, select, text

from bot.errors import DataError
from bot.store import counters, fact_sums
from bot.store.engine import is_sqlite, transaction
from bot.store.schema import UNFINISHED
from bot.store.tables import CaseRow, DeliveryRow, Row
from bot.store.tables.base import plain_rows
from bot.store.tables.search import drop_index, make_index

Tuples = Sequence[tuple[Any, ...]]

_SEARCH: Final = "search_entry"
_MADE_WORDS: Final = "made_words"
"""Where words go on PostgreSQL before they become stems."""
_CACHE_KB: Final = 200_000
_UNSAFE: Final = (
    "foreign_keys = OFF",
    "journal_mode = MEMORY",
    "synchronous = OFF",
    f"cache_size = -{_CACHE_KB}",
    # Some builds write zeros over all that moves in the file (measured: a sixth of the time).
    "secure_delete = OFF",
)
_COMMIT_AFTER: Final = 500_000
"""Rows in one transaction on SQLite."""


class BulkWriter:
    """Writes rows; see `writing`."""

    def __init__(
        self, connection: Connection, columns: Mapping[str, Sequence[str]], commit_after: int
    ) -> None:
        self._connection = connection
        self._commit_after = commit_after
        self._sqlite = connection.dialect.name == "sqlite"
        self._driver = cast("Any", connection.connection.dbapi_connection)
        self._columns = columns
        self._waiting = 0

    def add(self, table: str, rows: Tuples) -> None:
        """Add rows to a table, in the order of its columns."""
        if not rows:
            return
        if self._sqlite:
            self._insert(table, rows)
        else:
            self._copy(table, self._columns[table], rows)

    def count_on(self, values: Mapping[str, int]) -> None:
        """Let running numbers go on after those that were used."""
        for name, value in values.items():
            counters.take(self._connection, name, value)

    def _insert(self, table: str, rows: Tuples) -> None:
        names = ", ".join(self._columns[table])
        marks = ", ".join("?" * len(self._columns[table]))
        self._driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        self._waiting += len(rows)
        if self._waiting >= self._commit_after:
            _commit_so_far(self._driver)
            self._waiting = 0

    def _copy(self, table: str, columns: Sequence[str], rows: Tuples) -> None:
        into_table = _MADE_WORDS if table == _SEARCH else table
        plain = plain_rows(Row.metadata.tables[table], columns)
        command = f"COPY {into_table} ({', '.join(columns)}) FROM STDIN"
        with self._driver.cursor().copy(command) as into:
            for row in plain(rows):
                into.write_row(row)


@contextmanager
def writing(
    engine: Engine, columns: Mapping[str, Sequence[str]], *, commit_after: int = _COMMIT_AFTER
) -> Iterator[BulkWriter]:
    """Open a database for very many rows.

    Args:
        columns: Of each table that gets rows, parents before children.
        commit_after: So many rows make a transaction on SQLite.

    Raises:
        DataError: The database holds cases or mails.
        DatabaseUnavailable: Locked, full or gone.
    """
    tables = [Row.metadata.tables[name] for name in columns]
    indexes = [index for table in tables for index in _free_indexes(table)]
    opened = _file_transaction if is_sqlite(engine) else _server_transaction
    with opened(engine) as connection:
        for index in indexes:
            index.drop(connection)
        drop_index(connection)
        yield BulkWriter(connection, columns, commit_after)
        _finish(connection, tables, indexes)


def refuse_used(connection: Connection) -> None:
    """Raise DataError unless a database is free of cases and of mails."""
    for row in (CaseRow, DeliveryRow):
        if connection.execute(select(row.__table__).limit(1)).first() is not None:
            raise DataError(
                "databasen har redan ärenden; simulate kräver en tom databas (database_url)"
            )


@contextmanager
def _server_transaction(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as connection:
        refuse_used(connection)
        connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        connection.execute(
            text(
                f"CREATE TEMPORARY TABLE {_MADE_WORDS}"
                " (message_id int, call_id int, words text) ON COMMIT DROP"
            )
        )
        yield connection


@contextmanager
def _file_transaction(engine: Engine) -> Iterator[Connection]:
    """Open transactions in which rows are not checked one by one for their parents."""
    with engine.connect() as connection:
        driver = cast("Any", connection.connection.dbapi_connection)
        for pragma in _UNSAFE:  # none of them can be set inside a transaction
            driver.execute(f"PRAGMA {pragma}")
        try:
            with connection.begin():
                refuse_used(connection)
                driver.execute(f"PRAGMA user_version = {UNFINISHED}")
                _commit_so_far(driver)
                yield connection
                driver.execute("PRAGMA user_version = 0")
        except BaseException:
            _forgive(driver)
            raise
        finally:
            driver.execute("PRAGMA journal_mode = WAL")
            connection.invalidate()  # so that nobody else gets a connection without rules


def _commit_so_far(driver: Any) -> None:  # noqa: ANN401 - the driver's own connection
    driver.execute("COMMIT")
    driver.execute("BEGIN IMMEDIATE")


def _forgive(driver: Any) -> None:  # noqa: ANN401
    """Let a file be what it was in which nothing was written before something went wrong."""
    written = driver.execute(f"SELECT 1 FROM {CaseRow.__tablename__} LIMIT 1").fetchone()
    if written is None:
        driver.execute("PRAGMA user_version = 0")


def _free_indexes(table: Table) -> list[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _finish(connection: Connection, tables: Sequence[Table], indexes: Sequence[Index]) -> None:
    if connection.dialect.name == "sqlite":
        make_index(connection)
        connection.exec_driver_sql("INSERT INTO search_words(search_words) VALUES ('rebuild')")
    else:
        connection.execute(
            text(
                "INSERT INTO search_entry (message_id, call_id, words)"
                " SELECT message_id, call_id, strip(to_tsvector('swedish', words))"
                f" FROM {_MADE_WORDS}"
            )
        )
        make_index(connection)
        for table in tables:
            _go_on_numbering(table, connection)
    for index in indexes:
        index.create(connection)
    fact_sums.clear(connection)  # of rows that came in past those who make them void
    connection.exec_driver_sql("ANALYZE")


def _go_on_numbering(table: Table, connection: Connection) -> None:
    column = table.autoincrement_column
    if column is None:
        return
    last = connection.scalar(select(func.max(column)))
    if last is not None:
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, :number), :last)"),
            {"name": table.name, "number": column.name, "last": last},
        )
