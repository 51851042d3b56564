"""Databases that are made once for all tests of a module, and emptied after each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import delete, make_url

from bot.store import schema
from bot.store.engine import open_engine, opened, transaction
from bot.store.tables import Row
from bot.store.unit_of_work import Database
from tests.postgres_server import fresh_database

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
"""For the params of a fixture."""


@cache
def empty_file() -> bytes:
    """Return a SQLite file with the present schema and nothing in it, migrated once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        with opened(f"sqlite:///{path}") as engine:
            schema.upgrade(engine)
            with engine.connect() as connection:
                # Migrations leave pages free, in which a database would grow unseen.
                connection.connection.driver_connection.execute("VACUUM")
        return path.read_bytes()


def bring_up_to_date(database_url: str) -> None:
    """Give a database the present schema: PostgreSQL, or a SQLite file that is not there.

    One that is there has it, or gets it from the house that is built upon it.
    """
    address = make_url(database_url)
    if address.get_backend_name() != "sqlite":
        with opened(database_url) as engine:
            schema.upgrade(engine)
    elif address.database and not (file := Path(address.database)).exists():
        file.write_bytes(empty_file())


class KeptDatabases:
    """Makes each kind of database when it is first asked for."""

    def __init__(self, folder: Path, request: pytest.FixtureRequest, stack: ExitStack) -> None:
        self._folder = folder
        self._request = request
        self._stack = stack
        self._made: dict[str, Database] = {}

    def __call__(self, kind: str) -> Database:
        """Return the database of a kind, ``sqlite`` or ``postgresql``."""
        if kind not in self._made:
            self._made[kind] = self._make(kind)
        return self._made[kind]

    def _make(self, kind: str) -> Database:
        asked = self._request.getfixturevalue
        if kind == "postgresql":
            copied = fresh_database(asked("postgres_url"), template=asked("empty_postgres"))
            url = self._stack.enter_context(copied)
        else:
            path = shutil.copy(asked("empty_database"), self._folder / "sammadag.db")
            url = f"sqlite:///{path}"
        database = Database(open_engine(url))
        self._stack.callback(database.close)
        return database


@contextmanager
def kept_databases(
    request: pytest.FixtureRequest, folders: pytest.TempPathFactory
) -> Iterator[KeptDatabases]:
    """Keep databases for a module, and let go of them afterwards."""
    with ExitStack() as stack:
        yield KeptDatabases(folders.mktemp("kept"), request, stack)


def empty(database: Database) -> None:
    """Delete all rows of all tables."""
    with transaction(database.engine) as connection:
        for table in reversed(Row.metadata.sorted_tables):
            connection.execute(delete(table))
