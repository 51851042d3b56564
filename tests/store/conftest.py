from __future__ import annotations

import pytest

from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database
from tests.kept_database import kept_databases


@pytest.fixture(scope="module")
def databases(request, tmp_path_factory):
    """The databases of a module, each made when it is first asked for."""
    with kept_databases(request, tmp_path_factory) as kept:
        yield kept


@pytest.fixture
def database(database_url):
    engine = open_engine(database_url)
    schema.upgrade(engine)
    database = Database(engine)
    yield database
    database.close()
