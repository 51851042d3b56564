"""Engines: the one place that knows that the two databases differ."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Dialect,
    Engine,
    Table,
    TextClause,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import DataError as SqlDataError

from bot.errors import DatabaseUnavailable, SettingsError, StoreRefused
from bot.texts import mark

BUSY_TIMEOUT_MS = 5_000
_IN_MEMORY = ":memory:"

_T = TypeVar("_T")


def open_engine(url: str) -> Engine:
    """Return an engine with this project's settings for its dialect; connects to nothing yet.

    Raises:
        SettingsError: The address is not one of a database we know.
    """
    try:
        backend = make_url(url).get_backend_name()
        engine = create_engine(
            _with_driver(url), pool_pre_ping=backend == "postgresql", json_serializer=stored_json
        )
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise SettingsError(
            "database_url: går inte att läsa; skriv sqlite:///FIL eller "
            "postgresql://KONTO@VÄRD/NAMN (tillägget postgres)"
        ) from error
    if backend == "sqlite":
        event.listen(engine, "do_connect", _keep_to_the_owner)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif backend != "postgresql":
        raise SettingsError(
            "database_url: {backend} stöds inte; använd sqlite eller postgresql", backend=backend
        )
    return engine


_DENSE = json.JSONEncoder(separators=(",", ":"))


def stored_json(value: object) -> str:
    """Return JSON as it is stored: without spaces, which many events would hold."""
    return _DENSE.encode(value)


def _with_driver(url: str) -> str:
    head, _, tail = url.partition("://")
    return f"postgresql+psycopg://{tail}" if head in ("postgresql", "postgres") else url


def is_sqlite(engine: Engine) -> bool:
    """Tell whether the database is a SQLite file."""
    return engine.dialect.name == "sqlite"


def has_file(engine: Engine) -> bool:
    """Tell whether a SQLite file is there, which connecting would create; else True."""
    name = engine.url.database
    return not is_sqlite(engine) or not name or Path(name).exists()


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open an engine as `open_engine` does, and let go of it afterwards."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Room that a database takes.

    Attributes:
        used: Bytes; on PostgreSQL of this database alone.
    """

    used: int


def storage_of(connection: Connection) -> Storage:
    """Return how much room the database of a connection takes."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
        return Storage(used=pages * size)
    found = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
    return Storage(used=found.scalar_one())


def server_time(engine: Engine) -> datetime:
    """Return what the clock of PostgreSQL's machine shows, aware."""
    with transaction(engine, read_only=True) as connection:
        found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return found


def tool_address(engine: Engine) -> str:
    """Return the address for PostgreSQL's own tools, which ask for the password themselves."""
    url = engine.url
    return URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()


def sqlite_file(engine: Engine) -> Path | None:
    """Return the file of a SQLite database; None for PostgreSQL."""
    return Path(engine.url.database) if is_sqlite(engine) and engine.url.database else None


