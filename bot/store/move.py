"""Moving house: all tables of a SQLite file copied into an empty PostgreSQL database.

One transaction there, and one moment of the file here: the copy is whole or it is not at
all. Values pass as the file holds them, but for those that the two databases keep in ways of
their own, and are compared afterwards as the program reads them on either side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Engine, Table, func, select, text

from bot.errors import DataError, UsageError
from bot.store import schema
from bot.store.engine import is_sqlite, transaction
from bot.store.search import Entry, SearchIndex
from bot.store.tables import Row, SearchEntryRow
from bot.store.tables.base import plain_rows

Progress = Callable[[str, int], object]
"""Hears the name of a table and how many of its rows have just been copied."""

_BATCH = 1000
_LARGE = 2**128


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a table holds, to be compared with another: the order of rows makes no difference."""

    rows: int
    digest: int


class _Copy(Protocol):
    """What psycopg gives for COPY; its own type is as wide as all of psycopg."""

    def write_row(self, row: Sequence[Any]) -> None: ...


def move(
    source: Engine, target: Engine, *, progress: Progress = lambda _table, _rows: None
) -> Mapping[str, int]:
    """Copy everything into an empty database; return the number of rows of each table.

    An empty target gets the program's schema first.

    Raises:
        UsageError: Not from SQLite to PostgreSQL.
        SchemaOutdated: One of the two has another schema than the program.
        DataError: The target holds something, or what was copied does not compare.
        DatabaseUnavailable: Either does not answer; the target is as empty as before.
    """
    if not is_sqlite(source) or is_sqlite(target):
        raise UsageError("flytten går från en SQLite-fil till PostgreSQL; se database_url")
    schema.require(source)
    if schema.current(target) is None:
        schema.upgrade(target)
    schema.require(target)
    with transaction(source, read_only=True) as here, transaction(target) as there:
        _refuse_what_is_full(there)
        # Instants lie in the file in UTC and without a zone.
        there.execute(text("SET LOCAL TIME ZONE 'UTC'"))
        counts = {}
        for table in Row.metadata.sorted_tables:
            if table.name == SearchEntryRow.__tablename__:
                counts[table.name] = _take_words_over(here, there, progress)
            else:
                _copy(table, here, there, progress)
                counts[table.name] = _compared(table, here, there).rows
            _go_on_numbering(table, there)
    return counts


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    """Read a whole table, as the program reads it, and sum it up."""
    rows, digest = 0, 0
    for row in connection.execute(select(table), execution_options={"yield_per": _BATCH}):
        sums = hashlib.blake2b(digest_size=16)
        for value in row:
            sums.update(value if isinstance(value, bytes) else repr(value).encode())
            sums.update(b"\0")
        rows, digest = rows + 1, (digest + int.from_bytes(sums.digest(), "big")) % _LARGE
    return Fingerprint(rows=rows, digest=digest)


def _refuse_what_is_full(there: Connection) -> None:
    full = [
        table.name
        for table in Row.metadata.sorted_tables
        if there.scalar(select(func.count()).select_from(table))
    ]
    if full:
        raise DataError(
            "databasen som ska ta emot är inte tom: {table} har rader; ange en tom databas",
            table=full[0],
        )


def _copy(table: Table, here: Connection, there: Connection, progress: Progress) -> None:
    columns = [column.name for column in table.columns]
    names, plain = ", ".join(columns), plain_rows(table, columns)
    with _copying(there, f"COPY {table.name} ({names}) FROM STDIN") as into:
        for batch in _batches(here, f"SELECT {names} FROM {table.name}"):
            for row in plain(batch):
                into.write_row(row)
            progress(table.name, len(batch))


def _take_words_over(here: Connection, there: Connection, progress: Progress) -> int:
    """Let mails be found by the same words; the two databases keep them in ways of their own."""
    count = 0
    for batch in _batches(here, "SELECT message_id, call_id, words FROM search_entry ORDER BY id"):
        SearchIndex(there).add(
            Entry(message_id=message_id, call_id=call_id, words=words)
            for message_id, call_id, words in batch
        )
        progress(SearchEntryRow.__tablename__, len(batch))
        count += len(batch)
    return count


def _copying(there: Connection, command: str) -> Any:  # noqa: ANN401 - psycopg's context manager
    cursor = cast("Any", there.connection.dbapi_connection).cursor()
    return cursor.copy(command)


def _batches(here: Connection, query: str) -> Iterator[Sequence[Any]]:
    found = here.exec_driver_sql(query)
    while batch := found.fetchmany(_BATCH):
        yield batch


def _go_on_numbering(table: Table, there: Connection) -> None:
    """Let a column that numbers rows by itself go on after the last number."""
    column = table.autoincrement_column
    if column is None:
        return
    last = there.scalar(select(func.max(column)))
    if last is not None:
        there.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, :number), :last)"),
            {"name": table.name, "number": column.name, "last": last},
        )


def _compared(table: Table, here: Connection, there: Connection) -> Fingerprint:
    copied = fingerprint(there, table)
    if copied != fingerprint(here, table):
        raise DataError(
            "tabellen {table} blev inte densamma; ingenting har flyttats", table=table.name
        )
    return copied
