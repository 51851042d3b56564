"""Backing up, restoring and moving the database that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from bot.clock import Clock
from bot.errors import UsageError
from bot.settings import Settings, resolve_database_url, secret_file
from bot.store import backup, move
from bot.store.backup import Contents, Restored
from bot.store.engine import opened, sqlite_file, tool_address, transaction
from bot.store.exclusive import claim_file
from bot.store.restored import mark_restored


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """The secret key that goes with a database, and is in no copy of it.

    Attributes:
        path: None where the key stands in the environment.
    """

    path: Path | None

    @property
    def is_missing(self) -> bool:
        """Tell whether the key is not where it belongs."""
        return self.path is not None and not self.path.exists()


def key_file(settings: Settings) -> KeyFile:
    """Return where the secret key of the database lies."""
    return KeyFile(path=secret_file(settings, resolve_database_url(settings)))


def back_up(
    settings: Settings, target: Path, *, progress: backup.Progress = lambda _done, _all: None
) -> Contents:
    """Copy the SQLite file while it is in use; see `backup.back_up`.

    Raises:
        UsageError: The database is on PostgreSQL; says what to run there.
    """
    with opened(resolve_database_url(settings)) as engine:
        file = sqlite_file(engine)
        if file is None:
            raise UsageError(
                "PostgreSQL kopieras med sitt eget verktyg; kör: {command}",
                command=f"pg_dump --format=custom --file={quote(str(target))} "
                f"{quote(tool_address(engine))}",
            )
    return backup.back_up(file, target, progress=progress)


def restore(settings: Settings, copy: Path, clock: Clock, *, force: bool = False) -> Restored:
    """Make a backup the database; see `backup.restore`.

    Raises:
        UsageError: The database is on PostgreSQL; says what to run there.
        AlreadyRunning: The program runs.
    """
    with opened(resolve_database_url(settings)) as engine:
        file = sqlite_file(engine)
        if file is None:
            raise UsageError(
                "PostgreSQL återställs med sitt eget verktyg; kör: {command} och sedan "
                "`sammadag db restored`",
                command=f"pg_restore --clean --if-exists --single-transaction "
                f"--dbname={quote(tool_address(engine))} {quote(str(copy))}",
            )
        lock = claim_file(engine)
    try:
        return backup.restore(copy, file, now=clock.now(), force=force)
    finally:
        lock.release()


def tell_restored(settings: Settings, clock: Clock) -> None:
    """Tell a database that it was restored by other means; see `mark_restored`."""
    with opened(resolve_database_url(settings)) as engine:
        lock = claim_file(engine)
        try:
            with transaction(engine) as connection:
                mark_restored(connection, clock.now())
        finally:
            lock.release()


def move_to(
    settings: Settings,
    address: str,
    *,
    progress: move.Progress = lambda _table, _rows: None,
) -> Mapping[str, int]:
    """Copy everything from the SQLite file into a PostgreSQL database; see `move.move`.

    Raises:
        AlreadyRunning: The program runs; what it took in meanwhile would be left behind.
    """
    with opened(resolve_database_url(settings)) as here, opened(address) as there:
        lock = claim_file(here)
        try:
            return move.move(here, there, progress=progress)
        finally:
            lock.release()
