"""Fixtures for every test: a clock that stands still, and databases of both kinds.

Settings, all optional, from the environment: SAMMADAG_TEST_POSTGRES_URL (a server to use
instead of a throw-away one) and SAMMADAG_TEST_REQUIRE (comma list of what must not be
skipped, of `MAY_BE_MISSING`).
"""

from __future__ import annotations

import gc
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, event, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from bot.clock import FixedClock
from bot.store import schema
from bot.store.engine import open_engine
from tests.dovecot_server import Dovecot, NoDovecot, dovecot_server
from tests.kept_database import empty_file
from tests.plain_logs import log_plainly
from tests.postgres_server import NoPostgres, fresh_database, postgres_server

MAY_BE_MISSING = ("postgres", "dovecot", "chromium")
"""What some tests need and a machine may lack."""
_ALSO_CALLED = {"browser": "chromium"}
_QUICK_ON_BOTH = tuple(Path(__file__).parent / name for name in ("store", "contracts"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask PostgreSQL among the slow tests; the fast ones ask it of the store alone."""
    for item in items:
        on_postgresql = {"postgresql", "pg"} & set(re.split(r"[\[\]-]", item.name))
        if on_postgresql and not any(place in item.path.parents for place in _QUICK_ON_BOTH):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """Leave the thousands of tests out of each look for garbage: a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _compile_statements_once() -> None:
    """Share what SQLAlchemy compiled between engines, of which the tests open thousands.

    Its keys hold the dialect, so dialects of one kind must count as equal.
    """
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        kind.__hash__ = lambda self: hash(type(self))
        kind.__eq__ = lambda self, other: type(self) is type(other)
    compiled: dict[object, object] = {}

    @event.listens_for(Engine, "engine_connect")
    def share(connection):
        connection.execution_options(compiled_cache=compiled)


_compile_statements_once()
log_plainly()

settings.register_profile(
    "ci",
    deadline=None,
    derandomize=False,
    max_examples=30,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=2000)
settings.load_profile("ci")


@pytest.fixture
def clock() -> FixedClock:
    """A Tuesday morning in Sweden, an ordinary working day."""
    return FixedClock(datetime(2026, 3, 3, 9, 0, tzinfo=ZoneInfo("Europe/Stockholm")))


@pytest.fixture(scope="session")
def crash_rounds() -> int:
    """How often each named step is killed; `make bench-full` asks for ten."""
    return int(os.environ.get("SAMMADAG_TEST_CRASH_ROUNDS", "2"))


@pytest.fixture(scope="session")
def random_kills() -> int:
    """How many kills at random instants; `make bench-full` asks for a hundred."""
    return int(os.environ.get("SAMMADAG_TEST_RANDOM_KILLS", "10"))


@pytest.fixture(scope="session")
def full_size() -> bool:
    """Whether tests of many mails or cases use as many as were promised: in `make bench-full`."""
    return bool(os.environ.get("SAMMADAG_TEST_FULL"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The maintenance database of a PostgreSQL server, started once for all tests."""
    given = os.environ.get("SAMMADAG_TEST_POSTGRES_URL")
    with ExitStack() as stack:
        if given:
            url = given
        else:
            try:
                url = stack.enter_context(postgres_server())
            except NoPostgres as error:
                skip_unless_required("postgres", str(error))
        yield url


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """An IMAP server, started once for all tests."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(dovecot_server())
        except NoDovecot as error:
            skip_unless_required("dovecot", str(error))
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of this test's own, with the present schema and nothing in it."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server, template = map(request.getfixturevalue, ("postgres_url", "empty_postgres"))
    with fresh_database(server, template=template) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it, not even a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'sammadag.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield url


def required() -> set[str]:
    """Return what SAMMADAG_TEST_REQUIRE names."""
    names = os.environ.get("SAMMADAG_TEST_REQUIRE", "").split(",")
    return {_ALSO_CALLED.get(name.strip(), name.strip()) for name in names} - {""}


def pytest_configure() -> None:
    """Refuse a name that no test would ever look for."""
    unknown = required() - set(MAY_BE_MISSING)
    if unknown:
        raise pytest.UsageError(
            f"SAMMADAG_TEST_REQUIRE: {', '.join(sorted(unknown))} is none of {MAY_BE_MISSING}"
        )


def skip_unless_required(what: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where SAMMADAG_TEST_REQUIRE names what is missing."""
    if what in required():
        pytest.fail(f"SAMMADAG_TEST_REQUIRE asks for {what}: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """A SQLite file with the present schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    path.write_bytes(empty_file())
    return path


@pytest.fixture(scope="session")
def empty_postgres(postgres_url):
    """The name of a PostgreSQL database with the present schema and nothing in it, to be copied."""
    with fresh_database(postgres_url) as url:
        engine = open_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        yield make_url(url).database


@pytest.fixture
def sqlite_url(tmp_path, empty_database):
    """The URL of an empty SQLite database of this test's own."""
    path = tmp_path / "sammadag.db"
    shutil.copy(empty_database, path)
    return f"sqlite:///{path}"
