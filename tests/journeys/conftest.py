"""A working house for a story: on SQLite to be quick, or on both databases."""

from __future__ import annotations

import pytest

from tests.city import City
from tests.postgres_server import fresh_database


@pytest.fixture
def build_city(tmp_path, sqlite_url):
    """Build a house with settings of the test's choice; a second one shares mail and database."""
    cities = []

    def build(*mailboxes, **settings):
        named = mailboxes or ("kundreskontra", "info")
        city = City(tmp_path / "mail", sqlite_url, named, **settings)
        cities.append(city)
        return city

    yield build
    for city in cities:
        city.close()


@pytest.fixture
def city(build_city):
    """A house that answers automatically, on SQLite."""
    return build_city()


@pytest.fixture
def city_on_both(tmp_path, database_url):
    """The same house on each database in turn."""
    city = City(tmp_path / "mail", database_url)
    yield city
    city.close()


@pytest.fixture
def fresh_postgres(postgres_url):
    """The URL of a PostgreSQL database with nothing in it, not even a schema."""
    with fresh_database(postgres_url) as url:
        yield url
