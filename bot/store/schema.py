"""The schema's version: what a database has, what the program wants, and how to get there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, inspect, text

from bot.errors import DataError, SchemaOutdated, StoreRefused
from bot.store.engine import is_sqlite, transaction

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0019"
"""The newest migration; a test holds it equal to Alembic's own answer."""
UNFINISHED = 1
"""`user_version` of a SQLite file while `bot.store.bulk` writes it."""


def current(engine: Engine) -> str | None:
    """Return the revision of a database, or None for an empty one."""
    with transaction(engine, read_only=True) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring a database to the newest schema; return the revision before and after."""
    before = current(engine)
    if before != HEAD:
        from alembic import command  # takes 0.3 s to import, and is needed once

        with _rebuilding(engine) as connection:
            command.upgrade(config(connection), "head")
    return before, HEAD


@contextmanager
def _rebuilding(engine: Engine) -> Iterator[Connection]:
    """Open a transaction in which tables of a SQLite file can be made anew."""
    with engine.connect() as connection:
        sqlite = is_sqlite(engine)
        driver = cast("Any", connection.connection.dbapi_connection)
        if sqlite:
            # Not inside a transaction. Dropping a table would count as deleting its rows.
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise StoreRefused("databasen vägrar en rad i den här ändringen")
        finally:
            if sqlite:
                driver.execute("PRAGMA foreign_keys = ON")


def make_ready(engine: Engine) -> None:
    """Create or migrate a SQLite file; refuse a PostgreSQL database that is behind.

    Raises:
        SchemaOutdated: PostgreSQL waits for `sammadag db upgrade`, so that an operator
            chooses the moment.
        DataError: A made-up history was being written into the file, and was interrupted.
    """
    _refuse_unfinished(engine)
    if is_sqlite(engine) and (current(engine) or "") < HEAD:
        upgrade(engine)
    require(engine)


def _refuse_unfinished(engine: Engine) -> None:
    if not is_sqlite(engine):
        return
    with transaction(engine, read_only=True) as connection:
        if connection.exec_driver_sql("PRAGMA user_version").scalar() == UNFINISHED:
            raise DataError(
                "databasen är en påhittad historik som avbröts innan den var klar; ta bort filen"
            )


def require(engine: Engine) -> None:
    """Refuse a database that has not the program's schema; changes nothing.

    Raises:
        SchemaOutdated: It is older or newer than the program.
    """
    found = current(engine)
    if found == HEAD:
        return
    if found is not None and found > HEAD:
        raise SchemaOutdated(
            "databasen har schema {found}, som är nyare än programmets {wanted}; "
            "installera ett nyare program",
            found=found,
            wanted=HEAD,
        )
    if found is None:
        raise SchemaOutdated(
            "databasen är tom, programmet behöver schema {wanted}; kör `sammadag db upgrade`",
            wanted=HEAD,
        )
    raise SchemaOutdated(
        "databasen har schema {found}, programmet behöver {wanted}; kör `sammadag db upgrade`",
        found=found,
        wanted=HEAD,
    )


def config(connection: Connection) -> Config:
    """Return Alembic's settings for a connection that is in a transaction."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings
