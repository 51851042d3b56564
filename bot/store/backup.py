"""A SQLite file copied while it is in use, and put back.

A copy is one moment of the database: it is read in one transaction, beside any writer. It
becomes a file under its own name only when it is whole, checked and on the disk. PostgreSQL
has tools of its own for both.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.errors import AlreadyRunning, DatabaseUnavailable, DataError, NotFound
from bot.store import schema
from bot.store.engine import BUSY_TIMEOUT_MS, open_engine, transaction
from bot.store.restored import mark_restored

Progress = Callable[[int, int], object]
"""Hears how many pages are copied, and of how many."""

_PAGES = 2000
_DAMAGED = ("malformed", "not a database", "disk I/O")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a database file holds.

    Attributes:
        schema: The revision, as `schema.HEAD`.
        deliveries: Messages that mailboxes have shown us: the books.
    """

    schema: str
    cases: int
    deliveries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did.

    Attributes:
        contents: Of the database now, after migration.
        was: The schema of the backup.
        put_aside: Where the database that was there before lies now.
    """

    contents: Contents
    was: str
    put_aside: Path | None


def back_up(
    database: Path, target: Path, *, progress: Progress = lambda _done, _all: None
) -> Contents:
    """Copy a database that may be in use; return what the copy holds.

    The copy is for its owner's eyes only. An earlier backup under that name is replaced.

    Raises:
        NotFound: There is no such database.
        DataError: The target is something else than a backup, or the copy is damaged.
        DatabaseUnavailable: The database is locked or damaged, or the copy's disk is full.
    """
    if not database.is_file():
        raise NotFound("{file}: databasen finns inte; kontrollera database_url", file=database)
    _refuse_to_lose(target, database)
    with _draft_beside(target) as draft:
        _copy(database, draft, progress)
        contents = examined(draft)
        _put_in_place(draft, target)
    return contents


def examined(file: Path) -> Contents:
    """Check a database file from its first page to its last and return what it holds.

    Raises:
        NotFound: There is no such file.
        DataError: It is damaged, or no database of ours.
    """
    if not file.is_file():
        raise NotFound("{file}: det finns ingen sådan fil", file=file)
    try:
        with closing(_connect(file, "ro")) as connection:
            _refuse_damage(connection, file)
            return _contents(connection, file)
    except sqlite3.DatabaseError as error:
        raise _damaged(file) from error


def restore(backup: Path, database: Path, *, now: datetime, force: bool = False) -> Restored:
    """Make a backup the database, at the program's schema.

    The caller holds the claim on the file, see `claim_file`. A database that holds cases is
    kept beside, under its own name and the time. The new one knows that it was restored, see
    `mark_restored`.

    Args:
        force: Also where the present database has cases, or cannot be read.

    Raises:
        NotFound, DataError: The backup cannot be used; nothing was changed.
        DataError: The database has cases and `force` is not given.
        AlreadyRunning: Another program has the database open.
        SchemaOutdated: The backup is newer than the program.
    """
    if _same_file(backup, database):
        raise DataError("{file}: är databasen själv; ange en säkerhetskopia", file=backup)
    found = examined(backup)
    has_cases = _has_cases(database)
    if has_cases and not force:
        raise DataError(
            "{file}: databasen har redan ärenden; --force ersätter den och sparar den bredvid",
            file=database,
        )
    with _draft_beside(database) as draft:
        _copy(backup, draft, lambda _done, _all: None)
        _make_current(draft, now)
        contents = examined(draft)
        kept = _step_aside(database, f"{now:%Y%m%dT%H%M%SZ}", keep=has_cases)
        _put_in_place(draft, database)
    return Restored(contents=contents, was=found.schema, put_aside=kept)


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection


def _copy(source: Path, target: Path, progress: Progress) -> None:
    try:
        with closing(_connect(source, "rw")) as whole, closing(_connect(target, "rw")) as copy:
            # A backup begins anew whenever somebody writes; not while its own connection
            # holds one moment of the database fast.
            whole.execute("BEGIN")
            whole.execute("SELECT count(*) FROM sqlite_master").fetchone()
            whole.backup(
                copy,
                pages=_PAGES,
                progress=lambda _status, left, pages: progress(pages - left, pages),
            )
            whole.execute("ROLLBACK")
            copy.execute("PRAGMA journal_mode = DELETE")  # no second file beside the copy
    except sqlite3.DatabaseError as error:
        if any(sign in str(error) for sign in _DAMAGED):
            raise _damaged(source) from error
        raise DatabaseUnavailable(
            "{file} kan inte kopieras till {folder}; kontrollera utrymme och rättigheter",
            file=source.name,
            folder=target.parent,
        ) from error


def _refuse_damage(connection: sqlite3.Connection, file: Path) -> None:
    found = [row[0] for row in connection.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"] or connection.execute("PRAGMA foreign_key_check").fetchone():
        raise _damaged(file)


def _contents(connection: sqlite3.Connection, file: Path) -> Contents:
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if not {"alembic_version", "case_file", "delivery"} <= names:
        raise DataError("{file}: är ingen databas från Samma dag", file=file)

    def one(query: str) -> object:
        return connection.execute(query).fetchone()[0]

    return Contents(
        schema=str(one("SELECT max(version_num) FROM alembic_version")),
        cases=int(str(one("SELECT count(*) FROM case_file"))),
        deliveries=int(str(one("SELECT count(*) FROM delivery"))),
    )


def _damaged(file: Path) -> DataError:
    return DataError(
        "{file}: filen är skadad eller ingen SQLite-databas; ta en annan kopia", file=file
    )


def _refuse_to_lose(target: Path, database: Path) -> None:
    if _same_file(target, database):
        raise DataError("{file}: är databasen själv; ange en annan fil", file=target)
    if not target.parent.is_dir():
        raise NotFound("{folder}: det finns ingen sådan mapp", folder=target.parent)
    if not target.exists():
        return
    try:
        with closing(_connect(target, "ro")) as connection:
            _contents(connection, target)
    except (sqlite3.DatabaseError, DataError) as error:
        raise DataError(
            "{file}: där ligger redan något annat än en säkerhetskopia; ange en annan fil",
            file=target,
        ) from error


def _same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


@contextmanager
def _draft_beside(target: Path) -> Iterator[Path]:
    """Yield an empty file in the target's folder that is gone afterwards unless it was moved."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(
            "{folder}: går inte att skriva i; kontrollera rättigheter och utrymme",
            folder=target.parent,
        ) from error
    try:
        yield draft
    finally:
        for left in (draft, *(_beside(draft, end) for end in ("-journal", "-wal", "-shm"))):
            left.unlink(missing_ok=True)


def _beside(file: Path, end: str) -> Path:
    return file.with_name(file.name + end)


def _put_in_place(draft: Path, target: Path) -> None:
    _sync(draft)
    draft.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _has_cases(database: Path) -> bool:
    """Tell whether a database holds cases, or may hold some since it cannot be read."""
    if not database.exists() or database.stat().st_size == 0:
        return False
    try:
        with closing(_connect(database, "rw")) as connection:
            return _contents(connection, database).cases > 0
    except (sqlite3.DatabaseError, DataError):
        return True


def _make_current(draft: Path, now: datetime) -> None:
    engine = open_engine(f"sqlite:///{draft}")
    try:
        schema.make_ready(engine)
        with transaction(engine) as connection:
            mark_restored(connection, now)
    finally:
        engine.dispose()
    with closing(_connect(draft, "rw")) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _step_aside(database: Path, name: str, *, keep: bool) -> Path | None:
    """Make the present file ready to be replaced; return where it is kept, if it is.

    What lies beside it must go along: a log of the old file would spoil the new one.
    """
    if not database.exists():
        return None
    settled = _settled(database)
    aside = database.with_name(f"{database.name}.{name}")
    if keep:
        os.link(database, aside)  # so that there is a database at every moment
    for end in () if settled else ("-wal", "-shm"):
        log = _beside(database, end)
        if not log.exists():
            continue
        if keep:
            log.replace(_beside(aside, end))
        else:
            log.unlink()
    return aside if keep else None


def _settled(database: Path) -> bool:
    """Let a file take in what lies beside it; False where it is too damaged for that.

    Raises:
        AlreadyRunning: Another program has it open.
    """
    try:
        with closing(_connect(database, "rw")) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return False
        raise AlreadyRunning(
            "{file}: en annan process använder redan databasen; stoppa den först",
            file=database.name,
        ) from error
    except sqlite3.DatabaseError:
        return False
    return True