def _keep_to_the_owner(
    _dialect: Dialect, _record: object, arguments: Sequence[str], _options: object
) -> None:
    """Make a file that is not there yet readable to nobody else; it will hold people's mail."""
    if arguments[0] != _IN_MEMORY:
        with suppress(OSError):  # SQLite says better what is wrong
            os.close(os.open(arguments[0], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, below
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    # A plain BEGIN upgrades to a write lock later and then fails at once with
    # "database is locked", ignoring busy_timeout; readers need no write lock.
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def transaction(engine: Engine, *, read_only: bool = False) -> Iterator[Connection]:
    """Open one transaction: commit on success, else roll back.

    Raises:
        DatabaseUnavailable: Locked, full, gone or read-only; the cause is chained.
        StoreRefused: A row breaks a rule of the database, or holds a value it cannot take.
    """
    try:
        with engine.connect() as plain:
            connection = plain.execution_options(read_only=True) if read_only else plain
            with connection.begin():
                yield connection
    except OperationalError as error:
        raise DatabaseUnavailable(_advice(error)) from error
    except DBAPIError as error:
        if error.connection_invalidated or type(error) is DatabaseError:
            raise DatabaseUnavailable(_advice(error)) from error
        if isinstance(error, (SqlDataError, IntegrityError)):
            raise StoreRefused("databasen vägrar en rad i den här ändringen") from error
        raise


_LOCKED = mark("databasen är låst av ett annat program; försök igen om en stund")
_FULL = mark("databasens disk är full; frigör utrymme, inget har gått förlorat")
_READ_ONLY = mark("databasen går inte att skriva i; kontrollera rättigheterna för fil och mapp")
_NO_FOLDER = mark("databasens fil går inte att öppna; kontrollera att mappen finns")
_NO_DISK = mark("databasens disk är trasig eller full; se efter, inget har gått förlorat")
_NO_SQLITE = mark("databasens fil är skadad eller ingen SQLite-fil; kontrollera database_url")
_NO_ANSWER = mark("databasen svarar inte; kontrollera database_url och att servern är i gång")

_ADVICE = (
    ("locked", _LOCKED),
    ("full", _FULL),
    ("No space", _FULL),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("unable to open", _NO_FOLDER),
    ("disk I/O", _NO_DISK),
    ("not a database", _NO_SQLITE),
    ("malformed", _NO_SQLITE),
)


def _advice(error: DBAPIError) -> str:
    said = str(error.orig)
    for sign, advice in _ADVICE:
        if sign in said:
            return advice
    return _NO_ANSWER


def insert_rows(
    connection: Connection, row: type[Any], values: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that all have the same columns; columns not named get their server's default.

    Past SQLAlchemy's way of making each row ready, which takes as long as the insert itself:
    its types convert the values here too, but a column at a time.
    """
    _insert(connection, row, values, "")


def insert_if_new(
    connection: Connection, row: type[Any], values: Sequence[Mapping[str, Any]]
) -> None:
    """Insert as `insert_rows` does, but no row whose key or unique columns exist already."""
    _insert(connection, row, values, " ON CONFLICT DO NOTHING")


def _insert(
    connection: Connection, row: type[Any], values: Sequence[Mapping[str, Any]], on_conflict: str
) -> None:
    if values:
        form = _form_of(connection.dialect, row.__table__, tuple(values[0]))
        connection.exec_driver_sql(form.statement + on_conflict, form.rows_of(values))


class _Form(NamedTuple):
    """How rows of a table are handed to a driver; a converter of None keeps values as they are."""

    statement: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]

    def rows_of(self, values: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Return the rows as tuples of converted values."""
        columns = (
            [value[name] for value in values]
            if convert is None
            else [convert(value[name]) for value in values]
            for name, convert in self.columns
        )
        return list(zip(*columns, strict=True))


@lru_cache(maxsize=500)
def _form_of(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Form:
    """Return the form of some columns of a table, which must be all that have a default here."""
    missing = {column.name for column in table.columns if column.default is not None}
    if not missing.issubset(names):
        raise ValueError(f"{table.name}: no value for {sorted(missing.difference(names))}")
    quote = dialect.identifier_preparer.quote
    mark = "?" if dialect.name == "sqlite" else "%s"
    return _Form(
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))})"
        f" VALUES ({', '.join([mark] * len(names))})",
        tuple(
            (name, table.columns[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in names
        ),
    )


def insert_one_if_new(connection: Connection, row: type[Any], values: Mapping[str, Any]) -> bool:
    """Insert a row unless its key exists already; tell whether it is ours, of all who try."""
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    key = row.__table__.primary_key.columns
    done = insert(row).values(**values).on_conflict_do_nothing().returning(*key)
    return connection.execute(done).first() is not None


_CHUNK = 500
"""Values in one IN list; PostgreSQL plans worse with many more."""


def chunks(values: Collection[_T]) -> Iterator[list[_T]]:
    """Yield the values in lists short enough for one IN."""
    ordered = list(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]


def insert_many_if_new(
    connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert very many rows as `insert_if_new` does; return how many were new.

    Past SQLAlchemy's conversion of each value, which takes as long as the insert itself: days
    are given as ISO text, enums as their values.
    """
    if not rows:
        return 0
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    names, marks = ", ".join(columns), ", ".join([mark] * len(columns))
    done = connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING", list(rows)
    )
    return done.rowcount


def keep_writers_out(connection: Connection, table: str) -> bool:
    """Keep all others from writing a table until this transaction ends; False if one is at it.

    A SQLite file has one writer at a time anyway. On PostgreSQL nobody is waited for, since
    all who come later would wait behind us.
    """
    if connection.dialect.name == "sqlite":
        return True
    try:
        with connection.begin_nested():
            connection.execute(text(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE NOWAIT"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


_LOCK_NOT_AVAILABLE = "55P03"


def flagged(column: str) -> TextClause:
    """Return the condition that a column of booleans is true, as partial indexes say it.

    SQLite reads such an index only for a condition in the same words, and not for the ``= 1``
    that SQLAlchemy writes there.
    """
    return text(column)


def by_index(connection: Connection, table: str, index: str) -> TextClause:
    """Return a table for FROM, to be searched by an index.

    SQLite takes the key of a large table instead when only the first column of both is the
    same, and then reads every row that has it.
    """
    hint = f" INDEXED BY {index}" if connection.dialect.name == "sqlite" else ""
    return text(f"{table}{hint}")


def give_room(connection: Connection) -> None:
    """Let a connection keep more of a SQLite file in memory and tidy up by `tidy` only.

    Measured with 1.7 million invoices: 98 s instead of 137 s for 64 MB, and 45 s instead of
    70 s where pages that change often are not copied into the file after each commit.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -65536")
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 0")


def tidy(engine: Engine) -> None:
    """Copy what was committed into a SQLite file; others read and write meanwhile."""
    if is_sqlite(engine):
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()
