from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.errors import SchemaOutdated
from bot.store import schema
from bot.store.engine import is_sqlite, open_engine
from bot.store.tables import Row
from bot.store.tables.search import is_of_index


@pytest.fixture
def engine(bare_database_url):
    engine = open_engine(bare_database_url)
    yield engine
    engine.dispose()


def of_the_tables(_thing, name, _kind, _reflected, _compared):
    """Leave out the index of words, which each database has in a way of its own."""
    return not is_of_index(name)


def described(engine):
    """Everything the database says of its tables, in a form that can be compared."""
    inspector = inspect(engine)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"])
                for column in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted(
                (index["name"] or "", tuple(index["column_names"]), bool(index["unique"]))
                for index in inspector.get_indexes(table)
            ),
            "foreign": sorted(
                (tuple(key["constrained_columns"]), key["referred_table"])
                for key in inspector.get_foreign_keys(table)
            ),
        }
        for table in sorted(inspector.get_table_names())
        if table != "alembic_version"
    }


def test_all_migrations_make_what_the_tables_say(engine):
    schema.upgrade(engine)
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_object": of_the_tables}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Row.metadata) == []


def test_migrated_and_created_databases_describe_themselves_alike(engine):
    schema.upgrade(engine)
    migrated = described(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
        Row.metadata.drop_all(connection)
        Row.metadata.create_all(connection)
    assert described(engine) == migrated


def test_migrated_and_created_files_keep_the_same_tables_in_order_of_their_keys(engine):
    if not is_sqlite(engine):
        return

    def ordered():
        with engine.connect() as connection:
            names = "SELECT name FROM pragma_table_list WHERE wr ORDER BY name"
            return connection.scalars(text(names)).all()

    schema.upgrade(engine)
    migrated = ordered()
    with engine.begin() as connection:
        Row.metadata.drop_all(connection)
        Row.metadata.create_all(connection)
    assert "reply_task" in migrated
    assert ordered() == migrated


def test_migrated_and_created_databases_have_the_same_index_of_words(engine):
    made_of = {
        "sqlite": "SELECT name, sql FROM sqlite_master"
        " WHERE name = 'search_words' OR type = 'trigger' ORDER BY name",
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE tablename = 'search_entry'"
        " ORDER BY indexdef",
    }[engine.dialect.name]

    def made():
        with engine.connect() as connection:
            return [
                " ".join("".join(map(str, row)).split())
                for row in connection.execute(text(made_of))
            ]

    schema.upgrade(engine)
    migrated = made()
    with engine.begin() as connection:
        Row.metadata.drop_all(connection)
        Row.metadata.create_all(connection)
    assert any("fts5" in made_so or "gin" in made_so for made_so in migrated)
    assert made() == migrated


def test_the_head_is_what_alembic_says(engine):
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(schema.config(connection))
    assert scripts.get_current_head() == schema.HEAD


def test_an_upgrade_tells_from_where_to_where(engine):
    assert schema.upgrade(engine) == (None, schema.HEAD)
    assert schema.upgrade(engine) == (schema.HEAD, schema.HEAD)


def test_only_sqlite_is_made_ready_without_being_asked(engine):
    if is_sqlite(engine):
        schema.make_ready(engine)
        assert schema.current(engine) == schema.HEAD
    else:
        with pytest.raises(SchemaOutdated, match="db upgrade"):
            schema.make_ready(engine)


def test_a_schema_from_the_future_is_refused(engine):
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaOutdated, match="nyare"):
        schema.make_ready(engine)


def test_a_migration_can_be_taken_back(engine):
    from alembic import command

    schema.upgrade(engine)
    with engine.connect() as connection, connection.begin():
        command.downgrade(schema.config(connection), "base")
    assert described(engine) == {}
