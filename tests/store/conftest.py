from __future__ import annotations

import pytest

from bot.store import schema
from bot.store.engine import open_engine
from bot.store.unit_of_work import Database


@pytest.fixture
def database(database_url):
    engine = open_engine(database_url)
    schema.upgrade(engine)
    database = Database(engine)
    yield database
    database.close()
