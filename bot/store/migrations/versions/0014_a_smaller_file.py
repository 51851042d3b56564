"""A smaller database: no index that nobody asks, one less for mails, and a denser SQLite file.

Of the sums of mails half is enough. In a SQLite file instants become numbers and sums become
bytes; from now on texts are packed (those that are there stay as they are). Two tables are made
anew there and the others written over: some minutes for a file of ten gigabytes, which grows by
half meanwhile.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_OLD = "uq_message_direction_mid_content_hash"
_NEW = "ix_message_mid_direction_content_hash"
_COLUMNS = ["mid", "direction", "content_hash"]
_NUMBER = (
    "CAST(strftime('%s', {0}) AS INTEGER) * 1000000 + CAST(substr({0} || '.000000', 21, 6)"
    " AS INTEGER)"
)
_TEXT = (
    "strftime('%Y-%m-%d %H:%M:%S', {0} / 1000000, 'unixepoch') || printf('.%06d', {0} % 1000000)"
)


def upgrade() -> None:
    """Bring the schema forward."""
    op.drop_index("ix_event_at", table_name="event")
    op.drop_index("ix_event_case_id_id", table_name="event")
    op.create_index("ix_event_case_id", "event", ["case_id"])
    op.drop_index("ix_message_address_address", table_name="message_address")
    op.drop_index("ix_message_mid", table_name="message")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(_OLD, "message", type_="unique")
        op.execute(
            "UPDATE message SET content_hash = left(content_hash, 32)"
            " WHERE length(content_hash) = 64"
        )
        op.create_index(_NEW, "message", _COLUMNS, unique=True)
        return
    _store_instants(_NUMBER, "text")
    driver: Any = op.get_bind().connection.dbapi_connection
    driver.create_function("bytes_of", 1, bytes.fromhex, deterministic=True)
    op.execute(
        "UPDATE message SET content_hash = bytes_of(substr(content_hash, 1, 32))"
        " WHERE length(content_hash) = 64 AND content_hash NOT GLOB '*[^0-9a-f]*'"
    )
    # From now on these two first bytes say how a mail lies there.
    op.execute(
        "UPDATE message_raw SET content = CAST(x'00' || content AS BLOB)"
        " WHERE substr(content, 1, 1) IN (x'00', x'01')"
    )
    with op.batch_alter_table("message", recreate="always") as batch:
        batch.drop_constraint(_OLD, type_="unique")
        batch.create_index(_NEW, _COLUMNS, unique=True)
    with op.batch_alter_table(
        "message_address", recreate="always", table_kwargs={"sqlite_with_rowid": False}
    ):
        pass


def downgrade() -> None:
    """Take the change back, unless a SQLite file holds mails that may be packed."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        if bind.exec_driver_sql("SELECT 1 FROM message LIMIT 1").first() is not None:
            raise RuntimeError("mails are packed: take the backup from before the upgrade")
        _store_instants(_TEXT, "integer")
        with op.batch_alter_table("message_address", recreate="always"):
            pass
    with op.batch_alter_table("message") as batch:
        batch.drop_index(_NEW)
        batch.create_unique_constraint(_OLD, ["direction", "mid", "content_hash"])
    op.create_index("ix_message_mid", "message", ["mid"])
    op.create_index("ix_message_address_address", "message_address", ["address"])
    op.drop_index("ix_event_case_id", table_name="event")
    op.create_index("ix_event_case_id_id", "event", ["case_id", "id"])
    op.create_index("ix_event_at", "event", ["at"])


def _store_instants(form: str, kind: str) -> None:
    """Write the instants of all tables in another form, where they have the old kind."""
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    for table in sorted(inspector.get_table_names()):
        names = [
            column["name"]
            for column in inspector.get_columns(table)
            if isinstance(column["type"], sa.DateTime)
        ]
        if names:
            changes = ", ".join(
                f"{name} = CASE typeof({name}) WHEN '{kind}' THEN {form.format(name)}"
                f" ELSE {name} END"
                for name in names
            )
            bind.exec_driver_sql(f"UPDATE {table} SET {changes}")
