"""One process at a time on one SQLite file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from sqlalchemy import Engine

from bot.errors import AlreadyRunning, DatabaseUnavailable
from bot.store.engine import is_sqlite


class RunLock:
    """Held as long as the process lives; the system lets go of it when the process dies."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Let another process run."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def claim_file(engine: Engine) -> RunLock:
    """Claim the database file for this process; PostgreSQL takes any number of processes.

    Raises:
        AlreadyRunning: Another process works on the same file.
        DatabaseUnavailable: The lock cannot be written beside the database.
    """
    name = engine.url.database
    if not is_sqlite(engine) or not name:
        return RunLock(None)
    path = Path(name).with_suffix(".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DatabaseUnavailable(
            "{file} kan inte skrivas bredvid databasen; kontrollera mappens rättigheter",
            file=path.name,
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise AlreadyRunning(
            "{file}: en annan process använder redan databasen; stoppa den först",
            file=Path(name).name,
        ) from error
    return RunLock(descriptor)


def is_claimed(engine: Engine) -> bool:
    """Tell whether a process has claimed a SQLite file with `claim_file`."""
    name = engine.url.database
    if not is_sqlite(engine) or not name:
        return False
    try:
        descriptor = os.open(Path(name).with_suffix(".lock"), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
